//! A scenario's probability: what its conditions say, weighed by grade and age. Advice beside the rules.
//!
//! The arithmetic is in `detect::odds`. Here is what counts as an indication:
//! a condition with a `likelihood_ratio` that holds.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::judge::{Answer, Judgement};
use super::readings::feeds_of;
use crate::config::plan::{Watch, WatchedIndicator};
use crate::detect::odds::{self, Evidence};
use crate::model::condition::{Condition, Measure, Verdict};
use crate::model::indicator::Kind;
use crate::model::likelihood::{Confidence, Lexicon, Likelihood, Move};
use crate::model::observation::Observation;
use crate::model::scenario::Scenario;
use crate::model::source::{Reliability, Source};
use crate::model::time::{Period, PeriodLength, before};
use crate::store::{Change, Result, ShownProbability, View};

/// The newest vintages of a condition whose grades and dates are looked at.
const LOOKED_AT: usize = 50;
/// The odds are held back against those of so long ago.
const PACE: SignedDuration = SignedDuration::from_hours(24);
/// A smaller change of the probability is not kept.
const SMALLEST_CHANGE: f64 = 0.0005;

/// One condition that holds and has a likelihood ratio.
struct Indication<'a> {
    condition: &'a Condition,
    indicator: &'a WatchedIndicator,
    sources: Vec<&'a Source>,
    quality: f64,
    age_days: f64,
    group: String,
}

/// A scenario's probability; `None` where it has no `prior`.
///
/// # Errors
/// What the store refuses.
pub fn likelihood(
    view: &View<'_>,
    watch: &Watch,
    scenario: &Scenario,
    judgement: &Judgement,
    lexicon: Lexicon,
) -> Result<Option<Likelihood>> {
    let Some(prior) = scenario.prior else { return Ok(None) };
    let indications = indications(view, watch, scenario, judgement)?;
    let all: Vec<&Indication<'_>> = indications.iter().collect();
    let Some(prior_odds) = odds::log_odds(prior, &[]) else { return Ok(None) };
    let day_ago = before(judgement.as_of.at, PACE).min(judgement.as_of.known);
    let anchor = view.probability_at(&scenario.name, day_ago)?.map_or(prior_odds, |shown| shown.log_odds);
    let of = |chosen: &[&Indication<'_>]| {
        let evidence: Vec<Evidence<'_>> = chosen.iter().map(|one| one.evidence()).collect();
        odds::paced(anchor, odds::log_odds(prior, &evidence).unwrap_or(prior_odds), 1.0)
    };
    let log_odds = of(&all);
    let probability = odds::shown(log_odds);
    let counted = odds::counted(&all.iter().map(|one| one.evidence()).collect::<Vec<_>>());
    let mut moves: Vec<Move> = Vec::new();
    for (place, indication) in all.iter().enumerate() {
        let others: Vec<&Indication<'_>> =
            all.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, one)| *one).collect();
        moves.push(Move {
            indicator: indication.condition.indicator.clone(),
            measure: indication.condition.measure.word().to_owned(),
            weight: if counted.contains(&place) { indication.evidence().weight() } else { 0.0 },
            without: odds::shown(of(&others)),
        });
    }
    let effect = |one: &Move| (one.without - probability).abs();
    moves.sort_by(|a, b| effect(b).total_cmp(&effect(a)));
    let (word, low, high) = lexicon.word(probability);
    let (confidence, confidence_why) = confidence(&all);
    Ok(Some(Likelihood {
        probability,
        log_odds,
        word: word.to_owned(),
        band: (low, high),
        confidence,
        confidence_why,
        moves,
    }))
}

/// Keeps a probability as it is shown from now on: where it has changed, and once a day.
///
/// # Errors
/// What the store refuses.
pub fn keep(change: &Change<'_>, watch: &Watch, scenario: &Scenario, judgement: &Judgement) -> Result<()> {
    let Some(likelihood) = &judgement.likelihood else { return Ok(()) };
    let at = judgement.as_of.at;
    let shown = ShownProbability {
        at,
        log_odds: likelihood.log_odds,
        probability: likelihood.probability,
        blind: judgement.state.blind.is_some(),
    };
    let day = |at: Timestamp| Period::containing(PeriodLength::Day, at, &watch.zone);
    let is_same = change.probability_at(&scenario.name, at)?.is_some_and(|last| {
        (last.probability - shown.probability).abs() < SMALLEST_CHANGE
            && last.blind == shown.blind
            && day(last.at) == day(at)
    });
    if is_same { Ok(()) } else { change.add_probability(&scenario.name, &shown) }
}

impl Indication<'_> {
    fn evidence(&self) -> Evidence<'_> {
        Evidence {
            likelihood_ratio: self.condition.likelihood_ratio.unwrap_or(1.0),
            quality: self.quality,
            age_days: self.age_days,
            half_life_days: self.half_life_days(),
            group: &self.group,
        }
    }

    fn half_life_days(&self) -> f64 {
        let usual = match self.indicator.spec.kind {
            Kind::Count | Kind::Level => 45.0,
            Kind::Report => 14.0,
            Kind::Schedule => 90.0,
        };
        self.condition.half_life.map_or(usual, |half_life| half_life.as_secs_f64() / 86_400.0)
    }

    fn speaks_for(&self) -> bool {
        self.condition.likelihood_ratio.is_some_and(|ratio| ratio > 1.0)
    }
}

