//! A plausible message of every kind: for `check`, which renders them all, and for `mail preview`.
//!
//! Every fact in them is invented and says so, so that a preview which is
//! forwarded by mistake alarms nobody.

use jiff::{SignedDuration, Timestamp};

use crate::model::alert::{Account, ConditionAccount, EvidenceAccount, PointAccount};
use crate::model::condition::Verdict;
use crate::model::likelihood::{Confidence, Likelihood, Move};
use crate::model::name::Name;
use crate::model::notification::{
    Cause, Content, Digest, DigestLine, DigestSection, FeedNotice, Kind, Message, StoreNotice, Thread, Undeliverable,
    Undelivered,
};
use crate::model::scenario::{Path, Phase};
use crate::model::time::before;

/// A sample message of a kind, with invented facts that are marked as such.
pub fn sample(kind: Kind, watch_title: &str, now: Timestamp) -> Message {
    let content = match kind {
        Kind::FeedBroken | Kind::FeedRecovered | Kind::ExtractorBroken => {
            Content::Feed(Box::new(notice(kind, watch_title, now)))
        }
        Kind::Digest => Content::Digest(digest()),
        Kind::Undelivered => Content::Undelivered(Box::new(undelivered(now))),
        Kind::StoreBroken | Kind::StoreRecovered | Kind::StoreDamaged => Content::Store(Box::new(store(kind, now))),
        Kind::Test => Content::Test,
        _ => Content::Scenario(Box::new(account(kind, watch_title, now))),
    };
    let alert = matches!(content, Content::Scenario(_)).then_some(12);
    let root = "alert-12.sample@watchfloor.example".to_owned();
    let first = "12.triggered.1.sample@watchfloor.example".to_owned();
    let thread = match (alert, kind) {
        (None, _) => Thread::default(),
        (_, Kind::Triggered | Kind::Drill) => Thread { root: Some(root), earlier: Vec::new() },
        _ => Thread { root: Some(root), earlier: vec![first] },
    };
    Message {
        kind,
        recipient: "Sample desk <desk@example.org>".to_owned(),
        message_id: format!("12.{}.1.sample@watchfloor.example", kind.word()),
        created: now,
        alert,
        watch: matches!(content, Content::Scenario(_) | Content::Feed(_)).then(|| "sample".to_owned()),
        thread,
        content,
        folded: Vec::new(),
    }
}

fn account(kind: Kind, watch_title: &str, now: Timestamp) -> Account {
    let (phase, verdict) = match kind {
        Kind::Resolved | Kind::Undone => (Phase::Inactive, Verdict::False),
        Kind::Blind => (Phase::Active, Verdict::Unknown),
        _ => (Phase::Active, Verdict::True),
    };
    let has_begun = verdict != Verdict::False;
    Account {
        scenario: Name::new("sample", "risk"),
        path: Path::Risk,
        title: "SAMPLE: the other side goes over to the attack".to_owned(),
        watch_title: watch_title.to_owned(),
        basis: Some("a sample assessment that nobody wrote".to_owned()),
        zone: "Europe/Kyiv".to_owned(),
        at: now,
        phase,
        since: ago(now, 26),
        verdict,
        needs: "2 of 3".to_owned(),
        reason: reason(kind).to_owned(),
        clears: has_begun.then(|| "Fewer than 2 of the 3 conditions hold, without a break for 3 days.".to_owned()),
        likelihood: has_begun.then(likelihood),
        conditions: vec![tempo(has_begun, now), movement(kind, now), package(kind, now)],
    }
}

fn likelihood() -> Likelihood {
    Likelihood {
        probability: 0.62,
        log_odds: 0.49,
        word: "likely".to_owned(),
        band: (0.55, 0.8),
        confidence: Confidence::Moderate,
        confidence_why: "SAMPLE: two independent sources of one discipline".to_owned(),
        moves: vec![Move {
            indicator: Name::new("sample", "sorties"),
            measure: "ratio".to_owned(),
            weight: 1.2,
            without: 0.33,
        }],
    }
}

fn reason(kind: Kind) -> &'static str {
    match kind {
        Kind::Escalated => "SAMPLE: a third condition holds now.",
        Kind::Reminder => "SAMPLE: 7 days have passed since the last message and nobody has acknowledged the alert.",
        Kind::Resolved => "SAMPLE: fewer than 2 conditions have held for 3 days.",
        Kind::Undone => "SAMPLE: the February figure was corrected from 390 to 880; the alert rested on it.",
        Kind::Blind => "SAMPLE: the reports that the movement condition needs are 4 days late.",
        Kind::SeesAgain => "SAMPLE: the reports of movements arrive again.",
        Kind::Drill => "SAMPLE: a drill was asked for.",
        _ => "SAMPLE: sorties fell below 0.75 of their median, and 2 conditions have held for 24 hours.",
    }
}

