//! The program killed again and again while it sends: no message is lost, and what comes twice comes under one id.
//!
//! The short form runs with every test. The long ones, 10,000 messages and 100 kills, and 10,000 messages beside a bare
//! SMTP loop over the same server, print their figures: `cargo test --release --test outbox_kill -- --ignored
//! --nocapture --test-threads 1`. `WATCHFLOOR_PROGRAM` names another program than the one that was just built.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use watchfloor::model::notification::{Delivery, Kind};
use watchfloor::notify::{self, render, sample};
use watchfloor::store::{NewNotification, Store, StoreError};

const RECIPIENTS: [&str; 2] = ["alice@example.org", "bob@example.org"];
/// A program that sends nothing for so long is stuck.
const STUCK: Duration = Duration::from_secs(60);

/// A mail server that takes everything and tells the Message-ID of each message **before** it answers.
fn serve() -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let tell = tell.clone();
            std::thread::spawn(move || converse(stream, &tell));
        }
    });
    (port, told)
}

/// `None` when the client is gone.
fn converse(mut stream: TcpStream, tell: &Sender<String>) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut reader = BufReader::with_capacity(1 << 16, stream.try_clone().ok()?);
    stream.write_all(b"220 here\r\n").ok()?;
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line).ok()? == 0 {
            return None;
        }
        let answer = if line.starts_with(b"DATA") {
            stream.write_all(b"354 go on\r\n").ok()?;
            tell.send(message_id(&mut reader)?).ok()?;
            "250 taken\r\n"
        } else {
            "250 ok\r\n"
        };
        stream.write_all(answer.as_bytes()).ok()?;
    }
}

/// Reads a message to its end; `None` where it has none.
fn message_id(reader: &mut impl BufRead) -> Option<String> {
    let (mut id, mut line) = (None, Vec::new());
    while line != b".\r\n" {
        line.clear();
        if reader.read_until(b'\n', &mut line).ok()? == 0 {
            return None;
        }
        if let Some(rest) = line.strip_prefix(b"Message-ID: <") {
            id = Some(String::from_utf8_lossy(rest).trim_end().trim_end_matches('>').to_owned());
        }
    }
    id
}

fn settings(folder: &Path, port: u16) -> PathBuf {
    let path = folder.join("watchfloor.toml");
    let text = format!(
        "[email]\nfrom = 'w@example.org'\nto = ['{}']\ntransport = 'smtp'\n\
         smtp = {{ host = '127.0.0.1', port = {port}, tls = 'none' }}\n[store]\npath = 'store.db'\n",
        RECIPIENTS[0]
    );
    std::fs::write(&path, text).unwrap();
    path
}

/// Each alert to both recipients.
fn queue(store: &mut Store, count: usize) {
    let now = Timestamp::UNIX_EPOCH;
    let work = |change: &watchfloor::store::Change<'_>| {
        for number in 0..count / RECIPIENTS.len() {
            let message = sample(Kind::Triggered, &format!("Watch {number}: a watch"), now);
            for recipient in RECIPIENTS {
                let id = format!("{number}.{recipient}");
                let thread = format!("thread.{number}@example.org");
                let new = NewNotification {
                    kind: Kind::Triggered,
                    recipient,
                    message_id: &id,
                    alert: None,
                    watch: Some("sample"),
                    thread: Some(&thread),
                    about: None,
                    not_before: now,
                    content: &message.content,
                    held: None,
                };
                change.queue(new, now)?;
            }
        }
        Ok::<_, StoreError>(())
    };
    store.write(work).unwrap();
}

/// The daemon, ended without mercy when it is dropped.
struct Daemon(Child);

