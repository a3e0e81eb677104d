//! Fetching against loopback servers that behave well, badly and with malice.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod loopback;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use loopback::{Reply, Server, answer, brotli, gzip, gzip_bomb, head, zlib};
use tokio::io::AsyncWriteExt;
use watchfloor::fetch::{Client, Settings, Target};
use watchfloor::model::feed::{Failure, Fetched, Health, Validators, Wishes};
use watchfloor::model::item::Document;

const FEED: &[u8] = b"<rss version='2.0'><channel/></rss>";

fn settings() -> Settings {
    Settings {
        user_agent: "watchfloor-test (+mailto:ops@example.org)".to_owned(),
        timeout: SignedDuration::from_secs(10),
        max_body: 100_000,
        concurrency: 8,
        per_host_interval: SignedDuration::ZERO,
        proxy: None,
        allow_private: true,
    }
}

fn target(url: &str) -> Target {
    Target::get(url.to_owned().into(), url.to_owned())
}

fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

async fn fetch_with(settings: Settings, target: &Target, validators: &Validators) -> Fetched {
    Client::new(settings).unwrap().fetch(target, validators, now()).await
}

async fn fetch(url: &str) -> Fetched {
    fetch_with(settings(), &target(url), &Validators::default()).await
}

fn document(fetched: Fetched) -> (Document, Validators, Wishes) {
    match fetched {
        Fetched::Document { document, validators, wishes } => (document, validators, wishes),
        other => panic!("no document: {other:?}"),
    }
}

fn failure(fetched: Fetched) -> Failure {
    match fetched {
        Fetched::Failed(failure) => failure,
        other => panic!("no failure: {other:?}"),
    }
}

/// Fetches one fixed answer and checks health, whether a server was reached, and parts of the sentence.
async fn check_failure(reply: Reply, settings: Settings, health: Health, parts: &[&str]) -> Failure {
    let server = Server::start(move |_| reply.clone()).await;
    let url = server.url("/feed");
    let failure = failure(fetch_with(settings, &target(&url), &Validators::default()).await);
    assert_eq!((failure.health, failure.unreached), (health, false), "{failure:?}");
    assert!(failure.message.starts_with(&url), "{}", failure.message);
    for part in parts {
        assert!(failure.message.contains(part), "{part:?} is not in {:?}", failure.message);
    }
    failure
}

