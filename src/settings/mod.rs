//! What a setting may be, and how a TOML file is held against it.
//!
//! A [`Table`] says which keys there are; [`read`] applies it to a parsed file
//! and gives values with their positions, or problems. From the same tables
//! come the JSON Schemas and the reference. What the keys mean is not here:
//! that is `config`.

pub mod json_schema;
pub mod key;
pub mod page;
pub mod position;
pub mod problem;
pub mod read;
pub mod reference;
pub mod unit;
pub mod value;

pub use key::{Key, Kind, Need, Table};
pub use page::Page;
pub use problem::{Problem, Problems, Severity};
pub use read::read;
pub use value::{Entries, Entry, Node, Value};
