//! Which reports are one event, and how many origins it has: known cases, a generated set, and a made-up front.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use watchfloor::extract::provenance;
use watchfloor::model::condition::Verdict;
use watchfloor::model::event::{Event, Reported};
use watchfloor::model::geo::Point;
use watchfloor::model::indicator::Corroboration;
use watchfloor::model::item::Item;
use watchfloor::model::name::Name;
use watchfloor::model::observation::{Evidence, ItemRef, Observation, Report, Value};
use watchfloor::model::source::{Discipline, Grade, Reliability, Source};
use watchfloor::pipeline::events;

const KUPYANSK: Point = Point { lat: 49.7106, lon: 37.6156 };

fn build(reports: &[Reported], rule: &Corroboration, sources: &[Source]) -> Vec<Event> {
    events::build(reports, rule, &sources.to_vec().into())
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn source(id: &str) -> Source {
    Source {
        id: id.to_owned(),
        title: id.to_owned(),
        names: Vec::new(),
        reliability: Some(Reliability::C),
        discipline: Discipline::Social,
        party: None,
        owner: id.to_owned(),
        lineage: None,
    }
}

/// A report by a source; its number is that of its arrival.
fn report(number: i64, source: &Source, time: Timestamp, point: Point, text: &str) -> Reported {
    told(number, source, time, point, Item { title: Some(text.to_owned()), ..Item::default() })
}

fn told(number: i64, source: &Source, time: Timestamp, point: Point, item: Item) -> Reported {
    let observation = Observation {
        id: number,
        indicator: Name::new("w", "convoys"),
        key: format!("{} {time} {}", source.id, item.title.as_deref().unwrap_or_default()),
        event_time: time,
        value: Value::Report(Report { point, error_km: 0.0, place: None }),
        recorded_at: time,
        feed: Some(Name::new("w", "f")),
        source: source.id.clone(),
        item: Some(ItemRef { id: String::new(), revision: 1, title: None, link: None }),
        method: None,
        evidence: Evidence::default(),
        grade: Grade { reliability: source.reliability, credibility: None },
        flags: Vec::new(),
        supersedes: None,
        author: None,
        withdrawn: false,
        entered_at: None,
    };
    Reported { observation, first: number, shown: provenance::of(&item, &TimeZone::UTC) }
}

/// North of a point by so many metres.
fn metres_north(point: Point, metres: f64) -> Point {
    Point { lat: point.lat + metres / 111_195.0, ..point }
}

fn only(events: &[Event]) -> &Event {
    assert_eq!(events.len(), 1, "{events:?}");
    &events[0]
}

/// field.md 3: 14 March 2022, three rows within 70 m, two by one account 23 seconds apart, one 69 minutes earlier.
#[test]
fn the_column_of_march_2022_has_two_origins_and_with_a_third_account_three() {
    let sources = [source("one"), source("two"), source("three")];
    let noon = at("2022-03-14T12:00:00Z");
    let mut reports = vec![
        report(1, &sources[0], noon, KUPYANSK, "Column in Kupyansk, part 1"),
        report(
            2,
            &sources[0],
            noon + SignedDuration::from_secs(23),
            metres_north(KUPYANSK, 40.0),
            "Column in Kupyansk, part 2",
        ),
        report(
            3,
            &sources[1],
            noon - SignedDuration::from_mins(69),
            metres_north(KUPYANSK, 70.0),
            "Russian vehicles drive through",
        ),
    ];
    let rule = Corroboration::default();
    let three = build(&reports, &rule, &sources);
    assert_eq!((only(&three).origins, only(&three).corroborated), (2, Verdict::True));
    assert_eq!(only(&three).links.iter().map(|link| (link.a, link.b)).collect::<Vec<_>>(), [(1, 2)]);

    // The analyst marks the footage as shared.
    let shared: Vec<Source> =
        sources.iter().map(|source| Source { lineage: Some("footage".to_owned()), ..source.clone() }).collect();
    assert_eq!(only(&build(&reports, &rule, &shared)).origins, 1);

    reports.push(report(4, &sources[2], noon + SignedDuration::from_hours(3), KUPYANSK, "Convoy at the bridge"));
    assert_eq!(only(&build(&reports, &rule, &sources)).origins, 3);
}

/// A small generator of numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// Twelve hundred reports of happenings within 40 km and 90 days; every fourth happening has several reports of one
/// publisher only.
fn twelve_hundred(sources: &[Source]) -> Vec<Reported> {
    let mut dice = Dice(7);
    let mut reports = Vec::new();
    let start = at("2022-03-01T00:00:00Z");
    while reports.len() < 1200 {
        let time = start + SignedDuration::from_mins(dice.below(90 * 24 * 60) as i64);
        let place = Point {
            lat: KUPYANSK.lat + dice.below(700) as f64 / 1000.0 - 0.35,
            lon: KUPYANSK.lon + dice.below(1000) as f64 / 1000.0 - 0.5,
        };
        let author = dice.below(sources.len() as u64) as usize;
        let is_one_publisher = dice.below(4) == 0;
        for number in 0..1 + dice.below(4) {
            let by = if is_one_publisher { author } else { (author + number as usize) % sources.len() };
            let later = time + SignedDuration::from_mins(dice.below(600) as i64);
            let text = format!("report {number} of {} by {by}", reports.len());
            reports.push(report(
                reports.len() as i64 + 1,
                &sources[by],
                later,
                metres_north(place, dice.below(900) as f64),
                &text,
            ));
        }
    }
    reports.truncate(1200);
    reports
}

/// Each event as the keys of its reports.
fn grouping(reports: &[Reported], events: &[Event]) -> BTreeSet<BTreeSet<String>> {
    let keys: BTreeMap<i64, &String> =
        reports.iter().map(|report| (report.observation.id, &report.observation.key)).collect();
    events.iter().map(|event| event.members.iter().map(|id| keys[id].clone()).collect()).collect()
}

#[test]
fn of_twelve_hundred_reports_no_publisher_corroborates_itself_in_whatever_order() {
    let sources: Vec<Source> = (0..24).map(|number| source(&format!("s{number}"))).collect();
    let rule = Corroboration { within: SignedDuration::from_hours(24), distance_km: 5.0, ..Corroboration::default() };
    let mut reports = twelve_hundred(&sources);
    let events = build(&reports, &rule, &sources);
    let by_id: BTreeMap<i64, &Reported> = reports.iter().map(|report| (report.observation.id, report)).collect();
    let (mut of_several, mut of_one_publisher, mut wrong) = (0, 0, 0);
    for event in &events {
        let members: Vec<&Reported> = event.members.iter().map(|id| by_id[id]).collect();
        let publishers: BTreeSet<&str> = members.iter().map(|one| one.observation.source.as_str()).collect();
        of_several += u32::from(members.len() > 1);
        of_one_publisher += u32::from(members.len() > 1 && publishers.len() == 1);
        wrong += u32::from(event.corroborated == Verdict::True && publishers.len() < 2);
        assert_eq!(event.origins as usize, publishers.len());
        for member in &members {
            assert!(member.observation.event_time.duration_since(event.first) <= rule.within);
            let Value::Report(place) = &member.observation.value else { panic!("no report") };
            let Value::Report(first) = &members[0].observation.value else { panic!("no report") };
            assert!(first.point.distance_km(place.point) <= rule.distance_km);
        }
    }
    let share = f64::from(of_one_publisher) / f64::from(of_several);
    assert!(of_several > 150 && (0.15..0.45).contains(&share), "{of_one_publisher} of {of_several}");
    assert_eq!(wrong, 0);

    let expected = grouping(&reports, &events);
    let mut dice = Dice(11);
    for _ in 0..5 {
        for place in (1..reports.len()).rev() {
            reports.swap(place, dice.below(place as u64 + 1) as usize);
        }
        for (number, report) in reports.iter_mut().enumerate() {
            (report.observation.id, report.first) = (number as i64 + 1, number as i64 + 1);
        }
        assert_eq!(grouping(&reports, &build(&reports, &rule, &sources)), expected);
    }
}

#[test]
fn a_series_of_neighbours_does_not_grow_into_one_event() {
    let sources = [source("one"), source("two")];
    let start = at("2026-01-01T00:00:00Z");
    let reports: Vec<Reported> = (0..10)
        .map(|step| {
            let by = &sources[step as usize % 2];
            report(step + 1, by, start + SignedDuration::from_hours(48 * step), KUPYANSK, "a column")
        })
        .collect();
    let events = build(&reports, &Corroboration::default(), &sources);
    assert_eq!(events.iter().map(|event| event.members.len()).collect::<Vec<_>>(), [2; 5]);
}

/// The same text with another opening and ending, as outlets print a wire story.
fn wire_story(number: usize) -> String {
    let body = "A column of 34 armoured vehicles and 12 fuel trucks moved along the northern road towards the river on \
        Tuesday night, residents of two villages said. The column stopped for about an hour at the old sugar works and \
        then went on without lights. Local officials asked people to stay away from windows and to keep the road free. \
        Power was cut in the area shortly after midnight and came back before dawn, the operator of the grid said.";
    let openings = ["", "Update. ", "Exclusive! ", "Front line: ", "News in brief: "];
    let endings = ["", " More follows.", " Read on our site.", " (ed.)", " Subscribe to our channel."];
    format!("{}{body}{}", openings[number % 5], endings[(number / 2) % 5])
}

#[test]
fn one_wire_story_through_ten_outlets_is_one_origin() {
    let sources: Vec<Source> = (0..11).map(|number| source(&format!("outlet{number}"))).collect();
    let start = at("2026-02-03T06:00:00Z");
    let mut reports: Vec<Reported> = (0..10)
        .map(|number| {
            let time = start + SignedDuration::from_mins(17 * number as i64);
            report(number as i64 + 1, &sources[number], time, KUPYANSK, &wire_story(number))
        })
        .collect();
    let rule = Corroboration::default();
    let copied = build(&reports, &rule, &sources);
    assert_eq!((only(&copied).origins, only(&copied).corroborated), (1, Verdict::False));
    assert_eq!(only(&copied).links.len(), 9);
    assert!(only(&copied).links.iter().all(|link| link.why.starts_with("the same text")), "{:?}", only(&copied).links);

    // Other figures are another report, however alike the words are.
    let other = wire_story(3).replace("34 armoured", "61 armoured");
    reports.push(report(11, &sources[10], start, KUPYANSK, &other));
    assert_eq!(only(&build(&reports, &rule, &sources)).origins, 2);
}

/// Two reports by different sources, the second telling what `item` says; gives how they stand.
fn pair(sources: &[Source], first: Item, second: Item) -> Event {
    let start = at("2026-02-03T06:00:00Z");
    let reports = [
        told(1, &sources[0], start, KUPYANSK, first),
        told(2, &sources[1], start + SignedDuration::from_hours(2), KUPYANSK, second),
    ];
    only(&build(&reports, &Corroboration::default(), sources)).clone()
}

fn text(text: &str) -> Item {
    Item { title: Some(text.to_owned()), ..Item::default() }
}

#[test]
fn every_link_joins_and_says_why() {
    let staff =
        Source { names: vec!["Генштаб*".to_owned()], title: "General Staff".to_owned(), ..source("staff") };
    let sources = [source("paper"), source("channel"), staff.clone()];
    let page = |link: &str, cites: &[&str], text: &str| Item {
        link: Some(link.to_owned()),
        links: cites.iter().map(|link| (*link).to_owned()).collect(),
        title: Some(text.to_owned()),
        ..Item::default()
    };
    let cases = [
        (
            page("https://a.example/1?utm_source=x", &[], "one"),
            page("http://www.a.example/1#c", &[], "two"),
            "the same page",
        ),
        (
            page("https://a.example/1", &[], "one"),
            page("https://b.example/2", &["https://a.example/1"], "two"),
            "channel links to a.example/1",
        ),
        (
            page("https://a.example/1", &[], "one"),
            page("https://b.example/2", &["https://a.example/9"], "two"),
            "channel links to a.example first",
        ),
        (text("Forwarded from Front Watch: one"), text("Forwarded from Front Watch: two"), "both forward front watch"),
        (
            text("A column, according to the General Staff"),
            text("За даними Генштабу, рух техніки"),
            "both name General Staff",
        ),
        (
            page("https://a.example/1", &["https://cdn.example/p.jpg"], "one"),
            page("https://b.example/2", &["https://cdn.example/p.jpg"], "two"),
            "the same picture or film",
        ),
    ];
    for (first, second, why) in cases {
        let event = pair(&sources, first, second);
        assert_eq!(event.origins, 1, "{why}: {event:?}");
        assert!(event.links[0].why.starts_with(why), "{why}: {:?}", event.links);
    }
    assert_eq!(pair(&sources, text("one thing"), text("another thing, according to residents")).origins, 2);
    // Who names the other's publisher has it from there.
    let quoted = pair(&[staff, source("paper")], text("A column"), text("Vehicles, the General Staff reported"));
    assert_eq!(quoted.links[0].why, "paper names General Staff (reported)");

    let owned = [source("paper"), Source { owner: "paper".to_owned(), ..source("radio") }];
    assert_eq!(pair(&owned, text("one"), text("two")).links[0].why, "one owner, paper");
    let read = ["a", "b"].map(|id| Source { lineage: Some("front".to_owned()), ..source(id) });
    assert_eq!(pair(&read, text("one"), text("two")).links[0].why, "one lineage, front");
}

#[test]
fn a_translation_is_undecided_and_neither_merged_nor_counted() {
    let sources = [source("english"), source("ukrainian")];
    let event = pair(
        &sources,
        text("A column of 34 vehicles and 12 fuel trucks moved towards the river"),
        text("Колона з 34 машин і 12 паливозаправників рушила до річки"),
    );
    assert_eq!((event.origins, event.least_origins, event.corroborated), (2, 1, Verdict::Unknown));
    assert!(event.links.is_empty() && event.undecided[0].why.contains("12, 34"), "{event:?}");
    let other = pair(&sources, text("A column of 34 vehicles"), text("Колона з 35 машин"));
    assert_eq!((other.corroborated, other.undecided.len()), (Verdict::True, 0));
}

#[test]
fn unreliable_sources_are_kept_and_never_counted() {
    let rumour = Source { reliability: Some(Reliability::E), ..source("rumour") };
    let event = pair(&[source("paper"), rumour], text("one"), text("two"));
    assert_eq!((event.members.len(), event.origins, event.corroborated), (2, 1, Verdict::False));
}

/// A side that quotes the other one adds no view of its own.
#[test]
fn two_parties_have_to_be_two_origins() {
    let of = |id: &str, party: &str, lineage: &str| Source {
        party: Some(party.to_owned()),
        lineage: Some(lineage.to_owned()),
        ..source(id)
    };
    let rule = Corroboration { distinct_party: true, ..Corroboration::default() };
    let judged = |sources: &[Source]| {
        let reports: Vec<Reported> = (1..)
            .zip(sources)
            .map(|(number, by)| {
                report(
                    number,
                    by,
                    at("2026-02-03T06:00:00Z") + SignedDuration::from_mins(number),
                    KUPYANSK,
                    &format!("by {}", by.id),
                )
            })
            .collect();
        only(&build(&reports, &rule, sources)).corroborated
    };
    assert_eq!(judged(&[of("a", "ua", "x"), of("b", "ru", "y")]), Verdict::True);
    assert_eq!(judged(&[of("a", "ua", "x"), of("b", "ru", "x"), source("c")]), Verdict::False);
}
