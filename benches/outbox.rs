//! The outbox against a bare SMTP loop: how many messages a second leave, and whether memory stays flat.
//!
//! `cargo bench --bench outbox` queues 10,000 messages in a store on disk and delivers them to a mail server on loopback,
//! then sends as many messages of the same bytes to the same server with nothing around it: no rendering, no claim, no
//! mark that survives a power cut. The ratio **of the same run** means the same on every machine; one past its limit
//! ends the run with 1. A number behind `--` is another count of messages.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a bench that cannot set its scene has failed")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;
use watchfloor::config::{self, SystemEnvironment};
use watchfloor::daemon::{Clock, Engine};
use watchfloor::model::notification::{Content, Kind};
use watchfloor::notify::{Renderer, Sender, sample};
use watchfloor::store::{NewNotification, Round, Store, StoreError};

/// Messages queued.
const MESSAGES: usize = 10_000;
/// The outbox takes at most so many times as long as the bare loop.
const SLOWEST: f64 = 8.0;
/// Memory grows by no more than this share from the first tenth of the messages to the last.
const GROWTH: f64 = 0.10;
const RECIPIENTS: [&str; 2] = ["alice@example.org", "bob@example.org"];

/// A mail server that takes everything and keeps nothing.
fn serve(taken: Arc<AtomicUsize>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let taken = Arc::clone(&taken);
            std::thread::spawn(move || converse(stream, &taken));
        }
    });
    port
}

/// `None` when the client has hung up.
fn converse(mut stream: TcpStream, taken: &AtomicUsize) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut reader = BufReader::with_capacity(1 << 16, stream.try_clone().ok()?);
    let mut line = Vec::new();
    stream.write_all(b"220 bench\r\n").ok()?;
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line).ok()? == 0 {
            return None;
        }
        let answer: &[u8] = match line.get(..4)? {
            b"EHLO" => b"250 bench\r\n",
            b"DATA" => {
                stream.write_all(b"354 go on\r\n").ok()?;
                while line != b".\r\n" {
                    line.clear();
                    reader.read_until(b'\n', &mut line).ok()?;
                }
                taken.fetch_add(1, Ordering::Relaxed);
                b"250 taken\r\n"
            }
            b"QUIT" => b"221 bye\r\n",
            _ => b"250 ok\r\n",
        };
        stream.write_all(answer).ok()?;
    }
}

/// As many messages as quickly as SMTP allows, one after another.
fn bare_loop(port: u16, bytes: &[u8], count: usize) -> Duration {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut answer = String::new();
    let mut hear = move || {
        answer.clear();
        reader.read_line(&mut answer).unwrap();
    };
    let body = [bytes, b".\r\n"].concat();
    let begun = Instant::now();
    hear();
    stream.write_all(b"EHLO bench\r\n").unwrap();
    hear();
    for _ in 0..count {
        for command in [&b"MAIL FROM:<w@example.org>\r\n"[..], b"RCPT TO:<alice@example.org>\r\n", b"DATA\r\n", &body] {
            stream.write_all(command).unwrap();
            hear();
        }
    }
    begun.elapsed()
}

/// Resident memory in KiB.
fn resident() -> usize {
    let mut status = String::new();
    std::fs::File::open("/proc/self/status").unwrap().read_to_string(&mut status).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn now() -> Timestamp {
    "2026-03-13T06:00:00Z".parse().unwrap()
}

/// Half as many alerts as messages, each to two recipients; `charts` of them have a chart of their own.
fn queue(store: &mut Store, count: usize, charts: usize) {
    let work = |change: &watchfloor::store::Change<'_>| {
        for number in 0..count / RECIPIENTS.len() {
            let mut message = sample(Kind::Triggered, &format!("Watch {number}: a watch"), now());
            if let Content::Scenario(account) = &mut message.content {
                account.conditions[0].series[0].value = Some(800.0 + (number % charts.max(1)) as f64);
            }
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
                    not_before: now(),
                    content: &message.content,
                    held: None,
                };
                change.queue(new, now())?;
            }
        }
        Ok::<_, StoreError>(())
    };
    store.write(work).unwrap();
}

