//! When a feed is due: so often at an offset of its own, or at the times of a cron expression.

use chrono::{Datelike, TimeZone as _, Timelike};
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp, ToSpan};
use sha2::{Digest, Sha256};

use crate::model::time::after;

/// When a feed is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Schedule {
    /// So often, at a stable offset of the feed's own.
    Every(SignedDuration),
    /// At the times of a cron expression in the watch's zone.
    Cron(Cron),
}

/// A cron expression (contract: crontab rules, five fields or six with seconds first).
///
/// The fields are read here: the `cron` crate counts weekdays from 1 = Sunday,
/// joins day of month and weekday by *and*, and knows neither five fields nor
/// wrapped ranges. It is handed plain lists and walks naive time over them;
/// zones and clock changes are ours again.
#[derive(Debug, Clone)]
pub struct Cron {
    text: String,
    /// One, or two where day of month and weekday are both restricted: either matches.
    schedules: Vec<cron::Schedule>,
    /// Hour and minute hold no `*`: due exactly once at each wall time.
    is_fixed: bool,
}

impl PartialEq for Cron {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Cron {}

impl Schedule {
    /// Reads a cron expression.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence.
    pub fn cron(expression: &str) -> Result<Self, String> {
        Cron::parse(expression).map(Self::Cron)
    }

    /// The first due time strictly after `last`.
    pub fn next_after(&self, last: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Every(wait) => Some(after(last, *wait)),
            Self::Cron(cron) => cron.next_after(last, zone),
        }
    }

    /// The first due time after `last` at the key's own offset: feeds of one interval spread over it.
    pub fn due_after(&self, key: &str, last: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Every(wait) => Some(at_offset(key, last, *wait)),
            Self::Cron(cron) => cron.next_after(last, zone),
        }
    }

    /// How far apart its times are, roughly.
    pub fn interval(&self) -> SignedDuration {
        match self {
            Self::Every(wait) => *wait,
            Self::Cron(_) => SignedDuration::from_hours(1),
        }
    }
}

/// The first instant that stands at the key's offset within the interval, at least half an interval later.
fn at_offset(key: &str, last: Timestamp, every: SignedDuration) -> Timestamp {
    let width = i64::try_from(every.as_millis()).unwrap_or(i64::MAX);
    if width <= 0 {
        return last;
    }
    let earliest = last.as_millisecond() + width / 2;
    let offset = i64::try_from(hash(key) % u64::try_from(width).unwrap_or(1)).unwrap_or(0);
    let ahead = (offset - earliest).rem_euclid(width);
    crate::model::time::from_millis(earliest + ahead)
}

/// How long to wait after failures in a row: doubling from a minute, with a jitter of the key's own, never giving up.
pub fn backoff(failures: u32, every: SignedDuration, key: &str) -> SignedDuration {
    let first = every.min(SignedDuration::from_mins(1)).max(SignedDuration::from_secs(1));
    let most = every.max(SignedDuration::from_hours(6));
    let doubled =
        first.saturating_mul(1_i32.checked_shl(failures.saturating_sub(1).min(20)).unwrap_or(i32::MAX)).min(most);
    let jitter = (hash(&format!("{key} {failures}")) % 1000) as f64 / 1000.0;
    SignedDuration::from_secs_f64(doubled.as_secs_f64() * (0.75 + jitter / 2.0)).min(most)
}

/// The next poll: the latest of the feed's own time, its back-off and the server's hint, which counts for at most a day
/// or the feed's own interval.
pub fn next_poll(
    schedule: &Schedule,
    (key, zone): (&str, &TimeZone),
    now: Timestamp,
    hint: Option<SignedDuration>,
    failures: u32,
) -> Timestamp {
    let own = schedule.due_after(key, now, zone).unwrap_or(Timestamp::MAX);
    let every = schedule.interval();
    let hinted = hint.map(|hint| after(now, hint.min(every.max(SignedDuration::from_hours(24)))));
    let backed = (failures > 0).then(|| after(now, backoff(failures, every, key)));
    // A short back-off brings a slow feed back sooner than its own time: what was missed is fetched early.
    let own = match (schedule, backed) {
        (Schedule::Every(_), Some(backed)) => backed,
        _ => own,
    };
    own.max(hinted.unwrap_or(own))
}

