//! What an analyst records: values, tables of values, corrections and notes. Each commits one short transaction.

use std::path::PathBuf;
use std::process::ExitCode;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::author::AuthorArgs;
use super::bounds::read_limited;
use super::indicator::find;
use super::output::{moment, time};
use super::{Context, Done, Failure, export};
use crate::config::plan::{Watch, WatchedIndicator};
use crate::model::indicator::Kind;
use crate::model::note::{Note, Subject};
use crate::model::reading::Reading;
use crate::model::time::{Period, before};
use crate::pipeline::by_hand::{self, Entry, Pen, Recorded, rows, typed};
use crate::pipeline::{AsOf, measures, readings};
use crate::store::{self, StoreError, View};

/// One value.
#[derive(Debug, clap::Args)]
pub struct RecordArgs {
    /// The indicator: `watch/indicator`, or the bare id
    id: String,
    /// A figure; for reports a place or `lat,lon`; for schedules a date, a status, an amount
    #[arg(allow_hyphen_values = true)]
    value: String,
    /// When it happened: RFC 3339, or a date of the watch's zone
    #[arg(long, value_name = "T")]
    at: String,
    /// Why it is recorded
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Who says so: a source of the watch; the author when left out
    #[arg(long, value_name = "ID")]
    source: Option<String>,
    #[command(flatten)]
    author: AuthorArgs,
}

/// A table of values.
#[derive(Debug, clap::Args)]
pub struct ImportArgs {
    /// The indicator: `watch/indicator`, or the bare id
    id: String,
    /// CSV: event_time,value[,key,recorded_at,low,high,bound,source,note]; `-` for standard input
    file: PathBuf,
    #[command(flatten)]
    author: AuthorArgs,
}

/// A correction.
#[derive(Debug, clap::Args)]
pub struct OverrideArgs {
    /// The indicator: `watch/indicator`, or the bare id
    id: String,
    /// Which value, as `indicator export` names it
    key: String,
    /// What it should be; `none` takes it back
    #[arg(allow_hyphen_values = true)]
    value: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    author: AuthorArgs,
}

/// A remark on a value.
#[derive(Debug, clap::Args)]
pub struct NoteArgs {
    /// The indicator: `watch/indicator`, or the bare id
    id: String,
    /// Which value, as `indicator export` names it
    key: String,
    #[command(flatten)]
    said: SaidArgs,
}

/// What a note says.
#[derive(Debug, clap::Args)]
pub struct SaidArgs {
    /// What there is to say
    text: String,
    /// The number of an earlier note that this one replaces
    #[arg(long, value_name = "NOTE")]
    replaces: Option<i64>,
    #[command(flatten)]
    author: AuthorArgs,
}

/// `indicator record`.
pub fn record(context: &Context, args: &RecordArgs) -> Done {
    let loaded = context.load()?;
    let (watch, indicator) = find(&loaded.plan, &args.id)?;
    let (now, author) = (crate::clock::now(), args.author.name()?);
    let event_time = rows::moment(&args.at, &watch.zone).ok_or_else(|| {
        Failure::Usage(format!("`--at {}` is no time; expected 2026-01-31 or 2026-01-31T18:00:00Z", args.at))
    })?;
    let value = typed::read(watch, indicator, &args.value, now).map_err(Failure::Usage)?;
    let entry = Entry {
        key: None,
        event_time,
        value: Some(value),
        written: args.value.trim().to_owned(),
        source: args.source.clone(),
        note: said(args.note.as_deref()),
        recorded_at: None,
    };
    let mut store = context.writer(&loaded)?;
    let done = store.write(|change| -> store::Result<_> {
        let before = reading(change, watch, indicator, event_time, now)?;
        let pen = Pen { author: &author, now };
        let recorded = by_hand::record(change, &loaded.plan, (watch, indicator), &[entry], pen)?;
        Ok((recorded, before, reading(change, watch, indicator, event_time, now)?))
    })?;
    tell(context, watch, indicator, done);
    Ok(ExitCode::SUCCESS)
}

