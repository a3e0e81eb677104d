//! `value = { jsonpath = "…" }`: a figure in the JSON of an item (RFC 9535).

use serde_json::Value as Json;
use serde_json_path::JsonPath;

use super::field::of_field;
use super::numbers::{Captured, Reading};
use super::source::Source;
use super::{Figure, FigureReader, RuleError};
use crate::model::quantity::Quantity;

/// The parser recurses on its input, so that length and depth are bounded before.
const LONGEST: usize = 1024;
const DEEPEST: usize = 32;

/// A path into the element of an item.
#[derive(Debug, Clone)]
pub(super) struct JsonPathReader {
    path: JsonPath,
    shown: String,
}

impl JsonPathReader {
    /// Compiles a path.
    ///
    /// # Errors
    /// Where it is invalid, too long or too deep, with the column.
    pub(super) fn new(path: &str) -> Result<Self, RuleError> {
        Ok(Self { path: compile(path)?, shown: path.to_owned() })
    }
}

impl FigureReader for JsonPathReader {
    fn read(&self, source: &Source<'_>) -> Figure {
        let Some(raw) = source.item.raw.as_deref() else {
            return Figure::error("the item carries no JSON to look into");
        };
        let document: Json = match serde_json::from_str(raw) {
            Ok(document) => document,
            Err(error) => return Figure::error(format!("the item is no JSON: {error}")),
        };
        let nodes = self.path.query(&document).all();
        let name = format!("`{}`", self.shown);
        match nodes.split_first() {
            None => Figure::no_match(format!("{name} selects nothing")),
            Some((first, rest)) if rest.iter().all(|node| node == first) => of_node(first, &name, source),
            Some(_) => Figure::no_match(format!("{name} selects {} values that differ", nodes.len())),
        }
    }
}

/// What a path selects in a JSON text, in document order.
///
/// # Errors
/// Where the path is invalid, with the column.
pub fn select<'j>(document: &'j Json, path: &str) -> Result<Vec<&'j Json>, RuleError> {
    Ok(compile(path)?.query(document).all())
}

fn of_node(node: &Json, name: &str, source: &Source<'_>) -> Figure {
    match node {
        Json::Number(number) => of_number(number, name),
        Json::String(text) => of_field(text, name, source),
        Json::Null => Figure::no_match(format!("{name} is null, which is not zero")),
        Json::Bool(_) => Figure::error(format!("{name} is true or false; expected a figure")),
        Json::Array(_) => Figure::error(format!("{name} is a list; expected a figure")),
        Json::Object(_) => Figure::error(format!("{name} is an object; expected a figure")),
    }
}

fn of_number(number: &serde_json::Number, name: &str) -> Figure {
    let text = number.to_string();
    let Some(value) = number.as_f64().filter(|value| value.is_finite()) else {
        return Figure::error(format!("{name} is {text}, which is no finite figure"));
    };
    let reading = if value == 0.0 { Reading::StatedZero } else { Reading::Value(Quantity::exact(value)) };
    Figure::of_text(&text, Captured { reading, unit: None, range: 0..text.len() })
}

fn compile(path: &str) -> Result<JsonPath, RuleError> {
    let error = |message, column| RuleError { key: "value", message, column };
    if path.len() > LONGEST {
        return Err(error(format!("the path has {} bytes; expected at most {LONGEST}", path.len()), None));
    }
    if let Some(column) = super::text::nesting::beyond(path, DEEPEST) {
        return Err(error(format!("the path is nested more than {DEEPEST} deep"), Some(column)));
    }
    JsonPath::parse(path).map_err(|reason| {
        let column = path.get(..reason.position()).map(|before| before.chars().count() + 1);
        error(format!("the path `{path}` is invalid: {}; expected JSONPath (RFC 9535)", reason.message()), column)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_the_column() {
        let deep = format!("$[?{}@.a{}]", "(".repeat(3_000), ")".repeat(3_000));
        for (path, part) in [("$.a[", "invalid"), ("a", "invalid"), (&deep, "bytes"), (&deep[..1000], "nested")] {
            let error = compile(path).unwrap_err();
            assert!(error.message.contains(part), "{path}: {}", error.message);
        }
        assert_eq!(compile("$.a[?").unwrap_err().column, Some(6));
    }
}
