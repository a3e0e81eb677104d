//! The analyst in the loop: acknowledging, silencing, drilling, explaining, and the probability beside the rules.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

mod support;

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use support::house::{House, WATCH, at, days, plan};
use support::{Daemon, PATIENCE, Post, Web, configuration, lines, stderr, stdout, watchfloor};
use watchfloor::model::act::{Act, Doing};
use watchfloor::model::name::Name;
use watchfloor::model::notification::{Content, Delivery, Kind};
use watchfloor::model::scenario::Phase;
use watchfloor::pipeline::AsOf;
use watchfloor::pipeline::score::{Horizon, score};
use watchfloor::store::Store;

/// Flights at most 50, and, with a second condition, at most 20; reminders each day.
fn two_steps() -> String {
    let second = "[[scenarios.fall.when]]\nindicator = 'flights'\nmeasure = 'value'\nat_most = 20\n";
    WATCH.replace("path = 'risk'\n", "path = 'risk'\nneeds = 'any'\nrepeat = '1d'\n") + second
}

fn act(doing: Doing, now: &str, until: Option<&str>) -> Act {
    Act {
        id: 0,
        at: at(now),
        author: "anna".to_owned(),
        doing,
        alert: (doing == Doing::Ack).then_some(1),
        scenario: None,
        feed: None,
        until: until.map(at),
        reason: Some("seen".to_owned()),
    }
}

impl House {
    fn does(&mut self, act: &Act) -> i64 {
        self.store.write(|change| change.add_act(act)).unwrap()
    }

    /// Kind and state of each message to the first recipient, oldest first.
    fn messages(&self) -> Vec<(Kind, Delivery, bool)> {
        let mut all = self.store.view().notifications().unwrap();
        all.retain(|one| one.message.recipient.starts_with("one"));
        all.reverse();
        all.iter().map(|one| (one.message.kind, one.state, one.held.is_some())).collect()
    }

    fn kinds_to_one(&self) -> Vec<Kind> {
        self.messages().into_iter().map(|(kind, _, _)| kind).collect()
    }

    fn scenario(&self) -> Name {
        self.plan.watches[0].scenarios[0].name.clone()
    }

