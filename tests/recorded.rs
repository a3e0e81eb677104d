//! Recorded feeds: a folder of documents named by the time they were fetched, and single files.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use std::fs;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use watchfloor::fetch::{Client, Settings, Target, recorded_times};
use watchfloor::model::feed::{Failure, Fetched, Health, Validators};

fn settings() -> Settings {
    Settings {
        user_agent: "watchfloor-test".to_owned(),
        timeout: SignedDuration::from_secs(10),
        max_body: 1000,
        concurrency: 1,
        per_host_interval: SignedDuration::ZERO,
        proxy: None,
        allow_private: false,
    }
}

async fn fetch_with(settings: Settings, path: &Path, known: Option<&str>, now: Timestamp) -> Fetched {
    let shown = "file:recorded/".to_owned();
    let target = Target { path: Some(path.to_owned()), ..Target::get(shown.clone().into(), shown) };
    let validators = Validators { etag: known.map(str::to_owned), last_modified: None };
    Client::new(settings).unwrap().fetch(&target, &validators, now).await
}

async fn fetch(path: &Path, known: Option<&str>, now: &str) -> Fetched {
    fetch_with(settings(), path, known, now.parse().unwrap()).await
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

/// What a poll comes to, in short: the body and what it is known by, `unchanged`, or the failure's sentence.
fn short(fetched: Fetched) -> String {
    match fetched {
        Fetched::Document { document, validators, .. } => {
            let body = String::from_utf8(document.body).unwrap();
            format!("{body} {} {}", document.content_type.unwrap_or_default(), validators.etag.unwrap_or_default())
        }
        Fetched::Unchanged { .. } => "unchanged".to_owned(),
        Fetched::Failed(Failure { health, status, message, .. }) => format!("{health:?} {status:?} {message}"),
    }
}

async fn check(folder: &Path, known: Option<&str>, now: &str, expected: &str) {
    let found = short(fetch(folder, known, now).await);
    assert!(found.contains(expected), "at {now}: {found:?} instead of {expected:?}");
}

#[tokio::test]
async fn a_poll_sees_the_newest_document_not_after_now() {
    let folder = folder(&[
        ("20251213T060000Z.xml", "first"),
        ("2025-12-14T060000Z.json", "second"),
        ("20251215T060000Z_0a1b2c.csv", "third"),
        ("20251216T060000Z.500", ""),
        ("20251217T060000Z.410", ""),
        ("README.md", "no document"),
        ("20259999T060000Z.xml", "no time"),
    ]);
    let path = folder.path();
    check(
        path,
        None,
        "2025-12-13T05:59:59Z",
        "no document recorded at or before 2025-12-13T05:59:59Z; the first is of 2025-12-13T06:00:00Z",
    )
    .await;
    check(path, None, "2025-12-13T06:00:00Z", "first application/xml 20251213T060000Z.xml").await;
    check(path, Some("20251213T060000Z.xml"), "2025-12-14T05:59:59Z", "unchanged").await;
    check(path, Some("20251213T060000Z.xml"), "2025-12-14T06:00:00Z", "second application/json").await;
    check(path, None, "2025-12-15T12:00:00Z", "third text/csv 20251215T060000Z_0a1b2c.csv").await;
    check(
        path,
        Some("20251215T060000Z_0a1b2c.csv"),
        "2025-12-16T06:00:00Z",
        "Error Some(500) file:recorded/ answered 500",
    )
    .await;
    check(path, None, "2026-01-01T00:00:00Z", "Gone Some(410)").await;
    let days = ["2025-12-13", "2025-12-14", "2025-12-15", "2025-12-16", "2025-12-17"];
    let expected: Vec<Timestamp> = days.iter().map(|day| format!("{day}T06:00:00Z").parse().unwrap()).collect();
    assert_eq!(recorded_times(path).unwrap(), expected);
}

#[tokio::test]
async fn what_cannot_be_read_is_a_named_failure() {
    let empty = folder(&[]);
    check(empty.path(), None, "2026-01-01T00:00:00Z", "file:recorded/ holds no recorded document").await;
    check(&empty.path().join("none"), None, "2026-01-01T00:00:00Z", "cannot be read at").await;
    assert!(recorded_times(&empty.path().join("none")).is_err());
    let large = folder(&[("20251213T060000Z.xml", &"x".repeat(1001))]);
    check(large.path(), None, "2026-01-01T00:00:00Z", "more than 1000 bytes").await;
    let odd = folder(&[]);
    fs::create_dir(odd.path().join("20251213T060000Z.xml")).unwrap();
    check(odd.path(), None, "2026-01-01T00:00:00Z", "neither a file nor a folder").await;
    check(Path::new("/dev/null"), None, "2026-01-01T00:00:00Z", "neither a file nor a folder").await;
}

#[tokio::test]
async fn a_single_file_is_unchanged_while_its_content_is() {
    let folder = folder(&[("feed.rss", "one")]);
    let path = folder.path().join("feed.rss");
    let now = "2026-01-01T00:00:00Z";
    let Fetched::Document { document, validators, .. } = fetch(&path, None, now).await else { panic!("no document") };
    assert_eq!(
        (document.body.as_slice(), document.content_type.as_deref()),
        (&b"one"[..], Some("application/rss+xml"))
    );
    let known = validators.etag.unwrap();
    check(&path, Some(&known), now, "unchanged").await;
    // The same length, written at once: only the content tells.
    fs::write(&path, "two").unwrap();
    check(&path, Some(&known), now, "two").await;
    fs::remove_file(&path).unwrap();
    let Fetched::Failed(gone) = fetch(&path, Some(&known), now).await else { panic!("no failure") };
    assert_eq!((gone.health, gone.unreached), (Health::Error, false));
}

#[tokio::test]
async fn a_real_recording_brings_each_document_once() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/whitehouse/rss_snapshots");
    if !folder.is_dir() {
        eprintln!("skipped a_real_recording_brings_each_document_once: ../shared is not here");
        return;
    }
    let times = recorded_times(&folder).unwrap();
    assert_eq!(times.len(), 60);
    let large = || Settings { max_body: 1 << 20, ..settings() };
    let mut known: Option<String> = None;
    for at in times {
        let Fetched::Document { validators, .. } = fetch_with(large(), &folder, known.as_deref(), at).await else {
            panic!("no document at {at}")
        };
        known = validators.etag;
        let later = at + SignedDuration::from_mins(1);
        assert!(matches!(fetch_with(large(), &folder, known.as_deref(), later).await, Fetched::Unchanged { .. }));
    }
}
