//! Files → [`Plan`]: cross references, presets, lints, secrets.

pub mod plan;

pub use plan::Plan;
