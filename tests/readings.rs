//! Readings, guards, nowcasts and freshness: recorded documents in, what is shown and decided out.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

mod recorder;
mod support;

use recorder::{Recorder, at};
use support::{configuration, stderr, stdout, watchfloor};
use watchfloor::model::condition::Verdict;

/// A watch over figures; documents are times with `id date figure` of each of their items.
fn recorded(watch: &str, documents: &[(String, String)]) -> Recorder {
    let mut recorder = Recorder::new("UTC", "n = '$.n'", watch);
    documents.iter().for_each(|(time, items)| recorder.poll(at(time), &json_of(items)));
    recorder
}

/// No alert was opened.
const NONE: [jiff::Timestamp; 0] = [];

fn json_of(items: &str) -> String {
    let item = |text: &str| {
        let mut parts = text.split_whitespace();
        let (id, date, n) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
        format!("{{\"id\":\"{id}\",\"date\":\"{date}\",\"n\":{n}}}")
    };
    format!("[{}]", items.split(';').filter(|text| !text.trim().is_empty()).map(item).collect::<Vec<_>>().join(","))
}

fn count(period: &str, from: &str, condition: &str) -> String {
    format!(
        "[indicators.n]\ntitle = 'N'\nkind = 'count'\nunit = 'flights'\nperiod = '{period}'\n{from}\n[scenarios.s]\n\
         path = 'risk'\ntitle = 'S'\n[[scenarios.s.when]]\nindicator = 'n'\n{condition}\n"
    )
}

const PLAIN: &str = "[[indicators.n.from]]\nfeed = 'counter'\nvalue = { field = 'n' }";

fn total(reset: &str) -> String {
    format!("{PLAIN}\ncumulative = '{reset}'")
}

/// One document a day at an hour: so many days from the first of a month, each with all days so far.
fn daily(month: &str, hour: u32, figures: &[f64]) -> Vec<(String, String)> {
    let mut items = String::new();
    let mut documents = Vec::new();
    for (place, figure) in figures.iter().enumerate() {
        let day = place + 1;
        items.push_str(&format!("d{day} {month}-{day:02} {figure};"));
        documents.push((format!("{month}-{day:02}T{hour:02}:00:00Z"), items.clone()));
    }
    documents
}

/// A month's counter as it stood at each poll.
fn counter(polls: &[(&str, f64)]) -> Vec<(String, String)> {
    polls.iter().map(|(at, figure)| ((*at).to_owned(), format!("m {}-01 {figure}", &at[..7]))).collect()
}

#[test]
fn a_fallen_total_is_not_believed_before_three_polls_have_seen_it() {
    let polls = [
        ("2026-05-10T00:00:00Z", 100.0),
        ("2026-05-10T06:00:00Z", 200.0),
        ("2026-05-10T12:00:00Z", 50.0),
        ("2026-05-10T18:00:00Z", 60.0),
        ("2026-05-11T00:00:00Z", 240.0),
        ("2026-05-11T06:00:00Z", 180.0),
        ("2026-05-11T12:00:00Z", 181.0),
        ("2026-05-11T18:00:00Z", 182.0),
        ("2026-05-12T00:00:00Z", 190.0),
    ];
    let watch = count("month", &total("month"), "measure = 'value'\nat_most = 70");
    let replayed = recorded(&watch, &counter(&polls));
    let at = |time: &str| replayed.told(time, 1)[0].clone();
    assert_eq!(at("2026-05-10T18:30:00Z"), "2026-05 200 provisional", "a glitch of two polls leaves the highest total");
    assert_eq!(at("2026-05-11T12:30:00Z"), "2026-05 240 provisional");
    assert_eq!(at("2026-05-11T18:30:00Z"), "2026-05 182 provisional fell", "the third poll believes the fall");
    assert_eq!(at("2026-05-12T00:30:00Z"), "2026-05 190 provisional");
    assert_eq!(replayed.alerts(), NONE);
}

