//! `[email]` → [`Email`].

use secrecy::ExposeSecret;

use super::address;
use crate::config::environment::Environment;
use crate::config::paths::beside;
use crate::config::plan::Email;
use crate::config::secrets::{self, Secrets};
use crate::fetch::{Schedule, Target};
use crate::notify::{self, Dkim, Login, Sender, Smtp, Tls, Transport};
use crate::settings::{Entries, Page};

/// `[email]`; `None` where it cannot be used.
pub fn email(entries: &Entries, secrets: &Secrets, page: &mut Page, environment: &dyn Environment) -> Option<Email> {
    let from = entries.get("from").and_then(|node| address::mailbox(node, page));
    let to = recipients(entries, page);
    let transport = transport(entries, page, environment);
    let digest = entries.get("digest").and_then(|node| cron(node.text()?, &node.span, page));
    let heartbeat = heartbeat(entries, secrets, page);
    let unsubscribe = unsubscribe(entries, page);
    let dkim = entries.table("dkim").and_then(|table| dkim(table, from.as_deref(), page, environment));
    let sender = Sender { from: from?, unsubscribe, dkim };
    Some(Email { sending: notify::Settings { sender, transport: transport? }, to, digest, heartbeat })
}

/// The addresses of `to`.
pub fn recipients(entries: &Entries, page: &mut Page) -> Vec<String> {
    entries.items("to").iter().filter_map(|node| address::mailbox(node, page)).collect()
}

/// A cron expression.
pub fn cron(text: &str, span: &std::ops::Range<usize>, page: &mut Page) -> Option<Schedule> {
    match Schedule::cron(text) {
        Ok(schedule) => Some(schedule),
        Err(why) => {
            page.error("invalid-cron", span, format!("`{text}` is not a cron expression: {why}"))
                .label("expected minute, hour, day of month, month, day of week");
            None
        }
    }
}

fn heartbeat(entries: &Entries, secrets: &Secrets, page: &mut Page) -> Option<Target> {
    let node = entries.get("heartbeat")?;
    let text = node.text()?;
    address::url(text, &node.span, &["https", "http"], page)
        .then(|| Target::get(secrets::fill(text, &node.span, secrets, page), text.to_owned()))
}

fn unsubscribe(entries: &Entries, page: &mut Page) -> Option<String> {
    let node = entries.get("unsubscribe")?;
    let text = node.text()?;
    let is_one_word = text.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'<' | b'>'));
    if !is_one_word || !(text.starts_with("mailto:") || text.starts_with("https://")) {
        page.error("invalid-url", &node.span, format!("`{text}` is no address to unsubscribe at"))
            .label("expected `mailto:` or `https://` and no blanks, like `mailto:desk@example.org`");
        return None;
    }
    Some(text.to_owned())
}

/// `dkim`; the domain is that of the sender where none is given.
fn dkim(entries: &Entries, from: Option<&str>, page: &mut Page, environment: &dyn Environment) -> Option<Dkim> {
    let key = entries.table("key").and_then(|source| secrets::read(source, page, environment))?;
    let own = from.and_then(|from| notify::parse_mailbox(from).ok()).map(|mailbox| mailbox.domain);
    let domain = entries.string("domain").or(own)?;
    let selector = entries.string("selector")?;
    for (name, text) in [("domain", &domain), ("selector", &selector)] {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if !text.chars().all(is_plain) {
            page.error("invalid-address", &entries.span_of(name), format!("`{text}` is no name of the DNS"))
                .label("expected letters, digits, `-` and `.`");
            return None;
        }
    }
    match Dkim::new(&domain, &selector, key.expose_secret()) {
        Ok(dkim) => Some(dkim),
        Err(why) => {
            page.error("invalid-secret", &entries.span_of("key"), format!("the key for signing cannot be used: {why}"));
            None
        }
    }
}

fn transport(entries: &Entries, page: &mut Page, environment: &dyn Environment) -> Option<Transport> {
    match entries.text("transport") {
        Some("smtp") => match entries.table("smtp") {
            Some(table) => smtp(table, page, environment).map(Transport::Smtp),
            None => {
                page.error("missing-key", &entries.span_of("transport"), "`transport = \"smtp\"` has no `smtp`")
                    .label("`smtp = { host = \"…\" }` has to be given");
                None
            }
        },
        Some("sendmail") => {
            Some(Transport::Sendmail { path: entries.text("sendmail").unwrap_or("/usr/sbin/sendmail").into() })
        }
        _ => Some(Transport::File { dir: beside(&page.path, entries.text("dir").unwrap_or("mail")) }),
    }
}

fn smtp(entries: &Entries, page: &mut Page, environment: &dyn Environment) -> Option<Smtp> {
    let host = entries.string("host")?;
    let (tls, port) = match entries.text("tls") {
        Some("starttls") => (Tls::Starttls, 587),
        Some("none") => (Tls::None, 25),
        _ => (Tls::Implicit, 465),
    };
    if tls == Tls::None && !matches!(host.as_str(), "localhost" | "127.0.0.1" | "::1") {
        page.error("unprotected", &entries.span_of("tls"), format!("mail to {host} would go unprotected"))
            .label("`none` only to this machine")
            .help("use `implicit` or `starttls`");
    }
    let password = entries.table("password").and_then(|source| secrets::read(source, page, environment));
    let login = if entries.text("auth") == Some("xoauth2") { Login::Xoauth2 } else { Login::Password };
    let token = entries.table("password").and_then(|source| source.text("file")).filter(|_| login == Login::Xoauth2);
    if entries.has("username") != entries.has("password") {
        page.error("missing-key", &entries.span, "`username` and `password` go together")
            .label("one of them is missing");
    }
    Some(Smtp {
        host,
        port: entries.count("port").and_then(|port| u16::try_from(port).ok()).unwrap_or(port),
        tls,
        username: entries.string("username"),
        login,
        password,
        token_file: token.map(|path| beside(&page.path, path)),
        ca_file: entries.text("ca_file").map(|path| beside(&page.path, path)),
    })
}
