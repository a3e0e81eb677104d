//! The store against plain SQLite: ingest, bytes, reading as of a moment, memory.
//!
//! `cargo bench --bench store` prints divan's table, and before it each figure held against the plain way **in the same
//! run**: a ratio means the same on every machine. A ratio past its limit ends the run with 1.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a bench that cannot set its scene has failed")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};
use tempfile::TempDir;
use watchfloor::config::{self, Plan, SystemEnvironment};
use watchfloor::model::name::Name;
use watchfloor::model::observation::{Evidence, ItemRef, Observation, Value};
use watchfloor::model::quantity::Quantity;
use watchfloor::model::source::Grade;
use watchfloor::pipeline::by_hand::{self, Entry, Pen};
use watchfloor::pipeline::readings::readings;
use watchfloor::pipeline::{AsOf, read};
use watchfloor::store::{Reader, Store};

/// Vintages in one transaction.
const BATCH: usize = 20_000;
/// Indicators that are read as of a moment.
const INDICATORS: usize = 1_000;
/// Days of daily values of each of them.
const DAYS: usize = 365;
/// Days of daily values of the one with a long history.
const TEN_YEARS: usize = 3_650;
/// Each tenth value was corrected once.
const REVISED: usize = 10;

const PLAIN: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    CREATE TABLE plain (id INTEGER PRIMARY KEY, indicator TEXT NOT NULL, key TEXT NOT NULL, event_time INTEGER NOT NULL,
        recorded_at INTEGER NOT NULL, value REAL NOT NULL, evidence TEXT NOT NULL) STRICT;
    CREATE INDEX plain_by_key ON plain (indicator, key, recorded_at);
    CREATE INDEX plain_by_time ON plain (indicator, event_time);";

const PLAIN_INSERT: &str =
    "INSERT INTO plain (indicator, key, event_time, recorded_at, value, evidence) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

const PLAIN_AS_OF: &str = "SELECT event_time, value FROM plain o WHERE indicator = ?1 AND id = \
    (SELECT id FROM plain n WHERE n.indicator = o.indicator AND n.key = o.key AND n.recorded_at <= ?2 \
     ORDER BY n.recorded_at DESC, n.id DESC LIMIT 1) ORDER BY event_time, id";

const WATCH: &str = "[watch]\ntitle = 'Flights'\n[feeds.counter]\nurl = 'https://example.org/n.json'\nformat = 'json'\n\
    [indicators.flights]\ntitle = 'Flights'\nkind = 'count'\nperiod = 'month'\n\
    [[indicators.flights.from]]\nfeed = 'counter'\nvalue = { field = 'n' }\n";

fn begin() -> Timestamp {
    "2016-01-01T00:00:00Z".parse().unwrap()
}

fn day(number: usize) -> Timestamp {
    begin() + SignedDuration::from_hours(24 * i64::try_from(number).unwrap())
}

fn excerpt(number: usize) -> String {
    format!("the ministry states that {number} flights were counted on this day over the whole of the sector, which is")
}

fn plan() -> Plan {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("w.toml"), WATCH).unwrap();
    std::fs::write(folder.path().join("watchfloor.toml"), "include = ['w.toml']\n").unwrap();
    config::load(&folder.path().join("watchfloor.toml"), &SystemEnvironment).unwrap().plan
}

fn vintage(indicator: &Name, number: usize, recorded_at: Timestamp) -> Observation {
    Observation {
        id: 0,
        indicator: indicator.clone(),
        key: format!("counter d{number}"),
        event_time: day(number),
        value: Value::Quantity(Quantity::exact(number as f64)),
        recorded_at,
        feed: Some(Name::new("w", "counter")),
        source: "ministry".to_owned(),
        item: Some(ItemRef { id: format!("d{number}"), revision: 1, title: None, link: None }),
        method: Some("0123456789abcdef".to_owned()),
        evidence: Evidence { text: excerpt(number), span: (25, 26) },
        grade: Grade::default(),
        flags: Vec::new(),
        supersedes: None,
        author: None,
        withdrawn: false,
        entered_at: None,
    }
}

fn plain_insert(connection: &mut Connection, indicator: &str, numbers: impl Iterator<Item = (usize, Timestamp)>) {
    let transaction = connection.transaction().unwrap();
    {
        let mut statement = transaction.prepare_cached(PLAIN_INSERT).unwrap();
        for (number, recorded_at) in numbers {
            statement
                .execute(params![
                    indicator,
                    format!("counter d{number}"),
                    day(number).as_millisecond(),
                    recorded_at.as_millisecond(),
                    number as f64,
                    excerpt(number),
                ])
                .unwrap();
        }
    }
    transaction.commit().unwrap();
}

fn ingest_plain(folder: &Path) -> PathBuf {
    let path = folder.join("plain.db");
    let mut connection = Connection::open(&path).unwrap();
    connection.execute_batch(PLAIN).unwrap();
    plain_insert(&mut connection, "w/flights", (0..BATCH).map(|number| (number, day(number))));
    path
}