fn hash(key: &str) -> u64 {
    let digest = Sha256::digest(key.as_bytes());
    digest.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// One field: what it is called, its range, its names.
struct Field {
    name: &'static str,
    least: u32,
    most: u32,
    names: &'static [&'static str],
}

const FIELDS: [Field; 6] = [
    Field { name: "second", least: 0, most: 59, names: &[] },
    Field { name: "minute", least: 0, most: 59, names: &[] },
    Field { name: "hour", least: 0, most: 23, names: &[] },
    Field { name: "day of month", least: 1, most: 31, names: &[] },
    Field { name: "month", least: 1, most: 12, names: &MONTHS },
    Field { name: "weekday", least: 0, most: 7, names: &WEEKDAYS },
];

impl Cron {
    fn parse(expression: &str) -> Result<Self, String> {
        let spelled = match expression.trim() {
            "@hourly" => "0 * * * *",
            "@daily" | "@midnight" => "0 0 * * *",
            "@weekly" => "0 0 * * 0",
            "@monthly" => "0 0 1 * *",
            "@yearly" | "@annually" => "0 0 1 1 *",
            other => other,
        };
        let mut words: Vec<&str> = spelled.split_whitespace().collect();
        if words.len() == 5 {
            words.insert(0, "0");
        }
        let [second, minute, hour, day, month, weekday] = words.as_slice() else {
            return Err(format!(
                "`{expression}` has {} fields; cron has five (minute hour day month weekday), or six with seconds first",
                spelled.split_whitespace().count()
            ));
        };
        let mut lists = Vec::new();
        for (word, field) in [second, minute, hour, day, month, weekday].into_iter().zip(&FIELDS) {
            lists.push(field.list(word)?);
        }
        let is_open = |word: &str| word == "*" || word == "?";
        let (any_day, any_weekday) = ("*".to_owned(), "*".to_owned());
        let pairs = match (is_open(day), is_open(weekday)) {
            (false, false) => vec![(&lists[3], &any_weekday), (&any_day, &lists[5])],
            (true, false) => vec![(&any_day, &lists[5])],
            _ => vec![(&lists[3], &any_weekday)],
        };
        let mut schedules = Vec::new();
        for (days, weekdays) in pairs {
            let quartz = format!("{} {} {} {days} {} {weekdays}", lists[0], lists[1], lists[2], lists[4]);
            schedules.push(quartz.parse().map_err(|error| format!("`{expression}` is no cron expression: {error}"))?);
        }
        let is_fixed = !minute.contains('*') && !hour.contains('*');
        Ok(Self { text: expression.trim().to_owned(), schedules, is_fixed })
    }

    /// The first due time strictly after `last`; `None` when it is never due.
    pub fn next_after(&self, last: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        // Local time may go back by hours: what was local before `last` may come after it.
        let from = zone.to_datetime(last).checked_sub(4.hours()).ok()?;
        let mut best: Option<Timestamp> = None;
        let mut naive = from;
        for _ in 0..20_000 {
            naive = self.next_naive(naive)?;
            let instants = self.instants(naive, zone);
            best = instants.iter().copied().filter(|at| *at > last).chain(best).min();
            let is_past = best.is_some_and(|best| {
                instants.first().is_some_and(|at| *at > best)
                    || naive > zone.to_datetime(best).saturating_add(4.hours())
            });
            if best.is_some() && (self.is_fixed || is_past) {
                return best;
            }
        }
        best
    }

    /// The next wall time after one, by the `cron` crate over naive time.
    fn next_naive(&self, from: DateTime) -> Option<DateTime> {
        let carried = chrono::Utc
            .with_ymd_and_hms(
                i32::from(from.year()),
                from.month() as u32,
                from.day() as u32,
                from.hour() as u32,
                from.minute() as u32,
                from.second() as u32,
            )
            .single()?;
        let next = self.schedules.iter().filter_map(|schedule| schedule.after(&carried).next()).min()?;
        DateTime::new(
            i16::try_from(next.year()).ok()?,
            i8::try_from(next.month()).ok()?,
            i8::try_from(next.day()).ok()?,
            i8::try_from(next.hour()).ok()?,
            i8::try_from(next.minute()).ok()?,
            i8::try_from(next.second()).ok()?,
            0,
        )
        .ok()
    }

