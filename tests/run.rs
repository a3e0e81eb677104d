//! The program as its users run it: the demonstration, the daemon between two loopback servers, bad input.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

mod support;

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use mail_parser::MessageParser;
use support::{Daemon, PATIENCE, Post, Web, configuration, lines, stderr, stdout, watchfloor};

/// A copy of the demonstration whose store and mail lie in a folder of its own.
fn demonstration(folder: &Path) -> PathBuf {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/demo");
    let settings = std::fs::read_to_string(demo.join("watchfloor.toml")).unwrap();
    let settings = settings
        .replace("watches/*.toml", &demo.join("watches/*.toml").display().to_string())
        .replace("../../target/demo/", &format!("{}/", folder.display()));
    let path = folder.join("watchfloor.toml");
    std::fs::write(&path, settings).unwrap();
    path
}

fn mails(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut mails: Vec<(String, Vec<u8>)> = std::fs::read_dir(folder.join("mail"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path()).unwrap()))
        .collect();
    mails.sort();
    mails
}

#[test]
fn the_demonstration_tells_its_story_once() {
    let folder = tempfile::tempdir().unwrap();
    let config = demonstration(folder.path());
    let replay = ["run", "--replay", "--to", "2026-03-20T12:00:00Z"];
    let first = watchfloor(&config, &replay);
    assert!(first.status.success(), "{}", stderr(&first));
    let told = stdout(&first);
    for part in [
        "polled   kupyansk/counters",
        "decided  kupyansk/risk pending → active",
        "sent     triggered to Desk",
        "8 mails sent",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    let sent = mails(folder.path());
    let subjects: Vec<String> = sent
        .iter()
        .map(|(_, bytes)| MessageParser::default().parse(bytes).unwrap().subject().unwrap().to_owned())
        .collect();
    let risk = "Kupyansk: Russian counter-offensive to retake the liberated area";
    let expected = [
        "[BASELINE] Kupyansk: Ukraine keeps its tempo",
        "Feed broken: ",
        "Recovered: ",
        &format!("[RISK] {risk}"),
        "Resolved: [BASELINE] ",
        &format!("Escalated: [RISK] {risk}"),
        &format!("Reminder: [RISK] {risk}"),
        &format!("Reminder: [RISK] {risk}"),
    ];
    assert_eq!(subjects.len(), expected.len(), "{subjects:?}");
    for (subject, start) in subjects.iter().zip(expected) {
        assert!(subject.starts_with(start), "{subject} should begin with {start}");
    }
    let again = watchfloor(&config, &replay);
    assert!(again.status.success() && stdout(&again).contains("0 mails sent"), "{}", stdout(&again));
    assert_eq!(mails(folder.path()), sent);
}

#[test]
fn a_replay_gives_the_same_messages_every_time() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let until = ["run", "--replay", "--to", "2026-01-02T00:00:00Z"];
    for folder in [&one, &other] {
        let run = watchfloor(&demonstration(folder.path()), &until);
        assert!(run.status.success(), "{}", stderr(&run));
    }
    let (one, other) = (mails(one.path()), mails(other.path()));
    assert!(!one.is_empty());
    assert_eq!(one, other);
}

fn settings(post: u16) -> String {
    format!(
        "include = ['watches/*.toml']\n[http]\nallow_private = true\nper_host_interval = '0s'\ntimeout = '5s'\n\
         [email]\nfrom = 'Watch <watch@example.org>'\nto = ['Desk <desk@example.org>']\ntransport = 'smtp'\n\
         smtp = {{ host = '127.0.0.1', port = {post}, tls = 'none' }}\n"
    )
}

