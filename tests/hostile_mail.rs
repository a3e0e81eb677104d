//! What a feed could try, in every field of every kind of message, read back by Python's `email` with a strict policy.
//!
//! Skipped by name where there is no `python3`; `tests/notify.rs` looks at the same with a Rust parser.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

#[path = "support/hostile.rs"]
mod hostile;

use std::path::Path;
use std::process::Command;

use watchfloor::model::notification::Kind;
use watchfloor::notify::{Renderer, Sender, sample};

/// One for each way in which a letter is made; the others differ from these in our own words.
const KINDS: [Kind; 5] = [Kind::Triggered, Kind::FeedBroken, Kind::StoreBroken, Kind::Digest, Kind::Undelivered];

/// Each with a word for what it is.
fn naughty() -> Vec<(&'static str, String)> {
    let mut all: Vec<(&str, String)> = NAUGHTY.iter().map(|(word, text)| (*word, (*text).to_owned())).collect();
    all.extend([
        ("combining flood", format!("Z{}algo", "\u{0336}\u{0489}\u{035c}".repeat(4000))),
        ("no blank", "x".repeat(50_000)),
        ("no blank, three bytes a letter", "見".repeat(50_000)),
        ("only quotes", "\"".repeat(5_000)),
        ("only tags", "<b>".repeat(5_000)),
        ("only dots on lines", "\r\n.".repeat(3_000)),
        ("many lines", "line\n".repeat(20_000)),
        ("encoded-words", "=?utf-8?B?PHNjcmlwdD4=?= ".repeat(500)),
        ("every control", (0..0x20_u8).chain(0x7f..0xa0).map(char::from).collect()),
    ]);
    all
}

const NAUGHTY: &[(&str, &str)] = &[
    ("empty", ""),
    ("blank", " \t\u{a0}\u{3000}\u{2003} "),
    ("header", "x\r\nBcc: evil@example.org"),
    ("header, LF only", "x\nBcc: evil@example.org\nX: y"),
    ("header, CR only", "x\rBcc: evil@example.org\r"),
    ("header, folded", "x\r\n Bcc: evil@example.org\r\n\tX: y"),
    ("header and body", "x\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>"),
    ("end of a part", "x\r\n--=_0123\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>\r\n--=_0123--"),
    ("other ends of lines", "a\u{85}b\u{2028}c\u{2029}d\u{0b}e\u{0c}f\u{1c}g\u{1d}h\u{1e}i"),
    ("end of data", "x\r\n.\r\nMAIL FROM:<evil@example.org>\r\n"),
    ("a dot", "."),
    ("mbox", "From evil@example.org Thu Jan  1 00:00:00 1970\nFrom: evil@example.org"),
    ("encoded-word", "=?utf-8?q?=0D=0ABcc:_evil@example.org?="),
    ("encoded-word, base64", "=?utf-8?B?DQpCY2M6IGV2aWxAZXhhbXBsZS5vcmc=?="),
    ("encoded-word, no end", "=?utf-8?q?never"),
    ("encoded-word, odd charset", "=?x-evil?q?a?="),
    ("quoted-printable", "=0D=0A=3Cscript=3E =\r\nx"),
    ("script", "<script>alert(1)</script>"),
    ("script, broken", "<scr<script>ipt>alert(1)</scr</script>ipt>"),
    ("script, upper case", "<SCRIPT SRC=//evil.example/x.js></SCRIPT>"),
    ("image", "<img src=x onerror=alert(1)><img src='https://evil.example/pixel.gif'>"),
    ("event handler", "\" onmouseover=\"alert(1)\" x=\""),
    ("event handler, single quotes", "' onclick='alert(1)' x='"),
    ("end of a tag", "--></style></title></textarea></td></table><svg/onload=alert(1)>"),
    ("style", "<style>@import 'https://evil.example/x.css';</style>"),
    ("form", "<form action=https://evil.example><input name=password>"),
    ("frame", "<iframe src=https://evil.example></iframe>"),
    ("base", "<base href=https://evil.example/>"),
    ("meta", "<meta http-equiv=refresh content='0;url=https://evil.example'>"),
    ("entities", "&lt;script&gt;alert(1)&lt;/script&gt; &#60;script&#62; &#x3c;script>"),
    ("comment", "<!--[if mso]><script>alert(1)</script><![endif]-->"),
    ("link to a script", "javascript:alert(1)"),
    ("link to a script, hidden", "\u{1}jAvA\tScRiPt:alert(1)"),
    ("link with data", "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=="),
    ("link out of its quotes", "https://example.org/\"><script>alert(1)</script>"),
    ("link with a name before the host", "https://bank.example@evil.example/"),
    ("link with a line in it", "https://example.org/a\r\nSet-Cookie: x=1"),
    ("template", "{{ 7*7 }} {% for x in letter %}{{ x }}{% endfor %} {# x #} ${7*7} <%= 7*7 %>"),
    ("format", "%s%n%x%p {0} {} %00 \\r\\nBcc: evil"),
    ("NUL", "a\0b"),
    ("escape", "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m"),
    ("bidi override", "gpj.\u{202e}exe\u{202c} \u{2066}x\u{2069} \u{200f}\u{061c}"),
    ("right to left", "مرحبا بالعالم שלום עולם"),
    ("zero width", "R\u{200b}I\u{200c}S\u{200d}K\u{2060}\u{feff}\u{ad}"),
    ("surrogates as text", "\\ud800\\udfff \\uD83D &#xD800;"),
    ("no characters", "\u{fffe}\u{ffff}\u{1fffe}\u{10ffff}\u{fffd}"),
    ("tags and selectors", "\u{e0001}\u{e0041}\u{e007f} \u{fe0f}\u{e0100}"),
    ("emoji", "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏿 🇺🇦 ☠️ 1️⃣"),
    ("combining first", "\u{301}\u{20dd}x"),
    ("widest signs", "﷽ 𒐫 ꧅ ⸻"),
    ("composed and not", "é e\u{301} ﬁ ǅ İ ı ß ſ K"),
    ("addresses", "\"evil\" <evil@example.org>, other@example.org; group: a@b;"),
    ("paths", "../../etc/passwd C:\\con\\nul file:///etc/passwd"),
    ("quotes", "'; DROP TABLE notification; -- \" ' ` ´ \\ \\\\"),
    ("figures", "NaN Infinity -0 1e999 0x7f ٣٤٥ 9,99.9"),
];

