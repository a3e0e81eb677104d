//! Table descriptions → JSON Schema (draft 2020-12), so that editors complete and check while typing.

use serde_json::{Map, Value, json};

use super::key::{Key, Kind, Need, Table};

/// The schema of a file.
pub fn schema(table: &'static Table) -> Value {
    let mut schema = of_table(table);
    if let Some(members) = schema.as_object_mut() {
        members.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        members.insert("title".to_owned(), json!(table.noun));
    }
    schema
}

fn of_table(table: &'static Table) -> Value {
    let properties: Map<String, Value> = table.keys.iter().map(|key| (key.name.to_owned(), of_key(key))).collect();
    let required: Vec<&str> = table.keys.iter().filter(|key| key.need == Need::Required).map(|key| key.name).collect();
    json!({
        "type": "object",
        "description": table.doc,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn of_key(key: &'static Key) -> Value {
    let mut schema = of_kind(&key.kind);
    if let Some(members) = schema.as_object_mut() {
        let default = match key.need {
            Need::Default(default) if !default.is_empty() => format!(" Default: {default}."),
            _ => String::new(),
        };
        members.insert("description".to_owned(), json!(format!("{}{default}", key.doc)));
    }
    schema
}

fn of_kind(kind: &'static Kind) -> Value {
    let pattern = |pattern: &str| json!({ "type": "string", "pattern": pattern });
    match kind {
        Kind::Text => json!({ "type": "string", "minLength": 1 }),
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::Integer(low, high) => json!({ "type": "integer", "minimum": low, "maximum": high }),
        Kind::Number(low, high) if *low == f64::MIN && *high == f64::MAX => json!({ "type": "number" }),
        Kind::Number(low, high) if *high == f64::MAX => json!({ "type": "number", "minimum": low }),
        Kind::Number(low, high) => json!({ "type": "number", "minimum": low, "maximum": high }),
        Kind::Duration => pattern("^ *([0-9]+ *(s|sec|m|min|h|d|day|days|w) *)+$"),
        Kind::Distance => pattern("^ *[0-9.]+ *(km|m) *$"),
        Kind::Size => pattern("^ *[0-9.]+ *(B|kB|MB|GB|KiB|MiB|GiB) *$"),
        Kind::Share => pattern("^ *[-+]?[0-9.]+ *% *$"),
        // Editors show TOML dates to a schema as strings.
        Kind::Date => json!({ "type": "string", "format": "date" }),
        Kind::Moment => json!({ "type": "string", "format": "date-time" }),
        Kind::Releases => pattern("^ *[0-9]+ +releases? *$"),
        Kind::Word(words) => json!({ "enum": words }),
        Kind::Secret => of_table(&super::read::SECRET),
        Kind::List(kind) => json!({ "type": "array", "items": of_kind(kind) }),
        Kind::Table(table) => of_table(table),
        Kind::Ids(table) => json!({
            "type": "object",
            "propertyNames": { "pattern": "^[A-Za-z0-9_-]{1,64}$" },
            "additionalProperties": of_table(table),
        }),
        Kind::Map(kind) => json!({ "type": "object", "additionalProperties": of_kind(kind) }),
        Kind::Either(kinds) => json!({ "anyOf": kinds.iter().map(of_kind).collect::<Vec<_>>() }),
        Kind::Anything => json!({ "type": "object" }),
    }
}
