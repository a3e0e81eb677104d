//! How fast a past is replayed, and whether one more value costs more the longer the history is.
//!
//! `cargo bench --bench replay` records the same thirty days on top of one, six and twenty years: the cost of a new
//! observation, its evaluation by every kind of measure included, may not grow with what lies behind it. Then it
//! replays years of daily values. Ratios are **of the same run**; one past its limit ends the run with 1.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a bench that cannot set its scene has failed")]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use watchfloor::config::{self, Plan, SystemEnvironment};
use watchfloor::model::feed::Validators;
use watchfloor::model::item::Document;
use watchfloor::model::time::Span;
use watchfloor::pipeline::record::{self, Poll, Polled};
use watchfloor::pipeline::replay::history::History;
use watchfloor::pipeline::replay::replayed::Replayed;
use watchfloor::pipeline::replay::simulation::Simulation;
use watchfloor::pipeline::{read, said, sweep};
use watchfloor::store::Store;

/// Days that are measured on top of a history.
const DAYS: usize = 30;
/// Each day is polled so often; the first poll brings the new values.
const POLLS: i64 = 4;
/// From so many years on every measure has all that it looks back on: Farrington's five years are the longest.
const SEES: usize = 6;
/// The dearest a day may be on top of twenty years, in days on top of six.
const GROWTH: f64 = 1.15;
/// Years that are replayed, and indicators and scenarios over them.
const YEARS: usize = 5;
const SERIES: usize = 10;
/// Replaying with judging takes at most so many times as long as recording alone.
const JUDGING: f64 = 40.0;

/// One indicator of each kind and a scenario for each kind of measure.
fn every_measure() -> String {
    let mut watch = "[watch]\ntitle = 'Flights'\ntimezone = 'Europe/Kyiv'\n[sources.army]\ntitle = 'Army'\n\
        reliability = 'B'\n[places.town]\nlat = 49.7\nlon = 37.6\nradius = '30 km'\n\
        [feeds.counter]\nsource = 'army'\nurl = 'https://example.org/n.json'\nformat = 'json'\nitems = '$[*]'\n\
        every = '6h'\nfields = { id = '$.id', published = '$.day', lat = '$.lat', lon = '$.lon', title = '$.title' }\n\
        [indicators.flights]\ntitle = 'Flights'\nkind = 'count'\nperiod = 'day'\n\
        [[indicators.flights.from]]\nfeed = 'counter'\nvalue = { field = 'n' }\n\
        [indicators.total]\ntitle = 'Total'\nkind = 'count'\nperiod = 'day'\n\
        [[indicators.total.from]]\nfeed = 'counter'\nvalue = { field = 'all' }\ncumulative = 'total'\n\
        [indicators.level]\ntitle = 'Level'\nkind = 'level'\nperiod = 'day'\n\
        [[indicators.level.from]]\nfeed = 'counter'\nvalue = { field = 'n' }\n\
        [indicators.convoys]\ntitle = 'Convoys'\nkind = 'report'\nnear = 'town'\n\
        [[indicators.convoys.from]]\nfeed = 'counter'\n"
        .to_owned();
    let tests = [
        "flights value",
        "flights change",
        "flights ratio",
        "flights trend",
        "flights streak",
        "flights zscore",
        "flights negative-binomial",
        "flights ears-c2",
        "flights cusum",
        "flights ewma",
        "flights farrington",
        "total value",
        "total zscore",
        "level value",
        "level age",
        "convoys reports",
        "convoys corroborated",
        "convoys scan",
    ];
    for test in tests {
        let (indicator, measure) = test.split_once(' ').unwrap();
        let rest = match measure {
            "ratio" | "trend" => "baseline = 12\n",
            "reports" | "corroborated" | "scan" => "window = '14d'\n",
            _ => "",
        };
        let id = test.replace(' ', "-");
        write!(
            watch,
            "[scenarios.{id}]\npath = 'risk'\ntitle = '{test}'\n[[scenarios.{id}.when]]\nindicator = '{indicator}'\n\
             measure = '{measure}'\n{rest}above = 1e9\n"
        )
        .unwrap();
    }
    watch
}

