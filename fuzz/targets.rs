//! What reads bytes of strangers, each as a function of bytes, with documents to begin from.

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use watchfloor::config::{self, Environment};
use watchfloor::extract::{amounts, css, dates, numbers, pattern};
use watchfloor::fetch::Schedule;
use watchfloor::format::records::Records;
use watchfloor::format::{self, FORMATS, FieldSource, Options, Reader, expression};
use watchfloor::model::item::Document;
use watchfloor::notify::parse_mailbox;

/// One thing that reads.
pub struct Target {
    /// Its name.
    pub name: &'static str,
    /// Reads.
    pub run: fn(&[u8]),
    /// What to begin from.
    pub seeds: &'static [&'static str],
}

/// All of them.
pub const TARGETS: &[Target] = &[
    Target { name: "feed", run: |bytes| document(None, None, bytes), seeds: FEEDS },
    Target { name: "rss", run: |bytes| document(Some("rss"), None, bytes), seeds: FEEDS },
    Target { name: "html", run: |bytes| document(Some("html"), Some("p, tr"), bytes), seeds: PAGES },
    Target { name: "page", run: |bytes| document(Some("html"), None, bytes), seeds: PAGES },
    Target { name: "json", run: |bytes| document(Some("json"), Some("$..*"), bytes), seeds: JSON },
    Target { name: "json-feed", run: |bytes| document(Some("json-feed"), None, bytes), seeds: JSON },
    Target { name: "geojson", run: |bytes| document(Some("geojson"), None, bytes), seeds: JSON },
    Target { name: "csv", run: |bytes| document(Some("csv"), None, bytes), seeds: TABLES },
    Target { name: "ical", run: |bytes| document(Some("ical"), None, bytes), seeds: CALENDARS },
    Target { name: "text", run: |bytes| document(Some("text"), None, bytes), seeds: TEXTS },
    Target { name: "every-format", run: every_format, seeds: FEEDS },
    Target { name: "records", run: records, seeds: TABLES },
    Target { name: "grammars", run: grammars, seeds: TEXTS },
    Target { name: "expressions", run: expressions, seeds: EXPRESSIONS },
    Target { name: "cron", run: cron, seeds: CRON },
    Target { name: "configuration", run: configuration, seeds: WATCHES },
    Target { name: "mailbox", run: mailbox, seeds: &["Desk <desk@example.org>", "\"a, b\" <x@[127.0.0.1]>"] },
];

const FEEDS: &[&str] = &[
    "<?xml version='1.0' encoding='utf-8'?><!DOCTYPE rss [<!ENTITY e 'f&#33;'>]><rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/' \
     xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><title>t &e;</title><link>http://a/</link><ttl>60</ttl><item><guid isPermaLink='false'>1</guid>\
     <title>12 sorties &amp; more</title><pubDate>Fri, 02 Jan 2026 09:30:00 +0200</pubDate><content:encoded><![CDATA[<p>a<br>b <a href='/x'>c</a></p>]]></content:encoded>\
     <description>&lt;b&gt;x&lt;/b&gt; caf&eacute;</description><enclosure url='/e'/><georss:point>49.7 37.6</georss:point></item></channel></rss>",
    "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='http://a/b/' xml:lang='uk'><id>x</id><updated>2026-01-02T03:04:05Z</updated><entry><id>1</id><link href='c' rel='alternate'/>\
     <author><name>A</name><email>a@b</email></author><content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>x<pre>y\nz</pre></div></content><category term='t'/></entry></feed>",
    "<rdf:RDF xmlns='http://purl.org/rss/1.0/'><channel rdf:about='x'/><item rdf:about='http://a/1'><title>t</title></item></rdf:RDF>",
];

const PAGES: &[&str] = &[
    "<!doctype html><html lang=en><head><title>T</title><base href='/b/'><meta property='og:title' content='x'></head><body><nav><ul><li>a<li>b</ul></nav>\
     <table><tr><td>12<td>13</table><p class=n>x <b>y</i></b><script>if (a<b) {}</script><pre>a\nb</pre><svg><p>z</svg></body>",
    "<div data-post='c/1'><div class='tgme_widget_message_text'>Збито 12 дронів<br/>і 3 ракети</div><time datetime='2026-01-01T00:00:00+00:00'></time></div>",
];

