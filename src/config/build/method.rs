//! A stable hash of what and how an input extracts: another one marks a change of method, not of the world.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::extract::{FieldTest, MatchRule, Rules, Test, ValueRule};
use crate::format::{FieldSource, Options};
use crate::model::geo::{Extent, Place};
use crate::model::indicator::Reset;

/// Twelve hexadecimal digits over everything that decides what is read from a document.
///
/// Written out member by member, never by a derived `Debug`: a renamed field
/// of ours must not look like a changed method of every watch there is.
pub fn hash(rules: &Rules, (cumulative, shared_by): (Option<Reset>, Option<u32>), options: &Options) -> String {
    let mut text = String::new();
    reading(&mut text, rules, options);
    line(&mut text, "kind", rules.kind.word());
    matching(&mut text, rules.matching.as_ref());
    rules.filters.iter().for_each(|filter| test(&mut text, filter));
    value(&mut text, rules.value.as_ref());
    for (name, part) in [("date", &rules.date), ("amount", &rules.amount), ("field", &rules.field)] {
        optional(&mut text, name, part.as_deref());
    }
    for (status, words) in &rules.status {
        list(&mut text, status.word(), words);
    }
    if let Some(near) = &rules.near {
        place(&mut text, "near", near);
    }
    if let Some((amount, currency)) = &rules.min_amount {
        line(&mut text, "min_amount", &format!("{amount} {currency}"));
    }
    optional(&mut text, "cumulative", cumulative.map(reset));
    optional(&mut text, "shared_by", shared_by.map(|areas| areas.to_string()).as_deref());
    Sha256::digest(text.as_bytes()).iter().take(6).fold(String::new(), |mut digits, byte| {
        // Writing to a string does not fail.
        _ = write!(digits, "{byte:02x}");
        digits
    })
}

fn reset(reset: Reset) -> &'static str {
    match reset {
        Reset::Day => "day",
        Reset::Month => "month",
        Reset::Year => "year",
        Reset::Never => "total",
    }
}

/// One member a line; what is in it cannot end the line.
fn line(text: &mut String, name: &str, value: &str) {
    _ = writeln!(text, "{name}\t{}", value.escape_default());
}

fn optional(text: &mut String, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        line(text, name, value);
    }
}

fn list(text: &mut String, name: &str, values: &[String]) {
    values.iter().for_each(|value| line(text, name, value));
}

fn reading(text: &mut String, rules: &Rules, options: &Options) {
    optional(text, "format", options.format.as_deref());
    optional(text, "items", options.items.as_deref());
    optional(text, "sheet", options.sheet.as_deref());
    optional(text, "member", options.member.as_deref());
    optional(text, "header", options.without_header.then_some("false"));
    let mut fields: Vec<_> = options.fields.iter().filter(|(name, _)| decides(name, rules)).collect();
    // The order in which fields are named decides nothing.
    fields.sort_by(|a, b| a.0.cmp(&b.0));
    for (name, source) in fields {
        match source {
            FieldSource::One(one) => line(text, &format!("field {name}"), one),
            FieldSource::Joined(several) => list(text, &format!("fields {name}"), several),
        }
    }
}

/// Members that every item has: its identity, its time, its place, its text.
const MEMBERS: [&str; 9] = ["id", "published", "updated", "title", "link", "summary", "content", "lat", "lon"];

/// Whether a field of the feed has a part in what the rules read: a field for another indicator has none.
fn decides(name: &str, rules: &Rules) -> bool {
    let of_value = matches!(&rules.value, Some(ValueRule::Field(field)) if field == name);
    let of_tests = rules.filters.iter().any(|filter| filter.field == name);
    let of_match = rules.matching.as_ref().and_then(|rule| rule.field.as_deref()) == Some(name);
    MEMBERS.contains(&name) || of_value || of_tests || of_match || rules.field.as_deref() == Some(name)
}