fn watch(web: u16) -> String {
    format!(
        "[watch]\ntitle = 'Bridge'\n[places.bridge]\nnames = ['Bridge']\nlat = 50.0\nlon = 30.0\nradius = '5 km'\n\
         [sources.paper]\ntitle = 'Paper'\nreliability = 'B'\n\
         [feeds.news]\nsource = 'paper'\nurl = 'http://127.0.0.1:{web}/news.xml'\nevery = '1s'\n\
         [indicators.columns]\ntitle = 'Columns at the bridge'\nkind = 'report'\nnear = 'bridge'\n\
         [[indicators.columns.from]]\nfeed = 'news'\nmatch = {{ any = ['column*'] }}\n\
         [scenarios.crossing]\npath = 'risk'\ntitle = 'A crossing is prepared'\n\
         [[scenarios.crossing.when]]\nindicator = 'columns'\nmeasure = 'reports'\nwindow = '7d'\nat_least = 1\n"
    )
}

/// A feed that reaches back further than the window, so that silence is known to be silence.
fn news(items: &[&str]) -> String {
    let now = jiff::Timestamp::from_second(i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap())
        .unwrap();
    let date = |hours: i64| {
        let at = now - jiff::SignedDuration::from_hours(hours);
        jiff::fmt::rfc2822::to_string(&at.to_zoned(jiff::tz::TimeZone::UTC)).unwrap()
    };
    let mut text = String::from("<rss version='2.0'><channel><title>Paper</title>");
    for (place, item) in items.iter().enumerate() {
        text += &format!("<item><guid>new-{place}</guid><title>{item}</title><pubDate>{}</pubDate></item>", date(1));
    }
    text += &format!(
        "<item><guid>old</guid><title>Nothing of note</title><pubDate>{}</pubDate></item></channel></rss>",
        date(24 * 20)
    );
    text
}

fn identity(message: &str) -> String {
    MessageParser::default().parse(message.as_bytes()).unwrap().message_id().unwrap().to_owned()
}

#[test]
fn a_changed_document_becomes_a_mail() {
    let folder = tempfile::tempdir().unwrap();
    let (web, post) = (Web::start(200, &news(&[])), Post::start());
    let config = configuration(folder.path(), &settings(post.port), &watch(web.port));
    let mut daemon = Daemon::start(&config);
    for _ in 0..3 {
        web.requests.recv_timeout(PATIENCE).unwrap();
    }
    assert!(post.taken.try_recv().is_err(), "nothing has happened yet");
    web.change(200, &news(&["A column of trucks at the Bridge"]));
    let message = post.next();
    let parsed = MessageParser::default().parse(message.as_bytes()).unwrap();
    assert_eq!(parsed.subject(), Some("[RISK] Bridge: A crossing is prepared"));
    assert!(parsed.body_text(0).unwrap().contains("A column of trucks at the Bridge"));
    assert!(parsed.body_html(0).unwrap().contains("A column of trucks at the Bridge"));
    assert_eq!(daemon.terminate(), Some(0));
    let scenario = &lines(&config, &["scenario", "list"])[0];
    assert_eq!((scenario["state"].as_str(), scenario["verdict"].as_str()), (Some("active"), Some("true")));
}

#[test]
fn at_least_once_with_one_identity() {
    let folder = tempfile::tempdir().unwrap();
    let (web, post) = (Web::start(200, &news(&["A column at the Bridge"])), Post::start());
    post.silent.store(true, Ordering::SeqCst);
    let config = configuration(folder.path(), &settings(post.port), &watch(web.port));
    let mut daemon = Daemon::start(&config);
    post.stalled.recv_timeout(PATIENCE).expect("the message is decided and on its way");
    // The try is counted beside its beginning.
    let is_counted = || lines(&config, &["mail", "queue"]).first().is_some_and(|one| one["attempts"] == 1);
    assert!((0..100).any(|_| is_counted()), "the try is counted");
    daemon.kill();
    let decided = lines(&config, &["mail", "queue"]);
    assert_eq!(decided.len(), 1);
    assert_eq!(decided[0]["state"], "sending");
    post.silent.store(false, Ordering::SeqCst);
    let mut daemon = Daemon::start(&config);
    let message = post.next();
    assert_eq!(identity(&message), decided[0]["message_id"].as_str().unwrap());
    assert_eq!(daemon.terminate(), Some(0));
    let sent = lines(&config, &["mail", "queue"]);
    assert_eq!((sent.len(), &sent[0]["state"], &sent[0]["attempts"]), (1, &"sent".into(), &2.into()));
    assert!(post.taken.try_recv().is_err(), "it arrives once");
}

