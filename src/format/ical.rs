//! iCalendar (RFC 5545): an event is an item, and so is each occurrence of an
//! event that repeats, as far as it lies near the moment that is asked about: a
//! calendar repeats without end. Without such a moment, and where a rule is not
//! understood, a repeating event is one item, at its first occurrence.

mod rule;
mod series;

use std::collections::HashSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use self::series::{Series, Window};

use super::draft::{self, Draft};
use super::identity::Identities;
use super::input::Input;
use super::plan::Plan;
use super::shelf::Shelf;
use super::warnings::Warnings;
use super::{Format, FormatError, Language, dates, plain};
use crate::model::item::{Header, Item, Parsed, Person};

/// The row of this format.
pub const FORMAT: Format = Format {
    word: "ical",
    doc: "iCalendar (RFC 5545): an event is an item, each occurrence of one that repeats as well",
    language: Language::Name,
    is_feed: true,
    recognise,
    read,
};

/// How many properties of one event are kept.
const MOST_PROPERTIES: usize = 200;

/// How long one content line may be, in bytes.
const LONGEST_LINE: usize = 1 << 20;

fn recognise(text: &str) -> bool {
    text.trim_start().get(..15).is_some_and(|start| start.eq_ignore_ascii_case("BEGIN:VCALENDAR"))
}

fn read(input: &Input<'_>, plan: &Plan) -> Result<Parsed, FormatError> {
    if !recognise(&input.text) {
        return Err(FormatError::unreadable("the document does not begin with BEGIN:VCALENDAR"));
    }
    let header = Header { format: FORMAT.word.to_owned(), encoding: input.label.clone(), ..Header::default() };
    let mut calendar = Calendar {
        plan,
        base: input.base.clone(),
        open: Vec::new(),
        event: Vec::new(),
        identities: Identities::default(),
        warnings: Warnings::default(),
        window: input.now.map(Window::around),
        moved: moved(&input.text),
        header,
        shelf: Shelf::new(input.room),
    };
    for line in unfolded(&input.text) {
        calendar.line(&line);
        if calendar.shelf.is_full() {
            break;
        }
    }
    Ok(calendar.finish())
}

/// The occurrences that the calendar lists by themselves, because they were moved or changed: their series' id and
/// when they would have been.
fn moved(text: &str) -> HashSet<(String, Timestamp)> {
    let mut moved = HashSet::new();
    if !(text.contains("RECURRENCE-ID") && text.contains("RRULE")) {
        return moved;
    }
    let (mut id, mut when) = (None, None);
    for property in unfolded(text).filter_map(|line| Property::parse(&line)) {
        match property.name.as_str() {
            "BEGIN" => (id, when) = (None, None),
            "UID" => id = Some(property.text().trim().to_owned()),
            "RECURRENCE-ID" => when = property.instant(),
            "END" => moved.extend(id.take().zip(when.take())),
            _ => {}
        }
    }
    moved
}

/// Content lines: a line that begins with a blank goes on with the one before (section 3.1).
fn unfolded(text: &str) -> impl Iterator<Item = String> {
    let mut lines = text.lines().peekable();
    std::iter::from_fn(move || {
        let first = lines.next()?.trim_end_matches('\r');
        let mut line = first.get(..first.floor_char_boundary(LONGEST_LINE)).unwrap_or_default().to_owned();
        while let Some(more) = lines.next_if(|next| next.starts_with([' ', '\t'])) {
            // Whatever is longer says nothing that anybody would read.
            if line.len() < LONGEST_LINE {
                line.push_str(more.get(1..).unwrap_or_default().trim_end_matches('\r'));
            }
        }
        Some(line)
    })
}

/// One content line: `NAME;PARAMETER=VALUE:text`.
#[derive(Debug)]
struct Property {
    name: String,
    zone: Option<String>,
    value: String,
}

impl Property {
    fn parse(line: &str) -> Option<Self> {
        let at = colon(line)?;
        let (head, value) = (line.get(..at)?, line.get(at + 1..)?);
        let mut parts = head.split(';');
        let name = parts.next()?.trim().to_ascii_uppercase();
        let zone = parts.find_map(|part| {
            let (key, value) = part.split_once('=')?;
            key.eq_ignore_ascii_case("TZID").then(|| value.trim_matches('"').to_owned())
        });
        (!name.is_empty()).then(|| Self { name, zone, value: value.to_owned() })
    }

