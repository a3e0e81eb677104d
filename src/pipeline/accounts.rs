//! A judgement written down: what a reader needs, frozen as it was known.

use std::collections::HashMap;

use jiff::Timestamp;

use super::grades;
use super::judge::{Answer, Judgement};
use crate::config::plan::Watch;
use crate::model::alert::{Account, ConditionAccount, EvidenceAccount, NoteAccount, PointAccount};
use crate::model::condition::{Condition, Measure, Verdict};
use crate::model::indicator::Kind;
use crate::model::name::Name;
use crate::model::note::{self, Note, Subject};
use crate::model::observation::{Observation, Value};
use crate::model::reading::{Reading, Standing};
use crate::model::scenario::{Phase, Scenario};
use crate::model::source::Grade;
use crate::model::text::one_line;
use crate::store::{Result, View};

/// Pieces of evidence kept with each condition.
const EVIDENCE_KEPT: usize = 6;
/// Characters of a quote kept with it.
const QUOTE_LENGTH: usize = 300;

/// Freezes a judgement. `phase` is where the scenario stands after it.
///
/// # Errors
/// What the store refuses.
pub fn freeze(
    view: &View<'_>,
    watch: &Watch,
    scenario: &Scenario,
    judgement: &Judgement,
    reason: &str,
) -> Result<Account> {
    let mut conditions = Vec::new();
    for (condition, answer) in scenario.conditions.iter().zip(&judgement.answers) {
        conditions.push(condition_account(view, watch, condition, answer, judgement.as_of.known)?);
    }
    Ok(Account {
        scenario: scenario.name.clone(),
        path: scenario.path,
        title: scenario.title.clone(),
        watch_title: watch.title.clone(),
        basis: watch.basis.clone(),
        zone: watch.zone_name.clone(),
        at: judgement.as_of.at,
        phase: judgement.state.phase,
        since: judgement.state.since,
        verdict: judgement.verdict,
        needs: scenario.needs.words(scenario.conditions.len()),
        reason: reason.to_owned(),
        clears: judgement.state.phase.is_alerting().then(|| clears(scenario, judgement)),
        likelihood: judgement.likelihood.clone(),
        conditions,
    })
}

fn condition_account(
    view: &View<'_>,
    watch: &Watch,
    condition: &Condition,
    answer: &Answer,
    known: Timestamp,
) -> Result<ConditionAccount> {
    let indicator = watch.indicator(&condition.indicator);
    let spec = indicator.map(|indicator| &indicator.spec);
    let measured = &answer.measured;
    let mut claims = Vec::new();
    for id in measured.vintages.iter().rev().take(EVIDENCE_KEPT) {
        claims.extend(view.observation(*id)?);
    }
    let digits = match indicator {
        Some(indicator) => grades::digits(view, watch, indicator, &claims, known)?,
        None => HashMap::new(),
    };
    let mut evidence = Vec::new();
    for claim in &claims {
        let grade = Grade { credibility: digits.get(&claim.id).copied(), ..claim.grade }.to_string();
        let notes = notes_on(view, watch, claim, known)?;
        evidence.push(EvidenceAccount { grade, notes, ..evidence_account(watch, claim) });
    }
    Ok(ConditionAccount {
        indicator: condition.indicator.clone(),
        title: spec.map_or_else(|| condition.indicator.to_string(), |spec| spec.title.clone()),
        unit: spec.map(|spec| spec.unit.clone()).unwrap_or_default(),
        measure: condition.measure.word().to_owned(),
        verdict: answer.verdict,
        value: measured.value,
        shown: measured.shown.clone(),
        before: answer.told.clone().filter(|told| *told != measured.shown),
        bound: condition.bound.clone(),
        why: measured.why.clone(),
        proxy_for: spec.and_then(|spec| spec.proxy_for.clone()),
        vintages: measured.vintages.clone(),
        evidence,
        series: measured.series.iter().skip_while(|reading| reading.value.is_none()).map(point).collect(),
        is_level: spec.is_some_and(|spec| spec.kind == Kind::Level),
        bound_at: bound_at(condition),
    })
}

/// The limit of a condition on the readings themselves.
fn bound_at(condition: &Condition) -> Option<f64> {
    let limits = &condition.limits;
    let limit = limits.at_least.or(limits.at_most).or(limits.above).or(limits.below);
    limit.filter(|_| condition.measure == Measure::Value)
}

