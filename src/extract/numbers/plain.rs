//! Figures as machines write them: the numbers of JSON, exactly.

/// Reads a number of JSON (RFC 8259 section 6) with blanks around it; `None` for everything else.
pub fn plain_figure(text: &str) -> Option<f64> {
    let text = text.trim();
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (unsigned.get(..at)?, unsigned.get(at + 1..)),
        None => (unsigned, None),
    };
    let (whole, decimals) = mantissa.split_once('.').map_or((mantissa, None), |(whole, rest)| (whole, Some(rest)));
    let is_number = is_digits(whole)
        && decimals.is_none_or(is_digits)
        && exponent.is_none_or(|digits| is_digits(digits.strip_prefix(['+', '-']).unwrap_or(digits)));
    // A longer one is no figure, and costs.
    if !is_number || text.len() > 64 {
        return None;
    }
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_of_machines() {
        let cases = [
            ("412", Some(412.0)),
            (" -0.5 ", Some(-0.5)),
            ("1.234", Some(1.234)),
            ("1e3", Some(1000.0)),
            ("2.5E-1", Some(0.25)),
            ("1,234", None),
            ("", None),
            ("-", None),
            ("nan", None),
            ("inf", None),
            ("1e999", None),
            ("1.", None),
            ("+5", None),
            ("0x10", None),
        ];
        for (text, expected) in cases {
            assert_eq!(plain_figure(text), expected, "{text}");
        }
    }
}
