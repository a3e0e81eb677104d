//! The outbox against a mail server that fails in every way: nothing lost, nothing twice but under one identity,
//! nothing out of order, and everyone told what they have to know. Time is simulated.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mail_parser::MessageParser;
use tokio_util::sync::CancellationToken;
use watchfloor::config::{self, SystemEnvironment};
use watchfloor::daemon::{Clock, Engine};
use watchfloor::model::name::Name;
use watchfloor::model::notification::{Cause, Content, Delivery, Kind, Notification};
use watchfloor::model::scenario;
use watchfloor::notify::{Deadlines, Sender, render, sample};
use watchfloor::pipeline::deliveries;
use watchfloor::store::{NewNotification, Round, Store, StoreError};

const ALICE: &str = "Alice <alice@example.org>";
const BOB: &str = "bob@example.org";
/// More than any try of these tests takes, so that one follows the other.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the server does wrong on one connection, in the words of the rig `smtp-faulty`.
type Fault = &'static str;

/// A mail server on loopback that fails as told, and remembers what it took.
struct Server {
    port: u16,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// The faults of the coming connections; after them it behaves.
    faults: Vec<Fault>,
    /// What is wrong with every connection that has none of its own.
    standing: Fault,
    connections: u32,
    /// Messages that it has and says nothing of.
    unanswered: u32,
    /// What it took: recipient and message.
    taken: Vec<(String, Vec<u8>)>,
}

impl Server {
    fn start(faults: &[Fault], standing: Fault) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut faults = faults.to_vec();
        faults.reverse();
        let state = Arc::new(Mutex::new(State { faults, standing, ..State::default() }));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let fault = {
                    let mut state = shared.lock().unwrap();
                    state.connections += 1;
                    let standing = state.standing;
                    state.faults.pop().unwrap_or(standing)
                };
                let shared = Arc::clone(&shared);
                // An error of the connection is the client's to report.
                std::thread::spawn(move || serve(stream, fault, &shared));
            }
        });
        Self { port, state }
    }

    fn stands(&self, fault: Fault) {
        self.state.lock().unwrap().standing = fault;
    }

    fn taken(&self) -> Vec<(String, Vec<u8>)> {
        self.state.lock().unwrap().taken.clone()
    }

    /// `alice triggered` for each message taken, in order.
    fn story(&self) -> Vec<String> {
        let words = |(to, bytes): &(String, Vec<u8>)| {
            let parsed = MessageParser::default().parse(bytes).unwrap();
            let kind = parsed.message_id().unwrap().split('.').next().unwrap().to_owned();
            format!("{} {kind}", to.split('@').next().unwrap())
        };
        self.taken().iter().map(words).collect()
    }
}

fn serve(stream: TcpStream, fault: Fault, state: &Mutex<State>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut stream = stream;
    let mut recipient = String::new();
    step(&mut reader, &mut stream, fault, "banner", "", "220 faulty")?;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let told = line.trim_end();
        let verb = told.split([' ', ':']).next()?.to_ascii_lowercase();
        match verb.as_str() {
            "ehlo" => {
                let size = fault.strip_prefix("size=").map(|size| format!("\r\n250 SIZE {size}"));
                let offer = format!("250-faulty\r\n250-AUTH PLAIN{}", size.unwrap_or("\r\n250 HELP".to_owned()));
                step(&mut reader, &mut stream, fault, "ehlo", "", &offer)?;
            }
            "auth" => step(&mut reader, &mut stream, fault, "auth", "", "235 welcome")?,
            "rcpt" => {
                recipient = told.split(['<', '>']).nth(1)?.to_owned();
                step(&mut reader, &mut stream, fault, "rcpt", &recipient, "250 ok")?;
            }
            "data" => {
                step(&mut reader, &mut stream, fault, "data", "", "354 go on")?;
                let refused = matches!(fault, "tempfail-data" | "permfail-data");
                if !refused {
                    message(&mut reader, &mut stream, fault, (&recipient, state))?;
                }
            }
            "quit" => {
                let _ = stream.write_all(b"221 bye\r\n");
                return None;
            }
            other => step(&mut reader, &mut stream, fault, other, "", "250 ok")?,
        }
    }
}

