//! The house rules of `ARCHITECTURE.md`, held by reading `src/` as text.
//!
//! A rule is a function from files to breaches, each with `file:line`, so that
//! the last test can show that every rule is able to fail. What clippy holds
//! (long functions, clock reads, `unwrap`) is not repeated here.

#[path = "architecture/source.rs"]
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use source::{File, folder_of, join, read_all, words};

/// All but the program's outermost layers; what `daemon` and `cli` may use.
const LIBRARY: &[&str] = &[
    "clock", "model", "settings", "format", "extract", "detect", "fetch", "chart", "notify", "store", "config",
    "pipeline", "web",
];

/// Who may use whom, apart from itself. A module without a row is a breach: a new one has to be placed first.
const LAYERS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("settings", &[]),
    ("clock", &["model"]),
    ("format", &["model", "settings"]),
    ("extract", &["model", "settings", "format"]),
    ("detect", &["model", "settings"]),
    ("chart", &["model"]),
    ("fetch", &["model", "settings"]),
    ("notify", &["model", "settings", "chart"]),
    ("store", &["model"]),
    ("config", &["model", "settings", "format", "extract", "detect", "fetch", "notify"]),
    ("pipeline", &["model", "format", "extract", "detect", "store", "config"]),
    ("web", &["model", "chart", "store", "config"]),
    ("daemon", LIBRARY),
    ("cli", LIBRARY),
];

/// Whether a module may use another; `None` for a name without a layer. `cli` may also use `daemon`, `main` everything.
fn may_use(user: &str, used: &str) -> Option<bool> {
    let known = LAYERS.iter().any(|(module, _)| *module == used);
    let allowed = |user: &str| LAYERS.iter().find(|(module, _)| *module == user).map(|(_, may)| may.contains(&used));
    match user {
        _ if !known => None,
        "lib" | "main" => Some(true),
        _ if user == used => Some(true),
        "cli" if used == "daemon" => Some(true),
        user => allowed(user),
    }
}

/// Layers that think: the same answer for the same arguments, without waiting.
const PURE: &[&str] = &["model", "settings", "format", "extract", "detect", "pipeline"];

/// What a pure layer cannot name. `clock`, `fetch` and `notify` are kept out by the layers already.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "tokio",
    "reqwest",
    "SystemTime",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "async fn",
    "async move",
];

const SQL: &[&str] = &["SELECT ", "INSERT ", "UPDATE ", "DELETE FROM ", "PRAGMA ", "rusqlite"];

const SPAWNING: &[&str] = &["tokio::spawn", "thread::spawn", "spawn_blocking", "spawn_local", "JoinSet", ".spawn("];

/// The one place besides `daemon` that may start something, what, and why.
const MAY_SPAWN: &[(&str, &str, &str)] = &[
    (
        "notify/sendmail.rs",
        ".spawn(",
        "a message goes into the standard input of the local sendmail, a process of its own",
    ),
    (
        "cli/bounds.rs",
        "thread::spawn",
        "a command that reads a file is ended at its bound of time or memory, whatever it is doing",
    ),
];

/// Folders to which a kind of thing is added as one file and two adjacent lines.
const REGISTRIES: &[&str] = &["format", "extract", "detect", "notify", "cli"];

/// Lines that hold code, tests left out. The aim is 400; `pipeline/measures.rs`, the longest, holds three kinds of measures
/// and keeps the limit up until it is split.
const LONGEST_FILE: usize = 400;

fn layers(files: &[File]) -> Vec<String> {
    let mut breaches = Vec::new();
    for file in files {
        if !matches!(file.module(), "lib" | "main") && !LAYERS.iter().any(|(module, _)| *module == file.module()) {
            breaches.push(format!("{}: module `{}` has no layer; give it a row in LAYERS", file.at(0), file.module()));
        }
        for (at, used) in file.uses() {
            match may_use(file.module(), &used) {
                Some(true) => {}
                Some(false) => breaches.push(format!("{}: `{}` may not use `{used}`", file.at(at), file.module())),
                None => breaches.push(format!("{}: `{used}` is no module with a layer", file.at(at))),
            }
        }
    }
    breaches
}

