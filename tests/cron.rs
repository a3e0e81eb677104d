//! Cron expressions: known answers, clock changes, messages, and an independent implementation to be held against.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use croner::parser::CronParser;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use watchfloor::fetch::Schedule;

/// The first times after `from` in a zone, as local wall times with offset.
fn times(expression: &str, zone: &str, from: &str, count: usize) -> Vec<String> {
    let zone = TimeZone::get(zone).unwrap();
    let schedule = Schedule::cron(expression).unwrap();
    let from: Timestamp = from.parse().unwrap();
    let times = schedule.next_times(from, &zone).take(count);
    times.map(|at| at.to_zoned(zone.clone()).strftime("%m-%d %H:%M:%S%:z").to_string()).collect()
}

fn check(expression: &str, zone: &str, from: &str, expected: &[&str]) {
    assert_eq!(times(expression, zone, from, expected.len()), expected, "{expression} in {zone} from {from}");
}

/// In UTC from Thursday, 2026-01-01 00:00, as dates and times without offset.
fn check_utc(expression: &str, expected: &[&str]) {
    let found = times(expression, "UTC", "2026-01-01T00:00:00Z", expected.len());
    let found: Vec<&str> = found.iter().map(|time| time.trim_end_matches(":00+00:00")).collect();
    assert_eq!(found, expected, "{expression}");
}

#[test]
fn fields_are_read_as_in_a_crontab() {
    check_utc("30 6 * * *", &["01-01 06:30", "01-02 06:30"]);
    check_utc("*/20 * * * *", &["01-01 00:20", "01-01 00:40", "01-01 01:00"]);
    check_utc("10/20 5 * * *", &["01-01 05:10", "01-01 05:30", "01-01 05:50", "01-02 05:10"]);
    check_utc("0 9-17/4 * * *", &["01-01 09:00", "01-01 13:00", "01-01 17:00", "01-02 09:00"]);
    check_utc("0 22-2/2 * * *", &["01-01 02:00", "01-01 22:00", "01-02 00:00", "01-02 02:00"]);
    check_utc("5,1,3 0 * * *", &["01-01 00:01", "01-01 00:03", "01-01 00:05", "01-02 00:01"]);
    check_utc("0 0 ? 3 ?", &["03-01 00:00", "03-02 00:00"]);
    check_utc("0 0 1 nov-FEB *", &["02-01 00:00", "11-01 00:00", "12-01 00:00", "01-01 00:00"]);
    check_utc("0 0 28-2 * *", &["01-02 00:00", "01-28 00:00", "01-29 00:00", "01-30 00:00", "01-31 00:00"]);
    check_utc("*/15 30 12 * * *", &["01-01 12:30", "01-01 12:30:15+00:00", "01-01 12:30:30+00:00"]);
}

#[test]
fn weekdays_count_from_monday() {
    check_utc("0 0 * * 1", &["01-05 00:00", "01-12 00:00"]);
    check_utc("0 0 * * 0", &["01-04 00:00", "01-11 00:00"]);
    check_utc("0 0 * * 7", &["01-04 00:00", "01-11 00:00"]);
    check_utc("0 0 * * sun", &["01-04 00:00"]);
    check_utc("0 0 * * FRI-mon", &["01-02 00:00", "01-03 00:00", "01-04 00:00", "01-05 00:00", "01-09 00:00"]);
    check_utc("0 0 * * 5-7", &["01-02 00:00", "01-03 00:00", "01-04 00:00", "01-09 00:00"]);
    check_utc("0 0 * * 6-0", &["01-03 00:00", "01-04 00:00", "01-10 00:00"]);
    check_utc("0 0 * * 1/2", &["01-02 00:00", "01-04 00:00", "01-05 00:00", "01-07 00:00"]);
}

#[test]
fn either_day_suffices_when_both_are_restricted() {
    check_utc("0 0 13 * fri", &["01-02 00:00", "01-09 00:00", "01-13 00:00", "01-16 00:00"]);
    check_utc("0 0 13 * *", &["01-13 00:00", "02-13 00:00"]);
    // Only a bare star is unrestricted: `*/2` and `1-31` are restrictions, and so is a list with a star.
    check_utc("0 0 */10 * mon", &["01-05 00:00", "01-11 00:00", "01-12 00:00"]);
    check_utc("0 0 1-31 * mon", &["01-02 00:00", "01-03 00:00"]);
    check_utc("0 0 *,5 * mon", &["01-02 00:00", "01-03 00:00"]);
}

