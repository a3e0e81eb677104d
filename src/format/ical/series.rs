//! An event that repeats: its occurrences near a moment.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::Property;
use super::rule::Rule;
use crate::format::dates;
use crate::model::item::Item;
use crate::model::time::after;

/// How far before and after the moment that is asked about occurrences are listed.
const REACH: SignedDuration = SignedDuration::from_hours(366 * 24);

/// How many occurrences of one event are listed.
const MOST_OCCURRENCES: usize = 1_000;

/// How many steps of rules are looked at for one document.
const MOST_STEPS: u32 = 400_000;

/// The time that a document's repetitions are worked out for.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    from: Timestamp,
    to: Timestamp,
    steps: u32,
}

impl Window {
    /// A year before and after a moment.
    pub fn around(now: Timestamp) -> Self {
        Self { from: after(now, -REACH), to: after(now, REACH), steps: MOST_STEPS }
    }
}

/// What repeats, and when.
#[derive(Debug)]
pub struct Series {
    begins: Timestamp,
    wall: DateTime,
    zone: TimeZone,
    rule: Option<Rule>,
    added: Vec<Timestamp>,
    without: Vec<Timestamp>,
    without_days: Vec<Date>,
}

impl Series {
    /// The repetition of an event; nothing where it does not repeat, or has no beginning.
    ///
    /// # Errors
    /// A rule or a zone that is not understood, as a sentence fragment.
    pub fn of(properties: &[Property]) -> Result<Option<Self>, String> {
        let rules: Vec<&Property> = properties.iter().filter(|property| property.name == "RRULE").collect();
        let dates = |name: &'static str| properties.iter().filter(move |property| property.name == name);
        if rules.is_empty() && dates("RDATE").next().is_none() {
            return Ok(None);
        }
        let Some(start) = dates("DTSTART").next() else { return Ok(None) };
        let Some((begins, zone)) = start.instant().zip(start.zone()) else { return Ok(None) };
        let rule = match rules.as_slice() {
            [] => None,
            [rule] => {
                Some(Rule::parse(&rule.value).map_err(|why| format!("of the rule `{}` {why}", rule.value.trim()))?)
            }
            _ => return Err("it has several rules".to_owned()),
        };
        let wall = zone.to_datetime(begins);
        let added = dates("RDATE").flat_map(Property::instants).collect();
        let without = dates("EXDATE").flat_map(Property::instants).collect();
        let without_days = dates("EXDATE").flat_map(Property::days).collect();
        Ok(Some(Self { begins, wall, zone, rule, added, without, without_days }))
    }

    /// The occurrences within a window in order, and whether these are all.
    pub fn within(&self, window: &mut Window) -> (Vec<Timestamp>, bool) {
        let mut found = vec![self.begins];
        let mut is_whole = true;
        if let Some(rule) = &self.rule {
            let from = self.zone.to_datetime(window.from).date();
            let mut days = rule.days(self.wall.date(), from);
            while let Some(day) = days.next() {
                if days.steps() > window.steps || found.len() >= MOST_OCCURRENCES {
                    is_whole = false;
                    break;
                }
                let wall = day.to_datetime(self.wall.time());
                let Ok(at) = self.zone.to_timestamp(wall) else { continue };
                if at > window.to || rule.is_over(at, wall) {
                    break;
                }
                found.extend((at >= window.from).then_some(at));
            }
            window.steps = window.steps.saturating_sub(days.steps());
        }
        found.extend(self.added.iter().take(MOST_OCCURRENCES));
        found.retain(|at| (window.from..=window.to).contains(at) && !self.is_without(*at));
        found.sort_unstable();
        found.dedup();
        (found, is_whole)
    }

    fn is_without(&self, at: Timestamp) -> bool {
        self.without.contains(&at) || self.without_days.contains(&self.zone.to_datetime(at).date())
    }

    /// One occurrence of an event. The first keeps the event's own id; the others have it with their time.
    pub fn occurrence(&self, event: &Item, at: Timestamp) -> Item {
        let mut item = event.clone();
        if at == self.begins {
            return item;
        }
        if !item.id.is_empty() {
            item.id = format!("{} {at}", item.id);
        }
        let later = at.duration_since(self.begins);
        for (name, value) in &mut item.fields {
            if matches!(name.as_str(), "dtstart" | "dtend" | "due")
                && let Some(read) = dates::read(value)
            {
                *value = after(read, later).to_string();
            }
        }
        item
    }
}

#[cfg(test)]
mod tests {
    use crate::format::{Options, Reader};
    use crate::model::item::{Document, Parsed};

