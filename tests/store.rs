//! The file itself: older schemas, copies, and what is noticed when it is lost or damaged.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use rusqlite::Connection;
use watchfloor::model::name::Name;
use watchfloor::store::{self, Reader, Store, StoreError};

fn fixtures() -> Vec<(u32, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testdata/store");
    let mut found: Vec<(u32, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
            (stem.strip_prefix("schema-").unwrap().parse().unwrap(), std::fs::read_to_string(path).unwrap())
        })
        .collect();
    found.sort();
    found
}

fn database(folder: &Path, script: &str) -> PathBuf {
    let path = folder.join("watchfloor.db");
    Connection::open(&path).unwrap().execute_batch(script).unwrap();
    path
}

fn version(path: &Path) -> u32 {
    Connection::open(path).unwrap().query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap()
}

/// Everything a schema consists of, without the words it was written in: columns added later stand in another text.
fn shape(path: &Path) -> Vec<String> {
    let connection = Connection::open(path).unwrap();
    let sql = "SELECT m.type || ' ' || m.name || ' ' || coalesce(group_concat(c.name || ' ' || c.type || ' ' || c.\"notnull\" \
               || ' ' || c.pk, ', '), '') FROM sqlite_schema m LEFT JOIN pragma_table_info(m.name) c \
               WHERE m.name NOT LIKE 'sqlite_%' GROUP BY m.name ORDER BY m.name";
    let mut statement = connection.prepare(sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn commit(store: &mut Store, name: &str) {
    store.write(|change| change.set_fact(name, "1")).unwrap();
}

#[test]
fn every_schema_of_the_past_becomes_the_present_one() {
    let fresh = tempfile::tempdir().unwrap();
    drop(Store::open(&fresh.path().join("watchfloor.db")).unwrap());
    let current = version(&fresh.path().join("watchfloor.db"));
    let numbers: Vec<u32> = fixtures().iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, (1..current).collect::<Vec<_>>(), "each earlier schema has a database to be tried on");
    for (number, script) in fixtures() {
        let folder = tempfile::tempdir().unwrap();
        let path = database(folder.path(), &script);
        let count = |path: &Path| -> u32 {
            let connection = Connection::open(path).unwrap();
            connection.query_row("SELECT count(*) FROM observation", [], |row| row.get(0)).unwrap()
        };
        let items = |path: &Path| -> (u32, Option<String>) {
            let connection = Connection::open(path).unwrap();
            let sql = "SELECT count(*), group_concat(feed || id || revision || hash || recorded_at || coalesce(title, '') || body, \
                       ' ' ORDER BY feed, id, revision) FROM item";
            connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
        };
        let (before, items_before) = (count(&path), items(&path));
        assert!(items_before.0 > 0);
        let store = Store::open(&path).unwrap();
        let view = store.view();
        assert_eq!(view.count_observations().unwrap(), before);
        let alerts = view.alerts().unwrap();
        assert!(!alerts.is_empty() && !view.notifications().unwrap().is_empty());
        assert!(alerts.iter().all(|alert| !view.transitions_of(alert.id).unwrap().is_empty()));
        drop(store);
        assert_eq!(items(&path), items_before, "every item of schema {number}");
        assert_eq!(shape(&path), shape(&fresh.path().join("watchfloor.db")), "from schema {number}");
        let copy = folder.path().join(format!("watchfloor.db.schema-{number}"));
        assert_eq!((version(&copy), count(&copy)), (number, before), "the file as it was stands beside it");
    }
}

#[test]
fn a_migration_that_fails_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (number, script) = fixtures().remove(0);
    let path = database(folder.path(), &format!("{script}\nCREATE TABLE note (mine TEXT);"));
    let before = shape(&path);
    assert!(matches!(Store::open(&path), Err(StoreError::Sqlite(_))));
    assert_eq!((version(&path), shape(&path)), (number, before));
}

#[test]
fn a_newer_database_is_left_to_the_newer_program() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("watchfloor.db");
    drop(Store::open(&path).unwrap());
    let newer = version(&path) + 1;
    Connection::open(&path).unwrap().pragma_update(None, "user_version", newer).unwrap();
    let before = std::fs::read(&path).unwrap();
    for refused in [Store::open(&path).err(), Store::join(&path).err(), Reader::open(&path).err()] {
        let error = refused.expect("a refusal");
        assert!(matches!(error, StoreError::Newer { version, .. } if version == newer), "{error}");
        assert!(error.to_string().contains("use the newer version"), "{error}");
    }
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn only_run_changes_a_schema() {
    let folder = tempfile::tempdir().unwrap();
    let path = database(folder.path(), &fixtures()[0].1);
    assert!(matches!(Store::join(&path), Err(StoreError::Older(1))));
    assert!(matches!(Reader::open(&path), Err(StoreError::Older(1))));
    assert_eq!(version(&path), 1);
    // A copy can be taken of it, so that nobody has to migrate before a backup.
    assert!(store::copy(&path, &folder.path().join("copy.db")).unwrap().observations > 0);
}

