//! `feed`: how feeds stand, and what their documents say.

use std::path::PathBuf;
use std::process::ExitCode;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::bounds::read_input;
use super::indicator::AsOfArgs;
use super::online::{Asker, Refusal, print_outcome};
use super::output::{moment, time};
use super::{Context, Done, Failure, export, hand, the_one};
use crate::clock;
use crate::config::plan::{Feed as PlannedFeed, Watch};
use crate::config::{self, Plan};
use crate::format::{FieldSource, Options, Reader};
use crate::model::feed::{FeedState, Health};
use crate::model::item::{Document, Item, Parsed};
use crate::model::name::Name;
use crate::model::note::{self, Subject};
use crate::model::observation::Value as Measured;
use crate::pipeline::{extractors, read};
use crate::store::View;

/// What to do with feeds.
#[derive(Debug, clap::Subcommand)]
pub enum Feed {
    /// Every feed with its health
    List(AsOfArgs),
    /// One feed with its last polls
    Show {
        /// The feed: `watch/feed`, or the bare id
        id: String,
        #[command(flatten)]
        as_of: AsOfArgs,
    },
    /// Say something of a feed's source
    Note {
        /// The feed: `watch/feed`, or the bare id
        id: String,
        #[command(flatten)]
        said: hand::SaidArgs,
    },
    /// Fetch a feed and show what would be recorded, writing nothing
    Fetch {
        /// The feed: `watch/feed`, or the bare id
        id: String,
    },
    /// Parse a file: one line an item
    Parse(ParseArgs),
}

/// How to parse.
#[derive(Debug, clap::Args)]
pub struct ParseArgs {
    /// The file, or `-` for standard input
    file: PathBuf,
    /// The format; found out by content when left out
    #[arg(long)]
    format: Option<String>,
    /// The HTTP header's value
    #[arg(long, value_name = "CT")]
    content_type: Option<String>,
    /// The base of relative links
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// A known shape, of which the options below may change parts
    #[arg(long, value_name = "P")]
    preset: Option<String>,
    /// Where the items are: JSONPath or CSS selector
    #[arg(long, value_name = "E")]
    items: Option<String>,
    /// A named field: `published=$.date`
    #[arg(long = "field", value_name = "NAME=E")]
    fields: Vec<String>,
    /// Work out what repeats in a calendar around this time (RFC 3339; now when left out)
    #[arg(long, value_name = "T")]
    at: Option<Timestamp>,
    /// Read as this feed of the configuration is read
    #[arg(long, value_name = "ID", conflicts_with_all = ["format", "preset", "items", "fields"])]
    feed: Option<String>,
}

/// Runs the command.
pub fn run(context: &Context, feed: &Feed) -> Done {
    match feed {
        Feed::List(as_of) => list(context, *as_of),
        Feed::Show { id, as_of } => show(context, id, *as_of),
        Feed::Note { id, said } => note(context, id, said),
        Feed::Fetch { id } => fetch(context, id),
        Feed::Parse(args) => parse(context, args),
    }
}

/// Finds a feed by what the user calls it.
/// The feed that a word means, with its watch.
pub fn find<'p>(plan: &'p Plan, word: &str) -> Result<(&'p Watch, &'p PlannedFeed), Failure> {
    the_one("feed", word, plan.feeds(), |(_, feed)| &feed.name)
}

fn list(context: &Context, as_of: AsOfArgs) -> Done {
    let loaded = context.load()?;
    let mut reader = context.reader(&loaded)?;
    let mut rows = Vec::new();
    let lines = reader.read(|view| -> anyhow::Result<Vec<Value>> {
        let mut lines = Vec::new();
        for (watch, feed) in loaded.plan.feeds() {
            let state = standing(view, feed, as_of.past())?;
            rows.push(row(watch, feed, state.as_ref()));
            lines.push(members(view, watch, feed, (state.as_ref(), as_of.past()))?);
        }
        Ok(lines)
    })?;
    if context.output.json {
        lines.iter().for_each(|line| context.output.line(line));
    } else {
        let headings = ["FEED", "HEALTH", "LAST SUCCESS", "NEXT POLL", "LAST ERROR"];
        context.output.table(&headings, rows, "No feed is configured.");
    }
    Ok(ExitCode::SUCCESS)
}

