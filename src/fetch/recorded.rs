//! `file:` feeds: one file, or a folder of documents named by the time they were fetched.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use super::{Target, classify};
use crate::model::feed::{Failure, Fetched, Validators, Wishes};
use crate::model::item::Document;

/// The times for which a folder holds a document, ascending.
///
/// # Errors
/// What the file system says.
pub fn recorded_times(folder: &Path) -> std::io::Result<Vec<Timestamp>> {
    Ok(recordings(folder)?.into_iter().map(|(at, _)| at).collect())
}

/// One poll of a file or of a recorded feed.
pub(super) async fn fetch(
    path: &Path,
    target: &Target,
    validators: &Validators,
    (max_body, now): (u64, Timestamp),
) -> Fetched {
    let chosen = match choose(path, now) {
        Ok(chosen) => chosen,
        Err(failure) => return Fetched::Failed(failure),
    };
    if let Some(status) = recorded_status(&chosen) {
        return Fetched::Failed(classify::status(status, &target.shown, None));
    }
    let is_folder = chosen != path;
    let name = chosen.file_name().map(|name| name.to_string_lossy().into_owned());
    if is_folder && name == validators.etag {
        return Fetched::Unchanged { wishes: Wishes::default() };
    }
    let body = match tokio::fs::metadata(&chosen).await {
        Ok(metadata) if metadata.len() > max_body => {
            let limit = max_body >> 20;
            return failed(format!("{} is larger than the limit of {limit} MiB (`[http] max_body`)", chosen.display()));
        }
        Ok(_) => tokio::fs::read(&chosen).await,
        Err(error) => Err(error),
    };
    let body = match body {
        Ok(body) => body,
        Err(error) => return failed(format!("cannot read {}: {error}", chosen.display())),
    };
    // A recorded document is known by its name, a file by its content.
    let etag = if is_folder { name } else { Some(digest(&body)) };
    if etag == validators.etag {
        return Fetched::Unchanged { wishes: Wishes::default() };
    }
    let document = Document { body, content_type: content_type(&chosen), url: None };
    Fetched::Document { document, validators: Validators { etag, last_modified: None }, wishes: Wishes::default() }
}

fn choose(path: &Path, now: Timestamp) -> Result<PathBuf, Failure> {
    if !path.is_dir() {
        return Ok(path.to_owned());
    }
    let all = recordings(path).map_err(|error| Failure::error(format!("cannot list {}: {error}", path.display())))?;
    let newest = all.into_iter().rfind(|(at, _)| *at <= now);
    newest.map(|(_, path)| path).ok_or_else(|| {
        Failure::error(format!(
            "{} holds no document of {now} or before (names are like 20251213T060000Z.xml)",
            path.display()
        ))
    })
}

fn recordings(folder: &Path) -> std::io::Result<Vec<(Timestamp, PathBuf)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if let Some(at) = path.file_stem().and_then(|stem| time_of(&stem.to_string_lossy())) {
            found.push((at, path));
        }
    }
    found.sort();
    Ok(found)
}

fn time_of(stem: &str) -> Option<Timestamp> {
    let local = DateTime::strptime("%Y%m%dT%H%M%SZ", stem).ok()?;
    TimeZone::UTC.to_timestamp(local).ok()
}

/// A numeric ending stands for a poll that was answered with that status.
fn recorded_status(path: &Path) -> Option<u16> {
    let ending = path.extension()?.to_str()?;
    ending.parse().ok().filter(|status| (400..600).contains(status))
}

fn content_type(path: &Path) -> Option<String> {
    let kind = match path.extension()?.to_str()? {
        "xml" | "rss" | "atom" => "application/xml",
        "json" | "geojson" => "application/json",
        "csv" => "text/csv",
        "html" | "htm" => "text/html",
        _ => return None,
    };
    Some(kind.to_owned())
}

fn digest(body: &[u8]) -> String {
    Sha256::digest(body).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn failed(message: String) -> Fetched {
    Fetched::Failed(Failure::error(message))
}
