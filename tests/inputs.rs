//! Documents that lead to others: pages of items, pages after pages, addresses that name a document. The program as
//! its users run it, against loopback servers and recorded folders.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

mod loopback;
mod support;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use loopback::{Reply, Server, answer};
use serde_json::Value;
use support::{configuration, lines, stderr, stdout, watchfloor};

const SETTINGS: &str = "include = ['watches/*.toml']\n[http]\nallow_private = true\nper_host_interval = '0s'\n[email]\nfrom = 'w@example.org'\nto = ['d@example.org']\n";

/// A watch of one feed and one indicator.
fn watch(feed: &str, indicator: &str, from: &str) -> String {
    format!(
        "[watch]\ntitle = 'Inputs'\n[feeds.one]\n{feed}\nevery = '0s'\n[indicators.one]\ntitle = 'One'\n{indicator}\n\
         [[indicators.one.from]]\nfeed = 'one'\n{from}\n"
    )
}

/// Runs the watch as of a time; gives whether every feed was fine, and what was said.
fn run(config: &Path, at: &str) -> (bool, String) {
    let output = watchfloor(config, &["run", "--once", "--at", at]);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}{}", stdout(&output), stderr(&output));
    (output.status.success(), stdout(&output) + &stderr(&output))
}

fn values(config: &Path) -> Vec<Value> {
    lines(config, &["indicator", "export", "one"])
}

fn health(config: &Path) -> String {
    lines(config, &["feed", "list"])[0]["health"].as_str().unwrap().to_owned()
}

fn paths(server: &Server) -> Vec<String> {
    let first = |request: String| request.split(' ').nth(1).unwrap().to_owned();
    server.requests().into_iter().map(first).collect()
}

fn html(body: &str) -> Vec<u8> {
    answer(200, &[("content-type", "text/html; charset=utf-8")], body.as_bytes())
}

fn not_found() -> Reply {
    Reply::Bytes(answer(404, &[], b""))
}

/// A feed of items whose titles say nothing; what they are about stands on their pages.
fn teaser(server_url: &str, ids: &[u32]) -> Vec<u8> {
    let item = |id: &u32| {
        format!(
            "<item><title>Statement {id}</title><link>{server_url}/item/{id}</link><guid isPermaLink='false'>s{id}</guid>\
             <pubDate>Tue, 0{id} Dec 2025 06:00:00 GMT</pubDate></item>"
        )
    };
    let items: String = ids.iter().map(item).collect();
    format!("<rss version='2.0'><channel><title>T</title>{items}</channel></rss>").into_bytes()
}

fn page(text: &str) -> String {
    format!(
        "<html><body><nav>Aid: $999 million</nav><article><p>{text}</p></article><footer>$888 million</footer></body></html>"
    )
}

/// The server's own address reaches its replies only when it is known.
async fn self_naming(reply: impl Fn(&str, &str) -> Reply + Send + Sync + 'static) -> Server {
    let own = Arc::new(Mutex::new(String::new()));
    let named = Arc::clone(&own);
    let server = Server::start(move |request| reply(&named.lock().unwrap(), request)).await;
    *own.lock().unwrap() = server.url("");
    server
}

