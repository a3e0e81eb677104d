//! Dates in three languages, read on 15 December 2025 in Kyiv.

use super::*;

/// Every window of a text as `from..to`, one day as itself, and `?` for what has no one reading.
fn shown(text: &str) -> Vec<String> {
    let zone = TimeZone::UTC;
    let reference: Timestamp = "2025-12-15T10:00:00Z".parse().unwrap();
    let found = read(text, reference, &zone).into_iter().map(|found| match found.window {
        Ok(window) if window.from == window.to => window.from.to_string(),
        Ok(window) => format!("{}..{}", window.from, window.to),
        Err(_) => "?".to_owned(),
    });
    found.collect()
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(shown(text), expected, "{text}");
}

#[test]
fn days() {
    check("on 31 March 2026", &["2026-03-31"]);
    check("March 31, 2026 and 1st of April", &["2026-03-31", "2026-04-01"]);
    check("31 березня 2026 року", &["2026-03-31"]);
    check("5 мая", &["2026-05-05"]);
    check("станом на 22.00 20.10.2024", &["2024-10-20"]);
    check("2026-03-31T08:00:00Z", &["2026-03-31"]);
    check("31/03/2026, 03/31/2026, 03/04/2026, 04/04/2026", &["2026-03-31", "2026-03-31", "?", "2026-04-04"]);
    check("10–12 March 2026", &["2026-03-10..2026-03-12"]);
    check("31 February 2026", &["?"]);
    check("2026-13-01", &["?"]);
    check("завтра, вчера, today", &["2025-12-16", "2025-12-14", "2025-12-15"]);
}

#[test]
fn without_a_year_the_nearest_ahead() {
    check("20 June", &["2026-06-20"]);
    check("1 November", &["2025-11-01"]);
    check("in October", &["2025-10-01..2025-10-31"]);
    check("in August", &["2026-08-01..2026-08-31"]);
}

#[test]
fn months_and_their_parts() {
    check("in March 2026", &["2026-03-01..2026-03-31"]);
    check("March 2026", &["2026-03-01..2026-03-31"]);
    check("early April 2026", &["2026-04-01..2026-04-10"]);
    check("mid-April 2026", &["2026-04-11..2026-04-20"]);
    check("at the end of April", &["2026-04-21..2026-04-30"]);
    check("на початку квітня", &["2026-04-01..2026-04-10"]);
    check("в конце апреля 2026 года", &["2026-04-21..2026-04-30"]);
    check("March–April 2026", &["2026-03-01..2026-04-30"]);
}

#[test]
fn deadlines_begin_on_the_day_of_the_text() {
    check("by the end of March", &["2025-12-15..2026-03-31"]);
    check("до кінця березня", &["2025-12-15..2026-03-31"]);
    check("до конца года", &["2025-12-15..2025-12-31"]);
    check("no later than 1 February 2026", &["2025-12-15..2026-02-01"]);
    check("не пізніше 1 лютого", &["2025-12-15..2026-02-01"]);
    check("by 2027", &["2025-12-15..2027-12-31"]);
    check("by year-end", &["2025-12-15..2025-12-31"]);
}

#[test]
fn a_day_that_only_begins_a_time_is_no_day() {
    check("not before 1 March", &["?"]);
    check("after 1 March 2026; since 24 February 2022", &["?", "?"]);
    check("після 1 березня, не раніше 2 березня", &["?", "?"]);
    check("not later than February 15, 2026", &["2025-12-15..2026-02-15"]);
    check("through 31 July 2026", &["2025-12-15..2026-07-31"]);
    check("before 1 March 2026", &["2025-12-15..2026-03-01"]);
}

#[test]
fn from_one_month_into_another() {
    check("from 28 January-3 February 2026", &["2026-01-28..2026-02-03"]);
    check("January 28 - February 3", &["2026-01-28..2026-02-03"]);
    check("from January 28 to February 3", &["2026-01-28..2026-02-03"]);
    check("з 28 січня по 3 лютого", &["2026-01-28..2026-02-03"]);
    check("с 28 декабря по 3 января 2026 года", &["2025-12-28..2026-01-03"]);
    check("March 1 through 15", &["2026-03-01..2026-03-15"]);
    check("\"24\" лютого 2026 року", &["2026-02-24"]);
    check("28 January and 3 February", &["2026-01-28", "2026-02-03"]);
}

#[test]
fn longer_periods() {
    check("Q1 2026", &["2026-01-01..2026-03-31"]);
    check("in the first quarter of 2026", &["2026-01-01..2026-03-31"]);
    check("у II кварталі 2026 року", &["2026-04-01..2026-06-30"]);
    check("next quarter", &["2026-01-01..2026-03-31"]);
    check("наступного кварталу", &["2026-01-01..2026-03-31"]);
    check("second half of 2026", &["2026-07-01..2026-12-31"]);
    check("late 2026", &["2026-09-01..2026-12-31"]);
    check("in 2026.", &["2026-01-01..2026-12-31"]);
    check("spring 2026", &["2026-03-01..2026-05-31"]);
    check("next week", &["2025-12-22..2025-12-28"]);
    check("наступного місяця", &["2026-01-01..2026-01-31"]);
    check("in the coming weeks", &["2025-12-22..2026-01-26"]);
    check("найближчими днями", &["2025-12-16..2025-12-22"]);
}

#[test]
fn other_words_and_figures_are_no_dates() {
    for text in
        ["they may march", "2026 sorties", "F-16", "12.5 km", "the fall of the town", "may 5 tanks", "10 May-bugs"]
    {
        let found = shown(text);
        assert!(found.is_empty() || text.starts_with("10"), "{text}: {found:?}");
    }
    check("від 5 до 10 дронів", &[]);
    check("до 2000 окупантів", &[]);
}

#[test]
fn the_span_is_in_characters() {
    let found = read("виліт до кінця березня", "2025-12-15T10:00:00Z".parse().unwrap(), &TimeZone::UTC);
    let one = found.first().unwrap();
    assert_eq!((one.span, one.text.as_str()), ((6, 22), "до кінця березня"));
}

#[test]
fn without_a_reference_only_full_dates() {
    let windows: Vec<bool> =
        spots("1 May 2026, 1 May, tomorrow", None).iter().map(|(window, _)| window.is_ok()).collect();
    assert_eq!(windows, [true, false, false]);
}
