//! A test file's keys → [`Trial`]s.

use std::path::Path;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::course::{self, Every, places};
use super::expect::expectations;
use super::{Said, TRIALS, Told, Trial, TrialFile, What};
use crate::config::build::{misplaced, unknown_reference};
use crate::config::environment::Environment;
use crate::config::plan::{Feed, Plan, Watch, WatchedIndicator};
use crate::config::secrets::Secrets;
use crate::config::{files, usable};
use crate::fetch;
use crate::model::geo::Point;
use crate::model::indicator::Kind;
use crate::model::item::Document;
use crate::model::name::Name;
use crate::model::observation::{Amount, DateWindow, Report, Statement, Status, Value};
use crate::model::quantity::Quantity;
use crate::model::time::{Span, start_of_day};
use crate::settings::{Entries, Entry, Node, Page, Problems, position, read};

/// A course of things is followed for so long at most.
const LONGEST_COURSE: SignedDuration = SignedDuration::from_hours(24 * 366 * 50);

/// Reads a test file, its watch and the documents it names.
pub fn load(path: &Path, environment: &dyn Environment) -> Result<TrialFile, Problems> {
    let mut problems = Problems::default();
    let mut page = match files::open(path, environment) {
        Ok(page) => page,
        Err(why) => {
            let mut page = Page::new(path.to_owned(), String::new());
            page.error("unreadable-file", &(0..0), why).label("expected a readable TOML file");
            page.finish(&mut problems);
            return Err(problems);
        }
    };
    let mut trials = Vec::new();
    if let Some(root) = read(&TRIALS, &mut page)
        && let Some(plan) = plan(&root, &mut page, environment, &mut problems)
    {
        if root.get("test").is_some_and(|node| node.items().is_empty()) {
            page.error("missing-key", &root.span_of("test"), "there is no test in this file")
                .label("expected `[[test]]`");
        }
        for node in root.items("test") {
            let builder = Builder { plan: &plan, environment, folder: path.parent().unwrap_or(Path::new("")) };
            trials.extend(builder.trial(node, &mut page));
        }
    }
    page.finish(&mut problems);
    if problems.has_errors() { Err(problems) } else { Ok(TrialFile { path: path.to_owned(), trials }) }
}

/// What a series says when, and the stretches of feeds in which there is none.
type Course = (Vec<Told>, Vec<(Name, Span)>);

/// The plan of the watch alone; the watch's own problems are the file's.
fn plan(root: &Entries, page: &mut Page, environment: &dyn Environment, problems: &mut Problems) -> Option<Plan> {
    let folder = page.path.parent().unwrap_or(Path::new("")).to_owned();
    let file = folder.join(root.text("watch")?);
    let settings = root.text("settings").map_or_else(|| file.clone(), |name| folder.join(name));
    let loaded = usable(files::load(&settings, environment, Secrets::elsewhere(), None));
    let loaded = match loaded {
        Ok(loaded) => loaded,
        Err(mut of_watch) => {
            of_watch.list.retain(|problem| problem.severity == crate::settings::Severity::Error);
            problems.list.append(&mut of_watch.list);
            problems.sources.append(&mut of_watch.sources);
            return None;
        }
    };
    let id = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let Some(watch) = loaded.plan.watch(&id) else {
        let ids: Vec<&str> = loaded.plan.watches.iter().map(|watch| watch.id.as_str()).collect();
        unknown_reference("watch", &id, &root.span_of("watch"), &ids, page);
        return None;
    };
    Some(loaded.plan.rehearsed(watch))
}

/// Builds the tests of one file.
struct Builder<'a> {
    plan: &'a Plan,
    environment: &'a dyn Environment,
    folder: &'a Path,
}

