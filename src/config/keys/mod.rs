//! The keys of both kinds of file. What they mean is in `config::build`.

pub(super) mod indicator;
pub(super) mod scenario;
pub(super) mod settings;
pub(super) mod watch;

pub(super) use settings::SETTINGS;
pub(super) use watch::{PAGING, PLACE_IN_ITEM, WATCH};
