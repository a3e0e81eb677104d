//! What watchfloor talks about: names, time, items, observations, readings,
//! verdicts, scenarios, alerts and notifications.
//!
//! Values and pure functions only. Nothing here reads a file, a socket, a
//! database or a clock, and nothing here is serialisable: configuration,
//! store, mail and command output each have shapes of their own, so that a
//! change of one never silently changes another.

pub mod act;
pub mod alert;
pub mod condition;
pub mod event;
pub mod feed;
pub mod geo;
pub mod indicator;
pub mod item;
pub mod likelihood;
pub mod money;
pub mod name;
pub mod note;
pub mod notification;
pub mod observation;
pub mod outcome;
pub mod provenance;
pub mod quantity;
pub mod reading;
pub mod scenario;
pub mod source;
pub mod text;
pub mod time;
