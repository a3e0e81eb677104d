//! `file:` targets: one file, or a folder of documents named by the time they were fetched.
//!
//! Reads are plain and synchronous: the files are local, regular and bounded,
//! and a replay makes thousands of them.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path};

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use url::Url;

use super::answer;
use crate::model::feed::{Failure, Fetched, Health, Validators, Wishes};
use crate::model::item::Document;

/// One document of a recorded feed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Recording {
    at: Timestamp,
    name: String,
}

/// When the documents of a recorded folder were fetched, in order and each time once: what a replay steps through.
///
/// # Errors
/// The folder cannot be read.
pub fn recorded_times(folder: &Path) -> io::Result<Vec<Timestamp>> {
    let mut times: Vec<Timestamp> = recordings(folder)?.into_iter().map(|recording| recording.at).collect();
    times.sort_unstable();
    times.dedup();
    Ok(times)
}

/// One poll of a file or folder at `now`.
pub(super) fn fetch(path: &Path, shown: &str, max_body: u64, validators: &Validators, now: Timestamp) -> Fetched {
    let seen = validators.etag.as_deref();
    let found = match fs::metadata(path) {
        Ok(kind) if kind.is_dir() => from_folder(path, shown, max_body, seen, now),
        Ok(_) => from_file(path, shown, max_body, seen),
        Err(error) => Err(unreadable(shown, path, &error)),
    };
    found.unwrap_or_else(Fetched::Failed)
}

/// The folder beside the recorded documents in which the pages lie that they link to.
const PAGES: &str = "pages";

/// The page of a link, as it was recorded: `pages/host/path?query`, which is how `wget --force-directories` lays pages out.
///
/// A recorded feed asks nobody: a page that was not recorded is gone.
pub(super) fn page(path: &Path, link: &str, max_body: u64) -> Fetched {
    let folder = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
    let Some(place) = place_of(link) else {
        return Fetched::Failed(Failure::error(format!("`{link}` is not the address of a page")));
    };
    let exact = folder.join(PAGES).join(&place);
    let names = [exact.clone(), folder.join(PAGES).join(format!("{place}.html")), exact.join("index.html")];
    let Some(found) = names.iter().find(|name| name.is_file()) else {
        let message = format!("the page {link} was not recorded; it would be {}", exact.display());
        return Fetched::Failed(Failure { health: Health::Gone, status: Some(404), ..Failure::error(message) });
    };
    match read(found, link, max_body) {
        Ok(body) => {
            let content_type = content_type(found).map(str::to_owned);
            let document = Document { body, content_type, url: Some(link.to_owned()) };
            Fetched::Document { document, validators: Validators::default(), wishes: Wishes::default() }
        }
        Err(failure) => Fetched::Failed(failure),
    }
}

/// A link's place below the pages. The address comes from a feed: nothing in it leads upwards or to the root.
fn place_of(link: &str) -> Option<String> {
    let url = Url::parse(link).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let query = url.query().map(|query| format!("?{}", query.replace('/', "%2F"))).unwrap_or_default();
    let place = format!("{}{}{query}", url.host_str()?, url.path());
    let is_below = Path::new(&place).components().all(|part| matches!(part, Component::Normal(_)));
    (is_below && !place.contains('\0')).then_some(place)
}

/// A file is unchanged when its content is: times of change are too coarse to tell two quick writes apart.
fn from_file(path: &Path, shown: &str, max_body: u64, seen: Option<&str>) -> Result<Fetched, Failure> {
    let body = read(path, shown, max_body)?;
    let hash: String = Sha256::digest(&body).iter().map(|byte| format!("{byte:02x}")).collect();
    if seen == Some(hash.as_str()) {
        return Ok(Fetched::Unchanged { wishes: Wishes::default() });
    }
    Ok(document(body, path, hash))
}

/// The newest document not after `now`. Before the first one there was nothing to see, which is a failure and not
/// "unchanged": that would claim that the source had been watched.
fn from_folder(
    folder: &Path,
    shown: &str,
    max_body: u64,
    seen: Option<&str>,
    now: Timestamp,
) -> Result<Fetched, Failure> {
    let all = recordings(folder).map_err(|error| unreadable(shown, folder, &error))?;
    let Some(newest) = all.iter().filter(|recording| recording.at <= now).max() else {
        return Err(nothing_yet(shown, all.iter().min(), now));
    };
    if let Some(status) = recorded_status(&newest.name) {
        return Err(answer::refusal(status, shown, None));
    }
    if seen == Some(newest.name.as_str()) {
        return Ok(Fetched::Unchanged { wishes: Wishes::default() });
    }
    let path = folder.join(&newest.name);
    Ok(document(read(&path, shown, max_body)?, &path, newest.name.clone()))
}