#[test]
fn a_bad_configuration_never_replaces_a_good_one() {
    let folder = tempfile::tempdir().unwrap();
    let (web, post) = (Web::start(200, &news(&[])), Post::start());
    let config = configuration(folder.path(), &settings(post.port), &watch(web.port));
    let mut daemon = Daemon::start(&config);
    web.requests.recv_timeout(PATIENCE).unwrap();
    std::fs::write(&config, "include = [").unwrap();
    daemon.signal("HUP");
    while web.requests.try_recv().is_ok() {}
    for _ in 0..3 {
        web.requests.recv_timeout(PATIENCE).expect("it goes on polling");
    }
    web.change(200, &news(&["A column at the Bridge"]));
    assert!(post.next().contains("A crossing is prepared"));
    // A good one is taken: under the new title the watch is the same.
    configuration(folder.path(), &settings(post.port), &watch(web.port).replace("every = '1s'", "every = '2s'"));
    daemon.signal("HUP");
    let begun = std::time::Instant::now();
    let changes = || lines(&config, &["status"])[0]["configured"]["changes"].as_str().unwrap().to_owned();
    while changes() == "read at the start" && begun.elapsed() < PATIENCE {}
    assert_eq!(changes(), "feed w/news changed");
    assert_eq!(daemon.terminate(), Some(0));
}

#[test]
fn a_store_that_refuses_is_told_past_the_store_and_told_again_when_it_is_over() {
    let folder = tempfile::tempdir().unwrap();
    let (web, post) = (Web::start(200, &news(&[])), Post::start());
    let config = configuration(folder.path(), &settings(post.port), &watch(web.port));
    let mut daemon = Daemon::start(&config);
    for _ in 0..2 {
        web.requests.recv_timeout(PATIENCE).unwrap();
    }
    let store = rusqlite::Connection::open(folder.path().join("watchfloor.db")).unwrap();
    store.busy_timeout(PATIENCE).unwrap();
    // Every commit raises the sequence in this table.
    let refuse =
        "CREATE TRIGGER refuse_1 BEFORE INSERT ON fact BEGIN SELECT RAISE(ABORT, 'no room, says the test'); END;
        CREATE TRIGGER refuse_2 BEFORE UPDATE ON fact BEGIN SELECT RAISE(ABORT, 'no room, says the test'); END;";
    store.execute_batch(refuse).unwrap();
    web.change(200, &news(&["A column at the Bridge"]));
    let told = post.next();
    let parsed = MessageParser::default().parse(told.as_bytes()).unwrap();
    assert!(parsed.subject().unwrap().starts_with("Watchfloor cannot record: "), "{told}");
    assert!(parsed.body_text(0).unwrap().contains("no room, says the test"));
    let decided: i64 = store.query_row("SELECT count(*) FROM transition", [], |row| row.get(0)).unwrap();
    assert_eq!(decided, 0, "nothing is half decided");
    store.execute_batch("DROP TRIGGER refuse_1; DROP TRIGGER refuse_2;").unwrap();
    let subject =
        |message: String| MessageParser::default().parse(message.as_bytes()).unwrap().subject().unwrap().to_owned();
    let mut subjects = [subject(post.next()), subject(post.next())];
    subjects.sort();
    assert!(subjects[0].starts_with("Recovered: "), "{subjects:?}");
    assert!(subjects[1].starts_with("[RISK] Bridge"), "{subjects:?}");
    assert_eq!(daemon.terminate(), Some(0));
}