    /// The instants at which a wall time is due, ascending: a fixed one exactly once, others as often as they pass.
    fn instants(&self, naive: DateTime, zone: &TimeZone) -> Vec<Timestamp> {
        let ambiguous = zone.to_ambiguous_timestamp(naive);
        let (earlier, later) = (ambiguous.earlier().ok(), ambiguous.later().ok());
        match (ambiguous.offset(), self.is_fixed) {
            (AmbiguousOffset::Unambiguous { .. }, _) | (AmbiguousOffset::Fold { .. }, true) => {
                earlier.into_iter().collect()
            }
            (AmbiguousOffset::Fold { .. }, false) => earlier.into_iter().chain(later).collect(),
            (AmbiguousOffset::Gap { .. }, false) => Vec::new(),
            // The first instant after the gap is the transition itself.
            (AmbiguousOffset::Gap { .. }, true) => earlier
                .and_then(|before| zone.following(before).next())
                .map(|transition| transition.timestamp())
                .into_iter()
                .collect(),
        }
    }
}

impl Field {
    /// A field as a plain list for the `cron` crate.
    fn list(&self, word: &str) -> Result<String, String> {
        if word == "*" || word == "?" {
            return Ok("*".to_owned());
        }
        let mut numbers = Vec::new();
        for part in word.split(',') {
            self.part(part, &mut numbers)?;
        }
        if self.name == "weekday" {
            // Here 0 and 7 are Sunday; there Sunday is 1.
            numbers = numbers.into_iter().map(|day| day % 7 + 1).collect();
        }
        numbers.sort_unstable();
        numbers.dedup();
        let words: Vec<String> = numbers.iter().map(u32::to_string).collect();
        Ok(words.join(","))
    }

