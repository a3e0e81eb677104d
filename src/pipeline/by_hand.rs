//! What people record: values of their own, corrections of what feeds said, and why.
//!
//! Hand-made values go the way of every other: guards, vintages, one
//! transaction, evaluation. Here is nothing of files and commands.

pub mod rows;
pub mod typed;

use jiff::Timestamp;

use super::{Effects, decide, guards};
use crate::config::plan::{Plan, Watch, WatchedIndicator};
use crate::model::note::{Note, Subject};
use crate::model::observation::{Evidence, Observation, Value};
use crate::model::source::Grade;
use crate::model::time::Period;
use crate::store::{Change, Result, View};

/// One value as a person states it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Which value it is a vintage of; `None`: the one of its source and time.
    pub key: Option<String>,
    /// When it happened.
    pub event_time: Timestamp,
    /// What it is; `None` says that there is no value.
    pub value: Option<Value>,
    /// The value as it was written: its evidence.
    pub written: String,
    /// Who says so, by the id of a source; `None`: the author.
    pub source: Option<String>,
    /// Why it is recorded.
    pub note: Option<String>,
    /// When it became known; `None`: now.
    pub recorded_at: Option<Timestamp>,
}

/// Who writes, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pen<'a> {
    /// The person.
    pub author: &'a str,
    /// The moment.
    pub now: Timestamp,
}

impl Pen<'_> {
    fn note(&self, subject: Subject, text: &str) -> Note {
        Note { id: 0, subject, at: self.now, author: self.author.to_owned(), text: text.to_owned(), supersedes: None }
    }
}

/// What became of some entries.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Recorded {
    /// The numbers of the new vintages.
    pub vintages: Vec<i64>,
    /// Entries that said what was known already.
    pub known: u32,
    /// What the evaluation brought about.
    pub effects: Effects,
}

/// Records entries of one indicator in the order in which they became known, and evaluates what rests on it.
///
/// # Errors
/// What the store refuses; the caller's transaction keeps nothing then.
pub fn record(
    change: &Change<'_>,
    plan: &Plan,
    (watch, indicator): (&Watch, &WatchedIndicator),
    entries: &[Entry],
    pen: Pen<'_>,
) -> Result<Recorded> {
    let mut ordered: Vec<&Entry> = entries.iter().collect();
    ordered.sort_by_key(|entry| entry.recorded_at.unwrap_or(pen.now));
    let mut recorded = Recorded::default();
    for entry in ordered {
        match add(change, watch, indicator, entry, pen)? {
            Some(number) => recorded.vintages.push(number),
            None => recorded.known += 1,
        }
    }
    recorded.effects = evaluate(change, plan, watch, indicator, pen.now)?;
    recorded.effects.observations = u32::try_from(recorded.vintages.len()).unwrap_or(u32::MAX);
    Ok(recorded)
}

