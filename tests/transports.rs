//! Transports against a loopback server, a folder and small programs: every class of failure, and that nothing leaks.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use watchfloor::model::notification::{Kind, Message};
use watchfloor::notify::{
    Deadlines, Failure, Login, Mailer, Reach, Rendered, SendError, Sender, Settings, Smtp, Tls, Transport, render,
    sample,
};

const PASSWORD: &str = "correct horse battery";
/// The password in the forms of AUTH LOGIN and AUTH PLAIN (with the user `watch`).
const PASSWORD_BASE64: [&str; 2] = ["Y29ycmVjdCBob3JzZSBiYXR0ZXJ5", "AHdhdGNoAGNvcnJlY3QgaG9yc2UgYmF0dGVyeQ=="];

/// Never answer.
const HANG: &str = "hang";
/// Close the connection.
const DROP: &str = "drop";

/// What the server answers, by the beginning of what it was told; the rest gets a friendly default.
type Script = Vec<(&'static str, &'static str)>;

/// A mail server on loopback that follows a script for each connection, the last one for all that follow.
struct Server {
    port: u16,
    /// Each connection's lines, as they came.
    heard: Arc<Mutex<Vec<Vec<String>>>>,
}

impl Server {
    async fn start(tls: Tls, scripts: Vec<Script>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&heard);
        tokio::spawn(async move {
            for connection in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                log.lock().unwrap().push(Vec::new());
                let script = scripts[connection.min(scripts.len() - 1)].clone();
                tokio::spawn(serve(stream, tls, script, Log { connection, heard: Arc::clone(&log) }));
            }
        });
        Self { port, heard }
    }

    fn heard(&self) -> Vec<Vec<String>> {
        self.heard.lock().unwrap().clone()
    }

    /// Everything that was said in all connections, in order.
    fn lines(&self) -> Vec<String> {
        self.heard().concat()
    }
}

#[derive(Clone)]
struct Log {
    connection: usize,
    heard: Arc<Mutex<Vec<Vec<String>>>>,
}

impl Log {
    fn note(&self, line: &str) {
        self.heard.lock().unwrap()[self.connection].push(line.to_owned());
    }
}

fn acceptor() -> TlsAcceptor {
    let certificates = CertificateDer::pem_file_iter(tls_file("localhost.pem")).unwrap().map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_file(tls_file("localhost.key")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    TlsAcceptor::from(Arc::new(builder.with_no_client_auth().with_single_cert(certificates, key).unwrap()))
}

fn tls_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testdata/tls").join(name)
}

/// One connection. The client's errors are the client's to report: here they only end the conversation.
async fn serve(stream: TcpStream, tls: Tls, script: Script, log: Log) {
    if tls == Tls::Implicit {
        let Ok(stream) = acceptor().accept(stream).await else { return };
        converse(&mut BufStream::new(stream), &script, true, &log).await;
        return;
    }
    let mut stream = BufStream::new(stream);
    if converse(&mut stream, &script, true, &log).await {
        let Ok(stream) = acceptor().accept(stream.into_inner()).await else { return };
        converse(&mut BufStream::new(stream), &script, false, &log).await;
    }
}

/// Whether the client asked for TLS and may have it.
async fn converse(
    stream: &mut BufStream<impl AsyncRead + AsyncWrite + Unpin>,
    script: &Script,
    is_greeting: bool,
    log: &Log,
) -> bool {
    if is_greeting && !answer(stream, script, "greeting").await {
        return false;
    }
    let mut is_data = false;
    let mut line = String::new();
    while stream.read_line(&mut line).await.is_ok_and(|count| count > 0) {
        let told = line.trim_end().to_owned();
        line.clear();
        log.note(&told);
        if is_data && told != "." {
            continue;
        }
        is_data = told == "DATA" && reply_to(script, &told).starts_with("354");
        if !answer(stream, script, &told).await {
            return false;
        }
        if told == "STARTTLS" {
            return true;
        }
    }
    false
}