fn cycles(files: &[File]) -> Vec<String> {
    let mut edges: BTreeMap<(&str, String), String> = BTreeMap::new();
    for file in files {
        for (at, used) in file.uses().into_iter().filter(|(_, used)| used != file.module()) {
            edges.entry((file.module(), used)).or_insert_with(|| file.at(at));
        }
    }
    let mut left: BTreeSet<String> = edges.keys().flat_map(|(user, used)| [(*user).to_owned(), used.clone()]).collect();
    // Whoever uses nobody, or is used by nobody, of those left is in no cycle; what cannot be taken away is one.
    loop {
        let uses_one = |user: &String| left.iter().any(|used| edges.contains_key(&(user.as_str(), used.clone())));
        let is_used = |used: &String| left.iter().any(|user| edges.contains_key(&(user.as_str(), used.clone())));
        let kept: BTreeSet<String> =
            left.iter().filter(|module| uses_one(module) && is_used(module)).cloned().collect();
        if kept.len() == left.len() {
            break;
        }
        left = kept;
    }
    let is_left = |module: &str| left.contains(module);
    let within = edges.iter().filter(|((user, used), _)| is_left(user) && is_left(used));
    within.map(|((user, used), at)| format!("{at}: `{user}` uses `{used}`, which leads back to it")).collect()
}

fn purity(files: &[File]) -> Vec<String> {
    let pure: Vec<&File> = files.iter().filter(|file| PURE.contains(&file.module())).collect();
    let nested = pure.iter().flat_map(|file| {
        let groups = ["fs", "net", "env", "process", "thread"];
        let in_group = move |(at, head): &(usize, String)| groups.contains(&head.as_str()).then(|| (*at, head.clone()));
        let found: Vec<_> = file.group_of("std::").iter().filter_map(in_group).collect();
        found.into_iter().map(|(at, head)| format!("{}: `std::{head}` in `{}`", file.at(at), file.module()))
    });
    let named = pure.iter().flat_map(|file| named(file, &file.code, IMPURE));
    named.chain(nested).collect()
}

/// Each of `forbidden` in a text of a file.
fn named(file: &File, text: &str, forbidden: &[&str]) -> Vec<String> {
    let places = |word: &&str| words(text, word).into_iter().map(|at| (at, (*word).to_owned())).collect::<Vec<_>>();
    let mut found: Vec<(usize, String)> = forbidden.iter().flat_map(places).collect();
    found.sort();
    found.iter().map(|(at, word)| format!("{}: `{}` in `{}`", file.at(*at), word.trim_end(), file.module())).collect()
}

fn sql(files: &[File]) -> Vec<String> {
    files.iter().filter(|file| file.module() != "store").flat_map(|file| named(file, &file.text, SQL)).collect()
}

fn spawning(files: &[File]) -> Vec<String> {
    let forbidden = |file: &File| -> Vec<&str> {
        let is_excepted = |word: &str| MAY_SPAWN.iter().any(|(path, what, _)| *path == file.path && *what == word);
        SPAWNING.iter().copied().filter(|word| !is_excepted(word)).collect()
    };
    let others = files.iter().filter(|file| file.module() != "daemon");
    others.flat_map(|file| named(file, &file.code, &forbidden(file))).collect()
}

/// The one place that moves a scenario from phase to phase is `model::scenario::step`.
fn phase_writes(files: &[File]) -> Vec<String> {
    let others = files.iter().filter(|file| file.path != "model/scenario.rs");
    others.flat_map(|file| named(file, &file.code, &[".phase = ", ".phase=", "scenario::State {"])).collect()
}

/// Files that nobody declares are not compiled, and nobody notices.
fn orphans(files: &[File]) -> Vec<String> {
    let declared: BTreeSet<String> = files.iter().flat_map(File::children).collect();
    let is_root = |file: &&File| matches!(file.path.as_str(), "lib.rs" | "main.rs");
    let own = |file: &File| folder_of(&file.path).to_owned();
    let lost = files.iter().filter(|file| !is_root(file) && !declared.contains(&own(file)));
    lost.map(|file| format!("{}: no `mod` names this file; it is not compiled", file.at(0))).collect()
}

