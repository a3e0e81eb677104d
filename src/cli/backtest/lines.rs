//! What `backtest` prints of a watch: a line a transition, a line a mail, a summary.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::past::Tested;
use crate::cli::alert::condition_line;
use crate::cli::output::{Output, moment, time};
use crate::model::notification::Kind;
use crate::model::text::{figure, one_line};
use crate::notify;
use crate::pipeline::replay::replayed::{Change, ChangeKind, Mail};
use crate::pipeline::replay::score::MarkScore;

/// Prints one watch's replay.
pub fn print(output: Output, tested: &Tested<'_>) {
    for entry in entries(tested) {
        match (output.json, entry) {
            (true, Entry::Change(change)) => output.line(&change_line(tested, change)),
            (true, Entry::Mail(mail)) => output.line(&mail_line(tested, mail)),
            (false, Entry::Change(change)) => output.text(&change_text(tested, change)),
            (false, Entry::Mail(mail)) => output.text(&mail_text(tested, mail)),
        }
    }
    if output.json {
        output.line(&summary_line(tested));
    } else {
        summary_text(output, tested);
    }
}

/// A change or a message.
#[derive(Debug, Clone, Copy)]
pub enum Entry<'t> {
    /// A change of a scenario.
    Change(&'t Change),
    /// A message.
    Mail(&'t Mail),
}

impl Entry<'_> {
    /// When it was decided.
    pub fn at(self) -> Timestamp {
        match self {
            Self::Change(change) => change.transition.at,
            Self::Mail(mail) => mail.at,
        }
    }
}

/// Changes and messages in the order of time; a change before the message about it.
pub fn entries<'t>(tested: &'t Tested<'_>) -> Vec<Entry<'t>> {
    let changes = tested.replayed.changes_within().map(Entry::Change);
    let mut entries: Vec<Entry<'t>> = changes.chain(tested.replayed.mails.iter().map(Entry::Mail)).collect();
    entries.sort_by_key(|entry| entry.at());
    entries
}

/// What a change is called: `pending → active`, `escalated`.
pub fn change_words(change: &Change) -> String {
    let transition = &change.transition;
    match change.kind {
        ChangeKind::Phase => format!("{} → {}", transition.from.word(), transition.to.word()),
        ChangeKind::Escalated => "escalated".to_owned(),
        ChangeKind::WentBlind => format!("{}, blind", transition.to.word()),
        ChangeKind::SeesAgain => format!("{}, sees again", transition.to.word()),
    }
}

fn change_line(tested: &Tested<'_>, change: &Change) -> Value {
    let one = &change.transition;
    let conditions: Vec<Value> = one.account.conditions.iter().map(condition_line).collect();
    json!({
        "type": "transition", "watch": tested.watch.id, "scenario": one.scenario.to_string(),
        "at": time(Some(one.at), &tested.watch.zone), "from": one.from.word(), "to": one.to.word(), "blind": one.blind,
        "change": change_words(change), "alert": one.alert, "reason": one.reason, "conditions": conditions,
    })
}

fn mail_line(tested: &Tested<'_>, mail: &Mail) -> Value {
    json!({
        "type": "mail", "watch": tested.watch.id, "about": mail.about.as_ref().map(ToString::to_string),
        "at": time(Some(mail.at), &tested.watch.zone), "kind": mail.kind.word(), "alert": mail.alert,
        "subject": notify::subject(&mail.message), "recipients": mail.recipients,
    })
}

fn change_text(tested: &Tested<'_>, change: &Change) -> String {
    let one = &change.transition;
    let at = moment(Some(one.at), &tested.watch.zone);
    format!("{at}  decided  {} {}: {}", one.scenario, change_words(change), one_line(&one.reason, 400))
}

fn mail_text(tested: &Tested<'_>, mail: &Mail) -> String {
    let at = moment(Some(mail.at), &tested.watch.zone);
    format!("{at}  mail     {}: {}", mail.kind.word(), notify::subject(&mail.message))
}

