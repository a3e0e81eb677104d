//! Recorded documents of every format, found by directory: `NAME.EXT` beside
//! `NAME.expected`, whose first line is what the document says of itself (with
//! the `options` to read it with) and whose other lines are its items. Only
//! members that are named are compared; a warning is named by a part of it.

#![expect(clippy::unwrap_used, reason = "a test's own files are there, or the test fails")]

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::{Value, json};
use watchfloor::format::{FORMATS, FieldSource, Options, Reader};
use watchfloor::model::item::{Document, Item, Parsed, Person};

fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testdata/feeds")
}

/// All recorded documents: the document's path and its expectations.
fn recorded() -> Vec<(PathBuf, PathBuf)> {
    let mut found = Vec::new();
    for folder in fs::read_dir(testdata()).unwrap().map(|entry| entry.unwrap().path()) {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.extension().is_some_and(|extension| extension != "expected") {
                found.push((path.clone(), path.with_extension("expected")));
            }
        }
    }
    found.sort();
    found
}

fn options(expected: &Value) -> Options {
    let given = expected.get("options").cloned().unwrap_or_default();
    let text = |name: &str| given.get(name).and_then(Value::as_str).map(str::to_owned);
    let source = |value: &Value| match value {
        Value::Array(several) => FieldSource::Joined(several.iter().map(|v| v.as_str().unwrap().to_owned()).collect()),
        one => FieldSource::One(one.as_str().unwrap().to_owned()),
    };
    let fields = given.get("fields").and_then(Value::as_object).into_iter().flatten();
    Options {
        format: text("format"),
        items: text("items"),
        fields: fields.map(|(name, value)| (name.clone(), source(value))).collect(),
        base_url: text("base_url"),
        sheet: text("sheet"),
        member: text("member"),
        without_header: given.get("header") == Some(&Value::Bool(false)),
        max_body: None,
    }
}

fn person(person: &Person) -> Value {
    json!({ "name": person.name, "email": person.email, "url": person.url })
}

fn header(parsed: &Parsed) -> Value {
    let header = &parsed.header;
    json!({
        "format": header.format, "encoding": header.encoding, "items": parsed.items.len(), "title": header.title,
        "link": header.link, "id": header.id, "description": header.description, "language": header.language,
        "updated": header.updated.map(|at| at.to_string()), "author": header.authors.first().and_then(Person::shown),
        "authors": header.authors.iter().map(person).collect::<Vec<_>>(), "ttl": header.ttl_minutes,
    })
}

fn item(item: &Item) -> Value {
    json!({
        "id": item.id, "title": item.title, "link": item.link, "publisher": item.publisher,
        "published": item.published.map(|at| at.to_string()), "updated": item.updated.map(|at| at.to_string()),
        "author": item.authors.first().and_then(Person::shown),
        "authors": item.authors.iter().map(person).collect::<Vec<_>>(),
        "summary": item.summary, "content": item.content, "categories": item.categories, "language": item.language,
        "lat": item.point.map(|point| point.lat), "lon": item.point.map(|point| point.lon), "links": item.links,
        "fields": item.fields.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(), "area": item.area,
    })
}

/// Compares the members that are expected; numbers by value.
fn compare(name: &str, expected: &Value, found: &Value) {
    for (member, value) in expected.as_object().unwrap() {
        if matches!(member.as_str(), "options" | "warnings") {
            continue;
        }
        let found = found.get(member).unwrap_or_else(|| panic!("{name}: unknown member {member}"));
        assert!(equal(value, found), "{name}: {member}\n expected {value}\n    found {found}");
    }
}

fn equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| equal(one, other))
        }
        _ => one == other,
    }
}

fn read(path: &Path, options: Options) -> Result<Parsed, watchfloor::format::FormatError> {
    let document = Document { body: fs::read(path).unwrap(), content_type: None, url: None };
    Reader::new(options).unwrap().read(&document)
}

