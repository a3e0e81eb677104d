//! Documents as sources publish them, read into items.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its own input has failed")]

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use watchfloor::format::{FieldSource, Options, Reader};
use watchfloor::model::item::{Document, Parsed};

fn reader(format: Option<&str>, items: Option<&str>, fields: &[(&str, &str)]) -> Reader {
    let fields =
        fields.iter().map(|(name, place)| ((*name).to_owned(), FieldSource::One((*place).to_owned()))).collect();
    let options =
        Options { format: format.map(str::to_owned), items: items.map(str::to_owned), fields, base_url: None };
    Reader::new(options).unwrap()
}

fn document(body: impl Into<Vec<u8>>) -> Document {
    Document { body: body.into(), content_type: None, url: Some("https://example.org/feed".to_owned()) }
}

fn read(text: &str) -> Parsed {
    reader(None, None, &[]).read(&document(text)).unwrap()
}

/// `id | title | link | published | content` of each item.
fn lines(parsed: &Parsed) -> Vec<String> {
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let line = |item: &watchfloor::model::item::Item| {
        let published = item.published.map_or_else(|| "-".to_owned(), |at| at.to_string());
        [item.id.clone(), or_dash(&item.title), or_dash(&item.link), published, or_dash(&item.content)].join(" | ")
    };
    parsed.items.iter().map(line).collect()
}

#[test]
fn rss_is_read() {
    let parsed = read(
        "<?xml version='1.0'?><rss version='2.0' xmlns:content='c'><channel><title>News &amp; more</title><ttl>60</ttl>\
         <item><title>A caf&eacute; opens</title><link>/a</link><guid isPermaLink='false'>g1</guid>\
         <pubDate>Sat, 13 Dec 2025 06:00:00 GMT</pubDate><description>short</description>\
         <content:encoded><![CDATA[<p>long &amp; <b>bold</b></p><p>end</p>]]></content:encoded></item>\
         <item><guid>https://example.org/b</guid><description>AT&T & co &undefined;</description></item></channel></rss>",
    );
    assert_eq!(parsed.header.format, "rss20");
    assert_eq!(parsed.header.title.as_deref(), Some("News & more"));
    assert_eq!(parsed.header.ttl_minutes, Some(60));
    assert_eq!(
        lines(&parsed),
        [
            "g1 | A café opens | https://example.org/a | 2025-12-13T06:00:00Z | long & bold\nend",
            "https://example.org/b | - | https://example.org/b | - | AT&T & co &undefined;",
        ]
    );
    assert_eq!(parsed.warnings.len(), 1, "{:?}", parsed.warnings);
}

#[test]
fn atom_is_read() {
    let parsed = read(
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title><entry><id>urn:1</id><title type='html'>x &lt;b&gt;y&lt;/b&gt;</title>\
         <link rel='self' href='/s'/><link href='/e'/><updated>2025-12-13T08:00:00+02:00</updated>\
         <author><name>Ann</name></author><content type='xhtml'><div>one<p>two</p></div></content></entry></feed>",
    );
    assert_eq!(parsed.header.format, "atom10");
    assert_eq!(lines(&parsed), ["urn:1 | x y | https://example.org/e | - | one\ntwo"]);
    assert_eq!(parsed.items[0].updated.unwrap().to_string(), "2025-12-13T06:00:00Z");
    assert_eq!(parsed.items[0].authors[0].name.as_deref(), Some("Ann"));
}

#[test]
fn a_truncated_feed_gives_what_can_be_read() {
    let parsed = read("<rss><channel><item><title>whole</title><guid>1</guid></item><item><title>cut o");
    assert_eq!(lines(&parsed)[0], "1 | whole | - | - | -");
    assert_eq!(parsed.items.len(), 2);
    assert!(!parsed.warnings.is_empty());
}