fn ingest_store(folder: &Path) -> PathBuf {
    let path = folder.join("watchfloor.db");
    let mut store = Store::open(&path).unwrap();
    let name = Name::new("w", "flights");
    let written: watchfloor::store::Result<()> = store.write(|change| {
        for number in 0..BATCH {
            let new = vintage(&name, number, day(number));
            change.add_observation(&new, new.recorded_at)?;
        }
        Ok(())
    });
    written.unwrap();
    path
}

/// Guards, earlier vintages and evaluation included, as `indicator import` does it.
fn ingest_pipeline(folder: &Path, plan: &Plan) -> PathBuf {
    let path = folder.join("watchfloor.db");
    let mut store = Store::open(&path).unwrap();
    let watch = &plan.watches[0];
    let entries: Vec<Entry> = (0..BATCH)
        .map(|number| Entry {
            key: None,
            event_time: day(number),
            value: Some(Value::Quantity(Quantity::exact(number as f64))),
            written: number.to_string(),
            source: None,
            note: None,
            recorded_at: None,
        })
        .collect();
    let pen = Pen { author: "ada", now: day(BATCH) };
    store.write(|change| by_hand::record(change, plan, (watch, &watch.indicators[0]), &entries, pen)).unwrap();
    path
}

/// A store with many indicators and one with a long history, and the same in the plain table.
struct Scene {
    _folder: TempDir,
    reader: Reader,
    plain: Connection,
    plan: Plan,
    as_of: Timestamp,
}

fn name_of(number: usize) -> Name {
    Name::new("w", format!("flights-{number}"))
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (path, plain_path) = (folder.path().join("watchfloor.db"), folder.path().join("plain.db"));
        let mut store = Store::open(&path).unwrap();
        let mut plain = Connection::open(plain_path).unwrap();
        plain.execute_batch(PLAIN).unwrap();
        let vintages = |days: usize| {
            let first = (0..days).map(|number| (number, day(number)));
            first.chain((0..days).step_by(REVISED).map(move |number| (number, day(number + 7))))
        };
        let mut fill = |name: &Name, days: usize| {
            let written: watchfloor::store::Result<()> = store.write(|change| {
                for (number, recorded_at) in vintages(days) {
                    change.add_observation(&vintage(name, number, recorded_at), recorded_at)?;
                }
                Ok(())
            });
            written.unwrap();
            plain_insert(&mut plain, &name.to_string(), vintages(days));
        };
        (0..INDICATORS).for_each(|number| fill(&name_of(number), DAYS));
        fill(&Name::new("w", "flights"), TEN_YEARS);
        drop(store);
        Self { _folder: folder, reader: Reader::open(&path).unwrap(), plain, plan: plan(), as_of: day(DAYS - 30) }
    }

    /// Every indicator's values as of a moment, by plain SQL.
    fn plain_as_of(&self) -> f64 {
        let mut statement = self.plain.prepare_cached(PLAIN_AS_OF).unwrap();
        let mut sum = 0.0;
        for number in 0..INDICATORS {
            let rows = statement.query_map(params![name_of(number).to_string(), self.as_of.as_millisecond()], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, f64>(1)?))
            });
            let rows: Vec<(i64, f64)> = rows.unwrap().map(Result::unwrap).collect();
            sum += rows.iter().map(|(_, value)| value).sum::<f64>();
        }
        sum
    }

    /// The same through the store, with everything that belongs to a value.
    fn store_as_of(&mut self) -> f64 {
        let as_of = self.as_of;
        self.reader
            .read(|view| -> watchfloor::store::Result<f64> {
                let mut sum = 0.0;
                for number in 0..INDICATORS {
                    let values = view.observations(&name_of(number), as_of, Timestamp::MIN, Timestamp::MAX)?;
                    sum += values.iter().filter_map(|value| value.value.figure()).sum::<f64>();
                }
                Ok(sum)
            })
            .unwrap()
    }

    /// The readings of the last thirteen months of every indicator: what a condition is judged from.
    fn evaluate(&mut self) -> usize {
        let (watch, at) = (&self.plan.watches[0], AsOf::now(self.as_of));
        let indicator = watch.indicators[0].clone();
        self.reader
            .read(|view| -> watchfloor::store::Result<usize> {
                let mut found = 0;
                for number in 0..INDICATORS {
                    let mut one = indicator.clone();
                    one.spec.name = name_of(number);
                    found += readings(view, watch, &one, 13, at)?.iter().filter(|one| one.value.is_some()).count();
                }
                Ok(found)
            })
            .unwrap()
    }

    fn plain_ten_years(&self) -> f64 {
        let mut statement = self.plain.prepare_cached(PLAIN_AS_OF).unwrap();
        let rows = statement.query_map(params!["w/flights", i64::MAX], |row| row.get::<_, f64>(1)).unwrap();
        rows.map(Result::unwrap).sum()
    }

    fn ten_years(&mut self) -> usize {
        let watch = &self.plan.watches[0];
        let at = AsOf::now(day(TEN_YEARS));
        let series = self.reader.read(|view| readings(view, watch, &watch.indicators[0], 121, at)).unwrap();
        series.iter().filter(|one| one.value.is_some()).count()
    }
}