fn reply_to(script: &Script, told: &str) -> &'static str {
    // Nothing is the beginning of everything; here it means an empty line.
    let begins = |start: &str| told.starts_with(start) && (told.is_empty() || !start.is_empty());
    let scripted = script.iter().find(|(start, _)| begins(start)).map(|(_, reply)| *reply);
    scripted.unwrap_or(match told {
        "greeting" => "220 test",
        "DATA" => "354 go on",
        "STARTTLS" => "220 begin",
        "AUTH LOGIN" => "334 VXNlcm5hbWU6",
        "d2F0Y2g=" => "334 UGFzc3dvcmQ6",
        told if told.starts_with("EHLO") => "250-test\r\n250-\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN",
        told if told.starts_with("AUTH PLAIN") || told == PASSWORD_BASE64[0] => "235 welcome",
        "QUIT" => "221 bye",
        _ => "250 ok",
    })
}

/// Answers one line; whether the conversation goes on.
async fn answer(stream: &mut BufStream<impl AsyncRead + AsyncWrite + Unpin>, script: &Script, told: &str) -> bool {
    match reply_to(script, told) {
        HANG => std::future::pending::<bool>().await,
        DROP => false,
        // One packet for all of it: what is injected behind a reply arrives with it.
        reply => stream.write_all(format!("{reply}\r\n").as_bytes()).await.is_ok() && stream.flush().await.is_ok(),
    }
}

fn message() -> Rendered {
    let sender = Sender::new("watch@example.org");
    render(&sample(Kind::Triggered, "Place: watch", "2026-03-13T06:00:00Z".parse().unwrap()), &sender).unwrap()
}

fn short() -> Deadlines {
    let limit = Duration::from_millis(300);
    Deadlines { open: limit, probe: limit, envelope: limit, message: limit, local: limit }
}

fn settings(port: u16, tls: Tls) -> Smtp {
    Smtp {
        host: "localhost".to_owned(),
        port,
        tls,
        username: None,
        login: Login::Password,
        password: None,
        token_file: None,
        ca_file: Some(tls_file("ca.pem")),
    }
}

fn with_login(smtp: Smtp) -> Smtp {
    Smtp { username: Some("watch".to_owned()), password: Some(PASSWORD.into()), ..smtp }
}

fn mailer(transport: Transport, deadlines: Deadlines) -> Mailer {
    Mailer::with_deadlines(Settings { sender: Sender::new("watch@example.org"), transport }, deadlines)
}

async fn send_once(smtp: Smtp) -> Result<(), SendError> {
    mailer(Transport::Smtp(smtp), Deadlines::default()).send(&message()).await
}

/// One message against one script: which failure, and what its sentence has to say.
async fn check(script: Script, kind: Failure, part: &str) -> Server {
    let server = Server::start(Tls::None, vec![script.clone()]).await;
    let error = send_once(with_login(settings(server.port, Tls::None))).await.unwrap_err();
    assert_failure(&error, kind, part, &script);
    server
}

fn assert_failure(error: &SendError, kind: Failure, part: &str, script: &Script) {
    assert_eq!(error.kind, kind, "{script:?}: {error}");
    assert!(error.message.contains(part), "{script:?}: `{error}` lacks `{part}`");
    assert!(error.message.chars().count() <= 400 && !error.message.contains(char::is_control), "{error}");
    for secret in [PASSWORD].iter().chain(&PASSWORD_BASE64) {
        assert!(!format!("{error} {error:?}").contains(secret), "{error}");
    }
}

/// Asserts what a server got as a message: the rendered bytes with dots doubled.
fn assert_received(lines: &[String]) {
    let from = lines.iter().position(|line| line == "DATA").unwrap() + 1;
    let to = from + lines[from..].iter().position(|line| line == ".").unwrap();
    let received: String =
        lines[from..to].iter().map(|line| format!("{}\r\n", line.strip_prefix('.').unwrap_or(line))).collect();
    let trimmed = |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    assert_eq!(trimmed(&received), trimmed(std::str::from_utf8(&message().bytes).unwrap()));
}