#[test]
fn recorded_documents_read_as_expected() {
    let recorded = recorded();
    assert!(recorded.len() > 40);
    for (document, expectations) in recorded {
        let name = document.strip_prefix(testdata()).unwrap().display().to_string();
        let text = fs::read_to_string(&expectations).unwrap_or_else(|_| panic!("{name}: no expectations"));
        let mut lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let head = lines.next().unwrap();
        let result = read(&document, options(&head));
        if let Some(part) = head.get("error").and_then(Value::as_str) {
            let error = result.expect_err(&name);
            assert!(error.message.contains(part), "{name}: {}", error.message);
            assert_eq!(Some(error.is_shell), head.get("shell").and_then(Value::as_bool), "{name}");
            continue;
        }
        let parsed = result.unwrap_or_else(|error| panic!("{name}: {error}"));
        compare(&name, &head, &header(&parsed));
        compare_warnings(&name, &head, &parsed.warnings);
        let expected: Vec<Value> = lines.collect();
        assert_eq!(expected.len(), parsed.items.len(), "{name}: {:?}", parsed.warnings);
        for (index, (expected, found)) in expected.iter().zip(&parsed.items).enumerate() {
            compare(&format!("{name}[{index}]"), expected, &item(found));
        }
    }
}

fn compare_warnings(name: &str, head: &Value, warnings: &[String]) {
    let Some(parts) = head.get("warnings").and_then(Value::as_array) else { return };
    if parts.is_empty() {
        assert!(warnings.is_empty(), "{name}: {warnings:?}");
    }
    for part in parts.iter().map(|part| part.as_str().unwrap()) {
        assert!(warnings.iter().any(|warning| warning.contains(part)), "{name}: {part} in {warnings:?}");
    }
}

#[test]
fn every_format_has_recorded_documents() {
    for format in FORMATS {
        assert!(testdata().join(format.word).is_dir(), "no folder for {}", format.word);
    }
}

#[test]
fn identities_are_stable_and_distinct() {
    for (document, expectations) in recorded() {
        let head = fs::read_to_string(expectations).unwrap();
        let head: Value = serde_json::from_str(head.lines().next().unwrap()).unwrap();
        let ids = || read(&document, options(&head)).map(|parsed| parsed.items.into_iter().map(|item| item.id));
        let (Ok(first), Ok(second)) = (ids(), ids()) else { continue };
        let (first, second): (Vec<_>, Vec<_>) = (first.collect(), second.collect());
        assert_eq!(first, second, "{}", document.display());
        assert!(first.iter().all(|id| !id.is_empty()), "{}", document.display());
        assert_eq!(first.iter().collect::<std::collections::HashSet<_>>().len(), first.len());
    }
}

#[test]
fn wrong_options_are_all_named_with_their_place() {
    let one = |source: &str| FieldSource::One(source.to_owned());
    let errors = Reader::new(Options {
        format: Some("json".into()),
        items: Some("$.a[".into()),
        fields: vec![("id".into(), one("$.b[?")), ("published".into(), one("when"))],
        ..Options::default()
    })
    .unwrap_err();
    let named: Vec<(&str, bool)> = errors.iter().map(|e| (e.option.as_str(), e.column.is_some())).collect();
    assert_eq!(named, [("items", true), ("id", true)]);

    let of = |format: &str, items: &str| {
        let options = Options { format: Some(format.into()), items: Some(items.into()), ..Options::default() };
        Reader::new(options).unwrap_err().remove(0)
    };
    assert_eq!(of("html", "div >> p").column, Some(5));
    assert!(of("rss", "$.a").message.contains("means nothing for rss"));
    assert!(of("json", &format!("$[?{}@.a{}]", "(".repeat(200), ")".repeat(200))).message.contains("deeper"));
    let unknown = Reader::new(Options { format: Some("rsss".into()), ..Options::default() }).unwrap_err();
    assert!(unknown[0].message.contains("unknown format `rsss`"));
}

#[test]
fn a_reader_may_be_shared_between_threads() {
    fn check<T: Send + Sync + Clone>(_: &T) {}
    check(&Reader::new(Options::default()).unwrap());
}

