//! What commands print: JSON lines, or tables and text, harmless on any terminal.

use std::fmt::Write as _;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::CommandFactory;
use comfy_table::{ContentArrangement, Table, presets};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::{Cli, Done};
use crate::model::text::for_terminal;
use crate::model::time::rfc3339;

/// How a command's answer is printed.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    /// As JSON lines.
    pub json: bool,
}

impl Output {
    /// Prints one JSON line.
    pub fn line(self, value: &Value) {
        let mut safe = String::new();
        for c in value.to_string().chars() {
            // JSON itself escapes C0; DEL and C1 steer terminals as well.
            if ('\u{7f}'..='\u{9f}').contains(&c) {
                let _ = write!(safe, "\\u{:04x}", u32::from(c));
            } else {
                safe.push(c);
            }
        }
        print_line(&safe);
    }

    /// Prints text.
    pub fn text(self, text: &str) {
        print_line(&for_terminal(text));
    }

    /// Prints a table; of none, a sentence.
    pub fn table(self, headings: &[&str], rows: Vec<Vec<String>>, none: &str) {
        if rows.is_empty() {
            print_line(none);
            return;
        }
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_header(headings.to_vec());
        for row in rows {
            table.add_row(row.iter().map(|cell| for_terminal(cell)).collect::<Vec<_>>());
        }
        print_line(&table.trim_fmt());
    }
}

/// A reader that has gone away is no failure.
fn print_line(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// A text within XML or HTML: what would end it is written as a reference, what XML cannot hold as U+FFFD.
pub fn for_xml(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\t' | '\n' => safe.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => safe.push('\u{fffd}'),
            c => safe.push(c),
        }
    }
    safe
}

/// Whether standard error is a terminal: only there is colour.
pub fn is_terminal() -> bool {
    std::io::stderr().is_terminal()
}

/// An instant in a zone, or `null`.
pub fn time(at: Option<Timestamp>, zone: &TimeZone) -> Value {
    at.map_or(Value::Null, |at| Value::String(rfc3339(at, zone)))
}

/// An instant in a zone for people.
pub fn moment(at: Option<Timestamp>, zone: &TimeZone) -> String {
    at.map_or_else(|| "never".to_owned(), |at| zone.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string())
}

/// Prints a shell's completions.
pub fn completions(shell: clap_complete::Shell) -> Done {
    clap_complete::generate(shell, &mut Cli::command(), "watchfloor", &mut std::io::stdout());
    Ok(ExitCode::SUCCESS)
}

/// Prints the manual page.
pub fn manual(folder: Option<&Path>) -> Done {
    match folder {
        None => clap_mangen::Man::new(Cli::command()).render(&mut std::io::stdout())?,
        Some(folder) => clap_mangen::generate_to(Cli::command(), folder)?,
    }
    Ok(ExitCode::SUCCESS)
}
