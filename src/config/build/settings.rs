//! `watchfloor.toml` → [`Settings`].

use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use secrecy::SecretString;

use super::{address, check_positive, email, zone};
use crate::config::environment::Environment;
use crate::config::paths::beside;
use crate::config::plan::{Log, LogFormat, Settings};
use crate::config::secrets::Secrets;
use crate::config::{secrets, unsupported};
use crate::fetch;
use crate::model::likelihood::Lexicon;
use crate::model::money::{Rate, Rates};
use crate::settings::{Entries, Entry, Page};

/// The settings that a file states, defaults for what it leaves out.
pub fn settings(root: &Entries, secrets: &Secrets, page: &mut Page, environment: &dyn Environment) -> Settings {
    unsupported::check("the settings", root, page);
    let empty = Entries::default();
    let store = root.table("store").unwrap_or(&empty);
    let (zone_name, zone) = zone(root, "timezone", page).unwrap_or_else(|| ("UTC".to_owned(), TimeZone::UTC));
    Settings {
        file: page.path.clone(),
        store: store_path(store.text("path"), &page.path, environment),
        socket: environment_folder("RUNTIME_DIRECTORY", environment).map(|dir| dir.join("watchfloor.sock")),
        keep_items: store.duration("keep_items").unwrap_or(SignedDuration::from_hours(400 * 24)),
        lexicon: lexicon(root.text("lexicon")),
        zone_name,
        zone,
        http: http(root.table("http").unwrap_or(&empty), secrets, page),
        email: root.table("email").and_then(|table| email::email(table, secrets, page, environment)),
        log: log(root.table("log").unwrap_or(&empty)),
        rates: rates(root.table("rates"), page),
        listen: listen(root.table("web"), page),
    }
}

fn store_path(path: Option<&str>, file: &Path, environment: &dyn Environment) -> PathBuf {
    match path {
        Some(path) => beside(file, path),
        None => match environment_folder("STATE_DIRECTORY", environment) {
            Some(dir) => dir.join("watchfloor.db"),
            None => beside(file, "watchfloor.db"),
        },
    }
}

/// A folder that the service manager made for us. It separates several by colons; ours is the first.
fn environment_folder(variable: &str, environment: &dyn Environment) -> Option<PathBuf> {
    let folders = environment.var(variable).filter(|folders| !folders.is_empty())?;
    folders.split(':').next().map(PathBuf::from)
}

fn lexicon(word: Option<&str>) -> Lexicon {
    match word {
        Some("ajp2") => Lexicon::Ajp2,
        Some("phia") => Lexicon::Phia,
        _ => Lexicon::Icd203,
    }
}

fn log(entries: &Entries) -> Log {
    let level = |entry: &Entry| Some((entry.name.clone(), entry.node.text()?.to_owned()));
    Log {
        level: entries.string("level").unwrap_or_else(|| "info".to_owned()),
        levels: entries.entries("levels").iter().filter_map(level).collect(),
        format: match entries.text("format") {
            Some("text") => LogFormat::Text,
            Some("json") => LogFormat::Json,
            _ => LogFormat::Auto,
        },
    }
}

/// What one unit of each currency is worth from each date on.
fn rates(table: Option<&Entries>, page: &mut Page) -> Rates {
    let mut rows = Vec::new();
    for currency in table.map(|table| table.list.as_slice()).unwrap_or_default() {
        if !is_currency(&currency.name) {
            page.error("unknown-word", &currency.name_span, format!("`{}` is not a currency", currency.name))
                .label("expected an ISO 4217 code such as `USD`");
        }
        for entry in currency.node.table().map(|dates| dates.list.as_slice()).unwrap_or_default() {
            match (entry.name.parse(), entry.node.number().filter(|worth| *worth > 0.0)) {
                (Ok(from), Some(worth)) => rows.push(Rate { currency: currency.name.clone(), from, worth }),
                (Err(_), _) => {
                    page.error("wrong-type", &entry.name_span, format!("`{}` is not a date", entry.name))
                        .label("expected a date such as `2026-03-31`");
                }
                (_, None) => {
                    page.error("out-of-range", &entry.node.span, "a currency is worth something")
                        .label("expected more than 0");
                }
            }
        }
    }
    Rates::new(rows)
}

/// Whether a word has the form of an ISO 4217 code.
pub(super) fn is_currency(word: &str) -> bool {
    word.len() == 3 && word.bytes().all(|b| b.is_ascii_uppercase())
}

fn http(entries: &Entries, secrets: &Secrets, page: &mut Page) -> fetch::Settings {
    check_positive("timeout", entries, page);
    if entries.text("user_agent").is_some_and(|value| !value.bytes().all(|b| b == b' ' || b.is_ascii_graphic())) {
        page.error("invalid-header", &entries.span_of("user_agent"), "`user_agent` cannot be sent as a header")
            .label("expected printable ASCII on one line");
    }
    let version = concat!("watchfloor/", env!("CARGO_PKG_VERSION"));
    fetch::Settings {
        user_agent: entries.string("user_agent").unwrap_or_else(|| version.to_owned()),
        timeout: entries.duration("timeout").unwrap_or(SignedDuration::from_secs(30)),
        max_body: entries.size("max_body").unwrap_or(16 << 20),
        concurrency: entries.count("concurrency").map_or(64, |count| count as usize),
        per_host_interval: entries.duration("per_host_interval").unwrap_or(SignedDuration::from_secs(2)),
        proxy: proxy(entries, secrets, page),
        allow_private: entries.bool("allow_private").unwrap_or(false),
    }
}

fn proxy(entries: &Entries, secrets: &Secrets, page: &mut Page) -> Option<SecretString> {
    let node = entries.get("proxy")?;
    let text = node.text()?;
    let usable = address::url(text, &node.span, &["http", "https", "socks5", "socks5h"], page);
    usable.then(|| secrets::fill(text, &node.span, secrets, page))
}

fn listen(web: Option<&Entries>, page: &mut Page) -> Option<std::net::SocketAddr> {
    let node = web?.get("listen")?;
    let text = node.text()?;
    text.parse().ok().or_else(|| {
        page.error("invalid-address", &node.span, format!("`{text}` is not an address to listen on"))
            .label("expected an IP address and a port such as `127.0.0.1:8417`");
        None
    })
}
