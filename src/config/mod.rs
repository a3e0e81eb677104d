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
mod unsupported;

use std::path::Path;

pub use build::feed::preset_options;
pub use difference::difference;
pub use environment::{Environment, SystemEnvironment};
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
    usable(files::load(path, environment, Secrets::default()))
}

/// Reads the same to say what is wrong with it. Of a watch read alone it is then not known which secrets there are.
///
/// # Errors
/// As of [`load`].
pub fn check(path: &Path, environment: &dyn Environment) -> Result<Loaded, Problems> {
    usable(files::load(path, environment, Secrets::elsewhere()))
}

fn usable((plan, problems): (Option<Plan>, Problems)) -> Result<Loaded, Problems> {
    match plan {
        Some(plan) if !problems.has_errors() => Ok(Loaded { plan, warnings: problems }),
        _ => Err(problems),
    }
}

/// The JSON Schemas of the settings and of a watch.
pub fn schema() -> (serde_json::Value, serde_json::Value) {
    (json_schema::schema(&keys::SETTINGS), json_schema::schema(&keys::WATCH))
}

/// The reference of every key, as Markdown.
pub fn reference() -> String {
    let keys = pages::reference(&[("watchfloor.toml", &keys::SETTINGS), ("A watch", &keys::WATCH)]);
    [keys, build::measure::reference(), presets::reference(), unsupported::reference()].concat()
}
