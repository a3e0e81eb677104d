//! Reading feeds beside the usual crate and a bare scan of the same bytes, in one run.
//!
//! `cargo bench --bench reader` prints divan's figures and then the ratios by
//! CPU time, which a busy machine does not blur; it fails below the ratio that
//! is promised.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a bench that cannot set its scene has failed"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::sync::LazyLock;

use divan::Bencher;
use divan::counter::BytesCount;
use watchfloor::format::{Options, Reader};
use watchfloor::model::item::Document;

/// Twice as much as the usual crate reads in the same time.
const PROMISED: f64 = 2.0;
const DOCUMENTS: usize = 40;
const ITEMS: usize = 40;
const ROUNDS: usize = 7;

static CORPUS: LazyLock<Vec<Document>> = LazyLock::new(|| (0..DOCUMENTS).map(document).collect());
static READER: LazyLock<Reader> = LazyLock::new(|| Reader::new(Options::default()).unwrap());

const SENTENCES: [&str; 8] = [
    "The figure could not be checked independently and is given as published by the operational group.",
    "Local officials asked residents of outlying villages to stay away from crossings until further notice.",
    "Two earlier summaries had put the number lower; the revision was explained by reports that arrived late.",
    "Cloud cover limited optical imagery over the district, and the analysts relied on radar passes instead.",
    "Rail traffic on the section was said to have resumed in the evening after repairs on the signal line.",
    "За добу на напрямку відбулося сорок чотири боєзіткнення, більшість атак відбито.",
    "An assessment of the previous week described the tempo as steady with short peaks around resupply.",
    "The ministry is expected to give a fuller account at its scheduled briefing later in the week.",
];

/// A feed as agencies publish them: two of five with CDATA, the others with escaped HTML.
fn document(number: usize) -> Document {
    let mut dice = number as u64 * 7_919 + 1;
    let mut roll = move |sides: u64| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % sides
    };
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:georss=\"http://www.georss.org/georss\">\n<channel>\n\
         <title>Source {number}</title>\n<link>https://source-{number}.example/</link>\n<description>Field reports</description>\n"
    );
    for item in 0..ITEMS {
        let (count, day) = (roll(260), 1 + roll(28));
        let mut body = format!(
            "<p><b>Kupyansk</b>, <time datetime=\"2026-01-{day:02}\">2026-01-{day:02}</time> &mdash; {count} sorties</p>"
        );
        for _ in 0..3 + roll(4) {
            body.push_str("<p class=\"body\">");
            for _ in 0..2 + roll(3) {
                body.push_str(SENTENCES[roll(8) as usize]);
                body.push(' ');
            }
            writeln!(
                body,
                "<a href=\"https://reports.example/{:08}?utm_source=feed&amp;ref=rss\">source</a></p>",
                roll(100_000_000)
            )
            .unwrap();
        }
        let body = if number % 5 < 2 {
            format!("<![CDATA[{body}]]>")
        } else {
            body.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
        };
        writeln!(
            text,
            "<item>\n<title>Kharkiv sector: {count} sorties &amp; more</title>\n<link>https://source-{number}.example/r/{item}</link>\n\
             <guid isPermaLink=\"false\">{number}-{item}</guid>\n<pubDate>Fri, {day:02} Jan 2026 09:30:00 +0000</pubDate>\n\
             <dc:creator>desk</dc:creator>\n<category>Kupyansk</category>\n<georss:point>49.7106 37.6156</georss:point>\n\
             <description>Crews flew {count} sorties.</description>\n<content:encoded>{body}</content:encoded>\n</item>"
        )
        .unwrap();
    }
    text.push_str("</channel>\n</rss>\n");
    Document { body: text.into_bytes(), content_type: Some("application/rss+xml".to_owned()), url: None }
}

fn bytes() -> usize {
    CORPUS.iter().map(|document| document.body.len()).sum()
}

fn read_ours() {
    for document in CORPUS.iter() {
        let parsed = READER.read(black_box(document)).unwrap();
        assert_eq!(parsed.items.len(), ITEMS);
        black_box(parsed);
    }
}

fn read_usual() {
    for document in CORPUS.iter() {
        let feed = feed_rs::parser::parse(black_box(document.body.as_slice())).unwrap();
        assert_eq!(feed.entries.len(), ITEMS);
        black_box(feed);
    }
}

fn scan() {
    for document in CORPUS.iter() {
        let mut reader = quick_xml::Reader::from_str(std::str::from_utf8(black_box(&document.body)).unwrap());
        let mut events = 0_u32;
        while !matches!(reader.read_event().unwrap(), quick_xml::events::Event::Eof) {
            events += 1;
        }
        black_box(events);
    }
}

#[divan::bench]
fn watchfloor(bencher: Bencher<'_, '_>) {
    bencher.counter(BytesCount::new(bytes())).bench_local(read_ours);
}

#[divan::bench]
fn feed_rs(bencher: Bencher<'_, '_>) {
    bencher.counter(BytesCount::new(bytes())).bench_local(read_usual);
}

#[divan::bench]
fn bare_event_scan(bencher: Bencher<'_, '_>) {
    bencher.counter(BytesCount::new(bytes())).bench_local(scan);
}

/// The CPU time of this thread in seconds, as the kernel counts it.
fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1e9
}

/// Megabytes per CPU second, the median of all rounds.
fn speed(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    bytes() as f64 / 1e6 / seconds[seconds.len() / 2]
}

fn main() {
    divan::main();
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let mut spent = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (work, spent) in [read_ours, read_usual, scan].into_iter().zip(&mut spent) {
            let begun = cpu_seconds();
            work();
            spent.push(cpu_seconds() - begun);
        }
    }
    let [ours, usual, scan] = spent.map(speed);
    let ratio = ours / usual;
    println!(
        "MB per CPU second: watchfloor {ours:.0}, feed-rs {usual:.0}, bare event scan {scan:.0}; {ratio:.2} times feed-rs"
    );
    assert!(ratio >= PROMISED, "promised are {PROMISED} times");
}
