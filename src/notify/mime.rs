//! Letter → headers and body as they go over the wire.
//!
//! The same message always gives the same bytes: its date, id and boundary
//! come from the message and not from the moment of sending, so that a retry
//! is recognisably the same mail.

use std::fmt::Write as _;

use jiff::Timestamp;
use lettre::Address;
use lettre::message::header::{ContentType, Date, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox as Shown, MessageBuilder, MultiPart, SinglePart};
use sha2::{Digest, Sha256};

use super::letter::Letter;
use super::mailbox::Mailbox;
use super::picture::Picture;
use super::safe::message_id;
use crate::model::notification::{Message, Thread};

/// Earlier messages named in `References`: the root and the newest, as RFC 5322 section 3.6.4 allows to trim.
const REFERENCES: usize = 20;

/// The body of a mail.
pub(super) enum Body {
    /// Text only: what is left when laying out failed.
    Plain(String),
    /// The same in text and HTML.
    Alternative {
        /// The text part.
        text: String,
        /// The HTML part.
        html: String,
        /// The pictures that it shows.
        pictures: Vec<Picture>,
    },
}

/// A message with what its headers are made from.
pub(super) struct Addressed<'a> {
    /// The message.
    pub message: &'a Message,
    /// Who sends it.
    pub from: &'a Mailbox,
    /// Who gets it.
    pub to: &'a Mailbox,
    /// Where they may ask to get no more.
    pub unsubscribe: Option<&'a str>,
}

/// The bytes of a mail.
///
/// # Errors
/// What could not be written, as a sentence.
pub(super) fn assemble(addressed: &Addressed<'_>, letter: &Letter, body: Body) -> Result<Vec<u8>, String> {
    let headed = head(addressed, letter)?;
    let id = &addressed.message.message_id;
    let built = match body {
        Body::Plain(text) => headed.singlepart(SinglePart::plain(text)),
        Body::Alternative { text, html, pictures } => {
            let (outer, inner) = (boundary(id, &text, &html), boundary(id, &html, &text));
            let parts = MultiPart::alternative().boundary(outer).singlepart(SinglePart::plain(text));
            let html = SinglePart::html(html);
            headed.multipart(match pictures.as_slice() {
                [] => parts.singlepart(html),
                _ => parts.multipart(related(html, pictures, inner)?),
            })
        }
    };
    built.map(|mail| mail.formatted()).map_err(|error| format!("the message cannot be written: {error}"))
}

/// The HTML part with its pictures (RFC 2387).
fn related(html: SinglePart, pictures: Vec<Picture>, boundary: String) -> Result<MultiPart, String> {
    let png = ContentType::parse("image/png").map_err(|error| format!("a picture cannot be attached: {error}"))?;
    let parts = MultiPart::related().boundary(boundary).singlepart(html);
    Ok(pictures
        .into_iter()
        .fold(parts, |parts, one| parts.singlepart(Attachment::new_inline(one.id).body(one.bytes, png.clone()))))
}

fn head(addressed: &Addressed<'_>, letter: &Letter) -> Result<MessageBuilder, String> {
    let Addressed { message, from, to, unsubscribe } = addressed;
    let mut builder = lettre::Message::builder()
        .header(Date::new(sendable(message.created).into()))
        .from(shown(from)?)
        .to(shown(to)?)
        .subject(letter.subject.as_str())
        .raw_header(constant("Message-ID", &bracketed(&message.message_id)))
        .raw_header(constant("Auto-Submitted", "auto-generated"))
        .raw_header(constant("List-Id", &list_id(message.watch.as_deref(), &from.domain)));
    if let Some(address) = unsubscribe {
        builder = builder.raw_header(constant("List-Unsubscribe", &format!("<{address}>")));
    }
    let references = references(&message.thread);
    if let Some(parent) = references.last() {
        builder = builder
            .raw_header(constant("In-Reply-To", parent))
            .raw_header(constant("References", &references.join("\r\n ")));
    }
    Ok(builder)
}

/// A header of ours whose value is ASCII and folded already.
///
/// `HeaderValue::new` would encode or fold in the middle of an id where an id is long.
fn constant(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.to_owned(), value.to_owned())
}

/// A mailbox as the builder takes it. Its name has no control characters (`parse_mailbox`): the builder panics on them.
fn shown(mailbox: &Mailbox) -> Result<Shown, String> {
    let address = Address::new(mailbox.local.as_str(), mailbox.domain.as_str());
    let address =
        address.map_err(|error| format!("`{}` cannot be written as an address: {error}", mailbox.address()))?;
    Ok(Shown::new(mailbox.name.clone(), address))
}

/// The time a `Date` can say: the builder panics before 1970 and after 9999.
fn sendable(at: Timestamp) -> Timestamp {
    at.max(Timestamp::UNIX_EPOCH)
}

fn bracketed(id: &str) -> String {
    format!("<{}>", message_id(id))
}

/// RFC 2919: one list a watch, so that a reader can file each under its own folder.
fn list_id(watch: Option<&str>, domain: &str) -> String {
    let is_allowed = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let watch: String = watch.unwrap_or_default().chars().filter(is_allowed).take(64).collect();
    if watch.is_empty() { format!("<watchfloor.{domain}>") } else { format!("<{watch}.watchfloor.{domain}>") }
}

/// The thread's ids, its phantom root first, the newest last.
fn references(thread: &Thread) -> Vec<String> {
    let newest = thread.earlier.get(thread.earlier.len().saturating_sub(REFERENCES)..).unwrap_or_default();
    thread.root.iter().chain(newest).map(|id| bracketed(id)).filter(|id| id.len() > 2).collect()
}

/// A boundary that no part can hold: it is the digest of the parts.
fn boundary(id: &str, text: &str, html: &str) -> String {
    let digest = Sha256::new().chain_update(id).chain_update(text).chain_update(html).finalize();
    let mut boundary = "=_".to_owned();
    for byte in digest.iter().take(16) {
        // Writing into a string cannot fail.
        let _ = write!(boundary, "{byte:02x}");
    }
    boundary
}
