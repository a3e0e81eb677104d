//! The one list of what the configuration can say and this version does not do.
//!
//! Never silently ignored: an error where the assessment would be wrong
//! without it, a warning where it would only be poorer.

use crate::settings::{Entries, Node, Page, Severity};

struct Row {
    /// The table's noun in `config::keys`.
    noun: &'static str,
    key: &'static str,
    when: When,
    severity: Severity,
    /// What holds instead, or what to do.
    advice: &'static str,
}

enum When {
    Given,
    Is(&'static str),
}

const fn row(noun: &'static str, key: &'static str, when: When, severity: Severity, advice: &'static str) -> Row {
    Row { noun, key, when, severity, advice }
}

use Severity::{Error, Warning};
use When::{Given, Is};

const ROWS: [Row; 4] = [
    row("condition", "measure", Is("farrington"), Error, "use `zscore`, `poisson` or `ears-c1`"),
    row("condition", "measure", Is("scan"), Error, "use `corroborated` with a `window`"),
    row("condition", "partial", Is("nowcast"), Error, "leave it out: only final readings decide"),
    row("the settings", "web", Given, Warning, "no page is served; `watchfloor status` shows the same"),
];

/// Reports what a table asks for and does not get.
pub fn check(noun: &str, entries: &Entries, page: &mut Page) {
    for row in ROWS.iter().filter(|row| row.noun == noun) {
        let Some(entry) = entries.entry(row.key).filter(|entry| asks(&row.when, &entry.node)) else { continue };
        let what = match row.when {
            Is(word) => format!("`{} = \"{word}\"`", row.key),
            _ => format!("`{}`", row.key),
        };
        let message = format!("{what} is not supported yet");
        let problem = match row.severity {
            Error => page.error("not-supported-yet", &entry.name_span, message),
            Warning => page.warning("not-supported-yet", &entry.name_span, message),
        };
        problem.help(row.advice).label(match row.severity {
            Error => "not done by this version",
            Warning => "read, and without effect",
        });
    }
}

/// The list as Markdown.
pub fn reference() -> String {
    let mut text = "\n## Not supported yet\n\nRead and reported, never silently ignored.\n\n\
        | where | what | | instead |\n| --- | --- | --- | --- |\n"
        .to_owned();
    for row in &ROWS {
        let what = match row.when {
            Given => format!("`{}`", row.key),
            Is(word) => format!("`{} = \"{word}\"`", row.key),
        };
        let severity = row.severity.word();
        text.push_str(&format!("| {} | {what} | {severity} | {} |\n", row.noun, row.advice));
    }
    text
}

fn asks(when: &When, node: &Node) -> bool {
    match when {
        Given => true,
        Is(word) => node.text() == Some(word),
    }
}
