//! Messages under way: one after another over one connection while the server answers, and past one that hangs over
//! another.
//!
//! One message at a time keeps the order in which messages were decided, and
//! is what servers like. A try that takes longer than [`PATIENCE`] is left to
//! itself: whatever need not follow it goes on over a connection of its own.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::task::{AbortHandle, Id, JoinSet};
use tokio::time::{Instant, timeout};

use crate::model::notification::Notification;
use crate::notify::{Deadlines, Failure, Mailer, Reach, Rendered, SendError, Settings};

/// Connections at once, at most: servers count them.
const LANES: usize = 4;
/// A try that takes longer than this holds up nothing but what has to follow it.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// The tries under way, and the mailers that have none.
pub struct Lanes {
    settings: Arc<Settings>,
    deadlines: Deadlines,
    patience: Duration,
    idle: Vec<Mailer>,
    tries: JoinSet<(Mailer, Result<(), SendError>)>,
    under_way: HashMap<Id, Try>,
}

/// A message that is being tried.
struct Try {
    letter: Letter,
    begun: Instant,
    /// Whether the server may have it.
    handed_over: Arc<AtomicBool>,
    task: AbortHandle,
}

/// A message that is ours to send.
pub struct Letter {
    /// The message.
    pub notification: Notification,
    /// Whether it goes out without pictures.
    pub is_slim: bool,
}

/// How a try ended.
pub struct Landed {
    /// The message.
    pub letter: Letter,
    /// `Ok` where it was taken for good.
    pub outcome: Result<(), SendError>,
}

impl Lanes {
    /// Lanes without a connection; each connects at its first message.
    pub fn new(settings: Arc<Settings>) -> Self {
        Self {
            settings,
            deadlines: Deadlines::default(),
            patience: PATIENCE,
            idle: Vec::new(),
            tries: JoinSet::new(),
            under_way: HashMap::new(),
        }
    }

    /// The same lanes with other deadlines, and another patience.
    pub fn with_deadlines(self, deadlines: Deadlines, patience: Duration) -> Self {
        Self { deadlines, patience, ..self }
    }

    /// Whether nothing is under way.
    pub fn is_empty(&self) -> bool {
        self.under_way.is_empty()
    }

    /// Whether another message may begin: nothing is under way but what hangs, and there is a lane left.
    pub fn is_open(&self) -> bool {
        self.under_way.len() < LANES && self.under_way.values().all(|one| one.begun.elapsed() >= self.patience)
    }

    /// Whether this very message is under way.
    pub fn has(&self, id: i64) -> bool {
        self.under_way.values().any(|one| one.letter.notification.id == id)
    }

    /// Whether a message has to wait for one that is under way.
    pub fn leads(&self, notification: &Notification) -> bool {
        self.under_way.values().any(|one| follows(notification, &one.letter.notification))
    }

    /// Begins a try of a message as it was rendered; one that could not be rendered has failed.
    pub fn begin(&mut self, letter: Letter, rendered: Result<Rendered, SendError>) {
        let fresh = || Mailer::with_deadlines((*self.settings).clone(), self.deadlines);
        let mut mailer = self.idle.pop().unwrap_or_else(fresh);
        let handed_over = mailer.handed_over();
        let task = self.tries.spawn(async move {
            let outcome = match rendered {
                Ok(rendered) => mailer.send(&rendered).await,
                Err(error) => Err(error),
            };
            (mailer, outcome)
        });
        self.under_way.insert(task.id(), Try { letter, begun: Instant::now(), handed_over, task });
    }

    /// The next try that ends; `None` when none does for as long as patience lasts.
    pub async fn next(&mut self) -> Option<Landed> {
        let ended = timeout(self.patience, self.tries.join_next_with_id()).await.ok()??;
        let (id, outcome) = match ended {
            Ok((id, (mailer, outcome))) => {
                self.idle.push(mailer);
                (id, outcome)
            }
            Err(error) => {
                let message = format!("the try ended by a defect of watchfloor: {error}");
                (error.id(), Err(SendError { kind: Failure::Transient, reach: Reach::Message, message }))
            }
        };
        Some(Landed { letter: self.under_way.remove(&id)?.letter, outcome })
    }

    /// Gives up every try whose message no server can have yet; tells which.
    pub fn give_up(&mut self) -> Vec<i64> {
        let is_lost = |one: &Try| !one.handed_over.load(Ordering::Relaxed);
        let given_up = self.under_way.extract_if(|_, one| is_lost(one));
        given_up.map(|(_, one)| (one.task.abort(), one.letter.notification.id).1).collect()
    }

    /// Takes leave of every server that is still connected: they count idle guests.
    pub async fn close(&mut self) {
        for mut mailer in self.idle.drain(..) {
            mailer.close().await;
        }
    }
}

/// Whether a message may not go before another: both are of one thread (without one, of one kind) to one recipient.
pub fn follows(one: &Notification, other: &Notification) -> bool {
    let (one, other) = (&one.message, &other.message);
    let is_one_story = match (&one.thread.root, &other.thread.root) {
        (None, None) => one.kind == other.kind,
        (one, other) => one == other,
    };
    is_one_story && one.recipient == other.recipient
}