#[test]
fn a_service_manager_that_reads_nothing_holds_up_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (web, post) = (Web::start(200, &news(&[])), Post::start());
    let config = configuration(folder.path(), &settings(post.port), &watch(web.port));
    let path = folder.path().join("notify");
    let socket = std::os::unix::net::UnixDatagram::bind(&path).unwrap();
    // Filled before anything is told: each notice of the daemon would wait for ever.
    let filler = std::os::unix::net::UnixDatagram::unbound().unwrap();
    filler.set_nonblocking(true).unwrap();
    while filler.send_to(b"full", &path).is_ok() {}
    let mut daemon = Daemon::start_with(&config, Some(&path));
    web.requests.recv_timeout(PATIENCE).unwrap();
    web.change(200, &news(&["A column at the Bridge"]));
    assert!(post.next().contains("A crossing is prepared"));
    assert_eq!(daemon.terminate(), Some(0));
    drop(socket);
}

#[test]
fn a_failing_feed_does_not_stop_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let (broken, shell, good, post) = (
        Web::start(500, "no"),
        Web::start(200, "<!doctype html><html><body>Log in</body></html>"),
        Web::start(200, &news(&["A column at the Bridge"])),
        Post::start(),
    );
    let more = format!(
        "[feeds.broken]\nurl = 'http://127.0.0.1:{}/x'\nformat = 'rss'\n[feeds.shell]\nurl = 'http://127.0.0.1:{}/x'\nformat = 'rss'\n",
        broken.port, shell.port
    );
    let config = configuration(folder.path(), &settings(post.port), &(watch(good.port) + &more));
    let run = watchfloor(&config, &["run", "--once"]);
    assert_eq!(run.status.code(), Some(1), "{}", stdout(&run));
    assert!(stderr(&run).contains("answered 500"), "{}", stderr(&run));
    assert!(stderr(&run).contains("is shell"), "{}", stderr(&run));
    assert!(post.next().contains("A crossing is prepared"));
    let health: Vec<String> =
        lines(&config, &["feed", "list"]).iter().map(|feed| feed["health"].as_str().unwrap().to_owned()).collect();
    assert_eq!(health, ["ok", "error", "shell"]);
}

#[test]
fn an_unreachable_mail_server_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let web = Web::start(200, &news(&["A column at the Bridge"]));
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let config = configuration(folder.path(), &settings(port), &watch(web.port));
    let run = watchfloor(&config, &["run", "--once"]);
    assert!(stderr(&run).contains("it is tried again"), "{}", stderr(&run));
    let queued = &lines(&config, &["mail", "queue"])[0];
    assert_eq!((&queued["state"], &queued["attempts"]), (&"queued".into(), &1.into()));
    assert!(queued["last_error"].as_str().unwrap().contains("127.0.0.1"));
}

#[test]
fn databases_that_cannot_be_used_are_left_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let config = configuration(folder.path(), &settings(1), &watch(1));
    let database = folder.path().join("watchfloor.db");
    let absent = watchfloor(&config, &["status"]);
    assert_eq!(absent.status.code(), Some(1));
    assert!(stderr(&absent).contains("watchfloor run"), "{}", stderr(&absent));
    let garbage = b"this is no database, but it is long enough to be looked at as one".repeat(40);
    std::fs::write(&database, &garbage).unwrap();
    let damaged = watchfloor(&config, &["run", "--once"]);
    assert_eq!(damaged.status.code(), Some(1));
    let named = format!("{}: the database is damaged", database.display());
    assert!(stderr(&damaged).contains(&named), "{}", stderr(&damaged));
    assert_eq!(std::fs::read(&database).unwrap(), garbage);
}