#[test]
fn last_nearest_and_numbered_days() {
    check_utc("0 0 L * *", &["01-31 00:00", "02-28 00:00", "03-31 00:00"]);
    check_utc("0 0 L,15 * *", &["01-15 00:00", "01-31 00:00"]);
    check_utc("0 0 LW * *", &["01-30 00:00", "02-27 00:00", "03-31 00:00"]);
    check_utc("0 0 15W * *", &["01-15 00:00", "02-16 00:00", "03-16 00:00"]);
    // The first of August 2026 is a Saturday; the nearest workday of that month is Monday the third.
    check_utc("0 0 1W 8 *", &["08-03 00:00"]);
    check_utc("0 0 31W 5 *", &["05-29 00:00"]);
    check_utc("0 0 * * 5L", &["01-30 00:00", "02-27 00:00"]);
    check_utc("0 0 * * friL", &["01-30 00:00"]);
    check_utc("0 0 * * 5#2", &["01-09 00:00", "02-13 00:00"]);
    check_utc("0 0 * * 7#1,mon#1", &["01-04 00:00", "01-05 00:00", "02-01 00:00", "02-02 00:00"]);
    check_utc("0 0 29 2 *", &["02-29 00:00"]);
}

#[test]
fn macros() {
    check_utc("@hourly", &["01-01 01:00", "01-01 02:00"]);
    check_utc("@Daily", &["01-02 00:00", "01-03 00:00"]);
    check_utc("@midnight", &["01-02 00:00"]);
    check_utc("@weekly", &["01-04 00:00", "01-11 00:00"]);
    check_utc("@monthly", &["02-01 00:00", "03-01 00:00"]);
    check_utc("@yearly", &["01-01 00:00"]);
    check_utc("@annually", &["01-01 00:00"]);
}

const KYIV: &str = "Europe/Kyiv";
const NEW_YORK: &str = "America/New_York";

#[test]
fn a_fixed_job_in_a_skipped_hour_is_due_right_after_it() {
    // On 2026-03-29 Kyiv goes from 03:00 to 04:00.
    let from = "2026-03-28T20:00:00Z";
    check("30 3 * * *", KYIV, from, &["03-29 04:00:00+03:00", "03-30 03:30:00+03:00"]);
    check("0 3 * * *", KYIV, from, &["03-29 04:00:00+03:00", "03-30 03:00:00+03:00"]);
    // Each wall time for itself, and two that fall on one instant are due once.
    let expected = [
        "03-29 02:00:00+02:00",
        "03-29 02:30:00+02:00",
        "03-29 04:00:00+03:00",
        "03-29 04:30:00+03:00",
        "03-30 02:00:00+03:00",
    ];
    check("0,30 2-4 * * *", KYIV, from, &expected);
    check("15 3,4 * * *", KYIV, from, &["03-29 04:00:00+03:00", "03-29 04:15:00+03:00", "03-30 03:15:00+03:00"]);
    // On 2026-03-08 New York goes from 02:00 to 03:00.
    check("30 2 * * *", NEW_YORK, "2026-03-08T05:00:00Z", &["03-08 03:00:00-04:00", "03-09 02:30:00-04:00"]);
    // Lord Howe moves by half an hour: 02:00 to 02:30.
    check("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00:00Z", &["10-04 02:30:00+11:00"]);
}

#[test]
fn a_fixed_job_in_a_repeated_hour_is_due_at_its_first_passing() {
    // On 2026-10-25 Kyiv passes 03:00 to 04:00 twice.
    let from = "2026-10-24T20:00:00Z";
    check("30 3 * * *", KYIV, from, &["10-25 03:30:00+03:00", "10-26 03:30:00+02:00"]);
    check("0,30 3 * * *", KYIV, from, &["10-25 03:00:00+03:00", "10-25 03:30:00+03:00", "10-26 03:00:00+02:00"]);
    // Asked within the second passing, the day has been served.
    check("30 3 * * *", KYIV, "2026-10-25T01:10:00Z", &["10-26 03:30:00+02:00"]);
    check("30 1 * * *", NEW_YORK, "2026-11-01T04:00:00Z", &["11-01 01:30:00-04:00", "11-02 01:30:00-05:00"]);
}

#[test]
fn jobs_with_a_star_follow_elapsed_time() {
    let spring = "2026-03-29T00:20:00Z";
    check("*/30 * * * *", KYIV, spring, &["03-29 02:30:00+02:00", "03-29 04:00:00+03:00", "03-29 04:30:00+03:00"]);
    check("*/30 3 * * *", KYIV, spring, &["03-30 03:00:00+03:00"]);
    check("15 * * * *", KYIV, spring, &["03-29 04:15:00+03:00", "03-29 05:15:00+03:00"]);
    let autumn = "2026-10-25T00:20:00Z";
    let expected = ["10-25 03:30:00+03:00", "10-25 03:00:00+02:00", "10-25 03:30:00+02:00", "10-25 04:00:00+02:00"];
    check("*/30 * * * *", KYIV, autumn, &expected);
    check("*/30 3 * * *", KYIV, autumn, &["10-25 03:30:00+03:00", "10-25 03:00:00+02:00", "10-25 03:30:00+02:00"]);
    check("@hourly", NEW_YORK, "2026-11-01T05:00:00Z", &["11-01 01:00:00-05:00", "11-01 02:00:00-05:00"]);
}