/// Reads every message of a folder; prints a line for each breach, and at the end how many were read.
const READER: &str = r#"
import email, email.policy, html.parser, pathlib, sys
HEADERS = {"date", "from", "to", "subject", "message-id", "auto-submitted", "list-id", "mime-version", "content-type",
           "in-reply-to", "references", "content-transfer-encoding"}
TAGS = set("html head meta title style body div p h1 h2 table tbody tr th td img span b i br ul li code blockquote a".split())
class Reader(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(); self.wrong = []
    def handle_starttag(self, tag, attributes):
        if tag not in TAGS: self.wrong.append(f"tag {tag}")
        for name, value in attributes:
            if name.startswith("on") or name in ("action", "background", "srcset", "formaction"): self.wrong.append(f"attribute {name}")
            if name == "src" and not value.startswith("cid:chart."): self.wrong.append(f"src {value[:60]}")
            if name == "href" and not value.startswith(("https://", "http://")): self.wrong.append(f"href {value[:60]}")
            if name == "http-equiv": self.wrong.append(name)
            if name == "style" and ("url(" in value or "expression" in value): self.wrong.append(f"style {value[:60]}")
def look(raw):
    if max(map(len, raw.split(b"\r\n"))) > 998: yield "a line over 998 octets"
    rest = raw.replace(b"\r\n", b"")
    if b"\r" in rest or b"\n" in rest: yield "a bare CR or LF"
    if b"\0" in raw or not raw.isascii(): yield "a NUL, or octets beyond ASCII"
    message = email.message_from_bytes(raw, policy=email.policy.strict)
    names = [name.lower() for name in message.keys()]
    for name in names:
        if name not in HEADERS or names.count(name) != 1: yield f"header {name}"
    for name, value in message.items():
        if value.defects: yield f"{name}: {value.defects}"
        if any(ord(c) < 32 or ord(c) == 127 for c in str(value)): yield f"{name} has controls"
    if not 1 <= len(str(message["subject"])) <= 200: yield f"subject of {len(str(message['subject']))} characters"
    if [a.addr_spec for a in message["to"].addresses] != ["desk@example.org"]: yield f"to {message['to']}"
    if [a.addr_spec for a in message["from"].addresses] != ["watch@example.org"]: yield f"from {message['from']}"
    if "evil@example.org" in {a.addr_spec for n in ("to", "from", "cc", "bcc") for a in getattr(message[n], "addresses", ())}: yield "evil is addressed"
    parts = [part.get_content_type() for part in message.walk() if not part.is_multipart()]
    if parts[0:2] != ["text/plain", "text/html"] or set(parts[2:]) - {"image/png"}: yield f"parts {parts}"
    for part in message.walk():
        if part.defects: yield f"{part.get_content_type()}: {part.defects}"
        if part.get_content_maintype() != "text": continue
        text = part.get_content()
        if any((ord(c) < 32 and c not in "\r\n") or 127 <= ord(c) < 160 or c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029" for c in text):
            yield f"{part.get_content_type()} has controls"
        if part.get_content_subtype() == "html":
            reader = Reader(); reader.feed(text); reader.close()
            yield from reader.wrong
        elif any(line.startswith(("Bcc:", "From ", "MAIL FROM")) for line in text.splitlines()):
            yield "data begins a line of its own"
read = 0
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    read += 1
    try:
        for wrong in look(path.read_bytes()): print(path.name, wrong)
    except Exception as error:
        print(path.name, "cannot be read:", repr(error))
print("read", read)
"#;

/// What Python finds wrong with the messages of a folder; `None` without Python.
fn python(folder: &Path) -> Option<Vec<String>> {
    let output = Command::new("python3").arg("-c").arg(READER).arg(folder).output().ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect())
}

fn assert_nothing_wrong(test: &str, folder: &Path, count: usize) {
    let Some(found) = python(folder) else {
        println!("skipped {test}: there is no python3");
        return;
    };
    let first: Vec<String> = found.iter().take(20).map(|line| line.chars().take(200).collect()).collect();
    assert_eq!(first, [format!("read {count}")], "{} breaches", found.len() - 1);
}

#[test]
fn nothing_that_a_feed_can_write_leaves_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let (mut renderer, sender) = (Renderer::default(), Sender::new("Watchfloor <watch@example.org>"));
    let now = "2026-03-13T06:00:00Z".parse().unwrap();
    let mut count = 0;
    for (number, (what, evil)) in naughty().into_iter().enumerate() {
        for kind in KINDS {
            let word = kind.word();
            let paints = kind == Kind::Triggered;
            let message = hostile::fill(sample(kind, &evil, now), &evil, paints);
            let bytes = renderer.render(&message, &sender).unwrap().bytes;
            assert!(bytes.len() < 300_000, "{word} with `{what}` has {} octets", bytes.len());
            std::fs::write(folder.path().join(format!("{number:02} {} {word}", what.replace(' ', "-"))), bytes)
                .unwrap();
            count += 1;
        }
    }
    assert_nothing_wrong("nothing_that_a_feed_can_write_leaves_its_place", folder.path(), count);
}

