//! `value = { field = "…" }`: the figure of a named field.

use super::numbers::only_figure;
use super::source::{Source, field, no_field};
use super::{Figure, FigureReader};

/// What tables write where they have no figure. It is missing, not zero.
const PLACEHOLDERS: &[&str] =
    &["", "-", "–", "—", "n/a", "na", "null", "none", "nil", "nan", "unknown", "?", "...", "…"];

/// A field that holds a figure.
#[derive(Debug, Clone)]
pub(super) struct FieldReader {
    name: String,
}

impl FieldReader {
    /// Reads the field of this name.
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.to_owned() }
    }
}

impl FigureReader for FieldReader {
    fn read(&self, source: &Source<'_>) -> Figure {
        let Some(text) = field(source.item, &self.name) else {
            return Figure::no_match(no_field(source.item, &self.name));
        };
        of_field(&text, &format!("the field `{}`", self.name), source)
    }
}

/// The one figure of a text that should hold nothing else; `name` says what it is.
pub(super) fn of_field(text: &str, name: &str, source: &Source<'_>) -> Figure {
    if PLACEHOLDERS.contains(&text.trim().to_lowercase().as_str()) {
        return Figure::no_match(format!("{name} is empty, which is not zero"));
    }
    let captured = only_figure(text, source.comma(text));
    let shown = crate::model::text::one_line(text, 40);
    match captured.reading.why() {
        Some("no figure") => Figure::error(format!("{name} is `{shown}`; expected a figure")),
        Some(why) => Figure::no_match(format!("{name} is `{shown}`: {why}")),
        None => Figure::of_text(text, captured),
    }
}
