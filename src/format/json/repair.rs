//! Text that is nearly JSON → JSON, in one pass: `NaN` and its like become
//! `null`, commas before a bracket go, control characters in strings are
//! escaped, what is open at the end is closed.

use super::value::string_end;

/// How deep brackets may nest; deeper text is left to the parser to refuse.
const DEPTH: usize = 128;

/// JSON of the same meaning.
pub fn repair(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len() + 16);
    let mut open = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let rest = text.get(at..).unwrap_or_default();
        match byte {
            b'"' => {
                let end = string_end(bytes, at);
                string(text.get(at..end).unwrap_or(rest), &mut out);
                at = end;
                continue;
            }
            b'{' | b'[' if open.len() < DEPTH => open.push(if *byte == b'{' { '}' } else { ']' }),
            b'}' | b']' => {
                drop_comma(&mut out);
                open.pop();
            }
            b'N' | b'I' | b'-' | b'u' => {
                if let Some(length) = no_number(rest) {
                    out.push_str("null");
                    at += length;
                    continue;
                }
            }
            _ => {}
        }
        let c = rest.chars().next().unwrap_or(' ');
        out.push(c);
        at += c.len_utf8();
    }
    close(&mut out, open);
    out
}

/// The length of a word that means no number.
fn no_number(text: &str) -> Option<usize> {
    ["NaN", "Infinity", "-Infinity", "-NaN", "undefined", "None"]
        .into_iter()
        .find(|word| text.starts_with(word))
        .map(str::len)
}

/// A string with its control characters escaped, closed where the text ends in it.
fn string(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    let is_closed = text.len() > 1 && string_end(text.as_bytes(), 0) == text.len() && text.ends_with('"');
    if !is_closed {
        let slashes = text.bytes().rev().take_while(|b| *b == b'\\').count();
        if slashes % 2 == 1 {
            out.pop();
        }
        out.push('"');
    }
}

fn drop_comma(out: &mut String) {
    let length = out.trim_end().trim_end_matches(',').len();
    out.truncate(length);
}

/// Closes what is open; a member that was cut before its value gets none.
fn close(out: &mut String, open: Vec<char>) {
    if open.is_empty() {
        return;
    }
    drop_comma(out);
    if out.trim_end().ends_with(':') {
        out.push_str("null");
    }
    open.into_iter().rev().for_each(|bracket| out.push(bracket));
}

#[cfg(test)]
mod tests {
    use super::repair;

    #[test]
    fn nearly_json_becomes_json() {
        let cases = [
            ("[1,2,]", "[1,2]"),
            ("{\"a\":NaN,\"b\":-Infinity}", "{\"a\":null,\"b\":null}"),
            ("{\"a\":[1,{\"b\":\"c", "{\"a\":[1,{\"b\":\"c\"}]}"),
            ("{\"a\":", "{\"a\":null}"),
            ("[\"a\nb\"]", "[\"a\\nb\"]"),
            ("[\"NaN, ]\"]", "[\"NaN, ]\"]"),
        ];
        for (text, expected) in cases {
            assert_eq!(repair(text), expected, "{text}");
        }
    }
}