#[test]
fn a_corrected_total_is_never_differenced_below_zero() {
    let watch = count("day", &total("total"), "measure = 'value'\nat_most = 0");
    let replayed = recorded(&watch, &daily("2026-05", 23, &[100.0, 130.0, 110.0, 118.0, 140.0, 139.0, 180.0, 200.0]));
    let told = replayed.told("2026-05-08T23:30:00Z", 7);
    assert_eq!(
        told,
        [
            "2026-05-02 30 final",
            "2026-05-03 0 final fell",
            "2026-05-04 8 final",
            "2026-05-05 22 final",
            "2026-05-06 0 final fell",
            "2026-05-07 40 final",
            "2026-05-08 20 provisional",
        ]
    );
    let fell = &replayed.readings("2026-05-08T23:30:00Z", 7)[1];
    assert_eq!((fell.low, fell.high), (Some(0.0), None), "what was added that day cannot be told");
    assert_eq!(replayed.alerts(), NONE, "a correction is no day without flights");
}

/// Numbers around 140 that never repeat five times.
fn lively(count: usize) -> Vec<f64> {
    (0..count).map(|place| 130.0 + (place * 7 % 23) as f64).collect()
}

#[test]
fn frozen_values_and_sudden_zeros_decide_nothing() {
    for (tail, flag) in [([33.0; 6], "frozen"), ([0.0; 6], "suspect_zero")] {
        let figures = [lively(14), tail.to_vec()].concat();
        let watch = count("day", PLAIN, "measure = 'zscore'\nat_most = -3\nhold = '5 releases'");
        let replayed = recorded(&watch, &daily("2026-05", 12, &figures));
        let told = replayed.told("2026-05-20T12:30:00Z", 2);
        assert!(told[0].ends_with(flag), "{told:?}");
        let (verdict, why) = replayed.judged("2026-05-20T12:30:00Z");
        assert_eq!(verdict, Verdict::Unknown, "{why}");
        assert!(why.contains("doubted") && why.contains(flag), "{why}");
        assert_eq!(replayed.alerts(), NONE);
    }
}

/// Each day's figure comes at eight on the next day: until then the day is not closed.
#[test]
fn a_period_is_final_when_its_values_are_normally_in() {
    let mut documents = Vec::new();
    let mut items = String::new();
    for day in 1..=12 {
        for hour in [0, 8, 16] {
            documents.push((format!("2026-05-{day:02}T{hour:02}:00:00Z"), items.clone()));
            if hour == 0 && day > 1 {
                items.push_str(&format!("d{day} 2026-05-{:02} {};", day - 1, 100 + day));
            }
        }
    }
    let watch = count("day", PLAIN, "measure = 'value'\nat_most = 50");
    let replayed = recorded(&watch, &documents);
    let (early, late) = (replayed.told("2026-05-12T01:00:00Z", 3), replayed.told("2026-05-12T08:30:00Z", 3));
    assert_eq!(early, ["2026-05-10 111 final", "2026-05-11 — missing", "2026-05-12 — missing"]);
    assert_eq!(late[1], "2026-05-11 112 final");
    let open = replayed.readings("2026-05-12T01:00:00Z", 2)[0].clone();
    assert!(!open.is_final, "its figure is normally in at eight");
    assert_eq!(open.settles_at, at("2026-05-12T08:00:00Z"));
    let (verdict, why) = replayed.judged("2026-05-12T01:00:00Z");
    assert!(verdict == Verdict::False && why.contains("2026-05-10"), "{verdict:?}: {why}");
}

#[test]
fn nothing_is_compared_across_a_break() {
    let from = format!("breaks = [2026-05-06]\n{PLAIN}");
    let watch = count("day", &from, "measure = 'ratio'\nbaseline = 3\nat_most = 0.5");
    let replayed =
        recorded(&watch, &daily("2026-05", 12, &[900.0, 901.0, 902.0, 903.0, 904.0, 90.0, 91.0, 92.0, 93.0, 94.0]));
    let (verdict, why) = replayed.judged("2026-05-08T12:30:00Z");
    assert_eq!(
        (verdict, why.as_str()),
        (Verdict::Unknown, "its baseline needs 3 periods with values, there are 1: 2 are missing")
    );
    let (verdict, why) = replayed.judged("2026-05-10T12:30:00Z");
    assert!(
        verdict == Verdict::False && why.contains("the median of the 3 days before it is 91"),
        "{verdict:?}: {why}"
    );
    assert_eq!(replayed.alerts(), NONE, "a tenth of the figures is a new definition, not a fall");
}

