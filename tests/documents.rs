//! What the documents show is run: an example that no longer works is a lie.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its documents has failed")]

use std::path::Path;

use watchfloor::config::{self, SystemEnvironment};

fn page(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// The fenced blocks of a page in one language, put together in order.
fn blocks(page: &str, language: &str) -> String {
    let opening = format!("```{language}");
    let mut text = String::new();
    let mut inside = false;
    for line in page.lines() {
        match line {
            line if line == opening => inside = true,
            "```" => inside = false,
            line if inside => text.extend([line, "\n"]),
            _ => {}
        }
    }
    text
}

/// Loads a watch under ordinary settings; gives everything that is said about it.
fn said_about(watch: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let settings = "include = [\"watch.toml\"]\n[email]\nfrom = \"watch@example.org\"\nto = [\"desk@example.org\"]\n\
                    [secrets]\ndesk-password = { file = \"password.txt\" }\n";
    std::fs::write(folder.path().join("password.txt"), "a secret").unwrap();
    std::fs::write(folder.path().join("watchfloor.toml"), settings).unwrap();
    std::fs::write(folder.path().join("watch.toml"), watch).unwrap();
    match config::load(&folder.path().join("watchfloor.toml"), &SystemEnvironment) {
        Ok(loaded) => loaded.warnings.print(false),
        Err(problems) => problems.print(false),
    }
}

#[test]
fn the_tutorial_is_a_watch_without_a_warning() {
    let watch = blocks(&page("docs/writing-a-watch.md"), "toml");
    assert!(watch.contains("[scenarios.closure]"), "the blocks of the tutorial were not found");
    assert_eq!(said_about(&watch), "");
}

#[test]
fn the_page_about_feeds_is_a_watch_without_a_warning() {
    let watch = blocks(&page("docs/feeds.md"), "toml");
    assert!(watch.contains("[feeds.tracker]"), "the blocks of the page were not found");
    assert_eq!(said_about(&watch), "");
}

/// The same way of asking does see a mistake.
#[test]
fn a_mistake_in_an_example_is_seen() {
    let watch =
        blocks(&page("docs/writing-a-watch.md"), "toml").replace("near = \"north-portal\"", "near = \"south-portal\"");
    assert!(said_about(&watch).contains("south-portal"), "{}", said_about(&watch));
}

/// Commands that have commands of their own.
const GROUPS: &[&str] = &["feed", "event", "indicator", "scenario", "alert", "mail"];

/// The commands that a page tells people to type: in code spans and in blocks for a shell.
fn commands(page: &str) -> Vec<Typed> {
    let spans =
        page.lines().filter(|line| !line.starts_with("```")).flat_map(|line| line.split('`').skip(1).step_by(2));
    let shell = blocks(page, "sh");
    let parts = spans.chain(shell.lines()).flat_map(|line| line.split("&&")).map(str::trim);
    parts.filter_map(command).collect()
}

/// A command as it is typed.
#[derive(Debug, PartialEq, Eq)]
struct Typed {
    words: Vec<String>,
    options: Vec<String>,
}

fn command(part: &str) -> Option<Typed> {
    let part = part.split(" #").next().unwrap_or(part);
    let part = part.strip_prefix("$ ").unwrap_or(part);
    let part = part.strip_prefix("sudo ").unwrap_or(part);
    let part = part.strip_prefix("target/debug/").unwrap_or(part);
    let part = part.strip_prefix("watchfloor ")?;
    let options = part.split_whitespace().filter(|word| word.starts_with("--")).map(str::to_owned).collect();
    let mut rest = part.split_whitespace();
    let mut first = rest.next()?;
    if first == "--config" {
        first = rest.nth(1)?;
    }
    let second = rest.next().filter(|_| GROUPS.contains(&first));
    Some(Typed { words: [Some(first), second].into_iter().flatten().map(str::to_owned).collect(), options })
}

/// Whether the program has a command with these options, by its own help.
fn has_command(typed: &Typed) -> bool {
    let asked = std::process::Command::new(env!("CARGO_BIN_EXE_watchfloor")).args(&typed.words).arg("--help").output();
    let asked = asked.unwrap();
    let help = String::from_utf8_lossy(&asked.stdout);
    let is_known = |option: &String| help.split_whitespace().any(|word| word == option);
    asked.status.success() && typed.options.iter().all(is_known)
}

#[test]
fn every_command_in_the_documents_exists() {
    for nonsense in ["watchfloor nonsense", "watchfloor run --nonsense"] {
        assert!(!has_command(&command(nonsense).unwrap()), "`{nonsense}` is taken for a command");
    }
    let pages = [
        "README.md",
        "CONTRIBUTING.md",
        "docs/operations.md",
        "docs/method.md",
        "docs/feeds.md",
        "docs/writing-a-watch.md",
        "config/demo/README.md",
    ];
    let mut absent = Vec::new();
    for name in pages {
        let told = commands(&page(name)).into_iter().filter(|typed| !has_command(typed));
        absent.extend(told.map(|typed| format!("{name}: there is no command {typed:?}")));
    }
    assert!(absent.is_empty(), "{}", absent.join("\n"));
}

#[test]
fn commands_are_found_where_people_read_them() {
    let page = "see `watchfloor feed list` and `another watchfloor is running`\n```sh\nsudo watchfloor check && sudo systemctl reload watchfloor\n$ target/debug/watchfloor --config a.toml run --once\n```\n";
    let typed: Vec<String> =
        commands(page).iter().map(|typed| format!("{} {}", typed.words.join(" "), typed.options.join(" "))).collect();
    assert_eq!(typed, ["feed list ", "check ", "run --config --once"]);
}

/// The tutorial's test file, run against the tutorial's watch.
#[test]
fn the_tests_of_the_tutorial_pass() {
    let (folder, page) = (tempfile::tempdir().unwrap(), page("docs/writing-a-watch.md"));
    std::fs::write(folder.path().join("tunnel.toml"), blocks(&page, "toml")).unwrap();
    let file = folder.path().join("tests.toml");
    std::fs::write(&file, blocks(&page, "toml test")).unwrap();
    let ran = std::process::Command::new(env!("CARGO_BIN_EXE_watchfloor")).arg("test").arg(&file).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success() && said.contains("2 tests, 0 failed"), "{said}");
}
