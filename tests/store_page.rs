//! What `docs/store.md` says of the database, run against one.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, ToSql};
use watchfloor::model::name::Name;
use watchfloor::store::{Reader, Store};

fn page() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/store.md")).unwrap()
}

/// The fenced blocks of a language, in their order.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    page.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

/// The demonstration's store, brought up to date.
fn database(folder: &Path) -> PathBuf {
    let path = folder.join("watchfloor.db");
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testdata/store/schema-4.sql");
    Connection::open(&path).unwrap().execute_batch(&std::fs::read_to_string(fixture).unwrap()).unwrap();
    drop(Store::open(&path).unwrap());
    path
}

const INDICATOR: &str = "kupyansk/sorties";

/// Runs one block with the page's parameters; gives its rows, each cell as text.
fn rows(connection: &Connection, sql: &str, as_of: i64) -> Vec<Vec<String>> {
    let mut statement = connection.prepare(sql).unwrap_or_else(|error| panic!("{sql}\n{error}"));
    let parameters: [(&str, &dyn ToSql); 4] =
        [(":indicator", &INDICATOR), (":as_of", &as_of), (":alert", &1), (":feed", &"kupyansk/counters")];
    for (name, value) in parameters {
        if let Some(place) = statement.parameter_index(name).unwrap() {
            statement.raw_bind_parameter(place, value).unwrap();
        }
    }
    let width = statement.column_count();
    let mut found = Vec::new();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().unwrap() {
        let cell = |place| match row.get::<_, rusqlite::types::Value>(place).unwrap() {
            rusqlite::types::Value::Null => String::new(),
            rusqlite::types::Value::Integer(number) => number.to_string(),
            rusqlite::types::Value::Real(number) => number.to_string(),
            rusqlite::types::Value::Text(text) => text,
            rusqlite::types::Value::Blob(_) => panic!("no table of ours has one"),
        };
        found.push((0..width).map(cell).collect());
    }
    found
}

#[test]
fn every_query_of_the_page_answers() {
    let folder = tempfile::tempdir().unwrap();
    let connection = Connection::open(database(folder.path())).unwrap();
    let queries = blocks(&page(), "sql");
    assert!(queries.len() >= 7, "{}", queries.len());
    for sql in queries {
        assert!(!rows(&connection, &sql, i64::MAX).is_empty(), "no row from\n{sql}");
    }
}

#[test]
fn the_page_and_the_program_see_the_same_values() {
    let folder = tempfile::tempdir().unwrap();
    let path = database(folder.path());
    let connection = Connection::open(&path).unwrap();
    let sql = &blocks(&page(), "sql")[0];
    let indicator = Name::parse(INDICATOR).unwrap();
    let mut reader = Reader::open(&path).unwrap();
    let mut sizes = BTreeSet::new();
    for as_of in ["2025-12-20T00:00:00Z", "2025-12-27T12:00:00Z", "2026-01-02T00:00:00Z", "2100-01-01T00:00:00Z"] {
        let moment: Timestamp = as_of.parse().unwrap();
        let ours: Vec<String> = reader
            .read(|view| view.observations(&indicator, moment, Timestamp::MIN, Timestamp::MAX))
            .unwrap()
            .iter()
            .map(|value| value.id.to_string())
            .collect();
        let theirs: Vec<String> =
            rows(&connection, sql, moment.as_millisecond()).iter().map(|row| row.last().unwrap().clone()).collect();
        assert_eq!(ours, theirs, "as of {as_of}");
        sizes.insert(ours.len());
    }
    assert!(sizes.len() > 1, "the moments show different pictures: {sizes:?}");
}

#[test]
fn the_page_names_every_table_and_every_column_of_values() {
    let folder = tempfile::tempdir().unwrap();
    let connection = Connection::open(database(folder.path())).unwrap();
    let names = |sql: &str| -> Vec<String> {
        let mut statement = connection.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let page = page();
    let tables = names("SELECT name FROM sqlite_schema WHERE type = 'table'");
    let columns = names("SELECT name FROM pragma_table_info('observation')");
    assert!(tables.len() > 10 && columns.len() > 30);
    let untold: Vec<&String> =
        tables.iter().chain(&columns).filter(|name| !page.contains(&format!("`{name}`"))).collect();
    assert!(untold.is_empty(), "docs/store.md does not say what these are: {untold:?}");
    let version: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert!(page.contains(&format!("the number of the schema, {version} on this page")));
    let operations = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operations.md")).unwrap();
    assert!(operations.contains(&format!("PRAGMA user_version = {version};")), "what a rescued file is given");
}