    fn reason_of(&self, kind: Kind) -> String {
        let all = self.store.view().notifications().unwrap();
        let found = all.iter().find(|one| one.message.kind == kind).unwrap();
        match &found.message.content {
            Content::Scenario(account) => account.reason.clone(),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn an_acknowledged_alert_reminds_nobody_until_the_acknowledgement_runs_out() {
    let mut house = House::new(&two_steps());
    house.poll("2026-01-02T06:00:00Z", &days("1:40"));
    house.poll("2026-01-03T06:00:00Z", &days("1:40 2:40"));
    assert_eq!(house.kinds_to_one(), [Kind::Triggered, Kind::Reminder]);
    house.does(&act(Doing::Ack, "2026-01-03T07:00:00Z", Some("2026-01-04T12:00:00Z")));
    let wake = house.poll("2026-01-04T06:00:00Z", &days("1:40 2:40 3:40")).wake;
    assert_eq!(wake, Some(at("2026-01-04T12:00:00Z")), "it looks again when the acknowledgement runs out");
    assert_eq!(house.kinds_to_one().len(), 2, "acknowledged");
    house.sweep("2026-01-04T12:00:00Z");
    assert_eq!(house.kinds_to_one(), [Kind::Triggered, Kind::Reminder, Kind::Reminder]);
    assert!(house.reason_of(Kind::Reminder).contains("the acknowledgement of anna has run out"));
    house.does(&act(Doing::Ack, "2026-01-04T13:00:00Z", None));
    house.sweep("2026-01-30T12:00:00Z");
    assert_eq!(house.kinds_to_one().iter().filter(|kind| **kind == Kind::Reminder).count(), 2, "without end");
    let acts = house.store.view().acts_of_alert(1).unwrap();
    assert_eq!(acts.len(), 2, "both are kept");
    assert!(house.store.view().alert(1).unwrap().unwrap().acknowledged.is_some());
}

#[test]
fn an_escalation_ends_an_acknowledgement_and_beats_a_silence() {
    let mut house = House::new(&two_steps());
    house.poll("2026-01-02T06:00:00Z", &days("1:40"));
    house.does(&act(Doing::Ack, "2026-01-02T07:00:00Z", None));
    let silence = Act {
        scenario: Some(house.scenario()),
        ..act(Doing::Silence, "2026-01-02T07:00:00Z", Some("2026-02-01T00:00:00Z"))
    };
    house.does(&silence);
    house.poll("2026-01-03T06:00:00Z", &days("1:40 2:10"));
    assert_eq!(house.messages()[1], (Kind::Escalated, Delivery::Queued, false), "it is not held");
    assert!(house.reason_of(Kind::Escalated).starts_with("2 conditions hold, before at most 1"));
    house.sweep("2026-01-04T06:00:00Z");
    assert_eq!(house.messages()[2], (Kind::Reminder, Delivery::Queued, true), "it reminds again, and is silenced");
}

#[test]
fn a_silence_holds_messages_and_loses_none_that_matters() {
    let mut house = House::new(&two_steps());
    let scenario = house.scenario();
    let silence =
        Act { scenario: Some(scenario), ..act(Doing::Silence, "2026-01-01T00:00:00Z", Some("2026-01-06T00:00:00Z")) };
    let number = house.does(&silence);
    let wake = house.poll("2026-01-02T06:00:00Z", &days("1:40")).wake;
    assert!(wake.is_some_and(|wake| wake <= at("2026-01-06T00:00:00Z")), "its end is a moment to look at");
    house.sweep("2026-01-03T06:00:00Z");
    assert_eq!(house.messages(), [(Kind::Triggered, Delivery::Queued, true), (Kind::Reminder, Delivery::Queued, true)]);
    let view = house.store.view();
    assert_eq!(view.next_delivery().unwrap(), None, "nothing is due");
    let held = view.held_notifications().unwrap();
    assert_eq!((held.len(), held[0].held), (4, Some(number)), "two messages to two recipients");
    assert!(held[0].last_error.as_deref().unwrap().starts_with("held by a silence of anna until 2026-01-06"));
    let now = at("2026-01-03T06:00:00Z");
    assert!(house.claim(now, now).is_none(), "none is sent");
    assert_eq!(house.store.write(|change| change.retry(None, now)).unwrap(), 0, "a retry does not end a silence");
    let wake = house.sweep("2026-01-04T23:00:00Z").wake;
    assert!(wake.is_some_and(|at_end| at_end <= at("2026-01-06T00:00:00Z")));
    house.poll("2026-01-05T06:00:00Z", &days("1:40 2:40 3:40 4:100"));
    house.sweep("2026-01-06T00:00:00Z");
    let kept: Vec<(Kind, Delivery)> = house.messages().into_iter().map(|(kind, state, _)| (kind, state)).collect();
    assert_eq!(kept[0], (Kind::Triggered, Delivery::Queued), "that it came and went is told");
    assert_eq!(kept[1], (Kind::Reminder, Delivery::Expired), "one comes by itself");
    // A day without a figure was seen as blindness, and was over before the silence was.
    assert!(kept[1..kept.len() - 1].iter().all(|one| one.1 == Delivery::Expired), "{kept:?}");
    assert_eq!(kept[kept.len() - 1], (Kind::Resolved, Delivery::Queued));
    assert!(house.store.view().held_notifications().unwrap().is_empty());
}

#[test]
fn a_later_silence_of_the_same_scope_replaces_the_earlier() {
    let mut house = House::new(WATCH);
    let until = |now, end| Act { scenario: Some(Name::new("w", "fall")), ..act(Doing::Silence, now, Some(end)) };
    house.does(&until("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"));
    house.poll("2026-01-02T06:00:00Z", &days("1:40"));
    assert_eq!(house.messages(), [(Kind::Triggered, Delivery::Queued, true)]);
    let longer = house.does(&until("2026-01-02T07:00:00Z", "2026-03-01T00:00:00Z"));
    house.sweep("2026-01-02T08:00:00Z");
    assert_eq!(house.store.view().held_notifications().unwrap()[0].held, Some(longer));
    house.does(&until("2026-01-02T09:00:00Z", "2026-01-02T09:00:00Z"));
    house.sweep("2026-01-02T09:00:00Z");
    assert_eq!(house.messages(), [(Kind::Triggered, Delivery::Queued, false)], "ended early, it goes out");
}

#[test]
fn a_silence_of_everything_never_holds_a_risk_that_triggers() {
    let mut house = House::new(WATCH);
    house.does(&act(Doing::Silence, "2026-01-01T00:00:00Z", Some("2026-02-01T00:00:00Z")));
    house.poll("2026-01-02T06:00:00Z", &days("1:40"));
    house.poll("2026-01-03T06:00:00Z", &days("1:40 2:100"));
    for hour in ["2026-01-04T08:00:00Z", "2026-01-06T08:00:00Z"] {
        house.fail(hour);
    }
    let messages = house.messages();
    assert_eq!(messages[0], (Kind::Triggered, Delivery::Queued, false));
    assert_eq!(messages[1], (Kind::Resolved, Delivery::Queued, true));
    let broken = messages.iter().find(|one| one.0 == Kind::FeedBroken).unwrap();
    assert!(broken.2, "feeds are silenced as well");
}

#[test]
fn a_changed_rule_keeps_the_state_and_says_so() {
    let mut house = House::new(&WATCH.replace("path = 'risk'\n", "path = 'risk'\nhold = '2d'\n"));
    house.poll("2026-01-02T06:00:00Z", &days("1:40"));
    assert_eq!(house.phase().0, Phase::Pending);
    let folder = tempfile::tempdir().unwrap();
    house.plan = plan(folder.path(), &WATCH.replace("path = 'risk'\n", "path = 'risk'\nhold = '3d'\n"));
    house.poll("2026-01-03T06:00:00Z", &days("1:40 2:40"));
    let changes = house.store.view().last_transitions(&house.scenario(), 10).unwrap();
    assert_eq!(changes[0].change.as_deref(), Some("rule_changed"));
    assert!(
        changes[0].reason.contains("hold 2d") && changes[0].reason.contains("to “all of, hold 3d"),
        "{}",
        changes[0].reason
    );
    house.poll("2026-01-04T07:00:00Z", &days("1:40 2:40 3:40"));
    assert_eq!(house.phase().0, Phase::Pending, "two days were enough before");
    house.poll("2026-01-05T06:00:00Z", &days("1:40 2:40 3:40 4:40"));
    assert_eq!(house.phase().0, Phase::Active, "the clock was kept");
    assert_eq!(house.kinds_to_one(), [Kind::Triggered], "a changed rule alone mails nothing");
    // A rule that no longer holds resolves, and names the change.
    house.plan = plan(folder.path(), &WATCH.replace("at_most = 50", "at_most = 5"));
    house.sweep("2026-01-05T07:00:00Z");
    assert!(house.reason_of(Kind::Resolved).starts_with("its rule was changed from"));
}

#[test]
fn flapping_is_counted_and_told() {
    let mut house = House::new(WATCH);
    let mut listed = String::new();
    for day in 1..7 {
        listed.push_str(&format!("{day}:{} ", if day % 2 == 1 { 10 } else { 100 }));
        house.poll(&format!("2026-01-{:02}T06:00:00Z", day + 1), &days(&listed));
    }
    assert_eq!(house.store.view().activations(&house.scenario(), at("2026-01-01T00:00:00Z")).unwrap(), 3);
    assert!(house.reason_of(Kind::Triggered).contains("it has triggered 2 times in the 30d before"));
}

#[test]
fn a_risk_that_triggers_beside_an_active_baseline_turns_the_watch() {
    let baseline = "[scenarios.calm]\npath = 'baseline'\ntitle = 'All goes on'\n[[scenarios.calm.when]]\nindicator = 'flights'\nmeasure = 'value'\nat_least = 5\n";
    let mut house = House::new(&(WATCH.to_owned() + baseline));
    house.poll("2026-01-02T06:00:00Z", &days("1:100"));
    house.poll("2026-01-03T06:00:00Z", &days("1:100 2:40"));
    assert!(house.reason_of(Kind::Triggered).contains("turns to a risk path while “All goes on” is active as well"));
}

#[test]
fn late_news_that_takes_the_ground_away_undoes_an_alert() {
    // A count of items: what is learned late adds up, without a correction of anything.
    let watch = WATCH
        .replace("value = { field = 'n' }\n", "match = { any = ['flight'] }\n")
        .replace("at_most = 50", "at_most = 1");
    let item = |id: u32| format!("{{\"id\":\"i{id}\",\"day\":\"2026-01-01T0{id}:00:00Z\",\"text\":\"flight\"}}");
    let old = "{\"id\":\"old\",\"day\":\"2025-11-01\",\"text\":\"nothing\"}";
    let watch = watch.replace("published = '$.day' }", "published = '$.day', title = '$.text' }");
    let mut house = House::new(&watch);
    house.poll("2026-01-02T00:30:00Z", &format!("[{old},{}]", item(1)));
    assert_eq!(house.phase().0, Phase::Active);
    house.poll("2026-01-02T06:00:00Z", &format!("[{old},{},{},{}]", item(1), item(2), item(3)));
    assert_eq!(house.kinds_to_one(), [Kind::Triggered, Kind::Undone]);
}

/// A house whose store is a file that the program can look into.
fn house_on_disk(watch: &str) -> (House, std::path::PathBuf) {
    let mut house = House::new(watch);
    let settings = house.plan.settings.file.clone();
    house.store = Store::open(&house.plan.settings.store).unwrap();
    (house, settings)
}

fn shown(config: &Path, arguments: &[&str]) -> String {
    let run = watchfloor(config, arguments);
    assert!(run.status.success(), "{}", stderr(&run));
    stdout(&run)
}

#[test]
fn two_hundred_revisions_leave_an_explanation_as_it_was() {
    let (mut house, config) = house_on_disk(WATCH);
    house.poll("2026-01-02T06:00:00Z", &days("1:40"));
    let explained = || (shown(&config, &["alert", "show", "1"]), shown(&config, &["alert", "show", "1", "--json"]));
    let before = explained();
    assert!(
        before.0.contains("2026-01-01 stands at 40 flights") && before.0.contains("What would count"),
        "{}",
        before.0
    );
    let mails = house.messages().len();
    for revision in 0..200_i64 {
        let now = at("2026-01-02T06:01:00Z") + SignedDuration::from_mins(revision);
        house.poll(&now.to_string(), &days(&format!("1:{}", 10 + revision % 40)));
    }
    assert_eq!(house.store.view().count_observations().unwrap(), 201);
    assert_eq!(explained(), before, "unchanged to the byte");
    assert_eq!(house.messages().len(), mails, "and nobody was told of what changes nothing");
    // The evidence falls: one mail, and what was said stays said.
    house.poll("2026-01-02T12:00:00Z", &days("1:9000"));
    assert_eq!(house.kinds_to_one(), [Kind::Triggered, Kind::Undone]);
    let head = |text: &str| text.split("\n\n").take(2).collect::<Vec<_>>().join("\n\n");
    assert_eq!(head(&explained().0), head(&before.0));
    let hindsight = &lines(&config, &["alert", "show", "1", "--as-of", "2026-01-02T12:00:00Z"])[0]["hindsight"];
    assert_eq!(
        (hindsight["verdict"].as_str(), hindsight["conditions"][0]["value"].as_f64()),
        (Some("false"), Some(9000.0))
    );
    let then = &lines(&config, &["alert", "show", "1", "--as-of", "2026-01-02T06:00:00Z"])[0]["hindsight"];
    assert_eq!(then["verdict"], "true");
    // Retention takes the items; the explanation needs none of them.
    house.sweep("2029-01-01T00:00:00Z");
    assert_eq!(head(&explained().0), head(&before.0));
}

/// The case that rule engines with a lookback get wrong: a slow series is not absent between its releases.
#[test]
fn a_monthly_indicator_fires_at_its_release_and_at_no_other_time() {
    let watch = WATCH.replace("period = 'day'", "period = 'month'").replace("every = '6h'", "every = '1d'");
    let mut house = House::new(&watch);
    let start = at("2025-05-01T06:00:00Z");
    let mut listed: Vec<String> = Vec::new();
    // Each month's figure comes out on the 14th of the next; February's, on 14 March, is the first below the bound.
    for day in 0..340 {
        let now = start + SignedDuration::from_hours(24 * day);
        let text = now.to_string();
        if &text[8..10] == "14" {
            let about = (now - SignedDuration::from_hours(24 * 15)).to_string()[..7].to_owned();
            let n = if about == "2026-02" { 40 } else { 100 };
            listed.push(format!("{{\"id\":\"m{about}\",\"day\":\"{about}-15\",\"n\":{n}}}"));
        }
        house.poll(&text, &format!("[{}]", listed.join(",")));
        house.sweep(&text);
    }
    let changes = house.store.view().transitions_after(0).unwrap();
    let told: Vec<(String, &str, &str)> = changes
        .iter()
        .filter(|one| one.from != one.to)
        .map(|one| (one.at.to_string(), one.from.word(), one.to.word()))
        .collect();
    let released = |day: &str| format!("2026-{day}T06:00:00Z");
    assert_eq!(told, [(released("03-14"), "inactive", "active")], "it lasts until the next release, on 14 April");
    assert_eq!(house.store.view().alerts().unwrap().len(), 1, "sight that comes back with a trigger opens one alert");
    let kinds = house.kinds_to_one();
    assert_eq!(kinds.iter().filter(|kind| **kind == Kind::Triggered).count(), 1);
    assert!(!kinds.contains(&Kind::Resolved) && !kinds.contains(&Kind::FeedBroken), "{kinds:?}");
}

fn with_odds(prior: f64) -> String {
    WATCH.replace("path = 'risk'\n", &format!("path = 'risk'\nprior = {prior}\n")) + "likelihood_ratio = 6.0\n"
}

#[test]
fn a_probability_stands_beside_the_rules_and_sends_nothing() {
    let watch = with_odds(0.2) + "[[scenarios.fall.when]]\nindicator = 'flights'\nmeasure = 'value'\nat_most = 5\n";
    let mut house = House::new(&watch);
    house.poll("2026-01-02T06:00:00Z", &days("1:40"));
    assert_eq!(house.phase().0, Phase::Inactive, "one of two conditions");
    let scenario = &house.plan.watches[0].scenarios[0];
    let shown = house.store.view().probability_at(&scenario.name, at("2026-01-02T06:00:00Z")).unwrap().unwrap();
    // Source B: 0.85 · 6 + 0.15, faded by 30 hours of a half-life of 45 days, on odds of 1 to 4.
    let weight = (0.85_f64 * 6.0 + 0.15).ln() * (-1.25_f64 / 45.0).exp2();
    let expected = 1.0 / (1.0 + (-(0.25_f64.ln() + weight)).exp());
    assert!((shown.probability - expected).abs() < 1e-9, "{} for {expected}", shown.probability);
    assert!(house.messages().is_empty(), "a probability alone sends nothing");
    house.poll("2026-01-03T06:00:00Z", &days("1:40 2:3"));
    let all = house.store.view().notifications().unwrap();
    let Content::Scenario(account) = &all[0].message.content else { panic!() };
    let likelihood = account.likelihood.as_ref().unwrap();
    assert_eq!((likelihood.word.as_str(), likelihood.band), ("likely", (0.55, 0.80)));
    assert_eq!(likelihood.confidence_words(), "moderate: one reliable source that observes it directly");
    assert!((likelihood.moves[0].without - 0.2).abs() < 1e-9, "without its one indication the prior is left");
}

#[test]
fn the_odds_of_a_day_move_no_further_than_thirty_to_one() {
    let more = |n: u32| {
        format!(
            "[[scenarios.fall.when]]\nindicator = 'flights'\nmeasure = 'value'\nat_most = {n}\nlikelihood_ratio = 9.0\ngroup = 'g{n}'\n"
        )
    };
    let watch = with_odds(0.2).replace("likelihood_ratio = 6.0", "likelihood_ratio = 9.0\ngroup = 'a'")
        + &more(60)
        + &more(61)
        + &more(62);
    let mut house = House::new(&watch);
    house.poll("2026-01-02T06:00:00Z", &days("1:40"));
    let scenario = house.scenario();
    let odds =
        |house: &House, moment| house.store.view().probability_at(&scenario, at(moment)).unwrap().unwrap().log_odds;
    assert!((odds(&house, "2026-01-02T06:00:00Z") - (0.25_f64.ln() + 30_f64.ln())).abs() < 1e-9);
    house.poll("2026-01-03T07:00:00Z", &days("1:40 2:40"));
    assert!(odds(&house, "2026-01-03T07:00:00Z") > 0.25_f64.ln() + 30_f64.ln(), "the rest follows on the next day");
}

#[test]
fn forecasts_are_scored_against_what_came() {
    let marks = "[[marks]]\ndate = 2026-01-05\ntitle = 'it began'\nscenario = 'fall'\n";
    let watch = with_odds(0.2)
        .replace("[watch]\n", "[watch]\nfrom = 2026-01-01\nuntil = 2026-01-20\n")
        .replace("at_most = 50", "at_most = 5")
        + marks;
    let mut house = House::new(&watch);
    for day in 2..9 {
        house.poll(
            &format!("2026-01-{day:02}T06:00:00Z"),
            &days(&format!("{}:{}", day - 1, if day < 4 { 100 } else { 1 })),
        );
    }
    let (watch, scenario) = (&house.plan.watches[0], &house.plan.watches[0].scenarios[0]);
    let score_of = |horizon, now| score(&house.store.view(), watch, scenario, horizon, AsOf::now(at(now))).unwrap();
    let early = score_of(Horizon::of(watch), "2026-01-04T12:00:00Z");
    assert_eq!((early.resolved.len(), early.open, early.void), (0, 3, 0), "nothing has come by then");
    let late = score_of(Horizon::of(watch), "2026-01-09T00:00:00Z");
    let forecasts: Vec<(bool, bool)> = late.resolved.iter().map(|one| (one.happened, one.forecast > 0.25)).collect();
    assert_eq!(
        forecasts,
        [(true, false), (true, false), (true, true)],
        "three days before the mark; then it is closed"
    );
    // Within a day, only the last forecast came true, and the first did not.
    let short = score_of(Horizon::Within(SignedDuration::from_hours(24)), "2026-01-09T00:00:00Z");
    let came: Vec<bool> = short.resolved.iter().map(|one| one.happened).collect();
    assert_eq!(came, [false, false, true]);
}

#[test]
fn forecasts_made_blind_are_void() {
    let watch = with_odds(0.2);
    let mut house = House::new(&watch);
    house.poll("2026-01-02T06:00:00Z", &days("1:100"));
    house.sweep("2026-01-20T06:00:00Z");
    assert!(house.phase().1, "blind");
    let (watch, scenario) = (&house.plan.watches[0], &house.plan.watches[0].scenarios[0]);
    let score =
        score(&house.store.view(), watch, scenario, Horizon::of(watch), AsOf::now(at("2026-04-01T00:00:00Z"))).unwrap();
    assert_eq!((score.resolved.len(), score.void), (1, 1));
    assert!(!score.resolved[0].happened);
}

fn settings(extra: &str) -> String {
    format!(
        "include = ['watches/*.toml']\ntimezone = 'UTC'\n[http]\nallow_private = true\nper_host_interval = '0s'\n\
         [email]\nfrom = 'watch@example.org'\nto = ['Desk <desk@example.org>']\n{extra}"
    )
}

fn served(web: u16) -> String {
    WATCH.replace("https://example.org/n.json", &format!("http://127.0.0.1:{web}/n.json"))
}

#[test]
fn a_drill_goes_through_the_real_outbox_and_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let web = Web::start(200, &days("1:100"));
    let config = configuration(folder.path(), &settings("transport = 'file'\ndir = 'mail'\n"), &served(web.port));
    assert!(watchfloor(&config, &["run", "--once"]).status.success());
    let drill = watchfloor(&config, &["scenario", "drill", "fall", "--author", "anna", "--reason", "monthly exercise"]);
    assert!(drill.status.success(), "{}", stderr(&drill));
    assert!(stdout(&drill).contains("1 messages were taken"), "{}", stdout(&drill));
    let mails = std::fs::read_dir(folder.path().join("mail")).unwrap();
    let mails: Vec<String> = mails.map(|mail| std::fs::read_to_string(mail.unwrap().path()).unwrap()).collect();
    let mail = mails.iter().find(|mail| mail.contains("Subject: DRILL: [RISK] Flights: Flights fall")).unwrap();
    let parsed = mail_parser::MessageParser::default().parse(mail.as_bytes()).unwrap();
    let text = parsed.body_text(0).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("a drill, started by anna (monthly exercise): nothing has triggered"), "{text}");
    assert!(lines(&config, &["alert", "list"]).is_empty(), "a drill is no alert");
    let acts = &lines(&config, &["scenario", "show", "fall"])[0]["acts"][0];
    assert_eq!((acts["kind"].as_str(), acts["author"].as_str()), (Some("drill"), Some("anna")));
    let nobody = watchfloor(&config, &["scenario", "drill", "rise"]);
    assert_eq!(nobody.status.code(), Some(2));
}

#[test]
fn acks_and_silences_are_refused_with_a_reason_where_they_mean_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let web = Web::start(200, &days("1:100"));
    let config = configuration(folder.path(), &settings("transport = 'file'\n"), &served(web.port));
    let run = |arguments: &[&str]| {
        let run = watchfloor(&config, arguments);
        (run.status.code(), stderr(&run) + &stdout(&run))
    };
    assert_eq!(run(&["alert", "ack", "1", "--author", "a"]).0, Some(1), "there is no store yet");
    assert_eq!(run(&["run", "--once"]).0, Some(0));
    for (arguments, part) in [
        (&["alert", "ack", "7", "--author", "a"][..], "there is no alert 7"),
        (&["alert", "silence", "--until", "soon", "--reason", "r", "--author", "a"], "`soon` is no time"),
        (&["alert", "silence", "--scenario", "x", "--until", "1d", "--reason", "r"], "there is no scenario `x`"),
        (&["alert", "silence", "--feed", "x", "--until", "1d", "--reason", "r"], "there is no feed `x`"),
        (&["alert", "silence", "--until", "1d"], "--reason"),
        (&["scenario", "score", "fall"], "has no `prior`"),
    ] {
        let (code, said) = run(arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {said}");
        assert!(said.contains(part), "{part} in {said}");
    }
    let (code, said) =
        run(&["alert", "silence", "--feed", "counter", "--until", "2099-01-01", "--reason", "works", "--author", "a"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("Feed w/counter silenced by a at") && said.contains("until 2099-01-02 00:00: works"),
        "{said}"
    );
    assert_eq!(lines(&config, &["status"])[0]["silences"][0]["feed"], "w/counter");
}

#[test]
fn a_nudge_wakes_a_running_daemon() {
    let folder = tempfile::tempdir().unwrap();
    let (web, post) = (Web::start(200, &days("1:100")), Post::start());
    let mail = format!("transport = 'smtp'\nsmtp = {{ host = '127.0.0.1', port = {}, tls = 'none' }}\n", post.port);
    let config = configuration(folder.path(), &settings(&mail), &served(web.port));
    let runtime = folder.path().join("run");
    std::fs::create_dir(&runtime).unwrap();
    let mut daemon = Daemon::start_in(&config, &runtime);
    web.requests.recv_timeout(PATIENCE).unwrap();
    // The command itself has no RUNTIME_DIRECTORY: it learns from the store where to knock.
    let drill = watchfloor(&config, &["scenario", "drill", "fall", "--author", "anna"]);
    assert!(stdout(&drill).contains("The running daemon sends it now"), "{} {}", stdout(&drill), stderr(&drill));
    // What it saw of an empty day may come before it.
    while !post.next().contains("DRILL") {}
    assert_eq!(daemon.terminate(), Some(0));
    assert!(!runtime.join("watchfloor.sock").exists(), "it is tidied up");
    let after = watchfloor(&config, &["alert", "silence", "--until", "1d", "--reason", "r", "--author", "a"]);
    assert!(stdout(&after).contains("within a minute"), "nobody hears it: {}", stdout(&after));
}

#[test]
fn what_another_connection_writes_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w.db");
    let mut daemon = Store::open(&path).unwrap();
    let before = daemon.view().foreign_commits().unwrap();
    let now = Timestamp::UNIX_EPOCH;
    daemon.write(|change| change.set_alive(now)).unwrap();
    assert_eq!(daemon.view().foreign_commits().unwrap(), before, "its own commits are no news");
    let later = now + SignedDuration::from_secs(1);
    Store::join(&path).unwrap().write(|change| change.set_alive(later)).unwrap();
    assert_ne!(daemon.view().foreign_commits().unwrap(), before);
}
