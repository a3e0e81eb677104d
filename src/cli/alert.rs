//! `alert`: what was decided, explained from its frozen evidence.

use std::process::ExitCode;

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::indicator::AsOfArgs;
use super::output::{moment, time};
use super::{Context, Done, Failure, export, hand};
use crate::model::alert::{Alert as Decided, ConditionAccount, EvidenceAccount, Transition};
use crate::model::note::{self, Subject};
use crate::model::notification::Notification;

/// What to do with alerts.
#[derive(Debug, clap::Subcommand)]
pub enum Alert {
    /// Every alert, newest first
    List(AsOfArgs),
    /// One alert, explained
    Show {
        /// Its number
        number: i64,
        #[command(flatten)]
        as_of: AsOfArgs,
    },
    /// Say something of an alert
    Note {
        /// Its number
        number: i64,
        #[command(flatten)]
        said: hand::SaidArgs,
    },
}

/// Runs the command.
pub fn run(context: &Context, alert: &Alert) -> Done {
    match alert {
        Alert::List(as_of) => list(context, *as_of),
        Alert::Show { number, as_of } => show(context, *number, *as_of),
        Alert::Note { number, said } => note(context, *number, said),
    }
}

fn note(context: &Context, number: i64, said: &hand::SaidArgs) -> Done {
    let loaded = context.load()?;
    context.reader(&loaded)?.read(|view| view.alert(number))?.ok_or_else(|| no_alert(number))?;
    hand::add_note(context, Subject::Alert(number), said)
}

fn no_alert(number: i64) -> Failure {
    Failure::Usage(format!("there is no alert {number}; `watchfloor alert list` names them"))
}

fn list(context: &Context, as_of: AsOfArgs) -> Done {
    let loaded = context.load()?;
    let zone = &loaded.plan.settings.zone;
    let known = as_of.moment().known;
    let all = context.reader(&loaded)?.read(|view| view.alerts())?;
    let alerts: Vec<Decided> = all.into_iter().filter_map(|alert| alert.as_of(known)).collect();
    if context.output.json {
        alerts.iter().for_each(|alert| context.output.line(&members(alert, zone)));
        return Ok(ExitCode::SUCCESS);
    }
    let rows = alerts
        .iter()
        .map(|alert| {
            let end = alert.resolved.map_or_else(|| "open".to_owned(), |at| moment(Some(at), zone));
            vec![
                alert.id.to_string(),
                alert.path.word().to_owned(),
                alert.scenario.to_string(),
                moment(Some(alert.opened), zone),
                end,
                alert.resolution.clone().unwrap_or_default(),
            ]
        })
        .collect();
    context.output.table(&["ALERT", "PATH", "SCENARIO", "OPENED", "RESOLVED", "HOW"], rows, "There has been no alert.");
    Ok(ExitCode::SUCCESS)
}

fn members(alert: &Decided, zone: &TimeZone) -> Value {
    json!({
        "watch": alert.scenario.watch(), "alert": alert.id, "scenario": alert.scenario.to_string(), "path": alert.path.word(),
        "opened": time(Some(alert.opened), zone), "resolved": time(alert.resolved, zone), "resolution": alert.resolution,
        "acknowledged": time(alert.acknowledged, zone),
    })
}

fn show(context: &Context, number: i64, as_of: AsOfArgs) -> Done {
    let loaded = context.load()?;
    let known = as_of.moment().known;
    let ((alert, mut transitions), mut notifications, notes) =
        context.reader(&loaded)?.read(|view| -> anyhow::Result<_> {
            let decided = (view.alert(number)?, view.transitions_of(number)?);
            Ok((decided, view.notifications_of(number)?, view.notes(&Subject::Alert(number), known)?))
        })?;
    transitions.retain(|transition| transition.at <= known);
    notifications.retain(|notification| notification.message.created <= known);
    let alert = alert.and_then(|alert| alert.as_of(known)).ok_or_else(|| no_alert(number))?;
    // The zone is the account's own: what an alert says does not change with the configuration.
    let zone = transitions.first().and_then(|first| TimeZone::get(&first.account.zone).ok()).unwrap_or(TimeZone::UTC);
    if context.output.json {
        let mut line = whole(&alert, &transitions, &notifications, &zone);
        line["notes"] = Value::Array(export::note_lines(&notes, &zone));
        context.output.line(&line);
        return Ok(ExitCode::SUCCESS);
    }
    context.output.text(&format!("Alert {number} of {} ({})", alert.scenario, alert.path.word()));
    for transition in &transitions {
        print_transition(context, transition, &zone);
    }
    for notification in &notifications {
        let message = &notification.message;
        context.output.text(&format!(
            "mail {}: {} to {}, {}",
            notification.id,
            message.kind.word(),
            message.recipient,
            notification.state.word()
        ));
    }
    for note in note::current(notes) {
        context.output.text(&hand::note_words(&note.author, note.at, &note.text, &zone));
    }
    Ok(ExitCode::SUCCESS)
}