fn matching(text: &mut String, rule: Option<&MatchRule>) {
    let Some(rule) = rule else { return };
    list(text, "all", &rule.all);
    list(text, "any", &rule.any);
    list(text, "none", &rule.none);
    optional(text, "match field", rule.field.as_deref());
}

fn test(text: &mut String, filter: &FieldTest) {
    let name = format!("where {}", filter.field);
    match &filter.test {
        Test::OneOf(words) => list(text, &format!("{name} one_of"), words),
        Test::Equals(word) => line(text, &format!("{name} equals"), word),
        Test::Above(limit) => line(text, &format!("{name} above"), &limit.to_string()),
        Test::Below(limit) => line(text, &format!("{name} below"), &limit.to_string()),
        Test::Matches(pattern) => line(text, &format!("{name} matches"), pattern),
    }
}

fn value(text: &mut String, rule: Option<&ValueRule>) {
    match rule {
        None => {}
        Some(ValueRule::Regex(pattern)) => line(text, "regex", pattern),
        Some(ValueRule::Field(name)) => line(text, "field", name),
        Some(ValueRule::JsonPath(path)) => line(text, "jsonpath", path),
        Some(ValueRule::Css(selector, attribute)) => {
            line(text, "css", selector);
            optional(text, "attr", attribute.as_deref());
        }
        Some(ValueRule::Area(area)) => place(text, "area", area),
    }
}

fn place(text: &mut String, name: &str, place: &Place) {
    list(text, name, &place.names);
    let extent = match &place.extent {
        Extent::Radius { km } => format!("{} {} {km}", place.centre.lat, place.centre.lon),
        Extent::Box { west, south, east, north } => format!("{west} {south} {east} {north}"),
        Extent::Polygon(ring) => ring.iter().map(|[lon, lat]| format!("{lon} {lat} ")).collect(),
    };
    line(text, name, &extent);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::indicator::Kind;

    fn rules() -> Rules {
        Rules {
            kind: Kind::Count,
            matching: Some(MatchRule { any: vec!["sortie*".to_owned()], ..MatchRule::default() }),
            filters: vec![FieldTest { field: "state".to_owned(), test: Test::Equals("final".to_owned()) }],
            value: Some(ValueRule::Field("sorties".to_owned())),
            parts: None,
            date: None,
            amount: None,
            status: Vec::new(),
            field: None,
            near: None,
            min_amount: None,
        }
    }

    fn options(fields: &[(&str, &str)]) -> Options {
        let field = |(name, path): &(&str, &str)| ((*name).to_owned(), FieldSource::One((*path).to_owned()));
        Options { format: Some("json".to_owned()), fields: fields.iter().map(field).collect(), ..Options::default() }
    }

    /// Stored observations carry this: a version that gives another one marks every series as changed.
    #[test]
    fn a_method_keeps_its_hash_from_version_to_version() {
        assert_eq!(hash(&rules(), (Some(Reset::Day), None), &options(&[("sorties", "$.a")])), "34c1aa2ba1f7");
    }

    #[test]
    fn what_decides_changes_it_and_nothing_else_does() {
        let first = hash(&rules(), (None, None), &options(&[("sorties", "$.a"), ("id", "$.id")]));
        let same =
            [&[("id", "$.id"), ("sorties", "$.a")][..], &[("sorties", "$.a"), ("id", "$.id"), ("losses", "$.b")]];
        for fields in same {
            assert_eq!(hash(&rules(), (None, None), &options(fields)), first, "{fields:?}");
        }
        let other =
            [&[("id", "$.id"), ("sorties", "$.b")][..], &[("sorties", "$.a")], &[("sorties", "$.a"), ("id", "$")]];
        for fields in other {
            assert_ne!(hash(&rules(), (None, None), &options(fields)), first, "{fields:?}");
        }
        let none_of = MatchRule { none: vec!["sortie*".to_owned()], ..MatchRule::default() };
        let turned = Rules { matching: Some(none_of), ..rules() };
        assert_ne!(hash(&turned, (None, None), &options(&[("sorties", "$.a"), ("id", "$.id")])), first);
    }
}