#[test]
fn an_instant_between_seconds_is_a_lower_limit_too() {
    check("0 0 0 * * *", "UTC", "2025-12-31T23:59:59.9Z", &["01-01 00:00:00+00:00"]);
    check("* * * * * *", "UTC", "2026-01-01T00:00:00.1Z", &["01-01 00:00:01+00:00"]);
}

#[test]
fn impossible_dates_are_never_due() {
    for never in ["0 0 30 2 *", "0 0 31 4,6,9,11 *", "* * 31W feb *", "0 0 30W 2 *"] {
        assert!(times(never, KYIV, "2026-01-01T00:00:00Z", 1).is_empty(), "{never}");
    }
    // A fifth Friday in February comes every 28 years.
    let zone = TimeZone::UTC;
    let fifth = Schedule::cron("0 0 * 2 5#5").unwrap();
    let found = fifth.next_after("2026-01-01T00:00:00Z".parse().unwrap(), &zone);
    assert_eq!(found, Some("2036-02-29T00:00:00Z".parse().unwrap()));
}

fn check_refused(expression: &str, expected: &str) {
    let message = Schedule::cron(expression).unwrap_err();
    assert!(message.contains(expected), "{expression}: {message}");
}

#[test]
fn messages_name_field_value_and_expectation() {
    check_refused("60 * * * *", "`60` in the minute field of the cron expression is not a number from 0 to 59");
    check_refused("* 24 * * *", "`24` in the hour field of the cron expression is not a number from 0 to 23");
    check_refused("* * 0 * *", "`0` in the day-of-month field of the cron expression is not a number from 1 to 31");
    check_refused("* * * foo *", "a number from 1 to 12 or a name from jan to dec");
    check_refused("* * * * 8", "a number from 0 to 7 or a name from sun to sat");
    check_refused("* * * *", "has 4 fields; expected five");
    check_refused("* * * * * * 2026", "has 7 fields; expected five");
    check_refused("", "has 0 fields");
    check_refused("*/0 * * * *", "a whole step of at least 1");
    check_refused("*/x * * * *", "a whole step of at least 1");
    check_refused("1,,2 * * * *", "`` in the minute field");
    check_refused("-5 * * * *", "`` in the minute field");
    check_refused("+5 * * * *", "`+5` in the minute field");
    check_refused("1-2-3 * * * *", "`2-3` in the minute field");
    check_refused("* * L-3-W * *", "in the day-of-month field");
    check_refused("* L * * *", "`L` in the hour field");
    check_refused("* * * * L", "does not say which weekday");
    check_refused("* * * * 5#6", "expected `#1` to `#5`");
    check_refused("* * * * 5#0", "expected `#1` to `#5`");
    check_refused("* * * * 15W", "`15W` in the weekday field");
    check_refused("@reboot", "`@reboot` is not a cron macro");
    check_refused(&"1,".repeat(1000), "longer than 500");
    assert!(Schedule::cron("*/999 * * * *").is_ok(), "a step beyond the field leaves its first number");
}

/// One field in forms that both implementations read alike.
fn field(min: u8, max: u8) -> impl Strategy<Value = String> {
    let number = min..=max;
    prop_oneof![
        3 => Just("*".to_owned()),
        2 => (1_u8..=max).prop_map(|step| format!("*/{step}")),
        4 => number.clone().prop_map(|number| number.to_string()),
        2 => (number.clone(), number.clone()).prop_map(|(a, b)| format!("{}-{}", a.min(b), a.max(b))),
        1 => (number.clone(), number.clone(), 1_u8..9).prop_map(|(a, b, n)| format!("{}-{}/{n}", a.min(b), a.max(b))),
        1 => (number.clone(), 1_u8..9).prop_map(|(a, step)| format!("{a}/{step}")),
        1 => proptest::collection::vec(number, 2..4)
            .prop_map(|list| list.iter().map(u8::to_string).collect::<Vec<_>>().join(",")),
    ]
}

fn day_of_month() -> impl Strategy<Value = String> {
    let near = (1_u8..=31).prop_map(|day| format!("{day}W"));
    prop_oneof![4 => field(1, 31), 2 => Just("*".to_owned()), 1 => Just("L".to_owned()), 1 => Just("LW".to_owned()), 1 => near]
}

