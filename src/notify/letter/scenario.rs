//! Letters about a scenario.

use jiff::tz::TimeZone;

use super::condition::condition;
use super::time::{written, zone};
use super::words::{Phrases, path_tag, path_words, phrases, tally};
use super::{Fact, Letter, Line, SENTENCE, Section, TITLE, capped, footer, subject};
use crate::model::alert::Account;
use crate::model::notification::{Kind, Message};
use crate::model::scenario::{Path, Phase};
use crate::model::text::one_line;
use crate::notify::safe::short_title;

/// Conditions shown; no sensible scenario has more.
const CONDITIONS: usize = 30;

/// A letter about a scenario.
pub(super) fn letter(message: &Message, account: &Account) -> Letter {
    let phrases = phrases(message.kind, account.path);
    let zone = zone(&account.zone);
    let title = one_line(&account.title, TITLE);
    let (shown, _) = capped(&account.conditions, CONDITIONS);
    Letter {
        subject: subject_line(&phrases, account),
        kicker: kicker(&phrases, account.path),
        headline: title,
        tone: phrases.tone,
        lead: lead(message, &phrases, account, &zone),
        facts: facts(account, &zone),
        background: background(message, account, &zone),
        conditions: shown.iter().zip(1..).map(|(account, number)| condition(number, account, &zone)).collect(),
        sections: sections(message, account),
        footer: footer(),
    }
}

/// `Resolved: [RISK] Kupyansk: Russian counter-offensive …`: one stem a thread, since some mail programs thread by it.
fn subject_line(phrases: &Phrases, account: &Account) -> String {
    let stem = format!(
        "{} {}: {}",
        path_tag(account.path),
        short_title(&account.watch_title),
        one_line(&account.title, TITLE)
    );
    subject(phrases.prefix, &stem)
}

fn kicker(phrases: &Phrases, path: Path) -> String {
    let path = match path {
        Path::Risk => "Risk scenario",
        Path::Baseline => "Baseline scenario",
    };
    format!("{path} {}", phrases.event)
}

/// Plain words first: what happened, how much of it holds, why this was sent.
fn lead(message: &Message, phrases: &Phrases, account: &Account, zone: &TimeZone) -> Vec<String> {
    let (title, watch) = (one_line(&account.title, TITLE), one_line(&account.watch_title, TITLE));
    let (role, verb) = match account.path {
        Path::Risk => ("a path that", "warns of"),
        Path::Baseline => ("the path that", "expects"),
    };
    let Phrases { happened, meaning, .. } = phrases;
    let since = written(account.since, zone);
    let mut lead = vec![
        format!("“{title}”, {role} the assessment “{watch}” {verb}, {happened}."),
        format!("{meaning}{}. The scenario {} since {since}.", tally(account), state(account.phase)),
    ];
    lead.extend(burst(message, zone));
    lead.push(reason(message.kind));
    lead
}

/// What happened within the minute that this message stands for.
fn burst(message: &Message, zone: &TimeZone) -> Option<String> {
    const NAMED: usize = 20;
    let (shown, hidden) = capped(&message.folded, NAMED);
    let changes: Vec<_> = shown
        .iter()
        .map(|one| format!("{} ({})", phrases(one.kind, Path::Risk).event, written(one.at, zone)))
        .collect();
    let more = if hidden > 0 { format!(" and {hidden} more") } else { String::new() };
    (!changes.is_empty()).then(|| {
        format!(
            "Within the minute before, the scenario {}{more}; this one message stands for all of it.",
            changes.join(", ")
        )
    })
}

fn state(phase: Phase) -> &'static str {
    match phase {
        Phase::Inactive => "has been inactive",
        Phase::Pending => "has been pending (its conditions hold, but not yet for as long as the watch asks)",
        Phase::Active => "has been active",
        Phase::Clearing => "is still active, but its conditions have not held",
    }
}