/// The documents of a folder; files whose names hold no time are none.
fn recordings(folder: &Path) -> io::Result<Vec<Recording>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let Ok(name) = entry?.file_name().into_string() else { continue };
        if let Some(at) = recorded_at(&name) {
            found.push(Recording { at, name });
        }
    }
    Ok(found)
}

/// Reads `20251213T060000Z` or `2025-12-13T060000Z` at the start of a name; an extension or a `_note` may follow.
fn recorded_at(name: &str) -> Option<Timestamp> {
    let (time, rest) = name.split_at_checked(name.find('Z')? + 1)?;
    if !(rest.is_empty() || rest.starts_with(['.', '_', '-'])) {
        return None;
    }
    time.parse().ok()
}

/// A name that ends in a number from 400 to 599 records an answer without a document.
fn recorded_status(name: &str) -> Option<u16> {
    let (_, extension) = name.rsplit_once('.')?;
    extension.parse().ok().filter(|status| (400..600).contains(status))
}

fn read(path: &Path, shown: &str, max_body: u64) -> Result<Vec<u8>, Failure> {
    let problem = |error: io::Error| unreadable(shown, path, &error);
    let file = File::open(path).map_err(problem)?;
    // A pipe or device would block or never end.
    if !file.metadata().map_err(problem)?.is_file() {
        return Err(Failure::error(format!("{shown} is neither a file nor a folder; name one of them")));
    }
    let mut body = Vec::new();
    file.take(max_body.saturating_add(1)).read_to_end(&mut body).map_err(problem)?;
    let size = u64::try_from(body.len()).unwrap_or(u64::MAX);
    if size > max_body { Err(answer::too_large(shown, max_body)) } else { Ok(body) }
}

fn document(body: Vec<u8>, path: &Path, etag: String) -> Fetched {
    let document = Document { body, content_type: content_type(path).map(str::to_owned), url: None };
    let validators = Validators { etag: Some(etag), last_modified: None };
    Fetched::Document { document, validators, wishes: Wishes::default() }
}

/// What a server would say about a file of this extension, without a charset: the content speaks for itself.
pub fn content_type(path: &Path) -> Option<&'static str> {
    const TYPES: [(&str, &str); 12] = [
        ("xml", "application/xml"),
        ("rss", "application/rss+xml"),
        ("atom", "application/atom+xml"),
        ("rdf", "application/rdf+xml"),
        ("json", "application/json"),
        ("geojson", "application/geo+json"),
        ("csv", "text/csv"),
        ("html", "text/html"),
        ("htm", "text/html"),
        ("txt", "text/plain"),
        ("ics", "text/calendar"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ];
    let extension = path.extension()?.to_str()?;
    TYPES.iter().find(|(known, _)| known.eq_ignore_ascii_case(extension)).map(|(_, name)| *name)
}

fn unreadable(shown: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::error(format!("{shown} cannot be read at {}: {error}; check the path and its permissions", path.display()))
}

fn nothing_yet(shown: &str, first: Option<&Recording>, now: Timestamp) -> Failure {
    Failure::error(match first {
        Some(first) => format!("{shown} has no document recorded at or before {now}; the first is of {}", first.at),
        None => format!(
            "{shown} holds no recorded document; expected files named by the time they were fetched, such as \
             20251213T060000Z.xml"
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expected: Option<&str>) {
        assert_eq!(recorded_at(name), expected.map(|time| time.parse().unwrap()), "{name}");
    }

    #[test]
    fn links_have_their_place_and_lead_nowhere_else() {
        let cases = [
            ("https://a.example/b/c.html?d=e#f", Some("a.example/b/c.html?d=e")),
            ("https://a.example/b/", Some("a.example/b/")),
            ("https://a.example/../../etc/passwd", Some("a.example/etc/passwd")),
            ("https://a.example/%2e%2e/%2E%2e/x", Some("a.example/x")),
            ("https://a.example/?x=/../..", Some("a.example/?x=%2F..%2F..")),
            ("file:///etc/passwd", None),
            ("/etc/passwd", None),
        ];
        for (link, expected) in cases {
            assert_eq!(place_of(link).as_deref(), expected, "{link}");
        }
    }

    #[test]
    fn names_hold_times() {
        check("20251213T060000Z.xml", Some("2025-12-13T06:00:00Z"));
        check("2025-12-13T060000Z", Some("2025-12-13T06:00:00Z"));
        check("2025-12-13T06:00:00Z.csv", Some("2025-12-13T06:00:00Z"));
        check("20240415T223039Z_dc19ac0e1c.xml", Some("2024-04-15T22:30:39Z"));
        for none in ["README.md", "Z", "20251213.xml", "20251340T060000Z.xml", "20251213T060000Zebra.xml", "é Z.x"] {
            check(none, None);
        }
    }
}
