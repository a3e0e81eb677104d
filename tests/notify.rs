//! Messages: every kind rendered, read back by a parser that is not ours, and held against golden files.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "support/hostile.rs"]
mod hostile;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use mail_parser::{MessageParser, MimeHeaders};
use watchfloor::model::alert::{Account, EvidenceAccount};
use watchfloor::model::notification::{Content, Digest, DigestLine, DigestSection, Folded, Kind, Message, Thread};
use watchfloor::notify::{Rendered, Renderer, Sender, sample};

const FROM: &str = "Watchfloor <watch@example.org>";

fn render(message: &Message, from: &str) -> Result<Rendered, String> {
    watchfloor::notify::render(message, &Sender::new(from))
}

fn now() -> Timestamp {
    "2026-03-13T06:00:00Z".parse().unwrap()
}

fn sampled(kind: Kind) -> Message {
    sample(kind, "Kupyansk: front-line momentum", now())
}

/// A mail read back: unfolded headers in lower case, and both parts with blanks made single.
struct Read {
    headers: HashMap<String, String>,
    subject: String,
    text: String,
    html: String,
    raw_text: String,
    raw_html: String,
    bytes: Vec<u8>,
}

impl Read {
    /// Reads a message and asserts what holds for every one.
    fn of(message: &Message) -> Self {
        let bytes = render(message, FROM).unwrap().bytes;
        assert_wire_format(&bytes);
        let parsed = MessageParser::default().parse(&bytes).unwrap();
        let root = parsed.root_part().content_type().unwrap();
        assert_eq!((root.ctype(), root.subtype()), ("multipart", Some("alternative")));
        let pictures = raw_html_of(&parsed).matches("<img").count();
        assert_eq!((parsed.text_body_count(), parsed.html_body_count(), parsed.attachment_count()), (1, 1, pictures));
        assert!(parsed.text_body[0] < parsed.html_body[0], "text comes first");
        let (raw_text, raw_html) = (parsed.body_text(0).unwrap(), parsed.body_html(0).unwrap());
        Self {
            headers: headers(&bytes),
            subject: parsed.subject().unwrap().to_owned(),
            text: single_blanks(&raw_text),
            html: single_blanks(&visible(&raw_html)),
            raw_text: raw_text.replace("\r\n", "\n"),
            raw_html: raw_html.into_owned(),
            bytes: bytes.clone(),
        }
    }

    fn assert_says(&self, fact: &str) {
        let fact = single_blanks(fact);
        assert!(self.text.contains(&fact), "the text lacks `{fact}`:\n{}", self.text);
        assert!(self.html.contains(&fact), "the HTML lacks `{fact}`:\n{}", self.html);
    }
}

fn raw_html_of(parsed: &mail_parser::Message<'_>) -> String {
    parsed.body_html(0).unwrap().into_owned()
}

fn assert_wire_format(bytes: &[u8]) {
    assert!(bytes.is_ascii(), "every part is encoded");
    let text = std::str::from_utf8(bytes).unwrap();
    assert!(text.replace("\r\n", "").bytes().all(|b| b != b'\r' && b != b'\n'), "every line ends with CRLF");
    let longest = text.split("\r\n").map(str::len).max().unwrap();
    assert!(longest <= 998, "a line of {longest} octets");
}

/// Unfolded headers; each name once.
fn headers(bytes: &[u8]) -> HashMap<String, String> {
    let text = std::str::from_utf8(bytes).unwrap();
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    let mut headers = HashMap::new();
    for line in head.replace("\r\n ", " ").split("\r\n") {
        let (name, value) = line.split_once(": ").unwrap_or_else(|| panic!("`{line}` is no header"));
        let before = headers.insert(name.to_ascii_lowercase(), value.to_owned());
        assert_eq!(before, None, "{name} occurs twice");
    }
    headers
}

fn single_blanks(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a reader sees of HTML: no tags, no entities, no head.
fn visible(html: &str) -> String {
    let body = html.split_once("<body").unwrap().1;
    let document = scraper::Html::parse_document(&format!("<body{body}"));
    document.root_element().text().collect::<Vec<_>>().join(" ")
}

fn golden_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testdata/mail")
}

