//! How feeds stand: what answers, failures and silence make of a feed, and what our own connection is to blame for.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

mod loopback;
mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use loopback::{Reply, Server, answer};
use support::{Web, configuration, lines, shared, stdout, watchfloor};
use watchfloor::config::{self, Plan, SystemEnvironment};
use watchfloor::fetch::Client;
use watchfloor::model::feed::{FeedState, Fetched, Health, Validators};
use watchfloor::model::name::Name;
use watchfloor::model::notification::Kind;
use watchfloor::pipeline::record::{self, Poll, Polled};
use watchfloor::pipeline::{read, said, sweep, uplink};
use watchfloor::store::Store;

const SETTINGS: &str = "include = ['watches/*.toml']\ntimezone = 'UTC'\n[http]\nallow_private = true\nper_host_interval = '0s'\n\
    [email]\nfrom = 'watch@example.org'\nto = ['one@example.org']\n";

/// A plan, its store, and one answer for each path of a server.
struct House {
    plan: Plan,
    store: Store,
    client: Client,
    answers: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    _folder: tempfile::TempDir,
}

impl House {
    /// Feeds of these ids at a server of their own; the first one feeds an indicator.
    async fn new(feeds: &[&str]) -> Self {
        let answers: Arc<Mutex<BTreeMap<String, Vec<u8>>>> = Arc::default();
        let served = Arc::clone(&answers);
        let server = Server::start(move |request| {
            let path = request.split(' ').nth(1).unwrap().trim_start_matches('/').to_owned();
            Reply::Bytes(served.lock().unwrap().get(&path).cloned().unwrap_or_else(|| answer(404, &[], b"")))
        })
        .await;
        let mut watch = "[watch]\ntitle = 'Health'\n".to_owned();
        for feed in feeds {
            writeln!(
                watch,
                "[feeds.{feed}]\nurl = '{}'\nformat = 'rss'\nevery = '6h'",
                server.url(&format!("/{feed}"))
            )
            .unwrap();
        }
        let first = feeds[0];
        writeln!(watch, "[indicators.n]\ntitle = 'N'\nkind = 'count'\n[[indicators.n.from]]\nfeed = '{first}'\nvalue = '(\\d+) sorties'").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = configuration(folder.path(), SETTINGS, &watch);
        let plan =
            config::load(&path, &SystemEnvironment).unwrap_or_else(|problems| panic!("{}", problems.print(false))).plan;
        let client = Client::new(plan.settings.http.clone()).unwrap();
        Self { plan, store: Store::in_memory().unwrap(), client, answers, _folder: folder }
    }

    fn serve(&self, feed: &str, bytes: Vec<u8>) {
        self.answers.lock().unwrap().insert(feed.to_owned(), bytes);
    }

    /// Polls a feed at a moment, over the network and into the store.
    async fn poll(&mut self, feed: &str, now: Timestamp) -> FeedState {
        let name = Name::new("w", feed);
        let (watch, feed) = self.plan.feed(&name).unwrap();
        let polled = match self.client.fetch(&feed.target, &Validators::default(), now).await {
            Fetched::Unchanged { .. } => Polled::Unchanged,
            Fetched::Failed(failure) => Polled::Failed(failure),
            Fetched::Document { document, validators, .. } => {
                let parsed = read::parse(feed, &document, now).unwrap();
                let ids = parsed.items.iter().map(|item| item.id.as_str());
                let known = self.store.view().known_items(&name, said::FORM, ids).unwrap();
                let harvest = Box::new(read::read(watch, feed, parsed, &known));
                let body_hash = read::body_hash(&document.body, "recipe");
                Polled::Document { harvest, validators, body_hash }
            }
        };
        let poll = Poll { polled, moved_to: None, took_ms: 1, next_poll: Some(now + SignedDuration::from_hours(6)) };
        let plan = &self.plan;
        self.store.write(|change| record::record(change, plan, &name, poll, now)).unwrap();
        self.state(&name)
    }

    fn state(&self, feed: &Name) -> FeedState {
        self.store.view().feed_state(feed).unwrap().unwrap()
    }

