//! Repetition rules (RFC 5545, section 3.3.10): the days on which an event repeats.
//!
//! Days and not instants: the time of day is the event's own, and its zone is
//! its caller's matter. Rules by hour, week number or day of the year are said
//! not to be understood; calendars that people keep have none.

use std::collections::VecDeque;

use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::format::dates;

/// So many days, weeks, months or years are looked at for one event.
const MOST_STEPS: u32 = 40_000;

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    frequency: Frequency,
    interval: i64,
    count: Option<u32>,
    until: Option<Until>,
    months: Vec<i8>,
    month_days: Vec<i8>,
    weekdays: Vec<(i16, Weekday)>,
    positions: Vec<i16>,
    week_start: Weekday,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// The last moment at which a rule may repeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Until {
    Day(Date),
    Wall(DateTime),
    Instant(Timestamp),
}

impl Rule {
    /// Reads a rule.
    ///
    /// # Errors
    /// A part that is wrong, or that is not understood, as a sentence fragment.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut rule = Self {
            frequency: Frequency::Daily,
            interval: 1,
            count: None,
            until: None,
            months: Vec::new(),
            month_days: Vec::new(),
            weekdays: Vec::new(),
            positions: Vec::new(),
            week_start: Weekday::Monday,
        };
        let mut is_stated = false;
        for part in text.trim().split(';').filter(|part| !part.trim().is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let (name, value) = (name.trim().to_ascii_uppercase(), value.trim().to_ascii_uppercase());
            is_stated |= name == "FREQ";
            rule.set(&name, &value).ok_or_else(|| format!("the part `{name}={value}` is not understood"))?;
        }
        if is_stated { Ok(rule) } else { Err("it has no FREQ".to_owned()) }
    }

    fn set(&mut self, name: &str, value: &str) -> Option<()> {
        match name {
            "FREQ" => {
                self.frequency = match value {
                    "DAILY" => Frequency::Daily,
                    "WEEKLY" => Frequency::Weekly,
                    "MONTHLY" => Frequency::Monthly,
                    "YEARLY" => Frequency::Yearly,
                    _ => return None,
                }
            }
            "INTERVAL" => self.interval = value.parse().ok().filter(|interval| (1..=10_000).contains(interval))?,
            "COUNT" => self.count = Some(value.parse().ok().filter(|count| *count > 0)?),
            "UNTIL" => self.until = Some(until(value)?),
            "WKST" => self.week_start = weekday(value)?,
            "BYMONTH" => self.months = numbers(value, 1, 12)?,
            "BYMONTHDAY" => self.month_days = numbers(value, -31, 31)?,
            "BYSETPOS" => self.positions = numbers(value, -366, 366)?,
            "BYDAY" => self.weekdays = value.split(',').map(ordinal).collect::<Option<_>>()?,
            _ => return None,
        }
        Some(())
    }

    /// Whether an occurrence is behind the rule's end.
    pub fn is_over(&self, at: Timestamp, wall: DateTime) -> bool {
        match self.until {
            None => false,
            Some(Until::Day(day)) => wall.date() > day,
            Some(Until::Wall(last)) => wall > last,
            Some(Until::Instant(last)) => at > last,
        }
    }

    /// The days of the occurrences in order, the first being `start`. What lies before `from` may be left out.
    pub fn days(&self, start: Date, from: Date) -> Days<'_> {
        let behind = from.since(start).map_or(0, |span| i64::from(span.get_days()));
        // Roughly, and never too far: what is counted has to be counted from the start.
        let length = match self.frequency {
            Frequency::Daily => 1,
            Frequency::Weekly => 7,
            Frequency::Monthly => 31,
            Frequency::Yearly => 366,
        };
        let skipped = if self.count.is_some() { 0 } else { (behind / length / self.interval - 1).max(0) };
        Days { rule: self, start, step: skipped, steps: 0, found: VecDeque::from([start]), given: 0, last: None }
    }

    /// The days of one step of the rule, in order.
    fn candidates(&self, start: Date, step: i64) -> Option<Vec<Date>> {
        let step = step.checked_mul(self.interval)?;
        let mut days = match self.frequency {
            Frequency::Daily => {
                let day = start.checked_add(Span::new().try_days(step).ok()?).ok()?;
                vec![day].into_iter().filter(|day| self.is_day(*day)).collect()
            }
            Frequency::Weekly => self.of_week(start, step)?,
            Frequency::Monthly => {
                let month = start.first_of_month().checked_add(Span::new().try_months(step).ok()?).ok()?;
                if self.is_month(month) { self.of_month(month, start.day()) } else { Vec::new() }
            }
            Frequency::Yearly => self.of_year(i16::try_from(i64::from(start.year()) + step).ok()?, start)?,
        };
        days.sort_unstable();
        days.dedup();
        Some(self.positioned(days))
    }

    fn is_month(&self, day: Date) -> bool {
        self.months.is_empty() || self.months.contains(&day.month())
    }

    /// Whether a single day is one of those that the rule names.
    fn is_day(&self, day: Date) -> bool {
        let from_end = day.day() - day.days_in_month() - 1;
        let is_number = self.month_days.is_empty() || self.month_days.iter().any(|n| *n == day.day() || *n == from_end);
        is_number && self.is_month(day) && self.is_weekday(day)
    }

    fn is_weekday(&self, day: Date) -> bool {
        self.weekdays.is_empty() || self.weekdays.iter().any(|(_, weekday)| *weekday == day.weekday())
    }

    fn of_week(&self, start: Date, step: i64) -> Option<Vec<Date>> {
        let into = i64::from(start.weekday().since(self.week_start));
        let monday = start.checked_add(Span::new().try_days(step.checked_mul(7)? - into).ok()?).ok()?;
        let is_meant = |day: &Date| {
            let is_named =
                if self.weekdays.is_empty() { day.weekday() == start.weekday() } else { self.is_weekday(*day) };
            is_named && self.is_month(*day)
        };
        Some((0..7).filter_map(|day| monday.checked_add(Span::new().days(day)).ok()).filter(is_meant).collect())
    }

    /// The days of a month, named by its first one.
    fn of_month(&self, first: Date, own_day: i8) -> Vec<Date> {
        let last = first.last_of_month();
        if self.month_days.is_empty() && !self.weekdays.is_empty() {
            return self.weekdays.iter().flat_map(|meant| weekdays_between(first, last, *meant)).collect();
        }
        let own = [own_day];
        let numbers = if self.month_days.is_empty() { own.as_slice() } else { &self.month_days };
        let number = |n: &i8| Date::new(first.year(), first.month(), if *n < 0 { last.day() + 1 + n } else { *n }).ok();
        numbers.iter().filter_map(number).filter(|day| self.is_weekday(*day)).collect()
    }

    fn of_year(&self, year: i16, start: Date) -> Option<Vec<Date>> {
        let first = Date::new(year, 1, 1).ok()?;
        if self.months.is_empty() && self.month_days.is_empty() && !self.weekdays.is_empty() {
            let last = first.last_of_year();
            return Some(self.weekdays.iter().flat_map(|meant| weekdays_between(first, last, *meant)).collect());
        }
        let months: Vec<i8> = match (self.months.as_slice(), self.month_days.is_empty()) {
            ([], true) => vec![start.month()],
            ([], false) => (1..=12).collect(),
            (months, _) => months.to_vec(),
        };
        let month = |month: i8| Date::new(year, month, 1).ok();
        Some(months.into_iter().filter_map(month).flat_map(|first| self.of_month(first, start.day())).collect())
    }

    /// Those that BYSETPOS picks; all where it says nothing.
    fn positioned(&self, days: Vec<Date>) -> Vec<Date> {
        if self.positions.is_empty() {
            return days;
        }
        let place = |at: usize| i16::try_from(at + 1).unwrap_or(i16::MAX);
        let count = place(days.len());
        let is_picked = |at: usize| self.positions.iter().any(|n| *n == place(at) || *n == place(at) - count);
        days.iter().enumerate().filter(|(at, _)| is_picked(*at)).map(|(_, day)| *day).collect()
    }
}

