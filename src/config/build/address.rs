//! Mail addresses and URLs: whether they can be used at all.

use std::ops::Range;

use url::Url;

use crate::config::secrets;
use crate::settings::{Node, Page};

/// Checks a mailbox, `Desk <desk@example.org>` or the bare address.
pub fn mailbox(node: &Node, page: &mut Page) -> Option<String> {
    let text = node.text()?;
    if is_mailbox(text) {
        return Some(text.to_owned());
    }
    page.error("invalid-address", &node.span, format!("`{text}` is not a mail address"))
        .label("expected `name@example.org` or `Name <name@example.org>`");
    None
}

fn is_mailbox(text: &str) -> bool {
    if text.chars().any(char::is_control) {
        return false;
    }
    match text.trim().strip_suffix('>').map(|rest| rest.split_once('<')) {
        Some(Some((_, address))) => is_address(address),
        Some(None) => false,
        None => is_address(text.trim()),
    }
}

fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let plain = |c: char| !c.is_whitespace() && !"<>()[]\\,;:\"@".contains(c);
    !local.is_empty()
        && local.chars().all(plain)
        && !domain.is_empty()
        && domain.split('.').all(|part| !part.is_empty() && !part.starts_with('-') && part.chars().all(plain))
}

/// Checks that an address, its secrets filled in or not, is a URL with one of some schemes.
pub fn url(text: &str, span: &Range<usize>, schemes: &[&str], page: &mut Page) -> bool {
    let expected = format!("expected {}", schemes.iter().map(|s| format!("`{s}:`")).collect::<Vec<_>>().join(", "));
    // The braces of a secret are no URL characters; any word does for the check.
    const SECRET: &str = "secret";
    let why = match Url::parse(&secrets::blanked(text, SECRET)) {
        Ok(url) if url.password().is_some_and(|password| password != SECRET) => return plain_password(span, page),
        Ok(url) if schemes.contains(&url.scheme()) => return true,
        Ok(url) => format!("the scheme `{}` is not fetched", url.scheme()),
        // The text itself may hold a password, so only its line shows it, masked where it does.
        Err(why) => format!("this is not a URL: {why}"),
    };
    page.error("invalid-url", span, why).label(expected);
    false
}

fn plain_password(span: &Range<usize>, page: &mut Page) -> bool {
    page.mask(span);
    page.error("plain-secret", span, "the address has a password written out")
        .label("expected `{secret:name}` in its place")
        .help("declare the secret in `[secrets]` of the settings");
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mailboxes_are_told_from_other_text() {
        for right in ["a@example.org", "Desk <desk@example.org>", "a+b@localhost", "Ж <ж@приклад.укр>"] {
            assert!(is_mailbox(right), "{right}");
        }
        for wrong in ["", "a", "a@", "@b", "a b@c.org", "a@b..org", "A <a@b.org", "a@b@c", "a@b\nBcc: c", "a@b.org>"] {
            assert!(!is_mailbox(wrong), "{wrong}");
        }
    }
}
