//! The one list of what the configuration can say and this version does not do.
//!
//! Never silently ignored: an error where the assessment would be wrong
//! without it, a warning where it would only be poorer.

use crate::settings::{Entries, Node, Page, Severity, Value};

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
    True,
    Is(&'static str),
}

const fn row(noun: &'static str, key: &'static str, when: When, severity: Severity, advice: &'static str) -> Row {
    Row { noun, key, when, severity, advice }
}

use Severity::{Error, Warning};
use When::{Given, Is, True};

const ROWS: [Row; 12] = [
    row("feed", "follow", True, Error, "take a feed that carries the whole text"),
    row("feed", "auth", Given, Error, "a token can be sent with `headers` and `{secret:name}`"),
    row("feed", "paging", Given, Error, "ask for one page that is long enough"),
    row("indicator", "rhythm", Given, Error, "state `due` instead"),
    row("indicator", "observability", Given, Error, "leave it out; gaps of coverage are unknown in any case"),
    row("condition", "measure", Is("lateness"), Error, "use `days_overdue` with `due`"),
    row("condition", "likelihood_ratio", Given, Warning, "no probability is computed"),
    row("condition", "half_life", Given, Warning, "no probability is computed"),
    row("condition", "group", Given, Warning, "no probability is computed"),
    row("scenario", "prior", Given, Warning, "no probability is computed"),
    row("the settings", "web", Given, Warning, "no page is served; `watchfloor status` shows the same"),
    row("the settings", "rates", Given, Warning, "amounts of different currencies are not compared"),
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
            True => format!("`{} = true`", row.key),
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
        True => node.value == Value::Bool(true),
        Is(word) => node.text() == Some(word),
    }
}