#[tokio::test]
async fn a_message_is_taken_over_every_kind_of_connection() {
    for tls in [Tls::None, Tls::Starttls, Tls::Implicit] {
        let server = Server::start(tls, vec![Vec::new()]).await;
        send_once(with_login(settings(server.port, tls))).await.unwrap();
        let lines = server.lines();
        assert_received(&lines);
        let commands: Vec<_> = lines
            .iter()
            .map(String::as_str)
            .filter(|line| line.starts_with("MAIL ") || line.starts_with("RCPT "))
            .collect();
        assert_eq!(commands, ["MAIL FROM:<watch@example.org>", "RCPT TO:<desk@example.org>"]);
        let login = lines.iter().position(|line| line.starts_with("AUTH PLAIN ")).unwrap();
        assert!(lines.iter().position(|line| line == "STARTTLS") < Some(login), "{tls:?}: no login before TLS");
        assert_eq!(
            lines.iter().filter(|line| line.starts_with("EHLO ")).count(),
            if tls == Tls::Starttls { 2 } else { 1 }
        );
    }
}

#[tokio::test]
async fn a_server_with_login_only_is_logged_into() {
    let script = vec![("EHLO", "250-test\r\n250 AUTH LOGIN")];
    let server = Server::start(Tls::None, vec![script]).await;
    send_once(with_login(settings(server.port, Tls::None))).await.unwrap();
    assert!(server.lines().contains(&PASSWORD_BASE64[0].to_owned()));
}

#[tokio::test]
async fn refusals_before_the_message_are_a_matter_of_setup() {
    check(vec![("greeting", "554 go away")], Failure::Setup, "554 go away").await;
    check(vec![("EHLO", "550 no")], Failure::Setup, "answered EHLO with 550 no").await;
    check(vec![("EHLO", "250-test\r\n250 AUTH CRAM-MD5")], Failure::Setup, "neither AUTH PLAIN nor AUTH LOGIN").await;
    check(vec![("AUTH", "535 5.7.8 bad credentials")], Failure::Setup, "535 5.7.8 bad credentials").await;
    check(vec![("AUTH", "334 Zm9v")], Failure::Setup, "cannot be answered").await;
    check(vec![("MAIL", "553 not your address")], Failure::Setup, "answered MAIL with 553").await;
}

#[tokio::test]
async fn refusals_of_recipient_or_message_are_final() {
    check(vec![("RCPT", "550 5.1.1 no such user")], Failure::Refused, "answered RCPT with 550 5.1.1 no such user")
        .await;
    check(vec![("DATA", "554 no valid recipients")], Failure::Refused, "answered DATA with 554").await;
    check(vec![(".", "552 5.3.4 too big")], Failure::TooLarge, "answered the message with 552 5.3.4 too big").await;
}

#[tokio::test]
async fn what_may_pass_is_transient() {
    check(vec![("greeting", "421 busy")], Failure::Transient, "421 busy").await;
    check(vec![("AUTH", "454 later")], Failure::Transient, "454 later").await;
    check(vec![("MAIL", "451 later")], Failure::Transient, "451 later").await;
    check(vec![("RCPT", "450 greylisted")], Failure::Transient, "answered RCPT with 450 greylisted").await;
    check(vec![(".", "452 disk full")], Failure::Transient, "452 disk full").await;
    check(vec![("greeting", DROP)], Failure::Transient, "hung up at its greeting").await;
    check(vec![("RCPT", DROP)], Failure::Transient, "hung up at RCPT").await;
    check(vec![(".", DROP)], Failure::Transient, "hung up at the end of the message").await;
    check(vec![("greeting", "SSH-2.0-OpenSSH")], Failure::Transient, "does not speak SMTP").await;
}

