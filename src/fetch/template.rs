//! Times in addresses, headers and bodies: `{utc:%Y-%m-%d}` is the day of the poll, `{utc-7d:%Y-%m-%d}` a week before.

use jiff::Timestamp;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

use crate::settings::unit;

const OPEN: &str = "{utc";

/// Whether a text may hold a time.
pub(super) fn is_timed(text: &str) -> bool {
    text.contains(OPEN)
}

/// A text with its times as they are at `now`, in UTC. Other braces are left: a body of JSON is full of them.
///
/// # Errors
/// A time that cannot be written so, as a sentence.
pub fn fill(text: &str, now: Timestamp) -> Result<String, String> {
    let (mut filled, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once(OPEN) {
        filled.push_str(before);
        match after.split_once('}') {
            Some((inner, after)) if inner.starts_with([':', '-']) => {
                filled.push_str(&time(inner, now)?);
                rest = after;
            }
            _ => {
                filled.push_str(OPEN);
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    Ok(filled)
}

/// What stands between `{utc` and `}`: `:FORMAT` or `-DURATION:FORMAT`.
fn time(inner: &str, now: Timestamp) -> Result<String, String> {
    let wrong = |why: &str| format!("`{OPEN}{inner}}}` is no time ({why}); expected one such as `{{utc-7d:%Y-%m-%d}}`");
    let (shift, format) = inner.split_once(':').ok_or_else(|| wrong("it has no format"))?;
    let shift = match shift.strip_prefix('-') {
        Some(written) => unit::duration(written).ok_or_else(|| wrong("its duration cannot be read"))?,
        None => jiff::SignedDuration::ZERO,
    };
    let at = now.checked_sub(shift).map_err(|_| wrong("it is too long ago"))?;
    strtime::format(format, &at.to_zoned(TimeZone::UTC)).map_err(|error| wrong(&error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&str, &str>) {
        let filled = fill(text, "2026-03-01T00:07:09Z".parse().unwrap());
        match (filled, expected) {
            (Ok(filled), Ok(expected)) => assert_eq!(filled, expected),
            (Err(why), Err(part)) => assert!(why.contains(part), "{why}"),
            (found, expected) => panic!("{found:?} instead of {expected:?}"),
        }
    }

    #[test]
    fn times_are_written_as_asked() {
        check("/{utc:%Y%m%d%H%M%S}.zip", Ok("/20260301000709.zip"));
        check("{utc-1d:%Y-%m-%d}|{utc:%Y-%m-%d}", Ok("2026-02-28|2026-03-01"));
        check("{utc-8h:%-d %B}", Ok("28 February"));
        check("{\"utc\": {}}", Ok("{\"utc\": {}}"));
        check("{utcoffset}", Ok("{utcoffset}"));
        check("{utc:%Y", Ok("{utc:%Y"));
    }

    #[test]
    fn what_is_no_time_is_named() {
        check("{utc-7d}", Err("`{utc-7d}` is no time (it has no format)"));
        check("{utc-soon:%Y}", Err("its duration cannot be read"));
        check("{utc:%!}", Err("`{utc:%!}` is no time"));
    }
}
