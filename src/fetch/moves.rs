//! Where addresses have moved for good: asked there at once, as long as the daemon runs.
//!
//! A restart asks the old address once more, so that a mistake of a server is
//! not remembered for ever; what the configuration says stays as it is.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderValue, LOCATION};
use url::Url;

use super::trail::Trail;

/// So many are remembered: more than there are feeds. Addresses with times in them would else add up.
const MOST: usize = 4096;

/// Addresses and where each has moved.
#[derive(Debug, Default)]
pub(super) struct Moves(Mutex<HashMap<Url, Url>>);

impl Moves {
    /// The trail where its address has led before: as if the server had redirected it again, so that nothing that is
    /// meant for one host is told to another.
    pub(super) fn applied(&self, trail: Trail) -> Trail {
        let there = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&trail.url).cloned();
        let location = there.and_then(|there| HeaderValue::from_str(there.as_str()).ok());
        let Some(location) = location.filter(|_| matches!(trail.method, Method::GET | Method::HEAD)) else {
            return trail;
        };
        let mut redirected = Trail::new(trail.url.clone(), trail.method.clone(), trail.with_body);
        let headers = HeaderMap::from_iter([(LOCATION, location)]);
        if redirected.follow(308, &headers).is_ok() { redirected } else { trail }
    }

    /// Remembers where an address has moved, or that it has not.
    pub(super) fn keep(&self, asked: Url, there: Option<Url>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match there {
            Some(there) if known.len() < MOST || known.contains_key(&asked) => drop(known.insert(asked, there)),
            Some(_) => {}
            None => drop(known.remove(&asked)),
        }
    }
}
