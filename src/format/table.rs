//! A table, whatever it is written in: columns with names, and a row an item.
//!
//! Columns are found by name, whatever their order; all of them become fields.

use std::collections::HashSet;

use super::FormatError;
use super::draft::Draft;
use super::identity::{self, Identities};
use super::input::Input;
use super::plan::Plan;
use super::shelf::Shelf;
use super::warnings::Warnings;
use crate::model::item::{Header, Item, Parsed};
use crate::model::text::one_line;

/// How many columns a table may have.
pub const MOST_COLUMNS: usize = 1000;

/// How long one value may be, in bytes.
const LONGEST_VALUE: usize = 1 << 20;

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
    header: Header,
    shelf: Shelf,
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
            header,
            shelf: Shelf::new(input.room),
        })
    }

    /// Names the table itself.
    pub fn title(&mut self, title: &str) {
        self.header.title = Some(title.to_owned());
    }

    /// Adds a row; an empty one is none. Gives whether another may follow.
    pub fn row(&mut self, values: &[&str], line: u64) -> bool {
        if values.iter().all(|value| value.trim().is_empty()) {
            return true;
        }
        self.compare_width(values.len(), line);
        let mut draft = Draft::new(self.base.clone());
        let values: Vec<&str> = values.iter().map(|value| self.bounded(value, line)).collect();
        self.fill(&mut draft, &values);
        let mut item = draft.finish();
        // A row is what it says; its number in the file is not part of that.
        let said = values.iter().enumerate().filter(|(index, _)| Some(*index) != self.index);
        let hash = |_: &Item| identity::hash(said.map(|(_, value)| *value));
        self.identities.settle_by(&mut item, hash, &mut self.warnings);
        self.shelf.push(item);
        !self.shelf.is_full()
    }

    /// How many rows it has.
    pub fn len(&self) -> usize {
        self.shelf.len()
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

    /// A value without outer blanks, as far as it is read.
    fn bounded<'v>(&mut self, value: &'v str, line: u64) -> &'v str {
        let value = value.trim();
        if value.len() <= LONGEST_VALUE {
            return value;
        }
        self.warnings.say(format!("line {line} has a value of more than {LONGEST_VALUE} bytes, which was cut off"));
        value.get(..value.floor_char_boundary(LONGEST_VALUE)).unwrap_or_default()
    }

    /// Fills the fields, and the members by custom and then by configuration.
    fn fill(&mut self, draft: &mut Draft, values: &[&str]) {
        let (index, warnings) = (self.index, &mut self.warnings);
        let named = self.columns.iter().map(String::as_str).zip(values.iter().copied()).enumerate();
        let cells = named.filter(|(at, _)| Some(*at) != index).map(|(_, cell)| cell);
        for (column, member) in CUSTOMARY {
            if let Some((_, value)) = cells.clone().find(|(known, _)| known.eq_ignore_ascii_case(column)) {
                draft.set(member, value, warnings);
            }
        }
        draft.item.fields = cells.clone().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        self.plan.fill(draft, warnings, |place| {
            cells.clone().find(|(known, _)| *known == place.written).map(|(_, value)| value.to_owned())
        });
    }

    /// What was read.
    pub fn finish(self) -> Parsed {
        self.shelf.into_parsed(self.header, self.warnings)
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
