//! Bytes, lines and columns; and where in a TOML string one of its characters is written.

use std::ops::Range;

/// Line and column of a byte offset, both from 1, columns in characters.
pub fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before.get(line_start..).map_or(0, |line| line.chars().count());
    (before.matches('\n').count() + 1, column + 1)
}

/// The byte offset of a line and column.
pub fn offset(text: &str, (line, column): (usize, usize)) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let rest = text.get(start..).unwrap_or_default();
    start + rest.char_indices().nth(column.saturating_sub(1)).map_or(rest.len(), |(at, _)| at)
}

/// Where the character `column` (from 1) of a TOML string's value is written; `span` is the string with its quotes.
pub fn inside_string(text: &str, span: &Range<usize>, column: usize) -> Range<usize> {
    let Some(raw) = text.get(span.clone()) else { return span.clone() };
    let (open, escapes) = opening(raw);
    let mut at = span.start + open;
    let closing = span.end - open.min(3).min(raw.len());
    for _ in 1..column {
        if at >= closing {
            break;
        }
        at += character(text.get(at..).unwrap_or_default(), escapes);
    }
    if at >= closing {
        // Past the last character: the closing quote shows that something is missing there.
        return closing..(closing + 1).min(span.end);
    }
    at..at + character(text.get(at..).unwrap_or_default(), escapes)
}

/// How many bytes stand before the first character, and whether backslashes escape.
fn opening(raw: &str) -> (usize, bool) {
    let quote = raw.chars().next().unwrap_or('"');
    let triple = raw.len() >= 6 && raw.chars().take(3).all(|c| c == quote);
    let quotes = if triple { 3 } else { 1 };
    let newline = if triple && raw[quotes..].starts_with("\r\n") {
        2
    } else {
        usize::from(triple && raw[quotes..].starts_with('\n'))
    };
    (quotes + newline, quote == '"')
}

/// How many bytes of the source make the next character of the value.
fn character(rest: &str, escapes: bool) -> usize {
    let mut chars = rest.chars();
    match (chars.next(), chars.next()) {
        (Some('\\'), Some(kind)) if escapes && kind.is_whitespace() => {
            // A backslash at the end of a line joins it with the next text.
            let after = rest.get(1..).unwrap_or_default();
            let blanks = after.len() - after.trim_start().len();
            1 + blanks + character(after.trim_start(), escapes)
        }
        (Some('\\'), Some(kind)) if escapes => match kind {
            'u' => 6,
            'U' => 10,
            'x' => 4,
            _ => 1 + kind.len_utf8(),
        },
        (Some(c), _) => c.len_utf8(),
        (None, _) => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, column: usize, expected: &str) {
        let span = 4..source.len();
        assert_eq!(&source[inside_string(source, &span, column)], expected, "{source} {column}");
    }

    #[test]
    fn characters_of_strings_are_found() {
        check("k = 'a[b'", 2, "[");
        check(r#"k = "a\\[b""#, 3, "[");
        check(r#"k = "\u0416[b""#, 2, "[");
        check("k = 'Жж['", 3, "[");
        check("k = '''\nab'''", 2, "b");
        check("k = 'ab'", 3, "'");
        check("k = 'ab'", usize::MAX, "'");
        check("k = \"\"\"a\\\n   b\"\"\"", 2, "\\\n   b");
    }

    #[test]
    fn offsets_and_columns_are_inverse() {
        let text = "a = 1\nЖ = 'й'\n\nz";
        for (offset_of, _) in text.char_indices() {
            assert_eq!(offset(text, line_column(text, offset_of)), offset_of);
        }
    }
}