/// A message that fails must not hold up others that would not: only what happens before a recipient is named concerns all.
#[tokio::test]
async fn a_failure_reaches_no_further_than_its_cause() {
    let cases = [
        ("greeting", "421 busy", Reach::Server),
        ("greeting", DROP, Reach::Server),
        ("EHLO", "550 no", Reach::Server),
        ("AUTH", "535 no", Reach::Server),
        ("MAIL", "451 later", Reach::Server),
        ("RCPT", "450 greylisted", Reach::Recipient),
        ("RCPT", "550 no such user", Reach::Recipient),
        ("RCPT", DROP, Reach::Message),
        ("DATA", "451 later", Reach::Message),
        (".", "552 too big", Reach::Message),
        (".", DROP, Reach::Message),
    ];
    for (step, reply, reach) in cases {
        let server = Server::start(Tls::None, vec![vec![(step, reply)]]).await;
        let error = send_once(with_login(settings(server.port, Tls::None))).await.unwrap_err();
        assert_eq!(error.reach, reach, "{step} {reply}: {error}");
    }
}

fn with_token(smtp: Smtp, file: &Path) -> Smtp {
    Smtp { username: Some("watch".to_owned()), login: Login::Xoauth2, token_file: Some(file.to_owned()), ..smtp }
}

/// `user=watch^Aauth=Bearer token-1^A^A`, as Google and Microsoft describe it.
const TOKEN_BASE64: &str = "dXNlcj13YXRjaAFhdXRoPUJlYXJlciB0b2tlbi0xAQE=";

#[tokio::test]
async fn a_token_is_read_anew_for_each_connection() {
    let offer = ("EHLO", "250-test\r\n250 AUTH XOAUTH2 PLAIN");
    let server = Server::start(Tls::None, vec![vec![offer, ("AUTH XOAUTH2", "235 welcome")]]).await;
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("token");
    for token in ["token-1\n", "token-2"] {
        std::fs::write(&file, token).unwrap();
        send_once(with_token(settings(server.port, Tls::None), &file)).await.unwrap();
    }
    let logins: Vec<_> = server.lines().into_iter().filter(|line| line.starts_with("AUTH XOAUTH2 ")).collect();
    assert_eq!(logins.len(), 2);
    assert_eq!(logins[0], format!("AUTH XOAUTH2 {TOKEN_BASE64}"));
    assert_ne!(logins[0], logins[1]);
}

#[tokio::test]
async fn a_token_that_is_refused_is_a_matter_of_setup() {
    // The challenge is `{"status":"401"}`; the refusal comes behind an empty answer to it.
    let script = vec![
        ("EHLO", "250-test\r\n250 AUTH XOAUTH2"),
        ("AUTH XOAUTH2", "334 eyJzdGF0dXMiOiI0MDEifQ=="),
        ("", "535 5.7.8 token has expired"),
    ];
    let server = Server::start(Tls::None, vec![script.clone()]).await;
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("token");
    let smtp = with_token(settings(server.port, Tls::None), &file);
    let error = send_once(smtp.clone()).await.unwrap_err();
    assert_failure(&error, Failure::Setup, &file.display().to_string(), &script);
    std::fs::write(&file, "token-1").unwrap();
    let error = send_once(smtp).await.unwrap_err();
    assert_failure(&error, Failure::Setup, "535 5.7.8 token has expired", &script);
    let none = vec![("EHLO", "250-test\r\n250 AUTH PLAIN")];
    let server = Server::start(Tls::None, vec![none.clone()]).await;
    let error = send_once(with_token(settings(server.port, Tls::None), &file)).await.unwrap_err();
    assert_failure(&error, Failure::Setup, "offers no AUTH XOAUTH2", &none);
}

#[tokio::test]
async fn what_the_server_offers_is_used() {
    let offer = ("EHLO", "250-test\r\n250-SIZE 10000000\r\n250-DSN\r\n250 SMTPUTF8");
    let server = Server::start(Tls::None, vec![vec![offer]]).await;
    let message = Rendered { id: "a+b=c@example.org".to_owned(), ..message() };
    let size = message.bytes.len();
    mailer(Transport::Smtp(settings(server.port, Tls::None)), Deadlines::default()).send(&message).await.unwrap();
    let lines = server.lines();
    let mail = format!("MAIL FROM:<watch@example.org> SIZE={size} RET=HDRS ENVID=a+2Bb+3Dc@example.org");
    assert!(lines.contains(&mail), "{lines:?}");
    assert!(lines.contains(&"RCPT TO:<desk@example.org> NOTIFY=FAILURE,DELAY".to_owned()), "{lines:?}");
}

