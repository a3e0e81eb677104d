//! iCalendar (RFC 5545): an event is an item. Repetition is not worked out: a
//! repeating event is one item, at its first occurrence, with its rule as the
//! field `rrule`. A calendar repeats without end, and how much of that is news
//! is a question of the present, which no reader knows. An occurrence that the
//! calendar itself lists, because it was moved or changed, is an item.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::draft::{self, Draft};
use super::identity::Identities;
use super::input::Input;
use super::plan::Plan;
use super::warnings::Warnings;
use super::{Format, FormatError, Language, MOST_ITEMS, dates, plain};
use crate::model::item::{Header, Item, Parsed, Person};

/// The row of this format.
pub const FORMAT: Format = Format {
    word: "ical",
    doc: "iCalendar (RFC 5545): an event is an item",
    language: Language::Name,
    is_feed: true,
    recognise,
    read,
};

/// How many properties of one event are kept.
const MOST_PROPERTIES: usize = 200;

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
        parsed: Parsed { header, ..Parsed::default() },
    };
    for line in unfolded(&input.text) {
        calendar.line(&line);
        if calendar.parsed.items.len() >= MOST_ITEMS {
            calendar.warnings.say(format!("only the first {MOST_ITEMS} events were read"));
            break;
        }
    }
    Ok(calendar.finish())
}

/// Content lines: a line that begins with a blank goes on with the one before (section 3.1).
fn unfolded(text: &str) -> impl Iterator<Item = String> {
    let mut lines = text.lines().peekable();
    std::iter::from_fn(move || {
        let mut line = lines.next()?.trim_end_matches('\r').to_owned();
        while let Some(more) = lines.next_if(|next| next.starts_with([' ', '\t'])) {
            line.push_str(more.get(1..).unwrap_or_default().trim_end_matches('\r'));
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
        let Some(zone) = self.zone.as_deref().filter(|_| !value.ends_with(['Z', 'z'])) else { return Some(read) };
        let zone = TimeZone::get(zone.trim_start_matches('/')).ok()?;
        let wall = TimeZone::UTC.to_datetime(read);
        zone.to_timestamp(wall).ok()
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
    parsed: Parsed,
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
                "X-WR-CALNAME" | "NAME" => self.parsed.header.title = Some(plain::line_from_text(&property.text())),
                "X-WR-CALDESC" | "DESCRIPTION" => {
                    self.parsed.header.description = Some(plain::from_text(&property.text()));
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
        self.identities.settle(&mut item, &mut self.warnings);
        self.parsed.items.push(item);
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
        self.parsed.items.iter_mut().for_each(happen);
        self.parsed.warnings = self.warnings.into_inner();
        self.parsed
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
