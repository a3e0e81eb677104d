//! How requests show who asks: passwords, tokens, and tokens that are given out for a while. Nothing of it is ever shown.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod loopback;

use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::{SignedDuration, Timestamp};
use loopback::{Reply, Server, answer};
use watchfloor::fetch::{Auth, Client, Grant, Login, Settings, Target};
use watchfloor::model::feed::{Fetched, Health, Validators};

fn client() -> Client {
    let settings = Settings {
        user_agent: "watchfloor-test".to_owned(),
        timeout: SignedDuration::from_secs(10),
        max_body: 100_000,
        concurrency: 8,
        per_host_interval: SignedDuration::ZERO,
        proxy: None,
        allow_private: true,
    };
    Client::new(settings).unwrap()
}

fn target(url: &str, auth: Auth) -> Target {
    Target { auth: Some(auth), ..Target::get(url.to_owned().into(), url.to_owned()) }
}

fn login() -> Login {
    Login { username: "desk@example.org".to_owned().into(), password: "pass word&1".to_owned().into() }
}

fn grant(server: &Server, login: Option<Login>) -> Grant {
    Grant {
        url: server.url("/oauth/token").into(),
        shown: server.url("/oauth/token"),
        client_id: "acled".to_owned().into(),
        client_secret: login.is_none().then(|| "cl1ent-secret".to_owned().into()),
        scope: None,
        login,
    }
}

fn at(minutes: i64) -> Timestamp {
    let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    start.checked_add(SignedDuration::from_mins(minutes)).unwrap()
}

fn body(fetched: Fetched) -> String {
    match fetched {
        Fetched::Document { document, .. } => String::from_utf8(document.body).unwrap(),
        other => panic!("no document: {other:?}"),
    }
}

fn json(status: u16, text: &str) -> Reply {
    Reply::Bytes(answer(status, &[("content-type", "application/json")], text.as_bytes()))
}

/// Gives out tokens `token-1`, `token-2`, …; serves data to who brings the newest one.
async fn token_server(seconds: u32) -> Server {
    let given = AtomicUsize::new(0);
    Server::start(move |request| {
        if request.starts_with("POST /oauth/token ") {
            let number = given.fetch_add(1, Ordering::SeqCst) + 1;
            return json(
                200,
                &format!(
                    r#"{{"token_type":"Bearer","expires_in":{seconds},"access_token":"token-{number}","refresh_token":"refresh-{number}"}}"#
                ),
            );
        }
        let newest = format!("authorization: Bearer token-{}\r\n", given.load(Ordering::SeqCst));
        if request.contains(&newest) { json(200, "data") } else { json(401, "who are you?") }
    })
    .await
}

fn tokens_asked(server: &Server) -> Vec<String> {
    let requests = server.requests();
    let forms = requests.iter().filter(|request| request.starts_with("POST /oauth/token "));
    forms.map(|request| request.split("\r\n\r\n").nth(1).unwrap().to_owned()).collect()
}

#[tokio::test]
async fn names_and_tokens_are_sent_as_the_standards_write_them() {
    let server = Server::fixed(answer(200, &[], b"data")).await;
    let basic = target(&server.url("/"), Auth::Basic(login()));
    body(client().fetch(&basic, &Validators::default(), at(0)).await);
    // RFC 7617: the base64 of `desk@example.org:pass word&1`.
    assert!(server.requests()[0].contains("authorization: Basic ZGVza0BleGFtcGxlLm9yZzpwYXNzIHdvcmQmMQ==\r\n"));
    let bearer = target(&server.url("/"), Auth::Bearer("t0k3n".to_owned().into()));
    body(client().fetch(&bearer, &Validators::default(), at(0)).await);
    assert!(server.requests()[1].contains("authorization: Bearer t0k3n\r\n"));
}

#[tokio::test]
async fn another_host_is_not_told_who_asks() {
    let other = Server::fixed(answer(200, &[], b"data")).await;
    let elsewhere = other.url("/landing?t=t0k3n");
    let server = Server::fixed(answer(302, &[("location", &elsewhere)], b"")).await;
    let bearer = target(&server.url("/"), Auth::Bearer("t0k3n".to_owned().into()));
    let Fetched::Document { document, .. } = client().fetch(&bearer, &Validators::default(), at(0)).await else {
        panic!("no document")
    };
    assert!(!other.requests()[0].contains("authorization"), "{}", other.requests()[0]);
    assert_eq!(document.url, Some(other.url("/landing?t={auth}")), "a token that comes back is hidden");
}

