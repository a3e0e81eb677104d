//! Running a scenario test: its course through a simulation, and what it expects held against what was decided.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use super::replayed::{Change, ChangeKind, Mail, Replayed};
use super::simulation::{Dated, Happening, Past, Simulation};
use crate::config::plan::Watch;
use crate::config::trial::{Expectation, Mails, Said, Told, Trial, What, When};
use crate::model::feed::Validators;
use crate::model::item::Item;
use crate::model::name::Name;
use crate::model::notification::Kind;
use crate::model::observation::Evidence;
use crate::model::outcome::{Finding, Outcome};
use crate::model::provenance::Provenance;
use crate::model::scenario::Phase;
use crate::model::time::{Span, before, rfc3339};
use crate::pipeline::feeds::FULL_PAGE;
use crate::pipeline::read::{Found, Fresh, Harvest, PageState};
use crate::pipeline::record::Polled;
use crate::pipeline::{AsOf, judge};
use crate::store::{Result, View};

/// Before a test begins, every feed has been healthy and silent for so long.
const SILENT_BEFORE: SignedDuration = SignedDuration::from_hours(24 * 400);

/// So many lines explain what happened in a stretch.
const LINES_SHOWN: usize = 30;

/// An expectation that was not met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    /// Where it stands: line and column.
    pub place: (usize, usize),
    /// What was expected.
    pub expected: String,
    /// What happened.
    pub found: String,
    /// Why, one line each.
    pub explanation: Vec<String>,
}

/// Runs a test; gives what was not met.
///
/// # Errors
/// What the store refuses.
pub fn run(trial: &Trial) -> Result<Vec<Unmet>> {
    let Some(watch) = trial.plan.watches.first() else { return Ok(Vec::new()) };
    let mut unmet: Vec<Unmet> =
        trial.expected.iter().filter(|one| !one.asserts()).map(|one| silent(one.place)).collect();
    if trial.expected.is_empty() {
        unmet.push(silent(trial.place));
    }
    let ends = trial.expected.iter().map(|one| one.when.last());
    let to = trial.told.iter().map(|one| one.at).chain(ends).max().unwrap_or(trial.start);
    let mut simulation = Simulation::new(&trial.plan)?;
    simulation.run(&mut Course::new(watch, trial), to, &mut |_| {})?;
    let view = simulation.view();
    let replayed = Replayed::of(&view, Span::new(trial.start, to))?;
    let asked = Asked { view, watch, replayed: &replayed };
    for expectation in &trial.expected {
        unmet.append(&mut asked.hold_against(expectation)?);
    }
    Ok(unmet)
}

fn silent(place: (usize, usize)) -> Unmet {
    let (expected, found) = ("something to be asserted".to_owned(), "nothing is".to_owned());
    Unmet { place, expected, found, explanation: vec!["a test that asserts nothing cannot pass".to_owned()] }
}

/// The course of a test: what is told, and feeds that answer whenever it matters.
struct Course<'t> {
    watch: &'t Watch,
    trial: &'t Trial,
    told: VecDeque<&'t Told>,
    has_begun: bool,
}

impl<'t> Course<'t> {
    fn new(watch: &'t Watch, trial: &'t Trial) -> Self {
        Self { watch, trial, told: trial.told.iter().collect(), has_begun: false }
    }

    fn is_silent(&self, feed: &Name, now: Timestamp) -> bool {
        self.trial.silences.iter().any(|(name, span)| name == feed && span.from < now && now < span.to)
    }
}

impl Past for Course<'_> {
    fn next(&self) -> Option<Timestamp> {
        let told = self.told.front().map(|told| told.at);
        if self.has_begun { told } else { Some(self.trial.start) }
    }

    fn take(&mut self, now: Timestamp) -> Vec<Dated> {
        let feeds = self.watch.feeds.iter().map(|feed| &feed.name);
        let mut taken: Vec<Dated> = if self.has_begun {
            let telling: Vec<&Name> =
                self.told.iter().take_while(|told| told.at <= now).map(|told| &told.feed).collect();
            let answer = |feed: &Name| (now, Happening::Polled(feed.clone(), Polled::Unchanged));
            feeds.filter(|feed| !telling.contains(feed) && !self.is_silent(feed, now)).map(answer).collect()
        } else {
            self.has_begun = true;
            let since = before(now, SILENT_BEFORE);
            feeds.map(|feed| (now, Happening::Polled(feed.clone(), document(Vec::new(), since, 0)))).collect()
        };
        while let Some(told) = self.told.pop_front_if(|told| told.at <= now) {
            taken.push((told.at, happening(told)));
        }
        taken
    }
}