const JSON: &[&str] = &[
    r#"{"version":"https://jsonfeed.org/version/1.1","title":"t","items":[{"id":1,"url":"http://a/1","content_html":"<p>x</p>","date_published":"2026-01-02T03:04:05Z","authors":[{"name":"A"}]}]}"#,
    r#"{"type":"FeatureCollection","features":[{"type":"Feature","id":7,"properties":{"title":"x","n":1.50},"geometry":{"type":"MultiPolygon","coordinates":[[[[36,48],[40,48],[40,52],[36,48]]]]}}]}"#,
    r#"[{"id":"a","n":1e3,"d":"2026-01-02","nested":{"a":[1,2,{"b":null}]}},{"id":"b","n":-0.0}]"#,
    "{\"a\":1}\n{\"a\":2}\n",
];

const TABLES: &[&str] = &[
    "id,date,n\n1,2026-01-01,\"1,2\"\n2,2026-01-02,\"a\"\"b\"\n",
    "latitude;longitude;acq_date;acq_time\r\n49,7;37,6;2026-01-01;11\r\n",
    ",a\tb\n0,1\t2\n\n",
];

const CALENDARS: &[&str] = &[
    "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=Europe/Kyiv:20260101T090000\r\nSUMMARY:a\\, b\r\n  c\r\nGEO:49.7;37.6\r\nRRULE:FREQ=DAILY;COUNT=3\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:2\r\nDTSTART;TZID=Europe/Kyiv:19691229T100000\r\nDTEND;TZID=Europe/Kyiv:19691229T110000\r\n\
     RRULE:FREQ=MONTHLY;INTERVAL=2;BYDAY=1MO,-1FR;BYSETPOS=-1;WKST=SU;UNTIL=19720101T000000Z\r\nEXDATE;VALUE=DATE:19700102\r\n\
     RDATE;VALUE=PERIOD:19700301T100000Z/PT1H\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:2\r\nRECURRENCE-ID:19700223T080000Z\r\n\
     DTSTART:19700224T080000Z\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:3\r\nDTSTART:19680229\r\nRRULE:FREQ=YEARLY;BYMONTH=2,3;BYMONTHDAY=-1,31;COUNT=9\r\nEND:VEVENT\r\n",
];

const TEXTS: &[&str] = &[
    "Over 1,234 sorties and up to 3.5 bn, from 5 to 7 of 12; €40 billion by the end of March 2026, several hundred on 02.01.26 at 22.00.",
    "За добу збито понад 12 тис. дронів, близько сорока чотирьох ракет Х-101, від 3 до 5 танків; жодного прильоту. 3,5 млрд грн до 31 березня.",
    "свыше двухсот обстрелов, полтора десятка БПЛА, ни одного; 85 billion Norwegian kroner in Q3 2026; 49.7106, 37.6156",
];

const EXPRESSIONS: &[&str] = &[
    "$.a[?@.b > 1 && match(@.c, 'x.*')]['d', 1:2]..*",
    "ul > li:not(.a):nth-child(2n+1)[href^='x'] ~ p",
    r"(?<value>[\d\s.,]+)\s+(?:artillery|UAS)\b(?i:x{1,3})\p{L}",
];

const CRON: &[&str] = &["*/15 6-23 * * MON-FRI", "0 0 L * ?", "@daily", "5 0 12 15W * 2#1", "30 2 29 2 *"];

const WATCHES: &[&str] = &[
    "[watch]\ntitle = 'x'\n[places.p]\nlat = 49.7\nlon = 37.6\nradius = '40 km'\n[feeds.f]\nurl = 'https://example.org/a'\nformat = 'csv'\nevery = '1h'\nfields = { published = ['a', 'b'] }\n\
     [indicators.i]\nkind = 'count'\nperiod = 'day'\nplausible = [0, 10]\n[[indicators.i.from]]\nfeed = 'f'\nmatch = { all = ['a'], any = ['b*'] }\nvalue = '(\\d+)'\n\
     [scenarios.s]\npath = 'risk'\nneeds = '1 of 1'\nhold = '2h'\n[[scenarios.s.when]]\nindicator = 'i'\nmeasure = 'ratio'\nbaseline = 3\nat_most = 0.5\n",
];

