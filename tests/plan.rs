//! What a full configuration becomes.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its fixtures has failed")]

use std::io;
use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use jiff::civil::date;
use secrecy::ExposeSecret;
use watchfloor::config::plan::{LogFormat, Plan, Watch};
use watchfloor::config::{self, Environment, SystemEnvironment};
use watchfloor::fetch::Schedule;
use watchfloor::model::condition::{Condition, Hold, Measure, Needs};
use watchfloor::model::geo::{Extent, Point};
use watchfloor::model::indicator::{Aggregate, Combine, Indicator, Kind, Reset};
use watchfloor::model::likelihood::Lexicon;
use watchfloor::model::scenario;
use watchfloor::model::source::{Discipline, Reliability};
use watchfloor::model::time::PeriodLength;
use watchfloor::notify::{Tls, Transport};

/// The machine's files and one variable.
struct Variables(&'static str, &'static str);

impl Environment for Variables {
    fn var(&self, name: &str) -> Option<String> {
        (name == self.0).then(|| self.1.to_owned())
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        SystemEnvironment.read(path)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<PathBuf>> {
        SystemEnvironment.list(dir)
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testdata/config/good/four-kinds")
}

fn plan() -> Plan {
    let loaded = config::load(&folder().join("watchfloor.toml"), &Variables("FIRMS_KEY", "s3cr3t-key"));
    loaded.unwrap_or_else(|problems| panic!("{}", problems.print(false))).plan
}

fn river() -> Watch {
    plan().watch("river").unwrap().clone()
}

fn indicator(id: &str) -> Indicator {
    river().indicators.iter().find(|indicator| indicator.spec.name.local() == id).unwrap().spec.clone()
}

fn condition(scenario: &str, index: usize) -> Condition {
    river().scenarios.iter().find(|s| s.name.local() == scenario).unwrap().conditions.get(index).unwrap().clone()
}

#[test]
fn the_settings_are_read() {
    let settings = plan().settings;
    assert_eq!(settings.store, folder().join("data/w.db"));
    assert_eq!(settings.keep_items, SignedDuration::from_hours(30 * 24));
    assert_eq!(settings.lexicon, Lexicon::Phia);
    assert_eq!(settings.zone_name, "Europe/Kyiv");
    assert_eq!((settings.http.max_body, settings.http.concurrency), (8 << 20, 8));
    assert_eq!(settings.http.timeout, SignedDuration::from_secs(20));
    assert!(settings.http.allow_private);
    assert_eq!(settings.http.proxy.unwrap().expose_secret(), "socks5h://127.0.0.1:9050");
}

#[test]
fn the_log_is_read() {
    let log = plan().settings.log;
    assert_eq!((log.level.as_str(), log.format), ("warn", LogFormat::Json));
    let levels = [("feeds", "debug"), ("mail", "error")].map(|(part, level)| (part.to_owned(), level.to_owned()));
    assert_eq!(log.levels, levels);
}

#[test]
fn a_difference_names_what_was_added_changed_and_removed() {
    let (old, mut new) = (plan(), plan());
    assert_eq!(config::difference(&old, &new), Vec::<String>::new());
    new.watches[0].feeds.remove(0);
    new.watches[0].indicators[0].spec.title.push('!');
    new.settings.zone_name.push('!');
    let said = config::difference(&old, &new);
    let feed = &old.watches[0].feeds[0].name;
    let indicator = &old.watches[0].indicators[0].spec.name;
    let expected =
        [format!("feed {feed} removed"), format!("indicator {indicator} changed"), "settings changed".into()];
    assert_eq!(said, expected);
    let back = config::difference(&new, &old);
    assert_eq!(back[0], format!("feed {feed} added"));
}

#[test]
fn mail_is_read() {
    let email = plan().settings.email.unwrap();
    assert_eq!(email.to, ["Desk <desk@example.org>"]);
    let heartbeat = email.heartbeat.unwrap();
    assert_eq!(heartbeat.shown, "https://example.org/ping/{secret:firms-key}");
    assert_eq!(heartbeat.url.expose_secret(), "https://example.org/ping/s3cr3t-key");
    assert!(email.digest.is_some());
    let Transport::Smtp(smtp) = email.sending.transport else { panic!("not smtp") };
    assert_eq!((smtp.host.as_str(), smtp.port, smtp.tls), ("smtp.example.org", 587, Tls::Starttls));
    assert_eq!(smtp.password.unwrap().expose_secret(), "s3cr3t-password");
}

#[test]
fn defaults_are_those_of_the_reference() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("watchfloor.toml");
    std::fs::write(&path, "").unwrap();
    let settings = config::load(&path, &Variables("STATE_DIRECTORY", "/state:/other")).unwrap().plan.settings;
    assert_eq!(settings.store, Path::new("/state/watchfloor.db"));
    assert_eq!(settings.keep_items, SignedDuration::from_hours(400 * 24));
    assert_eq!((settings.zone_name.as_str(), settings.lexicon), ("UTC", Lexicon::Icd203));
    assert_eq!((settings.http.max_body, settings.http.concurrency), (16 << 20, 64));
    assert_eq!(settings.http.per_host_interval, SignedDuration::from_secs(2));
    assert!(settings.email.is_none() && settings.listen.is_none() && !settings.http.allow_private);
    let beside = config::load(&path, &Variables("", "")).unwrap().plan.settings;
    assert_eq!(beside.store, dir.path().join("watchfloor.db"));
}

#[test]
fn a_watch_has_its_places_and_sources_and_the_shared_ones() {
    let watch = river();
    assert_eq!(watch.title, "A river crossing");
    assert_eq!((watch.from, watch.until), (Some(date(2025, 12, 15)), Some(date(2026, 6, 15))));
    assert_eq!(watch.zone_name, "Europe/Warsaw");
    let places: Vec<&str> = watch.places.iter().map(|place| place.id.as_str()).collect();
    assert_eq!(places, ["crossing", "bank", "shared-town"]);
    assert_eq!(watch.places[0].names, ["Crossing", "Переправа"]);
    assert_eq!(watch.places[0].centre, Point { lat: 49.5, lon: 37.5 });
    assert_eq!(watch.places[2].extent, Extent::Radius { km: 0.5 });
    let staff = watch.sources.iter().find(|source| source.id == "staff").unwrap();
    assert_eq!((staff.reliability, staff.discipline), (Some(Reliability::B), Discipline::Official));
    assert_eq!((staff.owner.as_str(), staff.lineage.as_deref()), ("staff", Some("command")));
    assert!(watch.sources.iter().any(|source| source.id == "nasa"));
    assert_eq!(watch.marks[0].scenario.as_deref(), Some("risk"));
}

#[test]
fn feeds_have_targets_and_schedules() {
    let watch = river();
    let feed = |id: &str| watch.feeds.iter().find(|feed| feed.name.local() == id).unwrap();
    let hotspots = &feed("hotspots").target;
    assert_eq!(hotspots.url.expose_secret(), "https://example.org/area/s3cr3t-key/viirs.csv");
    assert_eq!(hotspots.shown, "https://example.org/area/{secret:firms-key}/viirs.csv");
    assert_eq!(hotspots.headers[0].1.expose_secret(), "Bearer s3cr3t-key");
    assert_eq!(feed("hotspots").schedule, Schedule::Every(SignedDuration::from_hours(3)));
    assert_eq!(feed("hotspots").source.id, "nasa");
    assert_eq!(feed("front").schedule, Schedule::Every(SignedDuration::from_mins(30)));
    assert_eq!(feed("front").alert_after, SignedDuration::from_hours(24));
    assert!(matches!(feed("staff").schedule, Schedule::Cron(_)));
    assert_eq!(feed("counters").target.path, Some(folder().join("watches/recorded/counters.json")));
    assert_eq!(feed("front").target.path, None);
}

#[test]
fn indicators_of_all_four_kinds_are_read() {
    let sorties = indicator("sorties");
    assert_eq!((sorties.kind, sorties.period), (Kind::Count, PeriodLength::Month));
    assert_eq!((sorties.aggregate, sorties.combine), (Aggregate::Sum, Combine::Max));
    assert_eq!((sorties.plausible, sorties.breaks.as_slice()), (Some((0.0, 200_000.0)), &[date(2025, 6, 1)][..]));
    assert_eq!(sorties.inputs.iter().map(|input| input.cumulative).collect::<Vec<_>>(), [Some(Reset::Day), None]);
    assert!(sorties.inputs.iter().all(|input| input.reads_figure && input.method.len() == 12));
    assert_ne!(sorties.inputs[0].method, sorties.inputs[1].method);
    assert_eq!(indicator("held").aggregate, Aggregate::Last);
    let convoys = indicator("convoys");
    assert_eq!(convoys.near.unwrap().id, "shared-town");
    assert!(!convoys.inputs[0].reads_figure);
    assert_eq!((convoys.corroboration.origins, convoys.corroboration.distance_km), (3, 5.0));
    assert_eq!(convoys.corroboration.credibility, Some(3));
    let aid = indicator("aid").schedule;
    assert_eq!((aid.due, aid.grace), (Some(date(2026, 3, 31)), SignedDuration::from_hours(7 * 24)));
    assert_eq!(aid.min_amount, Some((1e8, "USD".to_owned())));
}

#[test]
fn scenarios_are_read() {
    let watch = river();
    let [baseline, risk] = watch.scenarios.as_slice() else { panic!("two scenarios") };
    assert_eq!((baseline.path, baseline.needs), (scenario::Path::Baseline, Needs::All));
    assert_eq!((baseline.hold, baseline.title.as_str()), (Hold::NONE, "baseline"));
    assert_eq!(baseline.to, ["Desk <desk@example.org>"]);
    assert_eq!((risk.path, risk.needs), (scenario::Path::Risk, Needs::AtLeast(2)));
    assert_eq!(risk.hold, Hold::Time(SignedDuration::from_hours(24)));
    assert_eq!((risk.clear_after, risk.to.as_slice()), (Hold::Releases(2), &["other@example.org".to_owned()][..]));
}

#[test]
fn bounds_are_in_the_measures_own_unit() {
    let convoys = condition("risk", 0);
    assert_eq!((convoys.measure, convoys.bound.as_str()), (Measure::Corroborated, "at least 3"));
    assert_eq!((convoys.limits.clear_below, convoys.hold), (Some(2.0), Hold::Releases(2)));
    let held = condition("risk", 1);
    assert_eq!((held.limits.at_most, held.share, held.expect), (Some(-0.25), true, false));
    assert_eq!((held.over, held.bound.as_str()), (Some(2), "at most -25%"));
    let aid = condition("risk", 2);
    assert_eq!((aid.limits.above, aid.bound.as_str()), (Some(30.0), "above 30 days"));
    let sorties = condition("risk", 3);
    assert_eq!((sorties.measure, sorties.bound.as_str()), (Measure::Value, "above 100 and below 900.5"));
    assert_eq!(condition("baseline", 0).baseline, Some(3));
}

#[test]
fn a_watch_is_read_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("river.toml");
    std::fs::write(&path, "[watch]\ntitle = 'A'\n[feeds.x]\nurl = 'https://example.org/'\n").unwrap();
    let plan = config::load(&path, &Variables("", "")).unwrap().plan;
    assert_eq!(plan.watches[0].id, "river");
    assert_eq!(plan.watches[0].sources[0].id, "x", "a feed without a source is its own");
}

