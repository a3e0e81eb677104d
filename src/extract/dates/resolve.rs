//! From what is stated to a window of dates, by the day on which it was stated.

use jiff::civil::Date;

use super::grammar::{Next, Period, Stated};
use super::window;
use crate::model::observation::DateWindow;

/// Without a year a date is the one from a season back to three ahead: what is announced mostly lies ahead.
const DAYS_BACK: i32 = 91;

/// The window of a statement. A deadline (`by …`) can be met from the day on which it is stated.
///
/// # Errors
/// A sentence fragment, where there is no such date, or none without a day of reference.
pub(super) fn window(stated: &Stated, is_deadline: bool, today: Option<Date>) -> Result<DateWindow, String> {
    let Some(today) = today else { return without_reference(stated) };
    let window = plain(stated, today)?;
    if is_deadline && today < window.to {
        return Ok(DateWindow { from: today, to: window.to });
    }
    Ok(window)
}

fn without_reference(stated: &Stated) -> Result<DateWindow, String> {
    match stated {
        Stated::Days { year: Some(_), .. }
        | Stated::Between { year: Some(_), .. }
        | Stated::Period { year: Some(_), .. } => plain(stated, Date::ZERO),
        _ => Err("a date relative to the text's own time, which is not known".to_owned()),
    }
}

fn plain(stated: &Stated, today: Date) -> Result<DateWindow, String> {
    match *stated {
        Stated::Days { year, month, first, last } => nearest(year, today, |year| {
            let from = window::day(year, month, first)?;
            let to = window::day(year, month, last)?;
            Ok(DateWindow { from: from.from, to: to.to })
        }),
        Stated::Between { year, from, to } => nearest(year, today, |year| {
            // The year is that of the end; over New Year it began in the one before.
            let began = if to < from { year.saturating_sub(1) } else { year };
            let (from, to) = (window::day(began, from.0, from.1)?, window::day(year, to.0, to.1)?);
            Ok(DateWindow { from: from.from, to: to.to })
        }),
        Stated::Period { year, period, part } => nearest(year, today, |year| window::part(whole(year, period)?, part)),
        Stated::Next { next, offset, part } => {
            let whole = relative(next, offset, today)?;
            window::part(whole, part)
        }
        Stated::Ahead { from, to } => window::ahead(today, from, to),
    }
}

fn whole(year: i16, period: Period) -> Result<DateWindow, String> {
    match period {
        Period::Months { first, last } => {
            // `November–January` ends in the next year.
            let count = if last >= first { last - first + 1 } else { 12 - first + last + 1 };
            window::months(year, first, count)
        }
        Period::Quarter(number) => window::months(year, 3 * number - 2, 3),
        Period::Half(number) => window::months(year, 6 * number - 5, 6),
        Period::Year => window::months(year, 1, 12),
    }
}

fn relative(next: Next, offset: i32, today: Date) -> Result<DateWindow, String> {
    match next {
        Next::Day => window::ahead(today, offset, offset),
        Next::Week => window::week(today, offset),
        Next::Month => window::months_ahead(today, offset, 1),
        Next::Quarter => {
            let into = i32::from((today.month() - 1) % 3);
            window::months_ahead(today, 3 * offset - into, 3)
        }
        Next::Year => window::months_ahead(today, 12 * offset - i32::from(today.month() - 1), 12),
    }
}

/// The window in the stated year, or in the year in which it lies nearest ahead.
fn nearest(
    year: Option<i16>,
    today: Date,
    window_in: impl Fn(i16) -> Result<DateWindow, String>,
) -> Result<DateWindow, String> {
    if let Some(year) = year {
        return window_in(year);
    }
    let earliest = window::ahead(today, -DAYS_BACK, -DAYS_BACK)?.from;
    let years = [-1, 0, 1].map(|offset| today.year().saturating_add(offset));
    let mut windows = years.into_iter().map(window_in);
    let first = windows.by_ref().find(|found| found.as_ref().is_ok_and(|window| window.to >= earliest));
    first.unwrap_or_else(|| Err("no such date near the time of the text".to_owned()))
}