/// Puts a person's value in the place of the newest vintage of a key; `None` takes the value back. Gives what became of
/// it, or `None` when there is no such key.
///
/// # Errors
/// What the store refuses.
pub fn overrule(
    change: &Change<'_>,
    plan: &Plan,
    (watch, indicator): (&Watch, &WatchedIndicator),
    (key, value, written): (&str, Option<Value>, &str),
    (reason, pen): (&str, Pen<'_>),
) -> Result<Option<Recorded>> {
    let Some(previous) = change.newest_vintage(&indicator.spec.name, key)? else { return Ok(None) };
    let was = typed::written(&previous.value);
    let new = Observation {
        id: 0,
        withdrawn: value.is_none(),
        value: value.unwrap_or_else(|| previous.value.clone()),
        recorded_at: pen.now,
        evidence: evidence(written, &format!("instead of {was}, by {}: {reason}", pen.author)),
        flags: Vec::new(),
        supersedes: Some(previous.id),
        author: Some(pen.author.to_owned()),
        entered_at: None,
        ..previous.clone()
    };
    let number = store(change, watch, indicator, new, Some(&previous))?;
    change.add_note(&pen.note(Subject::Value(number), reason))?;
    let effects = Effects { observations: 1, ..evaluate(change, plan, watch, indicator, pen.now)? };
    Ok(Some(Recorded { vintages: vec![number], known: 0, effects }))
}

/// What a source had said when a person put another value in its place; `None` when the newest vintage is no person's.
///
/// As long as the source only repeats it, the person's value stands.
///
/// # Errors
/// What the store refuses.
pub fn overruled(view: &View<'_>, newest: Option<&Observation>) -> Result<Option<Observation>> {
    let Some(mut said) = newest.filter(|newest| newest.author.is_some()).cloned() else { return Ok(None) };
    while said.author.is_some() {
        let Some(before) = said.supersedes else { return Ok(None) };
        let Some(earlier) = view.observation(before)? else { return Ok(None) };
        said = earlier;
    }
    Ok(Some(said))
}

/// Adds one entry; `None` when it says what is known already.
fn add(
    change: &Change<'_>,
    watch: &Watch,
    indicator: &WatchedIndicator,
    entry: &Entry,
    pen: Pen<'_>,
) -> Result<Option<i64>> {
    let recorded_at = entry.recorded_at.unwrap_or(pen.now);
    let key = entry.key.clone().unwrap_or_else(|| own_key(entry));
    let previous = change.vintage_known(&indicator.spec.name, &key, recorded_at)?;
    let says_the_same = |previous: &Observation| match &entry.value {
        None => previous.withdrawn,
        Some(value) => !previous.withdrawn && previous.value == *value && previous.event_time == entry.event_time,
    };
    let value = match (&entry.value, &previous) {
        // There is nothing that could be taken back.
        (None, None) => return Ok(None),
        (_, Some(previous)) if says_the_same(previous) => return Ok(None),
        (None, Some(previous)) => previous.value.clone(),
        (Some(value), _) => value.clone(),
    };
    let source = entry.source.as_deref().unwrap_or(pen.author);
    let known = watch.sources.iter().find(|one| one.id == source || one.title == source);
    let why = entry.note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
    let new = Observation {
        id: 0,
        indicator: indicator.spec.name.clone(),
        key,
        event_time: entry.event_time,
        value,
        recorded_at,
        // A value that a feed gave stays that feed's when a person corrects it.
        feed: previous.as_ref().and_then(|previous| previous.feed.clone()),
        source: known.map_or_else(|| source.to_owned(), |known| known.id.clone()),
        item: previous.as_ref().and_then(|previous| previous.item.clone()),
        method: None,
        evidence: evidence(&entry.written, &format!("recorded by hand by {}{why}", pen.author)),
        grade: Grade { reliability: known.and_then(|known| known.reliability), credibility: None },
        flags: Vec::new(),
        supersedes: previous.as_ref().map(|previous| previous.id),
        author: Some(pen.author.to_owned()),
        withdrawn: entry.value.is_none(),
        entered_at: entry.recorded_at.map(|_| pen.now),
    };
    let number = store(change, watch, indicator, new, previous.as_ref())?;
    if let Some(note) = &entry.note {
        change.add_note(&pen.note(Subject::Value(number), note))?;
    }
    Ok(Some(number))
}

/// Marks a vintage as the guards find it, and stores it. What a person states is believed at once.
fn store(
    change: &Change<'_>,
    watch: &Watch,
    indicator: &WatchedIndicator,
    mut new: Observation,
    previous: Option<&Observation>,
) -> Result<i64> {
    let spec = &indicator.spec;
    let closed = Period::containing(spec.period, new.event_time, &watch.zone).span(&watch.zone).to;
    let complete = change.first_vintage_since(&spec.name, &new.key, closed)?;
    let complete = complete.filter(|before| before.recorded_at <= new.recorded_at);
    let known = guards::Known { in_force: None, complete: complete.and_then(|before| before.value.figure()) };
    new.flags = guards::flags(spec, &new, (previous, known), false);
    change.add_observation(&new, new.recorded_at)
}

/// Evaluates the scenarios that rest on an indicator.
fn evaluate(
    change: &Change<'_>,
    plan: &Plan,
    watch: &Watch,
    indicator: &WatchedIndicator,
    now: Timestamp,
) -> Result<Effects> {
    let mut effects = Effects::default();
    for scenario in &watch.scenarios {
        if scenario.conditions.iter().any(|condition| condition.indicator == indicator.spec.name) {
            effects.add(decide::evaluate(change, plan, watch, scenario, now)?);
        }
    }
    Ok(effects)
}

/// A second value of the same source and time is a correction of the first.
fn own_key(entry: &Entry) -> String {
    match &entry.source {
        None => format!("by hand {}", entry.event_time),
        Some(source) => format!("by hand {source} {}", entry.event_time),
    }
}

fn evidence(written: &str, what: &str) -> Evidence {
    Evidence { text: format!("{written} ({what})"), span: (0, written.chars().count()) }
}
