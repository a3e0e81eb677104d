//! Arithmetic of windows: the days of a month, a quarter, a part of a period.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};

use super::grammar::Part;
use crate::model::observation::DateWindow;

/// One day.
pub(super) fn day(year: i16, month: i8, day: i8) -> Result<DateWindow, String> {
    let date = date(year, month, day)?;
    Ok(DateWindow { from: date, to: date })
}

/// So many months from the first of one.
pub(super) fn months(year: i16, first: i8, count: i8) -> Result<DateWindow, String> {
    let from = date(year, first, 1)?;
    let last = shifted(from, i32::from(count - 1).months())?;
    Ok(DateWindow { from, to: last.last_of_month() })
}

/// A part of a window: its first, middle or last third, of a month as people say it (to the 10th, to the 20th).
pub(super) fn part(window: DateWindow, part: Part) -> Result<DateWindow, String> {
    let days = window.from.until(window.to).map_err(|_| out_of_reach())?.get_days() + 1;
    let third = days / 3;
    let (from, to) = match part {
        Part::Whole => (0, days - 1),
        Part::Early => (0, third - 1),
        Part::Middle => (third, 2 * third - 1),
        Part::Late => (2 * third, days - 1),
    };
    let cut = DateWindow { from: shifted(window.from, from.days())?, to: shifted(window.from, to.days())? };
    let is_long = days > 31 && part != Part::Whole;
    Ok(if is_long { whole_months(cut) } else { cut })
}

/// Of periods longer than a month whole months count.
fn whole_months(window: DateWindow) -> DateWindow {
    let from = match window.from.day() {
        1..=15 => window.from.first_of_month(),
        _ => window.from.last_of_month().tomorrow().unwrap_or(window.from),
    };
    // A third may end in the first days of the month that begins the next one.
    let to = match window.to.day() {
        1..=15 => window.to.first_of_month().yesterday().unwrap_or(window.to),
        _ => window.to.last_of_month(),
    };
    DateWindow { from, to }
}

/// The week from Monday to Sunday that lies so many weeks from the one of a date.
pub(super) fn week(today: Date, offset: i32) -> Result<DateWindow, String> {
    let monday = shifted(today, (-i32::from(today.weekday().since(Weekday::Monday))).days())?;
    let from = shifted(monday, (offset * 7).days())?;
    Ok(DateWindow { from, to: shifted(from, 6.days())? })
}

/// The days between two distances from a date.
pub(super) fn ahead(today: Date, from: i32, to: i32) -> Result<DateWindow, String> {
    Ok(DateWindow { from: shifted(today, from.days())?, to: shifted(today, to.days())? })
}

/// The month that lies so many months from the one of a date, and the months behind it.
pub(super) fn months_ahead(today: Date, offset: i32, count: i8) -> Result<DateWindow, String> {
    let first = shifted(today.first_of_month(), offset.months())?;
    months(first.year(), first.month(), count)
}

fn date(year: i16, month: i8, day: i8) -> Result<Date, String> {
    Date::new(year, month, day).map_err(|_| format!("no such date: {year}-{month:02}-{day:02}"))
}

fn shifted(date: Date, span: Span) -> Result<Date, String> {
    date.checked_add(span).map_err(|_| out_of_reach())
}

fn out_of_reach() -> String {
    "a date beyond the calendar".to_owned()
}