#[tokio::test]
async fn a_token_is_asked_for_once_and_renewed_in_time() {
    let server = token_server(3600).await;
    let feed = target(&server.url("/data"), Auth::OAuth(Box::new(grant(&server, Some(login())))));
    let client = client();
    for minutes in [0, 30, 58] {
        assert_eq!(body(client.fetch(&feed, &Validators::default(), at(minutes)).await), "data");
    }
    let form = "grant_type=password&username=desk%40example.org&password=pass+word%261&client_id=acled";
    assert_eq!(tokens_asked(&server), [form]);
    // A minute before it ends it is renewed.
    assert_eq!(body(client.fetch(&feed, &Validators::default(), at(59)).await), "data");
    let renewal = "grant_type=refresh_token&refresh_token=refresh-1&client_id=acled";
    assert_eq!(tokens_asked(&server), [form, renewal]);
}

#[tokio::test]
async fn the_client_itself_may_be_who_asks() {
    let server = token_server(3600).await;
    let mut own = grant(&server, None);
    own.scope = Some("read".to_owned());
    let feed = target(&server.url("/data"), Auth::OAuth(Box::new(own)));
    assert_eq!(body(client().fetch(&feed, &Validators::default(), at(0)).await), "data");
    let form = "grant_type=client_credentials&scope=read&client_id=acled&client_secret=cl1ent-secret";
    assert_eq!(tokens_asked(&server), [form]);
}

#[tokio::test]
async fn a_token_that_ended_early_is_asked_for_again_but_once() {
    let refused = AtomicUsize::new(0);
    let server = Server::start(move |request| {
        if request.starts_with("POST ") {
            return json(200, r#"{"access_token":"short-lived"}"#);
        }
        // The second request is refused, whatever it brings; so is everything after the fourth.
        let number = refused.fetch_add(1, Ordering::SeqCst) + 1;
        if number == 2 || number > 3 { json(401, "") } else { json(200, "data") }
    })
    .await;
    let feed = target(&server.url("/data"), Auth::OAuth(Box::new(grant(&server, None))));
    let client = client();
    assert_eq!(body(client.fetch(&feed, &Validators::default(), at(0)).await), "data");
    assert_eq!(body(client.fetch(&feed, &Validators::default(), at(1)).await), "data");
    assert_eq!(tokens_asked(&server).len(), 2);
    let Fetched::Failed(failure) = client.fetch(&feed, &Validators::default(), at(2)).await else {
        panic!("no failure")
    };
    assert_eq!((failure.health, failure.status), (Health::Blocked, Some(401)));
    assert_eq!(server.requests().len(), 8, "one more token and one more try, not for ever");
}

#[tokio::test]
async fn feeds_of_one_account_share_its_token() {
    let server = token_server(3600).await;
    let client = client();
    let feed = |path: &str| target(&server.url(path), Auth::OAuth(Box::new(grant(&server, Some(login())))));
    let (one, two) = (feed("/one"), feed("/two"));
    let none = Validators::default();
    let (first, second) = tokio::join!(client.fetch(&one, &none, at(0)), client.fetch(&two, &none, at(0)));
    assert_eq!((body(first).as_str(), body(second).as_str()), ("data", "data"));
    assert_eq!(tokens_asked(&server).len(), 1);
}

#[tokio::test]
async fn a_refused_token_is_a_blocked_feed_and_shows_no_secret() {
    let answers = [
        (json(400, r#"{"error":"invalid_grant","error_description":"pass word&1"}"#), Health::Blocked, "answered 400"),
        (json(403, ""), Health::Blocked, "answered 403"),
        (json(200, "<html>welcome</html>"), Health::Error, "gave out no `access_token`"),
        (Reply::Bytes(answer(302, &[("location", "/elsewhere?p=pass+word%261")], b"")), Health::Gone, "{auth}"),
    ];
    for (reply, health, part) in answers {
        let server = Server::start(move |request| match request.starts_with("POST ") {
            true => reply.clone(),
            false => json(404, ""),
        })
        .await;
        let feed = target(&server.url("/data"), Auth::OAuth(Box::new(grant(&server, Some(login())))));
        let Fetched::Failed(failure) = client().fetch(&feed, &Validators::default(), at(0)).await else {
            panic!("no failure")
        };
        assert_eq!(failure.health, health, "{}", failure.message);
        assert!(failure.message.starts_with(&server.url("/data cannot be asked: ")), "{}", failure.message);
        assert!(failure.message.contains(part), "{}", failure.message);
        assert!(!failure.message.contains("pass"), "{}", failure.message);
    }
}
