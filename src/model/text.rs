//! Text that may be hostile, made harmless before a person or a terminal sees it.

/// Whether a character can steer a terminal, a header or the direction of a line.
///
/// C0 and C1 controls and DEL (ECMA-48), the bidirectional embeddings,
/// overrides, isolates and marks (UAX #9), line and paragraph separators, and the
/// byte-order mark.
fn is_steering(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061c}' | '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// One line of plain text: steering characters become spaces, runs of blanks
/// become one, and what exceeds `limit` characters is cut with an ellipsis.
pub fn one_line(text: &str, limit: usize) -> String {
    let mut line = String::new();
    let mut length = 0;
    let mut blank = false;
    for c in text.chars() {
        if c.is_whitespace() || is_steering(c) {
            blank = length > 0;
            continue;
        }
        if length + usize::from(blank) >= limit {
            line.push('…');
            return line;
        }
        if blank {
            line.push(' ');
            length += 1;
            blank = false;
        }
        line.push(c);
        length += 1;
    }
    line
}

/// Text for a terminal: newlines and tabs stay, every other steering character shows as U+FFFD.
pub fn for_terminal(text: &str) -> String {
    text.chars().map(|c| if c != '\n' && c != '\t' && is_steering(c) { '\u{fffd}' } else { c }).collect()
}

/// A figure as people read it: at most `digits` decimals, no trailing zeros, thousands apart by U+202F.
pub fn figure(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return "unknown".to_owned();
    }
    let fixed = format!("{:.digits$}", value.abs());
    let trimmed = if fixed.contains('.') { fixed.trim_end_matches('0').trim_end_matches('.') } else { &fixed };
    let (whole, rest) = trimmed.split_once('.').map_or((trimmed, None), |(whole, rest)| (whole, Some(rest)));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        // Four digits read well together; only longer figures are grouped.
        if whole.len() > 4 && index > 0 && (whole.len() - index) % 3 == 0 {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    let sign = if value < 0.0 && trimmed != "0" { "−" } else { "" };
    rest.map_or_else(|| format!("{sign}{grouped}"), |rest| format!("{sign}{grouped}.{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_is_one_harmless_line() {
        assert_eq!(one_line(" a\r\nBcc: x\u{202e}y\u{1b}[31m ", 80), "a Bcc: x y [31m");
        assert_eq!(one_line("абвгд", 3), "абв…");
        assert_eq!(one_line("abc", 3), "abc");
        assert_eq!(one_line("", 3), "");
    }

    #[test]
    fn terminals_get_no_escapes() {
        assert_eq!(for_terminal("a\u{1b}[2J\n\tb\u{9b}"), "a\u{fffd}[2J\n\tb\u{fffd}");
    }

    #[test]
    fn figures_read_well() {
        let cases = [
            (0.0, "0"),
            (-0.001, "0"),
            (12_345.0, "12\u{202f}345"),
            (1234.5, "1234.5"),
            (-20.5, "−20.5"),
            (f64::NAN, "unknown"),
        ];
        for (value, expected) in cases {
            assert_eq!(figure(value, 2), expected);
        }
    }
}