/// `indicator import`.
pub fn import(context: &Context, args: &ImportArgs) -> Done {
    let loaded = context.load()?;
    let (watch, indicator) = find(&loaded.plan, &args.id)?;
    let (now, author) = (crate::clock::now(), args.author.name()?);
    let text = read_limited(&args.file)?;
    let entries = rows::read(watch, indicator, &text, now).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(|problem| format!("{}: {problem}", args.file.display())).collect();
        anyhow::anyhow!("{}\nnothing was imported ({} problems)", lines.join("\n"), problems.len())
    })?;
    let mut store = context.writer(&loaded)?;
    let recorded = store.write(|change| {
        by_hand::record(change, &loaded.plan, (watch, indicator), &entries, Pen { author: &author, now })
    })?;
    let name = &indicator.spec.name;
    if context.output.json {
        let mut line = members(watch, indicator, &recorded);
        line["rows"] = json!(entries.len());
        context.output.line(&line);
    } else {
        context.output.text(&format!(
            "{name}: {} rows, {} values recorded, {} known already{}",
            entries.len(),
            recorded.vintages.len(),
            recorded.known,
            consequences(&recorded)
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// `indicator override`.
pub fn overrule(context: &Context, args: &OverrideArgs) -> Done {
    let loaded = context.load()?;
    let (watch, indicator) = find(&loaded.plan, &args.id)?;
    let (now, author) = (crate::clock::now(), args.author.name()?);
    let reason = said(Some(&args.reason))
        .ok_or_else(|| Failure::Usage("`--reason` is empty; a correction says why it is made".to_owned()))?;
    let value = match args.value.trim() {
        "none" => None,
        text => Some(typed::read(watch, indicator, text, now).map_err(Failure::Usage)?),
    };
    let mut store = context.writer(&loaded)?;
    let done = store.write(|change| -> store::Result<_> {
        let Some(previous) = change.newest_vintage(&indicator.spec.name, &args.key)? else { return Ok(None) };
        let before = reading(change, watch, indicator, previous.event_time, now)?;
        let what = (args.key.as_str(), value, args.value.trim());
        let pen = Pen { author: &author, now };
        let recorded = by_hand::overrule(change, &loaded.plan, (watch, indicator), what, (&reason, pen))?;
        let after = reading(change, watch, indicator, previous.event_time, now)?;
        Ok(recorded.map(|recorded| (recorded, before, after)))
    })?;
    tell(context, watch, indicator, done.ok_or_else(|| no_such_key(indicator, &args.key))?);
    Ok(ExitCode::SUCCESS)
}

/// `indicator note`.
pub fn note(context: &Context, args: &NoteArgs) -> Done {
    let loaded = context.load()?;
    let (_, indicator) = find(&loaded.plan, &args.id)?;
    let newest = context.reader(&loaded)?.read(|view| view.newest_vintage(&indicator.spec.name, &args.key))?;
    let newest = newest.ok_or_else(|| no_such_key(indicator, &args.key))?;
    add_note(context, Subject::Value(newest.id), &args.said)
}

/// Adds a note to anything, in a transaction of its own.
pub fn add_note(context: &Context, subject: Subject, said_args: &SaidArgs) -> Done {
    let loaded = context.load()?;
    let text = said(Some(&said_args.text)).ok_or_else(|| Failure::Usage("the note is empty".to_owned()))?;
    let (at, author) = (crate::clock::now(), said_args.author.name()?);
    let new = Note { id: 0, subject, at, author, text, supersedes: said_args.replaces };
    let mut store = context.writer(&loaded)?;
    let number = store.write(|change| -> store::Result<_> {
        if let Some(replaced) = said_args.replaces
            && !is_of_the_same(change, &new, replaced)?
        {
            return Ok(None);
        }
        change.add_note(&new).map(Some)
    })?;
    let Some(number) = number else {
        let wanted = said_args.replaces.unwrap_or_default();
        return Err(Failure::Usage(format!(
            "there is no note {wanted} on this {}; nothing was written",
            new.subject.word()
        )));
    };
    if context.output.json {
        context.output.line(&json!({
            "type": "note", "note": number, "about": new.subject.word(), "target": new.subject.target(), "author": new.author,
            "text": new.text, "supersedes": new.supersedes,
        }));
    } else {
        context.output.text(&format!("note {number} on {} {}", new.subject.word(), new.subject.target()));
    }
    Ok(ExitCode::SUCCESS)
}

/// A note as one line.
pub fn note_words(author: &str, at: Timestamp, text: &str, zone: &TimeZone) -> String {
    format!("note by {author}, {}: {text}", moment(Some(at), zone))
}

/// What people said of the values behind a reading: those recorded by hand, and those with notes.
pub fn remarks(view: &View<'_>, watch: &Watch, reading: &Reading, known: Timestamp) -> store::Result<Vec<Value>> {
    let mut remarks = Vec::new();
    for id in &reading.vintages {
        let Some(value) = view.observation(*id)? else { continue };
        let notes = view.notes_on_value(&value, known)?;
        if value.author.is_some() || !notes.is_empty() {
            remarks.push(json!({
                "key": value.key, "event_time": time(Some(value.event_time), &watch.zone), "value": value.value.figure(),
                "recorded_at": time(Some(value.recorded_at), &watch.zone), "author": value.author,
                "evidence": value.evidence.text, "notes": export::note_lines(&notes, &watch.zone),
            }));
        }
    }
    Ok(remarks)
}

/// Remarks as lines of text.
pub fn remark_words(remark: &Value) -> Vec<String> {
    let word = |value: &Value, member: &str| value[member].as_str().unwrap_or_default().to_owned();
    let head = format!("  {} {}", word(remark, "event_time"), word(remark, "evidence"));
    let notes = remark["notes"].as_array().into_iter().flatten();
    let lines =
        notes.map(|note| format!("    note by {}, {}: {}", word(note, "author"), word(note, "at"), word(note, "text")));
    std::iter::once(head).chain(lines).collect()
}

/// Whether a note that is to be replaced is about the same; of a value, about any of its vintages.
fn is_of_the_same(view: &View<'_>, new: &Note, replaced: i64) -> Result<bool, StoreError> {
    let Some(old) = view.note(replaced)? else { return Ok(false) };
    let key = |subject: &Subject| -> Result<Option<_>, StoreError> {
        let Subject::Value(number) = subject else { return Ok(None) };
        Ok(view.observation(*number)?.map(|value| (value.indicator, value.key)))
    };
    Ok(old.subject == new.subject || (key(&old.subject)?.is_some() && key(&old.subject)? == key(&new.subject)?))
}

fn said(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn no_such_key(indicator: &WatchedIndicator, key: &str) -> Failure {
    let name = &indicator.spec.name;
    Failure::Usage(format!("{name} has no value with the key `{key}`; `watchfloor indicator export {name}` names them"))
}

/// The reading that a moment belongs to; `None` for kinds without readings.
fn reading(
    view: &View<'_>,
    watch: &Watch,
    indicator: &WatchedIndicator,
    event_time: Timestamp,
    now: Timestamp,
) -> store::Result<Option<Reading>> {
    if !matches!(indicator.spec.kind, Kind::Count | Kind::Level) {
        return Ok(None);
    }
    let span = Period::containing(indicator.spec.period, event_time, &watch.zone).span(&watch.zone);
    let within = before(span.to, jiff::SignedDuration::from_millis(1));
    Ok(readings::readings(view, watch, indicator, 1, AsOf { at: within, known: now })?.pop())
}

/// What was recorded, with the reading before and after.
type Told = (Recorded, Option<Reading>, Option<Reading>);

fn tell(context: &Context, watch: &Watch, indicator: &WatchedIndicator, (recorded, before, after): Told) {
    let figure = |reading: &Option<Reading>| reading.as_ref().and_then(|reading| reading.value);
    let period = after.as_ref().map(|reading| reading.period.to_string());
    if context.output.json {
        let mut line = members(watch, indicator, &recorded);
        line["reading"] = json!({"period": period, "before": figure(&before), "after": figure(&after)});
        context.output.line(&line);
        return;
    }
    let name = &indicator.spec.name;
    let what = if recorded.vintages.is_empty() { "known already, nothing was recorded" } else { "recorded" };
    context.output.text(&format!("{name}: {what}{}", consequences(&recorded)));
    if let Some(period) = period {
        let words = |value: Option<f64>| {
            value.map_or_else(|| "no value".to_owned(), |value| measures::with_unit(value, &indicator.spec.unit))
        };
        context.output.text(&format!("{period}: {} → {}", words(figure(&before)), words(figure(&after))));
        if let Some(before) = before.filter(|before| stands_for_more(before, after.as_ref())) {
            context.output.text(&format!(
                "{period} was made from {} values of a feed; now it is made from what was recorded by hand alone. \
                 To mend a single value, take this one back (`indicator override … none`) and override that one.",
                before.vintages.len()
            ));
        }
    }
}

/// Whether a person's value has taken the place of several values of a feed: worth a word, since it may not be meant.
fn stands_for_more(before: &Reading, after: Option<&Reading>) -> bool {
    before.feed.is_some() && before.vintages.len() > 1 && after.is_some_and(|after| after.feed.is_none())
}

fn members(watch: &Watch, indicator: &WatchedIndicator, recorded: &Recorded) -> Value {
    json!({
        "type": "recorded", "watch": watch.id, "indicator": indicator.spec.name.to_string(), "recorded": recorded.vintages.len(),
        "known": recorded.known, "vintages": recorded.vintages, "transitions": recorded.effects.transitions,
        "mails_queued": recorded.effects.notifications,
    })
}

fn consequences(recorded: &Recorded) -> String {
    let effects = &recorded.effects;
    if effects.transitions == 0 {
        return String::new();
    }
    format!("; {} changes of scenarios, {} messages queued", effects.transitions, effects.notifications)
}