#[test]
fn every_kind_has_the_required_headers() {
    for (word, kind) in Kind::ALL {
        let message = sampled(kind);
        let read = Read::of(&message);
        let header = |name: &str| read.headers.get(name).unwrap_or_else(|| panic!("{word} lacks {name}")).as_str();
        assert_eq!(header("from"), FROM);
        assert!(header("to").contains("<desk@example.org>"));
        assert_eq!(header("date"), "Fri, 13 Mar 2026 06:00:00 +0000");
        assert_eq!(header("message-id"), format!("<{}>", message.message_id));
        assert_eq!(header("mime-version"), "1.0");
        assert_eq!(header("auto-submitted"), "auto-generated");
        let list = message.watch.as_deref().map_or_else(String::new, |watch| format!("{watch}."));
        assert_eq!(header("list-id"), format!("<{list}watchfloor.example.org>"));
        assert!((1..=200).contains(&read.subject.chars().count()), "{word}: {}", read.subject);
        assert_eq!(read.headers.contains_key("references"), message.thread.root.is_some(), "{word}");
    }
}

#[test]
fn one_activation_is_one_thread() {
    let message = Message {
        thread: Thread { root: Some("root@x".to_owned()), earlier: vec!["first@x".to_owned(), "second@x".to_owned()] },
        ..sampled(Kind::Resolved)
    };
    let read = Read::of(&message);
    assert_eq!(read.headers["references"], "<root@x> <first@x> <second@x>");
    assert_eq!(read.headers["in-reply-to"], "<second@x>");
    let first = Message { thread: Thread { root: Some("root@x".to_owned()), earlier: Vec::new() }, ..message.clone() };
    assert_eq!(Read::of(&first).headers["in-reply-to"], "<root@x>", "the root is a phantom that all can answer");
    let long = Thread { root: Some("root@x".to_owned()), earlier: (0..500).map(|n| format!("{n}@x")).collect() };
    let references = Read::of(&Message { thread: long, ..message }).headers["references"].clone();
    assert!(references.starts_with("<root@x> <480@x> ") && references.ends_with(" <499@x>"), "{references}");
}

#[test]
fn subjects_keep_one_stem_a_thread() {
    let stem = "[RISK] Kupyansk: SAMPLE: the other side goes over to the attack";
    let prefixes = [
        (Kind::Triggered, ""),
        (Kind::Escalated, "Escalated: "),
        (Kind::Reminder, "Reminder: "),
        (Kind::Resolved, "Resolved: "),
        (Kind::Undone, "Undone: "),
        (Kind::Blind, "Blind: "),
        (Kind::SeesAgain, "Sees again: "),
        (Kind::Drill, "DRILL: "),
    ];
    for (kind, prefix) in prefixes {
        assert_eq!(Read::of(&sampled(kind)).subject, format!("{prefix}{stem}"));
    }
}

#[test]
fn both_parts_say_every_fact() {
    for (_, kind) in Kind::ALL {
        let message = sampled(kind);
        let read = Read::of(&message);
        match &message.content {
            Content::Scenario(account) => assert_account(&read, account, message.alert.unwrap()),
            Content::Feed(notice) => {
                let facts = [&notice.source, &notice.health, &notice.watch_title, &notice.feed.to_string()];
                facts
                    .into_iter()
                    .chain(&notice.error)
                    .chain(&notice.indicators)
                    .for_each(|fact| read.assert_says(fact));
                read.assert_says("12 March 2026, 02:00 EET");
            }
            Content::Digest(digest) => {
                for DigestSection { title, lines } in &digest.sections {
                    read.assert_says(title);
                    lines.iter().for_each(|line| read.assert_says(&line.text));
                }
                read.assert_says("██+█·█▄(▂) SAMPLE sorties");
            }
            Content::Undelivered(undelivered) => {
                for message in &undelivered.messages {
                    [&message.about, &message.recipient, &message.why]
                        .into_iter()
                        .for_each(|fact| read.assert_says(fact));
                    read.assert_says(message.kind.word());
                }
                read.assert_says("watchfloor mail retry 41");
            }
            Content::Store(notice) => {
                [&notice.path, &notice.error].into_iter().chain(&notice.works).for_each(|fact| read.assert_says(fact));
                read.assert_says("13 March 2026, 06:00 EET");
                // Damage is found once; what is refused, is refused again and again.
                read.assert_says(if message.kind == Kind::StoreDamaged { "REINDEX" } else { "7 times" });
                let ended = notice.until.map(|_| "13 March 2026, 08:00 EET, after 2 hours");
                ended.iter().for_each(|ended| read.assert_says(ended));
            }
            Content::Test => read.assert_says("Nothing has happened."),
        }
    }
}