fn row(watch: &Watch, feed: &PlannedFeed, state: Option<&FeedState>) -> Vec<String> {
    vec![
        feed.name.to_string(),
        state.map_or("not asked", |state| state.health.word()).to_owned(),
        moment(state.and_then(|state| state.last_success), &watch.zone),
        moment(state.and_then(|state| state.next_poll), &watch.zone),
        state.and_then(|state| state.last_error.clone().or_else(|| moved(state))).unwrap_or_default(),
    ]
}

/// That a feed's address should be changed in the configuration.
fn moved(state: &FeedState) -> Option<String> {
    state.moved_to.as_ref().map(|there| format!("moved for good to {there}; give the feed this address"))
}

/// How a feed stands, or stood at a moment of the past.
fn standing(view: &View<'_>, feed: &PlannedFeed, past: Option<Timestamp>) -> anyhow::Result<Option<FeedState>> {
    Ok(match past {
        None => view.feed_state(&feed.name)?,
        Some(at) => view.feed_state_as_of(&feed.name, at)?,
    })
}

fn note(context: &Context, id: &str, said: &hand::SaidArgs) -> Done {
    let loaded = context.load()?;
    let (watch, feed) = find(&loaded.plan, id)?;
    hand::add_note(context, source_of(watch, feed), said)
}

fn source_of(watch: &Watch, feed: &PlannedFeed) -> Subject {
    Subject::Source(Name::new(watch.id.as_str(), feed.source.id.as_str()))
}

/// The members of one feed's line; of the past, what is not kept is `null`.
pub fn members(
    view: &View<'_>,
    watch: &Watch,
    feed: &PlannedFeed,
    (state, past): (Option<&FeedState>, Option<Timestamp>),
) -> anyhow::Result<Value> {
    let zone = &watch.zone;
    let mut rates = serde_json::Map::new();
    for indicator in watch.indicators.iter().filter(|one| one.spec.inputs.iter().any(|input| input.feed == feed.name)) {
        let record = view.extractor(&indicator.spec.name, &feed.name, &extractors::method_of(indicator, feed))?;
        let rate = record
            .filter(|record| record.tried > 0 && past.is_none())
            .map(|record| f64::from(record.matched) / f64::from(record.tried));
        rates.insert(indicator.spec.name.local().to_owned(), json!(rate));
    }
    Ok(json!({
        "watch": watch.id, "feed": feed.name.to_string(), "source": feed.source.id,
        "health": state.map(|state| state.health.word()), "since": time(state.map(|state| state.since), zone),
        "last_poll": time(state.and_then(|state| state.last_poll), zone),
        "last_success": time(state.and_then(|state| state.last_success), zone),
        "next_poll": time(state.and_then(|state| state.next_poll), zone),
        "last_error": state.and_then(|state| state.last_error.clone()),
        "moved_to": state.and_then(|state| state.moved_to.clone()),
        "items": view.count_items_as_of(&feed.name, past.unwrap_or(Timestamp::MAX))?, "match_rate": rates,
        "newest_item": time(state.and_then(|state| state.rhythm.newest), zone),
        "silence_explained_until": time(state.and_then(|state| state.rhythm.explains_until()), zone),
        "overflowed": time(state.and_then(|state| state.overflowed), zone),
    }))
}

