//! GeoJSON (RFC 7946): a feature is an item, its properties are fields.

use serde_json::Value;

use super::draft::Draft;
use super::identity::{self, Identities};
use super::input::Input;
use super::json::{self, Json};
use super::plan::Plan;
use super::shelf::Shelf;
use super::warnings::Warnings;
use super::{Format, FormatError, Language};
use crate::model::geo::{Point, Polygon, Ring};
use crate::model::item::{Header, Item, Parsed};

/// The row of this format.
pub const FORMAT: Format = Format {
    word: "geojson",
    doc: "GeoJSON (RFC 7946): a feature is an item, its properties are fields",
    language: Language::Path,
    is_feed: true,
    recognise,
    read,
};

/// How far into a document its type is looked for, in bytes.
const PROLOGUE: usize = 4096;

/// Properties that fill a member of the item by themselves.
const CUSTOMARY: [&str; 6] = ["title", "link", "published", "updated", "summary", "author"];

fn recognise(text: &str) -> bool {
    let start = text.get(..text.floor_char_boundary(PROLOGUE)).unwrap_or_default();
    let has_type = ["\"FeatureCollection\"", "\"Feature\""].iter().any(|name| start.contains(name));
    text.trim_start().starts_with('{') && has_type
}

fn read(input: &Input<'_>, plan: &Plan) -> Result<Parsed, FormatError> {
    let mut warnings = Warnings::default();
    let json = Json::parse(&input.text, input.room, &mut warnings)?;
    let root = json.root();
    let mut identities = Identities::default();
    let mut shelf = Shelf::new(input.room);
    let features = features(root)
        .ok_or_else(|| FormatError::another("GeoJSON, with neither `features` nor a geometry", &input.text))?;
    for feature in features {
        let mut item = item(&json, feature, plan, Draft::new(input.base.clone()), &mut warnings);
        identities.settle_by(&mut item, |_| identity::hash([feature.to_string().as_str()]), &mut warnings);
        shelf.push(item);
        if shelf.is_full() {
            break;
        }
    }
    let header = Header {
        format: FORMAT.word.to_owned(),
        encoding: input.label.clone(),
        title: root.get("name").or_else(|| root.get("title")).and_then(|name| json.shown(name)),
        ..Header::default()
    };
    Ok(shelf.into_parsed(header, warnings))
}

/// The features of a collection, or the one feature or geometry that the document is.
fn features(root: &Value) -> Option<Vec<&Value>> {
    if let Some(features) = root.get("features").and_then(Value::as_array) {
        return Some(features.iter().collect());
    }
    // An answer that only says what went wrong is no place.
    let is_place = ["geometry", "coordinates", "geometries"].iter().any(|name| root.get(name).is_some());
    is_place.then(|| vec![root])
}

fn item(json: &Json, feature: &Value, plan: &Plan, mut draft: Draft, warnings: &mut Warnings) -> Item {
    let properties = feature.get("properties").and_then(Value::as_object);
    for (name, value) in properties.into_iter().flatten() {
        let Some(text) = json.shown(value) else { continue };
        if CUSTOMARY.contains(&name.as_str()) {
            draft.set(name, &text, warnings);
        }
        draft.field(name, text);
    }
    draft.item.id = feature.get("id").and_then(|id| json.shown(id)).unwrap_or_default();
    let mut shape = Shape::default();
    shape.read(feature.get("geometry").unwrap_or(feature), 0);
    if shape.left_out > 0 {
        warnings.say("positions that are no longitude and latitude were left out");
    }
    (draft.item.point, draft.item.area) = (shape.point, shape.area);
    // The geometry can be megabytes and is kept as numbers; what was written besides is kept as text.
    draft.item.raw = properties.map(|_| feature.get("properties").map(ToString::to_string).unwrap_or_default());
    plan.fill(&mut draft, warnings, |place| {
        let of_properties = || feature.get("properties").and_then(|inner| json::find(json, inner, place));
        json::find(json, feature, place).or_else(of_properties)
    });
    draft.finish()
}

/// What a geometry covers.
#[derive(Debug, Default)]
struct Shape {
    point: Option<Point>,
    area: Vec<Polygon>,
    left_out: usize,
}

impl Shape {
    /// Adds a geometry. Collections in collections end at two levels.
    fn read(&mut self, geometry: &Value, depth: usize) {
        let kind = geometry.get("type").and_then(Value::as_str).unwrap_or_default();
        let coordinates = geometry.get("coordinates");
        match (kind, coordinates) {
            ("Point", Some(position)) => {
                self.point = self.position(position).and_then(|[lon, lat]| Point::new(lat, lon))
            }
            ("MultiPoint" | "LineString", Some(Value::Array(positions))) if self.point.is_none() => {
                let first = positions.first().and_then(|position| self.position(position));
                self.point = first.and_then(|[lon, lat]| Point::new(lat, lon));
            }
            ("Polygon", Some(rings)) => self.polygon(rings),
            ("MultiPolygon", Some(Value::Array(polygons))) => polygons.iter().for_each(|rings| self.polygon(rings)),
            ("GeometryCollection", _) if depth < 2 => {
                let inner = geometry.get("geometries").and_then(Value::as_array);
                inner.into_iter().flatten().for_each(|geometry| self.read(geometry, depth + 1));
            }
            _ => {}
        }
    }

    fn polygon(&mut self, rings: &Value) {
        let rings = rings.as_array().into_iter().flatten();
        let polygon: Polygon = rings.map(|ring| self.ring(ring)).filter(|ring| ring.len() >= 3).collect();
        if !polygon.is_empty() {
            self.area.push(polygon);
        }
    }

    fn ring(&mut self, ring: &Value) -> Ring {
        ring.as_array().into_iter().flatten().filter_map(|position| self.position(position)).collect()
    }

    fn position(&mut self, position: &Value) -> Option<[f64; 2]> {
        let degrees = |index: usize| position.get(index).and_then(Value::as_f64);
        let read = degrees(0).zip(degrees(1)).filter(|(lon, lat)| Point::new(*lat, *lon).is_some());
        self.left_out += usize::from(read.is_none());
        read.map(|(lon, lat)| [lon, lat])
    }
}