    fn read(event: &str, now: Option<&str>) -> Parsed {
        let text = format!("BEGIN:VCALENDAR\r\n{}END:VCALENDAR\r\n", event.replace('\n', "\r\n"));
        let document = Document { body: text.into_bytes(), content_type: None, url: None };
        Reader::new(Options::default()).unwrap().read_around(&document, now.map(|now| now.parse().unwrap())).unwrap()
    }

    /// When the occurrences of an event begin, around New Year of 2026.
    #[track_caller]
    fn check(event: &str, expected: &[&str]) {
        let parsed =
            read(&format!("BEGIN:VEVENT\nUID:a\nSUMMARY:x\n{event}END:VEVENT\n"), Some("2026-01-01T00:00:00Z"));
        let times: Vec<String> = parsed.items.iter().map(|item| item.published.unwrap().to_string()).collect();
        assert_eq!(times, expected, "{event} {:?}", parsed.warnings);
        assert!(parsed.header.repeats && parsed.warnings.is_empty(), "{:?}", parsed.warnings);
    }

    #[test]
    fn the_wall_clock_stays_when_the_offset_changes() {
        check(
            "DTSTART;TZID=Europe/Kyiv:20260322T100000\nRRULE:FREQ=WEEKLY;COUNT=3\n",
            &["2026-03-22T08:00:00Z", "2026-03-29T07:00:00Z", "2026-04-05T07:00:00Z"],
        );
    }

    #[test]
    fn days_are_taken_out_and_added() {
        check(
            "DTSTART;TZID=Europe/Kyiv:20260105T100000\nRRULE:FREQ=DAILY;UNTIL=20260108T080000Z\n\
             EXDATE;TZID=Europe/Kyiv:20260106T100000\nEXDATE;VALUE=DATE:20260107\nRDATE:20260120T080000Z,20260121T080000Z\n",
            &["2026-01-05T08:00:00Z", "2026-01-08T08:00:00Z", "2026-01-20T08:00:00Z", "2026-01-21T08:00:00Z"],
        );
        check(
            "DTSTART;VALUE=DATE:20260105\nRDATE;VALUE=DATE:20260201\n",
            &["2026-01-05T00:00:00Z", "2026-02-01T00:00:00Z"],
        );
    }

    #[test]
    fn only_what_is_near_is_listed() {
        check("DTSTART:19990701T090000Z\nRRULE:FREQ=YEARLY\n", &["2025-07-01T09:00:00Z", "2026-07-01T09:00:00Z"]);
        check("DTSTART:19990701T090000Z\nRRULE:FREQ=YEARLY;COUNT=5\n", &[]);
    }

    #[test]
    fn each_occurrence_is_an_item_of_its_own() {
        let event = "BEGIN:VEVENT\nUID:a\nSUMMARY:Briefing\nDTSTART:20260105T090000Z\nDTEND:20260105T100000Z\n\
                     RRULE:FREQ=WEEKLY;COUNT=3\nEND:VEVENT\n\
                     BEGIN:VEVENT\nUID:a\nRECURRENCE-ID:20260112T090000Z\nDTSTART:20260113T090000Z\nSUMMARY:Moved\nEND:VEVENT\n";
        let parsed = read(event, Some("2026-01-01T00:00:00Z"));
        let said: Vec<(&str, &str, Option<&str>)> = parsed
            .items
            .iter()
            .map(|item| (item.id.as_str(), item.title.as_deref().unwrap(), item.field("dtend")))
            .collect();
        assert_eq!(
            said,
            [
                ("a", "Briefing", Some("2026-01-05T10:00:00Z")),
                ("a 2026-01-19T09:00:00Z", "Briefing", Some("2026-01-19T10:00:00Z")),
                ("a 2026-01-12T09:00:00Z", "Moved", None),
            ]
        );
        assert_eq!(read(event, None).items.len(), 2, "without a moment nothing is near");
    }

    #[test]
    fn a_rule_that_is_not_understood_leaves_one_event() {
        let event = "BEGIN:VEVENT\nUID:a\nDTSTART:20260105T090000Z\nRRULE:FREQ=HOURLY\nEND:VEVENT\n";
        let parsed = read(event, Some("2026-01-01T00:00:00Z"));
        assert_eq!(parsed.items.len(), 1);
        assert!(
            parsed.warnings[0].contains("of the rule `FREQ=HOURLY` the part `FREQ=HOURLY` is not understood"),
            "{:?}",
            parsed.warnings
        );
    }

    #[test]
    fn a_calendar_of_endless_series_ends() {
        let event = "BEGIN:VEVENT\nUID:a\nDTSTART:19000101T090000Z\nRRULE:FREQ=DAILY;COUNT=4000000000\nEND:VEVENT\n";
        let parsed = read(&event.repeat(40), Some("2026-01-01T00:00:00Z"));
        assert!(parsed.warnings.iter().any(|warning| warning.contains("too many")), "{:?}", parsed.warnings);
    }
}