fn assert_account(read: &Read, account: &Account, alert: i64) {
    for fact in [&account.title, &account.watch_title, &account.reason, &account.needs] {
        read.assert_says(fact);
    }
    account.basis.iter().chain(&account.clears).for_each(|fact| read.assert_says(fact));
    read.assert_says(&format!("{} since 12 March 2026, 06:00 EET", account.phase.word()));
    read.assert_says(&format!("watchfloor alert show {alert}"));
    for condition in &account.conditions {
        for fact in [&condition.title, &condition.bound, &condition.why, &condition.indicator.to_string()] {
            read.assert_says(fact);
        }
        let change = condition.before.as_ref().map(|before| format!("{before} → {}", condition.shown));
        read.assert_says(change.as_ref().unwrap_or(&condition.shown));
        condition.proxy_for.iter().for_each(|proxy| read.assert_says(proxy));
        condition.series.iter().for_each(|point| read.assert_says(&point.period));
        condition.evidence.iter().for_each(|evidence| assert_evidence(read, evidence));
    }
}

fn assert_evidence(read: &Read, evidence: &EvidenceAccount) {
    for fact in [&evidence.quote, &evidence.source, &evidence.grade] {
        read.assert_says(fact);
    }
    evidence.title.iter().chain(&evidence.link).chain(&evidence.flags).for_each(|fact| read.assert_says(fact));
    let link = evidence.link.as_ref().unwrap().replace('&', "&amp;");
    assert!(read.raw_html.contains(&format!("href=\"{link}\"")), "{link} can be followed");
}

#[test]
fn the_chart_shows_what_is_missing_and_what_is_provisional() {
    let read = Read::of(&sampled(Kind::Triggered));
    assert!(read.text.contains("███·█▄▂"));
    read.assert_says("2025-12 missing");
    read.assert_says("2026-03 120 provisional");
    read.assert_says("2025-10 905 partial");
    assert!(!read.text.contains("2026-02 390 provisional"));
}

/// Each picture is in the message itself, says in words what it shows, and is what it claims to be.
#[test]
fn charts_are_pictures_inside_the_message() {
    let read = Read::of(&sampled(Kind::Triggered));
    let parsed = MessageParser::default().parse(&read.bytes).unwrap();
    let picture = parsed.attachment(0).unwrap();
    assert!(picture.contents().starts_with(b"\x89PNG\r\n\x1a\n"));
    assert!(read.raw_html.contains(&format!("<img src=\"cid:{}\"", picture.content_id().unwrap())));
    assert!(
        read.raw_html
            .contains("alt=\"Chart of sorties: 2025-09 880, 2025-10 905 (partial), 2025-11 940, 2025-12 missing,")
    );
    assert!(read.bytes.len() < 120_000, "{} octets", read.bytes.len());
}

#[test]
fn a_message_says_what_it_stands_for() {
    let at = |text: &str| text.parse().unwrap();
    let folded = vec![
        Folded { kind: Kind::Triggered, at: at("2026-03-13T05:59:20Z") },
        Folded { kind: Kind::Resolved, at: at("2026-03-13T05:59:40Z") },
    ];
    let read = Read::of(&Message { folded, ..sampled(Kind::Escalated) });
    read.assert_says(
        "Within the minute before, the scenario triggered (13 March 2026, 07:59 EET), resolved (13 March 2026, 07:59 EET); \
         this one message stands for all of it.",
    );
}

