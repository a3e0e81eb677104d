//! HTTP status → what it says about a feed.

use jiff::{SignedDuration, Timestamp};

use crate::model::feed::{Failure, Health};

/// The failure that a status stands for. `shown` is the address without its secrets.
pub fn status(status: u16, shown: &str, wait: Option<SignedDuration>) -> Failure {
    let (health, advice) = match status {
        401 | 403 | 406 => (Health::Blocked, "the site refuses us; check keys, headers and `user_agent`"),
        404 => (Health::Gone, "there is nothing at this address; look for its new one"),
        410 => (Health::Gone, "it is gone for good; remove the feed or give its new address"),
        429 => (Health::Throttled, "we ask too often; raise `every`"),
        500..=599 => (Health::Error, "the server has a fault of its own; it is asked again"),
        _ => (Health::Error, "this is no answer to a request for a document"),
    };
    Failure {
        health,
        status: Some(status),
        message: format!("{shown} answered {status}: {advice}"),
        wait,
        unreached: false,
    }
}

/// `Retry-After` in both of its forms (RFC 9110, 10.2.3).
pub fn retry_after(value: &str, now: Timestamp) -> Option<SignedDuration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u32>() {
        return Some(SignedDuration::from_secs(i64::from(seconds)));
    }
    let until = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    Some(until.duration_since(now).max(SignedDuration::ZERO))
}

/// `max-age` of `Cache-Control` (RFC 9111, 5.2.2.1).
pub fn max_age(value: &str) -> Option<SignedDuration> {
    let seconds = value.split(',').find_map(|part| part.trim().strip_prefix("max-age="))?;
    seconds.trim_matches('"').parse::<u32>().ok().map(|seconds| SignedDuration::from_secs(i64::from(seconds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_retry_after() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let cases = [
            ("120", Some(120)),
            ("Thu, 01 Jan 2026 00:05:00 GMT", Some(300)),
            ("Wed, 01 Jan 2020 00:05:00 GMT", Some(0)),
            ("soon", None),
        ];
        for (text, seconds) in cases {
            assert_eq!(retry_after(text, now).map(|wait| wait.as_secs()), seconds, "{text}");
        }
        assert_eq!(max_age("public, max-age=60").map(|wait| wait.as_secs()), Some(60));
    }
}
