//! The daemon's log: where it goes, and what it says of each report.
//!
//! Written for a person who was woken: a failure is said when it begins, when
//! it changes and when it ends, not at every poll. What feeds bring is summed
//! up once an hour. Mail addresses are shortened: a log is read by more people
//! than the mail is for.

use std::collections::HashMap;
use std::os::unix::fs::MetadataExt;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use regex::Regex;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

use super::output::is_terminal;
use crate::config::plan::{Log, LogFormat};
use crate::config::{Environment, SystemEnvironment};
use crate::daemon::Report;
use crate::daemon::Reporter;
use crate::model::name::Name;
use crate::model::text::one_line;

/// The log's part for start, reload, stop, clock and store.
pub const DAEMON: &str = "watchfloor::daemon";

/// How often what the feeds brought is summed up.
const SUMMARY: SignedDuration = SignedDuration::from_hours(1);

/// Sends the log where the settings say. Called once.
pub fn start(settings: &Log) {
    let mut filter = format!("{},reqwest=warn,hyper=warn,rustls=warn", settings.level);
    for (part, level) in &settings.levels {
        filter.push_str(&format!(",watchfloor::{part}={level}"));
    }
    Registry::default().with(sink(settings.format)).with(EnvFilter::new(filter)).init();
}

fn sink(format: LogFormat) -> Box<dyn Layer<Registry> + Send + Sync> {
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(is_terminal());
    match format {
        LogFormat::Json => lines.json().with_target(false).boxed(),
        LogFormat::Text => lines.with_target(false).boxed(),
        LogFormat::Auto => match journal() {
            Some(journal) => journal.boxed(),
            None => lines.with_target(false).boxed(),
        },
    }
}

/// The journal, where standard error leads there (systemd.exec(5), `$JOURNAL_STREAM`).
fn journal() -> Option<tracing_journald::Layer> {
    let stream = SystemEnvironment.var("JOURNAL_STREAM")?;
    let stderr = std::fs::metadata("/proc/self/fd/2").ok()?;
    if stream != format!("{}:{}", stderr.dev(), stderr.ino()) {
        return None;
    }
    let journal = tracing_journald::layer().ok()?;
    Some(journal.with_syslog_identifier("watchfloor".to_owned()).with_field_prefix(Some("WATCHFLOOR".to_owned())))
}

/// Writes each report to the log.
pub fn reporter() -> Reporter {
    let told = Mutex::new(Told::default());
    Arc::new(move |report| told.lock().unwrap_or_else(PoisonError::into_inner).tell(report))
}

/// What was said, so that it is not said again.
#[derive(Default)]
struct Told {
    /// What is wrong with each feed that fails.
    failing: HashMap<Name, String>,
    /// What the feeds brought since the last summary.
    brought: Brought,
    since: Option<Timestamp>,
}

/// Sums over the feeds.
#[derive(Default)]
struct Brought {
    polls: u32,
    items: u32,
    observations: u32,
}

impl Told {
    fn tell(&mut self, report: Report) {
        match report {
            Report::Polled { feed, at, status, items_new, observations, notes } => {
                self.polled(&feed, status, (items_new, observations), &one_line(&notes.join("; "), 300));
                self.sum_up(at);
            }
            Report::Decided(transition) => {
                tracing::info!(target: "watchfloor::scenarios", { scenario.id = %transition.scenario, alert = transition.alert, from = transition.from.word(), to = transition.to.word(), blind = transition.blind }, "{}: {}", transition.scenario, one_line(&transition.reason, 500));
            }
            Report::Sent { recipient, kind, message_id } => {
                let recipient = without_addresses(&recipient);
                tracing::info!(target: "watchfloor::mail", { mail.kind = kind, mail.id = message_id }, "the message of kind {kind} to {recipient} was taken");
            }
            Report::NotSent { recipient, why } => {
                let (recipient, why) = (without_addresses(&recipient), without_addresses(&one_line(&why, 500)));
                tracing::warn!(target: "watchfloor::mail", "the message to {recipient} was not taken: {why}");
            }
        }
    }

