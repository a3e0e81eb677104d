//! Validated values with their positions.

use std::ops::Range;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

/// A value and where it stands: a range of bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where it stands.
    pub span: Range<usize>,
    /// What it is.
    pub value: Value,
}

/// What a value is, after its kind was checked.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A string.
    Text(String),
    /// A truth value.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A duration.
    Duration(SignedDuration),
    /// Kilometres.
    Distance(f64),
    /// Bytes.
    Size(u64),
    /// A share: -0.25 for `-25%`.
    Share(f64),
    /// A date.
    Date(Date),
    /// A moment.
    Moment(Moment),
    /// So many releases.
    Releases(u32),
    /// A list.
    List(Vec<Node>),
    /// A table.
    Table(Entries),
    /// A table that is not looked into.
    Anything,
}

/// An instant, and the date by which it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The instant.
    pub at: Timestamp,
    /// Its date with the offset it was written in.
    pub date: Date,
}

/// One key of a table with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub name: String,
    /// Where the key stands.
    pub name_span: Range<usize>,
    /// Its value.
    pub node: Node,
}

/// A table whose keys were checked. A key whose value was wrong is not among them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Entries {
    /// Where the table, or its header, stands.
    pub span: Range<usize>,
    /// Its keys in the order of the file.
    pub list: Vec<Entry>,
    /// Keys that were there with a wrong value, and unknown ones: they are not missing.
    pub broken: Vec<String>,
}

macro_rules! getters {
    ($($doc:literal $name:ident $variant:ident $type:ty;)*) => {
        $(#[doc = $doc]
        pub fn $name(&self, key: &str) -> Option<$type> {
            match self.get(key)?.value {
                Value::$variant(value) => Some(value),
                _ => None,
            }
        })*
    };
}

impl Entries {
    /// A key's value.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// A key with its value.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.list.iter().find(|entry| entry.name == key)
    }

    /// Whether the key is there, even with a wrong value.
    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some() || self.broken.iter().any(|name| name == key)
    }

    /// Where a key's value stands; where the table does when it is missing.
    pub fn span_of(&self, key: &str) -> Range<usize> {
        self.get(key).map_or_else(|| self.span.clone(), |node| node.span.clone())
    }

    /// A key's string.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Node::text)
    }

    /// A key's string, owned.
    pub fn string(&self, key: &str) -> Option<String> {
        self.text(key).map(str::to_owned)
    }

    /// A key's list; empty when it is missing.
    pub fn items(&self, key: &str) -> &[Node] {
        self.get(key).map_or(&[], Node::items)
    }

    /// A key's strings; empty when it is missing.
    pub fn strings(&self, key: &str) -> Vec<String> {
        self.items(key).iter().filter_map(|node| node.text().map(str::to_owned)).collect()
    }

    /// A key's table.
    pub fn table(&self, key: &str) -> Option<&Entries> {
        self.get(key).and_then(Node::table)
    }

    /// The entries of a key's table; none when it is missing.
    pub fn entries(&self, key: &str) -> &[Entry] {
        self.table(key).map_or(&[], |table| &table.list)
    }

    getters! {
        "A key's truth value." bool Bool bool;
        "A key's number." number Number f64;
        "A key's duration." duration Duration SignedDuration;
        "A key's distance in kilometres." distance Distance f64;
        "A key's size in bytes." size Size u64;
        "A key's date." date Date Date;
        "A key's moment." moment Moment Moment;
    }

    /// A key's number as a count.
    pub fn count(&self, key: &str) -> Option<u32> {
        // The kinds of counts bound them to what a u32 holds.
        self.number(key).map(|number| number as u32)
    }
}

impl Node {
    /// The string it is.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The list it is; empty when it is none.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The table it is.
    pub fn table(&self) -> Option<&Entries> {
        match &self.value {
            Value::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The moment it is.
    pub fn moment(&self) -> Option<Moment> {
        match self.value {
            Value::Moment(moment) => Some(moment),
            _ => None,
        }
    }

    /// The number it is.
    pub fn number(&self) -> Option<f64> {
        match self.value {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }
}