/// A file of a registry folder is used: by a row of its `mod.rs`, or by a sibling; or its folder offers it as a public
/// module, whose functions are no rows.
fn rows(files: &[File]) -> Vec<String> {
    let mut breaches = Vec::new();
    for file in files.iter().filter(|file| REGISTRIES.contains(&file.module())) {
        // `x.rs` or `x/mod.rs`; what lies deeper is the matter of `x`.
        let Some((_, name)) = folder_of(&file.path).split_once('/').filter(|(_, name)| !name.contains('/')) else {
            continue;
        };
        let own = join(file.module(), name);
        let is_own = |other: &File| Path::new(folder_of(&other.path)).starts_with(&own);
        let mut siblings = files.iter().filter(|other| other.module() == file.module() && !is_own(other));
        let public = format!("pub mod {name};");
        let is_offered =
            files.iter().any(|other| folder_of(&other.path) == file.module() && other.code.contains(&public));
        if !is_offered && !siblings.any(|other| named_beside_declaration(other, name)) {
            breaches.push(format!("{}: neither a row of `{}/mod.rs` nor a sibling uses it", file.at(0), file.module()));
        }
    }
    breaches
}

/// Whether a file says `name::` or takes `name` in a `use`, apart from `mod name;`.
fn named_beside_declaration(file: &File, name: &str) -> bool {
    let is_declaration = |at: &usize| file.code.get(..*at).is_some_and(|before| before.ends_with("mod "));
    words(&file.code, name).iter().any(|at| !is_declaration(at))
}

fn lengths(files: &[File]) -> Vec<String> {
    let long = files.iter().filter(|file| file.code_lines() > LONGEST_FILE);
    long.map(|file| format!("{}: {} lines of code, the limit is {LONGEST_FILE}", file.at(0), file.code_lines()))
        .collect()
}

/// What `ARCHITECTURE.md` says about modules and paths, against what is there.
fn document(page: &str, files: &[File]) -> Vec<String> {
    let existing: BTreeSet<&str> =
        files.iter().map(File::module).filter(|name| !matches!(*name, "lib" | "main")).collect();
    let told = layer_rows(page);
    let mut breaches = Vec::new();
    for module in &existing {
        match told.iter().find(|(_, name, _)| name == module) {
            None => {
                breaches.push(format!("ARCHITECTURE.md: `{module}` exists and has no row under \"Who may use whom\""))
            }
            Some((line, _, may)) if *may != allowed(module, &existing) => {
                breaches.push(format!("ARCHITECTURE.md:{line}: the row of `{module}` is not that of the test"));
            }
            Some(_) => {}
        }
    }
    let unknown = told.iter().filter(|(_, name, _)| !existing.contains(name.as_str()));
    breaches.extend(unknown.map(|(line, name, _)| format!("ARCHITECTURE.md:{line}: there is no module `{name}`")));
    breaches
}

/// The modules that exist and that one of them may use, itself left out.
fn allowed(user: &str, existing: &BTreeSet<&str>) -> BTreeSet<String> {
    let others = existing.iter().filter(|used| **used != user && may_use(user, used) == Some(true));
    others.map(|used| (*used).to_owned()).collect()
}

/// The rows of the table under "Who may use whom": line, module, and whom it may use.
fn layer_rows(page: &str) -> Vec<(usize, String, BTreeSet<String>)> {
    let mut rows = Vec::new();
    for (line, cells) in table(page, "## Who may use whom") {
        let [users, used, ..] = cells.as_slice() else { continue };
        rows.extend(ticked(users).into_iter().map(|user| (line, user, ticked(used).into_iter().collect())));
    }
    rows
}

/// The cells of the table rows under a heading, with their lines; the head and its rule have no back-ticks and are left out.
fn table(page: &str, heading: &str) -> Vec<(usize, Vec<String>)> {
    let section = page.lines().enumerate().skip_while(|(_, line)| *line != heading).skip(1);
    let lines = section.take_while(|(_, line)| !line.starts_with("## "));
    let rows = lines.filter(|(_, line)| line.starts_with("| `"));
    rows.map(|(place, line)| (place + 1, line.trim_matches('|').split('|').map(str::to_owned).collect())).collect()
}