fn show(context: &Context, id: &str, as_of: AsOfArgs) -> Done {
    let loaded = context.load()?;
    let (watch, feed) = find(&loaded.plan, id)?;
    let mut reader = context.reader(&loaded)?;
    let (mut line, state, polls, notes) = reader.read(|view| -> anyhow::Result<_> {
        let state = standing(view, feed, as_of.past())?;
        let line = members(view, watch, feed, (state.as_ref(), as_of.past()))?;
        let known = as_of.moment().known;
        Ok((line, state, view.polls(&feed.name, known, 20)?, view.notes(&source_of(watch, feed), known)?))
    })?;
    let zone = &watch.zone;
    if context.output.json {
        let polls: Vec<Value> = polls
            .iter()
            .map(|poll| json!({"at": time(Some(poll.at), zone), "status": poll.status, "items_new": poll.items_new, "ms": poll.took_ms, "error": poll.error}))
            .collect();
        if let Some(members) = line.as_object_mut() {
            members.insert("polls".to_owned(), Value::Array(polls));
            members.insert("notes".to_owned(), Value::Array(export::note_lines(&notes, zone)));
        }
        context.output.line(&line);
        return Ok(ExitCode::SUCCESS);
    }
    let health = state.as_ref().map_or("not asked yet", |state| state.health.word());
    context.output.text(&format!("{} of {}: {health}\n{}\n", feed.name, feed.source.title, feed.target.shown));
    if let Some(moved) = state.as_ref().and_then(moved) {
        context.output.text(&format!("{moved}\n"));
    }
    for note in note::current(notes) {
        context.output.text(&hand::note_words(&note.author, note.at, &note.text, zone));
    }
    let rows = polls
        .iter()
        .map(|poll| {
            vec![
                moment(Some(poll.at), zone),
                poll.status.clone(),
                poll.items_new.to_string(),
                format!("{} ms", poll.took_ms),
                poll.error.clone().unwrap_or_default(),
            ]
        })
        .collect();
    context.output.table(&["AT", "STATUS", "NEW", "TOOK", "ERROR"], rows, "It has not been polled yet.");
    Ok(ExitCode::SUCCESS)
}

fn fetch(context: &Context, id: &str) -> Done {
    let loaded = context.load_with_secrets()?;
    let (watch, feed) = find(&loaded.plan, id)?;
    let said = |refusal: Refusal| match refusal.health {
        Health::Error => anyhow::anyhow!("{}: {}", feed.name, refusal.why),
        health => anyhow::anyhow!("{} is {}: {}", feed.name, health.word(), refusal.why),
    };
    let (parsed, unread) = Asker::new(&loaded.plan)?.ask(feed).map_err(said)?;
    print_parsed(context, &parsed, &watch.zone);
    for item in &parsed.items {
        for found in read::extract(watch, feed, item) {
            print_outcome(context.output, (watch, feed), item, &found);
        }
    }
    if let Some(refusal) = unread {
        return Err(said(refusal).into());
    }
    Ok(ExitCode::SUCCESS)
}

/// A value in a few words.
pub fn written(value: &Measured) -> String {
    match value {
        Measured::Quantity(quantity) => {
            format!("{} ({})", crate::model::text::figure(quantity.value, 3), quantity.bound.word())
        }
        Measured::Report(report) => {
            format!("{:.4}, {:.4} ± {} km", report.point.lat, report.point.lon, report.error_km)
        }
        Measured::Statement(said) => {
            let window = said.expected.map(|window| format!("by {}", window.to));
            let amount = said
                .amount
                .as_ref()
                .map(|amount| format!("{} {}", crate::model::text::figure(amount.quantity.value, 0), amount.currency));
            let status = said.status.map(|status| status.word().to_owned());
            [status, window, amount].into_iter().flatten().collect::<Vec<_>>().join(", ")
        }
    }
}

