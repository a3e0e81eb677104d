//! Files → [`Plan`]: cross references, presets, lints, secrets.
//!
//! The keys are in `keys`, what they become in `build`. All problems of all
//! files are found in one run.

mod build;
mod difference;
mod environment;
mod files;
mod keys;
mod lints;
mod paths;
pub mod plan;
mod presets;
mod secrets;
mod starter;
pub mod trial;
mod unsupported;

use std::path::Path;

use jiff::civil::Date;

pub use build::feed::preset_options;
pub use difference::difference;
pub use environment::{Environment, SystemEnvironment, WithoutSecrets};
pub use plan::Plan;
pub use presets::names as preset_names;
pub use starter::starter;

use crate::settings::{Problems, json_schema, reference as pages};
use secrets::Secrets;

/// Where the settings are when nobody says otherwise.
pub const DEFAULT_PATH: &str = "/etc/watchfloor/watchfloor.toml";

/// A configuration that can be used.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// What it says.
    pub plan: Plan,
    /// What probably is not meant.
    pub warnings: Problems,
}

/// Reads the settings at `path` and every watch they include; a watch file is read alone, with default settings.
///
/// # Errors
/// Every problem of every file, warnings included, when one of them is an error.
pub fn load(path: &Path, environment: &dyn Environment) -> Result<Loaded, Problems> {
    usable(files::load(path, environment, Secrets::default(), None))
}

/// Reads the same to say what is wrong with it, and what is overdue by `today`. Of a watch read alone it is then not known
/// which secrets there are.
///
/// # Errors
/// As of [`load`].
pub fn check(path: &Path, environment: &dyn Environment, today: Date) -> Result<Loaded, Problems> {
    usable(files::load(path, environment, Secrets::elsewhere(), Some(today)))
}

fn usable((plan, problems): (Option<Plan>, Problems)) -> Result<Loaded, Problems> {
    match plan {
        Some(plan) if !problems.has_errors() => Ok(Loaded { plan, warnings: problems }),
        _ => Err(problems),
    }
}

/// The JSON Schemas of the settings, of a watch and of its tests, by name.
pub fn schemas() -> [(&'static str, serde_json::Value); 3] {
    [("settings", &keys::SETTINGS), ("watch", &keys::WATCH), ("test", &trial::TRIALS)]
        .map(|(name, table)| (name, json_schema::schema(table)))
}

/// The reference of every key, as Markdown.
pub fn reference() -> String {
    let keys = pages::reference(&[
        ("watchfloor.toml", &keys::SETTINGS),
        ("A watch", &keys::WATCH),
        ("A test file", &trial::TRIALS),
    ]);
    [keys, build::measure::reference(), presets::reference(), unsupported::reference()].concat()
}