#[tokio::test]
async fn a_message_that_is_too_large_is_not_even_begun() {
    let script = vec![("EHLO", "250-test\r\n250 SIZE 1000")];
    let server = Server::start(Tls::None, vec![script.clone()]).await;
    let error = send_once(settings(server.port, Tls::None)).await.unwrap_err();
    assert_failure(&error, Failure::TooLarge, "takes 1000 at most", &script);
    assert!(!server.lines().iter().any(|line| line.starts_with("MAIL")));
    // A server may also find it too large when it hears the size.
    let script = vec![("EHLO", "250-test\r\n250 SIZE"), ("MAIL", "552 mailbox is full")];
    let server = Server::start(Tls::None, vec![script.clone()]).await;
    let error = send_once(settings(server.port, Tls::None)).await.unwrap_err();
    assert_failure(&error, Failure::TooLarge, "552 mailbox is full", &script);
}

#[tokio::test]
async fn addresses_beyond_ascii_are_reached_where_the_server_can() {
    let to = "Черговий <черговий@приклад.укр>".to_owned();
    let test = Message { recipient: to, ..sample(Kind::Test, "x", "2026-03-13T06:00:00Z".parse().unwrap()) };
    let rendered = render(&test, &Sender::new("watch@example.org")).unwrap();
    let server = Server::start(Tls::None, vec![vec![("EHLO", "250-test\r\n250 SMTPUTF8")], Vec::new()]).await;
    let mut first = mailer(Transport::Smtp(settings(server.port, Tls::None)), Deadlines::default());
    first.send(&rendered).await.unwrap();
    first.close().await;
    let lines = server.lines();
    assert!(lines.contains(&"MAIL FROM:<watch@example.org> SMTPUTF8 BODY=8BITMIME".to_owned()), "{lines:?}");
    assert!(lines.contains(&"RCPT TO:<черговий@xn--80aikifvh.xn--j1amh>".to_owned()), "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("To: ") && line.contains("<черговий@")), "{lines:?}");
    let mut second = mailer(Transport::Smtp(settings(server.port, Tls::None)), Deadlines::default());
    let error = second.send(&rendered).await.unwrap_err();
    assert_failure(&error, Failure::Refused, "does not offer SMTPUTF8", &Vec::new());
}

/// A message in two writes, or a socket with Nagle's algorithm, waits 40 ms for an acknowledgement that is held back:
/// 22 messages a second. A hundred messages would then take four seconds.
#[tokio::test]
async fn a_message_does_not_wait_for_an_acknowledgement() {
    let server = Server::start(Tls::None, vec![Vec::new()]).await;
    let mut mailer = mailer(Transport::Smtp(settings(server.port, Tls::None)), Deadlines::default());
    let small = Rendered { bytes: b"Subject: x\r\n\r\nx\r\n".to_vec(), ..message() };
    mailer.send(&small).await.unwrap();
    let mut fastest = Duration::MAX;
    for _ in 0..100 {
        let begun = std::time::Instant::now();
        mailer.send(&small).await.unwrap();
        fastest = fastest.min(begun.elapsed());
    }
    // The fastest of many: a busy machine delays some, a held-back acknowledgement delays all.
    assert!(fastest < Duration::from_millis(30), "{fastest:?} for the fastest of 100 messages");
}

#[tokio::test]
async fn success_is_250_and_nothing_else() {
    check(vec![(".", "354 go on")], Failure::Transient, "answered the message with 354").await;
    check(vec![(".", "251 elsewhere")], Failure::Transient, "251").await;
    check(vec![("DATA", "250 ok")], Failure::Transient, "answered DATA with 250").await;
    check(vec![("RCPT", "250 ok\r\n354 go on\r\n250 taken")], Failure::Transient, "before it was asked").await;
}

#[tokio::test]
async fn a_forwarding_server_is_believed() {
    let server = Server::start(Tls::None, vec![vec![("RCPT", "251 will forward")]]).await;
    send_once(settings(server.port, Tls::None)).await.unwrap();
}

#[tokio::test]
async fn a_secret_that_the_server_repeats_is_left_out() {
    let plain = "535 bad login AHdhdGNoAGNvcnJlY3QgaG9yc2UgYmF0dGVyeQ==";
    check(vec![("AUTH", plain)], Failure::Setup, "left out").await;
    check(vec![("AUTH", "535 bad password correct horse battery")], Failure::Setup, "left out").await;
    let login = vec![("EHLO", "250-test\r\n250 AUTH LOGIN"), ("Y29y", "535 bad Y29ycmVjdCBob3JzZSBiYXR0ZXJ5")];
    check(login, Failure::Setup, "left out").await;
}

#[tokio::test]
async fn hostile_replies_are_made_harmless() {
    check(vec![("RCPT", "550 a\u{1b}[31m\u{202e}b")], Failure::Refused, "550 a [31m b").await;
    let long: &'static str = Box::leak(format!("550 {}", "x".repeat(3000)).into_boxed_str());
    check(vec![("RCPT", long)], Failure::Refused, "550 xxx").await;
    let endless: &'static str = Box::leak("250-x\r\n".repeat(20_000).into_boxed_str());
    check(vec![("EHLO", endless)], Failure::Transient, "longer than 65536").await;
}

#[tokio::test]
async fn a_server_in_silence_is_left_at_the_deadline() {
    for step in ["greeting", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "."] {
        let server = Server::start(Tls::None, vec![vec![(step, HANG)]]).await;
        let transport = Transport::Smtp(with_login(settings(server.port, Tls::None)));
        let error = mailer(transport, short()).send(&message()).await.unwrap_err();
        assert_failure(&error, Failure::Transient, "within 0.3 s", &vec![(step, HANG)]);
    }
}

#[tokio::test]
async fn nobody_listening_is_transient() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let error = send_once(settings(port, Tls::None)).await.unwrap_err();
    assert_failure(&error, Failure::Transient, "no connection to localhost", &Vec::new());
}

