//! Plain JSON: the elements of an array are items, their members fields.

mod repair;
mod value;

pub use self::value::Json;

use serde_json::Value;
use url::Url;

use super::draft::Draft;
use super::identity::{self, Identities};
use super::input::Input;
use super::plan::{Expression, Plan};
use super::shelf::Shelf;
use super::warnings::Warnings;
use super::{Format, FormatError, Language};
use crate::model::item::{Header, Item, Parsed};

/// The row of this format.
pub const FORMAT: Format = Format {
    word: "json",
    doc: "JSON: `items` is a JSONPath (RFC 9535), by default the root array, else the root",
    language: Language::Path,
    is_feed: true,
    recognise,
    read,
};

/// Members that fill a member of the item by themselves when the configuration names none.
const CUSTOMARY: [(&str, &str); 20] = [
    ("id", "id"),
    ("title", "title"),
    ("name", "title"),
    ("url", "link"),
    ("link", "link"),
    ("published", "published"),
    ("date_published", "published"),
    ("published_at", "published"),
    ("date", "published"),
    ("updated", "updated"),
    ("date_modified", "updated"),
    ("updated_at", "updated"),
    ("summary", "summary"),
    ("description", "summary"),
    ("content", "content"),
    ("author", "author"),
    ("lat", "lat"),
    ("latitude", "lat"),
    ("lon", "lon"),
    ("longitude", "lon"),
];

fn recognise(text: &str) -> bool {
    value::looks_like_json(text)
}

fn read(input: &Input<'_>, plan: &Plan) -> Result<Parsed, FormatError> {
    let mut warnings = Warnings::default();
    let json = Json::parse(&input.text, input.room, &mut warnings)?;
    let header = Header { format: FORMAT.word.to_owned(), encoding: input.label.clone(), ..Header::default() };
    let elements = elements(&json, plan, &mut warnings);
    let mut reader =
        Reader { json: &json, plan, base: input.base.clone(), identities: Identities::default(), warnings };
    let mut shelf = Shelf::new(input.room);
    for element in elements {
        shelf.push(reader.item(element));
        if shelf.is_full() {
            break;
        }
    }
    Ok(shelf.into_parsed(header, reader.warnings))
}

/// The elements that are items.
fn elements<'j>(json: &'j Json, plan: &Plan, warnings: &mut Warnings) -> Vec<&'j Value> {
    let Some(path) = plan.items.as_ref().and_then(|items| items.path.as_ref()) else {
        return json.root().as_array().map_or_else(|| vec![json.root()], |array| array.iter().collect());
    };
    let found = path.query(json.root()).all();
    if found.is_empty() {
        warnings.say("`items` finds nothing in the document");
    }
    // A path that names the array means its elements.
    match found.as_slice() {
        [Value::Array(array)] => array.iter().collect(),
        _ => found,
    }
}

/// What the elements of a document have in common.
struct Reader<'j> {
    json: &'j Json,
    plan: &'j Plan,
    base: Option<Url>,
    identities: Identities,
    warnings: Warnings,
}

impl Reader<'_> {
    fn item(&mut self, element: &Value) -> Item {
        let mut draft = Draft::new(self.base.clone());
        let members = element.as_object().into_iter().flatten();
        let fields: Vec<(String, String)> =
            members.filter_map(|(name, value)| Some((name.clone(), self.json.shown(value)?))).collect();
        for (member, target) in CUSTOMARY {
            let value = fields.iter().find(|(name, _)| name == member).map(|(_, value)| value);
            if let Some(value) = value.filter(|_| !is_set(&draft, target)) {
                draft.set(target, value, &mut self.warnings);
            }
        }
        draft.item.fields = fields;
        self.plan.fill(&mut draft, &mut self.warnings, |place| find(self.json, element, place));
        let raw = element.to_string();
        let mut item = draft.finish();
        self.identities.settle_by(&mut item, |_| identity::hash([raw.as_str()]), &mut self.warnings);
        item.raw = Some(raw);
        item
    }
}

fn is_set(draft: &Draft, member: &str) -> bool {
    let item = &draft.item;
    match member {
        "id" => !item.id.is_empty(),
        "title" => item.title.is_some(),
        "link" => item.link.is_some(),
        "published" => item.published.is_some(),
        "updated" => item.updated.is_some(),
        "summary" => item.summary.is_some(),
        _ => false,
    }
}

/// The text at a place of an element: a path's first value, or the member of that name.
pub fn find(json: &Json, element: &Value, place: &Expression) -> Option<String> {
    let value = match &place.path {
        Some(path) => path.query(element).first()?,
        None => element.get(&place.written)?,
    };
    json.shown(value)
}