#[test]
fn a_copy_of_the_live_store_is_one_moment_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("watchfloor.db");
    let mut store = Store::open(&path).unwrap();
    commit(&mut store, "begin");
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        // Two facts are written together; a copy that saw one without the other would not be of one moment.
        scope.spawn(|| {
            let mut number = 0_u32;
            while !stop.load(Ordering::Relaxed) {
                number += 1;
                let value = number.to_string();
                store
                    .write(|change| {
                        change.set_fact("left", &value)?;
                        change.set_fact(&format!("bulk {number}"), &"x".repeat(2000))?;
                        change.set_fact("right", &value)
                    })
                    .unwrap();
            }
        });
        for number in 0..10 {
            let target = folder.path().join(format!("copy-{number}.db"));
            let copied = store::copy(&path, &target).unwrap();
            let view = Reader::open(&target)
                .unwrap()
                .read(|view| -> store::Result<_> { Ok((view.fact("left")?, view.fact("right")?, view.sequence()?)) });
            let (left, right, sequence) = view.unwrap();
            assert_eq!(left, right);
            assert_eq!(sequence, copied.sequence);
        }
        stop.store(true, Ordering::Relaxed);
    });
    let occupied = store::copy(&path, &folder.path().join("copy-0.db"));
    assert!(matches!(occupied, Err(StoreError::Occupied(_))), "{occupied:?}");
    let names: Vec<String> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with("copy-") && !name.ends_with(".db"))
        .collect();
    assert!(names.is_empty(), "a copy is one file: {names:?}");
}

#[test]
fn a_damaged_store_gives_no_copy() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("watchfloor.db");
    drop(Store::open(&path).unwrap());
    assert_eq!(store::examine(&path).unwrap(), None);
    // An index that lies: only the whole check sees it.
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch(
            "INSERT INTO poll (feed, at, status, items_new, took_ms) VALUES ('w/a', 1, 'ok', 0, 0), ('w/b', 2, 'ok', 0, 0);
             PRAGMA writable_schema = ON;
             UPDATE sqlite_schema SET sql = 'CREATE INDEX poll_by_feed ON poll (at, id)' WHERE name = 'poll_by_feed';",
        )
        .unwrap();
    drop(connection);
    let target = folder.path().join("copy.db");
    assert!(matches!(store::copy(&path, &target), Err(StoreError::Damaged(_))));
    let damage = store::examine(&path).unwrap();
    assert!(damage.as_ref().is_some_and(|what| what.contains("poll_by_feed")), "{damage:?}");
    assert!(!target.exists() && !folder.path().join("copy.db.part").exists());
}

/// Until the first checkpoint all tables are in the log, and the file alone is a valid database without any.
#[test]
fn a_young_database_without_its_log_is_no_first_start() {
    let folder = tempfile::tempdir().unwrap();
    let (path, alone) = (folder.path().join("watchfloor.db"), folder.path().join("alone.db"));
    let mut store = Store::open(&path).unwrap();
    commit(&mut store, "one");
    for (from, to) in [(&path, "alone.db"), (&folder.path().join("watchfloor.db.mark"), "alone.db.mark")] {
        std::fs::copy(from, folder.path().join(to)).unwrap();
    }
    let before = std::fs::read(&alone).unwrap();
    assert!(!before.is_empty());
    let is_lost = |error: Option<StoreError>| matches!(error, Some(StoreError::Lost(_)));
    assert!(is_lost(Store::open(&alone).err()) && is_lost(Reader::open(&alone).err()));
    assert_eq!(std::fs::read(&alone).unwrap(), before, "nothing was changed");
    std::fs::remove_file(folder.path().join("alone.db.mark")).unwrap();
    drop(Store::open(&alone).unwrap());
}

#[test]
fn a_lost_database_is_no_first_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("watchfloor.db");
    let mut store = Store::open(&path).unwrap();
    commit(&mut store, "one");
    drop(store);
    let kept = std::fs::read(&path).unwrap();
    let is_lost = |error: Option<StoreError>| matches!(error, Some(StoreError::Lost(_)));
    for emptied in [true, false] {
        if emptied {
            std::fs::write(&path, b"").unwrap();
        } else {
            std::fs::remove_file(&path).unwrap();
        }
        assert!(is_lost(Store::open(&path).err()) && is_lost(Reader::open(&path).err()), "emptied: {emptied}");
        assert_eq!(path.exists(), emptied, "nothing was made in its place");
    }
    std::fs::write(&path, &kept).unwrap();
    drop(Store::open(&path).unwrap());
    // The way on that the message names.
    std::fs::remove_file(&path).unwrap();
    std::fs::remove_file(folder.path().join("watchfloor.db.mark")).unwrap();
    drop(Store::open(&path).unwrap());
    // A log without its database is one that was lost, too.
    let other = folder.path().join("other.db");
    std::fs::write(folder.path().join("other.db-wal"), b"something").unwrap();
    assert!(is_lost(Store::open(&other).err()));
}