#[tokio::test]
async fn starttls_is_never_gone_back_on() {
    let cases: [(Script, &str); 4] = [
        (vec![("EHLO", "250-test\r\n250 AUTH PLAIN")], "does not offer STARTTLS"),
        (vec![("STARTTLS", "454 not now")], "454 not now"),
        (vec![("STARTTLS", "502 what")], "502 what"),
        (vec![("STARTTLS", "220 begin\r\n250-test\r\n250 AUTH PLAIN")], "behind its reply to STARTTLS"),
    ];
    for (script, part) in cases {
        let server = Server::start(Tls::Starttls, vec![script.clone()]).await;
        let error = send_once(with_login(settings(server.port, Tls::Starttls))).await.unwrap_err();
        let kind = if part.starts_with("454") { Failure::Transient } else { Failure::Setup };
        assert_failure(&error, kind, part, &script);
        let lines = server.lines();
        assert!(!lines.iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")), "{lines:?}");
    }
}

#[tokio::test]
async fn a_certificate_that_is_wrong_is_a_matter_of_setup() {
    for tls in [Tls::Implicit, Tls::Starttls] {
        let server = Server::start(tls, vec![Vec::new()]).await;
        let good = with_login(settings(server.port, tls));
        let wrong_host = Smtp { host: "127.0.0.1".to_owned(), ..good.clone() };
        let unknown_authority = Smtp { ca_file: None, ..good.clone() };
        let no_authority = Smtp { ca_file: Some(tls_file("none.pem")), ..good };
        for (smtp, part) in [
            (wrong_host, "no TLS"),
            (unknown_authority, "name the authority that signed it in `ca_file`"),
            (no_authority, "none.pem"),
        ] {
            let error = send_once(smtp).await.unwrap_err();
            assert_failure(&error, Failure::Setup, part, &Vec::new());
        }
        assert!(!server.lines().iter().any(|line| line.starts_with("AUTH")), "no login to a stranger");
    }
}

#[tokio::test]
async fn a_server_without_tls_is_no_tls_server() {
    let server = Server::start(Tls::None, vec![Vec::new()]).await;
    let error = send_once(with_login(settings(server.port, Tls::Implicit))).await.unwrap_err();
    assert_failure(&error, Failure::Setup, "no TLS with localhost", &Vec::new());
}

#[tokio::test]
async fn one_connection_serves_many_messages() {
    let server = Server::start(Tls::None, vec![Vec::new()]).await;
    let mut mailer = mailer(Transport::Smtp(settings(server.port, Tls::None)), Deadlines::default());
    for _ in 0..3 {
        mailer.send(&message()).await.unwrap();
    }
    mailer.close().await;
    let heard = server.heard();
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0].iter().filter(|line| *line == ".").count(), 3);
    assert_eq!(heard[0].last().map(String::as_str), Some("QUIT"));
}