    fn part(&self, part: &str, numbers: &mut Vec<u32>) -> Result<(), String> {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => {
                (range, Some(step.parse::<u32>().ok().filter(|step| *step > 0).ok_or_else(|| self.wrong(part))?))
            }
            None => (part, None),
        };
        let last = if self.name == "weekday" { 6 } else { self.most };
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (self.least, last),
            Some((from, to)) => (self.number(from, part)?, self.number(to, part)?),
            None => {
                let from = self.number(range, part)?;
                (from, if step.is_some() { last } else { from })
            }
        };
        let step = step.unwrap_or(1);
        let width = last - self.least + 1;
        let to = if to < from { to + width } else { to };
        let mut at = from;
        while at <= to {
            numbers.push(if at > self.most { at - width } else { at });
            at += step;
        }
        Ok(())
    }

    fn number(&self, word: &str, part: &str) -> Result<u32, String> {
        let lower = word.to_lowercase();
        let named = self.names.iter().position(|name| *name == lower);
        let number = match named {
            Some(place) => u32::try_from(place).ok().map(|place| place + u32::from(self.name == "month")),
            None => word.parse().ok(),
        };
        number.filter(|number| (self.least..=self.most).contains(number)).ok_or_else(|| self.wrong(part))
    }

    fn wrong(&self, part: &str) -> String {
        let names = match (self.names.first(), self.names.last()) {
            (Some(first), Some(last)) => format!(", or {first} to {last}"),
            _ => String::new(),
        };
        format!(
            "`{part}` cannot stand in the {} field; expected {} to {}{names}, lists, ranges `a-b` and steps `*/n` (L, W and # are not supported)",
            self.name, self.least, self.most
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expression: &str, zone: &str, from: &str, expected: &[&str]) {
        let zone = TimeZone::get(zone).unwrap();
        let schedule = Schedule::cron(expression).unwrap();
        let mut at: Timestamp = from.parse().unwrap();
        for wanted in expected {
            at = schedule.next_after(at, &zone).unwrap();
            assert_eq!(crate::model::time::rfc3339(at, &zone), *wanted, "{expression}");
        }
    }

    #[test]
    fn crontab_rules() {
        let kyiv = "Europe/Kyiv";
        check("0 7 * * *", kyiv, "2026-01-01T00:00:00Z", &["2026-01-01T07:00:00+02:00", "2026-01-02T07:00:00+02:00"]);
        check(
            "*/15 6-23 * * *",
            kyiv,
            "2026-01-01T21:50:00Z",
            &["2026-01-02T06:00:00+02:00", "2026-01-02T06:15:00+02:00"],
        );
        check("0 0 * * 1", "UTC", "2026-01-01T00:00:00Z", &["2026-01-05T00:00:00+00:00"]);
        check("0 0 * * 7", "UTC", "2026-01-01T00:00:00Z", &["2026-01-04T00:00:00+00:00"]);
        // Both restricted: the 13th or a Friday.
        check(
            "0 0 13 * fri",
            "UTC",
            "2026-01-08T00:00:00Z",
            &["2026-01-09T00:00:00+00:00", "2026-01-13T00:00:00+00:00"],
        );
        check(
            "0 22-2 * * *",
            "UTC",
            "2026-01-01T23:30:00Z",
            &["2026-01-02T00:00:00+00:00", "2026-01-02T01:00:00+00:00"],
        );
    }

    #[test]
    fn clock_changes() {
        let kyiv = "Europe/Kyiv";
        // 2026-03-29: 03:00 becomes 04:00. A fixed job in the gap is due at its end, an elapsed one not at all.
        check("30 3 * * *", kyiv, "2026-03-28T12:00:00Z", &["2026-03-29T04:00:00+03:00", "2026-03-30T03:30:00+03:00"]);
        check("30 * * * *", kyiv, "2026-03-29T00:00:00Z", &["2026-03-29T02:30:00+02:00", "2026-03-29T04:30:00+03:00"]);
        // 2026-10-25: 04:00 becomes 03:00. Fixed once, elapsed twice.
        check("30 3 * * *", kyiv, "2026-10-24T12:00:00Z", &["2026-10-25T03:30:00+03:00", "2026-10-26T03:30:00+02:00"]);
        check("30 * * * *", kyiv, "2026-10-25T00:00:00Z", &["2026-10-25T03:30:00+03:00", "2026-10-25T03:30:00+02:00"]);
    }

    #[test]
    fn wrong_expressions_say_what_is_wrong() {
        for (expression, part) in [
            ("* * * *", "has 4 fields"),
            ("60 * * * *", "minute field"),
            ("0 0 * * foo", "weekday field"),
            ("*/0 * * * *", "`*/0`"),
        ] {
            assert!(Schedule::cron(expression).unwrap_err().contains(part), "{expression}");
        }
        let never = Schedule::cron("0 0 30 2 *").unwrap();
        assert_eq!(never.next_after(Timestamp::UNIX_EPOCH, &TimeZone::UTC), None);
    }

    #[test]
    fn feeds_of_one_interval_spread_and_stay() {
        let every = Schedule::Every(SignedDuration::from_mins(30));
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let first = every.due_after("a", start, &TimeZone::UTC).unwrap();
        let second = every.due_after("a", first, &TimeZone::UTC).unwrap();
        assert_eq!(second.duration_since(first), SignedDuration::from_mins(30));
        assert_ne!(every.due_after("b", start, &TimeZone::UTC), Some(first));
        assert_eq!(Schedule::Every(SignedDuration::ZERO).due_after("a", start, &TimeZone::UTC), Some(start));
    }

    #[test]
    fn failures_back_off_and_never_give_up() {
        let hour = SignedDuration::from_hours(1);
        let waits: Vec<i64> = [1, 2, 5, 50].map(|n| backoff(n, hour, "k").as_secs()).to_vec();
        assert!(waits[0] >= 45 && waits[0] <= 75, "{waits:?}");
        assert!(waits[2] > waits[1], "{waits:?}");
        assert!(waits[3] > 4 * 3600 && waits[3] <= 6 * 3600, "{waits:?}");
    }
}