/// The days between two that are the n-th of a weekday, counted from the end where n is negative; all for 0.
fn weekdays_between(first: Date, last: Date, (n, weekday): (i16, Weekday)) -> Vec<Date> {
    let step = |date: Date, days: i32| date.checked_add(Span::new().days(days)).ok();
    let mut all = Vec::new();
    let mut day = step(first, i32::from(weekday.since(first.weekday())));
    while let Some(found) = day.filter(|day| *day <= last) {
        all.push(found);
        day = step(found, 7);
    }
    match n {
        0 => all,
        n => {
            let back = usize::from(n.unsigned_abs());
            let at = if n > 0 { Some(back - 1) } else { all.len().checked_sub(back) };
            at.and_then(|at| all.get(at)).into_iter().copied().collect()
        }
    }
}

/// The days of a rule, one after the other.
#[derive(Debug)]
pub struct Days<'r> {
    rule: &'r Rule,
    start: Date,
    step: i64,
    steps: u32,
    found: VecDeque<Date>,
    given: u32,
    last: Option<Date>,
}

impl Days<'_> {
    /// How many steps were looked at.
    pub fn steps(&self) -> u32 {
        self.steps
    }
}

impl Iterator for Days<'_> {
    type Item = Date;

    fn next(&mut self) -> Option<Date> {
        loop {
            if self.rule.count.is_some_and(|count| self.given >= count) {
                return None;
            }
            if let Some(day) = self.found.pop_front() {
                if self.last.is_none_or(|last| last < day) && day >= self.start {
                    (self.last, self.given) = (Some(day), self.given + 1);
                    return Some(day);
                }
                continue;
            }
            self.steps += 1;
            if self.steps > MOST_STEPS {
                return None;
            }
            self.found.extend(self.rule.candidates(self.start, self.step)?);
            self.step += 1;
        }
    }
}