#[test]
fn a_figure_for_two_areas_counts_once_in_both_together() {
    let watch = count("day", &format!("{PLAIN}\nshared_by = 2"), "measure = 'value'\nabove = 30");
    let replayed = recorded(&watch, &daily("2026-05", 12, &[40.0, 44.0]));
    let day = &replayed.readings("2026-05-02T12:30:00Z", 2)[0];
    assert_eq!((day.value, day.low, day.high), (Some(20.0), Some(0.0), Some(40.0)));
    assert_eq!(replayed.told("2026-05-02T12:30:00Z", 2)[0], "2026-05-01 20 final shared");
    assert_eq!(replayed.judged("2026-05-02T12:30:00Z").0, Verdict::Unknown, "all of it may be of the other area");
}

/// A counter polled four times a day through April and half of May; `pace` is May's share of April's pace.
fn two_months(pace: f64, until: u32) -> Vec<(String, String)> {
    let mut documents = Vec::new();
    let (mut april, mut may) = (0.0, 0.0);
    for day in 1..=30 {
        for hour in [0, 6, 12, 18] {
            documents.push((format!("2026-04-{day:02}T{hour:02}:00:00Z"), format!("a 2026-04-01 {april:.0};")));
            april += 240.0 + f64::from(day % 7) * 5.0;
        }
    }
    for day in 1..=until {
        for hour in [0, 6, 12, 18] {
            let items = format!("a 2026-04-01 {april:.0};m 2026-05-01 {may:.0};");
            documents.push((format!("2026-05-{day:02}T{hour:02}:00:00Z"), items));
            may += pace * (240.0 + f64::from(day % 7) * 5.0);
        }
    }
    documents
}

const EARLY: &str = "measure = 'ratio'\nbaseline = 1\nat_most = 0.75\npartial = 'nowcast'";

#[test]
fn a_nowcast_decides_once_its_whole_interval_is_past_the_bound() {
    let watch = count("month", &total("month"), EARLY);
    let slow = recorded(&watch, &two_months(0.5, 20));
    let opened = slow.alerts();
    assert_eq!(opened.len(), 1, "{opened:?}");
    assert!((at("2026-05-04T00:00:00Z")..at("2026-05-10T00:00:00Z")).contains(&opened[0]), "{opened:?}");
    let found = slow.nowcast("2026-05-20T18:00:00Z").unwrap();
    assert!((found.share - 19.0 / 31.0).abs() < 1e-9, "{found:?}");
    assert!(found.low80 <= found.value && found.value <= found.high80, "{found:?}");
    // What the whole month comes to: the last poll, at 18:00, does not know the last six hours.
    let became: f64 = (1..=31).map(|day| 0.5 * 4.0 * (240.0 + f64::from(day % 7) * 5.0)).sum();
    assert!(found.low80 < became && became < found.high80, "{became}: {found:?}");
    assert_eq!(recorded(&watch, &two_months(1.0, 20)).alerts(), NONE);
    // Without it, the running month decides nothing.
    let last = count("month", &total("month"), "measure = 'ratio'\nbaseline = 1\nat_most = 0.75");
    assert_eq!(recorded(&last, &two_months(0.5, 20)).alerts(), NONE);
}

/// A source that stands still says nothing about the time since: the expected total does not sink.
#[test]
fn a_counter_that_stands_still_does_not_lower_the_nowcast() {
    let mut documents = two_months(1.0, 10);
    let last = documents.last().unwrap().1.clone();
    documents.extend((11..=25).map(|day| (format!("2026-05-{day}T12:00:00Z"), last.clone())));
    let replayed = recorded(&count("month", &total("month"), EARLY), &documents);
    assert_eq!(replayed.alerts(), NONE);
    assert_eq!(replayed.nowcast("2026-05-11T00:00:00Z"), replayed.nowcast("2026-05-25T12:00:00Z"));
    assert!(replayed.nowcast("2026-05-25T12:00:00Z").is_ok());
}