/// The fastest of some runs: what else the machine does only adds.
fn fastest<T>(mut work: impl FnMut() -> T) -> Duration {
    let runs = (0..5).map(|_| {
        let begun = Instant::now();
        black_box(work());
        begun.elapsed()
    });
    runs.min().unwrap()
}

fn in_folder<T>(work: impl Fn(&Path) -> T) -> impl Fn() -> T {
    move || work(tempfile::tempdir().unwrap().path())
}

/// The most memory that this process ever had, in MiB.
fn peak_memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or_default() / 1024.0
}

/// Prints a ratio beside its limit; tells whether it is kept.
fn held(what: &str, ratio: f64, limit: f64, figure: &str) -> bool {
    println!("{what:44} {ratio:6.2} x the plain way (limit {limit}): {figure}");
    ratio <= limit
}

fn per_second(count: usize, time: Duration) -> String {
    format!("{:.0}/s", count as f64 / time.as_secs_f64())
}

fn compare() -> bool {
    let plan = plan();
    let (plain, store) = (fastest(in_folder(ingest_plain)), fastest(in_folder(ingest_store)));
    let whole = fastest(in_folder(|folder| ingest_pipeline(folder, &plan)));
    let ratio = |ours: Duration, plain: Duration| ours.as_secs_f64() / plain.as_secs_f64();
    println!("{:44} {:>6}", "prepared insert loop", per_second(BATCH, plain));
    let mut is_held = held("store, one transaction", ratio(store, plain), 3.0, &per_second(BATCH, store));
    is_held &= held("pipeline, guards and vintages included", ratio(whole, plain), 8.0, &per_second(BATCH, whole));
    let folder = tempfile::tempdir().unwrap();
    let bytes = |path: PathBuf| {
        Connection::open(&path).unwrap().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        std::fs::metadata(path).unwrap().len() as f64 / BATCH as f64
    };
    let (plain, ours) = (bytes(ingest_plain(folder.path())), bytes(ingest_store(folder.path())));
    is_held &= held("bytes an observation", ours / plain, 2.0, &format!("{ours:.0} against {plain:.0}"));
    let mut scene = Scene::new();
    assert_eq!(scene.plain_as_of(), scene.store_as_of(), "both ways see the same");
    let values = INDICATORS * (DAYS - 30);
    let (plain, ours) = (fastest(|| scene.plain_as_of()), fastest(|| scene.store_as_of()));
    is_held &= held("1,000 indicators as of a moment", ratio(ours, plain), 4.0, &per_second(values, ours));
    let judged = fastest(|| scene.evaluate());
    is_held &=
        held("1,000 indicators, readings of 13 months", ratio(judged, plain), 5.0, &per_second(INDICATORS, judged));
    let (plain, ours) = (fastest(|| scene.plain_ten_years()), fastest(|| scene.ten_years()));
    is_held &=
        held("ten years of daily values", ratio(ours, plain), 5.0, &format!("{:.1} ms", ours.as_secs_f64() * 1e3));
    println!("{:44} {:6.1} MiB", "most memory", peak_memory());
    is_held
}

fn main() {
    // Divan asks a bench for its list, too; then nothing is measured.
    let measures = !std::env::args().any(|argument| argument == "--list");
    let is_held = !measures || compare();
    divan::main();
    std::process::exit(i32::from(!is_held));
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn prepared_insert_loop(bencher: Bencher<'_, '_>) {
    bencher
        .counter(ItemsCount::new(BATCH))
        .with_inputs(|| tempfile::tempdir().unwrap())
        .bench_refs(|folder| ingest_plain(folder.path()));
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn one_transaction(bencher: Bencher<'_, '_>) {
    bencher
        .counter(ItemsCount::new(BATCH))
        .with_inputs(|| tempfile::tempdir().unwrap())
        .bench_refs(|folder| ingest_store(folder.path()));
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn guards_and_vintages(bencher: Bencher<'_, '_>) {
    let plan = plan();
    bencher
        .counter(ItemsCount::new(BATCH))
        .with_inputs(|| tempfile::tempdir().unwrap())
        .bench_refs(|folder| ingest_pipeline(folder.path(), &plan));
}

/// The recipe of a feed is asked for at every poll.
#[divan::bench]
fn recipe(bencher: Bencher<'_, '_>) {
    let plan = plan();
    let watch = &plan.watches[0];
    bencher.bench(|| read::recipe(watch, &watch.feeds[0]));
}