fn summary_line(tested: &Tested<'_>) -> Value {
    let (zone, score) = (&tested.watch.zone, &tested.score);
    let scenarios: Vec<Value> = score
        .scenarios
        .iter()
        .map(|one| {
            json!({
                "scenario": one.scenario.to_string(), "activations": one.activations, "false_alarms": one.false_alarms,
                "undone": one.undone, "flaps": one.flaps, "coverage": rounded(one.coverage, 4),
            })
        })
        .collect();
    let marks: Vec<Value> = score
        .marks
        .iter()
        .map(|one| {
            json!({
                "date": one.mark.date.to_string(), "title": one.mark.title, "scenario": one.mark.scenario,
                "met": one.met.word(), "lead_days": one.met.lead_days(),
            })
        })
        .collect();
    let kinds: Map<String, Value> =
        score.mails.iter().map(|(kind, count)| (kind.word().to_owned(), json!(count))).collect();
    json!({
        "type": "summary", "watch": tested.watch.id, "origin": tested.origin.word(),
        "from": time(Some(tested.replayed.span.from), zone), "to": time(Some(tested.replayed.span.to), zone),
        "scenarios": scenarios, "marks": marks, "mails": tested.replayed.mails.len(), "mails_by_kind": kinds,
        "mails_per_week": rounded(score.mails_per_week, 3), "ms": rounded(tested.took.as_secs_f64() * 1e3, 1),
    })
}

fn rounded(value: f64, digits: i32) -> f64 {
    let factor = 10_f64.powi(digits);
    (value * factor).round() / factor
}

fn summary_text(output: Output, tested: &Tested<'_>) {
    let (zone, score, span) = (&tested.watch.zone, &tested.score, tested.replayed.span);
    output.text(&format!(
        "\n{} from {} to {}, over {}, replayed in {} s",
        tested.watch.id,
        moment(Some(span.from), zone),
        moment(Some(span.to), zone),
        tested.origin.word(),
        figure(tested.took.as_secs_f64(), 2)
    ));
    let rows = score.scenarios.iter().map(|one| {
        vec![
            one.scenario.to_string(),
            one.activations.to_string(),
            one.false_alarms.map_or_else(|| "no known date".to_owned(), |count| count.to_string()),
            one.undone.to_string(),
            one.flaps.to_string(),
            share_words(one.coverage),
        ]
    });
    let headings = ["SCENARIO", "TRIGGERED", "FALSE ALARMS", "UNDONE", "FLAPS", "JUDGED"];
    output.table(&headings, rows.collect(), "The watch has no scenario.");
    if !score.marks.is_empty() {
        let rows = score.marks.iter().map(mark_cells).collect();
        output.table(&["KNOWN DATE", "SCENARIO", "MET", "WHAT HAPPENED"], rows, "");
    }
    output.text(&mails_words(tested));
}

/// A share for people; what is not whole is never rounded up to it.
pub fn share_words(share: f64) -> String {
    format!("{} %", figure((share * 1000.0).floor() / 10.0, 1))
}

/// The cells of a known date.
pub fn mark_cells(one: &MarkScore<'_>) -> Vec<String> {
    vec![
        one.mark.date.to_string(),
        one.mark.scenario.clone().unwrap_or_default(),
        match one.met.lead_days() {
            None => one.met.word().to_owned(),
            Some(0) => "on the day".to_owned(),
            Some(days) if days > 0 => format!("{days} days ahead"),
            Some(days) => format!("{} days late", -days),
        },
        one.mark.title.clone(),
    ]
}

/// How many messages there would have been.
pub fn mails_words(tested: &Tested<'_>) -> String {
    let score = &tested.score;
    let kinds: Vec<String> =
        score.mails.iter().map(|(kind, count): (&Kind, &u32)| format!("{count} {}", kind.word())).collect();
    let kinds = if kinds.is_empty() { String::new() } else { format!(": {}", kinds.join(", ")) };
    format!("{} mails, {} a week{kinds}.", tested.replayed.mails.len(), figure(score.mails_per_week, 2))
}