fn until(value: &str) -> Option<Until> {
    let at = dates::read(value)?;
    let wall = TimeZone::UTC.to_datetime(at);
    Some(match (value.len(), value.ends_with('Z')) {
        (8, _) => Until::Day(wall.date()),
        (_, true) => Until::Instant(at),
        (_, false) => Until::Wall(wall),
    })
}

/// Whole numbers between two, without zero.
fn numbers<N: TryFrom<i16>>(value: &str, least: i16, most: i16) -> Option<Vec<N>> {
    let number = |text: &str| {
        let number = text.trim().trim_start_matches('+').parse::<i16>().ok()?;
        if number == 0 || !(least..=most).contains(&number) { None } else { N::try_from(number).ok() }
    };
    value.split(',').map(number).collect()
}

/// `MO`, `1MO`, `-1FR`; 0 stands for all of them.
fn ordinal(text: &str) -> Option<(i16, Weekday)> {
    let text = text.trim();
    let (number, name) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let number = if number.is_empty() { 0 } else { numbers::<i16>(number, -53, 53)?.first().copied()? };
    Some((number, weekday(name)?))
}

fn weekday(name: &str) -> Option<Weekday> {
    Some(match name {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first days of a rule from a start, in short.
    #[track_caller]
    fn check(rule: &str, start: &str, expected: &str) {
        let rule = Rule::parse(rule).unwrap();
        let start: Date = start.parse().unwrap();
        let wanted = expected.split(' ').count();
        let is_going = |day: &Date| {
            let wall = day.at(9, 0, 0, 0);
            !rule.is_over(TimeZone::get("America/New_York").unwrap().to_timestamp(wall).unwrap(), wall)
        };
        let days: Vec<String> =
            rule.days(start, start).take_while(is_going).take(wanted + 1).map(|day| day.to_string()).collect();
        let is_endless = expected.ends_with('…');
        let shown = days.join(" ");
        let expected = expected.trim_end_matches(" …");
        if is_endless {
            assert!(shown.starts_with(expected), "{rule:?}\n expected {expected}\n    found {shown}");
        } else {
            assert_eq!(shown, expected, "{rule:?}");
        }
    }

    /// The examples of RFC 5545, section 3.8.5.3, whose rules are of this kind.
    #[test]
    fn the_examples_of_the_standard() {
        let day = "1997-09-02";
        check("FREQ=DAILY;COUNT=3", day, "1997-09-02 1997-09-03 1997-09-04");
        check("FREQ=DAILY;UNTIL=19970904T130000Z", day, "1997-09-02 1997-09-03 1997-09-04");
        check("FREQ=DAILY;INTERVAL=2", day, "1997-09-02 1997-09-04 1997-09-06 …");
        check("FREQ=DAILY;INTERVAL=10;COUNT=5", day, "1997-09-02 1997-09-12 1997-09-22 1997-10-02 1997-10-12");
        check("FREQ=DAILY;UNTIL=19980103T140000Z;BYMONTH=1", "1998-01-01", "1998-01-01 1998-01-02 1998-01-03");
        check("FREQ=WEEKLY;COUNT=3", day, "1997-09-02 1997-09-09 1997-09-16");
        check("FREQ=WEEKLY;INTERVAL=2;WKST=SU", day, "1997-09-02 1997-09-16 1997-09-30 1997-10-14 …");
        check("FREQ=WEEKLY;COUNT=4;WKST=SU;BYDAY=TU,TH", day, "1997-09-02 1997-09-04 1997-09-09 1997-09-11");
        check(
            "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR",
            "1997-09-01",
            "1997-09-01 1997-09-03 1997-09-05 1997-09-15 1997-09-17 1997-09-19 1997-09-29 1997-10-01 …",
        );
        check("FREQ=MONTHLY;COUNT=3;BYDAY=1FR", "1997-09-05", "1997-09-05 1997-10-03 1997-11-07");
        check(
            "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
            "1997-09-07",
            "1997-09-07 1997-09-28 1997-11-02 1997-11-30 1998-01-04 1998-01-25 1998-03-01 1998-03-29 1998-05-03 1998-05-31",
        );
        check("FREQ=MONTHLY;COUNT=3;BYDAY=-2MO", "1997-09-22", "1997-09-22 1997-10-20 1997-11-17");
        check("FREQ=MONTHLY;BYMONTHDAY=-3", "1997-09-28", "1997-09-28 1997-10-29 1997-11-28 1997-12-29 1998-01-29 …");
        check("FREQ=MONTHLY;COUNT=4;BYMONTHDAY=2,15", day, "1997-09-02 1997-09-15 1997-10-02 1997-10-15");
        check("FREQ=MONTHLY;COUNT=4;BYMONTHDAY=1,-1", "1997-09-30", "1997-09-30 1997-10-01 1997-10-31 1997-11-01");
        check(
            "FREQ=MONTHLY;INTERVAL=18;COUNT=4;BYMONTHDAY=10,11",
            "1997-09-10",
            "1997-09-10 1997-09-11 1999-03-10 1999-03-11",
        );
    }

    /// The rest of them: rules by the year, and those in which several parts limit one another.
    #[test]
    fn the_examples_of_the_standard_with_several_parts() {
        check("FREQ=YEARLY;COUNT=4;BYMONTH=6,7", "1997-06-10", "1997-06-10 1997-07-10 1998-06-10 1998-07-10");
        check("FREQ=YEARLY;BYDAY=20MO", "1997-05-19", "1997-05-19 1998-05-18 1999-05-17 …");
        check("FREQ=YEARLY;BYMONTH=3;BYDAY=TH", "1997-03-13", "1997-03-13 1997-03-20 1997-03-27 1998-03-05 …");
        check(
            "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
            "1998-02-13",
            "1998-02-13 1998-03-13 1998-11-13 1999-08-13 2000-10-13 …",
        );
        check(
            "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
            "1997-09-13",
            "1997-09-13 1997-10-11 1997-11-08 1997-12-13 1998-01-10 …",
        );
        check(
            "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
            "1996-11-05",
            "1996-11-05 2000-11-07 2004-11-02 …",
        );
        check("FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "1997-09-04", "1997-09-04 1997-10-07 1997-11-06");
        check(
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
            "1997-09-29",
            "1997-09-29 1997-10-30 1997-11-27 1997-12-30 …",
        );
        check(
            "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
            "1997-08-05",
            "1997-08-05 1997-08-10 1997-08-19 1997-08-24",
        );
        check(
            "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
            "1997-08-05",
            "1997-08-05 1997-08-17 1997-08-19 1997-08-31",
        );
        check(
            "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5",
            "2007-01-15",
            "2007-01-15 2007-01-30 2007-02-15 2007-03-15 2007-03-30",
        );
    }

    #[test]
    fn a_day_that_a_month_or_year_has_not_is_passed_over() {
        check("FREQ=MONTHLY", "2026-01-31", "2026-01-31 2026-03-31 2026-05-31 …");
        check("FREQ=YEARLY", "2024-02-29", "2024-02-29 2028-02-29 2032-02-29 …");
    }

    #[test]
    fn what_never_comes_ends() {
        check("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "2026-01-01", "2026-01-01");
        check("FREQ=DAILY;INTERVAL=10000;BYMONTH=2;BYMONTHDAY=31", "2026-01-01", "2026-01-01");
    }

    #[test]
    fn what_lies_long_before_is_not_walked_through() {
        let rule = Rule::parse("FREQ=DAILY;INTERVAL=3").unwrap();
        let mut days = rule.days("1900-01-01".parse().unwrap(), "2026-01-01".parse().unwrap());
        let next = days.find(|day| day.year() == 2026).unwrap();
        assert!(days.steps() < 10, "{}", days.steps());
        let gap = next.since("1900-01-01".parse::<Date>().unwrap()).unwrap().get_days();
        assert_eq!((next.to_string().as_str(), gap % 3), ("2026-01-03", 0));
    }

    #[test]
    fn what_is_not_understood_is_said() {
        let cases = [
            ("FREQ=HOURLY", "`FREQ=HOURLY`"),
            ("FREQ=DAILY;BYHOUR=9", "`BYHOUR=9`"),
            ("FREQ=DAILY;INTERVAL=0", "`INTERVAL=0`"),
            ("FREQ=MONTHLY;BYDAY=99XX", "`BYDAY=99XX`"),
            ("COUNT=3", "no FREQ"),
        ];
        for (text, part) in cases {
            let error = Rule::parse(text).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }
}
