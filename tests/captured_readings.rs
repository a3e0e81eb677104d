//! Real counters and claims as they stood at each poll, replayed through the whole program. Skipped where they are not
//! at hand.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

mod recorder;
mod support;

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, Timestamp};
use recorder::{Recorder, at};
use serde_json::Value;
use support::{configuration, lines, shared, stderr, watchfloor};
use watchfloor::model::observation::Flag;
use watchfloor::model::reading::Standing;

/// The rows of a CSV file, each by its columns' names.
fn table(name: &str) -> Option<Vec<HashMap<String, String>>> {
    let text = std::fs::read_to_string(shared(name)?).unwrap();
    let mut rows = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let names = rows.next().unwrap();
    Some(rows.map(|row| names.iter().cloned().zip(row).collect()).collect())
}

/// One row of a feed: its id, its date, its figure.
type Entry = (String, String, f64);

/// Documents by the time at which they were polled.
type Documents = BTreeMap<Timestamp, Vec<Entry>>;

/// Every document recorded at its own time.
fn recorded(zone: &str, indicator: &str, documents: &Documents) -> Recorder {
    let mut recorder = Recorder::new(zone, "n = '$.n'", indicator);
    for (time, entries) in documents {
        let row = |(id, date, n): &Entry| format!("{{\"id\":\"{id}\",\"date\":\"{date}\",\"n\":{n}}}");
        let rows: Vec<String> = entries.iter().map(row).collect();
        recorder.poll(*time, &format!("[{}]", rows.join(",")));
    }
    recorder
}

const KYIV: &str = "Europe/Kyiv";
/// No alert was opened.
const NONE: [Timestamp; 0] = [];

/// A count of one figure, with one condition.
fn indicator(period: &str, cumulative: &str, condition: &str) -> String {
    let scenario =
        format!("[scenarios.s]\npath = 'risk'\ntitle = 'S'\n[[scenarios.s.when]]\nindicator = 'n'\n{condition}\n");
    let scenario = if condition.is_empty() { "" } else { &scenario };
    format!(
        "[indicators.n]\ntitle = 'N'\nkind = 'count'\nperiod = '{period}'\n[[indicators.n.from]]\nfeed = 'counter'\n\
         value = {{ field = 'n' }}\ncumulative = '{cumulative}'\n{scenario}"
    )
}

/// Every poll's document: all months as they were known then.
fn months_by_poll(rows: &[HashMap<String, String>], time: &str, figure: &str) -> Documents {
    let mut sorted: Vec<_> = rows.iter().filter(|row| !row[figure].is_empty()).collect();
    sorted.sort_by_key(|row| at(&row[time]));
    let mut known: BTreeMap<&str, f64> = BTreeMap::new();
    let mut documents = Documents::new();
    for row in sorted {
        known.insert(&row["month"], row[figure].parse().unwrap());
        let entries = known.iter().map(|(month, n)| ((*month).to_owned(), format!("{month}-01"), *n)).collect();
        documents.insert(at(&row[time]), entries);
    }
    documents
}

const APRIL: f64 = 95_172.0;
/// A fifth less than the month before.
const FIFTH: &str = "measure = 'ratio'\nbaseline = 1\nat_most = 0.8\npartial = 'nowcast'";