#[tokio::test]
async fn a_refused_recipient_does_not_cost_the_connection() {
    let server = Server::start(Tls::None, vec![vec![("RCPT TO:<desk", "550 no such user")]]).await;
    let mut mailer = mailer(Transport::Smtp(settings(server.port, Tls::None)), Deadlines::default());
    assert_eq!(mailer.send(&message()).await.unwrap_err().kind, Failure::Refused);
    mailer.send(&Rendered { recipient: "other@example.org".to_owned(), ..message() }).await.unwrap();
    let heard = server.heard();
    assert_eq!(heard.len(), 1);
    assert!(heard[0].contains(&"RSET".to_owned()));
}

#[tokio::test]
async fn a_kept_connection_that_died_is_opened_anew() {
    // The first server takes one message and hangs up, or falls silent, at the next.
    for end in [DROP, HANG, "421 idle for too long"] {
        let server = Server::start(Tls::None, vec![vec![("MAIL FROM:<second", end)], Vec::new()]).await;
        let deadlines = Deadlines { probe: Duration::from_millis(100), ..Deadlines::default() };
        let mut mailer = mailer(Transport::Smtp(settings(server.port, Tls::None)), deadlines);
        mailer.send(&message()).await.unwrap();
        mailer.send(&Rendered { sender: "second@example.org".to_owned(), ..message() }).await.unwrap();
        let heard = server.heard();
        assert_eq!(heard.len(), 2, "{end}");
        assert_eq!(heard.concat().iter().filter(|line| *line == ".").count(), 2, "{end}");
    }
}

#[tokio::test]
async fn a_late_reply_is_never_taken_for_another() {
    let server = Server::start(Tls::None, vec![vec![(".", HANG)], Vec::new()]).await;
    let mut mailer = mailer(Transport::Smtp(settings(server.port, Tls::None)), short());
    assert_eq!(mailer.send(&message()).await.unwrap_err().kind, Failure::Transient);
    mailer.send(&message()).await.unwrap();
    let heard = server.heard();
    assert_eq!(heard.len(), 2);
    assert_eq!(heard[0].last().map(String::as_str), Some("."), "nothing is said while a reply is owed");
}

