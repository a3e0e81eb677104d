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
    let settings = "include = [\"watch.toml\"]\n[email]\nfrom = \"watch@example.org\"\nto = [\"desk@example.org\"]\n";
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

/// The same way of asking does see a mistake.
#[test]
fn a_mistake_in_an_example_is_seen() {
    let watch =
        blocks(&page("docs/writing-a-watch.md"), "toml").replace("near = \"north-portal\"", "near = \"south-portal\"");
    assert!(said_about(&watch).contains("south-portal"), "{}", said_about(&watch));
}

/// Commands that have commands of their own.
const GROUPS: &[&str] = &["feed", "event", "indicator", "scenario", "alert", "mail"];

/// The commands that a page tells people to type, as lists of words: in code spans and in blocks for a shell.
fn commands(page: &str) -> Vec<Vec<String>> {
    let spans =
        page.lines().filter(|line| !line.starts_with("```")).flat_map(|line| line.split('`').skip(1).step_by(2));
    let shell = blocks(page, "sh");
    let parts = spans.chain(shell.lines()).flat_map(|line| line.split("&&")).map(str::trim);
    parts.filter_map(command).collect()
}

fn command(part: &str) -> Option<Vec<String>> {
    let part = part.strip_prefix("$ ").unwrap_or(part);
    let part = part.strip_prefix("sudo ").unwrap_or(part);
    let part = part.strip_prefix("target/debug/").unwrap_or(part);
    let mut words = part.strip_prefix("watchfloor ")?.split_whitespace();
    let mut first = words.next()?;
    if first == "--config" {
        first = words.nth(1)?;
    }
    let second = words.next().filter(|_| GROUPS.contains(&first));
    Some([Some(first), second].into_iter().flatten().map(str::to_owned).collect())
}

fn has_command(words: &[String]) -> bool {
    let asked =
        std::process::Command::new(env!("CARGO_BIN_EXE_watchfloor")).args(words).arg("--help").output().unwrap();
    asked.status.success()
}

#[test]
fn every_command_in_the_documents_exists() {
    assert!(!has_command(&["nonsense".to_owned()]), "the program takes any word for a command");
    let pages = [
        "README.md",
        "CONTRIBUTING.md",
        "docs/operations.md",
        "docs/method.md",
        "docs/writing-a-watch.md",
        "config/demo/README.md",
    ];
    let mut absent = Vec::new();
    for name in pages {
        let told = commands(&page(name)).into_iter().filter(|words| !has_command(words));
        absent.extend(told.map(|words| format!("{name}: there is no command `{}`", words.join(" "))));
    }
    assert!(absent.is_empty(), "{}", absent.join("\n"));
}

#[test]
fn commands_are_found_where_people_read_them() {
    let page = "see `watchfloor feed list` and `another watchfloor is running`\n```sh\nsudo watchfloor check && sudo systemctl reload watchfloor\n$ target/debug/watchfloor --config a.toml run --once\n```\n";
    assert_eq!(commands(page), [vec!["feed", "list"], vec!["check"], vec!["run"]]);
}