/// Drone sorties of May 2026 over 87 polls, with four falls of the counter and one glitch to an eighth.
#[test]
fn a_guarded_nowcast_stays_silent_where_simpler_ones_cry() {
    let Some(rows) = table("sbs/usf_month_vintages.csv") else { return };
    let start = at("2026-04-30T21:00:00Z");
    let polls: Vec<(f64, f64)> = rows
        .iter()
        .filter(|row| row["month"] == "2026-05" && !row["flights_strike"].is_empty())
        .map(|row| {
            let days = at(&row["data_collected_at"]).duration_since(start).as_secs_f64() / 86_400.0;
            (days, row["flights_strike"].parse().unwrap())
        })
        .collect();
    let naive = polls.iter().filter(|(_, sorties)| *sorties <= 0.8 * APRIL).count();
    let old_enough = || polls.iter().filter(|(days, _)| *days >= 1.0);
    let pro_rata = old_enough().filter(|(days, sorties)| sorties / days * 31.0 <= 0.8 * APRIL).count();
    assert_eq!((naive, polls.len(), pro_rata, old_enough().count()), (81, 87, 1, 83));

    let documents = months_by_poll(&rows, "fetched_at", "flights_strike");
    let guarded = recorded(KYIV, &indicator("month", "month", FIFTH), &documents);
    assert_eq!(guarded.alerts(), NONE, "nothing fell by a fifth");
    let stood = |time: &str| guarded.reading("2026-05", time).value;
    assert_eq!(
        stood("2026-05-05T21:30:00Z"),
        Some(17_997.0),
        "the counter fell to 15365 and came back at the third poll"
    );
    assert_eq!(stood("2026-05-14T03:30:00Z"), Some(37_381.0), "the counter said 5692 once");
    assert_eq!(stood("2026-05-11T08:30:00Z"), Some(30_261.0), "a fall that stays is believed");
    assert_eq!(
        guarded.flagged("2026-05", Flag::Fell).iter().filter(|one| one.value.figure() == Some(5692.0)).count(),
        1
    );

    // The same polls with half as many sorties in May do trigger, and long before the month is over.
    let halved = documents
        .into_iter()
        .map(|(at, entries)| {
            let half =
                |(id, date, n): Entry| if id == "2026-05" { (id, date, (n / 2.0).floor()) } else { (id, date, n) };
            (at, entries.into_iter().map(half).collect())
        })
        .collect();
    let fallen = recorded(KYIV, &indicator("month", "month", FIFTH), &halved).alerts();
    assert_eq!(fallen.len(), 1, "{fallen:?}");
    assert!(fallen[0] < at("2026-05-08T00:00:00Z"), "{fallen:?}");
}

/// Targets hit, by month, as they stood at the end of each day: two closed months are overwritten.
#[test]
fn closed_months_that_change_are_marked() {
    let Some(rows) = table("sbs/usf_month_daily_vintages_2026-03-08_2026-08-22.csv") else { return };
    let rows: Vec<HashMap<String, String>> = rows
        .into_iter()
        .map(|mut row| {
            let at = format!("{}T20:00:00Z", row["snapshot_day"]);
            row.insert("at".to_owned(), at);
            row
        })
        .collect();
    let documents = months_by_poll(&rows, "at", "targets_hit");
    let condition = "measure = 'ratio'\nbaseline = 3\nat_most = 0.75";
    let replayed = recorded(KYIV, &indicator("month", "month", condition), &documents);
    let broken = |month: &str| {
        replayed.flagged(month, Flag::SourceBreak).first().map(|one| (one.recorded_at, one.value.figure()))
    };
    // June 2025 was overwritten by June 2026, and July by July: the source keys months without their year.
    assert_eq!(broken("2025-06"), Some((at("2026-06-01T20:00:00Z"), Some(1572.0))));
    assert_eq!(broken("2025-07"), Some((at("2026-06-30T20:00:00Z"), Some(28.0))));
    for month in ["2025-08", "2025-12", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06"] {
        assert_eq!(broken(month), None, "{month}");
    }
    // Whichever figure is the true one, it is not known any more: both ends are kept.
    let june = replayed.reading("2025-06", "2026-08-22T12:00:00Z");
    assert_eq!((june.low, june.high), (Some(19_653.0), Some(50_147.0)));
    // March 2026 stood at 27194 when the polls stopped on the 23rd, and at 37152 when they went on: it had not been over.
    let march = |time: &str| replayed.reading("2026-03", time);
    assert_eq!(
        (march("2026-05-31T12:00:00Z").value, march("2026-05-31T12:00:00Z").standing()),
        (Some(27_194.0), Standing::Provisional)
    );
    assert_eq!(march("2026-06-02T12:00:00Z").value, Some(37_152.0));
    // The daily picture tells of each; a fall is believed after a day.
    let told = |from: &str, to: &str| -> Vec<String> {
        let lines = replayed.revisions(&format!("{from}T06:00:00Z"), &format!("{to}T06:00:00Z"));
        lines.into_iter().map(|line| line.replace('\u{202f}', "")).collect()
    };
    assert_eq!(told("2026-06-01", "2026-06-02"), ["N, 2026-03: 27194 → 37152"]);
    assert_eq!(told("2026-06-02", "2026-06-03"), ["N, 2025-06: 19653 → 3241", "N, 2026-01: 27762 → 27759"]);
    assert_eq!(replayed.alerts(), NONE);
}