/// Many counters, each with a scenario that comes and goes.
fn many_series(with_scenarios: bool) -> String {
    let mut watch =
        "[watch]\ntitle = 'Flights'\n[feeds.counter]\nurl = 'https://example.org/n.json'\nformat = 'json'\n\
        items = '$[*]'\nevery = '1d'\nfields = { id = '$.id', published = '$.day' }\n"
            .to_owned();
    for place in 0..SERIES {
        write!(
            watch,
            "[indicators.n{place}]\ntitle = 'N{place}'\nkind = 'count'\nperiod = 'day'\n\
             [[indicators.n{place}.from]]\nfeed = 'counter'\nvalue = {{ field = 'n{place}' }}\n"
        )
        .unwrap();
        if with_scenarios {
            write!(
                watch,
                "[scenarios.s{place}]\npath = 'risk'\ntitle = 'S{place}'\nhold = '6h'\n[[scenarios.s{place}.when]]\n\
                 indicator = 'n{place}'\nmeasure = 'zscore'\nabove = 2\n"
            )
            .unwrap();
        }
    }
    watch
}

fn plan(watch: &str) -> Plan {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("w.toml"), watch).unwrap();
    std::fs::write(folder.path().join("watchfloor.toml"), "include = ['w.toml']\n").unwrap();
    match config::load(&folder.path().join("watchfloor.toml"), &SystemEnvironment) {
        Ok(loaded) => loaded.plan,
        Err(problems) => panic!("{}", problems.print(false)),
    }
}

fn day(number: usize) -> Timestamp {
    let begin: Timestamp = "2004-01-01T12:00:00Z".parse().unwrap();
    begin + SignedDuration::from_hours(24 * i64::try_from(number).unwrap())
}

/// A figure with weeks and seasons in it; the same for the same day.
fn figure(number: usize, series: usize) -> usize {
    let season = (number as f64 / 58.0).sin() * 20.0 + 60.0;
    season as usize + (number * 7 + series * 13) % 23 + if number % 97 == series { 80 } else { 0 }
}

/// The newest three days, as a page lists them.
fn page(number: usize) -> String {
    let entry = |number: usize| {
        let mut text = format!(
            "{{\"id\":\"d{number}\",\"day\":\"{}\",\"n\":{},\"all\":{},\"lat\":49.7{},\"lon\":37.6{},\"title\":\"Convoy {number} seen\"",
            day(number),
            figure(number, 0),
            number * 100,
            number % 10,
            number % 7
        );
        for series in 0..SERIES {
            write!(text, ",\"n{series}\":{}", figure(number, series)).unwrap();
        }
        text + "}"
    };
    let entries: Vec<String> = (number.saturating_sub(2)..=number).map(entry).collect();
    format!("[{}]", entries.join(","))
}

fn polled(store: &Store, plan: &Plan, body: String, now: Timestamp) -> Polled {
    let (watch, feed) = plan.feeds().next().unwrap();
    let document = Document { body: body.clone().into_bytes(), content_type: None, url: None };
    let parsed = read::parse(feed, &document, now).unwrap();
    let ids = parsed.items.iter().map(|item| item.id.as_str());
    let known = store.view().known_items(&feed.name, said::FORM, ids).unwrap();
    let harvest = Box::new(read::read(watch, feed, parsed, &known));
    Polled::Document { harvest, validators: Validators::default(), body_hash: body }
}