    /// The text with its escapes resolved (section 3.3.11).
    fn text(&self) -> String {
        let mut text = String::with_capacity(self.value.len());
        let mut characters = self.value.chars();
        while let Some(c) = characters.next() {
            match (c, if c == '\\' { characters.next() } else { None }) {
                ('\\', Some('n' | 'N')) => text.push('\n'),
                ('\\', Some(escaped)) => text.push(escaped),
                (c, _) => text.push(c),
            }
        }
        text
    }

    /// The instant: with `Z` in UTC, else in the named zone; a time without zone is UTC.
    fn instant(&self) -> Option<Timestamp> {
        let value = self.value.trim();
        let read = dates::read(value)?;
        let wall = TimeZone::UTC.to_datetime(read);
        self.zone()?.to_timestamp(wall).ok()
    }

    /// The instants of a list of times, or of the beginnings of periods.
    fn instants(&self) -> impl Iterator<Item = Timestamp> + '_ {
        self.value.split(',').filter_map(|value| {
            let value = value.split('/').next().unwrap_or_default().to_owned();
            Self { name: String::new(), zone: self.zone.clone(), value }.instant()
        })
    }

    /// Those of a list that are days without a time.
    fn days(&self) -> impl Iterator<Item = Date> + '_ {
        let days = self.value.split(',').map(str::trim).filter(|value| value.len() == 8);
        days.filter_map(dates::read).map(|at| TimeZone::UTC.to_datetime(at).date())
    }

    /// The zone of its times; `None` where it names one that nobody knows.
    fn zone(&self) -> Option<TimeZone> {
        match self.zone.as_deref().filter(|_| !self.value.trim().ends_with(['Z', 'z'])) {
            Some(zone) => TimeZone::get(zone.trim_start_matches('/')).ok(),
            None => Some(TimeZone::UTC),
        }
    }
}

/// The colon that ends the name and its parameters; colons in quotes do not.
fn colon(line: &str) -> Option<usize> {
    let mut is_quoted = false;
    line.bytes().position(|byte| {
        is_quoted ^= byte == b'"';
        byte == b':' && !is_quoted
    })
}

/// A calendar being read.
struct Calendar<'p> {
    plan: &'p Plan,
    base: Option<url::Url>,
    open: Vec<String>,
    event: Vec<Property>,
    identities: Identities,
    warnings: Warnings,
    window: Option<Window>,
    moved: HashSet<(String, Timestamp)>,
    header: Header,
    shelf: Shelf,
}