/// Targets hit in March and April 2026 as polled: what the closed months said a day later.
#[test]
fn small_revisions_of_closed_months() {
    let Some(rows) = table("sbs/usf_month_vintages.csv") else { return };
    let documents = months_by_poll(&rows, "fetched_at", "targets_hit");
    let condition = "measure = 'ratio'\nbaseline = 3\nat_most = 0.75";
    let replayed = recorded(KYIV, &indicator("month", "month", condition), &documents);
    let revised = |month: &str| replayed.flagged(month, Flag::Revised).last().and_then(|one| one.value.figure());
    // 37803 became 37152: 1.7 %, below what is marked. 41162 became 40151: 2.5 %.
    assert_eq!((revised("2026-03"), revised("2026-04")), (None, Some(40_151.0)));
    assert_eq!(replayed.reading("2026-03", "2026-05-20T12:00:00Z").value, Some(37_152.0));
    assert_eq!(replayed.reading("2026-04", "2026-05-20T12:00:00Z").value, Some(40_151.0));
    assert_eq!(replayed.alerts(), NONE);
}

/// The share of a day's targets that is counted by 17:00, 21:00, 23:00 and midnight, learned hour by hour.
#[test]
fn the_share_of_a_day_is_learned() {
    let Some(rows) = table("sbs/usf_day_hour_cumulative_2026-03-29_2026-05-23.csv") else { return };
    let mut documents = Documents::new();
    for row in &rows {
        let entry = (row["date"].clone(), row["date"].clone(), row["targets_hit"].parse().unwrap());
        documents.entry(at(&row["fetched_at"])).or_default().push(entry);
    }
    let replayed = recorded(KYIV, &indicator("day", "day", ""), &documents);
    // The last poll of an hour counts for it: the curve by hours 16, 20 and 22 stands at 17:00, 21:00 and 23:00. An hour
    // is counted on when a poll after its end has confirmed it, which here comes four minutes before the next one ends.
    for (hour, share) in [("17", 0.647), ("21", 0.827), ("23", 0.900)] {
        let found = replayed.nowcast(&format!("2026-05-22T{hour}:59:00+03:00")).unwrap();
        assert!((found.share - share).abs() < 0.01, "{hour}: {} for {share}", found.share);
        assert!(found.low80 < 1447.0 && 1447.0 < found.high80, "{hour}: {found:?}");
    }
}

/// What a month's counter promised at the end of its tenth to twenty-fifth day, against what the month became.
#[test]
fn errors_of_the_monthly_nowcast() {
    let Some(rows) = table("sbs/usf_month_daily_vintages_2026-03-08_2026-08-22.csv") else { return };
    let rows: Vec<HashMap<String, String>> = rows
        .into_iter()
        .map(|mut row| {
            let day = at(&format!("{}T00:00:00Z", row["snapshot_day"]));
            row.insert("at".to_owned(), (day + SignedDuration::from_hours(24)).to_string());
            row
        })
        .filter(|row| ("2026-03".."2026-08").contains(&row["month"].as_str()))
        .collect();
    let documents = months_by_poll(&rows, "at", "targets_hit");
    let watch = indicator("month", "month", "");
    let replayed = recorded("UTC", &watch, &documents);
    let error = |month: &str, day: u32, became: f64| {
        let found = replayed.nowcast(&format!("{month}-{:02}T01:00:00Z", day + 1)).unwrap();
        ((found.value / became - 1.0) * 1000.0).round() / 10.0
    };
    let months = [("2026-03", 37_152.0), ("2026-06", 50_147.0), ("2026-07", 53_755.0)];
    let of = |day: u32, from: usize| {
        months[from..].iter().map(|(month, became)| error(month, day, *became)).collect::<Vec<_>>()
    };
    // Of March the first eight days are known together only: on the tenth two single days are too few for an interval.
    assert!(replayed.nowcast("2026-03-11T01:00:00Z").unwrap_err().contains("1 are missing"));
    assert_eq!(of(10, 1), [-5.0, -5.5]);
    assert_eq!(of(15, 0), [1.6, -4.1, -5.0]);
    assert_eq!(of(20, 0), [1.1, -1.6, -1.7]);
    // Nor was March polled after its 23rd.
    assert_eq!(of(25, 1), [-0.9, -0.2]);
}

