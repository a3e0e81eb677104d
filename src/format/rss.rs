//! RSS 0.90 to 2.0 and RDF. The reading itself is shared with Atom: `feed`.

use super::{Format, Language, feed, html};

/// The row of this format.
pub const FORMAT: Format = Format {
    word: "rss",
    doc: "RSS 0.90 to 2.0 and RDF, with Dublin Core, content, media and geo modules",
    language: Language::Name,
    is_feed: true,
    recognise,
    read: feed::read,
};

fn recognise(text: &str) -> bool {
    !html::is_page(text) && feed::find_root(text).is_some_and(|root| !root.is_atom)
}