/// Ten megabytes at once in every field of a message: it stays small, and nobody waits for it.
#[test]
fn ten_megabytes_in_every_field_make_a_small_message() {
    let folder = tempfile::tempdir().unwrap();
    let (mut renderer, sender) = (Renderer::default(), Sender::new("Watchfloor <watch@example.org>"));
    let now = "2026-03-13T06:00:00Z".parse().unwrap();
    let kinds = [Kind::FeedBroken, Kind::Digest, Kind::Undelivered, Kind::Blind];
    for (kind, unit) in kinds.into_iter().zip(["ж", "x\r\n", "\u{301}", "<b>"]) {
        let message = hostile::fill(sample(kind, "", now), &unit.repeat(10_000_000 / unit.len()), false);
        let bytes = renderer.render(&message, &sender).unwrap().bytes;
        assert!(bytes.len() < 300_000, "{kind:?} has {} octets", bytes.len());
        std::fs::write(folder.path().join(kind.word()), bytes).unwrap();
    }
    assert_nothing_wrong("ten_megabytes_in_every_field_make_a_small_message", folder.path(), kinds.len());
}

/// The reader itself can find something wrong.
#[test]
fn the_strict_reader_notices_what_it_looks_for() {
    let folder = tempfile::tempdir().unwrap();
    let message = sample(Kind::Triggered, "a watch", "2026-03-13T06:00:00Z".parse().unwrap());
    let bytes = Renderer::default().render(&message, &Sender::new("watch@example.org")).unwrap().bytes;
    let good = String::from_utf8(bytes).unwrap();
    let html = good.replace("<h1", "<h1 onclick=3D1");
    let cases = [
        ("bcc", good.replacen("Subject:", "Bcc: evil@example.org\r\nSubject:", 1), "header bcc"),
        ("twice", good.replacen("Subject:", "Subject: x\r\nSubject:", 1), "header subject"),
        ("live", html, "attribute onclick"),
        ("long", good.replacen("Subject:", &format!("X-Long: {}\r\nSubject:", "x".repeat(1000)), 1), "a line over"),
        ("bare", good.replacen("Subject:", "X: a\nSubject:", 1), "a bare CR or LF"),
        ("remote", good.replacen("src=3D\"cid:chart", "src=3D\"https://evil.example/chart", 1), "src https"),
    ];
    for (name, text, _) in &cases {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let Some(found) = python(folder.path()) else {
        println!("skipped the_strict_reader_notices_what_it_looks_for: there is no python3");
        return;
    };
    for (name, text, wrong) in &cases {
        assert!(text != &good, "{name} changed nothing");
        assert!(found.iter().any(|line| line.starts_with(name) && line.contains(wrong)), "{name}: {found:?}");
    }
}
