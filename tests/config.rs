//! Configurations in folders: the good ones load, the bad ones say exactly what is wrong.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its fixtures has failed")]

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use watchfloor::config::{self, Environment, SystemEnvironment};
use watchfloor::settings::Severity;

/// The machine's files and a few variables.
struct Fixture(HashMap<&'static str, String>);

impl Fixture {
    fn new() -> Self {
        Self(HashMap::from([("FIRMS_KEY", "s3cr3t-key".to_owned()), ("EMPTY", String::new())]))
    }
}

impl Environment for Fixture {
    fn var(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        SystemEnvironment.read(path)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<PathBuf>> {
        SystemEnvironment.list(dir)
    }
}

fn folders(kind: &str) -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testdata/config").join(kind);
    let mut folders: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders
}

/// A folder's settings, or its one watch.
fn entry_file(folder: &Path) -> PathBuf {
    let settings = folder.join("watchfloor.toml");
    if settings.exists() { settings } else { folder.join("watch.toml") }
}

/// What a folder says, its own place left out; the plan and secrets never.
fn said(folder: &Path) -> (bool, String) {
    let (good, problems) = match config::load(&entry_file(folder), &Fixture::new()) {
        Ok(loaded) => (true, loaded.warnings),
        Err(problems) => (false, problems),
    };
    let lines = problems.print(false).replace(&format!("{}/", folder.display()), "");
    let trimmed: Vec<&str> = lines.lines().map(str::trim_end).collect();
    (good, trimmed.join("\n").trim_end().to_owned() + "\n")
}

#[test]
fn bad_configurations_say_what_is_wrong() {
    let mut wrong = Vec::new();
    for folder in folders("bad") {
        let (good, said) = said(&folder);
        let expected = std::fs::read_to_string(folder.join("expected.txt")).unwrap_or_default();
        if good == expected.contains("error[") || said != expected {
            wrong.push(format!("{}:\n{said}", folder.display()));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn good_configurations_load_with_the_warnings_they_state() {
    for folder in folders("good") {
        let (good, said) = said(&folder);
        let expected = std::fs::read_to_string(folder.join("expected.txt")).unwrap_or_else(|_| "\n".to_owned());
        assert!(good && said == expected, "{}:\n{said}", folder.display());
    }
}

#[test]
fn no_output_holds_a_secret() {
    for folder in folders("bad").into_iter().chain(folders("good")) {
        let (_, said) = said(&folder);
        let loaded = format!("{:?}", config::load(&entry_file(&folder), &Fixture::new()));
        for secret in ["s3cr3t", "hunter2"] {
            assert!(!said.contains(secret), "{}:\n{said}", folder.display());
            let shown = loaded.replace(&format!("{}", folder.display()), "");
            assert!(!shown.contains(secret), "{} shows a secret when it is debugged", folder.display());
        }
    }
}

/// Writes what is said now; it is then read by eye.
#[test]
#[ignore = "writes expectations"]
fn write_expectations() {
    for folder in folders("bad").into_iter().chain(folders("good")) {
        let (_, said) = said(&folder);
        if said.trim().is_empty() {
            continue;
        }
        std::fs::write(folder.join("expected.txt"), said).unwrap();
    }
}

#[test]
fn the_starter_has_no_problems() {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in config::starter() {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let loaded = config::load(&dir.path().join("watchfloor.toml"), &Fixture::new());
    let loaded = loaded.unwrap_or_else(|problems| panic!("{}", problems.print(false)));
    assert_eq!(loaded.warnings.print(false), "");
    assert_eq!(loaded.plan.watches.len(), 1);
}

#[test]
fn the_reference_is_what_the_program_writes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md");
    let page = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(page == config::reference(), "docs/configuration.md is not what `write_reference` writes");
}

#[test]
#[ignore = "writes the reference"]
fn write_reference() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md");
    std::fs::write(path, config::reference()).unwrap();
}

/// One file in memory.
struct Memory(Vec<u8>);

impl Environment for Memory {
    fn var(&self, _: &str) -> Option<String> {
        None
    }

    fn read(&self, _: &Path) -> io::Result<Vec<u8>> {
        Ok(self.0.clone())
    }

    fn list(&self, _: &Path) -> io::Result<Vec<PathBuf>> {
        Ok(Vec::new())
    }
}

fn full_watch() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testdata/config/good/four-kinds/watches/river.toml");
    std::fs::read_to_string(path).unwrap()
}

const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 1);

#[test]
fn a_review_that_is_overdue_is_told_by_check() {
    let due = |date: &str| {
        let text = format!("[watch]\ntitle = 'A'\nreview_by = {date}\n");
        let warnings = config::check(Path::new("w.toml"), &Memory(text.clone().into_bytes()), TODAY).unwrap().warnings;
        let quiet = config::load(Path::new("w.toml"), &Memory(text.into_bytes())).unwrap().warnings;
        assert!(
            !quiet.list.iter().any(|problem| problem.code == "review-overdue"),
            "without a date nothing is overdue"
        );
        let found = warnings.list.iter().find(|problem| problem.code == "review-overdue");
        found.map(|problem| (problem.start, problem.message.clone()))
    };
    let told = "this watch was to be looked at again by 2026-10-31".to_owned();
    assert_eq!(due("2026-10-31"), Some(((3, 13), told)));
    assert_eq!(due("2026-11-01"), None, "it is due today");
}

#[test]
fn of_a_watch_checked_alone_secrets_are_not_known() {
    let text = "[watch]\ntitle = 'A'\n[feeds.x]\nurl = 'https://example.org/{secret:key}'\n";
    let memory = Memory(text.as_bytes().to_vec());
    let warnings = config::check(Path::new("w.toml"), &memory, TODAY).unwrap().warnings;
    let of_secret: Vec<_> = warnings.list.iter().filter(|problem| problem.code == "unknown-reference").collect();
    assert!(matches!(of_secret[..], [only] if only.severity == Severity::Warning && only.start == (4, 36)));
    // To run with it is another thing: nothing may be asked for under an address with a hole in it.
    assert!(config::load(Path::new("w.toml"), &memory).unwrap_err().has_errors());
}

/// Files in memory.
struct Files(HashMap<PathBuf, &'static str>);

impl Environment for Files {
    fn var(&self, _: &str) -> Option<String> {
        None
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.0.get(path).map(|text| text.as_bytes().to_vec()).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn list(&self, _: &Path) -> io::Result<Vec<PathBuf>> {
        Ok(Vec::new())
    }
}

/// `watchfloor mail test` in root's shell has no credentials of its own, but may read those of the running service.
#[test]
fn a_command_in_a_shell_has_the_credentials_of_the_running_service() {
    let settings = "[email]\nfrom = 'w@example.org'\nto = ['a@example.org']\ntransport = 'smtp'\n\
        smtp = { host = 'h.example.org', port = 465, tls = 'implicit', username = 'w', password = { credential = 'p' } }\n";
    let mut files = Files(HashMap::from([(PathBuf::from("w.toml"), settings)]));
    let problems = config::load(Path::new("w.toml"), &files).unwrap_err();
    assert_eq!(problems.list.iter().map(|problem| problem.code).collect::<Vec<_>>(), ["missing-secret"]);
    files.0.insert(PathBuf::from("/run/credentials/watchfloor.service/p"), "secret\n");
    assert!(config::load(Path::new("w.toml"), &files).is_ok());
}

proptest::proptest! {
    /// Whatever a file says, there is an answer, and each problem stands within the file.
    #[test]
    fn damaged_files_are_answered(at in 0..3800_usize, remove in 0..60_usize, insert in "[\\[\\]{}='\"#.a-zЖ0-9\n\\\\]{0,6}") {
        let mut chars: Vec<char> = full_watch().chars().collect();
        let start = at.min(chars.len());
        let end = (start + remove).min(chars.len());
        chars.splice(start..end, insert.chars());
        let text: String = chars.into_iter().collect();
        let lines = text.matches('\n').count() + 1;
        let problems = match config::load(Path::new("w.toml"), &Memory(text.into_bytes())) {
            Ok(loaded) => loaded.warnings,
            Err(problems) => problems,
        };
        for problem in &problems.list {
            proptest::prop_assert!(problem.start.0 <= lines && problem.start <= problem.end, "{problem:?}");
        }
        proptest::prop_assert!(problems.list.is_empty() == problems.print(false).is_empty());
    }
}

/// The code of the first problem of a watch, and where it begins.
fn check_expression(feed: &str, from: &str, code: &str, start: (usize, usize)) {
    let text = format!(
        "[watch]\ntitle = 'A'\n[feeds.x]\nurl = 'https://example.org/'\n{feed}\n[indicators.i]\nkind = 'count'\n\
         [[indicators.i.from]]\nfeed = 'x'\n{from}\n"
    );
    let problems = config::load(Path::new("w.toml"), &Memory(text.into_bytes())).unwrap_err();
    let first = problems.list.iter().find(|problem| problem.severity == Severity::Error).unwrap();
    assert_eq!((first.code, first.start.0), (code, start.0), "{}", problems.print(false));
    assert!(first.start.1 >= start.1, "{}", problems.print(false));
}

#[test]
fn expressions_are_checked_where_they_are_written() {
    check_expression("schedule = '0 25 * * *'", "", "invalid-cron", (5, 12));
    check_expression("schedule = 'every day'", "", "invalid-cron", (5, 12));
    check_expression("format = 'html'\nitems = 'div['", "", "invalid-selector", (6, 9));
    check_expression("format = 'json'\nitems = '$.periods[*'", "", "invalid-selector", (6, 9));
    check_expression("", r"value = '(?<value>\d+ sorties'", "invalid-regex", (10, 9));
    check_expression("", "value = { jsonpath = '$[' }", "invalid-selector", (10, 22));
    check_expression("", "where = [{ field = 'f', matches = '(' }]", "invalid-regex", (10, 35));
}