fn print_transition(context: &Context, transition: &Transition, zone: &TimeZone) {
    let blind = if transition.blind { " (blind)" } else { "" };
    context.output.text(&format!(
        "\n{}  {} → {}{blind}\n{}",
        moment(Some(transition.at), zone),
        transition.from.word(),
        transition.to.word(),
        transition.reason
    ));
    for condition in &transition.account.conditions {
        let proxy = condition.proxy_for.as_ref().map(|proxy| format!("\n      stands in: {proxy}")).unwrap_or_default();
        context.output.text(&format!(
            "  {:8}{}: {} is {}, bound {}\n      {}{proxy}",
            condition.verdict.word(),
            condition.title,
            condition.measure,
            condition.shown,
            condition.bound,
            condition.why
        ));
        for evidence in &condition.evidence {
            context.output.text(&format!(
                "      [{}] {} ({} {}, happened {}, learned {}){}",
                evidence.vintage,
                evidence.quote,
                evidence.source,
                evidence.grade,
                moment(Some(evidence.event_time), zone),
                moment(Some(evidence.recorded_at), zone),
                evidence.link.as_ref().map(|link| format!("\n          {link}")).unwrap_or_default()
            ));
            for note in &evidence.notes {
                let words = hand::note_words(&note.author, note.at, &note.text, zone);
                context.output.text(&format!("          {words}"));
            }
        }
    }
}

fn whole(alert: &Decided, transitions: &[Transition], notifications: &[Notification], zone: &TimeZone) -> Value {
    let mut line = members(alert, zone);
    let conditions = |all: &[ConditionAccount]| all.iter().map(condition_line).collect::<Vec<_>>();
    let first = transitions.first().map(|first| first.account.conditions.as_slice()).unwrap_or_default();
    let steps: Vec<Value> = transitions
        .iter()
        .map(|one| {
            json!({"at": time(Some(one.at), zone), "from": one.from.word(), "to": one.to.word(), "blind": one.blind, "reason": one.reason, "conditions": conditions(&one.account.conditions)})
        })
        .collect();
    let evidence: Vec<Value> =
        first.iter().flat_map(|condition| &condition.evidence).map(|one| evidence_line(one, zone)).collect();
    let mails: Vec<Value> = notifications.iter().map(|one| super::mail::members(one, zone)).collect();
    if let Some(members) = line.as_object_mut() {
        members.insert("transitions".to_owned(), Value::Array(steps));
        members.insert("conditions".to_owned(), Value::Array(conditions(first)));
        members.insert("evidence".to_owned(), Value::Array(evidence));
        members.insert("notifications".to_owned(), Value::Array(mails));
    }
    line
}

/// The members of one condition of a decision.
pub fn condition_line(condition: &ConditionAccount) -> Value {
    json!({
        "indicator": condition.indicator.to_string(), "measure": condition.measure, "verdict": condition.verdict.word(),
        "value": condition.value, "shown": condition.shown, "bound": condition.bound, "why": condition.why,
        "vintage": condition.vintages.last(), "proxy_for": condition.proxy_for,
    })
}

/// One piece of evidence as a member of a line.
pub fn evidence_line(evidence: &EvidenceAccount, zone: &TimeZone) -> Value {
    let notes: Vec<Value> = evidence
        .notes
        .iter()
        .map(|note| json!({"at": time(Some(note.at), zone), "author": note.author, "about": note.about, "text": note.text}))
        .collect();
    json!({
        "indicator": evidence.indicator.to_string(), "vintage": evidence.vintage, "value": evidence.value, "low": evidence.low, "high": evidence.high,
        "event_time": time(Some(evidence.event_time), zone), "recorded_at": time(Some(evidence.recorded_at), zone),
        "quote": evidence.quote, "title": evidence.title, "link": evidence.link, "source": evidence.source, "grade": evidence.grade,
        "author": evidence.author, "notes": notes,
    })
}