impl Daemon {
    fn start(config: &Path) -> Self {
        let program = std::env::var_os("WATCHFLOOR_PROGRAM").unwrap_or(env!("CARGO_BIN_EXE_watchfloor").into());
        let mut command = Command::new(program);
        command.arg("--config").arg(config).arg("run");
        Self(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }
}

impl Daemon {
    /// Resident memory in KiB.
    fn resident(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Daemon {
    /// SIGKILL.
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// Numbers that look thrown, always the same (Lehmer's generator).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0 * 48_271 % 0x7fff_ffff;
        self.0 % limit
    }
}

/// Queues messages and kills the daemon as often as asked while it sends them; then lets it finish.
fn kill_while_sending(count: usize, kills: usize) {
    let folder = tempfile::tempdir().unwrap();
    let (port, told) = serve();
    let config = settings(folder.path(), port);
    let database = folder.path().join("store.db");
    queue(&mut Store::open(&database).unwrap(), count);
    let mut dice = Dice(20_260_313);
    // Nothing is left of one run's messages when the next begins: the queue outlasts the kills.
    let most = (count / (kills + 1)) as u64 * 2;
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    let mut hear = |how_many: u64| {
        for _ in 0..how_many {
            let id = told.recv_timeout(STUCK).expect("the daemon sends nothing any more");
            *taken.entry(id).or_default() += 1;
        }
        taken.len()
    };
    for _ in 0..kills {
        let daemon = Daemon::start(&config);
        hear(1 + dice.below(most - 1));
        // Some way into whatever it does next.
        (0..dice.below(50_000)).for_each(|_| std::hint::spin_loop());
        drop(daemon);
    }
    let left = Daemon::start(&config);
    while hear(1) < count {}
    let done = |store: &Store| store.view().count_notifications(Delivery::Sent).unwrap() as usize == count;
    let store = Store::join(&database).unwrap();
    let deadline = Instant::now() + STUCK;
    while !done(&store) {
        assert!(Instant::now() < deadline, "what was sent is not marked");
        std::thread::yield_now();
    }
    drop(left);
    let copies: usize = taken.values().sum();
    println!(
        "{count} messages, {kills} times kill -9: {} arrived, {} lost, {} came again under the same Message-ID",
        taken.len(),
        count - taken.len(),
        copies - count
    );
    assert_eq!(taken.len(), count);
    assert!(taken.keys().all(|id| RECIPIENTS.iter().any(|recipient| id.ends_with(recipient))), "an id nobody decided");
    assert!(copies - count <= kills * 2, "{} repeats of {kills} kills", copies - count);
    drop(store);
    assert_eq!(Store::open(&database).unwrap().view().count_notifications(Delivery::Sent).unwrap() as usize, count);
}

#[test]
fn killed_five_times_while_it_sends_sixty_messages() {
    kill_while_sending(60, 5);
}

#[test]
#[ignore = "minutes; the head of this file says how it is run"]
fn killed_a_hundred_times_while_it_sends_ten_thousand_messages() {
    kill_while_sending(10_000, 100);
}

/// As many messages as quickly as SMTP allows, one after another, with nothing around it.
fn bare_loop(port: u16, count: usize) -> Duration {
    let message = sample(Kind::Triggered, "Watch 0: a watch", Timestamp::UNIX_EPOCH);
    let mut body = render(&message, &notify::Sender::new("w@example.org")).unwrap().bytes;
    body.extend_from_slice(b".\r\n");
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut hear = || reader.read_until(b'\n', &mut Vec::new()).unwrap();
    let begun = Instant::now();
    hear();
    for _ in 0..count {
        for command in [&b"MAIL FROM:<w@example.org>\r\n"[..], b"RCPT TO:<alice@example.org>\r\n", b"DATA\r\n", &body] {
            stream.write_all(command).unwrap();
            hear();
        }
    }
    begun.elapsed()
}

#[test]
#[ignore = "minutes; the head of this file says how it is run"]
fn ten_thousand_messages_beside_a_bare_loop() {
    const COUNT: usize = 10_000;
    let folder = tempfile::tempdir().unwrap();
    let (port, told) = serve();
    let config = settings(folder.path(), port);
    queue(&mut Store::open(&folder.path().join("store.db")).unwrap(), COUNT);
    let hear = |how_many: usize| (0..how_many).for_each(|_| drop(told.recv_timeout(STUCK).expect("nothing is sent")));
    let before = bare_loop(port, COUNT);
    hear(COUNT);
    let daemon = Daemon::start(&config);
    hear(1);
    let begun = Instant::now();
    let resident: Vec<f64> = (0..9).map(|_| (hear(COUNT / 10), daemon.resident()).1).collect();
    hear(COUNT / 10 - 1);
    let spent = begun.elapsed();
    drop(daemon);
    let after = bare_loop(port, COUNT);
    let rate = |spent: Duration| COUNT as f64 / spent.as_secs_f64();
    let ratio = spent.as_secs_f64() * 2.0 / (before + after).as_secs_f64();
    println!(
        "{COUNT} messages: {:.0}/s; a bare SMTP loop {:.0}/s before and {:.0}/s after; {ratio:.1} times as long",
        rate(spent),
        rate(before),
        rate(after)
    );
    println!("resident after each tenth, KiB: {resident:?}");
    assert!(resident[8] < resident[0] * 1.1, "memory grows");
}
