//! Which files there are, and in which order they are read.

use std::path::{Path, PathBuf};

use super::build::{place, settings, source, watch};
use super::environment::Environment;
use super::keys::{SETTINGS, WATCH};
use super::plan::{Plan, Watch};
use super::{lints, paths, secrets};
use crate::model::name::is_id;
use crate::settings::{Entries, Node, Page, Problems, read};

/// The most bytes of one configuration file.
const LONGEST_FILE: usize = 4 << 20;

/// Reads everything; the plan is there where the settings could be read.
pub fn load(path: &Path, environment: &dyn Environment) -> (Option<Plan>, Problems) {
    let mut problems = Problems::default();
    let mut page = open(path, environment);
    let plan = if page.errors() > 0 {
        None
    } else if is_watch(&page.text) {
        return load_alone(page, environment);
    } else {
        read(&SETTINGS, &mut page).map(|root| load_all(&root, &mut page, environment))
    };
    page.finish(&mut problems);
    let Some((plan, mut others)) = plan else { return (None, problems) };
    problems.list.append(&mut others.list);
    problems.sources.append(&mut others.sources);
    (Some(plan), problems)
}

/// Whether a file is a watch: it has the table `[watch]`.
fn is_watch(text: &str) -> bool {
    text.lines().any(|line| line.trim_start().strip_prefix("[watch]").is_some())
}

fn load_alone(mut page: Page, environment: &dyn Environment) -> (Option<Plan>, Problems) {
    // The settings of a watch read alone are those of an empty file beside it.
    let mut nothing = Page::new(page.path.clone(), String::new());
    let shared = shared(&Entries::default(), &mut nothing, environment);
    let watch = load_watch(&mut page, &shared);
    let mut problems = Problems::default();
    page.finish(&mut problems);
    (watch.map(|watch| Plan { settings: shared.settings, watches: vec![watch] }), problems)
}

fn load_all(root: &Entries, page: &mut Page, environment: &dyn Environment) -> (Plan, Problems) {
    let shared = shared(root, page, environment);
    let (mut problems, mut watches) = (Problems::default(), Vec::<Watch>::new());
    for (node, path) in included(root, page, environment) {
        let mut file = open(&path, environment);
        let Some(watch) = (file.errors() == 0).then(|| load_watch(&mut file, &shared)).flatten() else {
            file.finish(&mut problems);
            continue;
        };
        if watches.iter().any(|other| other.id == watch.id) {
            page.error("duplicate-id", &node.span, format!("two watches are called `{}`", watch.id))
                .label(format!("{} is the second", path.display()))
                .help("a watch is called by its file's name: rename one file");
        }
        watches.push(watch);
        file.finish(&mut problems);
    }
    lints::settings(root, page);
    (Plan { settings: shared.settings, watches }, problems)
}

fn shared(root: &Entries, page: &mut Page, environment: &dyn Environment) -> watch::Shared {
    watch::Shared {
        secrets: secrets::read_all(root.entries("secrets"), page, environment),
        settings: settings::settings(root, page, environment),
        places: place::places(root.entries("places"), page),
        sources: source::sources(root.entries("sources")),
    }
}

fn load_watch(page: &mut Page, shared: &watch::Shared) -> Option<Watch> {
    let id = page.path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    if !is_id(&id) {
        page.error("invalid-id", &(0..0), format!("`{id}` cannot be the id of a watch"))
            .label("a watch is called by its file's name: letters a-z, A-Z, digits, `-` and `_`");
    }
    let root = read(&WATCH, page)?;
    let watch = watch::watch(&id, &root, shared, page);
    lints::watch(&watch, &root, page);
    Some(watch)
}

/// A file's page; that it cannot be read is an error on it.
fn open(path: &Path, environment: &dyn Environment) -> Page {
    let read = environment.read(path).map_err(|why| why.to_string()).and_then(|bytes| {
        if bytes.len() > LONGEST_FILE {
            return Err(format!("it has {} bytes; at most {LONGEST_FILE} are read", bytes.len()));
        }
        String::from_utf8(bytes).map_err(|why| format!("it is not UTF-8: {why}"))
    });
    match read {
        Ok(text) => Page::new(path.to_owned(), text),
        Err(why) => {
            let mut page = Page::new(path.to_owned(), String::new());
            page.error("unreadable-file", &(0..0), format!("{} cannot be read: {why}", path.display()))
                .label("expected a readable TOML file");
            page
        }
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
