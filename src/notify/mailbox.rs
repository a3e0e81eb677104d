//! A mailbox as people write it: `Desk <desk@example.org>` or a bare address.
//!
//! Stricter than RFC 5322 where its freedom only serves attacks (comments,
//! quoted local parts, address literals, several mailboxes in one), laxer
//! where people are (a comma or a point in an unquoted name). What comes out
//! can be written into any header and any envelope: a domain in ASCII, a one-line
//! name. The part before the `@` may be in any script (RFC 6531); whether a
//! server can take it shows when it is asked.

use crate::model::text::one_line;

/// A display name longer than this is cut: it is a name, not a text.
const NAME_LIMIT: usize = 100;

/// An address with the name it is shown under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// The display name, without quotes; `None` for a bare address.
    pub name: Option<String>,
    /// The part before the `@`.
    pub local: String,
    /// The part after it, in ASCII (punycode where it was not).
    pub domain: String,
}

impl Mailbox {
    /// The bare address, for the envelope.
    pub fn address(&self) -> String {
        format!("{}@{}", self.local, self.domain)
    }
}

/// Reads one mailbox.
///
/// # Errors
/// What is wrong with it and what was expected, as a sentence.
pub fn parse_mailbox(text: &str) -> Result<Mailbox, String> {
    let text = text.trim();
    let shown = one_line(text, 80);
    let (name, address) = split(text).map_err(|why| refusal(&shown, why))?;
    let name = one_line(&unquoted(name).map_err(|why| refusal(&shown, why))?, NAME_LIMIT);
    let (local, domain) = parts(address).map_err(|why| refusal(&shown, why))?;
    Ok(Mailbox { name: (!name.is_empty()).then_some(name), local, domain })
}

fn refusal(shown: &str, why: &str) -> String {
    format!("`{shown}` is not a mail address: {why}; expected `name@example.org` or `Name <name@example.org>`")
}

/// Display name (empty for none) and address.
fn split(text: &str) -> Result<(&str, &str), &'static str> {
    if text.is_empty() {
        return Err("it is empty");
    }
    let Some(inner) = text.strip_suffix('>') else {
        return if text.contains(['<', '>']) { Err("the `<` is not closed by a last `>`") } else { Ok(("", text)) };
    };
    let (name, address) = inner.rsplit_once('<').ok_or("there is a `>` without `<`")?;
    Ok((name.trim(), address.trim()))
}

/// A display name without its quotes.
fn unquoted(name: &str) -> Result<String, &'static str> {
    let Some(rest) = name.strip_prefix('"') else {
        return if name.contains(['"', '<', '>', '@']) {
            Err("its name has to be in quotes")
        } else {
            Ok(name.to_owned())
        };
    };
    let mut plain = String::new();
    let mut chars = rest.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => plain.extend(chars.next()),
            '"' if chars.as_str().trim().is_empty() => return Ok(plain),
            '"' => return Err("there is text behind the quoted name"),
            c => plain.push(c),
        }
    }
    Err("the quote of its name is not closed")
}

/// Local part and ASCII domain.
fn parts(address: &str) -> Result<(String, String), &'static str> {
    let (local, domain) = address.split_once('@').ok_or("there is no `@`")?;
    if !is_dot_atom(local) {
        return Err(
            "the part before the `@` may have letters, digits and !#$%&'*+-/=?^_`{|}~, with single dots between",
        );
    }
    if local.len() > 64 {
        return Err("the part before the `@` is longer than 64 octets");
    }
    let domain = ascii_domain(domain).ok_or("the part after the `@` is not a host name")?;
    // RFC 5321 section 4.5.3.1.3 as corrected: 256 octets of path with its angle brackets.
    if local.len() + 1 + domain.len() > 254 {
        return Err("it is longer than 254 characters");
    }
    Ok((local.to_owned(), domain))
}

/// RFC 5322 section 3.2.3, beyond ASCII as RFC 6531 section 3.3 widens it: letters and digits, nothing that steers.
fn is_dot_atom(local: &str) -> bool {
    let is_atom = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atom))
}

/// A domain in its ASCII form (IDNA).
fn ascii_domain(domain: &str) -> Option<String> {
    let Ok(url::Host::Domain(ascii)) = url::Host::parse(domain) else { return None };
    let is_label = |label: &str| {
        let inner = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(inner)
    };
    ascii.split('.').all(is_label).then_some(ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<(Option<&str>, &str), &str>) {
        match (parse_mailbox(text), expected) {
            (Ok(mailbox), Ok((name, address))) => {
                assert_eq!((mailbox.name.as_deref(), mailbox.address().as_str()), (name, address), "{text}");
            }
            (Err(sentence), Err(part)) => assert!(sentence.contains(part), "{text}: {sentence}"),
            (found, expected) => panic!("{text}: {found:?} instead of {expected:?}"),
        }
    }

    #[test]
    fn mailboxes_as_people_write_them() {
        check("desk@example.org", Ok((None, "desk@example.org")));
        check(" <desk@example.org> ", Ok((None, "desk@example.org")));
        check("Desk <desk@example.org>", Ok((Some("Desk"), "desk@example.org")));
        check("Ops, night desk <a.b+c@example.org>", Ok((Some("Ops, night desk"), "a.b+c@example.org")));
        check(r#""Desk \"A\", <1>" <desk@example.org>"#, Ok((Some(r#"Desk "A", <1>"#), "desk@example.org")));
        check("Черговий <desk@example.org>", Ok((Some("Черговий"), "desk@example.org")));
        check("desk@приклад.укр", Ok((None, "desk@xn--80aikifvh.xn--j1amh")));
        check("root@localhost", Ok((None, "root@localhost")));
        check("черговий@приклад.укр", Ok((None, "черговий@xn--80aikifvh.xn--j1amh")));
        check("A\r\nBcc: x <desk@example.org>", Ok((Some("A Bcc: x"), "desk@example.org")));
    }

    #[test]
    fn what_is_no_mailbox_says_why() {
        check("", Err("empty"));
        check("desk", Err("no `@`"));
        check("Desk <desk@example.org", Err("not closed"));
        check("desk@example.org>", Err("without `<`"));
        check("a@example.org, b@example.org", Err("host name"));
        check("a@b@example.org", Err("host name"));
        check("a@b.org <desk@example.org>", Err("in quotes"));
        check("\"Desk <desk@example.org>", Err("not closed"));
        check("\"Desk\" x <desk@example.org>", Err("behind the quoted name"));
        check("a..b@example.org", Err("before the `@`"));
        check("чергов\u{202e}ий@example.org", Err("before the `@`"));
        check("a\u{a0}b@example.org", Err("before the `@`"));
        check("a@[127.0.0.1]", Err("host name"));
        check("a@127.0.0.1", Err("host name"));
        check("a@exa mple.org", Err("host name"));
        check("a@-x.org", Err("host name"));
        check(&format!("{}@example.org", "a".repeat(65)), Err("longer than 64"));
        check("a@example.org\r\nRCPT TO:<b@example.org>", Err("in quotes"));
    }
}