/// What whoever opens the mail wants to know before the conditions.
fn facts(account: &Account, zone: &TimeZone) -> Vec<Fact> {
    let mut facts = vec![
        Fact::new("What changed", &account.reason),
        Fact::new("State", format!("{} since {}", account.phase.word(), written(account.since, zone))),
        Fact::new("Decided", written(account.at, zone)),
    ];
    if let Some(likelihood) = &account.likelihood {
        facts.push(Fact::new(
            "Probability",
            format!("{}; beside the rules, it sends nothing by itself", likelihood.words()),
        ));
        // Likelihood and confidence never share a sentence (ICD 203).
        facts.push(Fact::new("Confidence", likelihood.confidence_words()));
    }
    facts
}

/// What it belongs to, below the rest.
fn background(message: &Message, account: &Account, zone: &TimeZone) -> Vec<Fact> {
    let mut facts = vec![
        Fact::new("Scenario", format!("{} ({})", one_line(&account.title, TITLE), account.scenario)),
        Fact::new("Path", path_words(account.path)),
        Fact::new("Watch", &account.watch_title),
    ];
    facts.extend(account.basis.as_deref().map(|basis| Fact::new("Made from", basis)));
    facts.extend(message.alert.map(|alert| Fact::new("Alert", format!("number {alert}"))));
    facts.push(Fact::new("Times", format!("in the zone of the watch, {}", zone.iana_name().unwrap_or("UTC"))));
    facts
}

fn sections(message: &Message, account: &Account) -> Vec<Section> {
    let unlisted = account.conditions.len().saturating_sub(CONDITIONS);
    let mut sections = Vec::new();
    if unlisted > 0 {
        sections.push(Section::new("Not shown here", vec![Line::text(format!("{unlisted} more conditions."))]));
    }
    sections.push(Section::new("What is not known", unknowns(account)));
    if let Some(clears) = &account.clears {
        sections.push(Section::new("What would clear it", vec![Line::text(clears)]));
    }
    match message.alert {
        Some(alert) => sections.push(Section::new("What you can do", actions(message.kind, alert))),
        None if message.kind == Kind::Drill => sections.push(Section::new(
            "What you can do",
            vec![Line::command(
                "A drill has no alert and needs no answer. A real one is acknowledged by its number:",
                "watchfloor alert ack NUMBER".to_owned(),
            )],
        )),
        None => {}
    }
    sections
}

/// What could not be judged, and what only stands in for what is meant.
fn unknowns(account: &Account) -> Vec<Line> {
    let (shown, _) = capped(&account.conditions, CONDITIONS);
    let open = account.unknown().take(CONDITIONS).map(|condition| {
        Line::text(format!("Unknown: {}. {}", one_line(&condition.title, TITLE), one_line(&condition.why, SENTENCE)))
    });
    let proxies = shown.iter().filter_map(|condition| {
        let proxy = condition.proxy_for.as_deref()?;
        Some(Line::text(format!("Proxy: {}. {}", one_line(&condition.title, TITLE), one_line(proxy, SENTENCE))))
    });
    let lines: Vec<_> = open.chain(proxies).collect();
    if lines.is_empty() {
        vec![Line::text("Every condition could be judged, and none rests on a proxy.")]
    } else {
        lines
    }
}

fn actions(kind: Kind, alert: i64) -> Vec<Line> {
    let mut lines = Vec::new();
    if matches!(kind, Kind::Triggered | Kind::Escalated | Kind::Reminder | Kind::Drill) {
        let text = "Acknowledge it, so that no reminders follow unless it gets worse:";
        lines.push(Line::command(text, format!("watchfloor alert ack {alert}")));
    }
    lines.push(Line::command("See every observation that it rests on:", format!("watchfloor alert show {alert}")));
    lines
}

fn reason(kind: Kind) -> String {
    let event = match kind {
        Kind::Drill => "a drill was started by hand",
        Kind::Blind | Kind::SeesAgain => "whether this scenario can be judged has changed",
        Kind::Reminder => "this scenario is active and not acknowledged",
        _ => "the state of this scenario has changed",
    };
    format!("You get this mail because {event} and your address is among the recipients that the watch names.")
}
