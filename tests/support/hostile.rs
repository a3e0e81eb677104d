//! One text in every field of a message that something from outside can reach.

use watchfloor::model::alert::NoteAccount;
use watchfloor::model::notification::{Content, DigestLine, DigestSection, Message, Thread};

/// The same message with `evil` in every field, ids and zone included. The chart's names are left where
/// `paints` is false: each needs a picture of its own.
pub fn fill(mut message: Message, evil: &str, paints: bool) -> Message {
    let evil = || evil.to_owned();
    message.message_id = format!("{}.{}@x", message.message_id, evil());
    message.thread = Thread { root: Some(evil()), earlier: vec![evil()] };
    message.watch = Some(evil());
    match &mut message.content {
        Content::Scenario(account) => {
            (account.title, account.watch_title, account.reason, account.needs) = (evil(), evil(), evil(), evil());
            (account.clears, account.basis, account.zone) = (Some(evil()), Some(evil()), evil());
            if let Some(likelihood) = &mut account.likelihood {
                (likelihood.word, likelihood.confidence_why) = (evil(), evil());
            }
            for condition in &mut account.conditions {
                (condition.title, condition.shown, condition.bound, condition.why) = (evil(), evil(), evil(), evil());
                (condition.before, condition.proxy_for, condition.measure) = (Some(evil()), Some(evil()), evil());
                if paints {
                    condition.series.iter_mut().for_each(|point| point.period = evil());
                    condition.unit = evil();
                }
                for evidence in &mut condition.evidence {
                    (evidence.quote, evidence.source, evidence.grade) = (evil(), evil(), evil());
                    (evidence.title, evidence.flags, evidence.author) = (Some(evil()), vec![evil()], Some(evil()));
                    evidence.link = Some(evil());
                    let at = evidence.recorded_at;
                    evidence.notes = vec![NoteAccount { at, author: evil(), about: evil(), text: evil() }];
                }
            }
        }
        Content::Feed(notice) => {
            (notice.source, notice.health, notice.watch_title) = (evil(), evil(), evil());
            (notice.error, notice.indicators, notice.zone) = (Some(evil()), vec![evil()], evil());
        }
        Content::Digest(digest) => {
            digest.zone = evil();
            let drawn = DigestLine { series: Vec::new(), text: evil() };
            digest.sections = vec![DigestSection { title: evil(), lines: vec![drawn, evil().into()] }];
        }
        Content::Undelivered(undelivered) => {
            undelivered.zone = evil();
            for message in &mut undelivered.messages {
                (message.about, message.recipient, message.why) = (evil(), evil(), evil());
            }
        }
        Content::Store(notice) => {
            (notice.path, notice.zone, notice.error, notice.works) = (evil(), evil(), evil(), vec![evil()]);
        }
        Content::Test => {}
    }
    message
}