fn ago(now: Timestamp, hours: i64) -> Timestamp {
    before(now, SignedDuration::from_hours(hours))
}

fn tempo(holds: bool, now: Timestamp) -> ConditionAccount {
    let (shown, before) = if holds { ("0.43", "0.98") } else { ("0.97", "0.43") };
    ConditionAccount {
        indicator: Name::new("sample", "sorties"),
        title: "SAMPLE: sorties a month".to_owned(),
        unit: "sorties".to_owned(),
        measure: "ratio".to_owned(),
        verdict: Verdict::from(holds),
        value: Some(if holds { 0.43 } else { 0.97 }),
        shown: shown.to_owned(),
        before: Some(before.to_owned()),
        bound: "at most 0.75".to_owned(),
        why: format!("SAMPLE: the last whole month against the median of the 3 months before it gives {shown}."),
        proxy_for: Some(
            "SAMPLE: national sorties stand in for those of the sector, which nobody publishes.".to_owned(),
        ),
        vintages: vec![101, 102, 103],
        evidence: vec![sorties_report(now), sorties_table(now)],
        series: series(),
        is_level: false,
        bound_at: None,
    }
}

/// With a month of which a part is known, one that nobody knows, and one that is not over.
fn series() -> Vec<PointAccount> {
    let values = [Some(880.0), Some(905.0), Some(940.0), None, Some(910.0), Some(390.0), Some(120.0)];
    let periods = ["2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03"];
    let point = |(period, value): (&str, Option<f64>)| PointAccount {
        period: period.to_owned(),
        value,
        is_final: period != "2026-03",
        is_whole: period != "2025-10",
    };
    periods.into_iter().zip(values).map(point).collect()
}

fn sorties_report(now: Timestamp) -> EvidenceAccount {
    EvidenceAccount {
        indicator: Name::new("sample", "sorties"),
        vintage: 103,
        value: Some(390.0),
        low: None,
        high: None,
        event_time: ago(now, 50),
        recorded_at: ago(now, 26),
        quote: "SAMPLE: in February the sector flew 390 sorties".to_owned(),
        title: Some("SAMPLE: monthly summary <February> & outlook".to_owned()),
        link: Some("https://staff.example/reports/2026-02?lang=en&part=2".to_owned()),
        source: "SAMPLE General Staff".to_owned(),
        grade: "B2".to_owned(),
        flags: Vec::new(),
        author: None,
        notes: Vec::new(),
    }
}

fn sorties_table(now: Timestamp) -> EvidenceAccount {
    EvidenceAccount {
        vintage: 102,
        value: None,
        low: Some(350.0),
        high: Some(420.0),
        recorded_at: ago(now, 30),
        quote: "SAMPLE: від 350 до 420 вильотів".to_owned(),
        title: None,
        link: Some("https://osint.example/t/1841".to_owned()),
        source: "SAMPLE open-source group".to_owned(),
        grade: "C3".to_owned(),
        flags: vec!["revised".to_owned()],
        author: None,
        notes: Vec::new(),
        ..sorties_report(now)
    }
}

fn movement(kind: Kind, now: Timestamp) -> ConditionAccount {
    let (verdict, shown, why) = match kind {
        Kind::Blind => (Verdict::Unknown, "unknown", "SAMPLE: no report has arrived for 4 days; 3 are tolerated."),
        Kind::Resolved | Kind::Undone => (Verdict::False, "0 events", "SAMPLE: no event in the last 7 days."),
        _ => (Verdict::True, "1 event", "SAMPLE: one event of the last 7 days has two independent origins."),
    };
    ConditionAccount {
        indicator: Name::new("sample", "convoys"),
        title: "SAMPLE: columns near the town".to_owned(),
        unit: String::new(),
        measure: "corroborated".to_owned(),
        verdict,
        value: None,
        shown: shown.to_owned(),
        before: None,
        bound: "at least 1 within 7 days".to_owned(),
        why: why.to_owned(),
        proxy_for: None,
        vintages: vec![201],
        evidence: vec![EvidenceAccount {
            indicator: Name::new("sample", "convoys"),
            vintage: 201,
            value: Some(1.0),
            quote: "SAMPLE: a column of some thirty vehicles was seen on the northern road".to_owned(),
            title: Some("SAMPLE: evening report".to_owned()),
            link: Some("https://news.example/evening".to_owned()),
            source: "SAMPLE newspaper".to_owned(),
            grade: "C2".to_owned(),
            ..sorties_report(now)
        }],
        series: Vec::new(),
        is_level: false,
        bound_at: None,
    }
}