#[test]
fn a_wrong_configuration_names_every_error() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = watch(1).replace("every =", "evry =").replace("near = 'bridge'", "near = 'brigde'");
    let config = configuration(folder.path(), &settings(1).replace("timeout = '5s'", "timeout = 5"), &wrong);
    for command in [&["check"][..], &["run", "--once"], &["status"]] {
        let run = watchfloor(&config, command);
        assert_eq!(run.status.code(), Some(2), "{command:?}");
        for part in ["watchfloor.toml:5:", "w.toml:14:1", "did you mean `every`?", "did you mean `bridge`?"] {
            assert!(stderr(&run).contains(part), "{part} in {}", stderr(&run));
        }
    }
}

#[test]
fn what_only_reads_needs_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let (web, post) = (Web::start(200, &news(&[])), Post::start());
    let secrets = "[secrets]\nkey = { credential = 'key' }\n";
    let with_key = watch(web.port).replace("news.xml", "news.xml?k={secret:key}");
    let config = configuration(folder.path(), &(settings(post.port) + secrets), &with_key);
    for fetching in [&["check"][..], &["run", "--once"], &["feed", "fetch", "news"], &["mail", "test"]] {
        let output = watchfloor(&config, fetching);
        assert_eq!(output.status.code(), Some(2), "{fetching:?}");
        assert!(stderr(&output).contains("missing-secret"), "{fetching:?}: {}", stderr(&output));
    }
    let without = watchfloor(&config, &["check", "--without-secrets"]);
    assert_eq!(without.status.code(), Some(0), "{}", stderr(&without));
    // There is no store yet: that is what they say, not that a secret is missing.
    for reading in [&["status"][..], &["scenario", "list"], &["mail", "queue"]] {
        let output = watchfloor(&config, reading);
        assert!(!stderr(&output).contains("missing-secret"), "{reading:?}: {}", stderr(&output));
    }
}

#[test]
fn a_feed_is_asked_now_and_says_all_that_was_read() {
    let folder = tempfile::tempdir().unwrap();
    let news =
        news(&["A column at the bridge: 10 to 15 trucks; a package of up to $50 million is expected by 31 March 2031"]);
    let (web, post) = (Web::start(200, &news), Post::start());
    let more = "[indicators.trucks]\nkind = 'count'\n[[indicators.trucks.from]]\nfeed = 'news'\nvalue = '(\\S+ to \\S+) trucks'\n\
                [indicators.package]\nkind = 'schedule'\n[[indicators.package.from]]\nfeed = 'news'\n\
                match = { any = ['package'] }\ndate = '(by \\d+ \\w+ \\d+)'\namount = '(up to \\$\\d+ million)'\n";
    let config = configuration(folder.path(), &settings(post.port), &(watch(web.port) + more));
    let asked = lines(&config, &["feed", "fetch", "news"]);
    let found = |indicator: &str| {
        let is_of = |line: &&serde_json::Value| line["type"] == "outcome" && line["item"] == "new-0";
        asked.iter().filter(is_of).find(|line| line["indicator"] == indicator).unwrap()
    };
    let trucks = found("trucks");
    assert_eq!((&trucks["low"], &trucks["high"], &trucks["bound"]), (&10.0.into(), &15.0.into(), &"range".into()));
    let columns = found("columns");
    assert_eq!((&columns["lat"], &columns["place"], &columns["low"]), (&50.0.into(), &"bridge".into(), &().into()));
    let package = found("package");
    assert_eq!(package["expected"]["to"], "2031-03-31", "{package}");
    assert_eq!(
        (&package["amount"]["value"], &package["amount"]["currency"]),
        (&5e7.into(), &"USD".into()),
        "{package}"
    );
    // What the daemon would call an error is one here too: a page without its items, and items without their pages.
    let lost = watch(web.port).replace("every = '1s'", "every = '1s'\nformat = 'html'\nitems = '.post'");
    let owed = watch(web.port).replace("every = '1s'", "every = '1s'\nfollow = true");
    web.change(200, &news.replace("</title><pubDate>", "</title><link>http://127.0.0.1:1/a</link><pubDate>"));
    for (text, why) in [(lost, "`items = \".post\"` finds nothing"), (owed, "127.0.0.1:1/a cannot be reached")] {
        let other = tempfile::tempdir().unwrap();
        let config = configuration(other.path(), &settings(post.port), &text);
        for command in [&["feed", "fetch", "news"][..], &["check", "--online"]] {
            let run = watchfloor(&config, command);
            let said = stdout(&run) + &stderr(&run);
            assert_eq!((run.status.code(), said.contains(why)), (Some(1), true), "{command:?}: {said}");
        }
    }
    // A refusal is said once, with the feed and the address.
    web.change(500, "");
    let refused = watchfloor(&config, &["feed", "fetch", "news"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).starts_with("error: w/news: http://127.0.0.1:"), "{}", stderr(&refused));
    web.change(403, "");
    let blocked = watchfloor(&config, &["feed", "fetch", "news"]);
    assert!(stderr(&blocked).starts_with("error: w/news is blocked: "), "{}", stderr(&blocked));
    let never = watchfloor(&config, &["cron", "0 0 30 2 *"]);
    assert_eq!((never.status.code(), stdout(&never).as_str()), (Some(1), ""));
    assert!(stderr(&never).contains("`0 0 30 2 *` names no moment that ever comes"), "{}", stderr(&never));
}

