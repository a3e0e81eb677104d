//! `test`: scenario tests as their writers meet them.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

mod support;

use std::path::{Path, PathBuf};

use support::{stderr, stdout, watchfloor};

const WATCH: &str = "[watch]\ntitle = 'Flights'\ntimezone = 'UTC'\n[places.field]\nnames = ['Field']\nlat = 50.0\nlon = 30.0\nradius = '5 km'\n\
    [sources.army]\ntitle = 'Army'\nreliability = 'B'\n[sources.press]\ntitle = 'Press'\nreliability = 'B'\n\
    [feeds.counter]\nsource = 'army'\nurl = 'https://example.org/n.json'\nformat = 'json'\nitems = '$[*]'\nevery = '6h'\n\
    fields = { id = '$.id', published = '$.day' }\n\
    [feeds.news]\nsource = 'press'\nurl = 'https://example.org/n.xml'\n\
    [indicators.flights]\nkind = 'count'\nperiod = 'day'\nunit = 'flights'\nplausible = [0, 10_000]\n\
    [[indicators.flights.from]]\nfeed = 'counter'\nvalue = { field = 'n' }\n\
    [indicators.sightings]\nkind = 'report'\nnear = 'field'\n\
    [[indicators.sightings.from]]\nfeed = 'news'\nmatch = { any = ['seen'] }\n\
    [[indicators.sightings.from]]\nfeed = 'counter'\nmatch = { any = ['seen'] }\n\
    [scenarios.fall]\npath = 'risk'\nhold = '2d'\n\
    [[scenarios.fall.when]]\nindicator = 'flights'\nmeasure = 'value'\nat_most = 50\n\
    [scenarios.alarm]\npath = 'risk'\n\
    [[scenarios.alarm.when]]\nindicator = 'sightings'\nmeasure = 'corroborated'\nwindow = '7d'\nat_least = 1\n";

/// A folder with the watch and a test file.
fn scene(tests: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("w.toml"), WATCH).unwrap();
    let file = folder.path().join("tests.toml");
    std::fs::write(&file, format!("watch = 'w.toml'\n{tests}")).unwrap();
    (folder, file)
}

fn run(file: &Path, more: &[&str]) -> (Option<i32>, String, String) {
    let mut arguments = vec!["test", file.to_str().unwrap()];
    arguments.extend(more);
    let output = watchfloor(Path::new("none"), &arguments);
    (output.status.code(), stdout(&output), stderr(&output))
}

/// The body of one test is run alone; gives the exit code and what is printed.
fn check(body: &str) -> (Option<i32>, String) {
    let (_folder, file) = scene(&format!("[[test]]\nname = 'it'\nstart = 2026-01-01T00:00:00Z\n{body}\n"));
    let (code, printed, _) = run(&file, &[]);
    (code, printed)
}

#[test]
fn values_and_time_move_a_scenario() {
    let (code, printed) = check(
        "series.flights = { every = '1d', values = '100 40 40 40 100' }\n\
         expect = [\n\
         { at = 2026-01-02T23:59:00Z, scenario = 'fall', state = 'inactive' },\n\
         { at = 2026-01-03T00:00:00Z, scenario = 'fall', state = 'pending' },\n\
         { at = 2026-01-05T00:00:00Z, scenario = 'fall', state = 'active', blind = false },\n\
         { between = [2026-01-02T12:00:00Z, 2026-01-06T12:00:00Z], scenario = 'fall', \
           transitions = ['pending', 'active', 'inactive'], mails = ['triggered', 'resolved'] },\n\
         { between = [2026-01-01T00:00:00Z, 2026-01-06T12:00:00Z], scenario = 'alarm', transitions = [], mails = 0 }]",
    );
    assert_eq!(code, Some(0), "{printed}");
}