/// Claimed losses day by day over four and a half years, in fourteen running totals.
#[test]
fn claims_leave_no_day_out_and_corrections_are_no_negative_days() {
    let Some(file) = shared("petroivaniuk/russia_losses_equipment.json") else { return };
    let kinds = [
        "aircraft",
        "helicopter",
        "tank",
        "APC",
        "field artillery",
        "MRL",
        "anti-aircraft warfare",
        "drone",
        "cruise missiles",
        "naval ship",
        "submarines",
        "vehicles and fuel tanks",
        "special equipment",
        "ground robotic systems",
    ];
    let folder = tempfile::tempdir().unwrap();
    let mut watch = format!(
        "[watch]\ntitle = 'Claims'\n[feeds.one]\nurl = 'file:{}'\nformat = 'json'\n\
         fields = {{ id = '$.date', published = '$.date' }}\n",
        file.display()
    );
    for (place, kind) in kinds.iter().enumerate() {
        watch.push_str(&format!(
            "[indicators.k{place}]\ntitle = '{kind}'\nkind = 'count'\n[[indicators.k{place}.from]]\nfeed = 'one'\n\
             value = {{ jsonpath = \"$['{kind}']\" }}\ncumulative = 'total'\n"
        ));
    }
    let settings = "include = ['watches/*.toml']\ntimezone = 'Europe/Kyiv'\n";
    let config = configuration(folder.path(), settings, &watch);
    let run = watchfloor(&config, &["run", "--once", "--at", "2026-08-09T08:00:00Z"]);
    assert!(run.status.success(), "{}", stderr(&run));
    let mut fell = Vec::new();
    for (place, kind) in kinds.iter().enumerate() {
        let id = format!("k{place}");
        let as_of = "2026-08-09T09:00:00Z";
        let readings: Vec<Value> = lines(&config, &["indicator", "show", &id, "--periods", "1640", "--as-of", as_of]);
        let first = readings.iter().position(|reading| !reading["value"].is_null()).unwrap();
        let days = &readings[first..readings.len() - 1];
        assert!(days.iter().all(|day| day["value"].as_f64().is_some_and(|value| value >= 0.0)), "{kind}");
        fell.extend(days.iter().filter(|day| day["flags"].to_string().contains("fell")).map(|day| {
            assert_eq!((&day["low"], &day["high"]), (&0.0.into(), &Value::Null), "{kind}");
            format!("{kind} {}", day["period"].as_str().unwrap())
        }));
    }
    let all = lines(&config, &["indicator", "export"]);
    let marked = all.iter().filter(|one| one["flags"].to_string().contains("fell")).count();
    assert_eq!(marked, 13, "{fell:?}");
    assert!(all.iter().all(|one| !one["flags"].to_string().contains("revised")), "a total that grows is not revised");
}

/// When each day's claims appeared, by the commits of a public data set after its first month.
#[test]
fn publication_delays_of_claims() {
    let Some(rows) = table("petroivaniuk/petro_vintages.csv") else { return };
    let zone = jiff::tz::TimeZone::get("Europe/Kyiv").unwrap();
    let first = rows.iter().map(|row| at(&row["commit_time"])).min().unwrap();
    let mut delays: Vec<i32> = Vec::new();
    for row in &rows {
        let (at, date) = (at(&row["commit_time"]), row["date"].parse::<jiff::civil::Date>().unwrap());
        if at >= first + SignedDuration::from_hours(24 * 30) {
            delays.push(date.until(zone.to_datetime(at).date()).unwrap().get_days());
        }
    }
    let share =
        |is: fn(&&i32) -> bool| (delays.iter().filter(is).count() as f64 / delays.len() as f64 * 1000.0).round() / 10.0;
    let shares =
        [share(|days| **days == 0), share(|days| **days == 1), share(|days| **days >= 2), share(|days| **days < 0)];
    assert_eq!(shares, [90.4, 7.7, 1.5, 0.4]);

    // The same commits as polls: what was normally in on the evening of its day is waited for no longer.
    let mut documents = Documents::new();
    for row in rows.iter().filter(|row| row["commit_time"].as_str() >= "2026-05") {
        let entry = (row["date"].clone(), row["date"].clone(), row["drone_cum"].parse().unwrap());
        documents.entry(at(&row["commit_time"])).or_default().push(entry);
    }
    let replayed = recorded(KYIV, &indicator("day", "total", ""), &documents);
    let day = replayed.reading("2026-08-01", "2026-08-06T12:00:00Z");
    assert!(day.settles_at.duration_since(day.span.to) < SignedDuration::from_hours(24), "{day:?}");
}