fn parse(context: &Context, args: &ParseArgs) -> Done {
    let reader = match &args.feed {
        Some(id) => find(&context.load()?.plan, id)?.1.reader.clone(),
        None => reader_of(args)?,
    };
    let body = read_input(&args.file)?;
    let document = Document { body, content_type: args.content_type.clone(), url: args.base_url.clone() };
    let now = args.at.unwrap_or_else(clock::now);
    let parsed = reader
        .read_around(&document, Some(now))
        .map_err(|error| anyhow::anyhow!("{}: {}", args.file.display(), error.message))?;
    print_parsed(context, &parsed, &TimeZone::UTC);
    Ok(ExitCode::SUCCESS)
}

fn reader_of(args: &ParseArgs) -> Result<Reader, Failure> {
    let mut options = match &args.preset {
        None => Options::default(),
        Some(name) => config::preset_options(name).ok_or_else(|| {
            let known: Vec<&str> = config::preset_names().collect();
            Failure::Usage(format!("there is no preset `{name}`; expected one of {}", known.join(", ")))
        })?,
    };
    for field in &args.fields {
        let (name, place) = field.split_once('=').ok_or_else(|| Failure::Usage(format!("`{field}` is no NAME=E")))?;
        options.fields.retain(|(known, _)| known != name);
        options.fields.push((name.to_owned(), FieldSource::One(place.to_owned())));
    }
    options.format = args.format.clone().or(options.format);
    options.items = args.items.clone().or(options.items);
    options.base_url.clone_from(&args.base_url);
    Reader::new(options).map_err(|errors| {
        let sentences: Vec<String> = errors
            .iter()
            .map(|error| match error.column {
                Some(column) => format!("{}, column {column}: {}", error.option, error.message),
                None => format!("{}: {}", error.option, error.message),
            })
            .collect();
        Failure::Usage(sentences.join("\n"))
    })
}

fn print_parsed(context: &Context, parsed: &Parsed, zone: &TimeZone) {
    let header = &parsed.header;
    if context.output.json {
        context.output.line(&json!({
            "type": "feed", "format": header.format, "encoding": header.encoding, "items": parsed.items.len(),
            "title": header.title, "link": header.link, "id": header.id, "description": header.description,
            "language": header.language, "updated": time(header.updated, zone),
            "author": header.authors.first().and_then(|person| person.shown()), "authors": people(&header.authors),
            "warnings": parsed.warnings,
        }));
        for (index, item) in parsed.items.iter().enumerate() {
            context.output.line(&item_line(index, item, zone));
        }
        return;
    }
    let title = header.title.as_deref().unwrap_or("(no title)");
    context.output.text(&format!("{title}: {} ({}), {} items", header.format, header.encoding, parsed.items.len()));
    for warning in &parsed.warnings {
        context.output.text(&format!("warning: {warning}"));
    }
    let rows = parsed
        .items
        .iter()
        .map(|item| {
            let text = item.title.clone().or_else(|| item.content.clone()).unwrap_or_default();
            vec![
                moment(item.time(), zone),
                crate::model::text::one_line(&item.id, 40),
                crate::model::text::one_line(&text, 60),
            ]
        })
        .collect();
    context.output.table(&["PUBLISHED", "ID", "TITLE OR TEXT"], rows, "It holds no item.");
}

fn people(people: &[crate::model::item::Person]) -> Vec<Value> {
    people.iter().map(|person| json!({"name": person.name, "email": person.email, "url": person.url})).collect()
}

fn item_line(index: usize, item: &Item, zone: &TimeZone) -> Value {
    let fields: serde_json::Map<String, Value> =
        item.fields.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    json!({
        "type": "item", "index": index, "id": item.id, "title": item.title, "link": item.link,
        "published": time(item.published, zone), "updated": time(item.updated, zone),
        "author": item.authors.first().and_then(|person| person.shown()), "authors": people(&item.authors),
        "summary": item.summary, "content": item.content, "categories": item.categories, "language": item.language,
        "lat": item.point.map(|point| point.lat), "lon": item.point.map(|point| point.lon), "fields": fields,
    })
}