fn happening(told: &Told) -> Happening {
    match &told.what {
        What::Document(document) => Happening::Answered(told.feed.clone(), document.clone()),
        What::Value(said) => Happening::Polled(told.feed.clone(), document(vec![fresh(said)], told.at, 1)),
        What::Nothing => Happening::Polled(told.feed.clone(), document(Vec::new(), told.at, 0)),
    }
}

/// A document of new items. With nothing known in it, it accounts for what happened since `oldest` only.
fn document(fresh: Vec<Fresh>, oldest: Timestamp, known: usize) -> Polled {
    let harvest = Harvest {
        items: FULL_PAGE,
        known,
        oldest: Some(oldest),
        times: Vec::new(),
        fresh,
        warnings: Vec::new(),
        ttl_minutes: None,
        repeats: false,
        unread: None,
    };
    Polled::Document { harvest: Box::new(harvest), validators: Validators::default(), body_hash: String::new() }
}

fn fresh(said: &Said) -> Fresh {
    let item = Item {
        id: said.id.clone(),
        title: said.title.clone(),
        link: said.link.clone(),
        published: Some(said.event_time),
        publisher: said.publisher.clone(),
        content: Some(said.text.clone()),
        ..Item::default()
    };
    let evidence = Evidence { text: said.text.clone(), span: (0, said.text.chars().count()) };
    let finding = Finding { value: said.value.clone(), event_time: Some(said.event_time), evidence };
    let found = Found { indicator: said.indicator, input: said.input, outcome: Outcome::Value(finding) };
    Fresh {
        item,
        hash: String::new(),
        revision: 1,
        is_news: true,
        page: PageState::None,
        findings: vec![found],
        shown: Provenance::default(),
    }
}

/// What can be asked after a course.
struct Asked<'a> {
    view: View<'a>,
    watch: &'a Watch,
    replayed: &'a Replayed,
}

