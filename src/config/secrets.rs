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

/// The secrets of `[secrets]`; `None`: declared, and missing, which was reported.
pub type Secrets = BTreeMap<String, Option<SecretString>>;

/// Finds every secret of `[secrets]`.
pub fn read_all(entries: &[Entry], page: &mut Page, environment: &dyn Environment) -> Secrets {
    let one = |entry: &Entry| {
        let found = entry.node.table().and_then(|source| read(source, page, environment));
        (entry.name.clone(), found)
    };
    entries.iter().map(one).collect()
}

/// Finds one secret; what is wrong goes to the page.
pub fn read(source: &Entries, page: &mut Page, environment: &dyn Environment) -> Option<SecretString> {
    if !source.broken.is_empty() {
        return None;
    }
    let found = match source.list.as_slice() {
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
            None => Err(format!("the credential `{word}` is not there: systemd set no $CREDENTIALS_DIRECTORY")),
        },
    }
}

fn read_file(path: &Path, environment: &dyn Environment) -> Result<String, String> {
    let bytes = environment.read(path).map_err(|why| format!("{} cannot be read: {why}", path.display()))?;
    let text = String::from_utf8(bytes).map_err(|_| format!("{} is not text", path.display()))?;
    let secret = text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
    if secret.is_empty() { Err(format!("{} is empty", path.display())) } else { Ok(secret.to_owned()) }
}

/// Fills `{secret:name}` in a text. A name that is not declared is reported and left.
pub fn fill(text: &str, span: &Range<usize>, secrets: &Secrets, page: &mut Page) -> SecretString {
    let (mut filled, mut rest) = (String::new(), text);
    while let Some((before, name, after)) = next_reference(rest) {
        filled.push_str(before);
        match secrets.get(name) {
            Some(secret) => filled.push_str(secret.as_ref().map_or("", |secret| secret.expose_secret())),
            None => {
                let offset = text.len() - rest.len() + before.len() + "{secret:".len();
                let column = text.get(..offset).map_or(1, |start| start.chars().count() + 1);
                unknown(name, &page.inside_range(span, column, name.chars().count()), secrets, page);
            }
        }
        rest = after;
    }
    filled.push_str(rest);
    SecretString::from(filled)
}

fn next_reference(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("{secret:")?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

fn unknown(name: &str, span: &Range<usize>, secrets: &Secrets, page: &mut Page) {
    page.error("unknown-reference", span, format!("there is no secret `{name}`"))
        .label("expected a name of `[secrets]` in the settings")
        .nearest(name, secrets.keys().map(String::as_str));
}