/// Records a day; tells how long its transactions took. `judges`: with what follows from it.
fn record_day(store: &mut Store, plan: &Plan, number: usize, judges: bool) -> Duration {
    let name = plan.feeds().next().unwrap().1.name.clone();
    let mut took = Duration::ZERO;
    for poll in 0..POLLS {
        let now = day(number) + SignedDuration::from_hours(10 + 24 / POLLS * poll);
        let polled = if poll == 0 { polled(store, plan, page(number), now) } else { Polled::Unchanged };
        let next_poll = Some(now + SignedDuration::from_hours(24 / POLLS));
        let poll = Poll { polled, moved_to: None, took_ms: 1, next_poll };
        let begun = Instant::now();
        let written: watchfloor::store::Result<()> = store.write(|change| {
            if judges {
                record::record(change, plan, &name, poll, now)?;
                sweep::sweep(change, plan, now)?;
            } else {
                record::note(change, plan, &name, poll, now)?;
            }
            Ok(())
        });
        written.unwrap();
        took += begun.elapsed();
    }
    took
}

/// The middle of some days' costs on top of a history of so many years.
fn cost_after(years: usize, plan: &Plan) -> (Duration, u32) {
    let mut store = Store::in_memory().unwrap();
    let behind = years * 365;
    // Always the same days are measured: only what lies behind them differs.
    let last = 20 * 365;
    (last - behind..last).for_each(|number| {
        record_day(&mut store, plan, number, false);
    });
    let mut costs: Vec<Duration> =
        (last..last + DAYS).map(|number| record_day(&mut store, plan, number, true)).collect();
    costs.sort_unstable();
    (costs[costs.len() / 2], store.view().count_observations().unwrap())
}

/// Prints a ratio beside its limit; tells whether it is kept.
fn held(what: &str, ratio: f64, limit: f64, figure: &str) -> bool {
    println!("{what:48} {ratio:6.2} (limit {limit}): {figure}");
    ratio <= limit
}

fn grows() -> bool {
    let plan = plan(&every_measure());
    let scenarios = plan.watches[0].scenarios.len();
    let cost = |years: usize| {
        let (took, values) = cost_after(years, &plan);
        println!(
            "{:48} {:6.2} ms a day on top of {values} values; {scenarios} scenarios, {POLLS} polls",
            format!("after {years} years"),
            took.as_secs_f64() * 1e3
        );
        took.as_secs_f64()
    };
    let (young, full, old) = (cost(1), cost(SEES), cost(20));
    println!(
        "{:48} {:6.2}: what measures look back on is bounded, and a year is less",
        "20 years against 1",
        old / young
    );
    held("20 years against 6", old / full, GROWTH, "all that a measure can look back on is there in both")
}

fn replays() -> bool {
    let plan = plan(&many_series(true));
    let mut store = Store::in_memory().unwrap();
    let begun = Instant::now();
    (0..YEARS * 365).for_each(|number| {
        record_day(&mut store, &plan, number, false);
    });
    let recording = begun.elapsed();
    let begun = Instant::now();
    let mut history = History::read(&store.view(), &plan).unwrap();
    let (from, to) = history.span().unwrap();
    let mut simulation = Simulation::new(&plan).unwrap();
    simulation.run(&mut history, to, &mut |_| {}).unwrap();
    let took = begun.elapsed();
    let replayed = Replayed::of(&simulation.view(), Span::new(from, to)).unwrap();
    assert!(replayed.alerts.len() > SERIES, "a past in which nothing triggers proves little");
    let rate = (YEARS * SERIES * SERIES) as f64 / took.as_secs_f64();
    let figure = format!(
        "{rate:.0} years x indicators x scenarios a second; {YEARS} years, {SERIES} of each in {:.2} s, {} alerts",
        took.as_secs_f64(),
        replayed.alerts.len()
    );
    held("replayed, against recorded only", took.as_secs_f64() / recording.as_secs_f64(), JUDGING, &figure)
}

fn main() {
    // Cargo asks a bench for its list, too; then nothing is measured.
    if std::env::args().any(|argument| argument == "--list") {
        return;
    }
    let is_held = grows() & replays();
    std::process::exit(i32::from(!is_held));
}