/// One reading of a chart.
pub fn point(reading: &Reading) -> PointAccount {
    // What is missing is no running period either.
    let is_final = reading.is_final || reading.value.is_none();
    let is_whole = reading.standing() != Standing::Partial;
    PointAccount { period: reading.period.to_string(), value: reading.value, is_final, is_whole }
}

/// What people had said of a value and of its source.
fn notes_on(view: &View<'_>, watch: &Watch, observation: &Observation, known: Timestamp) -> Result<Vec<NoteAccount>> {
    let source = Subject::Source(Name::new(watch.id.as_str(), observation.source.as_str()));
    let mut notes = note::current(view.notes_on_value(observation, known)?);
    notes.extend(note::current(view.notes(&source, known)?));
    Ok(notes.into_iter().map(note_account).collect())
}

fn note_account(note: Note) -> NoteAccount {
    NoteAccount { at: note.at, author: note.author, about: note.subject.word().to_owned(), text: note.text }
}

/// One observation as evidence, without notes.
pub fn evidence_account(watch: &Watch, observation: &Observation) -> EvidenceAccount {
    let quantity = match &observation.value {
        Value::Quantity(quantity) => Some(*quantity),
        Value::Statement(statement) => statement.amount.as_ref().map(|amount| amount.quantity),
        Value::Report(_) => None,
    };
    let source = watch.sources.iter().find(|source| source.id == observation.source);
    let item = observation.item.as_ref();
    EvidenceAccount {
        indicator: observation.indicator.clone(),
        vintage: observation.id,
        value: quantity.map(|quantity| quantity.value),
        low: quantity.and_then(|quantity| quantity.low),
        high: quantity.and_then(|quantity| quantity.high),
        event_time: observation.event_time,
        recorded_at: observation.recorded_at,
        quote: one_line(&observation.evidence.text, QUOTE_LENGTH),
        title: item.and_then(|item| item.title.as_deref()).map(|title| one_line(title, QUOTE_LENGTH)),
        link: item.and_then(|item| item.link.clone()),
        source: source.map_or_else(|| observation.source.clone(), |source| source.title.clone()),
        grade: observation.grade.to_string(),
        flags: observation.flags.iter().map(|flag| flag.word().to_owned()).collect(),
        author: observation.author.clone(),
        notes: Vec::new(),
    }
}

/// Why a scenario changed, as a sentence.
pub fn reason(scenario: &Scenario, judgement: &Judgement) -> String {
    let count = scenario.conditions.len();
    let met = judgement.answers.iter().filter(|answer| answer.verdict == Verdict::True).count();
    let open: Vec<String> = scenario
        .conditions
        .iter()
        .zip(&judgement.answers)
        .filter(|(_, answer)| answer.verdict == Verdict::Unknown)
        .map(|(condition, answer)| format!("{} ({})", condition.indicator.local(), answer.measured.why))
        .collect();
    let needs = scenario.needs.words(count);
    if judgement.verdict == Verdict::Unknown {
        return format!("{met} of {count} conditions hold, needed are {needs}, and unknown is {}", open.join("; "));
    }
    let rest = if open.is_empty() { String::new() } else { format!("; unknown is {}", open.join("; ")) };
    format!("{met} of {count} conditions hold, needed are {needs}{rest}")
}

fn clears(scenario: &Scenario, judgement: &Judgement) -> String {
    let needs = match scenario.needs.number(scenario.conditions.len()) {
        1 => "no condition holds any more".to_owned(),
        number => format!("fewer than {number} conditions hold"),
    };
    let for_long = match scenario.clear_after {
        hold if hold.is_none() => format!("It resolves as soon as {needs}"),
        hold => format!("It resolves once {needs} for {}", hold.words()),
    };
    let answers = scenario.conditions.iter().zip(&judgement.answers);
    let holding: Vec<String> = answers
        .filter(|(_, answer)| answer.verdict == Verdict::True)
        .map(|(condition, _)| condition.clears_words())
        .collect();
    if holding.is_empty() {
        format!("{for_long}.")
    } else {
        format!("{for_long}. What would count: {}.", holding.join("; "))
    }
}

/// How a change of phase reads: `inactive → active`.
pub fn phases(from: Phase, to: Phase) -> String {
    format!("{} → {}", from.word(), to.word())
}