#[test]
fn a_reader_may_ask_to_get_no_more_where_the_settings_say_how() {
    let message = sampled(Kind::Digest);
    assert!(!Read::of(&message).headers.contains_key("list-unsubscribe"));
    let sender = Sender { unsubscribe: Some("mailto:desk@example.org?subject=off".to_owned()), ..Sender::new(FROM) };
    let rendered = watchfloor::notify::render(&message, &sender).unwrap();
    assert_eq!(headers(&rendered.bytes)["list-unsubscribe"], "<mailto:desk@example.org?subject=off>");
}

#[test]
fn acknowledging_is_offered_where_it_helps() {
    for (_, kind) in Kind::ALL {
        let offers = matches!(kind, Kind::Triggered | Kind::Escalated | Kind::Reminder | Kind::Drill);
        assert_eq!(Read::of(&sampled(kind)).text.contains("watchfloor alert ack 12"), offers, "{kind:?}");
    }
}

#[test]
fn html_loads_and_runs_nothing() {
    for (word, kind) in Kind::ALL {
        let html = Read::of(&sampled(kind)).raw_html.to_ascii_lowercase();
        for banned in ["<script", "<form", "<link", "<iframe", "<object", "url(", "@import", "onclick", "javascript:"] {
            assert!(!html.contains(banned), "{word} has {banned}");
        }
        assert_eq!(
            html.matches("src=").count(),
            html.matches("<img src=\"cid:chart.").count(),
            "{word} loads something"
        );
    }
}

/// A picture is named by the digest of its pixels, which are the painter's and not the template's business.
fn without_digests(html: &str) -> String {
    let mut parts = html.split("cid:chart.");
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |whole, part| {
        whole + "cid:chart.DIGEST" + part.trim_start_matches(|c: char| c.is_ascii_hexdigit())
    })
}

#[test]
fn golden_files_hold() {
    let is_update = std::env::var_os("UPDATE_EXPECT").is_some();
    for (word, kind) in Kind::ALL {
        let read = Read::of(&sampled(kind));
        let text = format!("Subject: {}\n\n{}", read.subject, read.raw_text);
        for (form, found) in [("txt", text), ("html", without_digests(&read.raw_html.replace("\r\n", "\n")))] {
            let path = golden_dir().join(format!("{word}.{form}"));
            if is_update {
                fs::write(&path, &found).unwrap();
            }
            let expected = fs::read_to_string(&path).unwrap_or_default();
            assert_eq!(found, expected, "{} differs; CONTRIBUTING.md says how it is rewritten", path.display());
        }
    }
    for entry in fs::read_dir(golden_dir()).unwrap() {
        let path = entry.unwrap().path();
        let word = path.file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(Kind::parse(&word).is_some(), "{} belongs to no kind", path.display());
    }
}

/// Everything a feed could try at once.
const HOSTILE: &str = "x\r\nBcc: evil@example.org\r\n\r\n<script>alert(1)</script>\u{202e}gpj\u{2066}\u{1b}[31m\0\"'&</td>{{ 7*7 }}\u{061c}";

fn hostile(kind: Kind) -> Message {
    hostile::fill(sampled(kind), HOSTILE, true)
}

#[test]
fn hostile_text_is_harmless() {
    for (word, kind) in Kind::ALL {
        let read = Read::of(&hostile(kind));
        assert!(!read.headers.contains_key("bcc"), "{word}");
        for steering in ['\u{202e}', '\u{2066}', '\u{061c}', '\u{1b}', '\0'] {
            assert!(!read.raw_text.contains(steering) && !read.raw_html.contains(steering), "{word} has {steering:?}");
            assert!(!read.subject.contains(steering), "{word} has {steering:?} in its subject");
        }
        assert!(!read.subject.contains(['\r', '\n']), "{word}");
        assert!(!read.raw_html.contains("<script"), "{word} has live HTML");
        assert!(!read.raw_html.contains("href=\"javascript"), "{word} links to a script");
        assert!(!read.text.contains("49"), "{word} evaluates templates in data");
        let hidden = read.raw_text.lines().any(|line| line.starts_with("Bcc:"));
        assert!(!hidden, "{word} lets data begin a line");
    }
}