#[tokio::test]
async fn a_mailer_that_is_dropped_says_goodbye() {
    let server = Server::start(Tls::None, vec![Vec::new()]).await;
    let transport = Transport::Smtp(settings(server.port, Tls::None));
    let mut mailer = mailer(transport, Deadlines::default());
    mailer.send(&message()).await.unwrap();
    drop(mailer);
    while server.lines().last().map(String::as_str) != Some("QUIT") {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_mailer_shows_no_secret() {
    let mailer = Mailer::new(Settings {
        sender: Sender::new("watch@example.org"),
        transport: Transport::Smtp(with_login(settings(25, Tls::None))),
    });
    assert!(!format!("{mailer:?}").contains(PASSWORD));
}

#[tokio::test]
async fn a_folder_gets_each_message_once() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("new/mail");
    let mut mailer = mailer(Transport::File { dir: dir.clone() }, Deadlines::default());
    mailer.send(&message()).await.unwrap();
    mailer.send(&message()).await.unwrap();
    let later = sample(Kind::Resolved, "Place: watch", "2026-03-14T06:00:00Z".parse().unwrap());
    let other = render(&later, &Sender::new("w@example.org"));
    mailer.send(&other.unwrap()).await.unwrap();
    let mut names: Vec<_> =
        std::fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(names[0].starts_with("20260313T060000Z-") && names[1].starts_with("20260314T060000Z-"), "{names:?}");
    assert!(names.iter().all(|name| name.ends_with(".eml")), "{names:?}");
    assert_eq!(std::fs::read(dir.join(&names[0])).unwrap(), message().bytes);
    assert_eq!(std::fs::metadata(&dir).unwrap().permissions().mode() & 0o777, 0o700);
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("file");
    std::fs::write(&dir, "in the way").unwrap();
    let error = mailer(Transport::File { dir: dir.clone() }, Deadlines::default()).send(&message()).await.unwrap_err();
    assert_eq!(error.kind, Failure::Transient);
    assert!(error.message.contains(&dir.display().to_string()), "{error}");
}

/// A program in place of sendmail.
async fn run_program(body: &str, deadlines: Deadlines) -> (Result<(), SendError>, String) {
    let root = tempfile::tempdir().unwrap();
    let (path, kept) = (root.path().join("sendmail"), root.path().join("kept"));
    std::fs::write(&path, format!("#!/bin/sh\nkept={}\n{body}\n", kept.display())).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    let outcome = mailer(Transport::Sendmail { path }, deadlines).send(&message()).await;
    (outcome, std::fs::read_to_string(kept).unwrap_or_default())
}

#[tokio::test]
async fn sendmail_gets_envelope_and_message() {
    let (outcome, kept) = run_program("echo \"$@\" > $kept; cat >> $kept", Deadlines::default()).await;
    outcome.unwrap();
    let (arguments, body) = kept.split_once('\n').unwrap();
    assert_eq!(arguments, "-i -f watch@example.org -- desk@example.org");
    assert_eq!(body, String::from_utf8(message().bytes).unwrap().replace("\r\n", "\n"));
}

#[tokio::test]
async fn sendmail_exit_codes_decide() {
    let cases = [
        ("echo later >&2; exit 75", Failure::Transient, "later"),
        ("cat > /dev/null; echo 'no\u{1b}user' >&2; exit 67", Failure::Refused, "no user"),
        ("exit 68", Failure::Refused, "68"),
        ("exit 65", Failure::Refused, "65"),
        ("exit 69", Failure::Setup, "69"),
        ("exit 64", Failure::Setup, "64"),
        ("exit 1", Failure::Transient, "1"),
        ("kill -9 $$", Failure::Transient, "signal"),
    ];
    for (body, kind, part) in cases {
        let error = run_program(body, Deadlines::default()).await.0.unwrap_err();
        assert_failure(&error, kind, part, &Vec::new());
    }
}

#[tokio::test]
async fn sendmail_is_not_waited_for_without_end() {
    let error = run_program("exec sleep 60", short()).await.0.unwrap_err();
    assert_failure(&error, Failure::Transient, "did not finish", &Vec::new());
}

#[tokio::test]
async fn a_missing_sendmail_is_a_matter_of_setup() {
    let path = PathBuf::from("/nonexistent/sendmail");
    let error = mailer(Transport::Sendmail { path }, short()).send(&message()).await.unwrap_err();
    assert_failure(&error, Failure::Setup, "/nonexistent/sendmail could not be run", &Vec::new());
}