#[test]
fn a_starter_configuration_is_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("new");
    let settings = dir.join("watchfloor.toml");
    let made = watchfloor(&settings, &["init", dir.to_str().unwrap()]);
    assert!(made.status.success(), "{}", stderr(&made));
    let checked = watchfloor(&settings, &["check"]);
    assert!(checked.status.success(), "{}", stderr(&checked));
    let again = watchfloor(&settings, &["init", dir.to_str().unwrap()]);
    assert_eq!(again.status.code(), Some(2));
}

#[test]
fn a_page_that_lost_its_items_is_a_failure_and_no_silence() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("pages");
    std::fs::create_dir_all(&pages).unwrap();
    let post = |day: u32| {
        format!(
            "<html><body><div class='post'>closed<time datetime='2026-01-{day:02}T01:00:00Z'></time></div></body></html>"
        )
    };
    for day in 1..4 {
        std::fs::write(pages.join(format!("202601{day:02}T020000Z.html")), post(day)).unwrap();
    }
    std::fs::write(pages.join("20260104T020000Z.html"), "<html><body><div class='entry'>closed</div></body></html>")
        .unwrap();
    let watch = "[watch]\ntitle = 'Road'\ntimezone = 'UTC'\n[feeds.page]\nurl = 'file:../pages/'\nformat = 'html'\nitems = '.post'\n\
        fields = { id = 'time@datetime', published = 'time@datetime' }\nevery = '0s'\n\
        [indicators.closures]\ntitle = 'Closures'\nkind = 'count'\n[[indicators.closures.from]]\nfeed = 'page'\nmatch = { any = ['closed'] }\n\
        [scenarios.quiet]\npath = 'baseline'\ntitle = 'The road is open'\n[[scenarios.quiet.when]]\nindicator = 'closures'\nmeasure = 'value'\nat_most = 0\n";
    let config = configuration(folder.path(), "include = ['watches/*.toml']\n", watch);
    for day in 1..10 {
        let run = watchfloor(&config, &["run", "--once", "--at", &format!("2026-01-{day:02}T05:00:00Z")]);
        assert_eq!(run.status.code(), Some(i32::from(day >= 4)), "{day}: {}", stderr(&run));
        assert_eq!(stderr(&run).contains("finds nothing"), day >= 4, "{}", stderr(&run));
    }
    assert_eq!(lines(&config, &["feed", "list"])[0]["health"], "error");
    assert!(lines(&config, &["alert", "list"]).is_empty(), "a lost selector is no quiet road");
    assert_eq!(lines(&config, &["scenario", "list"])[0]["blind"], true);
}
