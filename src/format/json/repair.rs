//! Text that is nearly JSON → JSON, in one pass: `NaN` and its like become
//! `null`, commas before a bracket go, control characters in strings are
//! escaped, what is open at the end is closed. Of a list that breaks off, the
//! element that was cut is left out: half a figure is another figure.

use super::value::string_end;

/// How deep brackets may nest; deeper text is left to the parser to refuse.
const DEPTH: usize = 128;

/// A bracket that is open: what closes it, and how much of the output is of its complete elements.
struct Open {
    closes: char,
    complete: usize,
}

/// JSON of the same meaning, and whether an element was left out at its end.
pub fn repair(text: &str) -> (String, bool) {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len() + 16);
    let mut open: Vec<Open> = Vec::new();
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
            b'{' | b'[' if open.len() < DEPTH => {
                let closes = if *byte == b'{' { '}' } else { ']' };
                open.push(Open { closes, complete: out.len() + 1 });
            }
            b',' => {
                if let Some(inner) = open.last_mut() {
                    inner.complete = out.len();
                }
            }
            b'}' | b']' => {
                drop_comma(&mut out);
                open.pop();
                out.push(char::from(*byte));
                // A list or object that is closed is whole, whatever follows.
                if let Some(outer) = open.last_mut() {
                    outer.complete = out.len();
                }
                at += 1;
                continue;
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
    let is_cut = close(&mut out, open);
    (out, is_cut)
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

/// Closes what is open. The outermost list loses the element that was cut, and says so; a member that was cut before its
/// value gets none.
fn close(out: &mut String, mut open: Vec<Open>) -> bool {
    if open.is_empty() {
        return false;
    }
    let list = open.iter().position(|one| one.closes == ']');
    let complete = list.and_then(|place| open.get(place)).map_or(out.len(), |one| one.complete);
    let is_cut = !out.get(complete..).unwrap_or_default().trim_matches([',', ' ', '\n', '\r', '\t']).is_empty();
    out.truncate(complete);
    open.truncate(list.map_or(open.len(), |place| place + 1));
    drop_comma(out);
    if out.trim_end().ends_with(':') {
        out.push_str("null");
    }
    open.into_iter().rev().for_each(|one| out.push(one.closes));
    is_cut
}

#[cfg(test)]
mod tests {
    use super::repair;

    #[test]
    fn nearly_json_becomes_json() {
        let cases = [
            ("[1,2,]", "[1,2]"),
            ("{\"a\":NaN,\"b\":-Infinity}", "{\"a\":null,\"b\":null}"),
            ("{\"b\":\"c", "{\"b\":\"c\"}"),
            ("[{\"a\":1},{\"b\":2}", "[{\"a\":1},{\"b\":2}]"),
            ("{\"l\":[[1],[2]]", "{\"l\":[[1],[2]]}"),
            ("{\"a\":", "{\"a\":null}"),
            ("[\"a\nb\"]", "[\"a\\nb\"]"),
            ("[\"NaN, ]\"]", "[\"NaN, ]\"]"),
        ];
        for (text, expected) in cases {
            assert_eq!(repair(text), (expected.to_owned(), false), "{text}");
        }
    }

    #[test]
    fn the_element_that_was_cut_is_left_out() {
        let cases = [
            ("{\"a\":[1,{\"b\":\"c", "{\"a\":[1]}"),
            ("[{\"n\":5},{\"n\":12", "[{\"n\":5}]"),
            ("[10,2", "[10]"),
            ("{\"features\":[{\"geometry\":{\"coordinates\":[[[1,2],[3", "{\"features\":[]}"),
        ];
        for (text, expected) in cases {
            assert_eq!(repair(text), (expected.to_owned(), true), "{text}");
        }
    }
}
