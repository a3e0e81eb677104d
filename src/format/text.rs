//! Plain text: the whole document is one item.

use super::identity::Identities;
use super::input::Input;
use super::plan::Plan;
use super::warnings::Warnings;
use super::{Format, FormatError, Language, plain};
use crate::model::item::{Header, Item, Parsed};

/// The row of this format.
pub const FORMAT: Format = Format {
    word: "text",
    doc: "plain text: the document is one item",
    language: Language::Name,
    is_feed: false,
    // Everything is text, so nothing is recognised as it.
    recognise: |_| false,
    read,
};

fn read(input: &Input<'_>, _plan: &Plan) -> Result<Parsed, FormatError> {
    let mut item = Item { content: Some(plain::from_text(&input.text)), ..Item::default() };
    // A page that is fetched again is the same item in a new revision.
    item.link = input.base.as_ref().map(ToString::to_string);
    Identities::default().settle(&mut item, &mut Warnings::default());
    let header = Header { format: FORMAT.word.to_owned(), encoding: input.label.clone(), ..Header::default() };
    Ok(Parsed { header, items: vec![item], ..Parsed::default() })
}