fn document(format: Option<&str>, items: Option<&str>, bytes: &[u8]) {
    let fields =
        if items.is_some() { vec![("published".to_owned(), FieldSource::One("d".to_owned()))] } else { Vec::new() };
    let options =
        Options { format: format.map(str::to_owned), items: items.map(str::to_owned), fields, ..Options::default() };
    let Ok(reader) = Reader::new(options) else { return };
    let document = Document { body: bytes.to_vec(), content_type: None, url: Some("https://example.org/a".to_owned()) };
    let now = Some(Timestamp::UNIX_EPOCH);
    let Ok(parsed) = reader.read_around(&document, now) else { return };
    // What is read twice is read the same.
    assert_eq!(reader.read_around(&document, now).as_ref(), Ok(&parsed));
    for item in parsed.items.iter().take(3) {
        let text: String = item.text().chars().take(2_000).collect();
        let _ = numbers::read(&text, item.language.as_deref());
    }
}

fn every_format(bytes: &[u8]) {
    FORMATS.iter().for_each(|format| document(Some(format.word), None, bytes));
}

fn records(bytes: &[u8]) {
    let text = format::decode(bytes);
    let mut width = None;
    for record in Records::new(&text, ',') {
        let Ok(record) = record else { return };
        assert_eq!(*width.get_or_insert(record.len()), record.len(), "records are of one width");
    }
}

fn grammars(bytes: &[u8]) {
    let text = format::decode(bytes);
    let spans = numbers::read(&text, None).into_iter().map(|found| (found.span, found.text));
    let spans = spans.chain(amounts::read(&text, Some("uk")).into_iter().map(|found| (found.span, found.text)));
    let found = dates::read(&text, Timestamp::UNIX_EPOCH, &TimeZone::UTC);
    let letters: Vec<char> = text.chars().collect();
    for ((from, to), shown) in spans.chain(found.into_iter().map(|found| (found.span, found.text))) {
        assert_eq!(letters[from..to].iter().collect::<String>(), shown, "a span is where its text stands");
    }
}

fn expressions(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let json = serde_json::json!({"a": [{"b": 2, "c": "xy", "d": [1, 2]}]});
    if let Ok(path) = expression::path(&text) {
        let _ = path.query(&json).all();
    }
    if let Ok(selector) = expression::selector(&text) {
        let _ = css::texts("<ul><li class=a>1<li href=x>2<p>3</ul>", &selector, None);
    }
    let _ = pattern::captures("12 artillery, 7 UAS xx", &text);
}

fn cron(bytes: &[u8]) {
    let Ok(schedule) = Schedule::cron(&String::from_utf8_lossy(bytes)) else { return };
    let mut last = Timestamp::UNIX_EPOCH;
    for next in schedule.next_times(last, &TimeZone::UTC).take(3) {
        assert!(next > last, "each time is after the one before");
        last = next;
    }
}

fn mailbox(bytes: &[u8]) {
    let _ = parse_mailbox(&String::from_utf8_lossy(bytes));
}

/// A machine on which every file holds the same bytes.
struct OneFile<'a>(&'a [u8]);

impl Environment for OneFile<'_> {
    fn var(&self, _: &str) -> Option<String> {
        None
    }

    fn read(&self, _: &Path) -> io::Result<Vec<u8>> {
        Ok(self.0.to_vec())
    }

    fn list(&self, _: &Path) -> io::Result<Vec<PathBuf>> {
        Ok(Vec::new())
    }
}

fn configuration(bytes: &[u8]) {
    let path = Path::new("watches/w.toml");
    match config::check(path, &OneFile(bytes), jiff::civil::Date::constant(2026, 6, 1)) {
        Ok(loaded) => drop(loaded.warnings.print(false)),
        Err(problems) => drop(problems.print(false)),
    }
}