fn weekday() -> impl Strategy<Value = String> {
    let last = (0_u8..=7).prop_map(|day| format!("{day}L"));
    let placed = (0_u8..=7, 1_u8..=5).prop_map(|(day, place)| format!("{day}#{place}"));
    prop_oneof![4 => field(0, 7), 3 => Just("*".to_owned()), 1 => last, 1 => placed]
}

/// croner counts a job as fixed only when second, minute and hour are single numbers; between that and "no star"
/// lies where the two differ at clock changes, on purpose.
fn rules_agree(minute: &str, hour: &str) -> bool {
    let single = |field: &str| field.bytes().all(|byte| byte.is_ascii_digit());
    (single(minute) && single(hour)) || minute.contains('*') || hour.contains('*')
}

fn check_against_croner(expression: &str, zone: &str, from: Timestamp) {
    let zone = TimeZone::get(zone).unwrap();
    let oracle = CronParser::builder().sloppy_ranges(true).build().parse(expression).unwrap();
    let ours = Schedule::cron(expression).unwrap();
    let mut last = from;
    for _ in 0..8 {
        let expected = oracle.find_next_occurrence(&last.to_zoned(zone.clone()), false).ok().map(|at| at.timestamp());
        // croner searches for thousands of years; we end at 2100.
        let expected = expected.filter(|at| at.to_zoned(TimeZone::UTC).year() <= 2099);
        let found = ours.next_after(last, &zone);
        assert_eq!(found, expected, "{expression} after {last} in {}", zone.iana_name().unwrap_or_default());
        let Some(next) = found else { return };
        last = next;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, max_global_rejects: 100_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn croner_agrees(
        (minute, hour, day, month, weekday) in (field(0, 59), field(0, 23), day_of_month(), field(1, 12), weekday()),
        zone in prop::sample::select(vec![KYIV, NEW_YORK, "UTC", "Europe/London", "Australia/Lord_Howe", "America/Havana", "Asia/Beirut"]),
        hours in 0_i64..24 * 1460,
    ) {
        // A month with days it does not have takes croner half a second to give up; some are known answers above.
        prop_assume!(day != "30W" && day != "31W" && month.contains(['*', '-', ',']));
        let from: Timestamp = "2024-01-01T00:13:00Z".parse().unwrap();
        let zone = if rules_agree(&minute, &hour) { zone } else { "UTC" };
        check_against_croner(&format!("{minute} {hour} {day} {month} {weekday}"), zone, from + jiff::SignedDuration::from_hours(hours));
    }

    #[test]
    fn croner_agrees_around_clock_changes(
        (minute, hour) in (field(0, 59), prop_oneof![field(0, 23), field(0, 4)]),
        (zone, change) in prop::sample::select(vec![
            (KYIV, "2026-03-29T01:00:00Z"),
            (KYIV, "2026-10-25T01:00:00Z"),
            (NEW_YORK, "2026-03-08T07:00:00Z"),
            (NEW_YORK, "2026-11-01T06:00:00Z"),
            ("Australia/Lord_Howe", "2026-04-04T15:00:00Z"),
            ("Australia/Lord_Howe", "2026-10-03T15:30:00Z"),
            ("America/Havana", "2026-03-08T05:00:00Z"),
            ("America/Havana", "2026-11-01T05:00:00Z"),
            ("Asia/Beirut", "2026-03-28T22:00:00Z"),
            ("Pacific/Chatham", "2026-04-04T14:00:00Z"),
        ]),
        minutes in -180_i64..180,
    ) {
        prop_assume!(rules_agree(&minute, &hour));
        let change: Timestamp = change.parse().unwrap();
        check_against_croner(&format!("{minute} {hour} * * *"), zone, change + jiff::SignedDuration::from_mins(minutes));
    }

    #[test]
    fn nothing_written_makes_it_panic(text in "[0-9*/,#LWa-zA-Z@? -]{0,40}") {
        if let Ok(schedule) = Schedule::cron(&text) {
            let from: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
            prop_assert!(schedule.next_after(from, &TimeZone::UTC).is_none_or(|next| next > from));
        }
    }

    #[test]
    fn times_only_go_forward(
        (minute, hour, day, weekday) in (field(0, 59), field(0, 23), day_of_month(), weekday()),
        seconds in 0_i64..3 * 366 * 86_400,
    ) {
        let zone = TimeZone::get(KYIV).unwrap();
        let schedule = Schedule::cron(&format!("{minute} {hour} {day} * {weekday}")).unwrap();
        let from = Timestamp::from_second(1_700_000_000 + seconds).unwrap();
        let times: Vec<Timestamp> = schedule.next_times(from, &zone).take(6).collect();
        prop_assert!(times.iter().all(|at| *at > from) && times.is_sorted_by(|a, b| a < b), "{times:?}");
    }
}
