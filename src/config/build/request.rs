//! What a feed asks for: its address, headers and body, and who it says it is.

use std::path::PathBuf;

use jiff::Timestamp;
use secrecy::SecretString;

use super::address;
use super::watch::Scope;
use crate::config::{paths, secrets};
use crate::fetch::{Auth, Grant, Login, Target, fill_times};
use crate::settings::{Entries, Entry, Node, Page};

/// What is asked for; `None` where it cannot be, which was reported.
pub fn target(entries: &Entries, scope: &Scope<'_>, page: &mut Page) -> Option<Target> {
    let node = entries.get("url")?;
    let shown = node.text()?.to_owned();
    let url = secrets::fill(&shown, &node.span, scope.secrets, page);
    let header = |entry: &Entry| {
        let value = secrets::fill_line(entry.node.text()?, &entry.node.span, scope.secrets, page);
        Some((entry.name.clone(), value))
    };
    let headers: Vec<(String, SecretString)> = entries.entries("headers").iter().filter_map(header).collect();
    check_headers(entries.entries("headers"), page);
    let body = entries.get("body").and_then(|node| Some(secrets::fill(node.text()?, &node.span, scope.secrets, page)));
    let method = entries.text("method").unwrap_or("GET").to_owned();
    check_times(entries, page);
    let auth = auth(entries, scope, page);
    let usable = address::url(&shown, &node.span, &["https", "http", "file"], page);
    let path = file_path(&shown, page);
    usable.then_some(Target { method, headers, body, auth, path, ..Target::get(url, shown) })
}

/// Reports times that cannot be written as they are asked for.
fn check_times(entries: &Entries, page: &mut Page) {
    let texts = ["url", "body"].into_iter().filter_map(|key| entries.get(key));
    for node in texts.chain(entries.entries("headers").iter().map(|entry| &entry.node)) {
        if let Some(Err(why)) = node.text().map(|text| fill_times(text, Timestamp::UNIX_EPOCH)) {
            page.error("invalid-time", &node.span, why).label("this time");
        }
    }
}

/// Headers whose value is a secret by their meaning.
const SECRET_HEADERS: [&str; 5] = ["authorization", "proxy-authorization", "cookie", "x-api-key", "x-auth-token"];

fn check_headers(headers: &[Entry], page: &mut Page) {
    for entry in headers {
        let plain = entry.node.text().is_some_and(|value| !value.contains("{secret:"));
        if plain && SECRET_HEADERS.contains(&entry.name.to_ascii_lowercase().as_str()) {
            page.mask(&entry.node.span);
            page.error("plain-secret", &entry.node.span, format!("`{}` is written out", entry.name))
                .label("expected `{secret:name}`")
                .help("declare the secret in `[secrets]` of the settings");
        }
        let token =
            !entry.name.is_empty() && entry.name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        if !token || entry.node.text().is_some_and(|value| value.contains(['\r', '\n'])) {
            page.error("invalid-header", &entry.name_span, format!("`{}` cannot be sent as a header", entry.name))
                .label("expected a name of letters, digits and `-`, and a value of one line");
        }
    }
}

/// The file of a `file:` URL: `file:recorded/a.xml` beside the naming file, `file:///a.xml` as it is.
fn file_path(url: &str, page: &Page) -> Option<PathBuf> {
    let rest = url.strip_prefix("file:")?;
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    Some(paths::beside(&page.path, rest))
}

/// Who the feed says it is; `None` where nobody, or where it cannot be used, which was reported.
fn auth(entries: &Entries, scope: &Scope<'_>, page: &mut Page) -> Option<Auth> {
    let table = entries.table("auth")?;
    if let Some(entry) =
        entries.entries("headers").iter().find(|entry| entry.name.eq_ignore_ascii_case("authorization"))
    {
        page.error("ambiguous", &entry.name_span, "`auth` and an `Authorization` header are both given")
            .label("expected one of them");
    }
    let [only] = table.list.as_slice() else {
        if table.broken.is_empty() {
            page.error("ambiguous", &table.span, "it is shown in exactly one way who asks")
                .label("expected one of `basic`, `bearer` and `oauth`");
        }
        return None;
    };
    match only.name.as_str() {
        "bearer" => secret(&only.node, scope, page).map(Auth::Bearer),
        "basic" => login(only.node.table()?, scope, page).map(Auth::Basic),
        _ => grant(only.node.table()?, scope, page).map(|grant| Auth::OAuth(Box::new(grant))),
    }
}

fn login(entries: &Entries, scope: &Scope<'_>, page: &mut Page) -> Option<Login> {
    let username = entries.get("username").and_then(|node| filled(node, scope, page));
    let password = entries.get("password").and_then(|node| secret(node, scope, page));
    Some(Login { username: username?, password: password? })
}

fn grant(entries: &Entries, scope: &Scope<'_>, page: &mut Page) -> Option<Grant> {
    let is_of_user = entries.text("grant") == Some("password");
    for key in ["username", "password"].into_iter().filter(|_| entries.text("grant").is_some()) {
        if is_of_user && !entries.has(key) {
            page.error("missing-key", &entries.span, format!("`grant = \"password\"` has no `{key}`"))
                .label(format!("`{key}` has to be given"));
            return None;
        }
    }
    if !is_of_user {
        super::misplaced(
            &["username", "password"],
            entries,
            "the client itself",
            "`grant = \"password\"` has it",
            page,
        );
    }
    let login = if is_of_user { Some(login(entries, scope, page)?) } else { None };
    let node = entries.get("token_url")?;
    let shown = node.text()?.to_owned();
    let usable = address::url(&shown, &node.span, &["https", "http"], page);
    let client_secret = match entries.get("client_secret") {
        Some(node) => Some(secret(node, scope, page)?),
        None => None,
    };
    usable.then_some(Grant {
        url: secrets::fill(&shown, &node.span, scope.secrets, page),
        shown,
        client_id: filled(entries.get("client_id")?, scope, page)?,
        client_secret,
        scope: entries.string("scope"),
        login,
    })
}

fn filled(node: &Node, scope: &Scope<'_>, page: &mut Page) -> Option<SecretString> {
    Some(secrets::fill_line(node.text()?, &node.span, scope.secrets, page))
}

/// A value that has to come from `[secrets]`.
fn secret(node: &Node, scope: &Scope<'_>, page: &mut Page) -> Option<SecretString> {
    if node.text()?.contains("{secret:") {
        return filled(node, scope, page);
    }
    page.mask(&node.span);
    page.error("plain-secret", &node.span, "a secret is written out")
        .label("expected `{secret:name}`")
        .help("declare the secret in `[secrets]` of the settings");
    None
}
