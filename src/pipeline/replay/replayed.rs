//! What a replay decided, and what it would have sent.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::model::alert::{Alert, Transition};
use crate::model::name::Name;
use crate::model::notification::{Content, Kind, Notification};
use crate::model::scenario::Phase;
use crate::model::time::Span;
use crate::store::{Result, View};

/// Everything that a replay decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Replayed {
    /// What was looked at: its end belongs to it.
    pub span: Span,
    /// Every change of every scenario, oldest first, those before the span included.
    pub changes: Vec<Change>,
    /// Every message within the span, oldest first: one to several recipients is one.
    pub mails: Vec<Mail>,
    /// Every activation, oldest first, those before the span included.
    pub alerts: Vec<Alert>,
}

/// One change of one scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What kind of change it is.
    pub kind: ChangeKind,
    /// The stored transition.
    pub transition: Transition,
}

/// What kind of change of a scenario one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// From one phase to another.
    Phase,
    /// More conditions hold than ever since it triggered.
    Escalated,
    /// It can no longer be judged.
    WentBlind,
    /// It can be judged again.
    SeesAgain,
}

/// One message, whoever it would have gone to.
#[derive(Debug, Clone, PartialEq)]
pub struct Mail {
    /// When it was decided.
    pub at: Timestamp,
    /// What kind it is.
    pub kind: Kind,
    /// The scenario or the feed it is about; `None` for the daily picture.
    pub about: Option<Name>,
    /// The alert it belongs to.
    pub alert: Option<i64>,
    /// To whom.
    pub recipients: Vec<String>,
    /// The first of its messages, for its subject.
    pub message: crate::model::notification::Message,
}

impl Replayed {
    /// What a store decided within a span, its end included.
    ///
    /// # Errors
    /// What the store refuses.
    pub fn of(view: &View<'_>, span: Span) -> Result<Self> {
        let mut changes = changes(view.transitions_after(0)?);
        changes.retain(|change| change.transition.at <= span.to);
        let mut notifications = view.notifications()?;
        notifications.reverse();
        let mut mails = mails(notifications);
        mails.retain(|mail| span.from <= mail.at && mail.at <= span.to);
        let mut alerts = view.alerts()?;
        alerts.reverse();
        alerts.retain(|alert| alert.opened <= span.to);
        Ok(Self { span, changes, mails, alerts })
    }

    /// The changes within the span.
    pub fn changes_within(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| change.transition.at >= self.span.from)
    }

    /// Where a scenario stood at a moment, and whether it was blind.
    pub fn state_at(&self, scenario: &Name, at: Timestamp) -> (Phase, bool) {
        let own = self.changes.iter().filter(|change| change.transition.scenario == *scenario);
        let last = own.take_while(|change| change.transition.at <= at).last();
        last.map_or((Phase::Inactive, false), |change| (change.transition.to, change.transition.blind))
    }
}

fn changes(transitions: Vec<Transition>) -> Vec<Change> {
    let mut was_blind: HashMap<Name, bool> = HashMap::new();
    let mut change = |transition: Transition| {
        let before = was_blind.insert(transition.scenario.clone(), transition.blind).unwrap_or(false);
        let kind = match (transition.from == transition.to, before, transition.blind) {
            (false, ..) => ChangeKind::Phase,
            (true, false, true) => ChangeKind::WentBlind,
            (true, true, false) => ChangeKind::SeesAgain,
            (true, ..) => ChangeKind::Escalated,
        };
        Change { kind, transition }
    };
    transitions.into_iter().map(&mut change).collect()
}

/// Messages of one decision, put together.
fn mails(notifications: Vec<Notification>) -> Vec<Mail> {
    let mut mails: Vec<Mail> = Vec::new();
    for notification in notifications {
        let message = notification.message;
        let about = match &message.content {
            Content::Scenario(account) => Some(account.scenario.clone()),
            Content::Feed(notice) => Some(notice.feed.clone()),
            Content::Digest(_) | Content::Undelivered(_) | Content::Store(_) | Content::Test => None,
        };
        let recipient = message.recipient.clone();
        let is_same = |mail: &Mail| {
            (mail.at, mail.kind, &mail.about) == (message.created, message.kind, &about)
                && !mail.recipients.contains(&recipient)
        };
        match mails.last_mut().filter(|mail| is_same(mail)) {
            Some(mail) => mail.recipients.push(recipient),
            None => mails.push(Mail {
                at: message.created,
                kind: message.kind,
                about,
                alert: message.alert,
                recipients: vec![recipient],
                message,
            }),
        }
    }
    mails
}
