//! `value = { jsonpath = "…" }`: a figure in the JSON of an item (RFC 9535).

use serde_json::Value as Json;
use serde_json_path::JsonPath;

use super::field::of_field;
use super::numbers::{Captured, Reading};
use super::source::Source;
use super::{Figure, FigureReader, RuleError};
use crate::format::expression;
use crate::model::quantity::Quantity;

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
    expression::path(path).map_err(|(message, column)| RuleError { key: "value", message, column })
}