/// The words between back-ticks.
fn ticked(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Paths of this repository that a page names between back-ticks and that are not there.
fn dead_paths(name: &str, page: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["src/", "tests/", "docs/", "config/", "systemd/", ".ci/"];
    let is_path =
        |word: &String| folders.iter().any(|folder| word.starts_with(folder)) && !word.contains(['<', '*', ' ', '…']);
    let lines =
        page.lines().enumerate().flat_map(|(place, line)| ticked(line).into_iter().map(move |word| (place + 1, word)));
    let dead = lines.filter(|(_, word)| is_path(word) && !root.join(word).exists());
    dead.map(|(line, word)| format!("{name}:{line}: there is no `{word}`")).collect()
}

/// Invariants of the page that no test is named after.
fn untested(page: &str, sources: &[String]) -> Vec<String> {
    let is_tested = |name: &str| sources.iter().any(|source| source.contains(&format!("fn {name}(")));
    let names = table(page, "## Invariants").into_iter().flat_map(|(line, cells)| {
        cells.first().map(|cell| ticked(cell)).unwrap_or_default().into_iter().map(move |name| (line, name))
    });
    let bare = names.filter(|(_, name)| !is_tested(name));
    bare.map(|(line, name)| format!("ARCHITECTURE.md:{line}: no test is named `{name}`")).collect()
}

fn page(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Every Rust text in which a test may be: `src/` and `tests/` as they are.
fn test_sources() -> Vec<String> {
    let mut waiting = vec![page_path("src"), page_path("tests")];
    let mut sources = Vec::new();
    while let Some(path) = waiting.pop() {
        if let Ok(entries) = std::fs::read_dir(&path) {
            waiting.extend(entries.filter_map(Result::ok).map(|entry| entry.path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.extend(std::fs::read_to_string(&path));
        }
    }
    sources
}

fn page_path(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

#[track_caller]
fn assert_none(breaches: &[String]) {
    assert!(breaches.is_empty(), "{} breaches:\n  {}", breaches.len(), breaches.join("\n  "));
}

#[test]
fn layers_hold() {
    assert_none(&layers(&read_all()));
}

#[test]
fn no_cycles() {
    assert_none(&cycles(&read_all()));
}

#[test]
fn pure_modules_are_pure() {
    assert_none(&purity(&read_all()));
}

#[test]
fn sql_only_in_store() {
    assert_none(&sql(&read_all()));
}

#[test]
fn spawning_only_in_daemon() {
    assert_none(&spawning(&read_all()));
}

#[test]
fn state_changes_only_in_step() {
    assert_none(&phase_writes(&read_all()));
}

#[test]
fn every_file_is_compiled() {
    assert_none(&orphans(&read_all()));
}

#[test]
fn registry_files_have_rows() {
    assert_none(&rows(&read_all()));
}

#[test]
fn files_have_one_subject() {
    assert_none(&lengths(&read_all()));
}

#[test]
fn the_architecture_page_tells_what_exists() {
    assert_none(&document(&page("ARCHITECTURE.md"), &read_all()));
    for name in
        ["ARCHITECTURE.md", "CONTRIBUTING.md", "docs/operations.md", "docs/method.md", "docs/writing-a-watch.md"]
    {
        assert_none(&dead_paths(name, &page(name)));
    }
}

#[test]
fn every_invariant_has_its_test() {
    assert_none(&untested(&page("ARCHITECTURE.md"), &test_sources()));
}

/// An exception that nothing needs any more would let the next breach pass.
#[test]
fn exceptions_are_needed() {
    let files = read_all();
    for (path, what, why) in MAY_SPAWN {
        let Some(file) = files.iter().find(|file| file.path == *path) else { continue };
        assert!(
            !words(&file.code, what).is_empty(),
            "src/{path} has no `{what}` any more; remove the exception ({why})"
        );
    }
}

#[track_caller]
fn check(rule: fn(&[File]) -> Vec<String>, sources: &[(&str, &str)], expected: &[&str]) {
    let files: Vec<File> = sources.iter().map(|(path, source)| File::new(path, source)).collect();
    assert_eq!(rule(&files), expected);
}

#[test]
fn each_rule_can_fail() {
    check(
        layers,
        &[("model/a.rs", "//! crate::store is not used\n\nuse crate::store::Store;\n")],
        &["src/model/a.rs:3: `model` may not use `store`"],
    );
    check(
        layers,
        &[("store/a.rs", "use crate::{model::x, fetch::{self, y}};\nuse super::super::cli;\n")],
        &["src/store/a.rs:1: `store` may not use `fetch`", "src/store/a.rs:2: `store` may not use `cli`"],
    );
    check(
        layers,
        &[("util/mod.rs", ""), ("cli/a.rs", "use crate::util;")],
        &[
            "src/util/mod.rs:1: module `util` has no layer; give it a row in LAYERS",
            "src/cli/a.rs:1: `util` is no module with a layer",
        ],
    );
    check(
        cycles,
        &[
            ("store/mod.rs", "use crate::config;"),
            ("config/mod.rs", "\nuse super::store;"),
            ("cli/mod.rs", "use crate::store;"),
        ],
        &[
            "src/config/mod.rs:2: `config` uses `store`, which leads back to it",
            "src/store/mod.rs:1: `store` uses `config`, which leads back to it",
        ],
    );
    check(
        purity,
        &[("detect/a.rs", "use std::{collections::BTreeMap, fs};\nfn now() { jiff::Timestamp::now() }\n")],
        &["src/detect/a.rs:2: `Timestamp::now` in `detect`", "src/detect/a.rs:1: `std::fs` in `detect`"],
    );
    check(sql, &[("cli/a.rs", "const A: &str = \"SELECT 1\";")], &["src/cli/a.rs:1: `SELECT` in `cli`"]);
    check(spawning, &[("fetch/a.rs", "tokio::spawn(x);")], &["src/fetch/a.rs:1: `tokio::spawn` in `fetch`"]);
    check(spawning, &[("notify/file.rs", "command.spawn();")], &["src/notify/file.rs:1: `.spawn(` in `notify`"]);
    check(phase_writes, &[("cli/a.rs", "state.phase = Phase::Active;")], &["src/cli/a.rs:1: `.phase =` in `cli`"]);
    check(
        orphans,
        &[("cli/mod.rs", "mod a;"), ("lib.rs", "pub mod cli;"), ("cli/a.rs", ""), ("cli/b.rs", "")],
        &["src/cli/b.rs:1: no `mod` names this file; it is not compiled"],
    );
    check(
        rows,
        &[
            ("detect/mod.rs", "mod a;\nmod b;\nconst DETECTORS: &[Row] = &[a::ROW];"),
            ("detect/a.rs", ""),
            ("detect/b.rs", ""),
        ],
        &["src/detect/b.rs:1: neither a row of `detect/mod.rs` nor a sibling uses it"],
    );
    check(lengths, &[("cli/a.rs", &"x;\n".repeat(561))], &["src/cli/a.rs:1: 561 lines of code, the limit is 400"]);
}

#[test]
fn the_page_rules_can_fail() {
    let page = "## Who may use whom\n\n| module | may use |\n| --- | --- |\n| `store` | nothing |\n| `chart` | `model` |\n\n## Invariants\n\n| `a` | x |\n";
    let files = [File::new("store/mod.rs", ""), File::new("model/mod.rs", "")];
    let expected = [
        "ARCHITECTURE.md: `model` exists and has no row under \"Who may use whom\"",
        "ARCHITECTURE.md:5: the row of `store` is not that of the test",
        "ARCHITECTURE.md:6: there is no module `chart`",
    ];
    assert_eq!(document(page, &files), expected);
    assert_eq!(
        dead_paths("A.md", "see `src/nowhere.rs` and `src/<name>.rs`"),
        ["A.md:1: there is no `src/nowhere.rs`"]
    );
    assert_eq!(untested(page, &["fn b() {}".to_owned()]), ["ARCHITECTURE.md:10: no test is named `a`"]);
}

/// Comments, strings and test modules are no breaches; what stands after them still is, at its own line.
#[test]
fn text_is_told_from_code() {
    let source = "/* tokio */ // tokio\nconst A: &str = \"tokio \\\" tokio\";\nconst B: &str = r#\"tokio \" tokio\"#;\nconst C: char = '\"';\n#[cfg(test)]\nmod tests { use tokio::x; }\nfn f<'a>() { tokio::x() }\n";
    check(purity, &[("model/a.rs", source)], &["src/model/a.rs:7: `tokio` in `model`"]);
    check(purity, &[("model/a.rs", "fn tokio_like() {}\n// tokio\n")], &[]);
    let elsewhere = File::new("model/mod.rs", "#[cfg(test)]\nmod tests;\nmod a;\n");
    assert_eq!(elsewhere.children(), ["model/a"]);
}