/// A database with its log as a crash leaves them, and its marker.
fn crashed(folder: &Path, from: &Path) -> PathBuf {
    let path = folder.join("watchfloor.db");
    for suffix in ["", "-wal", ".mark"] {
        let name = |base: &Path| PathBuf::from(format!("{}{suffix}", base.display()));
        std::fs::copy(name(from), name(&path)).unwrap();
    }
    path
}

/// How many frames of a log count, and how long each is (SQLite's file format, 4): a log that was begun anew keeps the
/// old ones behind the new.
fn valid_frames(log: &[u8]) -> (u64, u64) {
    let page = u32::from_be_bytes(log[8..12].try_into().unwrap()) as usize;
    let valid = log[32..].chunks_exact(24 + page).take_while(|frame| frame[8..16] == log[16..24]).count();
    (valid as u64, 24 + page as u64)
}

#[test]
fn a_lost_end_of_the_log_is_noticed_and_a_crash_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let live = folder.path().join("live.db");
    let mut store = Store::open(&live).unwrap();
    (0..20).for_each(|number| commit(&mut store, &format!("fact {number}")));

    let whole = tempfile::tempdir().unwrap();
    let path = crashed(whole.path(), &live);
    let survived = Store::open(&path).expect("a crash loses nothing and raises no alarm");
    assert_eq!(survived.view().fact("fact 19").unwrap().as_deref(), Some("1"));

    let cut = tempfile::tempdir().unwrap();
    let path = crashed(cut.path(), &live);
    let log = cut.path().join("watchfloor.db-wal");
    let (frames, frame) = valid_frames(&std::fs::read(&log).unwrap());
    std::fs::OpenOptions::new().write(true).open(&log).unwrap().set_len(32 + (frames - 10) * frame).unwrap();
    let error = Store::open(&path).expect_err("SQLite itself says nothing");
    assert!(matches!(error, StoreError::Behind { missing, .. } if (1..20).contains(&missing)), "{error}");
    std::fs::remove_file(cut.path().join("watchfloor.db.mark")).unwrap();
    drop(Store::open(&path).expect("on purpose, as the message says"));

    // A marker that lags behind, or is no marker, is the trace of a crash and no more.
    for text in ["watchfloor 00000000000000000001\n", "watchfl", ""] {
        let lagging = tempfile::tempdir().unwrap();
        let path = crashed(lagging.path(), &live);
        std::fs::write(lagging.path().join("watchfloor.db.mark"), text).unwrap();
        drop(Store::open(&path).expect("no false alarm"));
        let marked = std::fs::read_to_string(lagging.path().join("watchfloor.db.mark")).unwrap();
        assert!(marked.starts_with("watchfloor 0000000000000000002"), "{marked}");
    }
}

#[test]
fn a_command_notes_its_commits_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("watchfloor.db");
    let mut daemon = Store::open(&path).unwrap();
    commit(&mut daemon, "daemon");
    let mut command = Store::join(&path).unwrap();
    commit(&mut command, "command");
    commit(&mut command, "again");
    let marked = std::fs::read_to_string(folder.path().join("watchfloor.db.mark")).unwrap();
    assert_eq!(marked.trim_end(), format!("watchfloor {:020}", daemon.view().sequence().unwrap()));
}

#[test]
fn coverage_is_seen_as_it_was() {
    let (mut store, feed) = (Store::in_memory().unwrap(), Name::new("w", "f"));
    let hour = |hour: i64| Timestamp::from_second(hour * 3600).unwrap();
    for (since, now) in [(0, 1), (1, 5)] {
        store.write(|change| change.cover(&feed, hour(since), hour(now))).unwrap();
    }
    let until = |as_of| store.view().covered_until(&feed, hour(as_of)).unwrap();
    // At three nobody had looked since one, although a later poll made the span longer.
    assert_eq!([until(0), until(3), until(5)], [None, Some(hour(1)), Some(hour(5))]);
}

#[test]
fn health_is_seen_as_it_was() {
    use watchfloor::model::feed::{FeedState, Health};
    let at = |second: i64| Timestamp::from_second(second).unwrap();
    let mut store = Store::in_memory().unwrap();
    let feed = Name::parse("w/a").unwrap();
    for (second, health) in [(10, Health::Ok), (20, Health::Ok), (30, Health::Blocked), (40, Health::Ok)] {
        let state = FeedState { health, last_poll: Some(at(second)), ..FeedState::new(at(second)) };
        store.write(|change| change.set_feed_state(&feed, &state)).unwrap();
    }
    let seen = |second| {
        let state = store.view().feed_state_as_of(&feed, at(second)).unwrap();
        state.map(|state| (state.health.word(), state.since))
    };
    assert_eq!(seen(9), None);
    assert_eq!(seen(25), Some(("ok", at(10))));
    assert_eq!(seen(39), Some(("blocked", at(30))));
    assert_eq!(seen(41), Some(("ok", at(40))));
}