fn engine(folder: &Path, port: u16) -> Engine {
    let path = folder.join("watchfloor.toml");
    let text = format!(
        "[email]\nfrom = 'w@example.org'\nto = ['{}']\ntransport = 'smtp'\n\
         smtp = {{ host = '127.0.0.1', port = {port}, tls = 'none' }}\n",
        RECIPIENTS[0]
    );
    std::fs::write(&path, text).unwrap();
    let plan = config::load(&path, &SystemEnvironment).map_err(|problems| problems.print(false)).unwrap().plan;
    let store = Store::open(&plan.settings.store).unwrap();
    Engine::start(plan, store, Arc::new(drop)).unwrap().0
}

/// Delivers `count` messages; gives the time, and resident memory after a tenth and at the end.
fn outbox(count: usize, charts: usize, (port, taken): (u16, &Arc<AtomicUsize>)) -> (Duration, usize, usize) {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), port);
    queue(&mut Store::join(&engine.plan.settings.store).unwrap(), count, charts);
    let before = taken.load(Ordering::Relaxed);
    let watching = Arc::clone(taken);
    let sampler = std::thread::spawn(move || {
        while watching.load(Ordering::Relaxed) < before + count / 10 {
            std::thread::sleep(Duration::from_millis(5));
        }
        resident()
    });
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let begun = Instant::now();
    let deliver =
        async { engine.outbox().unwrap().deliver(&Clock::At(now()), Round::Due, &CancellationToken::new()).await };
    let (sent, _) = runtime.block_on(deliver).unwrap();
    let spent = begun.elapsed();
    assert_eq!(sent as usize, count);
    assert_eq!(taken.load(Ordering::Relaxed) - before, count, "the server has each once");
    (spent, sampler.join().unwrap(), resident())
}

fn rate(count: usize, spent: Duration) -> f64 {
    count as f64 / spent.as_secs_f64()
}

fn main() {
    let count = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(MESSAGES);
    let taken = Arc::new(AtomicUsize::new(0));
    let port = serve(Arc::clone(&taken));
    let mut renderer = Renderer::default();
    let sender = Sender::new("w@example.org");
    let message = sample(Kind::Triggered, "Watch: a watch", now());
    let bytes = renderer.render(&message, &sender).unwrap().bytes;
    println!("{count} messages of {} octets each, one connection", bytes.len());
    let begun = Instant::now();
    (0..1000).for_each(|_| drop(renderer.render(&message, &sender).unwrap()));
    println!("rendering alone, its chart painted before: {:.0}/s", rate(1000, begun.elapsed()));
    let begun = Instant::now();
    (0..20).for_each(|_| drop(Renderer::default().render(&message, &sender).unwrap()));
    println!("rendering alone, its chart painted each time: {:.0}/s", rate(20, begun.elapsed()));
    let bare = bare_loop(port, &bytes, count);
    let (spent, early, late) = outbox(count, 1, (port, &taken));
    let again = bare_loop(port, &bytes, count);
    let ratio = spent.as_secs_f64() / ((bare + again).as_secs_f64() / 2.0);
    println!("bare SMTP loop: {:.0}/s before, {:.0}/s after", rate(count, bare), rate(count, again));
    println!("outbox: {:.0}/s, {ratio:.1} times as long as the bare loop (limit {SLOWEST})", rate(count, spent));
    let growth = late as f64 / early as f64 - 1.0;
    println!(
        "resident: {early} KiB after a tenth, {late} KiB at the end, {:+.1} % (limit {:.0} %)",
        growth * 100.0,
        GROWTH * 100.0
    );
    let few = count / 10;
    let (spent, ..) = outbox(few, few, (port, &taken));
    println!("outbox, a chart of its own in each alert ({few} messages): {:.0}/s", rate(few, spent));
    if ratio > SLOWEST || growth > GROWTH {
        eprintln!("past its limit");
        std::process::exit(1);
    }
}
