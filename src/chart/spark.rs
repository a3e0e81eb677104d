//! A series drawn with plain characters: works in every mail program, with pictures blocked and in a terminal.

/// The levels of a line of bars, lowest first.
pub const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// What stands where nothing is known: visibly not a low value.
pub const MISSING: char = '·';

/// One character a value: a bar from zero, or a dot where nothing is known.
pub fn sparkline(values: impl IntoIterator<Item = Option<f64>>) -> String {
    let known: Vec<_> = values.into_iter().map(|value| value.filter(|value| value.is_finite())).collect();
    let largest = known.iter().flatten().map(|value| value.abs()).fold(0.0, f64::max);
    known.into_iter().map(|value| value.map_or(MISSING, |value| bar(value, largest))).collect()
}

fn bar(value: f64, largest: f64) -> char {
    let share = if largest > 0.0 { (value.abs() / largest).clamp(0.0, 1.0) } else { 0.0 };
    // `as` saturates, and the share is within 0 to 1.
    LEVELS.get((share * 7.0).round() as usize).copied().unwrap_or(MISSING)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[Option<f64>], expected: &str) {
        assert_eq!(sparkline(values.iter().copied()), expected, "{values:?}");
    }

    #[test]
    fn missing_is_no_bar() {
        check(&[], "");
        check(&[Some(0.0), None, Some(7.0), Some(3.5)], "▁·█▅");
        check(&[Some(0.0), Some(0.0)], "▁▁");
        check(&[Some(f64::NAN), Some(f64::INFINITY), Some(-2.0), Some(1.0)], "··█▅");
        check(&[Some(f64::MAX), Some(f64::MIN_POSITIVE)], "█▁");
    }
}