/// Answers one step, well or as the fault asks; `None` ends the connection.
fn step(
    reader: &mut impl Read,
    stream: &mut TcpStream,
    fault: Fault,
    at: &str,
    recipient: &str,
    well: &str,
) -> Option<()> {
    let (how, place) = fault.split_once('-').unwrap_or((fault, ""));
    let (place, whom) = place.split_once('=').unwrap_or((place, ""));
    let applies = place == at && (whom.is_empty() || recipient.starts_with(whom));
    let answer = match how {
        "reset" if at == "banner" => return None,
        "garbage" if at == "banner" => "\u{1}\u{2} this is no mail server",
        "hang" if applies => {
            // Holds the connection until the other side is gone.
            let _ = reader.read_to_end(&mut Vec::new());
            return None;
        }
        "drop" if applies => return None,
        "tempfail" if applies => "451 4.3.0 not now",
        "permfail" if applies => "550 5.1.1 never",
        _ => well,
    };
    stream.write_all(format!("{answer}\r\n").as_bytes()).ok()
}

fn message(
    reader: &mut impl BufRead,
    stream: &mut TcpStream,
    fault: Fault,
    (recipient, state): (&str, &Mutex<State>),
) -> Option<()> {
    let mut bytes = Vec::new();
    loop {
        let mut line = Vec::new();
        if reader.read_until(b'\n', &mut line).ok()? == 0 || fault == "drop-body" {
            return None;
        }
        if line == b".\r\n" {
            break;
        }
        bytes.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
    let limit = fault.strip_prefix("large=").and_then(|limit| limit.parse().ok());
    if limit.is_some_and(|limit: usize| bytes.len() > limit) {
        return stream.write_all(b"552 5.3.4 too large\r\n").ok();
    }
    if !["hang-end", "drop-end", "tempfail-end", "permfail-end"].contains(&fault) {
        state.lock().unwrap().taken.push((recipient.to_owned(), bytes));
    }
    if fault == "hang-end" {
        state.lock().unwrap().unanswered += 1;
    }
    match fault {
        "stored-drop" => None,
        "stored-hang" => {
            let _ = reader.read_to_end(&mut Vec::new());
            None
        }
        fault => step(reader, stream, fault, "end", "", "250 taken"),
    }
}

/// A daemon's outbox over a store in a folder.
struct House {
    folder: tempfile::TempDir,
    engine: Engine,
    store: Store,
    reports: Arc<Mutex<Vec<String>>>,
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn start() -> Timestamp {
    at("2026-03-13T06:00:00Z")
}

fn settings(folder: &Path, port: u16) -> PathBuf {
    let path = folder.join("watchfloor.toml");
    std::fs::write(folder.join("password"), "secret").unwrap();
    let text = format!(
        "timezone = 'UTC'\n[email]\nfrom = 'Watch <watch@example.org>'\nto = ['{ALICE}', '{BOB}']\ntransport = 'smtp'\n\
         smtp = {{ host = '127.0.0.1', port = {port}, tls = 'none', username = 'w', password = {{ file = 'password' }} }}\n"
    );
    std::fs::write(&path, text).unwrap();
    path
}

impl House {
    fn new(port: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = settings(folder.path(), port);
        let loaded = config::load(&path, &SystemEnvironment).map_err(|problems| problems.print(false)).unwrap();
        let database = loaded.plan.settings.store.clone();
        let reports = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&reports);
        let reporter = Arc::new(move |report| kept.lock().unwrap().push(format!("{report:?}")));
        let (engine, _thread) = Engine::start(loaded.plan, Store::open(&database).unwrap(), reporter).unwrap();
        Self { store: Store::join(&database).unwrap(), folder, engine, reports }
    }

    /// Queues a message of a kind for each recipient, as the pipeline does.
    fn queue(&mut self, kind: Kind, alert: Option<i64>, now: Timestamp, recipients: &[&str]) {
        let message = sample(kind, "Bridge: a watch", now);
        let about = Name::new("sample", "risk");
        let is_about = matches!(message.content, Content::Scenario(_)) && kind != Kind::Drill;
        self.store
            .write(|change| {
                for recipient in recipients {
                    let id = format!("{}.{}.{recipient}", kind.word(), now.as_millisecond());
                    let id: String = id.chars().filter(|c| c.is_ascii_alphanumeric() || "._@".contains(*c)).collect();
                    let about = is_about.then(|| about.to_string());
                    let not_before = match is_about {
                        true => deliveries::not_before(change, &Name::new("sample", "risk"), recipient, now)?,
                        false => now,
                    };
                    let new = NewNotification {
                        kind,
                        recipient,
                        message_id: &id,
                        alert,
                        watch: Some("sample"),
                        thread: is_about.then_some("root@example.org"),
                        about: about.as_deref(),
                        not_before,
                        content: &message.content,
                        held: None,
                    };
                    change.queue(new, now)?;
                }
                Ok::<(), StoreError>(())
            })
            .unwrap();
    }

    /// One round at a moment; gives when the next is due.
    async fn deliver(&self, now: Timestamp) -> Option<Timestamp> {
        self.deliver_with(now, Duration::from_millis(250), PATIENCE).await
    }

    /// One round with other deadlines.
    async fn deliver_with(&self, now: Timestamp, limit: Duration, patience: Duration) -> Option<Timestamp> {
        let deadlines = Deadlines { open: limit, probe: limit, envelope: limit, message: limit, local: limit };
        let mut outbox = self.engine.outbox().unwrap().with_deadlines(deadlines, patience);
        outbox.deliver(&Clock::At(now), Round::Due, &CancellationToken::new()).await.unwrap().1
    }

    /// Rounds from a moment on, each when the outbox asks for it, until nothing waits or `until` has come.
    async fn deliver_until(&self, mut now: Timestamp, until: Timestamp) -> Timestamp {
        while let Some(next) = self.deliver(now).await.filter(|next| *next <= until) {
            assert!(next > now, "{next} is not after {now}");
            now = next;
        }
        now
    }

    fn notifications(&self) -> Vec<Notification> {
        let mut all = self.store.view().notifications().unwrap();
        all.reverse();
        all
    }

    fn states(&self) -> Vec<(Delivery, Option<String>)> {
        self.notifications().into_iter().map(|one| (one.state, one.last_error)).collect()
    }
}

fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

/// Every fault with what has to come of it: whether it is final for the message, and how many may arrive twice.
const FAULTS: [(Fault, bool, usize); 34] = [
    ("ok", false, 0),
    ("reset", false, 0),
    ("garbage", false, 0),
    ("hang-banner", false, 0),
    ("hang-ehlo", false, 0),
    ("hang-auth", false, 0),
    ("hang-mail", false, 0),
    ("hang-rcpt", false, 0),
    ("hang-data", false, 0),
    ("hang-end", false, 0),
    ("drop-banner", false, 0),
    ("drop-ehlo", false, 0),
    ("drop-auth", false, 0),
    ("drop-mail", false, 0),
    ("drop-rcpt", false, 0),
    ("drop-data", false, 0),
    ("drop-body", false, 0),
    ("drop-end", false, 0),
    ("stored-drop", false, 1),
    ("stored-hang", false, 1),
    ("tempfail-banner", false, 0),
    ("tempfail-ehlo", false, 0),
    ("tempfail-auth", false, 0),
    ("tempfail-mail", false, 0),
    ("tempfail-rcpt", false, 0),
    ("tempfail-data", false, 0),
    ("tempfail-end", false, 0),
    ("permfail-banner", false, 0),
    ("permfail-auth", false, 0),
    ("permfail-mail", false, 0),
    ("permfail-rcpt=bob", true, 0),
    ("permfail-end", true, 0),
    ("size=100", true, 0),
    ("large=100", true, 0),
];

/// Prints the table of the promise: fault, tries, delivered, lost, twice, distinct ids.
#[tokio::test(flavor = "multi_thread")]
async fn no_fault_of_a_server_loses_or_doubles_a_message() {
    println!("{:20} tries delivered refused lost twice ids", "fault (2 connections)");
    for (fault, is_final, most_twice) in FAULTS {
        let server = Server::start(&[fault, fault], "ok");
        let mut house = House::new(server.port);
        house.queue(Kind::FeedBroken, None, start(), &[ALICE, BOB]);
        house.deliver_until(start(), start() + minutes(60)).await;
        let ours: Vec<_> =
            house.notifications().into_iter().filter(|one| one.message.kind == Kind::FeedBroken).collect();
        let tries: u32 = ours.iter().map(|one| one.attempts).sum();
        let refused = ours.iter().filter(|one| one.state == Delivery::Refused).count();
        let mut arrived: BTreeMap<String, usize> = BTreeMap::new();
        for (_, bytes) in server.taken() {
            let id = MessageParser::default().parse(&bytes).unwrap().message_id().unwrap().to_owned();
            *arrived.entry(id).or_default() += 1;
        }
        let known: BTreeSet<_> = house.notifications().into_iter().map(|one| one.message.message_id).collect();
        assert!(arrived.keys().all(|id| known.contains(id)), "{fault}: an id that nobody decided");
        let delivered = ours.iter().filter(|one| arrived.contains_key(&one.message.message_id)).count();
        let twice: usize = arrived.values().map(|count| count - 1).sum();
        let lost = ours.len() - delivered - refused;
        println!("{fault:20} {tries:5} {delivered:9} {refused:7} {lost:4} {twice:5} {:3}", arrived.len());
        assert_eq!(lost, 0, "{fault}: {:?}", house.states());
        assert!(twice <= most_twice * 2, "{fault}: {twice} came twice");
        assert_eq!(refused > 0, is_final, "{fault}: {:?}", house.states());
        if !is_final {
            assert_eq!(delivered, 2, "{fault}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_recipient_is_told_to_the_others_once_a_day() {
    let server = Server::start(&[], "permfail-rcpt=bob");
    let mut house = House::new(server.port);
    house.queue(Kind::Triggered, None, start(), &[BOB, ALICE]);
    house.deliver(start()).await;
    assert_eq!(server.story(), ["alice triggered", "alice undelivered"], "the good one gets all of it at once");
    let (_, notice) = server.taken().pop().unwrap();
    let text = MessageParser::default().parse(&notice).unwrap().body_text(0).unwrap().into_owned();
    for part in ["bob@example.org", "550 5.1.1 never", "watchfloor mail retry 1"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let refused = &house.notifications()[0];
    assert_eq!((refused.state, refused.attempts), (Delivery::Refused, 1), "one try, then it is known");
    let later = start() + minutes(60);
    house.queue(Kind::Resolved, None, later, &[BOB, ALICE]);
    house.deliver(later).await;
    assert_eq!(server.story()[2..], ["alice resolved"], "told once a day");
    // Once the address is mended, the message goes out again by hand.
    server.stands("ok");
    house.store.write(|change| change.retry(Some(1), later)).unwrap();
    house.deliver(later).await;
    assert_eq!(server.story()[3..], ["bob triggered"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_outage_everything_arrives_once_and_in_its_order() {
    let server = Server::start(&[], "reset");
    let mut house = House::new(server.port);
    let kinds = [Kind::Triggered, Kind::Blind, Kind::SeesAgain, Kind::Escalated, Kind::FeedBroken, Kind::Resolved];
    let mut now = start();
    for kind in kinds {
        house.queue(kind, None, now, &[ALICE, BOB]);
        house.deliver_until(now, now + minutes(47)).await;
        now += minutes(50);
    }
    assert!(server.taken().is_empty());
    let tries: u32 = house.notifications().iter().map(|one| one.attempts).sum();
    let rounds = server.state.lock().unwrap().connections;
    assert_eq!(tries, rounds, "one connection a round: a server that is away is not hammered");
    let waiting = house.store.view().waiting().unwrap();
    assert_eq!((waiting.count, waiting.since), (12, Some(start())), "{waiting:?}");
    server.stands("ok");
    house.deliver_until(now, now + minutes(20)).await;
    let expected: Vec<String> =
        kinds.iter().flat_map(|kind| ["alice", "bob"].map(|who| format!("{who} {}", kind.word()))).collect();
    assert_eq!(server.story(), expected);
    let dates: Vec<_> = server
        .taken()
        .iter()
        .map(|(_, bytes)| MessageParser::default().parse(bytes).unwrap().date().unwrap().to_timestamp())
        .collect();
    assert_eq!(dates[0], start().as_second());
    assert_eq!(dates[10], (start() + minutes(250)).as_second(), "each keeps its original time");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_away_for_a_week() {
    let server = Server::start(&[], "reset");
    let mut house = House::new(server.port);
    let alert = house
        .store
        .write(|change| change.open_alert(&Name::new("sample", "risk"), scenario::Path::Risk, start()))
        .unwrap();
    let mut now = start();
    house.queue(Kind::Triggered, Some(alert), now, &[ALICE]);
    for day in 1..=7 {
        let until = start() + minutes(day * 24 * 60);
        // A daemon would come back every quarter of an hour; what follows is the same.
        while now < until {
            house.deliver(now).await;
            now += minutes(180);
        }
        house.queue(if day == 6 { Kind::Resolved } else { Kind::Reminder }, Some(alert), now, &[ALICE]);
        house.queue(Kind::Digest, None, now, &[ALICE]);
        if day == 6 {
            house.store.write(|change| change.resolve_alert(alert, now, "cleared")).unwrap();
        }
    }
    server.stands("ok");
    house.deliver_until(now, now + minutes(20)).await;
    // What is older than five days was given up, and all learn of it; reminders and old pictures were overtaken.
    let mut story = server.story();
    story.sort();
    assert_eq!(story, ["alice digest", "alice resolved", "alice undelivered", "bob undelivered"]);
    let told = house.notifications().into_iter().rfind(|one| one.message.kind == Kind::Undelivered).unwrap();
    let Content::Undelivered(undelivered) = &told.message.content else { panic!("{told:?}") };
    assert_eq!(undelivered.cause, Cause::GivenUp);
    let named: Vec<_> = undelivered.messages.iter().map(|message| message.kind).collect();
    assert_eq!(named, [Kind::Triggered], "what was overtaken is not missed");
    for one in house.notifications() {
        match (one.message.kind, one.state) {
            (Kind::Reminder | Kind::Digest | Kind::Undelivered, Delivery::Expired) => {
                assert!(one.last_error.unwrap().contains("overtaken"), "the reason is kept");
            }
            (_, Delivery::Sent | Delivery::Refused) => {}
            (kind, state) => panic!("{kind:?} is {state:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_of_changes_is_one_message() {
    let server = Server::start(&[], "ok");
    let mut house = House::new(server.port);
    let second = SignedDuration::from_secs(1);
    house.queue(Kind::Triggered, None, start(), &[ALICE]);
    house.deliver(start()).await;
    assert_eq!(server.story(), ["alice triggered"], "the first goes at once");
    for (after, kind) in [(5, Kind::Resolved), (10, Kind::Triggered), (15, Kind::Escalated)] {
        let now = start() + second * after;
        house.queue(kind, None, now, &[ALICE]);
        house.deliver(now).await;
    }
    assert_eq!(server.story().len(), 1, "what follows within a minute waits");
    house.deliver_until(start() + second * 16, start() + minutes(3)).await;
    assert_eq!(server.story(), ["alice triggered", "alice escalated"]);
    let (_, bytes) = server.taken().pop().unwrap();
    let text = MessageParser::default().parse(&bytes).unwrap().body_text(0).unwrap().into_owned();
    assert!(
        text.contains("Within the minute before, the scenario resolved (") && text.contains("triggered ("),
        "{text}"
    );
    let folded = &house.notifications()[1];
    assert_eq!(folded.state, Delivery::Expired);
    assert!(folded.last_error.as_ref().unwrap().contains("folded into message 4"), "{folded:?}");
    // A change an hour later is a message of its own again.
    house.queue(Kind::Resolved, None, start() + minutes(60), &[ALICE]);
    house.deliver(start() + minutes(60)).await;
    assert_eq!(server.story().last().unwrap(), "alice resolved");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_triggered_scenario_is_not_hidden_behind_one_that_went_blind() {
    let server = Server::start(&[], "reset");
    let mut house = House::new(server.port);
    house.queue(Kind::Triggered, None, start(), &[ALICE]);
    house.queue(Kind::Blind, None, start(), &[ALICE]);
    house.deliver(start()).await;
    server.stands("ok");
    house.deliver_until(start() + minutes(2), start() + minutes(9)).await;
    assert_eq!(server.story(), ["alice triggered", "alice blind"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delay_is_told_to_those_whom_mail_reaches() {
    let server = Server::start(&[], "tempfail-rcpt=bob");
    let mut house = House::new(server.port);
    house.queue(Kind::Triggered, None, start(), &[ALICE, BOB]);
    let now = house.deliver_until(start(), start() + minutes(14)).await;
    assert_eq!(server.story(), ["alice triggered"], "nobody is told of a short delay");
    let now = house.deliver_until(now + minutes(2), start() + minutes(32)).await;
    assert_eq!(server.story(), ["alice triggered", "alice undelivered"], "told once");
    server.stands("ok");
    house.deliver_until(now, now + minutes(20)).await;
    assert_eq!(server.story()[2..], ["bob triggered"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poisoned_message_holds_up_no_other() {
    // The server hangs up whenever it has the body of bob's message, on every connection.
    let server = Server::start(&["drop-end"], "ok");
    let mut house = House::new(server.port);
    house.queue(Kind::FeedBroken, None, start(), &[BOB]);
    house.queue(Kind::FeedRecovered, None, start() + minutes(0), &[BOB]);
    house.queue(Kind::Triggered, None, start(), &[ALICE]);
    house.deliver(start()).await;
    assert_eq!(server.story(), ["bob feed_recovered", "alice triggered"], "{:?}", house.reports.lock().unwrap());
    assert!(house.folder.path().exists());
}

/// Alice's copy of an alert hangs; what need not follow it goes on meanwhile, what must waits for it.
#[tokio::test(flavor = "multi_thread")]
async fn one_hanging_message_does_not_hold_the_others() {
    let server = Server::start(&["hang-end"], "ok");
    let mut house = House::new(server.port);
    let now = start() + minutes(2);
    house.queue(Kind::Triggered, None, start(), &[ALICE, BOB]);
    house.queue(Kind::FeedBroken, None, start(), &[ALICE]);
    house.queue(Kind::Resolved, None, now, &[ALICE, BOB]);
    // On a busy machine a message that is taken may need longer than a moment, and would then be left to itself as well.
    house.deliver_with(now, Duration::from_secs(4), Duration::from_millis(400)).await;
    assert_eq!(server.story(), ["bob triggered", "alice feed_broken", "bob resolved"]);
    let reports = house.reports.lock().unwrap().clone();
    let failed = reports.iter().position(|report| report.starts_with("NotSent")).unwrap();
    assert_eq!(failed, 3, "the others were taken before the first was given up: {reports:?}");
    assert_eq!(server.state.lock().unwrap().connections, 2, "one hangs, over the other goes the rest");
    let tries: Vec<_> = house.notifications().iter().map(|one| one.attempts).collect();
    assert_eq!(tries, [1, 1, 1, 0, 1], "what follows in the thread of the hanging message was not tried");
    house.deliver_until(now + minutes(1), now + minutes(5)).await;
    assert_eq!(server.story()[3..], ["alice triggered", "alice resolved"]);
}

/// The alert is refused for now, and resolves meanwhile: the resolution does not arrive before it.
#[tokio::test(flavor = "multi_thread")]
async fn good_news_do_not_overtake_the_bad_news_that_they_answer() {
    let server = Server::start(&[], "tempfail-end");
    let mut house = House::new(server.port);
    house.queue(Kind::Triggered, None, start(), &[ALICE]);
    let mut now = house.deliver_until(start(), start() + minutes(19)).await;
    server.stands("ok");
    house.queue(Kind::Escalated, None, now, &[ALICE]);
    house.queue(Kind::Resolved, None, now + minutes(2), &[ALICE]);
    now += minutes(2);
    house.deliver(now).await;
    assert_eq!(server.story(), ["alice escalated"], "bad news do not wait for days behind a message that is late");
    house.deliver_until(now, now + minutes(20)).await;
    assert_eq!(
        server.story()[1..],
        ["bob undelivered", "alice triggered", "alice resolved"],
        "bob is told of the delay"
    );
}

/// A message that a server takes for too large goes out without its pictures, in the same round and under the same id.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_too_large_goes_without_its_pictures() {
    let full = render(&sample(Kind::Triggered, "Bridge: a watch", start()), &Sender::new("w@example.org")).unwrap();
    let limit = full.bytes.len() - 2_000;
    for fault in [format!("size={limit}"), format!("large={limit}")] {
        let server = Server::start(&[], fault.clone().leak());
        let mut house = House::new(server.port);
        house.queue(Kind::Triggered, None, start(), &[ALICE]);
        house.deliver(start()).await;
        let (_, bytes) = server.taken().pop().unwrap_or_else(|| panic!("{fault}: {:?}", house.states()));
        let parsed = MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(parsed.attachment_count(), 0);
        assert_eq!(parsed.message_id(), Some(house.notifications()[0].message.message_id.as_str()));
        let (text, html) = (parsed.body_text(0).unwrap(), parsed.body_html(0).unwrap());
        for part in [text.split_whitespace().collect::<Vec<_>>().join(" "), html.into_owned()] {
            assert!(part.contains("takes no message as large as this one with its pictures"), "{fault}: {part}");
        }
        assert_eq!(house.notifications()[0].attempts, 2, "{fault}");
    }
}

/// `run --once` tries everything that was never tried; what waits for an earlier message is not such a thing.
#[tokio::test(flavor = "multi_thread")]
async fn the_last_round_ends_although_a_thread_waits() {
    let server = Server::start(&[], "tempfail-end");
    let mut house = House::new(server.port);
    house.queue(Kind::Triggered, None, start(), &[ALICE]);
    house.queue(Kind::Resolved, None, start() + minutes(2), &[ALICE]);
    let mut outbox = house.engine.outbox().unwrap();
    let clock = Clock::At(start() + minutes(2));
    let (taken, next) = outbox.deliver(&clock, Round::Last, &CancellationToken::new()).await.unwrap();
    assert!(taken == 0 && next.is_some_and(|next| next > clock.now()), "{taken} {next:?}");
    let tries: Vec<_> = house.notifications().iter().map(|one| one.attempts).collect();
    assert_eq!(tries, [1, 0]);
}

/// A stop does not wait for a server that cannot have the message yet; the answer to one that is on its way it does wait
/// for, because giving that up would make it come twice.
#[tokio::test(flavor = "multi_thread")]
async fn a_stop_waits_for_nothing_but_the_answer_to_a_message() {
    let (never, soon) = (Duration::from_secs(3600), Duration::from_secs(1));
    for (fault, message) in [("hang-banner", never), ("hang-auth", never), ("hang-rcpt", never), ("hang-end", soon)] {
        let server = Server::start(&[], fault);
        let mut house = House::new(server.port);
        house.queue(Kind::Triggered, None, start(), &[ALICE]);
        let deadlines = Deadlines { open: never, probe: never, envelope: never, message, local: never };
        let mut outbox = house.engine.outbox().unwrap().with_deadlines(deadlines, never);
        let stop = CancellationToken::new();
        let (clock, told) = (Clock::At(start()), stop.clone());
        let round = tokio::spawn(async move { outbox.deliver(&clock, Round::Due, &told).await.unwrap().0 });
        let is_stuck = |state: &State| if fault == "hang-end" { state.unanswered == 1 } else { state.connections == 1 };
        while !is_stuck(&server.state.lock().unwrap()) {
            tokio::task::yield_now().await;
        }
        stop.cancel();
        assert_eq!(round.await.unwrap(), 0, "{fault}");
        let (state, error) = house.states().remove(0);
        assert_eq!((state, error.is_some()), (Delivery::Queued, fault == "hang-end"), "{fault}: {error:?}");
    }
}

/// Damage that the quick check at the start does not see is found beside the work, and told to everyone, once.
#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_lies_is_told_once() {
    let server = Server::start(&[], "ok");
    let mut house = House::new(server.port);
    assert_eq!(house.engine.examine(start()).await.unwrap(), None);
    let lying =
        "INSERT INTO poll (feed, at, status, items_new, took_ms) VALUES ('w/a', 1, 'ok', 0, 0), ('w/b', 2, 'ok', 0, 0);
        PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = 'CREATE INDEX poll_by_feed ON poll (at, id)' WHERE name = 'poll_by_feed';";
    let path = house.engine.plan.settings.store.clone();
    rusqlite::Connection::open(path).unwrap().execute_batch(lying).unwrap();
    for (minute, is_news) in [(1, true), (2, false)] {
        let (damage, told) = house.engine.examine(start() + minutes(minute)).await.unwrap().unwrap();
        assert!(damage.contains("poll_by_feed"), "{damage}");
        assert_eq!(told, is_news);
    }
    house.deliver(start() + minutes(3)).await;
    assert_eq!(server.story(), ["alice store_damaged", "bob store_damaged"]);
    let (_, bytes) = server.taken().remove(0);
    let text = MessageParser::default().parse(&bytes).unwrap().body_text(0).unwrap().into_owned();
    assert!(text.contains("poll_by_feed") && text.contains("A damaged database"), "{text}");
    house.store.write(|change| change.set_damage(None)).unwrap();
    assert!(house.engine.examine(start() + minutes(4)).await.unwrap().unwrap().1, "damage that comes again is news");
}