#[test]
fn limits_are_named() {
    let many = format!("[{}]", vec!["1"; watchfloor::format::MOST_ITEMS + 1].join(","));
    let document = Document { body: many.into_bytes(), content_type: None, url: None };
    let of = |max_body| Reader::new(Options { max_body: Some(max_body), ..Options::default() }).unwrap();
    let parsed = of(1 << 30).read(&document).unwrap();
    assert_eq!(parsed.items.len(), watchfloor::format::MOST_ITEMS);
    assert!(parsed.cut.unwrap().contains("100000"));
    let parsed = of(16 << 20).read(&document).unwrap();
    assert!((10_000..40_000).contains(&parsed.items.len()), "{}", parsed.items.len());
    assert!(parsed.cut.unwrap().contains("the limit set by [http] max_body"));
    let long = format!("<rss><item><title>{}</title></item></rss>", "x".repeat(3 << 20));
    let document = Document { body: long.into_bytes(), content_type: None, url: None };
    let parsed = Reader::new(Options::default()).unwrap().read(&document).unwrap();
    assert_eq!(parsed.items[0].title.as_ref().unwrap().len(), 1 << 20);
    assert!(parsed.warnings.iter().any(|warning| warning.contains("cut off")), "{:?}", parsed.warnings);
}

/// The options of every format, so that each reader meets each document.
fn every_reader() -> Vec<Reader> {
    let words = FORMATS.iter().map(|format| Some(format.word.to_owned())).chain([None]);
    words
        .map(|format| {
            let items = match format.as_deref() {
                Some("json") => Some("$..*".to_owned()),
                Some("html") => Some("div, item, a".to_owned()),
                _ => None,
            };
            let fields = vec![("published".to_owned(), FieldSource::Joined(vec!["a".to_owned(), "title".to_owned()]))];
            Reader::new(Options {
                format,
                items,
                fields,
                base_url: Some("https://e.example/".into()),
                ..Options::default()
            })
            .unwrap()
        })
        .collect()
}

fn feed_every_reader(readers: &[Reader], body: Vec<u8>) {
    let document = Document { body, content_type: None, url: None };
    for reader in readers {
        if let Ok(parsed) = reader.read(&document) {
            assert!(parsed.items.iter().all(|item| !item.id.is_empty()));
        }
    }
}

/// A document cut, doubled, overwritten and spliced as chance has it.
fn mutated(mut body: Vec<u8>, changes: &[(usize, u8, u8)]) -> Vec<u8> {
    const PIECES: [&[u8]; 12] =
        [b"<", b">", b"&", b"]]>", b"<![CDATA[", b"\"", b"</item>", b"<item>", b"{", b"\xff", b"<!--", b"\0"];
    for (at, kind, byte) in changes {
        let at = at % (body.len() + 1);
        match kind % 4 {
            0 => body.truncate(at),
            1 if at < body.len() => body[at] = *byte,
            2 => drop(body.splice(at..at, PIECES[usize::from(*byte) % PIECES.len()].iter().copied())),
            _ => {
                let end = (at + usize::from(*byte)).min(body.len());
                body.drain(at..end);
            }
        }
    }
    body
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn bytes_never_panic(body in proptest::collection::vec(any::<u8>(), 0..2000)) {
        feed_every_reader(&every_reader(), body);
    }

    #[test]
    fn markup_never_panics(text in "[<>/&;\"'=! a-z\\[\\]{}:,.0-9-]{0,400}", root in "(<rss>|<feed>|\\{|\\[|a,b\n|)") {
        feed_every_reader(&every_reader(), format!("{root}{text}").into_bytes());
    }

    #[test]
    fn mutated_documents_never_panic(
        which in any::<prop::sample::Index>(),
        changes in proptest::collection::vec((any::<usize>(), any::<u8>(), any::<u8>()), 1..12),
    ) {
        let recorded = recorded();
        let (path, _) = &recorded[which.index(recorded.len())];
        let body = fs::read(path).unwrap();
        if body.len() < 20_000 {
            feed_every_reader(&every_reader(), mutated(body, &changes));
        }
    }

    #[test]
    fn dates_never_panic(text in "\\PC{0,60}") {
        let _ = watchfloor::format::dates::read(&text);
    }
}