    fn polled(&mut self, feed: &Name, status: &'static str, (items_new, observations): (u32, u32), notes: &str) {
        self.brought.polls += 1;
        self.brought.items += items_new;
        self.brought.observations += observations;
        if matches!(status, "ok" | "unchanged") {
            if self.failing.remove(feed).is_some() {
                tracing::info!(target: "watchfloor::feeds", { feed.id = %feed, feed.health = "ok" }, "{feed} can be read again");
            }
            tracing::debug!(target: "watchfloor::feeds", { feed.id = %feed, items.new = items_new, observations }, "{feed} brought {items_new} new items and {observations} values");
            return;
        }
        let failure = format!("{status}: {notes}");
        if self.failing.get(feed) == Some(&failure) {
            tracing::debug!(target: "watchfloor::feeds", { feed.id = %feed, feed.health = status }, "{feed} still cannot be read: {notes}");
        } else {
            tracing::warn!(target: "watchfloor::feeds", { feed.id = %feed, feed.health = status }, "{feed} could not be read: {notes}");
            self.failing.insert(feed.clone(), failure);
        }
    }

    fn sum_up(&mut self, now: Timestamp) {
        let since = *self.since.get_or_insert(now);
        if now.duration_since(since) < SUMMARY {
            return;
        }
        let Brought { polls, items, observations } = std::mem::take(&mut self.brought);
        self.since = Some(now);
        if items > 0 || !self.failing.is_empty() {
            let failing = self.failing.len();
            tracing::info!(target: "watchfloor::feeds", { polls, items.new = items, observations, failing }, "in the last hour {polls} polls brought {items} new items and {observations} values; {failing} feeds are failing");
        }
    }
}

/// `Desk <desk@example.org>` as `Desk <d…@example.org>`, wherever in a text it stands.
fn without_addresses(text: &str) -> String {
    static LOCAL_PART: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#"([^\s<>@,;:"()])[^\s<>@,;:"()]*@"#).ok());
    LOCAL_PART.as_ref().map_or_else(String::new, |local| local.replace_all(text, "$1…@").into_owned())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// What reports become at level `info`.
    fn written(reports: Vec<Report>) -> Vec<String> {
        let lines = Lines::default();
        let sink = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_writer(move || sink.clone())
            .with_max_level(tracing::Level::INFO)
            .with_ansi(false)
            .without_time()
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            let tell = reporter();
            reports.into_iter().for_each(|report| tell(report));
        });
        let bytes = lines.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect()
    }

    fn polled(feed: &str, minute: i64, status: &'static str, items_new: u32, note: &str) -> Report {
        Report::Polled {
            feed: Name::parse(feed).unwrap(),
            at: Timestamp::from_second(minute * 60).unwrap(),
            status,
            items_new,
            observations: 0,
            notes: vec![note.to_owned()],
        }
    }

    #[test]
    fn a_quiet_day_of_fifty_feeds_stays_under_forty_lines() {
        let day = (0..24 * 60).step_by(30);
        let quiet = day.flat_map(|minute| {
            (0..50).map(move |n| polled(&format!("w/feed-{n}"), minute, "ok", u32::from(n == 7), ""))
        });
        let lines = written(quiet.collect());
        assert!((20..40).contains(&lines.len()), "{} lines", lines.len());
    }

    #[test]
    fn a_failure_is_said_once_and_again_when_it_changes_and_ends() {
        let refused = |minute| polled("w/a", minute, "error", 0, "connection refused");
        let lines = written(vec![
            refused(0),
            refused(1),
            refused(2),
            polled("w/a", 3, "gone", 0, "404"),
            polled("w/a", 4, "ok", 0, ""),
            polled("w/a", 5, "unchanged", 0, ""),
        ]);
        let said: Vec<bool> =
            ["could not be read", "404", "again"].iter().zip(&lines).map(|(said, line)| line.contains(said)).collect();
        assert_eq!((said, lines.len()), (vec![true; 3], 3), "{lines:#?}");
    }

    #[test]
    fn addresses_are_shortened() {
        let lines = written(vec![Report::NotSent {
            recipient: "Desk <desk@example.org>".to_owned(),
            why: "550 <desk@example.org>: no such user (jürgen@пошта.укр)".to_owned(),
        }]);
        assert!(lines[0].contains("Desk <d…@example.org>") && lines[0].contains("(j…@пошта.укр)"), "{lines:?}");
        assert!(!lines[0].contains("desk@"), "{lines:?}");
    }
}
