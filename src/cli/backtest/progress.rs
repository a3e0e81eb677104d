//! How far a replay has come, on a terminal only.

use std::io::{IsTerminal as _, Write as _};

use jiff::Timestamp;

use crate::model::time::Span;

/// How wide the bar is.
const WIDTH: usize = 30;

/// A bar on standard error; nothing where that is no terminal. It is wiped away when dropped.
pub struct Progress {
    label: String,
    span: Span,
    shown: Option<usize>,
    is_shown: bool,
}

impl Progress {
    /// A bar over a stretch of simulated time.
    pub fn new(label: &str, span: Span) -> Self {
        Self { label: label.to_owned(), span, shown: None, is_shown: std::io::stderr().is_terminal() }
    }

    /// Simulated time has come to `now`.
    pub fn reach(&mut self, now: Timestamp) {
        let whole = self.span.duration().as_secs_f64();
        let done = now.duration_since(self.span.from).as_secs_f64();
        let percent = if whole > 0.0 { (done / whole * 100.0).clamp(0.0, 100.0) as usize } else { 100 };
        if self.is_shown && self.shown != Some(percent) {
            self.shown = Some(percent);
            let filled = "#".repeat(percent * WIDTH / 100);
            eprint!("\r{} [{filled:WIDTH$}] {percent:3} %  {}", self.label, now.strftime("%Y-%m-%d"));
            let _ = std::io::stderr().flush();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown.is_some() {
            eprint!("\r\x1b[K");
        }
    }
}
