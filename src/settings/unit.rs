//! Durations, distances, sizes and shares as people write them.

use jiff::SignedDuration;

/// The longest duration that makes sense here: a hundred years.
const LONGEST_SECONDS: i64 = 100 * 366 * 86_400;

/// Reads `15m`, `72h`, `7d`, `1d 12h`; whole numbers of s, m, h, d or w.
pub fn duration(text: &str) -> Option<SignedDuration> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    let mut total: i64 = 0;
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, after) = rest.split_at_checked(digits)?;
        let after = after.trim_start();
        let letters = after.len() - after.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
        let (unit, after) = after.split_at_checked(letters)?;
        total = number.parse::<i64>().ok()?.checked_mul(seconds(unit)?)?.checked_add(total)?;
        rest = after.trim_start();
    }
    (total <= LONGEST_SECONDS).then(|| SignedDuration::from_secs(total))
}

fn seconds(unit: &str) -> Option<i64> {
    Some(match unit {
        "s" | "sec" => 1,
        "m" | "min" => 60,
        "h" => 3_600,
        "d" | "day" | "days" => 86_400,
        "w" => 7 * 86_400,
        _ => return None,
    })
}

/// Reads `40 km` or `500 m` as kilometres above zero.
pub fn distance(text: &str) -> Option<f64> {
    let (number, unit) = split(text)?;
    let factor = match unit {
        "km" => 1.0,
        "m" => 0.001,
        _ => return None,
    };
    Some(number * factor).filter(|km| *km > 0.0)
}

/// Reads `16 MiB` as bytes.
pub fn size(text: &str) -> Option<u64> {
    let (number, unit) = split(text)?;
    let factor: f64 = match unit {
        "B" => 1.0,
        "kB" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        "KiB" => 1024.0,
        "MiB" => 1_048_576.0,
        "GiB" => 1_073_741_824.0,
        _ => return None,
    };
    let bytes = number * factor;
    // Above 2^53 a float no longer counts bytes, and no body is that long.
    (1.0..9e15).contains(&bytes).then_some(bytes as u64)
}

/// Reads `-25%` as -0.25.
pub fn share(text: &str) -> Option<f64> {
    let (number, unit) = split(text)?;
    (unit == "%").then_some(number / 100.0)
}

/// Reads `2 releases`.
pub fn releases(text: &str) -> Option<u32> {
    let (number, word) = text.trim().split_once(' ')?;
    let count = number.parse::<u32>().ok().filter(|count| (1..=1000).contains(count))?;
    matches!(word.trim(), "release" | "releases").then_some(count)
}

fn split(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit() || "+-.".contains(c)).len();
    let (number, unit) = text.split_at_checked(digits)?;
    Some((number.parse().ok().filter(|n: &f64| n.is_finite())?, unit.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read() {
        let cases = [
            ("15m", Some(900)),
            ("72h", Some(259_200)),
            ("1d 12h", Some(129_600)),
            ("0s", Some(0)),
            ("7 d", Some(604_800)),
            ("", None),
            ("7", None),
            ("h", None),
            ("-3d", None),
            ("7 dogs", None),
            ("99999999999999999999d", None),
            ("99999999d", None),
        ];
        for (text, expected) in cases {
            assert_eq!(duration(text).map(|d| d.as_secs()), expected, "{text}");
        }
    }

    #[test]
    fn other_units_are_read() {
        assert_eq!(distance("40 km"), Some(40.0));
        assert_eq!(distance("500m"), Some(0.5));
        assert_eq!(distance("0 km"), None);
        assert_eq!(distance("40"), None);
        assert_eq!(size("16 MiB"), Some(16 << 20));
        assert_eq!(size("16"), None);
        assert_eq!(share("-25%"), Some(-0.25));
        assert_eq!(share("25"), None);
        assert_eq!(releases("2 releases"), Some(2));
        assert_eq!(releases("0 releases"), None);
    }
}