    fn kinds(&self) -> Vec<Kind> {
        let mut kinds: Vec<Kind> =
            self.store.view().notifications().unwrap().iter().map(|one| one.message.kind).collect();
        kinds.reverse();
        kinds
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A feed with an item for each id and time.
fn feed(items: &[(String, Timestamp)]) -> Vec<u8> {
    let mut text = "<rss version='2.0'><channel><title>t</title>".to_owned();
    for (id, time) in items {
        write!(
            text,
            "<item><guid>{id}</guid><title>{id}: 7 sorties</title><pubDate>{}</pubDate></item>",
            jiff::fmt::rfc2822::to_string(&time.to_zoned(jiff::tz::TimeZone::UTC)).unwrap()
        )
        .unwrap();
    }
    answer(200, &[("content-type", "application/rss+xml")], (text + "</channel></rss>").as_bytes())
}

/// An item a day, from one day of January 2026 to another.
fn days(from: i8, to: i8) -> Vec<(String, Timestamp)> {
    (from..=to).map(|day| (format!("day-{day}"), at(&format!("2026-01-{day:02}T09:00:00Z")))).collect()
}

#[tokio::test]
async fn a_feed_that_answers_and_says_nothing_new_goes_stale_and_recovers() {
    let mut house = House::new(&["daily"]).await;
    house.serve("daily", feed(&days(1, 8)));
    assert_eq!(house.poll("daily", at("2026-01-08T10:00:00Z")).await.health, Health::Ok);
    assert_eq!(house.poll("daily", at("2026-01-11T08:00:00Z")).await.health, Health::Ok);
    let stale = house.poll("daily", at("2026-01-11T10:00:00Z")).await;
    assert_eq!((stale.health, stale.since), (Health::Stale, at("2026-01-11T10:00:00Z")));
    assert!(stale.last_error.unwrap().contains("newest item is of 2026-01-08T09:00:00Z"));
    assert_eq!(house.kinds(), [], "a day's grace, as for every failure");
    house.poll("daily", at("2026-01-12T11:00:00Z")).await;
    assert_eq!(house.kinds(), [Kind::FeedBroken]);
    house.serve("daily", feed(&days(1, 13)));
    assert_eq!(house.poll("daily", at("2026-01-13T12:00:00Z")).await.health, Health::Ok);
    assert_eq!(house.kinds(), [Kind::FeedBroken, Kind::FeedRecovered]);
}

/// Seen in a public audit: 200, and the newest item ten years old.
#[tokio::test]
async fn a_feed_that_ended_years_ago_is_stale_at_once() {
    let mut house = House::new(&["dead"]).await;
    house.serve("dead", feed(&days(1, 8)));
    assert_eq!(house.poll("dead", at("2036-01-08T10:00:00Z")).await.health, Health::Stale);
}

#[tokio::test]
async fn a_page_of_which_nothing_is_left_is_noticed() {
    let mut house = House::new(&["fast"]).await;
    house.serve("fast", feed(&days(1, 10)));
    house.poll("fast", at("2026-01-10T10:00:00Z")).await;
    house.serve("fast", feed(&days(10, 19)));
    assert_eq!(house.poll("fast", at("2026-01-19T10:00:00Z")).await.overflowed, None, "one item is left");
    house.serve("fast", feed(&days(21, 30)));
    assert_eq!(house.poll("fast", at("2026-01-30T10:00:00Z")).await.overflowed, Some(at("2026-01-30T10:00:00Z")));
    let polls = house.store.view().polls(&Name::new("w", "fast"), jiff::Timestamp::MAX, 1).unwrap();
    assert!(polls[0].error.as_deref().unwrap().contains("nothing that was known is left"));
}

/// A connection that lasts out is told once, and takes back what feeds were blamed for.
#[tokio::test]
async fn our_own_connection_blames_no_feed() {
    let mut house = House::new(&["one"]).await;
    house.serve("one", feed(&days(1, 2)));
    let before = house.poll("one", at("2026-01-02T10:00:00Z")).await;
    house.serve("one", answer(503, &[], b""));
    house.poll("one", at("2026-01-02T11:00:00Z")).await;
    let name = Name::new("w", "one");
    let plan = house.plan.clone();
    let blamed = [(name.clone(), before.clone())];
    house.store.write(|change| uplink::went_down(change, at("2026-01-02T11:00:00Z"), &blamed)).unwrap();
    let state = house.state(&name);
    assert_eq!((state.health, state.failures, state.last_error), (Health::Ok, 0, None));
    for moment in ["2026-01-02T11:10:00Z", "2026-01-02T11:16:00Z", "2026-01-02T11:30:00Z"] {
        house.store.write(|change| sweep::sweep(change, &plan, at(moment))).unwrap();
    }
    assert_eq!(house.kinds(), [Kind::FeedBroken]);
    house.serve("one", feed(&days(1, 2)));
    house.poll("one", at("2026-01-02T12:00:00Z")).await;
    assert_eq!(house.kinds(), [Kind::FeedBroken, Kind::FeedRecovered]);
    assert_eq!(uplink::down_since(&house.store.view()).unwrap(), None);
}

#[tokio::test]
async fn items_known_from_an_older_version_are_no_news() {
    let mut house = House::new(&["old"]).await;
    let two = days(1, 2);
    house.serve("old", feed(&two));
    house.poll("old", at("2026-01-02T10:00:00Z")).await;
    let name = Name::new("w", "old");
    let ids = || ["day-1", "day-2"].into_iter();
    let now = at("2026-01-02T11:00:00Z");
    // As an older version left them: the same texts under a hash that nobody can make again.
    let known = house.store.view().known_items(&name, "another form", ids()).unwrap();
    house
        .store
        .write(|change| {
            for id in ids() {
                let text = known[id].text.clone().unwrap();
                let row = watchfloor::store::ItemRow {
                    id: id.to_owned(),
                    revision: 1,
                    hash: "0123456789abcdef0123456789abcdef".to_owned(),
                    recipe: known[id].recipe.clone(),
                    text,
                };
                change.put_item(&name, &row, now)?;
            }
            Ok::<_, watchfloor::store::StoreError>(())
        })
        .unwrap();
    let mut edited = two.clone();
    edited[1].1 = at("2026-01-02T09:30:00Z");
    house.serve("old", feed(&edited));
    house.poll("old", at("2026-01-02T12:00:00Z")).await;
    let known = house.store.view().known_items(&name, said::FORM, ids()).unwrap();
    assert_eq!((known["day-1"].revision, known["day-2"].revision), (1, 2), "only what was edited is news");
    assert!(known.values().all(|item| item.text.is_none()), "both have a hash of the new form");
}

/// The real program, three hosts and nobody at home; then one of them answers.
#[test]
fn every_host_at_once_is_our_own_connection() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let web = Web::start(200, "<rss version='2.0'><channel><title>t</title></channel></rss>");
    let watch = |first: u16| {
        let mut text = "[watch]\ntitle = 'Uplink'\n".to_owned();
        for (host, port) in [("127.0.0.1", first), ("127.0.0.2", port), ("127.0.0.3", port)] {
            let id = host.replace('.', "-");
            write!(text, "[feeds.h{id}]\nurl = 'http://{host}:{port}/'\nformat = 'rss'\nevery = '0s'\n").unwrap();
        }
        text
    };
    let folder = tempfile::tempdir().unwrap();
    let config = configuration(folder.path(), SETTINGS, &watch(port));
    let run = watchfloor(&config, &["run", "--once"]);
    assert_eq!(run.status.code(), Some(1), "{}", stdout(&run));
    let healths = |config: &Path| -> Vec<String> {
        lines(config, &["feed", "list"])
            .iter()
            .map(|line| line["health"].as_str().unwrap_or("none").to_owned())
            .collect()
    };
    assert_eq!(healths(&config), ["ok"; 3]);
    assert!(lines(&config, &["status"])[0]["uplink_down_since"].is_string());
    let config = configuration(folder.path(), SETTINGS, &watch(web.port));
    watchfloor(&config, &["run", "--once"]);
    let healths = healths(&config);
    assert_eq!(healths[0], "ok");
    assert!(lines(&config, &["status"])[0]["uplink_down_since"].is_null());
}

/// An address that is gone for good is not asked again; the one that the administrator gives instead is, and whole.
#[test]
fn a_new_address_is_asked_although_the_old_one_was_gone() {
    let (gone, web) =
        (Web::start(410, ""), Web::start(200, "<rss version='2.0'><channel><title>t</title></channel></rss>"));
    let watch = |port: u16| {
        format!("[watch]\ntitle = 'W'\n[feeds.f]\nurl = 'http://127.0.0.1:{port}/'\nformat = 'rss'\nevery = '1d'\n")
    };
    let folder = tempfile::tempdir().unwrap();
    let config = configuration(folder.path(), SETTINGS, &watch(gone.port));
    for _ in 0..2 {
        watchfloor(&config, &["run", "--once"]);
    }
    assert_eq!(gone.requests.try_iter().count(), 1);
    let health = |config: &Path| lines(config, &["feed", "list"])[0]["health"].as_str().unwrap().to_owned();
    assert_eq!(health(&config), "gone");
    let config = configuration(folder.path(), SETTINGS, &watch(web.port));
    for _ in 0..2 {
        watchfloor(&config, &["run", "--once"]);
    }
    assert_eq!((health(&config).as_str(), web.requests.try_iter().count()), ("ok", 1));
}

/// A channel that does not let itself be read redirects to a page about itself.
#[test]
fn a_landing_page_is_a_refusal() {
    let web = Web::start(200, "<html><body>Join this channel</body></html>");
    let landing = format!("http://127.0.0.1:{}/channel", web.port);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(Server::fixed(answer(302, &[("location", landing.as_str())], b"")));
    let watch = format!(
        "[watch]\ntitle = 'L'\n[feeds.one]\npreset = 'telegram'\nurl = '{}'\nevery = '0s'\n",
        server.url("/s/channel")
    );
    let folder = tempfile::tempdir().unwrap();
    let config = configuration(folder.path(), SETTINGS, &watch);
    watchfloor(&config, &["run", "--once"]);
    let line = &lines(&config, &["feed", "list"])[0];
    assert_eq!(line["health"], "blocked", "{line}");
}

/// Nineteen days of a public poller's log, each attempt answered as it was, over a real connection.
#[tokio::test]
async fn a_public_fetch_log_through_the_health_states() {
    let Some(folder) = shared("fapd_fetch_log") else { return };
    let mut rows: Vec<serde_json::Value> = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        rows.extend(text.lines().map(|line| serde_json::from_str(line).unwrap()));
    }
    rows.retain(|row: &serde_json::Value| row["source_id"].is_string());
    rows.sort_by_key(|row| row["ts_utc"].as_str().unwrap().to_owned());
    assert_eq!(rows.len(), 1141);
    let sources: std::collections::BTreeSet<&str> = rows.iter().map(|row| row["source_id"].as_str().unwrap()).collect();
    let mut house = House::new(&sources.iter().copied().collect::<Vec<_>>()).await;
    let mut brought: BTreeMap<&str, Vec<(String, Timestamp)>> = BTreeMap::new();
    let mut course: BTreeMap<&str, Vec<&'static str>> = BTreeMap::new();
    for row in &rows {
        let (source, time) = (row["source_id"].as_str().unwrap(), at(row["ts_utc"].as_str().unwrap()));
        // Where that poller asked robots.txt and stayed away, nobody was asked.
        if row["change_kind"] == "robots_refused" {
            continue;
        }
        let items = brought.entry(source).or_default();
        let status = row["http_status"].as_u64().unwrap_or(200);
        if row["change_kind"] == "error" {
            house.serve(source, answer(u16::try_from(status).unwrap(), &[], b""));
        } else {
            items.push((row["content_sha256"].as_str().unwrap_or_default().to_owned(), time));
            house.serve(source, feed(items));
        }
        let health = house.poll(source, time).await.health.word();
        let path = course.entry(source).or_default();
        if path.last() != Some(&health) {
            path.push(health);
        }
    }
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    let (mut table, mut stale) = (String::new(), Vec::new());
    for source in &sources {
        let path = course.get(source).map_or_else(|| "not asked".to_owned(), |path| path.join(" > "));
        // As it would stand if the last answer were repeated at the end of the log.
        let end = if course.contains_key(source) {
            house.poll(source, at("2026-08-15T00:00:00Z")).await.health.word()
        } else {
            "-"
        };
        stale.extend((end == "stale").then_some(*source));
        let last = brought.get(source).map_or(0, Vec::len);
        writeln!(table, "{source:28} {last:4} documents  {path:24} at the end {end}").unwrap();
        *counts.entry(path.rsplit(" > ").next().unwrap().to_owned()).or_default() += 1;
    }
    println!("{table}{counts:?}");
    let states = [("blocked", 15), ("error", 1), ("gone", 16), ("not asked", 9), ("ok", 56)];
    assert_eq!(counts, states.map(|(state, count)| (state.to_owned(), count)).into());
    // Four fell silent after a burst; nobody else's silence is longer than it ever was.
    assert_eq!(stale, ["gao-reports", "justice-newsroom", "odni-news", "uscourts-news"]);
}