impl Builder<'_> {
    fn trial(&self, node: &Node, page: &mut Page) -> Option<Trial> {
        let entries = node.table()?;
        let start = entries.moment("start")?;
        let mut plan = self.plan.clone();
        let (mut told, mut silences) = (Vec::new(), Vec::new());
        for entry in entries.entries("series") {
            let Some((series, mut silent)) = self.series(entry, entries, (start.at, start.date), page) else {
                continue;
            };
            stand_in(&mut plan, entry);
            told.extend(series);
            silences.append(&mut silent);
        }
        for entry in entries.entries("revise") {
            self.check_series(entry, entries, page);
        }
        for (entry, node) in each(entries, "observe") {
            told.extend(self.observation(entry, node, page));
        }
        for (entry, node) in each(entries, "documents") {
            told.extend(self.document(entry, node, entries, page));
        }
        told.sort_by_key(|one| one.at);
        let watch = self.watch()?;
        let trial = Trial {
            name: entries.string("name")?,
            place: position::line_column(&page.text, node.span.start),
            plan,
            start: start.at,
            told,
            silences,
            expected: expectations(watch, entries, page),
        };
        check_times(&trial, entries, page);
        Some(trial)
    }

    fn watch(&self) -> Option<&Watch> {
        self.plan.watches.first()
    }

    /// The indicator that an entry is called by, with its place.
    fn indicator(&self, entry: &Entry, page: &mut Page) -> Option<(usize, &WatchedIndicator)> {
        let watch = self.watch()?;
        let found = watch.indicators.iter().enumerate().find(|(_, one)| one.spec.name.local() == entry.name);
        if found.is_none() {
            let ids: Vec<&str> = watch.indicators.iter().map(|one| one.spec.name.local()).collect();
            unknown_reference("indicator", &entry.name, &entry.name_span, &ids, page);
        }
        found
    }

    /// The values of a series with its corrections, and the stretches in which there is none.
    fn series(&self, entry: &Entry, of: &Entries, start: (Timestamp, Date), page: &mut Page) -> Option<Course> {
        let (place, indicator) = self.indicator(entry, page)?;
        let entries = entry.node.table()?;
        if !matches!(indicator.spec.kind, Kind::Level | Kind::Count) {
            page.error("wrong-kind", &entry.name_span, format!("`{}` is no `level` and no `count`", entry.name))
                .label("a series has figures; expected `observe` here");
            return None;
        }
        let every = entries.text("every").and_then(Every::parse);
        if every.is_none() && entries.get("every").is_some() {
            page.error("invalid-unit", &entries.span_of("every"), "`every` of a series cannot be read")
                .label("expected a period such as \"6h\", \"1d\", \"1w\", \"1mo\" or \"1q\"");
        }
        let values = match course::values(entries.text("values")?) {
            Ok(values) => values,
            Err((column, length, why)) => {
                let span = page.inside_range(&entries.span_of("values"), column, length);
                page.error("invalid-series", &span, why).label("here");
                return None;
            }
        };
        let feed = indicator.spec.inputs.first()?.feed.clone();
        let places = places(start, every?, values.len(), &self.watch()?.zone);
        let said =
            |at: &course::Place, value: f64| figure(place, format!("{} {}", entry.name, at.from), at.from, value);
        let (mut told, mut silences) = (Vec::new(), Vec::new());
        let mut begun = start.0;
        for (at, value) in places.iter().zip(&values) {
            let what = match value {
                Some(value) => What::Value(Box::new(said(at, *value))),
                None => {
                    silences.push((feed.clone(), Span::new(begun, at.told)));
                    What::Nothing
                }
            };
            told.push(Told { at: at.told, feed: feed.clone(), what });
            begun = at.told;
        }
        for node in of.table("revise").map(|table| table.items(&entry.name)).unwrap_or_default() {
            let Some((revision, word)) = node.table().and_then(|table| Some((table, table.text("period")?))) else {
                continue;
            };
            let called: Vec<&course::Place> = places.iter().filter(|at| course::is_called(at.date, word)).collect();
            let (Some(at), Some(value)) = (revision.moment("at"), revision.number("value")) else { continue };
            match called.as_slice() {
                [one] => {
                    told.push(Told { at: at.at, feed: feed.clone(), what: What::Value(Box::new(said(one, value))) })
                }
                found => not_one_value(word, found, &revision.span_of("period"), page),
            }
        }
        Some((told, silences))
    }

    fn check_series(&self, entry: &Entry, of: &Entries, page: &mut Page) {
        let has_series = of.table("series").is_some_and(|series| series.has(&entry.name));
        if self.indicator(entry, page).is_some() && !has_series {
            page.error("misplaced-key", &entry.name_span, format!("`{}` has no series to be revised", entry.name))
                .label("expected a `series` of the same name");
        }
    }

    fn observation(&self, entry: &Entry, node: &Node, page: &mut Page) -> Option<Told> {
        let (place, indicator) = self.indicator(entry, page)?;
        let (entries, watch) = (node.table()?, self.watch()?);
        let at = entries.moment("at")?;
        let spec = &indicator.spec;
        let own = spec.inputs.first()?.feed.clone();
        let feed = match entries.text("feed") {
            None => own,
            Some(word) => {
                let read: Vec<&str> = spec.inputs.iter().map(|input| input.feed.local()).collect();
                let Some(input) = spec.inputs.iter().find(|input| input.feed.local() == word) else {
                    unknown_reference("feed", word, &entries.span_of("feed"), &read, page);
                    return None;
                };
                input.feed.clone()
            }
        };
        let event_time = match (spec.kind, entries.date("date")) {
            (Kind::Level | Kind::Count, Some(date)) => start_of_day(date, &watch.zone),
            _ => at.at,
        };
        let value = value(spec.kind, watch, entries, page)?;
        let said = Said {
            indicator: place,
            input: spec.inputs.iter().position(|input| input.feed == feed).unwrap_or_default(),
            id: entries.string("id").unwrap_or_else(|| format!("{} {} {}", entry.name, at.at, node.span.start)),
            event_time,
            text: entries.string("text").unwrap_or_else(|| words(&value)),
            value,
            title: entries.string("title"),
            link: entries.string("link"),
            publisher: entries.string("source"),
        };
        Some(Told { at: at.at, feed, what: What::Value(Box::new(said)) })
    }

    fn document(&self, entry: &Entry, node: &Node, of: &Entries, page: &mut Page) -> Option<Told> {
        let watch = self.watch()?;
        let Some(feed) = watch.feeds.iter().find(|feed| feed.name.local() == entry.name) else {
            let ids: Vec<&str> = watch.feeds.iter().map(|feed| feed.name.local()).collect();
            unknown_reference("feed", &entry.name, &entry.name_span, &ids, page);
            return None;
        };
        self.check_not_both(entry, feed, of, page);
        let entries = node.table()?;
        let path = self.folder.join(entries.text("file")?);
        let body = match self.environment.read(&path) {
            Ok(body) => body,
            Err(why) => {
                page.error(
                    "unreadable-file",
                    &entries.span_of("file"),
                    format!("{} cannot be read: {why}", path.display()),
                )
                .label("expected a readable file, relative to this one");
                return None;
            }
        };
        let document = Document { body, content_type: fetch::content_type(&path).map(str::to_owned), url: None };
        Some(Told { at: entries.moment("at")?.at, feed: feed.name.clone(), what: What::Document(document) })
    }

    /// A feed whose documents are given cannot also carry an indicator's series.
    fn check_not_both(&self, entry: &Entry, feed: &Feed, of: &Entries, page: &mut Page) {
        let carries = |name: &str| {
            let own = self.watch().and_then(|watch| watch.indicators.iter().find(|one| one.spec.name.local() == name));
            own.and_then(|one| one.spec.inputs.first()).is_some_and(|input| input.feed == feed.name)
        };
        if let Some(series) = of.entries("series").iter().find(|series| carries(&series.name)) {
            page.error(
                "misplaced-key",
                &entry.name_span,
                format!("the feed `{}` has documents here, and carries the series of `{}`", entry.name, series.name),
            )
            .label("expected one of the two");
        }
    }
}

