//! The two day fields of a cron expression: which dates they name. Not here: months, times and zones.

use jiff::civil::{Date, Weekday};

use super::field::{self, DAY, Set, WEEKDAY};

/// The dates of a month that an expression names.
#[derive(Debug, Clone)]
pub(super) struct Days {
    any_day: bool,
    any_weekday: bool,
    /// Days of the month, `15`.
    days: Set,
    /// `L`.
    last_day: bool,
    /// `LW`.
    last_workday: bool,
    /// Days whose nearest Monday-to-Friday in the same month is meant, `15W`.
    nearest_workday: Set,
    /// Weekdays from Sunday = 0.
    weekdays: Set,
    /// Weekdays whose last one in the month is meant, `5L`.
    last_weekdays: Set,
    /// Weekdays by their place in the month, the first place first, `5#2`.
    placed_weekdays: [Set; 5],
}

impl Days {
    pub(super) fn parse(day: &str, weekday: &str) -> Result<Self, String> {
        let mut days = Self {
            any_day: field::is_any(day),
            any_weekday: field::is_any(weekday),
            days: 0,
            last_day: false,
            last_workday: false,
            nearest_workday: 0,
            weekdays: 0,
            last_weekdays: 0,
            placed_weekdays: [0; 5],
        };
        for item in day.split(',') {
            days.read_day(item)?;
        }
        for item in weekday.split(',') {
            days.read_weekday(item)?;
        }
        Ok(days)
    }

    /// Whether a date is named. With both fields restricted either suffices, as crontab(5) has it.
    pub(super) fn contains(&self, date: Date) -> bool {
        match (self.any_day, self.any_weekday) {
            (true, true) => true,
            (true, false) => self.names_weekday(date),
            (false, true) => self.names_day(date),
            (false, false) => self.names_day(date) || self.names_weekday(date),
        }
    }

    fn read_day(&mut self, item: &str) -> Result<(), String> {
        if item.eq_ignore_ascii_case("L") {
            self.last_day = true;
        } else if item.eq_ignore_ascii_case("LW") {
            self.last_workday = true;
        } else if let Some(day) = item.strip_suffix(['W', 'w']) {
            self.nearest_workday |= 1 << DAY.number(day)?;
        } else {
            self.days |= DAY.item(item)?;
        }
        Ok(())
    }

    fn read_weekday(&mut self, item: &str) -> Result<(), String> {
        if let Some((weekday, place)) = item.split_once('#') {
            return self.read_placed(weekday, place);
        }
        if item.eq_ignore_ascii_case("L") {
            return Err("`L` alone in the weekday field of the cron expression does not say which weekday; \
                        write `5L` for the last Friday of the month, or `L` in the day-of-month field"
                .to_owned());
        }
        match item.strip_suffix(['L', 'l']) {
            Some(weekday) => self.last_weekdays |= one_sunday(1 << WEEKDAY.number(weekday)?),
            None => self.weekdays |= one_sunday(WEEKDAY.item(item)?),
        }
        Ok(())
    }

    fn read_placed(&mut self, weekday: &str, place: &str) -> Result<(), String> {
        let weekday_set = one_sunday(1 << WEEKDAY.number(weekday)?);
        if place.eq_ignore_ascii_case("L") {
            self.last_weekdays |= weekday_set;
            return Ok(());
        }
        let index = place.parse::<usize>().ok().and_then(|place| place.checked_sub(1));
        let Some(places) = index.and_then(|index| self.placed_weekdays.get_mut(index)) else {
            return Err(format!(
                "`{weekday}#{place}` in the weekday field of the cron expression names no weekday of a month; \
                 expected `#1` to `#5`, such as `5#2` for the second Friday"
            ));
        };
        *places |= weekday_set;
        Ok(())
    }

    fn names_day(&self, date: Date) -> bool {
        field::holds(self.days, date.day())
            || (self.last_day && date.day() == date.days_in_month())
            || (self.last_workday && date.day() == nearest_workday(date, date.days_in_month()))
            || (1..=date.days_in_month())
                .any(|day| field::holds(self.nearest_workday, day) && date.day() == nearest_workday(date, day))
    }

    fn names_weekday(&self, date: Date) -> bool {
        let weekday = date.weekday().to_sunday_zero_offset();
        let place = usize::try_from((date.day() - 1) / 7).unwrap_or(0);
        field::holds(self.weekdays, weekday)
            || (field::holds(self.last_weekdays, weekday) && date.day() > date.days_in_month() - 7)
            || self.placed_weekdays.get(place).is_some_and(|set| field::holds(*set, weekday))
    }
}

/// Folds 7 into 0: both are Sunday.
fn one_sunday(set: Set) -> Set {
    (set | set >> 7) & 0b111_1111
}

/// The Monday to Friday nearest to a day of the date's month, without leaving the month.
fn nearest_workday(month: Date, day: i8) -> i8 {
    let Ok(meant) = Date::new(month.year(), month.month(), day) else { return day };
    match meant.weekday() {
        Weekday::Saturday if day == 1 => day + 2,
        Weekday::Saturday => day - 1,
        Weekday::Sunday if day == month.days_in_month() => day - 2,
        Weekday::Sunday => day + 1,
        _ => day,
    }
}
