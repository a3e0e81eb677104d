//! A table, whatever it is written in: columns with names, and a row an item.
//!
//! Columns are found by name, whatever their order; all of them become fields.

use std::collections::HashSet;

use super::draft::Draft;
use super::identity::{self, Identities};
use super::input::Input;
use super::plan::Plan;
use super::warnings::Warnings;
use super::{FormatError, MOST_ITEMS};
use crate::model::item::{Header, Item, Parsed};
use crate::model::text::one_line;

/// How many columns a table may have.
pub const MOST_COLUMNS: usize = 1000;

/// Columns that fill a member by themselves when the configuration names none.
const CUSTOMARY: [(&str, &str); 13] = [
    ("latitude", "lat"),
    ("lat", "lat"),
    ("longitude", "lon"),
    ("lon", "lon"),
    ("lng", "lon"),
    ("title", "title"),
    ("link", "link"),
    ("url", "link"),
    ("date", "published"),
    ("published", "published"),
    ("updated", "updated"),
    ("summary", "summary"),
    ("author", "author"),
];

/// A table being read.
pub struct Table<'p> {
    columns: Vec<String>,
    index: Option<usize>,
    plan: &'p Plan,
    base: Option<url::Url>,
    identities: Identities,
    warnings: Warnings,
    parsed: Parsed,
}

impl<'p> Table<'p> {
    /// A table of a format with the names in its header line.
    ///
    /// # Errors
    /// More columns than are read, or none.
    pub fn new(format: &str, names: &[&str], plan: &'p Plan, input: &Input<'_>) -> Result<Self, FormatError> {
        if names.is_empty() {
            return Err(FormatError::unreadable("the document has no header line"));
        }
        if names.len() > MOST_COLUMNS {
            let count = names.len();
            return Err(FormatError::unreadable(format!("{count} columns; at most {MOST_COLUMNS} are read")));
        }
        let mut warnings = Warnings::default();
        let (columns, index) = if plan.without_header {
            ((1..=names.len()).map(|number| number.to_string()).collect(), None)
        } else {
            (distinct(names, &mut warnings), row_index(names))
        };
        // A server's refusal in one line would else be a table without rows, and a quiet day.
        if names.len() == 1 && plan.has_fields() && !plan.places().any(|place| columns.contains(&place.written)) {
            let found = one_line(&columns.join(", "), 100);
            return Err(FormatError::unreadable(format!("the document is no such table: it begins with `{found}`")));
        }
        for place in plan.places().filter(|place| !columns.contains(&place.written)) {
            let known = one_line(&columns.join(", "), 300);
            warnings.say(format!("there is no column `{}`; the columns are {known}", place.written));
        }
        let header = Header { format: format.to_owned(), encoding: input.label.clone(), ..Header::default() };
        Ok(Self {
            index,
            columns,
            plan,
            base: input.base.clone(),
            identities: Identities::default(),
            warnings,
            parsed: Parsed { header, ..Parsed::default() },
        })
    }

    /// Names the table itself.
    pub fn title(&mut self, title: &str) {
        self.parsed.header.title = Some(title.to_owned());
    }

    /// Adds a row; an empty one is none. Gives whether another may follow.
    pub fn row(&mut self, values: &[&str], line: u64) -> bool {
        if values.iter().all(|value| value.trim().is_empty()) {
            return true;
        }
        self.compare_width(values.len(), line);
        let mut draft = Draft::new(self.base.clone());
        for (index, (name, value)) in self.columns.iter().zip(values).enumerate() {
            if Some(index) != self.index {
                draft.item.fields.push((name.clone(), value.trim().to_owned()));
            }
        }
        self.fill(&mut draft);
        let mut item = draft.finish();
        // A row is what it says; its number in the file is not part of that.
        let said = values.iter().enumerate().filter(|(index, _)| Some(*index) != self.index);
        let hash = |_: &Item| identity::hash(said.map(|(_, value)| *value));
        self.identities.settle_by(&mut item, hash, &mut self.warnings);
        self.parsed.items.push(item);
        let is_full = self.parsed.items.len() >= MOST_ITEMS;
        if is_full {
            self.warnings.say(format!("only the first {MOST_ITEMS} rows were read"));
        }
        !is_full
    }

    /// Adds a warning.
    pub fn warn(&mut self, sentence: String) {
        self.warnings.say(sentence);
    }

    fn compare_width(&mut self, width: usize, line: u64) {
        let expected = self.columns.len();
        if width < expected {
            self.warnings.say(format!("line {line} has {width} columns instead of {expected}; the rest is missing"));
        } else if width > expected {
            self.warnings.say(format!("line {line} has {width} columns instead of {expected}; the rest was left out"));
        }
    }

    /// Fills the members, by custom and then by configuration.
    fn fill(&mut self, draft: &mut Draft) {
        let row = std::mem::take(&mut draft.item.fields);
        let value = |name: &str| row.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        for (column, member) in CUSTOMARY {
            let found = row.iter().find(|(known, _)| known.eq_ignore_ascii_case(column));
            if let Some((_, value)) = found {
                draft.set(member, value, &mut self.warnings);
            }
        }
        draft.item.fields.clone_from(&row);
        self.plan.fill(draft, &mut self.warnings, |place| value(&place.written));
    }

    /// What was read.
    pub fn finish(mut self) -> Parsed {
        self.parsed.warnings = self.warnings.into_inner();
        self.parsed
    }
}

/// The columns' names, each once; a column without one is named by its number.
fn distinct(headers: &[&str], warnings: &mut Warnings) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut names = Vec::new();
    for (index, name) in headers.iter().enumerate() {
        let mut name = name.trim().trim_start_matches('\u{feff}').to_owned();
        if name.is_empty() {
            name = format!("column {}", index + 1);
        }
        if !seen.insert(name.clone()) {
            warnings.say(format!(
                "two columns are named `{}`; the later is `{name} {}`",
                one_line(&name, 60),
                index + 1
            ));
            name = format!("{name} {}", index + 1);
        }
        names.push(name);
    }
    names
}

/// The column that only numbers the rows, as data frames write it: the first, without a name.
fn row_index(headers: &[&str]) -> Option<usize> {
    let first = headers.first()?.trim();
    (headers.len() > 1 && (first.is_empty() || first == "Unnamed: 0")).then_some(0)
}
