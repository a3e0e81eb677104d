//! The written forms of what is told of feeds and of mail.

use serde::{Deserialize, Serialize};

use super::{read_name, unreadable};
use crate::model::notification::{Cause, FeedNotice, Kind, StoreNotice, Undeliverable, Undelivered};
use crate::model::time::{from_millis, millis};
use crate::store::error::Result;

#[derive(Serialize, Deserialize)]
pub(super) struct UndeliveredForm {
    cause: String,
    zone: String,
    messages: Vec<UndeliverableForm>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct UndeliverableForm {
    notification: i64,
    kind: String,
    about: String,
    recipient: String,
    created: i64,
    why: String,
}

impl From<&Undelivered> for UndeliveredForm {
    fn from(undelivered: &Undelivered) -> Self {
        let message = |message: &Undeliverable| UndeliverableForm {
            notification: message.notification,
            kind: message.kind.word().to_owned(),
            about: message.about.clone(),
            recipient: message.recipient.clone(),
            created: millis(message.created),
            why: message.why.clone(),
        };
        Self {
            cause: undelivered.cause.word().to_owned(),
            zone: undelivered.zone.clone(),
            messages: undelivered.messages.iter().map(message).collect(),
        }
    }
}

impl UndeliveredForm {
    pub(super) fn read(self) -> Result<Undelivered> {
        let cause = Cause::parse(&self.cause).ok_or_else(|| unreadable(format!("`{}` is no cause", self.cause)))?;
        let message = |form: UndeliverableForm| -> Result<Undeliverable> {
            Ok(Undeliverable {
                notification: form.notification,
                kind: Kind::parse(&form.kind).ok_or_else(|| unreadable(format!("`{}` is no kind", form.kind)))?,
                about: form.about,
                recipient: form.recipient,
                created: from_millis(form.created),
                why: form.why,
            })
        };
        let messages = self.messages.into_iter().map(message).collect::<Result<_>>()?;
        Ok(Undelivered { cause, zone: self.zone, messages })
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct StoreForm {
    path: String,
    zone: String,
    since: i64,
    until: Option<i64>,
    error: String,
    refusals: u32,
    works: Vec<String>,
}

impl From<&StoreNotice> for StoreForm {
    fn from(notice: &StoreNotice) -> Self {
        Self {
            path: notice.path.clone(),
            zone: notice.zone.clone(),
            since: millis(notice.since),
            until: notice.until.map(millis),
            error: notice.error.clone(),
            refusals: notice.refusals,
            works: notice.works.clone(),
        }
    }
}

impl StoreForm {
    pub(super) fn read(self) -> StoreNotice {
        StoreNotice {
            path: self.path,
            zone: self.zone,
            since: from_millis(self.since),
            until: self.until.map(from_millis),
            error: self.error,
            refusals: self.refusals,
            works: self.works,
        }
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct NoticeForm {
    feed: String,
    watch_title: String,
    zone: String,
    source: String,
    health: String,
    since: i64,
    last_success: Option<i64>,
    error: Option<String>,
    indicators: Vec<String>,
}
impl From<&FeedNotice> for NoticeForm {
    fn from(notice: &FeedNotice) -> Self {
        Self {
            feed: notice.feed.to_string(),
            watch_title: notice.watch_title.clone(),
            zone: notice.zone.clone(),
            source: notice.source.clone(),
            health: notice.health.clone(),
            since: millis(notice.since),
            last_success: notice.last_success.map(millis),
            error: notice.error.clone(),
            indicators: notice.indicators.clone(),
        }
    }
}

impl NoticeForm {
    pub(super) fn read(self) -> Result<FeedNotice> {
        Ok(FeedNotice {
            feed: read_name(&self.feed)?,
            watch_title: self.watch_title,
            zone: self.zone,
            source: self.source,
            health: self.health,
            since: from_millis(self.since),
            last_success: self.last_success.map(from_millis),
            error: self.error,
            indicators: self.indicators,
        })
    }
}