#[test]
fn freshness_is_learned_from_the_rhythm_of_values() {
    let watch = count("day", PLAIN, "measure = 'value'\nat_most = 0");
    let replayed = recorded(&watch, &daily("2026-05", 12, &lively(12)));
    let told = |now: &str| {
        let recency = replayed.freshness(now);
        format!("{} {}", recency.freshness.word(), recency.limits.basis.word())
    };
    assert_eq!(told("2026-05-05T13:00:00Z"), "fresh assumed", "four gaps are no rhythm");
    assert_eq!(told("2026-05-12T13:00:00Z"), "fresh learned");
    assert_eq!(told("2026-05-13T12:30:00Z"), "due learned");
    assert_eq!(told("2026-05-13T18:00:00Z"), "overdue learned");
    assert_eq!(told("2026-05-16T00:00:00Z"), "dead learned");
    let stated = format!("stale_after = '2d'\n{PLAIN}");
    let replayed =
        recorded(&count("day", &stated, "measure = 'value'\nat_most = 0"), &daily("2026-05", 12, &lively(12)));
    assert_eq!(replayed.freshness("2026-05-14T11:00:00Z").freshness.word(), "overdue");
    assert_eq!(replayed.freshness("2026-05-14T12:30:00Z").freshness.word(), "dead");
}

/// What is not looked at may hold more: the low side is known, the high side is open.
#[test]
fn zero_missing_partial_provisional_and_final_are_five_things() {
    let from = "[[indicators.n.from]]\nfeed = 'counter'";
    let mut documents: Vec<(String, String)> = Vec::new();
    for (day, hours) in [
        (1, vec![0, 6, 12, 18]),
        (2, vec![0, 6, 12, 18]),
        (3, vec![0]),
        (4, vec![]),
        (5, vec![12, 23]),
        (6, vec![0, 12]),
    ] {
        let items = "a 2026-05-02T03:00:00Z 1;b 2026-05-05T13:00:00Z 1;c 2026-05-06T01:00:00Z 1;";
        let known = items.split_inclusive(';').take(match day {
            1 => 0,
            2..=4 => 1,
            5 => 2,
            _ => 3,
        });
        let list: String = known.collect();
        documents.extend(hours.iter().map(|hour: &u32| (format!("2026-05-{day:02}T{hour:02}:00:00Z"), list.clone())));
    }
    let replayed = recorded(&count("day", from, "measure = 'value'\nat_most = 0"), &documents);
    let told = replayed.told("2026-05-06T12:30:00Z", 6);
    let states: Vec<&str> = told.iter().map(|line| line.split_once(' ').unwrap().1).collect();
    assert_eq!(states[0], "0 final");
    assert_eq!(states[1], "1 final");
    assert_eq!(states[5], "1 provisional");
}

