//! Which files there are, and in which order they are read.

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::build::{check_ids, place, settings, source, watch};
use super::environment::Environment;
use super::keys::{SETTINGS, WATCH};
use super::plan::{Plan, Watch};
use super::secrets::{self, Secrets};
use super::{lints, paths};
use crate::model::name::is_id;
use crate::settings::{Entries, Node, Page, Problems, read};

/// The most bytes of one configuration file.
const LONGEST_FILE: usize = 4 << 20;

/// Reads everything; the plan is there where the settings could be read. `alone` are the secrets of a watch read alone;
/// without `today`, nothing is overdue.
pub fn load(
    path: &Path,
    environment: &dyn Environment,
    alone: Secrets,
    today: Option<Date>,
) -> (Option<Plan>, Problems) {
    let mut problems = Problems::default();
    let mut page = match open(path, environment) {
        Ok(page) if is_watch(&page.text) => return load_alone(page, environment, alone, today),
        Ok(page) => page,
        Err(why) => {
            let mut page = Page::new(path.to_owned(), String::new());
            page.error("unreadable-file", &(0..0), why).label("expected a readable TOML file");
            page.finish(&mut problems);
            return (None, problems);
        }
    };
    let plan = read(&SETTINGS, &mut page).map(|root| load_all(&root, &mut page, environment, today));
    page.finish(&mut problems);
    let Some((plan, mut others)) = plan else { return (None, problems) };
    problems.list.append(&mut others.list);
    problems.sources.append(&mut others.sources);
    (Some(plan), problems)
}

/// Whether a file is a watch: it has `[watch]`, or other tables of watches and none of the settings.
fn is_watch(text: &str) -> bool {
    let begins = |words: &[&str]| text.lines().any(|line| words.iter().any(|word| line.trim_start().starts_with(word)));
    let of_settings = ["include", "[store]", "[http]", "[email]", "[web]", "[secrets]"];
    begins(&["[watch]"]) || (begins(&["[feeds.", "[indicators.", "[scenarios."]) && !begins(&of_settings))
}

fn load_alone(
    mut page: Page,
    environment: &dyn Environment,
    secrets: Secrets,
    today: Option<Date>,
) -> (Option<Plan>, Problems) {
    // The settings of a watch read alone are those of an empty file beside it.
    let mut nothing = Page::new(page.path.clone(), String::new());
    let shared = watch::Shared { secrets, ..shared(&Entries::default(), &mut nothing, environment) };
    let watch = load_watch(&mut page, &shared, today);
    let mut problems = Problems::default();
    page.finish(&mut problems);
    (watch.map(|watch| Plan { settings: shared.settings, watches: vec![watch] }), problems)
}

fn load_all(root: &Entries, page: &mut Page, environment: &dyn Environment, today: Option<Date>) -> (Plan, Problems) {
    let shared = shared(root, page, environment);
    let (mut problems, mut watches) = (Problems::default(), Vec::<Watch>::new());
    for (node, path) in included(root, page, environment) {
        let mut file = match open(&path, environment) {
            Ok(file) => file,
            Err(why) => {
                page.error("unreadable-file", &node.span, why).label("expected a readable TOML file");
                continue;
            }
        };
        let watch = load_watch(&mut file, &shared, today);
        file.finish(&mut problems);
        let Some(watch) = watch else { continue };
        if watches.iter().any(|other| other.id == watch.id) {
            page.error("duplicate-id", &node.span, format!("two watches are called `{}`", watch.id))
                .label(format!("{} is the second", path.display()))
                .help("a watch is called by its file's name: rename one file");
        }
        watches.push(watch);
    }
    lints::settings(root, page);
    (Plan { settings: shared.settings, watches }, problems)
}

fn shared(root: &Entries, page: &mut Page, environment: &dyn Environment) -> watch::Shared {
    check_ids(root, page);
    let secrets = secrets::read_all(root.entries("secrets"), page, environment);
    watch::Shared {
        settings: settings::settings(root, &secrets, page, environment),
        secrets,
        places: place::places(root.entries("places"), page),
        sources: source::sources(root.entries("sources"), page),
    }
}

fn load_watch(page: &mut Page, shared: &watch::Shared, today: Option<Date>) -> Option<Watch> {
    let id = page.path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    if !is_id(&id) {
        page.error("invalid-id", &(0..0), format!("`{id}` cannot be the id of a watch"))
            .label("a watch is called by its file's name: letters a-z, A-Z, digits, `-` and `_`");
    }
    let root = read(&WATCH, page)?;
    check_ids(&root, page);
    let watch = watch::watch(&id, &root, shared, page);
    lints::watch(&watch, &shared.settings, &root, today, page);
    Some(watch)
}

/// A file's page, or why it cannot be read, as a sentence.
pub fn open(path: &Path, environment: &dyn Environment) -> Result<Page, String> {
    let text = environment.read(path).map_err(|why| why.to_string()).and_then(|bytes| {
        if bytes.len() > LONGEST_FILE {
            return Err(format!("it has {} bytes; at most {LONGEST_FILE} are read", bytes.len()));
        }
        String::from_utf8(bytes).map_err(|why| format!("it is not UTF-8: {why}"))
    });
    match text {
        Ok(text) => Ok(Page::new(path.to_owned(), text)),
        Err(why) => Err(format!("{} cannot be read: {why}", path.display())),
    }
}

/// The files of `include`, each once, those of one pattern by name.
fn included<'a>(root: &'a Entries, page: &mut Page, environment: &dyn Environment) -> Vec<(&'a Node, PathBuf)> {
    let mut found: Vec<(&Node, PathBuf)> = Vec::new();
    for node in root.items("include") {
        for path in matching(node, page, environment) {
            if found.iter().all(|(_, known)| *known != path) {
                found.push((node, path));
            }
        }
    }
    found
}

fn matching(node: &Node, page: &mut Page, environment: &dyn Environment) -> Vec<PathBuf> {
    let pattern = page.path.parent().unwrap_or(Path::new("")).join(node.text().unwrap_or_default());
    let name = pattern.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if !name.contains('*') {
        return vec![pattern];
    }
    let dir = pattern.parent().unwrap_or(Path::new(""));
    let fits = |path: &PathBuf| path.file_name().is_some_and(|file| paths::fits(&name, &file.to_string_lossy()));
    let mut files: Vec<PathBuf> = environment.list(dir).unwrap_or_default().into_iter().filter(fits).collect();
    files.sort();
    if files.is_empty() {
        page.warning("no-watches", &node.span, format!("no file fits `{}`", node.text().unwrap_or_default()))
            .label("nothing is watched")
            .help("paths are relative to this file, and `*` stands only in the file name");
    }
    files
}
