//! A problem of a file: what is wrong, where, what was expected, what to do.

use std::path::PathBuf;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::position;

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The configuration cannot be used.
    Error,
    /// It can, and probably does not do what is meant.
    Warning,
}

impl Severity {
    /// The word of the output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One problem. Lines and columns count from 1, columns in characters; `end` is the first position after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// A stable kebab-case code.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The file.
    pub file: PathBuf,
    /// Line and column where it begins.
    pub start: (usize, usize),
    /// Line and column after it.
    pub end: (usize, usize),
    /// What is wrong, with the value, as a sentence.
    pub message: String,
    /// What was expected; empty for nothing to say.
    pub label: String,
    /// What to do.
    pub help: Option<String>,
}

impl Problem {
    /// Says what was expected.
    pub fn label(&mut self, label: impl Into<String>) -> &mut Self {
        self.label = label.into();
        self
    }

    /// Says what to do.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Suggests the known name nearest to `word`, where one is near.
    pub fn nearest<'a>(&mut self, word: &str, known: impl IntoIterator<Item = &'a str>) -> &mut Self {
        if let Some(name) = nearest(word, known) {
            self.help = Some(format!("did you mean `{name}`?"));
        }
        self
    }
}

/// The known name nearest to a word; `None` where none is near enough to be meant.
fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let scored = known.into_iter().map(|name| (name, strsim::jaro_winkler(word, name)));
    scored.filter(|(_, score)| *score > 0.75).max_by(|a, b| a.1.total_cmp(&b.1)).map(|(name, _)| name)
}

/// Every problem of every file, with the text of those files.
#[derive(Debug, Clone, Default)]
pub struct Problems {
    /// In the order of files, and within a file of positions.
    pub list: Vec<Problem>,
    /// The files' texts, secrets masked.
    pub sources: Vec<(PathBuf, String)>,
}

impl Problems {
    /// Whether one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// Writes all of them for people, with the source lines.
    pub fn print(&self, color: bool) -> String {
        self.list.iter().map(|problem| self.print_one(problem, color) + "\n\n").collect()
    }

    fn print_one(&self, problem: &Problem, color: bool) -> String {
        let level = match problem.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let path = problem.file.display().to_string();
        let mut group = Group::with_title(level.primary_title(problem.message.as_str()).id(problem.code));
        if let Some((_, text)) = self.sources.iter().find(|(file, _)| *file == problem.file) {
            let span = position::offset(text, problem.start)..position::offset(text, problem.end);
            let mut mark = AnnotationKind::Primary.span(span);
            if !problem.label.is_empty() {
                mark = mark.label(problem.label.as_str());
            }
            group = group.element(Snippet::source(text.as_str()).path(path).annotation(mark));
        }
        if let Some(help) = &problem.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&[group]).clone()
    }
}