fn package(kind: Kind, now: Timestamp) -> ConditionAccount {
    let (late, before, why) = match kind {
        Kind::Escalated => (31.0, Some("29 days"), "SAMPLE: the package was due 31 days ago."),
        _ => (0.0, None, "SAMPLE: the package is due in 12 days."),
    };
    ConditionAccount {
        indicator: Name::new("sample", "aid-package"),
        title: "SAMPLE: the aid package of the quarter".to_owned(),
        unit: "days".to_owned(),
        measure: "days_overdue".to_owned(),
        verdict: Verdict::from(late >= 30.0),
        value: Some(late),
        shown: format!("{late} days"),
        before: before.map(str::to_owned),
        bound: "at least 30 days".to_owned(),
        why: why.to_owned(),
        proxy_for: None,
        vintages: vec![301],
        evidence: vec![EvidenceAccount {
            indicator: Name::new("sample", "aid-package"),
            vintage: 301,
            value: Some(2e9),
            low: Some(2e9),
            quote: "SAMPLE: a package of more than 2 billion euros is being prepared".to_owned(),
            title: Some("SAMPLE: statement of the council".to_owned()),
            link: Some("https://council.example/statements/77".to_owned()),
            source: "SAMPLE council".to_owned(),
            grade: "A1".to_owned(),
            ..sorties_report(now)
        }],
        series: Vec::new(),
        is_level: false,
        bound_at: None,
    }
}

fn notice(kind: Kind, watch_title: &str, now: Timestamp) -> FeedNotice {
    let (health, error) = match kind {
        Kind::FeedRecovered => ("ok", None),
        Kind::ExtractorBroken => ("ok", Some("SAMPLE: 0 of the last 5 items matched; of the 50 before them 49 did.")),
        _ => ("blocked", Some("SAMPLE: https://staff.example/feed answered 403 Forbidden.")),
    };
    FeedNotice {
        feed: Name::new("sample", "general-staff"),
        watch_title: watch_title.to_owned(),
        zone: "Europe/Kyiv".to_owned(),
        source: "SAMPLE General Staff".to_owned(),
        health: health.to_owned(),
        since: ago(now, 30),
        last_success: Some(ago(now, 31)),
        error: error.map(str::to_owned),
        indicators: vec!["SAMPLE: sorties a month".to_owned(), "SAMPLE: columns near the town".to_owned()],
    }
}

fn undelivered(now: Timestamp) -> Undelivered {
    let message = |notification, kind, hours| Undeliverable {
        notification,
        kind,
        about: "SAMPLE: the other side goes over to the attack".to_owned(),
        recipient: "Sample colleague <colleague@example.org>".to_owned(),
        created: ago(now, hours),
        why: "SAMPLE: the mail server answered RCPT with 550 5.1.1 no such user".to_owned(),
    };
    Undelivered {
        cause: Cause::Refused,
        zone: "Europe/Kyiv".to_owned(),
        messages: vec![message(41, Kind::Triggered, 3), message(44, Kind::Escalated, 1)],
    }
}

fn store(kind: Kind, now: Timestamp) -> StoreNotice {
    let is_damaged = kind == Kind::StoreDamaged;
    let error = match is_damaged {
        true => "SAMPLE: row 12 missing from index observation_by_key",
        false => "SAMPLE: the disk with the database is full",
    };
    let works = ["SAMPLE: the poll of kupyansk/general-staff", "SAMPLE: the sign of life"];
    StoreNotice {
        path: "/var/lib/watchfloor/watchfloor.db".to_owned(),
        zone: "Europe/Kyiv".to_owned(),
        since: ago(now, 2),
        until: (kind == Kind::StoreRecovered).then_some(now),
        error: error.to_owned(),
        refusals: if is_damaged { 0 } else { 7 },
        works: if is_damaged { Vec::new() } else { works.map(str::to_owned).to_vec() },
    }
}

fn digest() -> Digest {
    let section = |title: &str, lines: &[&str]| DigestSection {
        title: title.to_owned(),
        lines: lines.iter().map(|line| DigestLine::from(*line)).collect(),
    };
    let drawn = DigestLine { text: "SAMPLE sorties: 390 in 2026-02, fresh".to_owned(), series: series() };
    Digest {
        zone: "Europe/Kyiv".to_owned(),
        sections: vec![
            section(
                "Scenarios",
                &["SAMPLE risk: active, 2 of 3 conditions hold.", "SAMPLE baseline: inactive, 0 of 2."],
            ),
            section("Changed since yesterday", &["SAMPLE sorties, 2026-02: 410 → 390 (corrected by the source)."]),
            DigestSection { title: "Indicators".to_owned(), lines: vec![drawn, "SAMPLE columns: due".into()] },
            section("Sources", &["SAMPLE general-staff: ok.", "SAMPLE hotspots: throttled since 4 hours."]),
            section("Outbox", &["Nothing is waiting."]),
        ],
    }
}
