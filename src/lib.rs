//! watchfloor polls the sources of an assessment, records what they say with
//! its evidence and every revision, and mails an alert when a baseline or risk
//! scenario is triggered.
//!
//! `ARCHITECTURE.md` draws the layers; `tests/architecture.rs` holds them.

#![forbid(unsafe_code)]

pub mod chart;
pub mod cli;
pub mod clock;
pub mod config;
pub mod daemon;
pub mod detect;
pub mod extract;
pub mod fetch;
pub mod format;
pub mod model;
pub mod notify;
pub mod pipeline;
pub mod settings;
pub mod store;