impl Asked<'_> {
    fn hold_against(&self, expectation: &Expectation) -> Result<Vec<Unmet>> {
        match expectation.when {
            When::At(at) => self.at(expectation, at),
            When::Between(span) => Ok(self.between(expectation, span)),
        }
    }

    fn moment(&self, at: Timestamp) -> String {
        rfc3339(at, &self.watch.zone)
    }

    fn at(&self, expectation: &Expectation, at: Timestamp) -> Result<Vec<Unmet>> {
        let Some(scenario) = &expectation.scenario else { return Ok(Vec::new()) };
        let (phase, blind) = self.replayed.state_at(scenario, at);
        let (moment, name) = (self.moment(at), scenario.local());
        let mut pairs = Vec::new();
        if let Some(expected) = expectation.state.filter(|expected| *expected != phase) {
            let (expected, found) = (expected.word(), phase.word());
            pairs.push((format!("at {moment} {name} is {expected}"), format!("it is {found}")));
        }
        let sight = |blind: bool| if blind { "blind" } else { "not blind" };
        if let Some(expected) = expectation.blind.filter(|expected| *expected != blind) {
            pairs.push((format!("at {moment} {name} is {}", sight(expected)), format!("it is {}", sight(blind))));
        }
        let explanation = if pairs.is_empty() { Vec::new() } else { self.explanation(scenario, at)? };
        let unmet =
            |(expected, found)| Unmet { place: expectation.place, expected, found, explanation: explanation.clone() };
        Ok(pairs.into_iter().map(unmet).collect())
    }

    /// Since when a scenario stands where it stands, and what each of its conditions says at a moment.
    fn explanation(&self, scenario: &Name, at: Timestamp) -> Result<Vec<String>> {
        let mut lines = Vec::new();
        let own = self.replayed.changes.iter().filter(|change| change.transition.scenario == *scenario);
        match own.take_while(|change| change.transition.at <= at).last() {
            Some(change) => lines.push(self.told(change)),
            None => lines.push("nothing was decided before".to_owned()),
        }
        let Some(planned) = self.watch.scenarios.iter().find(|one| one.name == *scenario) else { return Ok(lines) };
        let judgement = judge::judge(&self.view, self.watch, planned, AsOf::now(at))?;
        for (condition, answer) in planned.conditions.iter().zip(&judgement.answers) {
            lines.push(format!(
                "{} {} is {} ({}), which is {}: {}",
                condition.indicator.local(),
                condition.measure.word(),
                answer.measured.shown,
                condition.bound,
                answer.verdict.word(),
                answer.measured.why
            ));
        }
        Ok(lines)
    }

    fn told(&self, change: &Change) -> String {
        let transition = &change.transition;
        let what = match change.kind {
            ChangeKind::Phase => format!("{} → {}", transition.from.word(), transition.to.word()),
            ChangeKind::Escalated => "escalated".to_owned(),
            ChangeKind::WentBlind => "went blind".to_owned(),
            ChangeKind::SeesAgain => "sees again".to_owned(),
        };
        format!("{} {} {what}: {}", self.moment(transition.at), transition.scenario.local(), transition.reason)
    }

    fn between(&self, expectation: &Expectation, span: Span) -> Vec<Unmet> {
        let is_within = |at: Timestamp| span.from <= at && at <= span.to;
        let is_own = |name: Option<&Name>| expectation.scenario.is_none() || name == expectation.scenario.as_ref();
        let changes: Vec<&Change> = self
            .replayed
            .changes
            .iter()
            .filter(|change| is_within(change.transition.at) && is_own(Some(&change.transition.scenario)))
            .collect();
        let mails: Vec<&Mail> =
            self.replayed.mails.iter().filter(|mail| is_within(mail.at) && is_own(mail.about.as_ref())).collect();
        let stretch = format!("between {} and {}", self.moment(span.from), self.moment(span.to));
        let whose = expectation.scenario.as_ref().map_or("anything", |name| name.local());
        let (place, mut unmet) = (expectation.place, Vec::new());
        if let Some(expected) = &expectation.transitions {
            let entered = changes.iter().filter(|change| change.kind == ChangeKind::Phase);
            let found: Vec<_> = entered.map(|change| change.transition.to).collect();
            if found != *expected {
                let explanation = shortened(changes.iter().map(|change| self.told(change)));
                let (expected, found) = (phases_words(expected), phases_words(&found));
                let expected = format!("{stretch} {whose} comes into: {expected}");
                unmet.push(Unmet { place, expected, found: format!("it came into: {found}"), explanation });
            }
        }
        if let Some(expected) = expectation.mails.as_ref().filter(|expected| !is_met(expected, &mails)) {
            let expected = format!("{stretch} mails about {whose}: {}", mails_words(expected));
            let found = kinds_words(&mails.iter().map(|mail| mail.kind).collect::<Vec<_>>());
            let explanation = shortened(mails.iter().map(|mail| self.sent(mail)));
            unmet.push(Unmet { place, expected, found: format!("there were: {found}"), explanation });
        }
        unmet
    }

    fn sent(&self, mail: &Mail) -> String {
        let about = mail.about.as_ref().map(|name| format!(" about {}", name.local())).unwrap_or_default();
        format!("{} {}{about}", self.moment(mail.at), mail.kind.word())
    }
}

/// As many lines as are read.
fn shortened(lines: impl ExactSizeIterator<Item = String>) -> Vec<String> {
    let more = lines.len().saturating_sub(LINES_SHOWN);
    let rest = (more > 0).then(|| format!("… and {more} more"));
    lines.take(LINES_SHOWN).chain(rest).collect()
}

fn is_met(expected: &Mails, mails: &[&Mail]) -> bool {
    match expected {
        Mails::Count(count) => mails.len() == *count,
        Mails::Kinds(kinds) => mails.iter().map(|mail| mail.kind).eq(kinds.iter().copied()),
    }
}

fn mails_words(expected: &Mails) -> String {
    match expected {
        Mails::Count(count) => count.to_string(),
        Mails::Kinds(kinds) => kinds_words(kinds),
    }
}

fn phases_words(phases: &[Phase]) -> String {
    let words: Vec<&str> = phases.iter().map(|phase| phase.word()).collect();
    if words.is_empty() { "nothing".to_owned() } else { words.join(", ") }
}

fn kinds_words(kinds: &[Kind]) -> String {
    let words: Vec<&str> = kinds.iter().map(|kind| kind.word()).collect();
    if words.is_empty() { "none".to_owned() } else { format!("{} ({})", words.len(), words.join(", ")) }
}