impl Calendar<'_> {
    fn line(&mut self, line: &str) {
        if line.trim().is_empty() {
            return;
        }
        let Some(property) = Property::parse(line) else {
            self.warnings.say("a line that is no property was passed over");
            return;
        };
        let value = property.value.trim().to_ascii_uppercase();
        match property.name.as_str() {
            "BEGIN" if self.open.len() < 16 => {
                if value == "VEVENT" {
                    self.event.clear();
                }
                self.open.push(value);
            }
            "END" => self.close(&value),
            _ => self.property(property),
        }
    }

    fn property(&mut self, property: Property) {
        match self.open.last().map(String::as_str) {
            Some("VEVENT") if self.event.len() < MOST_PROPERTIES => self.event.push(property),
            Some("VCALENDAR") => match property.name.as_str() {
                "X-WR-CALNAME" | "NAME" => self.header.title = Some(plain::line_from_text(&property.text())),
                "X-WR-CALDESC" | "DESCRIPTION" => {
                    self.header.description = Some(plain::from_text(&property.text()));
                }
                _ => {}
            },
            _ => {}
        }
    }

    /// Closes a component, and what was left open in it.
    fn close(&mut self, name: &str) {
        let Some(at) = self.open.iter().rposition(|open| open == name) else { return };
        let holds_event = self.open.iter().skip(at).any(|open| open == "VEVENT");
        self.open.truncate(at);
        if holds_event {
            self.event();
        }
    }

    fn event(&mut self) {
        let properties = std::mem::take(&mut self.event);
        let mut draft = Draft::new(self.base.clone());
        for property in &properties {
            self.take(property, &mut draft);
        }
        self.plan.fill(&mut draft, &mut self.warnings, |place| {
            let found = properties.iter().find(|property| property.name.eq_ignore_ascii_case(&place.written));
            found.map(|property| property.instant().map_or_else(|| property.text(), |at| at.to_string()))
        });
        let mut item = draft.finish();
        // All occurrences of a series have its id; this tells one from the others (section 3.8.4.4).
        let occurrence = properties.iter().find(|property| property.name == "RECURRENCE-ID");
        if let Some(occurrence) = occurrence.filter(|_| !item.id.is_empty()) {
            let which = occurrence.instant().map_or_else(|| occurrence.text(), |at| at.to_string());
            item.id = format!("{} {which}", item.id);
        }
        let is_one = occurrence.is_some() || !self.repeats(&properties, &item);
        if is_one {
            self.push(item);
        }
    }

    fn push(&mut self, mut item: Item) {
        self.identities.settle(&mut item, &mut self.warnings);
        self.shelf.push(item);
    }

    /// Adds the occurrences of an event that repeats; says no where it is to be listed once.
    fn repeats(&mut self, properties: &[Property], item: &Item) -> bool {
        let Some(window) = &mut self.window else { return false };
        let series = match Series::of(properties) {
            Ok(Some(series)) => series,
            Ok(None) => return false,
            Err(why) => {
                self.warnings.say(format!("a repetition is not worked out, its event is listed once: {why}"));
                return false;
            }
        };
        self.header.repeats = true;
        let (occurrences, is_whole) = series.within(window);
        if !is_whole {
            self.warnings.say("not all occurrences of the repeating events were read: there are too many");
        }
        for at in occurrences {
            if self.shelf.is_full() || self.moved.contains(&(item.id.clone(), at)) {
                continue;
            }
            self.push(series.occurrence(item, at));
        }
        true
    }

    fn take(&mut self, property: &Property, draft: &mut Draft) {
        let text = property.text();
        let text = text.trim();
        match property.name.as_str() {
            "UID" => draft.item.id = text.to_owned(),
            "SUMMARY" => draft.set("title", text, &mut self.warnings),
            "DESCRIPTION" => draft.item.content = Some(plain::from_html(text)).filter(|text| !text.is_empty()),
            "URL" => draft.set("link", text, &mut self.warnings),
            "CATEGORIES" => draft.item.categories.extend(text.split(',').map(|term| term.trim().to_owned())),
            "ORGANIZER" => draft.item.authors.extend(organizer(text)),
            "GEO" => {
                let (lat, lon) = text.split_once(';').map_or((None, None), |(lat, lon)| (Some(lat), Some(lon)));
                draft.place(lat, lon);
            }
            "CREATED" => draft.item.published = property.instant(),
            "LAST-MODIFIED" | "DTSTAMP" => draft.item.updated = draft.item.updated.max(property.instant()),
            "DTSTART" | "DTEND" | "DUE" => match property.instant() {
                Some(at) => draft.field(&property.name.to_ascii_lowercase(), at.to_string()),
                None => self.warnings.say(format!("a {} that cannot be read was left out", property.name)),
            },
            "LOCATION" | "STATUS" | "RRULE" => {
                draft.field(&property.name.to_ascii_lowercase(), plain::line_from_text(text));
            }
            _ => {}
        }
    }

    /// What was read; an event that the document cuts off is an item all the same.
    fn finish(mut self) -> Parsed {
        if self.open.iter().any(|open| open == "VEVENT") {
            self.warnings.say("the document ends within an event");
            self.event();
        }
        // When an event is to happen is its time; when somebody wrote it down is not.
        self.shelf.iter_mut().for_each(happen);
        self.shelf.into_parsed(self.header, self.warnings)
    }
}

/// Puts an event at its beginning.
fn happen(item: &mut Item) {
    let begins = item.field("dtstart").and_then(dates::read);
    item.published = begins.or(item.published);
}

fn organizer(text: &str) -> Option<Person> {
    let text = text.strip_prefix("mailto:").or_else(|| text.strip_prefix("MAILTO:")).unwrap_or(text);
    (!text.is_empty()).then(|| draft::person(text))
}
