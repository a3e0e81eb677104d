//! Table descriptions → the reference in Markdown.

use std::fmt::Write as _;

use super::key::{Key, Kind, Need, Table};

/// The reference of some files: their titles and tables.
pub fn reference(files: &[(&str, &'static Table)]) -> String {
    let mut text = "# Configuration\n\nEvery key of every file. This page is written by the program itself.\n\n\
        Durations are `15m`, `72h`, `7d`; distances `40 km`; sizes `16 MiB`; shares `-25%`; dates TOML dates; moments \
        TOML times with an offset. \
        Relative paths are relative to the file that names them.\n"
        .to_owned();
    for (title, table) in files {
        let _ = write!(text, "\n## {title}\n\n{}\n", table.doc);
        keys(table, &mut text);
        sub_tables(table, "", &mut text);
    }
    text
}

fn keys(table: &'static Table, text: &mut String) {
    text.push_str("\n| key | takes | default | |\n| --- | --- | --- | --- |\n");
    for key in table.keys {
        let default = match key.need {
            Need::Required => "*required*",
            Need::Default(default) => default,
        };
        let takes = takes(&key.kind).replace('|', "\\|");
        let _ = writeln!(text, "| `{}` | {takes} | {default} | {} |", key.name, key.doc.replace('|', "\\|"));
    }
}

fn sub_tables(table: &'static Table, path: &str, text: &mut String) {
    for key in table.keys {
        section(key, &key.kind, path, text);
    }
}

fn section(key: &'static Key, kind: &'static Kind, path: &str, text: &mut String) {
    let (table, name, header) = match kind {
        Kind::Table(table) => (*table, format!("{path}{}", key.name), format!("[{path}{}]", key.name)),
        Kind::Ids(table) => (*table, format!("{path}{}.ID", key.name), format!("[{path}{}.ID]", key.name)),
        Kind::List(Kind::Table(table)) => (*table, format!("{path}{}", key.name), format!("[[{path}{}]]", key.name)),
        Kind::Map(Kind::List(Kind::Table(table))) => {
            (*table, format!("{path}{}.ID", key.name), format!("[[{path}{}.ID]]", key.name))
        }
        Kind::Either(kinds) => return kinds.iter().for_each(|kind| section(key, kind, path, text)),
        _ => return,
    };
    let _ = write!(text, "\n### `{header}`\n\n{}\n", table.doc);
    keys(table, text);
    sub_tables(table, &format!("{name}."), text);
}

/// What a key takes, shorter than for a message.
fn takes(kind: &'static Kind) -> String {
    match kind {
        Kind::Table(_) | Kind::Anything => "a table".to_owned(),
        Kind::Ids(table) => format!("a table for each {}", table.noun),
        Kind::List(Kind::Table(_)) => "tables".to_owned(),
        Kind::List(kind) => format!("a list: {}", takes(kind)),
        Kind::Map(Kind::List(Kind::Table(_))) => "tables for each id".to_owned(),
        Kind::Map(kind) => format!("a table: names, each with {}", takes(kind)),
        Kind::Either(kinds) => kinds.iter().map(takes).collect::<Vec<_>>().join(", or "),
        Kind::Duration => "a duration".to_owned(),
        Kind::Distance => "a distance".to_owned(),
        Kind::Size => "a size".to_owned(),
        Kind::Share => "a share".to_owned(),
        Kind::Date => "a date".to_owned(),
        Kind::Moment => "a moment".to_owned(),
        Kind::Releases => "`2 releases`".to_owned(),
        Kind::Word(words) if words.len() > 12 => "a word".to_owned(),
        _ => kind.expected(),
    }
}
