//! Secrets: where they are found, and how they get into addresses, headers and bodies.
//!
//! A secret is never in the TOML, and what is shown keeps `{secret:name}`.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use super::environment::Environment;
use super::paths::beside;
use crate::settings::{Entries, Entry, Page};

/// Where systemd keeps the credentials of the packaged unit while it runs.
const RUNNING_SERVICE: &str = "/run/credentials/watchfloor.service";

/// The secrets of `[secrets]`.
#[derive(Debug, Default)]
pub struct Secrets {
    /// By name; `None`: declared, and missing, which was reported.
    known: BTreeMap<String, Option<SecretString>>,
    /// Whether they stand in settings that are not read: then a name that is not known may well be right.
    are_elsewhere: bool,
}

impl Secrets {
    /// Those of a watch that is checked without its settings.
    pub fn elsewhere() -> Self {
        Self { known: BTreeMap::new(), are_elsewhere: true }
    }
}

/// Finds every secret of `[secrets]`.
pub fn read_all(entries: &[Entry], page: &mut Page, environment: &dyn Environment) -> Secrets {
    let one = |entry: &Entry| {
        let found = entry.node.table().and_then(|source| read(source, page, environment));
        (entry.name.clone(), found)
    };
    Secrets { known: entries.iter().map(one).collect(), are_elsewhere: false }
}

/// Finds one secret; what is wrong goes to the page.
pub fn read(source: &Entries, page: &mut Page, environment: &dyn Environment) -> Option<SecretString> {
    if !source.broken.is_empty() {
        return None;
    }
    let found = match source.list.as_slice() {
        [_] if !environment.holds_secrets() => Ok("not-read".to_owned()),
        [only] => find(only, &page.path.clone(), environment),
        _ => {
            page.error("ambiguous", &source.span, "a secret is found in exactly one way")
                .label("expected one of `env`, `file` and `credential`");
            return None;
        }
    };
    match found {
        Ok(secret) => Some(SecretString::from(secret)),
        Err(why) => {
            page.error("missing-secret", &source.span, why)
                .help("watchfloor has to be started with it; nothing is asked without it");
            None
        }
    }
}

fn find(entry: &Entry, naming: &Path, environment: &dyn Environment) -> Result<String, String> {
    let word = entry.node.text().unwrap_or_default();
    match entry.name.as_str() {
        "env" => environment
            .var(word)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| format!("the environment variable {word} is not set")),
        "file" => read_file(&beside(naming, word), environment),
        _ => match environment.var("CREDENTIALS_DIRECTORY") {
            Some(dir) => read_file(&Path::new(&dir).join(word), environment),
            // A command in root's shell has those of the service, while that runs.
            None => read_file(&Path::new(RUNNING_SERVICE).join(word), environment).map_err(|_| {
                format!(
                    "the credential `{word}` is not there: systemd set no $CREDENTIALS_DIRECTORY, and the running service has \
                     none in {RUNNING_SERVICE} that can be read here"
                )
            }),
        },
    }
}

fn read_file(path: &Path, environment: &dyn Environment) -> Result<String, String> {
    let bytes = environment.read(path).map_err(|why| format!("{} cannot be read: {why}", path.display()))?;
    let text = String::from_utf8(bytes).map_err(|_| format!("{} is not text", path.display()))?;
    let secret = text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
    if secret.is_empty() { Err(format!("{} is empty", path.display())) } else { Ok(secret.to_owned()) }
}

/// Fills `{secret:name}` in a header's value, which is one line: a file with more in it is no secret for a header.
pub fn fill_line(text: &str, span: &Range<usize>, secrets: &Secrets, page: &mut Page) -> SecretString {
    let filled = fill(text, span, secrets, page);
    if filled.expose_secret().chars().any(char::is_control) && !text.chars().any(char::is_control) {
        page.error("invalid-secret", span, "a secret in this header is more than one line of text")
            .label("cannot be sent")
            .help("its file or variable holds the secret alone, on one line");
    }
    filled
}

/// A text with a word in the place of each secret, to look at its form.
pub fn blanked(text: &str, word: &str) -> String {
    let (mut blank, mut rest) = (String::new(), text);
    while let Some((before, _, after)) = next_reference(rest) {
        blank.push_str(before);
        blank.push_str(word);
        rest = after;
    }
    blank.push_str(rest);
    blank
}

/// Fills `{secret:name}` in a text. A name that is not declared is reported and left.
pub fn fill(text: &str, span: &Range<usize>, secrets: &Secrets, page: &mut Page) -> SecretString {
    let (mut filled, mut rest) = (String::new(), text);
    while let Some((before, name, after)) = next_reference(rest) {
        filled.push_str(before);
        match secrets.known.get(name) {
            Some(secret) => filled.push_str(secret.as_ref().map_or("", |secret| secret.expose_secret())),
            None => {
                let offset = text.len() - rest.len() + before.len() + OPEN.len();
                let column = text.get(..offset).map_or(1, |start| start.chars().count() + 1);
                unknown(name, &page.inside_range(span, column, name.chars().count()), secrets, page);
            }
        }
        rest = after;
    }
    if rest.contains(OPEN) {
        page.error("unknown-reference", span, "`{secret:` is not closed by `}`").label("expected `{secret:name}`");
    }
    filled.push_str(rest);
    SecretString::from(filled)
}

const OPEN: &str = "{secret:";

fn next_reference(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once(OPEN)?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

fn unknown(name: &str, span: &Range<usize>, secrets: &Secrets, page: &mut Page) {
    if secrets.are_elsewhere {
        page.warning("unknown-reference", span, format!("whether there is a secret `{name}` is not known"))
            .label("declared in `[secrets]` of the settings, which are not read here")
            .help("check the settings instead: their watches are checked with them");
        return;
    }
    page.error("unknown-reference", span, format!("there is no secret `{name}`"))
        .label("expected a name of `[secrets]` in the settings")
        .nearest(name, secrets.known.keys().map(String::as_str));
}
