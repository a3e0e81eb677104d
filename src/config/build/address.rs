//! Mail addresses and URLs: whether they can be used at all.

use std::ops::Range;

use url::Url;

use crate::config::secrets;
use crate::notify;
use crate::settings::{Node, Page};

/// Checks a mailbox, `Desk <desk@example.org>` or the bare address, as it will be read when mail is sent.
pub fn mailbox(node: &Node, page: &mut Page) -> Option<String> {
    let text = node.text()?;
    match notify::parse_mailbox(text) {
        Ok(_) => Some(text.to_owned()),
        Err(why) => {
            page.error("invalid-address", &node.span, why)
                .label("expected `name@example.org` or `Name <name@example.org>`");
            None
        }
    }
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