#[test]
fn the_method_changes_with_the_rules_only() {
    let method = |text: &str| {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("w.toml");
        let head = "[watch]\ntitle = 'A'\n[feeds.x]\nurl = 'https://example.org/'\n[indicators.i]\nkind = 'count'\n";
        std::fs::write(&path, format!("{head}{text}")).unwrap();
        config::load(&path, &Variables("", "")).unwrap().plan.watches[0].indicators[0].spec.inputs[0].method.clone()
    };
    let first = method("from = [{ feed = 'x', value = 'a (.*)' }]");
    assert_eq!(first, method("title = 'B'\nfrom = [{ feed = 'x', value = 'a (.*)' }]"));
    assert_ne!(first, method("from = [{ feed = 'x', value = 'b (.*)' }]"));
    assert_ne!(first, method("from = [{ feed = 'x', value = 'a (.*)', cumulative = 'day' }]"));
}

#[test]
fn the_schemas_name_every_key() {
    let [(_, settings), (_, watch), (_, _)] = config::schemas();
    assert_eq!(settings["properties"]["http"]["properties"]["concurrency"]["maximum"], 1024);
    let indicator = &watch["properties"]["indicators"]["additionalProperties"];
    assert_eq!(indicator["required"], serde_json::json!(["kind", "from"]));
    assert_eq!(indicator["additionalProperties"], false);
    assert_eq!(indicator["properties"]["kind"]["enum"], serde_json::json!(["level", "count", "report", "schedule"]));
}
