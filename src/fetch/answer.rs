//! What a server's answer means: statuses, `Retry-After`, caching, validators. Not here: how the answer came.

use jiff::fmt::{rfc2822, strtime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use reqwest::header::{AGE, CACHE_CONTROL, ETAG, HeaderMap, HeaderName, LAST_MODIFIED, LINK, RETRY_AFTER};

use crate::model::feed::{Failure, Health, Validators};
use crate::model::time::duration_words;

/// A failure from a status that carries no document, as a sentence with advice.
pub(super) fn refusal(status: u16, shown: &str, wait: Option<SignedDuration>) -> Failure {
    let health = health_of(status);
    let (meaning, advice) = meaning_of(status);
    let asked = wait.map(|wait| format!("; it asks to wait {}", duration_words(wait))).unwrap_or_default();
    let message = format!("{shown} answered {status} ({meaning}){asked}; {advice}");
    Failure { health, status: Some(status), message, wait, unreached: false }
}

fn health_of(status: u16) -> Health {
    match status {
        401 | 403 | 406 => Health::Blocked,
        404 | 410 => Health::Gone,
        429 => Health::Throttled,
        _ => Health::Error,
    }
}

/// A status in words, and what can be done about it.
fn meaning_of(status: u16) -> (&'static str, &'static str) {
    match status {
        401 => ("it wants credentials", "check the feed's headers and its secret"),
        403 => ("it refuses us", "check whether the feed needs a key, or whether the site refuses programs"),
        404 => ("there is nothing at this address", "look up the feed's new address"),
        406 => ("it has nothing in a form we accept", "check the feed's Accept header"),
        407 => ("the proxy wants credentials", "check [http] proxy"),
        410 => ("gone for good", "it is not polled again; remove the feed or give its new address"),
        421 | 425 | 408 => ("try again", "it is tried again later"),
        429 => ("too many requests", "raise the feed's `every`"),
        451 => ("withheld for legal reasons", "look for another source of the same"),
        500..=599 => ("the server has a problem of its own", "it is tried again later"),
        304 => ("unchanged, though nothing was known of it", "check the address in a browser"),
        300..=399 => ("a redirect that leads nowhere", "check the address in a browser"),
        200..=299 => ("an answer without a document", "check the address in a browser"),
        _ => ("the request was not accepted", "check the feed's address, method, headers and body"),
    }
}

/// A body beyond the limit.
pub(super) fn too_large(shown: &str, max_body: u64) -> Failure {
    Failure::error(format!(
        "{shown} sends more than {max_body} bytes after decompression, the limit set by [http] max_body, and was cut \
         off; raise the limit if the document is really that large"
    ))
}

/// The server's validators, to be sent back byte for byte; one that is not UTF-8 cannot be kept so and is left out.
pub(super) fn validators(headers: &HeaderMap) -> Validators {
    Validators { etag: text(headers, &ETAG), last_modified: text(headers, &LAST_MODIFIED) }
}

/// How long the server asks us to stay away: the longer of `Retry-After` and `max-age`.
pub(super) fn wait(headers: &HeaderMap, now: Timestamp) -> Option<SignedDuration> {
    retry_after(headers, now).max(fresh_for(headers))
}

/// `Retry-After` in either form (RFC 9110, 10.2.3); a date that has passed asks for nothing.
pub(super) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<SignedDuration> {
    let value = text(headers, &RETRY_AFTER)?;
    if let Some(wait) = seconds(value.trim()) {
        return Some(wait);
    }
    let wait = http_date(value.trim())?.duration_since(now);
    wait.is_positive().then_some(wait)
}

/// For how long the answer says it stays fresh (RFC 9111, 4.2): `max-age` less what was spent in caches.
fn fresh_for(headers: &HeaderMap) -> Option<SignedDuration> {
    let mut max_age = None;
    for value in headers.get_all(CACHE_CONTROL) {
        for directive in value.to_str().unwrap_or_default().split(',') {
            let (name, argument) = directive.split_once('=').unwrap_or((directive, ""));
            match name.trim().to_ascii_lowercase().as_str() {
                "no-cache" | "no-store" => return None,
                "max-age" => max_age = max_age.or_else(|| seconds(argument.trim().trim_matches('"'))),
                _ => {}
            }
        }
    }
    let age = text(headers, &AGE).and_then(|age| seconds(age.trim())).unwrap_or_default();
    let left = max_age?.saturating_sub(age);
    left.is_positive().then_some(left)
}

/// How many links of an answer's headers are kept.
const MOST_LINKS: usize = 32;

/// Where `Link` headers lead (RFC 8288, 3): each relation with its address, as written.
pub(super) fn links(headers: &HeaderMap) -> Vec<(String, String)> {
    let mut links = Vec::new();
    for value in headers.get_all(LINK) {
        let mut rest = value.to_str().unwrap_or_default();
        while let Some((address, behind)) = rest.split_once('<').and_then(|(_, inner)| inner.split_once('>')) {
            let (parameters, after) = behind.split_at(list_end(behind));
            rest = after;
            let relations = relation(parameters).into_iter().flat_map(str::split_whitespace);
            links.extend(relations.map(|relation| (relation.to_ascii_lowercase(), address.trim().to_owned())));
        }
    }
    links.truncate(MOST_LINKS);
    links
}

/// Where the parameters of one link end: at a comma that stands outside of quotes.
fn list_end(text: &str) -> usize {
    let mut is_quoted = false;
    let end = text.bytes().position(|byte| {
        is_quoted ^= byte == b'"';
        byte == b',' && !is_quoted
    });
    end.unwrap_or(text.len())
}

/// The value of the parameter `rel`; the first counts.
fn relation(parameters: &str) -> Option<&str> {
    let pairs = parameters.split(';').filter_map(|pair| pair.split_once('='));
    let mut relations = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("rel"));
    relations.next().map(|(_, value)| value.trim().trim_matches('"'))
}

