//! JSON, JSON Feed and GeoJSON.

use serde_json::Value;
use serde_json_path::JsonPath;

use super::fields::{self, Mapping};
use super::{FormatError, MAX_ITEMS, dates, plain};
use crate::model::geo::{Point, Polygon};
use crate::model::item::{Item, Parsed, Person};

/// Brackets nested deeper than this are refused before parsing: the parser is recursive.
const MAX_DEPTH: usize = 120;

/// Whether a text begins like JSON.
pub fn recognise(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
}

fn parse(text: &str) -> Result<Value, FormatError> {
    if depth(text) > MAX_DEPTH {
        return Err(FormatError::new(format!("the JSON is nested deeper than the limit of {MAX_DEPTH}")));
    }
    serde_json::from_str(text).map_err(|error| FormatError::new(format!("it is not JSON: {error}")))
}

fn depth(text: &str) -> usize {
    let (mut depth, mut most, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                most = most.max(depth);
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    most
}

/// Reads any JSON; JSON Feed and GeoJSON are known by their own marks unless `items` says where to look.
///
/// # Errors
/// What is not JSON, or nested too deeply.
pub fn read(text: &str, items: Option<&JsonPath>, mapping: &Mapping) -> Result<Parsed, FormatError> {
    let root = parse(text)?;
    if items.is_none() {
        let version = root.get("version").and_then(Value::as_str).unwrap_or_default();
        if version.contains("jsonfeed.org/version") {
            return Ok(json_feed(&root));
        }
        if root.get("type").and_then(Value::as_str) == Some("FeatureCollection") {
            return Ok(geojson(&root, mapping));
        }
    }
    let elements: Vec<&Value> = match (items, &root) {
        (Some(path), root) => path.query(root).all(),
        (None, Value::Array(elements)) => elements.iter().collect(),
        (None, root) => vec![root],
    };
    let mut parsed = Parsed::default();
    parsed.header.format = "json".to_owned();
    if elements.is_empty() {
        parsed.warnings.push("`items` selects nothing in this document".to_owned());
    }
    if elements.len() > MAX_ITEMS {
        parsed.warnings.push(format!("only the first {MAX_ITEMS} items were read"));
    }
    parsed.items = elements.into_iter().take(MAX_ITEMS).map(|element| item(element, mapping)).collect();
    Ok(parsed)
}

fn item(element: &Value, mapping: &Mapping) -> Item {
    let mut item = Item { raw: Some(element.to_string()), ..Item::default() };
    if let Value::Object(members) = element {
        item.fields = members.iter().filter_map(|(key, value)| Some((key.clone(), scalar(value)?))).collect();
    } else if let Some(text) = scalar(element) {
        item.content = Some(text);
    }
    fields::fill(&mut item, mapping, plain::of_html, |source| match source {
        fields::Source::Path(path) => path.query(element).first().and_then(scalar),
        fields::Source::Name(name) => element.get(name.as_str()).and_then(scalar),
        fields::Source::Css(..) => None,
    });
    fields::fill_by_name(&mut item);
    item
}

/// A scalar as its text; arrays of scalars joined by a comma.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        Value::Array(parts) => {
            let parts: Option<Vec<String>> =
                parts.iter().map(|part| if part.is_array() { None } else { scalar(part) }).collect();
            parts.map(|parts| parts.join(", "))
        }
        Value::Null | Value::Object(_) => None,
    }
}

fn json_feed(root: &Value) -> Parsed {
    let text = |value: &Value, key: &str| value.get(key).and_then(scalar).map(|text| plain::tidy(&text));
    let mut parsed = Parsed::default();
    let header = &mut parsed.header;
    header.format = "json1".to_owned();
    (header.title, header.link, header.id) = (text(root, "title"), text(root, "home_page_url"), text(root, "feed_url"));
    (header.description, header.language) = (text(root, "description"), text(root, "language"));
    let no_items = Vec::new();
    for entry in root.get("items").and_then(Value::as_array).unwrap_or(&no_items).iter().take(MAX_ITEMS) {
        let html = entry.get("content_html").and_then(Value::as_str).map(plain::of_html);
        let time = |key: &str| entry.get(key).and_then(Value::as_str).and_then(dates::read);
        let summary = text(entry, "summary");
        let link = text(entry, "url").or_else(|| text(entry, "external_url"));
        parsed.items.push(Item {
            id: text(entry, "id").or_else(|| link.clone()).unwrap_or_default(),
            title: text(entry, "title"),
            link,
            published: time("date_published"),
            updated: time("date_modified"),
            authors: authors(entry),
            content: html.or_else(|| text(entry, "content_text")).or_else(|| summary.clone()),
            summary,
            categories: list(entry, "tags"),
            language: text(entry, "language"),
            raw: Some(entry.to_string()),
            ..Item::default()
        });
    }
    parsed
}

fn list(value: &Value, key: &str) -> Vec<String> {
    value.get(key).and_then(Value::as_array).map(|parts| parts.iter().filter_map(scalar).collect()).unwrap_or_default()
}

fn authors(entry: &Value) -> Vec<Person> {
    let many = entry.get("authors").and_then(Value::as_array).cloned();
    let all = many.unwrap_or_else(|| entry.get("author").cloned().into_iter().collect());
    let text = |value: &Value, key: &str| value.get(key).and_then(scalar);
    all.iter().map(|person| Person { name: text(person, "name"), email: None, url: text(person, "url") }).collect()
}

fn geojson(root: &Value, mapping: &Mapping) -> Parsed {
    let mut parsed = Parsed::default();
    parsed.header.format = "geojson".to_owned();
    let no_features = Vec::new();
    for feature in root.get("features").and_then(Value::as_array).unwrap_or(&no_features).iter().take(MAX_ITEMS) {
        let properties = feature.get("properties").cloned().unwrap_or(Value::Null);
        let mut one = item(&properties, mapping);
        if one.id.is_empty() {
            one.id = feature.get("id").and_then(scalar).unwrap_or_default();
        }
        let geometry = feature.get("geometry").unwrap_or(&Value::Null);
        one.point = one.point.or_else(|| point(geometry));
        one.area = polygons(geometry);
        one.raw = Some(properties.to_string());
        parsed.items.push(one);
    }
    parsed
}

fn point(geometry: &Value) -> Option<Point> {
    if geometry.get("type")?.as_str()? != "Point" {
        return None;
    }
    let [lon, lat] = pair(geometry.get("coordinates")?)?;
    Point::new(lat, lon)
}

fn pair(position: &Value) -> Option<[f64; 2]> {
    Some([position.get(0)?.as_f64()?, position.get(1)?.as_f64()?])
}

fn polygons(geometry: &Value) -> Vec<Polygon> {
    let coordinates = geometry.get("coordinates").and_then(Value::as_array);
    let kind = geometry.get("type").and_then(Value::as_str).unwrap_or_default();
    match (kind, coordinates) {
        ("Polygon", Some(rings)) => vec![polygon(rings)],
        ("MultiPolygon", Some(parts)) => parts.iter().filter_map(Value::as_array).map(|rings| polygon(rings)).collect(),
        ("GeometryCollection", _) => geometry
            .get("geometries")
            .and_then(Value::as_array)
            .map(|parts| parts.iter().flat_map(polygons).collect())
            .unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn polygon(rings: &[Value]) -> Polygon {
    rings.iter().filter_map(Value::as_array).map(|ring| ring.iter().filter_map(pair).collect()).collect()
}