const AMOUNT: &str = "value = 'package of (?<value>\\$[\\d.,]+ million)'";

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_only_on_the_page_is_found_there() {
    let server = self_naming(|own, request| match request.split(' ').nth(1).unwrap() {
        "/feed" => Reply::Bytes(answer(200, &[], &teaser(own, &[1, 2]))),
        "/item/1" => Reply::Bytes(html(&page("A package of $250 million was announced."))),
        "/item/2" => Reply::Bytes(html(&page("Words of welcome."))),
        _ => not_found(),
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let feed = format!("url = '{}'\nfollow = true", server.url("/feed"));
    let config = configuration(folder.path(), SETTINGS, &watch(&feed, "kind = 'level'", AMOUNT));
    assert!(run(&config, "2025-12-03T00:00:00Z").0);
    let found = values(&config);
    assert_eq!(found.len(), 1, "the menus and footers say nothing: {found:?}");
    assert_eq!(found[0]["value"], 250e6);
    assert!(found[0]["evidence"]["text"].as_str().unwrap().contains("A package of $250 million was announced."));
    assert_eq!(found[0]["item"]["id"], "s1");
    // A page is asked for once, and the feed that brings nothing new asks for none.
    assert!(run(&config, "2025-12-03T01:00:00Z").0);
    assert_eq!(paths(&server), ["/feed", "/item/1", "/item/2", "/feed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_owed_is_asked_for_again_and_nothing_is_lost() {
    let is_open = Arc::new(AtomicUsize::new(0));
    let opened = Arc::clone(&is_open);
    let server = self_naming(move |own, request| match request.split(' ').nth(1).unwrap() {
        "/feed" => Reply::Bytes(answer(200, &[("etag", "\"same\"")], &teaser(own, &[1, 2, 3]))),
        _ if opened.load(Ordering::SeqCst) == 0 => Reply::Bytes(answer(403, &[], b"")),
        "/item/1" => Reply::Bytes(html(&page("A package of $250 million was announced."))),
        "/item/2" => not_found(),
        _ => Reply::Bytes(html(&page("Words of welcome."))),
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let feed = format!("url = '{}'\nfollow = true", server.url("/feed"));
    let config = configuration(folder.path(), SETTINGS, &watch(&feed, "kind = 'level'", AMOUNT));
    let (fine, said) = run(&config, "2025-12-04T00:00:00Z");
    assert!(!fine && said.contains("answered 403"), "{said}");
    assert_eq!((health(&config).as_str(), values(&config).len()), ("blocked", 0));
    assert_eq!(paths(&server), ["/feed", "/item/1"], "one refusal is enough for one poll");
    let reading = &lines(&config, &["indicator", "show", "one", "--as-of", "2025-12-04T00:00:00Z"]);
    assert!(
        reading.iter().all(|reading| reading["value"].is_null()),
        "nothing is known, and nothing is zero: {reading:?}"
    );

    is_open.store(1, Ordering::SeqCst);
    assert!(run(&config, "2025-12-04T01:00:00Z").0);
    assert_eq!((health(&config).as_str(), values(&config).len()), ("ok", 1));
    assert_eq!(paths(&server)[2..], ["/feed", "/item/1", "/item/2", "/item/3"]);
    assert_eq!(values(&config)[0]["item"]["revision"], 1, "a page that comes late is no new revision");
    assert!(run(&config, "2025-12-04T02:00:00Z").0);
    assert_eq!(paths(&server).len(), 7, "a page that is gone is not asked for again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorded_feed_follows_to_recorded_pages_and_asks_nobody() {
    let server = Server::fixed(html(&page("A package of $1 million was announced."))).await;
    let folder = tempfile::tempdir().unwrap();
    let recorded = folder.path().join("watches/recorded");
    let own = server.url("");
    let pages: PathBuf = recorded.join("pages").join("127.0.0.1").join("item");
    std::fs::create_dir_all(&pages).unwrap();
    std::fs::write(recorded.join("20251203T000000Z.xml"), teaser(&own, &[1, 2])).unwrap();
    std::fs::write(pages.join("1"), page("A package of $250 million was announced.")).unwrap();
    let config = configuration(
        folder.path(),
        SETTINGS,
        &watch("url = 'file:recorded/'\nfollow = true", "kind = 'level'", AMOUNT),
    );
    assert!(run(&config, "2025-12-03T00:00:00Z").0);
    assert_eq!(values(&config).len(), 1);
    assert!(server.requests().is_empty());
    let (fine, said) = run(&config, "2025-12-03T01:00:00Z");
    assert!(fine && said.contains("1 unchanged"), "{said}");
}

/// A channel's preview with the posts from a number down, so many a page, and the link to those before.
fn channel(newest: u32, before: Option<u32>) -> Vec<u8> {
    const A_PAGE: u32 = 5;
    let end = before.map_or(newest, |before| before - 1);
    let start = end.saturating_sub(A_PAGE - 1).max(1);
    let post = |number: u32| {
        format!(
            "<div class='tgme_widget_message_wrap'><div class='tgme_widget_message' data-post='post/{number}'>\
             <div class='tgme_widget_message_text js-message_text'>{number} drones were shot down.</div>\
             <a class='tgme_widget_message_date' href='https://t.me/post/{number}'><time datetime='2025-12-01T00:{:02}:00+00:00'></time></a>\
             </div></div>",
            number % 60
        )
    };
    let posts: String = (start..=end).map(post).collect();
    let more = if start > 1 {
        format!("<a href='/s/post?before={start}' class='tme_messages_more' data-before='{start}'></a>")
    } else {
        String::new()
    };
    html(&format!("<html><body>{more}{posts}</body></html>"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_is_paged_back_to_what_is_known() {
    let newest = Arc::new(AtomicUsize::new(12));
    let published = Arc::clone(&newest);
    let server = Server::start(move |request| {
        let path = request.split(' ').nth(1).unwrap();
        let before = path.split_once("before=").map(|(_, number)| number.parse().unwrap());
        Reply::Bytes(channel(u32::try_from(published.load(Ordering::SeqCst)).unwrap(), before))
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let feed = format!("url = '{}'\npreset = 'telegram'", server.url("/s/post"));
    let drones = "value = '(?<value>\\d+) drones were shot down'";
    let config = configuration(folder.path(), SETTINGS, &watch(&feed, "kind = 'count'", drones));
    assert!(run(&config, "2025-12-02T00:00:00Z").0);
    assert_eq!(values(&config).len(), 12);
    assert_eq!(paths(&server), ["/s/post", "/s/post?before=8", "/s/post?before=3"]);
    newest.store(13, Ordering::SeqCst);
    assert!(run(&config, "2025-12-02T01:00:00Z").0);
    assert_eq!((values(&config).len(), paths(&server).len()), (13, 4), "one page reaches what is known");
    newest.store(24, Ordering::SeqCst);
    assert!(run(&config, "2025-12-02T02:00:00Z").0);
    assert_eq!((values(&config).len(), paths(&server).len()), (24, 7), "eleven posts take three pages");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_counted_or_marked_and_bounded() {
    let server = Server::start(|request| {
        let path = request.split(' ').nth(1).unwrap();
        let parameter = |name: &str| {
            let (_, query) = path.split_once('?')?;
            query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')?.parse::<u32>().ok())
        };
        let page = parameter("page").or(parameter("after")).unwrap_or(1);
        let row = |number: u32| format!(r#"{{"id":"{page}-{number}","date":"2025-12-01","n":{}}}"#, page * 10 + number);
        let rows = if page > 3 { String::new() } else { [row(1), row(2)].join(",") };
        let next = if page < 3 { format!("\"{}\"", page + 1) } else { "null".to_owned() };
        let link = format!("<?c=UA&page={}>; rel=\"next\"", page + 1);
        let headers: &[(&str, &str)] = if page < 3 { &[("link", &link)] } else { &[] };
        Reply::Bytes(answer(200, headers, format!(r#"{{"data":[{rows}],"after":{next}}}"#).as_bytes()))
    })
    .await;
    let cases = [
        (
            "paging = { page = 'page', until = 'end' }",
            6,
            vec!["/r?c=UA", "/r?c=UA&page=2", "/r?c=UA&page=3", "/r?c=UA&page=4"],
        ),
        (
            "paging = { cursor = '$.after', parameter = 'after' }",
            6,
            vec!["/r?c=UA", "/r?c=UA&after=2", "/r?c=UA&after=3"],
        ),
        ("paging = { link = 'next' }", 6, vec!["/r?c=UA", "/r?c=UA&page=2", "/r?c=UA&page=3"]),
        ("paging = { page = 'page', most = 2 }", 4, vec!["/r?c=UA", "/r?c=UA&page=2"]),
    ];
    let mut before = 0;
    for (paging, items, asked) in cases {
        let folder = tempfile::tempdir().unwrap();
        let feed = format!("url = '{}'\nformat = 'json'\nitems = '$.data[*]'\n{paging}", server.url("/r?c=UA"));
        let config = configuration(folder.path(), SETTINGS, &watch(&feed, "kind = 'count'", "value = { field = 'n' }"));
        let (fine, said) = run(&config, "2025-12-02T00:00:00Z");
        assert!(fine, "{said}");
        assert_eq!(values(&config).len(), items, "{paging}");
        assert_eq!(paths(&server)[before..], asked, "{paging}");
        before = paths(&server).len();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_fails_fails_the_poll_so_that_no_gap_is_forgotten() {
    let is_well = Arc::new(AtomicUsize::new(0));
    let well = Arc::clone(&is_well);
    let server = Server::start(move |request| {
        let path = request.split(' ').nth(1).unwrap();
        match path {
            "/r" => Reply::Bytes(answer(200, &[], br#"{"data":[{"id":"2","n":2},{"id":"3","n":3}],"next":"/r?p=2"}"#)),
            _ if well.load(Ordering::SeqCst) == 0 => Reply::Bytes(answer(500, &[], b"")),
            _ => Reply::Bytes(answer(200, &[], br#"{"data":[{"id":"1","n":1}],"next":"https://elsewhere.example/r"}"#)),
        }
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let feed = format!(
        "url = '{}'\nformat = 'json'\nitems = '$.data[*]'\npaging = {{ next = '$.next', most = 2 }}",
        server.url("/r")
    );
    let config = configuration(folder.path(), SETTINGS, &watch(&feed, "kind = 'count'", "value = { field = 'n' }"));
    let (fine, said) = run(&config, "2025-12-02T00:00:00Z");
    assert!(!fine && said.contains("page 2: ") && said.contains("answered 500"), "{said}");
    assert_eq!(values(&config).len(), 0);
    is_well.store(1, Ordering::SeqCst);
    // Two pages are the most: the link to another host is not reached.
    assert!(!run(&config, "2025-12-02T01:00:00Z").1.contains("elsewhere"));
    assert_eq!(values(&config).len(), 3);
    let longer = std::fs::read_to_string(folder.path().join("watches/w.toml")).unwrap().replace("most = 2", "most = 5");
    std::fs::write(folder.path().join("watches/w.toml"), longer).unwrap();
    let fresh = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(folder.path().join("watches/w.toml")).unwrap();
    let config = configuration(fresh.path(), SETTINGS, &text);
    let (fine, said) = run(&config, "2025-12-02T02:00:00Z");
    assert!(
        !fine && said.contains("after page 2: the next page would be on another host, https://elsewhere.example"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_names_the_document_leads_to_it() {
    let release = Arc::new(AtomicUsize::new(1));
    let current = Arc::clone(&release);
    let server = Server::start(move |request| {
        let number = current.load(Ordering::SeqCst);
        let path = request.split(' ').nth(1).unwrap().to_owned();
        match path.as_str() {
            "/data/2025-12-02" => {
                Reply::Bytes(html(&format!("<p><a href='about.pdf'>a</a><a class=x href='r{number}.csv'>b</a></p>")))
            }
            "/data/r1.csv" => Reply::Bytes(answer(200, &[], b"id,n\na,1\n")),
            "/data/r2.csv" => Reply::Bytes(answer(200, &[], b"id,n\na,1\nb,2\n")),
            _ => not_found(),
        }
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let feed = format!(
        "url = '{}'\nformat = 'csv'\nthrough = 'a[href$=\".csv\"]'\nfields = {{ id = 'id' }}",
        server.url("/data/{utc:%Y-%m-%d}")
    );
    let config = configuration(folder.path(), SETTINGS, &watch(&feed, "kind = 'level'", "value = { field = 'n' }"));
    assert!(run(&config, "2025-12-02T00:00:00Z").0);
    release.store(2, Ordering::SeqCst);
    assert!(run(&config, "2025-12-02T01:00:00Z").0);
    assert_eq!(values(&config).len(), 2);
    assert_eq!(paths(&server), ["/data/2025-12-02", "/data/r1.csv", "/data/2025-12-02", "/data/r2.csv"]);
    release.store(3, Ordering::SeqCst);
    let (fine, said) = run(&config, "2025-12-02T02:00:00Z");
    assert!(!fine && said.contains("names a document that cannot be had") && said.contains("/data/r3.csv"), "{said}");
    let (fine, said) = run(&config, "2025-12-03T02:00:00Z");
    assert!(!fine && said.contains("/data/2025-12-03 answered 404"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_at_a_private_address_is_refused() {
    let server = Server::fixed(html(&page("A package of $1 million was announced."))).await;
    let folder = tempfile::tempdir().unwrap();
    let settings = SETTINGS.replace("allow_private = true", "allow_private = false");
    let feed = format!("url = '{}'\nfollow = true", server.url("/feed"));
    let config = configuration(folder.path(), &settings, &watch(&feed, "kind = 'level'", AMOUNT));
    let (fine, said) = run(&config, "2025-12-02T00:00:00Z");
    assert!(!fine && said.contains("loopback"), "{said}");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_link_to_a_private_address_is_refused_as_a_feed_is() {
    use watchfloor::fetch::{Client, Settings, Target};
    use watchfloor::model::feed::Fetched;
    let server = Server::fixed(html(&page("secret"))).await;
    let settings = Settings {
        user_agent: "watchfloor-test".to_owned(),
        timeout: jiff::SignedDuration::from_secs(10),
        max_body: 100_000,
        concurrency: 1,
        per_host_interval: jiff::SignedDuration::ZERO,
        proxy: None,
        allow_private: false,
    };
    let feed = Target::get("https://feed.example/rss".to_owned().into(), "https://feed.example/rss".to_owned());
    let client = Client::new(settings).unwrap();
    for link in
        [server.url("/admin"), format!("http://localhost:{}/", server.port), "http://169.254.169.254/".to_owned()]
    {
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        let Fetched::Failed(failure) = client.fetch_linked(&feed, &link, now).await else {
            panic!("{link} was reached")
        };
        assert!(failure.message.contains("refused"), "{}", failure.message);
    }
    for link in ["file:///etc/passwd", "ftp://a.example/", "javascript:alert(1)"] {
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        let Fetched::Failed(failure) = client.fetch_linked(&feed, link, now).await else {
            panic!("{link} was reached")
        };
        assert!(failure.message.contains("expected an http"), "{}", failure.message);
    }
    assert!(server.requests().is_empty());
}

#[test]
fn a_headline_that_contradicts_its_list_is_marked_and_not_mended() {
    let post = |headline: u32| {
        format!(
            "{headline} targets were shot down:\n- 4 missiles;\n- 31 drones of one kind;\n- 60 drones of another.\n"
        )
    };
    for (headline, flags) in [(95, vec![]), (96, vec!["contradicted"])] {
        let folder = tempfile::tempdir().unwrap();
        let rule = "value = '(?<value>\\d+) targets were shot down'\nparts = '(?m)^- (?<value>\\d+) \\w+'";
        let feed = "url = 'file:20251213T000000Z.txt'\nformat = 'text'";
        let config = configuration(folder.path(), SETTINGS, &watch(feed, "kind = 'level'", rule));
        std::fs::write(folder.path().join("watches/20251213T000000Z.txt"), post(headline)).unwrap();
        assert!(run(&config, "2025-12-13T00:00:00Z").0);
        let found = values(&config);
        assert_eq!((found.len(), &found[0]["value"]), (1, &f64::from(headline).into()));
        let told: Vec<&str> = found[0]["flags"].as_array().unwrap().iter().map(|flag| flag.as_str().unwrap()).collect();
        let told: Vec<&str> = told.into_iter().filter(|flag| *flag != "undated").collect();
        assert_eq!(told, flags, "{headline}");
    }
}

#[test]
fn what_a_source_deletes_is_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let text = "[watch]\ntitle = 'Deletions'\n[feeds.events]\nurl = 'file:events/'\npreset = 'acled'\nevery = '0s'\n\
                [feeds.deleted]\nurl = 'file:deleted/'\npreset = 'acled-deleted'\nevery = '0s'\ndeletes = 'events'\n\
                [indicators.one]\ntitle = 'One'\nkind = 'count'\n[[indicators.one.from]]\nfeed = 'events'\n\
                where = [{ field = 'type', equals = 'Explosions/Remote violence' }]\n";
    let config = configuration(folder.path(), SETTINGS, text);
    let presets = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testdata/presets");
    let put = |feed: &str, name: &str, body: &str| {
        let place = folder.path().join("watches").join(feed);
        std::fs::create_dir_all(&place).unwrap();
        std::fs::write(place.join(name), body).unwrap();
    };
    put("events", "20251217T000000Z.json", &std::fs::read_to_string(presets.join("acled.json")).unwrap());
    put("deleted", "20251217T000000Z.json", "{\"data\": []}");
    put("deleted", "20251224T000000Z.json", &std::fs::read_to_string(presets.join("acled-deleted.json")).unwrap());
    let count = |at: &str| {
        let readings = lines(&config, &["indicator", "show", "one", "--periods", "20", "--as-of", at]);
        let day = readings.iter().find(|reading| reading["period"] == "2025-12-13").unwrap();
        day["value"].as_f64()
    };
    assert!(run(&config, "2025-12-17T12:00:00Z").0);
    assert_eq!(count("2025-12-17T12:00:00Z"), Some(1.0));
    assert!(run(&config, "2025-12-24T12:00:00Z").0);
    assert_ne!(count("2025-12-24T12:00:00Z"), Some(1.0), "its source has deleted it");
    assert_eq!(count("2025-12-17T12:00:00Z"), Some(1.0), "what was known then stays as it was");
}