#[test]
fn a_missing_value_is_unknown_and_a_correction_counts() {
    let (code, printed) = check(
        "series.flights = { every = '1d', values = '100 40 _ 40 40' }\n\
         revise.flights = [{ period = '2026-01-05', value = 90, at = 2026-01-06T06:00:00Z }]\n\
         expect = [\n\
         { at = 2026-01-04T12:00:00Z, scenario = 'fall', state = 'pending', blind = true },\n\
         { at = 2026-01-06T06:00:00Z, scenario = 'fall', state = 'inactive' },\n\
         { between = [2026-01-02T12:00:00Z, 2026-01-06T12:00:00Z], scenario = 'fall', \
           mails = ['blind', 'sees_again', 'triggered', 'undone'] }]",
    );
    assert_eq!(code, Some(0), "{printed}");
}

#[test]
fn reports_are_grouped_and_documents_are_read() {
    let (folder, file) = scene(
        "[[test]]\nname = 'one voice'\nstart = 2026-01-01T00:00:00Z\n\
         observe.sightings = [{ at = 2026-01-02T06:00:00Z, place = 'field', link = 'https://example.org/1' },\n\
         { at = 2026-01-02T07:00:00Z, lat = 50.01, lon = 30.01, link = 'https://example.org/2' }]\n\
         expect = [{ at = 2026-01-03T00:00:00Z, scenario = 'alarm', state = 'inactive' }]\n\
         [[test]]\nname = 'two voices'\nstart = 2026-01-01T00:00:00Z\n\
         observe.sightings = [{ at = 2026-01-02T06:00:00Z, place = 'field', link = 'https://example.org/1' },\n\
         { at = 2026-01-02T07:00:00Z, place = 'field', feed = 'counter', link = 'https://example.org/2' }]\n\
         expect = [{ at = 2026-01-02T07:00:00Z, scenario = 'alarm', state = 'active' }]\n\
         [[test]]\nname = 'a document'\nstart = 2026-01-01T00:00:00Z\n\
         documents.counter = [{ at = 2026-01-02T06:00:00Z, file = 'n.json' }]\n\
         expect = [{ at = 2026-01-02T06:00:00Z, scenario = 'fall', state = 'pending' }]\n",
    );
    std::fs::write(folder.path().join("n.json"), "[{\"id\": \"a\", \"day\": \"2026-01-01\", \"n\": 7}]").unwrap();
    let (code, printed, wrong) = run(&file, &[]);
    assert_eq!(code, Some(0), "{printed}{wrong}");
    assert!(printed.contains("3 tests, 0 failed"), "{printed}");
}

#[test]
fn a_failure_says_what_was_expected_what_happened_and_why() {
    let (code, printed) = check(
        "series.flights = { every = '1d', values = '100 40' }\n\
         expect = [{ at = 2026-01-03T06:00:00Z, scenario = 'fall', state = 'active' },\n\
         { between = [2026-01-01T00:00:00Z, 2026-01-03T06:00:00Z], scenario = 'fall', transitions = ['active'], mails = 1 }]",
    );
    assert_eq!(code, Some(1));
    for part in [
        "FAILED  it",
        "tests.toml:6:11",
        "expected: at 2026-01-03T06:00:00+00:00 fall is active",
        "but it is pending",
        "fall inactive → pending: 1 of 1 conditions hold",
        "flights value is 40 flights (at most 50), which is true: 2026-01-02 stands at 40 flights",
        "fall comes into: active",
        "but it came into: pending",
        "mails about fall: 1",
        "but there were: 2 (blind, sees_again)",
        "1 tests, 1 failed",
    ] {
        assert!(printed.contains(part), "`{part}` is not in\n{printed}");
    }
}

#[test]
fn a_test_that_asserts_nothing_fails() {
    for body in ["", "expect = []", "expect = [{ at = 2026-01-03T00:00:00Z, scenario = 'fall' }]"] {
        let (code, printed) = check(body);
        assert_eq!(code, Some(1), "{body}");
        assert!(printed.contains("asserts nothing"), "{printed}");
    }
}

