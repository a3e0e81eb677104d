//! CSV exactly as RFC 4180 writes it, for `extract --csv`; feeds are read by the tolerant reader of `csv`.
//!
//! The grammar is that of section 2 with any delimiter, and a line feed alone
//! ends a record as well, as every Unix program writes it.

use std::str::CharIndices;

/// The records of a text, one list of values each.
#[derive(Debug, Clone)]
pub struct Records<'a> {
    text: &'a str,
    at: usize,
    line: usize,
    delimiter: char,
    width: Option<usize>,
}

/// What is not CSV, and in which line, from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct NoRecord {
    /// The line in which the record or the quoted value begins.
    pub line: usize,
    /// What is wrong, as a sentence fragment.
    pub why: String,
}

impl<'a> Records<'a> {
    /// The records of a text whose values the delimiter keeps apart.
    pub fn new(text: &'a str, delimiter: char) -> Self {
        Self { text, at: 0, line: 1, delimiter, width: None }
    }

    /// The next value from `self.at`, and what stands behind it.
    fn value(&mut self) -> Result<(String, End), NoRecord> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let (value, length) = match rest.strip_prefix('"') {
            Some(inner) => self.quoted(inner)?,
            None => {
                let length = rest.find([self.delimiter, '\r', '\n', '"']).unwrap_or(rest.len());
                (rest.get(..length).unwrap_or_default().to_owned(), length)
            }
        };
        let behind = rest.get(length..).unwrap_or_default();
        let (end, taken) = self.end(behind)?;
        self.at += length + taken;
        Ok((value, end))
    }

    /// A quoted value, and its length with both quotes.
    fn quoted(&mut self, inner: &str) -> Result<(String, usize), NoRecord> {
        let begun = self.line;
        let mut value = String::new();
        let mut letters: CharIndices<'_> = inner.char_indices();
        while let Some((at, c)) = letters.next() {
            if c == '\n' {
                self.line += 1;
            }
            if c != '"' {
                value.push(c);
            } else if inner.get(at + 1..).is_some_and(|rest| rest.starts_with('"')) {
                value.push('"');
                letters.next();
            } else {
                return Ok((value, at + 2));
            }
        }
        Err(NoRecord { line: begun, why: "a quoted value is never closed".to_owned() })
    }

    /// What ends a value, and its length.
    fn end(&self, behind: &str) -> Result<(End, usize), NoRecord> {
        let mut letters = behind.chars();
        let why = match (letters.next(), letters.next()) {
            (None, _) => return Ok((End::Text, 0)),
            (Some(c), _) if c == self.delimiter => return Ok((End::Value, c.len_utf8())),
            (Some('\n'), _) => return Ok((End::Line, 1)),
            (Some('\r'), Some('\n')) => return Ok((End::Line, 2)),
            (Some('\r'), _) => "a carriage return stands without a line feed; quote the value".to_owned(),
            (Some('"'), _) => "a quote stands within a value; quote the value and double the quote".to_owned(),
            (Some(c), _) => {
                format!("`{c}` stands behind a closing quote; expected `{}` or the line's end", self.delimiter)
            }
        };
        Err(NoRecord { line: self.line, why })
    }

    fn record(&mut self) -> Result<Vec<String>, NoRecord> {
        let begun = self.line;
        let mut values = Vec::with_capacity(self.width.unwrap_or_default());
        loop {
            let (value, end) = self.value()?;
            values.push(value);
            match end {
                End::Value => {}
                End::Line => {
                    self.line += 1;
                    break;
                }
                End::Text => break,
            }
        }
        let width = *self.width.get_or_insert(values.len());
        if values.len() != width {
            let why = format!("the record has {} values; the first one has {width}", values.len());
            return Err(NoRecord { line: begun, why });
        }
        Ok(values)
    }
}

/// What stands behind a value.
enum End {
    /// Another value of the record.
    Value,
    /// The record's end.
    Line,
    /// The text's end.
    Text,
}

impl Iterator for Records<'_> {
    type Item = Result<Vec<String>, NoRecord>;

    /// The next record; after an error there is none.
    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.text.len() {
            return None;
        }
        let record = self.record();
        if record.is_err() {
            self.at = self.text.len();
        }
        Some(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&[&str]]) {
        let read: Vec<Vec<String>> = Records::new(text, ',').map(Result::unwrap).collect();
        assert_eq!(read, expected, "{text:?}");
    }

    #[track_caller]
    fn refused(text: &str, line: usize, part: &str) {
        let error = Records::new(text, ',').find_map(Result::err).unwrap();
        assert_eq!(error.line, line, "{text:?}: {error}");
        assert!(error.why.contains(part), "{error}");
    }

    #[test]
    fn the_examples_of_the_standard() {
        check("aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n", &[&["aaa", "bbb", "ccc"], &["zzz", "yyy", "xxx"]]);
        check("aaa,bbb,ccc\r\nzzz,yyy,xxx", &[&["aaa", "bbb", "ccc"], &["zzz", "yyy", "xxx"]]);
        check("\"aaa\",\"b \r\nbb\",\"ccc\"\r\nzzz,yyy,xxx", &[&["aaa", "b \r\nbb", "ccc"], &["zzz", "yyy", "xxx"]]);
        check("\"aaa\",\"b\"\"bb\",\"ccc\"", &[&["aaa", "b\"bb", "ccc"]]);
    }

    #[test]
    fn blanks_and_empty_values_are_kept() {
        check(" a ,,\n,\"\",x\n", &[&[" a ", "", ""], &["", "", "x"]]);
        check("a\n\nb\n", &[&["a"], &[""], &["b"]]);
        check("", &[]);
        check("Куп'янськ,\u{1f600}", &[&["Куп'янськ", "\u{1f600}"]]);
    }

    #[test]
    fn other_texts_are_refused_with_their_line() {
        refused("a,b\n1\n", 2, "1 values");
        refused("a,b\n1,2\n\n", 3, "1 values");
        refused("a,b\n1,2,3", 2, "3 values");
        refused("a,b\n\"1\n\n,2", 2, "never closed");
        refused("a,b\n\"x\ny\",\"z\"q", 3, "`q` stands behind");
        refused("a\nb\"c\n", 2, "quote stands within");
        refused("a\rb", 1, "carriage return");
    }

    #[test]
    fn any_delimiter() {
        let read: Vec<_> = Records::new("a;\"b;\";c,d", ';').map(Result::unwrap).collect();
        assert_eq!(read, [["a", "b;", "c,d"]]);
    }
}