#[tokio::test]
async fn a_document_comes_with_its_validators_and_wishes() {
    let headers = [
        ("Content-Type", "application/rss+xml; charset=windows-1251"),
        ("ETag", "W/\"odd\\ \"value"),
        ("Last-Modified", "yesterday, about noon"),
        ("Cache-Control", "public, max-age=900"),
    ];
    let server = Server::fixed(answer(200, &headers, FEED)).await;
    let url = server.url("/feed?x=1");
    let (document, validators, wishes) = document(fetch(&url).await);
    assert_eq!(document.body, FEED);
    assert_eq!(document.content_type.as_deref(), Some("application/rss+xml; charset=windows-1251"));
    assert_eq!(document.url.as_deref(), Some(url.as_str()));
    assert_eq!(wishes, Wishes { wait: Some(SignedDuration::from_mins(15)), moved_to: None, links: Vec::new() });
    let request = server.requests().remove(0);
    assert!(request.starts_with("GET /feed?x=1 HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("user-agent: watchfloor-test (+mailto:ops@example.org)\r\n"), "{request}");
    assert!(request.contains("accept-encoding: gzip") && request.contains("br") && request.contains("deflate"));
    assert!(!request.contains("if-none-match") && !request.contains("if-modified-since"), "{request}");

    // The validators go back byte for byte, however odd they are.
    let again = fetch_with(settings(), &target(&url), &validators).await;
    assert!(matches!(again, Fetched::Document { .. }));
    let request = server.requests().remove(1);
    assert!(request.contains("if-none-match: W/\"odd\\ \"value\r\n"), "{request}");
    assert!(request.contains("if-modified-since: yesterday, about noon\r\n"), "{request}");
}

#[tokio::test]
async fn unchanged_is_a_304_to_a_conditional_request_only() {
    let server = Server::fixed(head(304, &[("Cache-Control", "max-age=60")])).await;
    let known = Validators { etag: Some("\"1\"".to_owned()), last_modified: None };
    let fetched = fetch_with(settings(), &target(&server.url("/")), &known).await;
    let wishes = Wishes { wait: Some(SignedDuration::from_secs(60)), moved_to: None, links: Vec::new() };
    assert_eq!(fetched, Fetched::Unchanged { wishes });
    let unasked = failure(fetch(&server.url("/")).await);
    assert_eq!((unasked.health, unasked.status), (Health::Error, Some(304)));
}

#[tokio::test]
async fn bodies_are_decompressed() {
    for (encoding, body) in
        [("gzip", gzip(FEED)), ("deflate", zlib(FEED)), ("br", brotli(FEED)), ("identity", FEED.to_vec())]
    {
        let server = Server::fixed(answer(200, &[("Content-Encoding", encoding)], &body)).await;
        let (document, ..) = document(fetch(&server.url("/")).await);
        assert_eq!(document.body, FEED, "{encoding}");
    }
}

#[tokio::test]
async fn method_headers_and_body_are_the_targets() {
    let server = Server::fixed(answer(200, &[], b"{}")).await;
    let mut post = target(&server.url("/api"));
    post.method = "POST".to_owned();
    post.headers = vec![("X-Key".to_owned(), "k3y-value".to_owned().into())];
    post.body = Some("{\"page\":1}".to_owned().into());
    let known = Validators { etag: Some("\"1\"".to_owned()), last_modified: None };
    document(fetch_with(settings(), &post, &known).await);
    let request = server.requests().remove(0);
    assert!(request.starts_with("POST /api HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("x-key: k3y-value\r\n") && request.contains("content-length: 10\r\n"), "{request}");
    assert!(!request.contains("if-none-match"), "a POST cannot be answered with \"unchanged\": {request}");
}

#[tokio::test]
async fn statuses_are_told_apart() {
    let cases = [
        (401, Health::Blocked),
        (403, Health::Blocked),
        (404, Health::Gone),
        (406, Health::Blocked),
        (410, Health::Gone),
        (500, Health::Error),
        (503, Health::Error),
        (204, Health::Error),
        (202, Health::Error),
        (302, Health::Error),
    ];
    for (status, health) in cases {
        let reply = Reply::Bytes(answer(status, &[], b""));
        let failure = check_failure(reply, settings(), health, &[&format!("answered {status} (")]).await;
        assert_eq!((failure.status, failure.wait), (Some(status), None));
    }
}

#[tokio::test]
async fn a_throttled_feed_waits_as_long_as_it_is_told() {
    let forms = [("120", 120), ("Thu, 01 Jan 2026 00:05:00 GMT", 300), ("Thursday, 01-Jan-26 00:05:00 GMT", 300)];
    for (retry_after, seconds) in forms {
        let reply = Reply::Bytes(answer(429, &[("Retry-After", retry_after)], b""));
        let failure = check_failure(reply, settings(), Health::Throttled, &["asks to wait"]).await;
        assert_eq!(failure.wait, Some(SignedDuration::from_secs(seconds)));
    }
    let busy = Reply::Bytes(answer(503, &[("Retry-After", "60")], b""));
    let failure = check_failure(busy, settings(), Health::Error, &["asks to wait 1m"]).await;
    assert_eq!(failure.wait, Some(SignedDuration::from_secs(60)));
}

/// A server whose paths answer with redirects, and anything else with the feed.
async fn redirecting(redirects: &'static [(&'static str, u16, &'static str)]) -> Server {
    Server::start(move |request| {
        let path = request.split(' ').nth(1).unwrap_or_default();
        let found = redirects.iter().find(|(from, ..)| *from == path);
        let port =
            request.split("host: 127.0.0.1:").nth(1).and_then(|rest| rest.split("\r\n").next()).unwrap_or_default();
        Reply::Bytes(match found {
            Some((_, status, to)) => answer(*status, &[("Location", &to.replace("PORT", port))], b"moved"),
            None => answer(200, &[], FEED),
        })
    })
    .await
}

#[tokio::test]
async fn permanent_redirects_are_remembered_temporary_ones_are_not() {
    let server = redirecting(&[
        ("/301", 301, "/final"),
        ("/308", 308, "final"),
        ("/302", 302, "/final"),
        ("/307", 307, "/final"),
        ("/303", 303, "/final"),
        ("/301-302", 301, "/302"),
        ("/302-301", 302, "/301"),
        ("/301-308", 301, "/308"),
    ])
    .await;
    let cases = [
        ("/301", Some("/final")),
        ("/308", Some("/final")),
        ("/302", None),
        ("/303", None),
        ("/307", None),
        ("/301-302", Some("/302")),
        ("/302-301", None),
        ("/301-308", Some("/final")),
    ];
    for (from, moved_to) in cases {
        let (document, _, wishes) = document(fetch(&server.url(from)).await);
        assert_eq!(wishes.moved_to, moved_to.map(|path| server.url(path)), "{from}");
        assert_eq!(document.url, Some(server.url("/final")), "{from}");
    }
}

#[tokio::test]
async fn bad_redirects_are_refused_by_name() {
    let server = redirecting(&[
        ("/loop", 302, "/back"),
        ("/back", 302, "/loop"),
        ("/self", 301, "/self"),
        ("/ftp", 302, "ftp://example.org/feed"),
        ("/file", 302, "file:///etc/passwd"),
        ("/broken", 302, "http://[::bad"),
    ])
    .await;
    let cases = [
        ("/loop", "in a loop"),
        ("/self", "in a loop"),
        ("/ftp", "ftp://example.org/feed, which is neither http nor https"),
        ("/file", "neither http nor https"),
        ("/broken", "no address"),
    ];
    for (path, part) in cases {
        let failure = failure(fetch(&server.url(path)).await);
        assert!(
            failure.message.starts_with(&server.url(path)) && failure.message.contains(part),
            "{}",
            failure.message
        );
        assert_eq!(failure.health, Health::Error);
    }
}

#[tokio::test]
async fn what_has_moved_for_good_is_asked_there_until_it_is_gone() {
    let is_there = Arc::new(AtomicBool::new(true));
    let there = Arc::clone(&is_there);
    let server = Server::start(move |request| {
        Reply::Bytes(match request.split(' ').nth(1) {
            Some("/old") => answer(301, &[("Location", "/new")], b""),
            Some("/new") if there.load(Ordering::Relaxed) => answer(200, &[], FEED),
            Some("/found") => answer(302, &[("Location", "/new")], b""),
            _ => answer(404, &[], b""),
        })
    })
    .await;
    let client = Client::new(settings()).unwrap();
    let (none, old, found) = (Validators::default(), target(&server.url("/old")), target(&server.url("/found")));
    for _ in 0..3 {
        let (_, _, wishes) = document(client.fetch(&old, &none, now()).await);
        assert_eq!(wishes.moved_to, Some(server.url("/new")));
    }
    document(client.fetch(&found, &none, now()).await);
    document(client.fetch(&found, &none, now()).await);
    is_there.store(false, Ordering::Relaxed);
    assert_eq!(failure(client.fetch(&old, &none, now()).await).status, Some(404));
    assert_eq!(failure(client.fetch(&old, &none, now()).await).status, Some(404));
    let asked: Vec<String> =
        server.requests().iter().filter_map(|request| request.split(' ').nth(1).map(str::to_owned)).collect();
    let expected = ["/old", "/new", "/new", "/new", "/found", "/new", "/found", "/new", "/new", "/old", "/new"];
    assert_eq!(asked, expected);
}

#[tokio::test]
async fn endless_redirects_end_after_five() {
    let server = Server::start(|request| {
        let number: usize = request.split(['/', ' ']).nth(2).and_then(|number| number.parse().ok()).unwrap_or(0);
        Reply::Bytes(answer(302, &[("Location", &format!("/{}", number + 1))], b""))
    })
    .await;
    let failure = failure(fetch(&server.url("/0")).await);
    assert!(failure.message.contains("5 redirects"), "{}", failure.message);
    assert_eq!(server.requests().len(), 6);
}

#[tokio::test]
async fn secrets_stay_with_their_host_and_out_of_sight() {
    let there = Server::fixed(answer(200, &[], FEED)).await;
    let to = there.url("/new/s3cr3t-key/feed");
    let here = Server::start(move |_| Reply::Bytes(answer(301, &[("Location", &to)], b""))).await;
    let mut keyed = target(&here.url("/s3cr3t-key/feed"));
    keyed.shown = here.url("/{secret:key}/feed");
    keyed.headers = vec![
        ("Authorization".to_owned(), "Bearer t0k3n-value".to_owned().into()),
        ("X-Api-Key".to_owned(), "another-key".to_owned().into()),
        ("Accept".to_owned(), "text/xml".to_owned().into()),
    ];
    let (document, _, wishes) = document(fetch_with(settings(), &keyed, &Validators::default()).await);
    assert_eq!(wishes.moved_to, Some(there.url("/new/{secret:key}/feed")));
    assert_eq!(document.url, Some(there.url("/new/{secret:key}/feed")));
    let (first, second) = (here.requests().remove(0), there.requests().remove(0));
    assert!(first.contains("authorization: Bearer t0k3n-value") && first.contains("x-api-key: another-key"), "{first}");
    assert!(!second.contains("t0k3n-value") && !second.contains("another-key"), "{second}");
    assert!(second.contains("accept: text/xml"), "{second}");
}

#[tokio::test]
async fn failures_name_the_target_without_its_secrets() {
    let server =
        Server::start(|_| Reply::Bytes(answer(302, &[("Location", "ftp://x.example/?k=s3cr3t-key")], b""))).await;
    let mut keyed = target(&server.url("/s3cr3t-key"));
    keyed.shown = server.url("/{secret:key}");
    let message = failure(fetch_with(settings(), &keyed, &Validators::default()).await).message;
    assert!(message.starts_with(&keyed.shown) && message.contains("{secret:key}, which"), "{message}");
    assert!(!message.contains("s3cr3t"), "{message}");
}

#[tokio::test]
async fn a_failure_behind_a_redirect_says_where_it_led() {
    let server = Server::start(|request| {
        let moved = request.starts_with("GET /old ");
        Reply::Bytes(answer(if moved { 302 } else { 404 }, &[("Location", "/new")], b""))
    })
    .await;
    let message = failure(fetch(&server.url("/old")).await).message;
    let expected = format!("{}, redirected to {}, answered 404", server.url("/old"), server.url("/new"));
    assert!(message.starts_with(&expected), "{message}");
}

#[tokio::test]
async fn a_cookie_opens_a_page_that_redirects_to_itself() {
    let server = Server::start(|request| {
        Reply::Bytes(if request.contains("cookie: seen=1") {
            answer(200, &[], FEED)
        } else {
            answer(302, &[("Location", "/feed"), ("Set-Cookie", "seen=1; Path=/")], b"")
        })
    })
    .await;
    document(fetch(&server.url("/feed")).await);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn bombs_and_endless_bodies_are_cut_off_at_the_named_limit() {
    let limit = "more than 100000 bytes after decompression, the limit set by [http] max_body";
    let replies = [
        Reply::Bytes(answer(200, &[("Content-Encoding", "gzip")], &gzip_bomb(400_000))),
        Reply::Endless(head(200, &[])),
        Reply::Bytes(answer(200, &[], &[b'x'; 100_001])),
        // A length that promises too much is refused before anything is read.
        Reply::Drip(head(200, &[("Content-Length", "99999999999")]), Duration::from_secs(60)),
    ];
    for reply in replies {
        let failure = check_failure(reply, settings(), Health::Error, &[limit]).await;
        assert_eq!(failure.status, None);
    }
    let server = Server::fixed(answer(200, &[], &[b'x'; 100_000])).await;
    assert_eq!(document(fetch(&server.url("/")).await).0.body.len(), 100_000, "the limit itself is allowed");
}

#[tokio::test]
async fn the_timeout_covers_silence_and_slow_drip() {
    let brief = || Settings { timeout: SignedDuration::from_millis(300), ..settings() };
    let begin = Instant::now();
    check_failure(Reply::Silence, brief(), Health::Error, &["did not answer", "[http] timeout"]).await;
    let drip = Reply::Drip(head(200, &[]), Duration::from_millis(20));
    check_failure(drip, brief(), Health::Error, &["had sent only", "[http] timeout"]).await;
    let slow_head = Reply::Drip(b"HTTP/1.1 200 OK\r\nx-".to_vec(), Duration::from_millis(20));
    check_failure(slow_head, brief(), Health::Error, &[]).await;
    assert!(begin.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn the_timeout_covers_all_redirects_together() {
    let server = Server::start(|request| {
        let number: usize = request.split(['/', ' ']).nth(2).and_then(|number| number.parse().ok()).unwrap_or(0);
        if number > 4 {
            return Reply::Silence;
        }
        Reply::Bytes(answer(302, &[("Location", &format!("/{}", number + 1))], b""))
    })
    .await;
    let brief = Settings { timeout: SignedDuration::from_millis(300), ..settings() };
    let begin = Instant::now();
    failure(fetch_with(brief, &target(&server.url("/0")), &Validators::default()).await);
    assert!(begin.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn broken_answers_are_named_failures() {
    let unreadable = "cannot be read";
    let short = [head(200, &[("Content-Length", "500")]), FEED.to_vec()].concat();
    let truncated_chunk = [head(200, &[("Transfer-Encoding", "chunked")]), b"ff\r\nabc".to_vec()].concat();
    let bad_chunk = [head(200, &[("Transfer-Encoding", "chunked")]), b"zz\r\nabc\r\n".to_vec()].concat();
    let bad_gzip = answer(200, &[("Content-Encoding", "gzip")], b"this is no gzip");
    let cut_gzip = answer(200, &[("Content-Encoding", "gzip")], &gzip(FEED)[..20]);
    let no_http = b"220 mail.example.org ESMTP\r\n\r\n".to_vec();
    let long_head = head(200, &[("X", &"y".repeat(2_000_000))]);
    for bytes in [short, truncated_chunk, bad_chunk, bad_gzip, cut_gzip, no_http, long_head, Vec::new()] {
        check_failure(Reply::Bytes(bytes), settings(), Health::Error, &[unreadable]).await;
    }
    let twice = answer(200, &[("Content-Encoding", "gzip, gzip")], &gzip(&gzip(FEED)));
    check_failure(Reply::Bytes(twice), settings(), Health::Error, &["gzip, gzip", "expected gzip, deflate or br"])
        .await;
}

#[tokio::test]
async fn a_length_that_says_too_little_cuts_the_body_there() {
    let bytes = [head(200, &[("Content-Length", "4")]), FEED.to_vec()].concat();
    let server = Server::fixed(bytes).await;
    assert_eq!(document(fetch(&server.url("/")).await).0.body, &FEED[..4]);
}

#[tokio::test]
async fn bytes_that_no_header_may_hold_do_not_cost_the_document() {
    let mut bytes =
        b"HTTP/1.1 200 OK\r\nconnection: close\r\nx-odd: a\x01b\r\netag: \"\xff\"\r\ncontent-type: text/\xff\r\n\r\n"
            .to_vec();
    bytes.extend_from_slice(FEED);
    let server = Server::fixed(bytes).await;
    let (document, validators, _) = document(fetch(&server.url("/")).await);
    assert_eq!(document.body, FEED);
    assert_eq!(document.content_type.as_deref(), Some("text/\u{fffd}"));
    assert_eq!(validators, Validators::default(), "what cannot be sent back byte for byte is not kept");
}

#[tokio::test]
async fn a_server_that_is_not_there_was_not_reached() {
    let free = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let refused = failure(fetch(&format!("http://127.0.0.1:{port}/")).await);
    assert_eq!((refused.health, refused.unreached), (Health::Error, true));
    assert!(refused.message.contains("cannot be reached"), "{}", refused.message);
    let nowhere = failure(fetch("http://no-such-host.invalid/feed").await);
    assert_eq!((nowhere.health, nowhere.unreached), (Health::Error, true));
    assert!(nowhere.message.starts_with("http://no-such-host.invalid/feed cannot be reached"), "{}", nowhere.message);
}

#[tokio::test]
async fn plain_http_where_tls_is_expected_is_a_named_failure() {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("https://127.0.0.1:{}/", listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.write_all(&answer(400, &[], b"this is port 80")).await;
    });
    let failure = failure(fetch(&url).await);
    assert!(failure.message.contains("TLS failed") && !failure.unreached, "{}", failure.message);
}

#[tokio::test]
async fn a_connection_that_never_comes_about_was_no_answer_from_the_server() {
    // The server waits for the end of an HTTP request, which a TLS greeting is not.
    let server = thoughtful().await;
    let brief = Settings { timeout: SignedDuration::from_millis(900), ..settings() };
    let url = server.url("/").replace("http:", "https:");
    let failure = failure(fetch_with(brief, &target(&url), &Validators::default()).await);
    assert!(failure.unreached && failure.message.contains("no connection was made"), "{}", failure.message);
}

#[tokio::test]
async fn private_addresses_are_refused_unless_allowed() {
    let server = Server::fixed(answer(200, &[], FEED)).await;
    let careful = || Settings { allow_private: false, ..settings() };
    let urls = [
        server.url("/"),
        server.url("/").replace("127.0.0.1", "localhost"),
        server.url("/").replace("127.0.0.1", "[::ffff:127.0.0.1]"),
        server.url("/").replace("127.0.0.1", "2130706433"),
        "http://169.254.0.1/".to_owned(),
    ];
    for url in urls {
        let failure = failure(fetch_with(careful(), &target(&url), &Validators::default()).await);
        let named = failure.message.starts_with(&url) && failure.message.contains("allow_private = true");
        assert!(named && !failure.unreached, "{}", failure.message);
    }
    assert!(server.requests().is_empty(), "a refused address is never asked");
}

#[tokio::test]
async fn through_a_proxy_only_the_proxy_may_be_private() {
    let inner = Server::start(|_| Reply::Bytes(answer(302, &[("Location", "http://10.0.0.1/admin")], b""))).await;
    for host in ["127.0.0.1", "localhost"] {
        let proxy = format!("http://{host}:{}", inner.port);
        let careful = Settings { allow_private: false, proxy: Some(proxy.into()), ..settings() };
        let asked = target("http://feeds.example.org/feed");
        let failure = failure(fetch_with(careful, &asked, &Validators::default()).await);
        assert!(failure.message.contains("10.0.0.1 is a private address"), "{}", failure.message);
    }
    let requests = inner.requests();
    assert_eq!(requests.len(), 2);
    assert!(requests.iter().all(|request| request.starts_with("GET http://feeds.example.org/feed ")), "{requests:?}");
}

#[tokio::test]
async fn large_documents_are_read_one_poll_after_the_other() {
    let large = vec![b'x'; 3 << 20];
    let server = Server::start(move |request| {
        Reply::Bytes(answer(200, &[], if request.contains("/large") { &large } else { FEED }))
    })
    .await;
    let client = Client::new(Settings { max_body: 4 << 20, ..settings() }).unwrap();
    let (one, other) = (client.for_poll(), client.for_poll());
    let (url, small) = (target(&server.url("/large")), target(&server.url("/small")));
    let none = Validators::default();
    for _ in 0..2 {
        assert_eq!(document(one.fetch(&url, &none, now()).await).0.body.len(), 3 << 20, "its own room");
    }
    assert_eq!(document(other.fetch(&small, &none, now()).await).0.body, FEED);
    let waiting = tokio::time::timeout(Duration::from_millis(50), other.fetch(&url, &none, now())).await;
    assert!(waiting.is_err(), "the first poll still has its document");
    // Another poll that has the host's turn waits for the room; who has the room asks the same host on.
    let third = client.for_poll();
    let seen = server.requests().len();
    let url_again = url.clone();
    let waiting = tokio::spawn(async move { third.fetch(&url_again, &Validators::default(), now()).await });
    while server.requests().len() == seen {
        tokio::task::yield_now().await;
    }
    let next = tokio::time::timeout(Duration::from_secs(5), one.fetch(&small, &none, now())).await;
    assert_eq!(document(next.expect("neither waits for the other")).0.body, FEED);
    assert_eq!(document(waiting.await.unwrap()).0.body.len(), 3 << 20);
    drop(one);
    assert_eq!(document(other.fetch(&url, &none, now()).await).0.body.len(), 3 << 20);
}

/// Fetches all URLs at once with one client; every one must bring a document.
async fn fetch_all(settings: Settings, urls: Vec<String>) {
    let client = Client::new(settings).unwrap();
    let mut running = tokio::task::JoinSet::new();
    for url in urls {
        let client = client.clone();
        running.spawn(async move { client.fetch(&target(&url), &Validators::default(), now()).await });
    }
    while let Some(fetched) = running.join_next().await {
        document(fetched.unwrap());
    }
}

async fn thoughtful() -> Server {
    Server::start(|_| Reply::Thought(Duration::from_millis(20), answer(200, &[], FEED))).await
}

#[tokio::test]
async fn a_host_gets_one_request_at_a_time_and_delays_no_other() {
    let one = thoughtful().await;
    fetch_all(settings(), vec![one.url("/"); 6]).await;
    assert_eq!((one.requests().len(), one.most_thinking()), (6, 1));
    // By another name it is another host.
    for (concurrency, expected) in [(8, 2), (1, 1)] {
        let two = thoughtful().await;
        let names = ["127.0.0.1", "localhost"].repeat(3);
        let urls = names.into_iter().map(|name| two.url("/").replace("127.0.0.1", name));
        fetch_all(Settings { concurrency, ..settings() }, urls.collect()).await;
        assert_eq!((two.requests().len(), two.most_thinking()), (6, expected));
    }
}

#[tokio::test]
async fn waiting_for_a_hosts_turn_costs_no_time_of_the_request() {
    let server = Server::fixed(answer(200, &[], FEED)).await;
    let paced = Settings {
        timeout: SignedDuration::from_millis(150),
        per_host_interval: SignedDuration::from_millis(100),
        ..settings()
    };
    let begin = Instant::now();
    fetch_all(paced, vec![server.url("/"); 4]).await;
    assert!(begin.elapsed() >= Duration::from_millis(300));
}

#[test]
fn settings_that_cannot_be_used_are_refused_without_repeating_secrets() {
    let check = |settings: Settings, expected: &str| {
        let message = Client::new(settings).unwrap_err();
        assert!(message.contains(expected) && !message.contains("pa55word"), "{message}");
    };
    check(Settings { user_agent: "a\nb".to_owned(), ..settings() }, "user_agent");
    for proxy in ["gopher://u:pa55word@h/", "not an address pa55word", "http://"] {
        check(Settings { proxy: Some(proxy.to_owned().into()), ..settings() }, "[http] proxy");
    }
}

#[tokio::test]
async fn targets_that_cannot_be_asked_are_refused() {
    for (url, expected) in [("gopher://example.org/", "http, https or file"), ("no address", "not an address")] {
        let failure = failure(fetch(url).await);
        assert!(failure.message.starts_with(url) && failure.message.contains(expected), "{}", failure.message);
    }
    let mut odd = target("http://127.0.0.1:1/");
    odd.headers = vec![("X".to_owned(), "s3cr3t\nvalue".to_owned().into())];
    let message = failure(fetch_with(settings(), &odd, &Validators::default()).await).message;
    assert!(message.contains("header \"X\"") && !message.contains("s3cr3t"), "{message}");
    odd.headers.clear();
    odd.method = "GET IT".to_owned();
    let message = failure(fetch_with(settings(), &odd, &Validators::default()).await).message;
    assert!(message.contains("not a method"), "{message}");
}