#[test]
fn every_mistake_of_a_file_has_its_place() {
    let (_folder, file) = scene(
        "[[test]]\nname = 'a'\nstart = 2026-01-01\n\
         [[test]]\nname = 'b'\nstart = 2026-01-01T00:00:00Z\nexpct = []\n\
         series.flihts = { every = '1d', values = '1' }\n\
         series.flights = { every = '1d', values = '1 2+x 3' }\n\
         [[test]]\nname = 'c'\nstart = 2026-01-01T00:00:00Z\n\
         series.flights = { every = '1d', values = '1 2' }\n\
         revise.flights = [{ period = '2026-01', value = 1, at = 2026-01-05T00:00:00Z }]\n\
         observe.sightings = [{ at = 2026-01-02T00:00:00Z, value = 7 }]\n\
         documents.counter = [{ at = 2026-01-02T00:00:00Z, file = 'absent.json' }]\n\
         expect = [{ at = 2026-01-02T00:00:00Z, scenario = 'fell', state = 'on' }]\n",
    );
    let (code, _, wrong) = run(&file, &[]);
    assert_eq!(code, Some(2));
    for part in [
        "error[wrong-type]: `start` of the test is 2026-01-01",
        "expected a moment such as 2026-03-31T06:00:00Z",
        "tests.toml:4:9",
        "error[unknown-key]: unknown key `expct` in the test",
        "did you mean `expect`?",
        "error[unknown-reference]: there is no indicator `flihts`",
        "did you mean `flights`?",
        "error[invalid-series]: `2+x` is no value",
        "tests.toml:10:46",
        "error[unknown-reference]: `2026-01` is 2 values of the series",
        "error[misplaced-key]: `value` says nothing of a `report`",
        "error[unreadable-file]",
        "error[misplaced-key]: the feed `counter` has documents here, and carries the series of `flights`",
        "there is no scenario `fell`",
        "error[unknown-word]",
    ] {
        assert!(wrong.contains(part), "`{part}` is not in\n{wrong}");
    }
    let (code, _, wrong) = run(Path::new("absent.toml"), &[]);
    assert!(code == Some(2) && wrong.contains("absent.toml"), "{wrong}");
}

#[test]
fn results_are_written_as_junit_and_as_json() {
    let (folder, file) = scene(
        "[[test]]\nname = 'good & <well>'\nstart = 2026-01-01T00:00:00Z\n\
         expect = [{ at = 2026-01-02T00:00:00Z, scenario = 'alarm', state = 'inactive' }]\n\
         [[test]]\nname = 'bad'\nstart = 2026-01-01T00:00:00Z\n\
         expect = [{ at = 2026-01-02T00:00:00Z, scenario = 'alarm', state = 'active' }]\n",
    );
    let junit = folder.path().join("junit.xml");
    let (code, printed, _) = run(&file, &["--json", "--junit", junit.to_str().unwrap()]);
    assert_eq!(code, Some(1));
    let lines: Vec<serde_json::Value> = printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["passed"], &lines[1]["passed"]), (&true.into(), &false.into()));
    assert_eq!(lines[1]["unmet"][0]["found"], "it is inactive");
    assert_eq!(lines[2], serde_json::json!({ "type": "summary", "tests": 2, "failed": 1 }));
    let document = std::fs::read_to_string(junit).unwrap();
    assert!(document.contains("<testsuites tests=\"2\" failures=\"1\">"), "{document}");
    assert!(document.contains("name=\"good &amp; &lt;well&gt;\""), "{document}");
    assert!(
        document.contains(
            "<failure message=\"expected: at 2026-01-02T00:00:00+00:00 alarm is active; but it is inactive\">"
        )
    );
}

#[test]
fn the_tests_that_come_with_the_watches_pass() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["config/demo/tests/kupyansk.toml", "config/tests/kupyansk.toml"] {
        let (code, printed, wrong) = run(&root.join(name), &[]);
        assert_eq!(code, Some(0), "{name}\n{printed}{wrong}");
    }
}