fn indications<'a>(
    view: &View<'_>,
    watch: &'a Watch,
    scenario: &'a Scenario,
    judgement: &Judgement,
) -> Result<Vec<Indication<'a>>> {
    let mut found = Vec::new();
    for (condition, answer) in scenario.conditions.iter().zip(&judgement.answers) {
        let indicator = watch.indicator(&condition.indicator);
        let (Some(indicator), Some(_), Verdict::True) = (indicator, condition.likelihood_ratio, answer.verdict) else {
            continue;
        };
        let rests_on = rests_on(view, answer)?;
        let sources = sources(watch, indicator, &rests_on);
        found.push(Indication {
            condition,
            indicator,
            quality: quality(&rests_on, &sources),
            age_days: age_days(condition, &rests_on, judgement.as_of.at),
            sources,
            group: String::new(),
        });
    }
    group(&mut found);
    Ok(found)
}

fn rests_on(view: &View<'_>, answer: &Answer) -> Result<Vec<Observation>> {
    let mut observations = Vec::new();
    for id in answer.measured.vintages.iter().rev().take(LOOKED_AT) {
        observations.extend(view.observation(*id)?);
    }
    Ok(observations)
}

/// Who speaks: the sources of what it rests on, or of the indicator's feeds where it rests on silence.
fn sources<'a>(watch: &'a Watch, indicator: &WatchedIndicator, rests_on: &[Observation]) -> Vec<&'a Source> {
    let ids: BTreeSet<&str> = rests_on.iter().map(|one| one.source.as_str()).collect();
    let named: Vec<&Source> = watch.sources.iter().filter(|source| ids.contains(source.id.as_str())).collect();
    if !named.is_empty() {
        return named;
    }
    let feeds = feeds_of(indicator);
    watch.feeds.iter().filter(|feed| feeds.contains(&feed.name)).map(|feed| &feed.source).collect()
}

/// The probability that the report is true, by the best letter behind it. The figures are ours: no standard maps letters
/// to probabilities.
fn quality(rests_on: &[Observation], sources: &[&Source]) -> f64 {
    let of_letter = |letter: Option<Reliability>| match letter {
        Some(Reliability::A) => 0.95,
        Some(Reliability::B) => 0.85,
        Some(Reliability::C) => 0.70,
        Some(Reliability::D) => 0.45,
        Some(Reliability::E) => 0.20,
        Some(Reliability::F) | None => 0.50,
    };
    let letters: Vec<Option<Reliability>> = match rests_on {
        [] => sources.iter().map(|source| source.reliability).collect(),
        some => some.iter().map(|one| one.grade.reliability).collect(),
    };
    letters.into_iter().map(of_letter).reduce(f64::max).unwrap_or(0.50)
}

/// How old the newest of what it rests on is. What lasts, such as lateness, is always of today.
fn age_days(condition: &Condition, rests_on: &[Observation], now: Timestamp) -> f64 {
    let lasts = matches!(
        condition.measure,
        Measure::Age | Measure::DaysUntil | Measure::DaysOverdue | Measure::Slip | Measure::Lateness
    );
    let newest = rests_on.iter().map(|one| one.event_time).max();
    match newest {
        Some(newest) if !lasts => now.duration_since(newest).as_secs_f64().max(0.0) / 86_400.0,
        _ => 0.0,
    }
}

/// Conditions without a `group` of their own depend on one another when a source of one is one voice with a source of
/// the other, also around a corner.
fn group(indications: &mut [Indication<'_>]) {
    let mut labels: Vec<usize> = (0..indications.len()).collect();
    for here in 0..indications.len() {
        for there in 0..here {
            let (a, b) = (&indications[here], &indications[there]);
            let is_free = a.condition.group.is_none() && b.condition.group.is_none();
            if is_free && a.sources.iter().any(|one| b.sources.iter().any(|other| one.is_one_voice_with(other))) {
                let (from, to) = (labels[here], labels[there]);
                labels.iter_mut().filter(|label| **label == from).for_each(|label| *label = to);
            }
        }
    }
    for (indication, label) in indications.iter_mut().zip(labels) {
        // A space keeps what is numbered apart from every group that has a name.
        indication.group = indication.condition.group.clone().unwrap_or_else(|| format!(" {label}"));
    }
}

/// By the structure of the evidence only.
fn confidence(indications: &[&Indication<'_>]) -> (Confidence, String) {
    let mut voices: Vec<&Source> = Vec::new();
    for source in indications.iter().flat_map(|one| &one.sources) {
        if !voices.iter().any(|voice| voice.is_one_voice_with(source)) {
            voices.push(source);
        }
    }
    let disciplines: BTreeSet<&str> = voices.iter().map(|source| source.discipline.word()).collect();
    let contradicted =
        indications.iter().any(|one| one.speaks_for()) && indications.iter().any(|one| !one.speaks_for());
    let is_direct = |one: &&&Indication<'_>| one.quality >= 0.85 && one.indicator.spec.proxy_for.is_none();
    match (voices.len(), disciplines.len()) {
        (0, _) => (Confidence::Low, "no indication holds; it rests on the starting probability alone".to_owned()),
        (_, _) if contradicted => {
            let why = if voices.len() >= 2 { "independent sources" } else { "what is known" };
            let confidence = if voices.len() >= 2 { Confidence::Moderate } else { Confidence::Low };
            (confidence, format!("{why}, and indications that contradict one another"))
        }
        (voices @ 2.., disciplines @ 2..) => {
            (Confidence::High, format!("{voices} independent sources of {disciplines} disciplines"))
        }
        (voices @ 2.., _) => (Confidence::Moderate, format!("{voices} independent sources of one discipline")),
        _ if indications.iter().any(|one| is_direct(&one)) => {
            (Confidence::Moderate, "one reliable source that observes it directly".to_owned())
        }
        _ => (Confidence::Low, "one source, not reliable enough or only a proxy".to_owned()),
    }
}