/// Whole seconds, digits only; more than a type holds is as long as it holds.
fn seconds(text: &str) -> Option<SignedDuration> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // Ten years is longer than any wait that is kept, and safe to add to any instant.
    digits.then(|| SignedDuration::from_secs(text.parse().unwrap_or(i64::MAX).min(10 * 366 * 86_400)))
}

/// A date in one of HTTP's three forms (RFC 9110, 5.6.7).
fn http_date(text: &str) -> Option<Timestamp> {
    static PARSER: rfc2822::DateTimeParser = rfc2822::DateTimeParser::new().relaxed_weekday(true);
    if let Ok(at) = PARSER.parse_timestamp(text) {
        return Some(at);
    }
    let forms = ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
    let wall = forms.iter().find_map(|form| strtime::parse(form, text).ok()?.to_datetime().ok())?;
    TimeZone::UTC.to_timestamp(wall).ok()
}

/// A header's value as text; `None` where there is none or its bytes are no UTF-8.
pub(super) fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    std::str::from_utf8(headers.get(name)?.as_bytes()).ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-01-01T00:00:00Z".parse().unwrap()
    }

    fn check(headers: &[(&str, &str)], expected: Option<i64>) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
        }
        assert_eq!(wait(&map, now()).map(|wait| wait.as_secs()), expected, "{headers:?}");
    }

    #[test]
    fn servers_ask_for_patience_in_many_forms() {
        check(&[], None);
        check(&[("retry-after", "120")], Some(120));
        check(&[("retry-after", " 120 ")], Some(120));
        check(&[("retry-after", "Thu, 01 Jan 2026 00:10:00 GMT")], Some(600));
        check(&[("retry-after", "Thursday, 01-Jan-26 00:10:00 GMT")], Some(600));
        check(&[("retry-after", "Thu Jan  1 00:10:00 2026")], Some(600));
        check(&[("retry-after", "Wed, 31 Dec 2025 23:00:00 GMT")], None);
        check(&[("retry-after", "soon")], None);
        check(&[("retry-after", "-5")], None);
        check(&[("retry-after", "99999999999999999999")], Some(10 * 366 * 86_400));
        check(&[("cache-control", "public, max-age=300")], Some(300));
        check(&[("cache-control", "Max-Age=\"300\"")], Some(300));
        check(&[("cache-control", "public"), ("cache-control", "max-age=60")], Some(60));
        check(&[("cache-control", "no-cache, max-age=300")], None);
        check(&[("cache-control", "max-age=300"), ("age", "100")], Some(200));
        check(&[("cache-control", "max-age=300"), ("age", "400")], None);
        check(&[("cache-control", "max-age=300"), ("retry-after", "900")], Some(900));
    }

    #[test]
    fn links_are_read_from_headers() {
        let mut headers = HeaderMap::new();
        let several =
            "</a?p=2>; rel=\"next\"; title=\"x, y\", <https://b.example/?p=9> ;REL=last,</c>; rel=\"up Prev\"";
        headers.append(LINK, several.parse().unwrap());
        headers.append(LINK, "<broken; rel=next".parse().unwrap());
        headers.append(LINK, "</d>; title=z".parse().unwrap());
        let found = links(&headers);
        let found: Vec<(&str, &str)> =
            found.iter().map(|(relation, link)| (relation.as_str(), link.as_str())).collect();
        assert_eq!(found, [("next", "/a?p=2"), ("last", "https://b.example/?p=9"), ("up", "/c"), ("prev", "/c")]);
    }

    #[test]
    fn statuses_have_their_health() {
        let cases = [
            (401, Health::Blocked),
            (403, Health::Blocked),
            (404, Health::Gone),
            (406, Health::Blocked),
            (410, Health::Gone),
            (429, Health::Throttled),
            (500, Health::Error),
            (418, Health::Error),
        ];
        for (status, health) in cases {
            let failure = refusal(status, "https://a.example/feed", None);
            assert_eq!((failure.health, failure.status, failure.unreached), (health, Some(status), false));
            assert!(failure.message.starts_with(&format!("https://a.example/feed answered {status} (")));
        }
    }
}