#[test]
fn json_is_read() {
    let reader = reader(
        Some("json"),
        Some("$.periods[*]"),
        &[("id", "$.id"), ("published", "$.date"), ("sorties", "$.n.total")],
    );
    let parsed = reader
        .read(&document(r#"{"periods":[{"id":7,"date":"2025-12-01","n":{"total":9412}},{"id":8,"date":"2026-01-01","n":{"total":0}}]}"#))
        .unwrap();
    assert_eq!(parsed.items[0].id, "7");
    assert_eq!(parsed.items[0].field("sorties"), Some("9412"));
    assert_eq!(parsed.items[0].published.unwrap().to_string(), "2025-12-01T00:00:00Z");
    assert_eq!(parsed.items[1].field("sorties"), Some("0"));
}

#[test]
fn json_feed_and_geojson_are_known_by_their_marks() {
    let feed = read(
        r#"{"version":"https://jsonfeed.org/version/1.1","title":"F","items":[{"id":1,"url":"https://example.org/1","content_html":"<p>a</p><p>b</p>"}]}"#,
    );
    assert_eq!(lines(&feed), ["1 | - | https://example.org/1 | - | a\nb"]);
    let map = read(
        r#"{"type":"FeatureCollection","features":[{"type":"Feature","id":"z","properties":{"name":"N"},"geometry":{"type":"Polygon","coordinates":[[[37,49],[38,49],[38,50],[37,49]]]}},
           {"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[37.6,49.7]}}]}"#,
    );
    assert_eq!((map.items[0].id.as_str(), map.items[0].area.len()), ("z", 1));
    assert_eq!(map.items[1].point.unwrap().lat, 49.7);
}

#[test]
fn rows_are_read() {
    let options = Options {
        format: Some("csv".to_owned()),
        items: None,
        fields: vec![("published".to_owned(), FieldSource::Joined(vec!["acq_date".to_owned(), "acq_time".to_owned()]))],
        base_url: None,
    };
    let parsed = Reader::new(options)
        .unwrap()
        .read(&document(
            "latitude,longitude,acq_date,acq_time,confidence\n49.7,37.6,2025-12-13,123,n\n49.8,37.7,2025-12-13\n",
        ))
        .unwrap();
    assert_eq!(parsed.items[0].published.unwrap().to_string(), "2025-12-13T01:23:00Z");
    assert_eq!(parsed.items[0].point.unwrap().lon, 37.6);
    assert_eq!(parsed.items[0].field("confidence"), Some("n"));
    assert_eq!(parsed.items.len(), 2);
    assert!(parsed.warnings[0].contains("1 rows"));
    assert_ne!(parsed.items[0].id, parsed.items[1].id);
}

#[test]
fn pages_are_read_by_selector() {
    let reader =
        reader(Some("html"), Some(".m"), &[("id", "@data-post"), ("content", ".t"), ("published", "time@datetime")]);
    let parsed = reader
        .read(&document("<html><body><div class=m data-post='c/1'><p class=t>A<br>B &lt;i&gt;</p><time datetime='2025-12-13T06:00:00+00:00'></time></div></body></html>"))
        .unwrap();
    assert_eq!(lines(&parsed), ["c/1 | - | - | 2025-12-13T06:00:00Z | A\nB <i>"]);
}

#[test]
fn a_page_where_a_feed_should_be_is_a_shell() {
    for format in ["rss", "json", "csv"] {
        let error = reader(Some(format), None, &[])
            .read(&document("<!doctype html><html><body>Log in</body></html>"))
            .unwrap_err();
        assert!(error.is_shell, "{format}");
    }
    let error = reader(Some("rss"), None, &[]).read(&document("Bad gateway")).unwrap_err();
    assert!(!error.is_shell && error.message.contains("Bad gateway"));
}

#[test]
fn what_is_nested_too_deeply_is_refused() {
    let json = "[".repeat(100_000);
    assert!(reader(Some("json"), None, &[]).read(&document(json)).unwrap_err().message.contains("limit of 120"));
    let page = "<ul><li>".repeat(20_000);
    assert!(reader(Some("html"), None, &[]).read(&document(page)).unwrap_err().message.contains("limit of 512"));
    let feed = format!("<rss><channel>{}", "<a>".repeat(100_000));
    assert!(!read(&feed).warnings.is_empty());
}

proptest! {
    #[test]
    fn bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), kind in 0..8usize) {
        const STARTS: [&str; 8] = ["", "<rss><item>", "<feed><entry>", "{\"a\":[", "a,b\n1,2\n", "<html><body>", "<?xml version='1.0'?>", "&#"];
        let mut body = STARTS[kind].as_bytes().to_vec();
        body.extend(bytes);
        for format in [None, Some("rss"), Some("json"), Some("csv"), Some("html"), Some("text")] {
            let _ = reader(format, None, &[]).read(&document(body.clone()));
        }
    }
}

/// The captured documents, where they are at hand.
fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    if !path.exists() {
        println!("skipped {name}: ../shared is not here");
        return None;
    }
    Some(path)
}

#[test]
fn sixty_snapshots_of_one_feed_are_read_whole() {
    let Some(folder) = shared("whitehouse/rss_snapshots") else { return };
    let mut documents = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "xml") {
            continue;
        }
        let body = std::fs::read(&path).unwrap();
        let stated = String::from_utf8_lossy(&body).matches("<item>").count();
        let parsed = reader(None, None, &[]).read(&document(body)).unwrap();
        assert_eq!(parsed.items.len(), stated, "{}", path.display());
        assert!(parsed.items.iter().all(|item| item.published.is_some() && item.title.is_some()), "{}", path.display());
        documents += 1;
    }
    assert!(documents > 0);
}
