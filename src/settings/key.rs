//! The description of a TOML table: its keys, what each takes, its default and its meaning.

/// A TOML table: `[http]`, or each `[feeds.x]`.
#[derive(Debug)]
pub struct Table {
    /// What one is called in messages: `feed`.
    pub noun: &'static str,
    /// What it is for, as a sentence.
    pub doc: &'static str,
    /// Its keys, in the order of the reference.
    pub keys: &'static [Key],
}

/// One key of a table.
#[derive(Debug)]
pub struct Key {
    /// The key as written.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// Whether it may be left out.
    pub need: Need,
    /// What it does, as a sentence.
    pub doc: &'static str,
}

/// Whether a key may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It may not.
    Required,
    /// It may; the text says what then holds.
    Default(&'static str),
}

/// What a key takes.
#[derive(Debug)]
pub enum Kind {
    /// A string that is not empty.
    Text,
    /// `true` or `false`.
    Bool,
    /// A whole number between two limits, both included.
    Integer(i64, i64),
    /// A number between two limits, both included.
    Number(f64, f64),
    /// `15m`, `72h`, `7d`.
    Duration,
    /// `40 km`.
    Distance,
    /// `16 MiB`.
    Size,
    /// `-25%`.
    Share,
    /// A TOML date.
    Date,
    /// A TOML date and time with its offset.
    Moment,
    /// `2 releases`.
    Releases,
    /// One of some words.
    Word(&'static [&'static str]),
    /// Where a secret is found; never the secret itself.
    Secret,
    /// A list.
    List(&'static Kind),
    /// One table.
    Table(&'static Table),
    /// Tables by id: `[feeds.x]`.
    Ids(&'static Table),
    /// Values by a free name: `headers`.
    Map(&'static Kind),
    /// One of several.
    Either(&'static [Kind]),
    /// A table that is not looked into.
    Anything,
}

/// The limits of a number that has none.
pub const ANY_NUMBER: Kind = Kind::Number(f64::MIN, f64::MAX);

impl Key {
    /// A key that has to be there.
    pub const fn required(name: &'static str, kind: Kind, doc: &'static str) -> Self {
        Self { name, kind, need: Need::Required, doc }
    }

    /// A key that may be left out; `default` says what then holds.
    pub const fn optional(name: &'static str, kind: Kind, default: &'static str, doc: &'static str) -> Self {
        Self { name, kind, need: Need::Default(default), doc }
    }
}

impl Table {
    /// The key with a name.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }
}

impl Kind {
    /// What is expected, for a message: `a duration such as "15m"`.
    pub fn expected(&self) -> String {
        match self {
            Self::Text => "a string".to_owned(),
            Self::Bool => "`true` or `false`".to_owned(),
            Self::Integer(low, high) => within("a whole number", *low, *high, *high == i64::MAX),
            Self::Number(low, high) if *low == f64::MIN && *high == f64::MAX => "a number".to_owned(),
            Self::Number(low, high) => within("a number", *low, *high, *high == f64::MAX),
            Self::Duration => "a duration such as \"15m\", \"72h\" or \"7d\"".to_owned(),
            Self::Distance => "a distance such as \"40 km\"".to_owned(),
            Self::Size => "a size such as \"16 MiB\"".to_owned(),
            Self::Share => "a share such as \"-25%\"".to_owned(),
            Self::Date => "a date such as 2026-03-31".to_owned(),
            Self::Moment => "a moment such as 2026-03-31T06:00:00Z".to_owned(),
            Self::Releases => "a number of releases such as \"2 releases\"".to_owned(),
            Self::Word(words) => either(&words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>()),
            Self::Secret => "`{ env = … }`, `{ file = … }` or `{ credential = … }`".to_owned(),
            Self::List(Self::Table(table)) => format!("a list of tables, each a {}", table.noun),
            Self::List(kind) => format!("a list, each {}", kind.expected()),
            Self::Table(_) | Self::Ids(_) | Self::Map(_) | Self::Anything => "a table".to_owned(),
            Self::Either(kinds) => either(&kinds.iter().map(Kind::expected).collect::<Vec<_>>()),
        }
    }
}

/// `a` or `an` before a noun.
pub fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

fn within<T: std::fmt::Display>(noun: &str, low: T, high: T, open: bool) -> String {
    if open { format!("{noun} of {low} or more") } else { format!("{noun} from {low} to {high}") }
}

/// `a`, `a or b`, `a, b or c`.
pub fn either(words: &[String]) -> String {
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}