fn not_one_value(word: &str, found: &[&course::Place], span: &std::ops::Range<usize>, page: &mut Page) {
    let (message, label) = match found {
        [] => (format!("the series has no value of `{word}`"), "expected a period of the series"),
        many => (format!("`{word}` is {} values of the series", many.len()), "expected the date of one"),
    };
    page.error("unknown-reference", span, message).label(label);
}

/// The tables of a key's lists, each with the id it stands under.
fn each<'e>(entries: &'e Entries, key: &str) -> impl Iterator<Item = (&'e Entry, &'e Node)> {
    entries.entries(key).iter().flat_map(|entry| entry.node.items().iter().map(move |node| (entry, node)))
}

/// In a test with a series the indicator has one source, whose figures are the periods' values. It is stale only when
/// the next value has not come in time.
fn stand_in(plan: &mut Plan, series: &Entry) {
    let every = series.node.table().and_then(|table| table.text("every")).and_then(Every::parse);
    let watches = plan.watches.iter_mut().flat_map(|watch| &mut watch.indicators);
    for own in watches.filter(|own| own.spec.name.local() == series.name) {
        let longest = every.map_or(SignedDuration::ZERO, Every::longest);
        own.spec.stale_after = own.spec.stale_after.map(|limit| limit.saturating_add(longest));
        own.spec.inputs.truncate(1);
        own.extractors.truncate(1);
        for input in &mut own.spec.inputs {
            (input.cumulative, input.reads_figure) = (None, true);
        }
    }
}