/// The running month of a replay, as a person sees it.
#[test]
fn readings_are_drawn_with_their_bounds() {
    let folder = tempfile::tempdir().unwrap();
    let recordings = folder.path().join("recorded");
    std::fs::create_dir(&recordings).unwrap();
    let documents: Vec<_> = two_months(0.9, 12).into_iter().filter(|(time, _)| time.contains("T00")).collect();
    for (time, items) in &documents {
        std::fs::write(recordings.join(format!("{}.json", time.replace(['-', ':'], ""))), json_of(items)).unwrap();
    }
    let feed = format!(
        "[watch]\ntitle = 'W'\n[feeds.counter]\nurl = 'file:{}/'\nformat = 'json'\nevery = '24h'\n\
         fields = {{ id = '$.id', published = '$.date', n = '$.n' }}\n",
        recordings.display()
    );
    let watch = feed + &count("month", &total("month"), "measure = 'value'\nbelow = 5000");
    let settings = "include = ['watches/*.toml']\ntimezone = 'UTC'\n";
    let config = configuration(folder.path(), settings, &watch);
    let (first, last) = (&documents[0].0, &documents[documents.len() - 1].0);
    let run = watchfloor(&config, &["run", "--replay", "--from", first, "--to", last]);
    assert!(run.status.success(), "{}", stderr(&run));
    let shown = stdout(&watchfloor(&config, &["indicator", "show", "n", "--as-of", "2026-05-12T12:00:00Z"]));
    for part in
        ["s: value below 5000 (5000)", "█", "░", "·", "2026-04  30", "provisional", "missing", "fresh; due after", "→"]
    {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    let lines = support::lines(&config, &["indicator", "show", "n", "--as-of", "2026-05-12T12:00:00Z"]);
    let running = lines.last().unwrap();
    assert!(running["nowcast"]["low80"].as_f64() < running["nowcast"]["value"].as_f64(), "{running}");
    assert!(lines[11]["nowcast"].is_null() && lines[11]["state"] == "final" && lines[0]["state"] == "missing");
    let list = stdout(&watchfloor(&config, &["indicator", "list", "--as-of", "2026-05-12T12:00:00Z"]));
    assert!(list.contains("█(▃)") || list.contains("█(▂)"), "{list}");
}

/// Twelve weeks of two reports a week from each of four towns; in the last week so many more from the first one.
fn reports(more: u32) -> Vec<(String, String)> {
    let first = jiff::civil::date(2026, 1, 5);
    let mut items: Vec<String> = Vec::new();
    let mut documents = Vec::new();
    for day in 0..84_i64 {
        let date = first.saturating_add(jiff::Span::new().days(day));
        documents.push((format!("{date}T00:00:00Z"), format!("[{}]", items.join(","))));
        let mut add = |town: u32, hour: u32| {
            let (lat, lon) = (49.0, 36.0 + f64::from(town));
            items.push(format!(
                "{{\"id\":\"{date} {town} {hour}\",\"date\":\"{date}T{hour:02}:00:00Z\",\"lat\":{lat},\"lon\":{lon}}}"
            ));
        };
        if day % 7 < 4 {
            let town = u32::try_from(day % 4).unwrap();
            add(town, 8);
            add((town + 2) % 4, 16);
        }
        if day == 80 {
            (0..more).for_each(|hour| add(0, hour));
        }
    }
    documents
}

#[test]
fn reports_that_gather_at_one_place_are_found() {
    let watch = |condition: &str| {
        format!(
            "[indicators.n]\ntitle = 'N'\nkind = 'report'\nperiod = 'week'\n[[indicators.n.from]]\nfeed = 'counter'\n\
             [scenarios.s]\npath = 'risk'\ntitle = 'S'\n[[scenarios.s.when]]\nindicator = 'n'\n{condition}\n"
        )
    };
    let scan = watch("measure = 'scan'\nwindow = '7d'\nat_most = 0.01");
    let over = |watch: &str, more: u32| {
        let mut recorder = Recorder::new("UTC", "lat = '$.lat', lon = '$.lon'", watch);
        reports(more).iter().for_each(|(time, document)| recorder.poll(at(time), document));
        recorder
    };
    assert_eq!(over(&scan, 0).alerts(), NONE, "the towns take turns");
    let found = over(&scan, 12);
    assert_eq!(found.alerts().len(), 1);
    let (_, why) = found.judged("2026-03-29T00:00:00Z");
    assert!(why.contains("of 49.000, 36.000 there were 1") && why.contains("log likelihood ratio"), "{why}");
    // The same reports by their number: eight a week are usual, twenty are not.
    let number = watch("measure = 'poisson'\nat_most = 0.01");
    let counted = over(&number, 12);
    assert_eq!(counted.alerts(), NONE, "the week is not over");
    let (verdict, why) = counted.judged("2026-03-29T00:00:00Z");
    assert!(verdict == Verdict::False && why.contains("2026-W12 had 8, expected were about 8"), "{verdict:?}: {why}");
}
