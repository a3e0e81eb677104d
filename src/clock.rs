//! The one place that reads the system's clock. Everything else is told what time it is.

use jiff::Timestamp;

use crate::model::time::whole_millis;

/// The present moment, in whole milliseconds as the store keeps them.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
pub fn now() -> Timestamp {
    whole_millis(Timestamp::now())
}