fn figure(indicator: usize, id: String, from: Timestamp, value: f64) -> Said {
    let value = Value::Quantity(Quantity::exact(value));
    Said {
        indicator,
        input: 0,
        id,
        event_time: from,
        text: words(&value),
        value,
        title: None,
        link: None,
        publisher: None,
    }
}

/// A value in words: what stands as its evidence.
fn words(value: &Value) -> String {
    match value {
        Value::Quantity(quantity) => quantity.value.to_string(),
        Value::Report(report) => {
            report.place.clone().unwrap_or_else(|| format!("{} {}", report.point.lat, report.point.lon))
        }
        Value::Statement(statement) => {
            let status = statement.status.map(|status| status.word().to_owned());
            let amount =
                statement.amount.as_ref().map(|amount| format!("{} {}", amount.currency, amount.quantity.value));
            let date = statement.expected.map(|window| format!("by {}", window.to));
            [status, amount, date].into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
    }
}

/// The value of an observation by its indicator's kind.
fn value(kind: Kind, watch: &Watch, entries: &Entries, page: &mut Page) -> Option<Value> {
    let (figures, reports, statements) = (["value"], ["place", "lat", "lon"], ["status", "amount", "currency"]);
    let of = format!("a `{}`", kind.word());
    match kind {
        Kind::Level | Kind::Count => {
            misplaced(&reports, entries, &of, "of a `report`", page);
            misplaced(&statements, entries, &of, "of a `schedule`", page);
            let value = entries.number("value");
            if value.is_none() && !entries.has("value") {
                page.error("missing-key", &entries.span, "the observation has no `value`").label("expected a number");
            }
            value.map(|value| Value::Quantity(Quantity::exact(value)))
        }
        Kind::Report => {
            misplaced(&figures, entries, &of, "of a `level` or `count`", page);
            misplaced(&statements, entries, &of, "of a `schedule`", page);
            report(watch, entries, page).map(Value::Report)
        }
        Kind::Schedule => {
            misplaced(&figures, entries, &of, "of a `level` or `count`", page);
            misplaced(&reports, entries, &of, "of a `report`", page);
            let expected = entries.date("date").map(|date| DateWindow { from: date, to: date });
            let currency = entries.string("currency").unwrap_or_else(|| "USD".to_owned());
            let amount = entries.number("amount");
            let amount = amount.map(|amount| Amount { quantity: Quantity::exact(amount), currency, role: None });
            let status = entries.text("status").and_then(Status::parse);
            if expected.is_none() && amount.is_none() && status.is_none() {
                page.error("missing-key", &entries.span, "the observation says nothing")
                    .label("expected `date`, `amount` or `status`");
            }
            Some(Value::Statement(Statement { expected, amount, status }))
        }
    }
}

fn report(watch: &Watch, entries: &Entries, page: &mut Page) -> Option<Report> {
    if let Some(word) = entries.text("place") {
        misplaced(&["lat", "lon"], entries, "a report at a place", "without `place`", page);
        let Some(place) = watch.places.iter().find(|place| place.id == word) else {
            let ids: Vec<&str> = watch.places.iter().map(|place| place.id.as_str()).collect();
            unknown_reference("place", word, &entries.span_of("place"), &ids, page);
            return None;
        };
        let name = place.names.first().cloned().unwrap_or_else(|| place.id.clone());
        return Some(Report { point: place.centre, error_km: place.reach_km(), place: Some(name) });
    }
    let point = entries.number("lat").zip(entries.number("lon")).and_then(|(lat, lon)| Point::new(lat, lon));
    if point.is_none() {
        page.error("missing-key", &entries.span, "the report has no place")
            .label("expected `place`, or `lat` and `lon`");
    }
    point.map(|point| Report { point, error_km: 0.0, place: None })
}

/// Nothing is told before the beginning, and no course is endless.
fn check_times(trial: &Trial, entries: &Entries, page: &mut Page) {
    let ends = trial.expected.iter().map(|one| one.when.last());
    let last = trial.told.iter().map(|one| one.at).chain(ends.clone()).max().unwrap_or(trial.start);
    let first = trial.told.iter().map(|one| one.at).chain(ends).min().unwrap_or(trial.start);
    if first < trial.start {
        page.error("out-of-range", &entries.span_of("start"), format!("something of {first} is earlier than `start`"))
            .label("expected the earliest moment of the test");
    }
    if last.duration_since(trial.start) > LONGEST_COURSE {
        page.error("out-of-range", &entries.span_of("start"), format!("the test goes on to {last}, which is too long"))
            .label("a test may take 50 years");
    }
}
