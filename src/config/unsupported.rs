//! The one list of what the configuration can say and this version does not do.
//!
//! Never silently ignored: an error where the assessment would be wrong
//! without it, a warning where it would only be poorer.

use crate::settings::{Entries, Page, Severity};

struct Row {
    /// The table's noun in `config::keys`.
    noun: &'static str,
    key: &'static str,
    severity: Severity,
    /// What holds instead, or what to do.
    advice: &'static str,
}

const fn row(noun: &'static str, key: &'static str, severity: Severity, advice: &'static str) -> Row {
    Row { noun, key, severity, advice }
}

use Severity::{Error, Warning};

const ROWS: [Row; 1] = [row("the settings", "web", Warning, "no page is served; `watchfloor status` shows the same")];

/// Reports what a table asks for and does not get.
pub fn check(noun: &str, entries: &Entries, page: &mut Page) {
    for row in ROWS.iter().filter(|row| row.noun == noun) {
        let Some(entry) = entries.entry(row.key) else { continue };
        let message = format!("`{}` is not supported yet", row.key);
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
        let severity = row.severity.word();
        text.push_str(&format!("| {} | `{}` | {severity} | {} |\n", row.noun, row.key, row.advice));
    }
    text
}
