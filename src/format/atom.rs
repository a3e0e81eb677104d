//! Atom 0.3 and 1.0. The reading itself is shared with RSS: `feed`.

use super::{Format, Language, feed, html};

/// The row of this format.
pub const FORMAT: Format = Format {
    word: "atom",
    doc: "Atom 0.3 and 1.0 (RFC 4287)",
    language: Language::Name,
    is_feed: true,
    recognise,
    read: feed::read,
};

fn recognise(text: &str) -> bool {
    !html::is_page(text) && feed::find_root(text).is_some_and(|root| root.is_atom)
}
