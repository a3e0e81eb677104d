//! One file while it is being checked: its text and what is wrong with it.

use std::ops::Range;
use std::path::PathBuf;

use super::position;
use super::problem::{Problem, Problems, Severity};

/// The most problems that are kept of one file: nobody reads more at once.
const MOST_PROBLEMS: usize = 500;

/// One file while it is being checked.
#[derive(Debug, Clone)]
pub struct Page {
    /// The file.
    pub path: PathBuf,
    /// What it says.
    pub text: String,
    problems: Vec<Problem>,
    masked: Vec<Range<usize>>,
    overflow: Problem,
}

impl Page {
    /// A file that was read.
    pub fn new(path: PathBuf, text: String) -> Self {
        let overflow = problem(Severity::Error, "too-many-problems", path.clone());
        Self { path, text, problems: Vec::new(), masked: Vec::new(), overflow }
    }

    /// Notes an error; the caller may add what was expected and what to do.
    pub fn error(&mut self, code: &'static str, span: &Range<usize>, message: impl Into<String>) -> &mut Problem {
        self.note(Severity::Error, code, span, message.into())
    }

    /// Notes a warning.
    pub fn warning(&mut self, code: &'static str, span: &Range<usize>, message: impl Into<String>) -> &mut Problem {
        self.note(Severity::Warning, code, span, message.into())
    }

    fn note(&mut self, severity: Severity, code: &'static str, span: &Range<usize>, message: String) -> &mut Problem {
        let mut noted = problem(severity, code, self.path.clone());
        noted.start = position::line_column(&self.text, span.start);
        noted.end = position::line_column(&self.text, span.end.max(span.start));
        noted.message = printable(&message);
        self.problems.push(noted);
        if self.problems.len() > MOST_PROBLEMS {
            self.problems.truncate(MOST_PROBLEMS);
            return &mut self.overflow;
        }
        self.problems.last_mut().unwrap_or(&mut self.overflow)
    }

    /// Keeps what stands there out of everything that is printed.
    pub fn mask(&mut self, span: &Range<usize>) {
        self.masked.push(span.clone());
    }

    /// How many errors there are.
    pub fn errors(&self) -> usize {
        self.problems.iter().filter(|problem| problem.severity == Severity::Error).count()
    }

    /// Where a character (from 1) of the string at `span` is written.
    pub fn inside(&self, span: &Range<usize>, column: Option<usize>) -> Range<usize> {
        column.map_or_else(|| span.clone(), |column| position::inside_string(&self.text, span, column))
    }

    /// Where `length` characters from character `column` (from 1) of the string at `span` are written.
    pub fn inside_range(&self, span: &Range<usize>, column: usize, length: usize) -> Range<usize> {
        let last = column + length.saturating_sub(1);
        self.inside(span, Some(column)).start..self.inside(span, Some(last)).end
    }

    /// Hands the problems on, in order of position.
    pub fn finish(mut self, problems: &mut Problems) {
        self.problems.sort_by_key(|problem| (problem.start, problem.end));
        self.problems.dedup();
        problems.list.append(&mut self.problems);
        let text = self.masked_text();
        problems.sources.push((self.path, text));
    }

    fn masked_text(&self) -> String {
        let hidden = |at: usize, c: char| c != '\n' && self.masked.iter().any(|span| span.contains(&at));
        if self.masked.is_empty() {
            return self.text.clone();
        }
        self.text.char_indices().map(|(at, c)| if hidden(at, c) { '*' } else { c }).collect()
    }
}

fn problem(severity: Severity, code: &'static str, file: PathBuf) -> Problem {
    let (message, label) = (String::new(), String::new());
    Problem { code, severity, file, start: (1, 1), end: (1, 1), message, label, help: None }
}

/// A text that cannot steer a terminal, cut to a length that can be read.
fn printable(text: &str) -> String {
    let safe = |c: char| {
        if c.is_control() || matches!(c, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
            '\u{fffd}'
        } else {
            c
        }
    };
    text.chars().take(400).map(safe).collect()
}
