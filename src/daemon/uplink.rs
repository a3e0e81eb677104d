//! Whether it is our own connection that is down: every host that was asked failed, and none has answered since.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::model::feed::FeedState;
use crate::model::name::Name;

/// So many hosts that fail in a row are every host, however many feeds there are.
const ENOUGH: usize = 5;

/// What is known of our connection from the polls of this run.
#[derive(Debug, Default)]
pub struct Uplink {
    since: Option<Timestamp>,
    silent: BTreeSet<String>,
    blamed: Vec<(Name, FeedState)>,
}

/// What a failure to reach a host says.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// The host or the way to it fails: the feed is blamed.
    Theirs,
    /// With this failure every host has failed since then; these feeds were blamed for it, as they stood before.
    WentDown(Timestamp, Vec<(Name, FeedState)>),
    /// Our connection is still down.
    Ours,
}

impl Uplink {
    /// A host has answered, whatever it said.
    pub fn answered(&mut self) {
        *self = Self::default();
    }

    /// A host could not be reached by a feed that stood so before; the plan names so many hosts.
    pub fn unreached(
        &mut self,
        host: &str,
        (feed, before): (&Name, &FeedState),
        hosts: usize,
        now: Timestamp,
    ) -> Verdict {
        let enough = hosts.clamp(2, ENOUGH);
        let was_down = self.silent.len() >= enough;
        let since = *self.since.get_or_insert(now);
        self.silent.insert(host.to_owned());
        if was_down {
            return Verdict::Ours;
        }
        if self.silent.len() >= enough {
            return Verdict::WentDown(since, std::mem::take(&mut self.blamed));
        }
        if self.blamed.iter().all(|(blamed, _)| blamed != feed) {
            self.blamed.push((feed.clone(), before.clone()));
        }
        Verdict::Theirs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fail(uplink: &mut Uplink, host: &str, hosts: usize) -> Verdict {
        let feed = Name::new("watch", host);
        uplink.unreached(host, (&feed, &FeedState::new(Timestamp::UNIX_EPOCH)), hosts, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn every_host_at_once_is_our_own_connection() {
        let mut uplink = Uplink::default();
        assert_eq!(fail(&mut uplink, "a", 3), Verdict::Theirs);
        assert_eq!(fail(&mut uplink, "a", 3), Verdict::Theirs);
        assert_eq!(fail(&mut uplink, "b", 3), Verdict::Theirs);
        let Verdict::WentDown(_, blamed) = fail(&mut uplink, "c", 3) else { panic!("three of three") };
        assert_eq!(blamed.iter().map(|(feed, _)| feed.local()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(fail(&mut uplink, "a", 3), Verdict::Ours);
        uplink.answered();
        assert_eq!(fail(&mut uplink, "a", 3), Verdict::Theirs);
    }

    #[test]
    fn one_host_alone_is_never_all() {
        let mut uplink = Uplink::default();
        for _ in 0..10 {
            assert_eq!(fail(&mut uplink, "a", 1), Verdict::Theirs);
        }
        let mut uplink = Uplink::default();
        fail(&mut uplink, "a", 2);
        uplink.answered();
        assert_eq!(fail(&mut uplink, "b", 2), Verdict::Theirs);
    }
}