#[test]
fn ten_megabytes_of_title_make_a_small_mail() {
    let huge = "ж".repeat(5_000_000);
    let mut message = sampled(Kind::Triggered);
    if let Content::Scenario(account) = &mut message.content {
        let ordinary = account.conditions[1].clone();
        account.title = huge.clone();
        account.reason = huge.clone();
        account.conditions[0].evidence[0].quote = huge.clone();
        account.conditions[0].evidence[0].link = Some(format!("https://example.org/{huge}"));
        account.conditions[1].evidence = vec![ordinary.evidence[0].clone(); 2000];
        account.conditions.extend(vec![ordinary; 1997]);
    }
    let read = Read::of(&message);
    assert!(read.bytes.len() < 300_000, "{} octets", read.bytes.len());
    assert!(read.text.contains("1970 more conditions.") && read.text.contains("1995 more pieces of evidence"));
    assert!(read.subject.starts_with("[RISK] Kupyansk: жжж") && read.subject.chars().count() <= 200);
}

#[test]
fn a_digest_is_bounded() {
    let section = DigestSection { title: "s".to_owned(), lines: vec![DigestLine::from("l".repeat(2_000)); 300] };
    let message = Message {
        content: Content::Digest(Digest { zone: "UTC".to_owned(), sections: vec![section; 90] }),
        ..sampled(Kind::Digest)
    };
    let read = Read::of(&message);
    assert!(read.text.contains("30 more sections.") && read.text.contains("… and 200 more."));
    assert!(read.bytes.len() < 12_000_000, "{} octets", read.bytes.len());
}

#[test]
fn the_same_message_gives_the_same_bytes() {
    // Also where its pictures are remembered from another.
    let (mut renderer, sender) = (Renderer::default(), Sender::new(FROM));
    for (_, kind) in Kind::ALL {
        assert_eq!(render(&sampled(kind), FROM), renderer.render(&sampled(kind), &sender));
    }
}

#[test]
fn recipients_are_written_as_they_are_meant() {
    let cases = [
        ("desk@example.org", "desk@example.org", None),
        ("Ops, \"night\" <a@example.org>", "", None),
        ("\"Ops, \\\"night\\\"\" <a@example.org>", "a@example.org", Some("Ops, \"night\"")),
        ("Черговий аналітик <a@приклад.укр>", "a@xn--80aikifvh.xn--j1amh", Some("Черговий аналітик")),
        ("A\r\nBcc: b@example.org <a@example.org>", "", None),
        ("A\r\nBcc: b <a@example.org>", "a@example.org", Some("A Bcc: b")),
        ("nobody", "", None),
    ];
    for (recipient, address, name) in cases {
        let rendered = render(&Message { recipient: recipient.to_owned(), ..sampled(Kind::Test) }, FROM);
        if address.is_empty() {
            assert!(rendered.unwrap_err().contains("is not a mail address"), "{recipient}");
            continue;
        }
        let rendered = rendered.unwrap();
        assert_eq!((rendered.sender.as_str(), rendered.recipient.as_str()), ("watch@example.org", address));
        let parsed = MessageParser::default().parse(&rendered.bytes).unwrap();
        let to = parsed.to().unwrap().first().unwrap();
        assert_eq!((to.address(), to.name()), (Some(address), name), "{recipient}");
    }
}

#[test]
fn times_out_of_range_are_written() {
    for created in [Timestamp::MIN, Timestamp::MAX] {
        let message = Message { created, ..sampled(Kind::Digest) };
        assert!(Read::of(&message).headers.contains_key("date"));
    }
}
