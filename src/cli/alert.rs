//! `alert`: what was decided, explained from its frozen evidence.

pub mod acts;

use std::process::ExitCode;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::indicator::AsOfArgs;
use super::output::{moment, time};
use super::{Context, Done, Failure, export, hand};
use crate::config::Loaded;
use crate::model::act::Act;
use crate::model::alert::{Account, Alert as Decided, ConditionAccount, EvidenceAccount, Transition};
use crate::model::likelihood::{Likelihood, Move};
use crate::model::note::{self, Note, Subject};
use crate::model::notification::Notification;
use crate::model::time::rfc3339;
use crate::pipeline::{AsOf, accounts, judge};
use crate::store::View;

/// What to do with alerts.
#[derive(Debug, clap::Subcommand)]
pub enum Alert {
    /// Every alert, newest first
    List(AsOfArgs),
    /// One alert, explained from its frozen evidence
    Show {
        /// Its number
        number: i64,
        /// Also what would be said of its moment by what was known at this time (RFC 3339)
        #[arg(long, value_name = "T")]
        as_of: Option<Timestamp>,
    },
    /// Say something of an alert
    Note {
        /// Its number
        number: i64,
        #[command(flatten)]
        said: hand::SaidArgs,
    },
    /// Acknowledge an alert: no reminders until this runs out or it gets worse
    Ack(acts::AckArgs),
    /// Hold messages back for a while; what still matters goes out then. Without a scope: all but risks that trigger
    Silence(acts::SilenceArgs),
}

/// Runs the command.
pub fn run(context: &Context, alert: &Alert) -> Done {
    match alert {
        Alert::List(as_of) => list(context, *as_of),
        Alert::Show { number, as_of } => show(context, *number, *as_of),
        Alert::Note { number, said } => note(context, *number, said),
        Alert::Ack(args) => acts::ack(context, args),
        Alert::Silence(args) => acts::silence(context, args),
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
                alert.acknowledged.map(|at| moment(Some(at), zone)).unwrap_or_default(),
            ]
        })
        .collect();
    context.output.table(
        &["ALERT", "PATH", "SCENARIO", "OPENED", "RESOLVED", "HOW", "ACKNOWLEDGED"],
        rows,
        "There has been no alert.",
    );
    Ok(ExitCode::SUCCESS)
}

fn members(alert: &Decided, zone: &TimeZone) -> Value {
    json!({
        "watch": alert.scenario.watch(), "alert": alert.id, "scenario": alert.scenario.to_string(), "path": alert.path.word(),
        "opened": time(Some(alert.opened), zone), "resolved": time(alert.resolved, zone), "resolution": alert.resolution,
        "acknowledged": time(alert.acknowledged, zone),
    })
}

/// What is known of an alert: all of it frozen but how far its mails have come.
struct Story {
    alert: Decided,
    transitions: Vec<Transition>,
    acts: Vec<Act>,
    notifications: Vec<Notification>,
    notes: Vec<Note>,
}

fn show(context: &Context, number: i64, as_of: Option<Timestamp>) -> Done {
    let loaded = context.load()?;
    let mut reader = context.reader(&loaded)?;
    let story = reader.read(|view| -> Result<Story, Failure> {
        Ok(Story {
            alert: view.alert(number)?.ok_or_else(|| no_alert(number))?,
            transitions: view.transitions_of(number)?,
            acts: view.acts_of_alert(number)?,
            notifications: view.notifications_of(number)?,
            notes: view.notes(&Subject::Alert(number), crate::clock::now())?,
        })
    })?;
    let hindsight = match as_of {
        Some(known) => Some(reader.read(|view| hindsight(view, &loaded, &story.alert, known))?),
        None => None,
    };
    // The zone is the account's own: what an alert says does not change with the configuration.
    let first = story.transitions.first();
    let zone = first.and_then(|first| TimeZone::get(&first.account.zone).ok()).unwrap_or(TimeZone::UTC);
    if context.output.json {
        context.output.line(&whole(&story, hindsight.as_ref(), &zone));
        return Ok(ExitCode::SUCCESS);
    }
    context.output.text(&format!("Alert {number} of {} ({})", story.alert.scenario, story.alert.path.word()));
    for transition in &story.transitions {
        print_transition(context, transition, &zone);
    }
    for act in &story.acts {
        context.output.text(&format!("\n{}", acts::words(act, &zone)));
    }
    context.output.text("");
    for notification in &story.notifications {
        let message = &notification.message;
        context.output.text(&format!(
            "mail {}: {} to {}, {}",
            notification.id,
            message.kind.word(),
            message.recipient,
            notification.state.word()
        ));
    }
    for note in note::current(story.notes) {
        context.output.text(&hand::note_words(&note.author, note.at, &note.text, &zone));
    }
    if let Some(hindsight) = &hindsight {
        print_hindsight(context, hindsight, &zone);
    }
    Ok(ExitCode::SUCCESS)
}

/// What would be said of an alert's moment by what was known later, and by the rule as it is now.
struct Hindsight {
    known: Timestamp,
    account: Account,
}

fn hindsight(view: &View<'_>, loaded: &Loaded, alert: &Decided, known: Timestamp) -> Result<Hindsight, Failure> {
    let (watch, scenario) = super::scenario::find(&loaded.plan, &alert.scenario.to_string()).map_err(|_| {
        Failure::Usage(format!("{} is no longer configured: nothing can judge it anew", alert.scenario))
    })?;
    if known < alert.opened {
        let opened = rfc3339(alert.opened, &watch.zone);
        return Err(Failure::Usage(format!("--as-of is before the alert, which opened at {opened}")));
    }
    let judgement = judge::judge(view, watch, scenario, AsOf { at: alert.opened, known })?;
    let reason = accounts::reason(scenario, &judgement);
    Ok(Hindsight { known, account: accounts::freeze(view, watch, scenario, &judgement, &reason)? })
}

fn print_hindsight(context: &Context, hindsight: &Hindsight, zone: &TimeZone) {
    let account = &hindsight.account;
    context.output.text(&format!(
        "\nBy what was known at {} and by the rule of today, the same moment reads: {}\n{}",
        moment(Some(hindsight.known), zone),
        account.verdict.word(),
        account.reason
    ));
    print_conditions(context, &account.conditions, zone);
}

fn print_transition(context: &Context, transition: &Transition, zone: &TimeZone) {
    let account = &transition.account;
    let blind = if transition.blind { " (blind)" } else { "" };
    context.output.text(&format!(
        "\n{}  {} → {}{blind}\n{}",
        moment(Some(transition.at), zone),
        transition.from.word(),
        transition.to.word(),
        transition.reason
    ));
    print_conditions(context, &account.conditions, zone);
    if let Some(clears) = &account.clears {
        context.output.text(&format!("  {clears}"));
    }
    if let Some(likelihood) = &account.likelihood {
        context.output.text(&format!("  Probability, beside the rules: {}", likelihood.words()));
        context.output.text(&format!("  Confidence: {}", likelihood.confidence_words()));
    }
}

fn print_conditions(context: &Context, conditions: &[ConditionAccount], zone: &TimeZone) {
    for condition in conditions {
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

fn whole(story: &Story, hindsight: Option<&Hindsight>, zone: &TimeZone) -> Value {
    let mut line = members(&story.alert, zone);
    let conditions = |all: &[ConditionAccount]| all.iter().map(condition_line).collect::<Vec<_>>();
    let first = story.transitions.first().map(|first| &first.account);
    let opened = first.map(|account| account.conditions.as_slice()).unwrap_or_default();
    let steps = story.transitions.iter().map(|one| transition_line(one, zone)).collect();
    let evidence =
        opened.iter().flat_map(|condition| &condition.evidence).map(|one| evidence_line(one, zone)).collect();
    let mails = story.notifications.iter().map(|one| super::mail::members(one, zone)).collect();
    let done = story.acts.iter().map(|act| acts::line(act, zone)).collect();
    if let Some(members) = line.as_object_mut() {
        members.insert("transitions".to_owned(), Value::Array(steps));
        members.insert("conditions".to_owned(), Value::Array(conditions(opened)));
        members.insert("evidence".to_owned(), Value::Array(evidence));
        members.insert("notifications".to_owned(), Value::Array(mails));
        members.insert("acts".to_owned(), Value::Array(done));
        members.insert("notes".to_owned(), Value::Array(export::note_lines(&story.notes, zone)));
        members.insert("clears".to_owned(), json!(first.and_then(|account| account.clears.as_ref())));
        members.extend(likelihood_members(first.and_then(|account| account.likelihood.as_ref())));
        if let Some(hindsight) = hindsight {
            let account = &hindsight.account;
            let said = json!({
                "as_of": time(Some(hindsight.known), zone), "verdict": account.verdict.word(), "reason": account.reason,
                "conditions": conditions(&account.conditions),
            });
            members.insert("hindsight".to_owned(), said);
        }
    }
    line
}

fn transition_line(one: &Transition, zone: &TimeZone) -> Value {
    let conditions: Vec<Value> = one.account.conditions.iter().map(condition_line).collect();
    json!({
        "at": time(Some(one.at), zone), "from": one.from.word(), "to": one.to.word(), "blind": one.blind,
        "change": one.change, "reason": one.reason, "conditions": conditions,
    })
}

/// `probability`, `word` and `band`, with what stands behind them; `null` where a scenario carries none.
pub fn likelihood_members(likelihood: Option<&Likelihood>) -> serde_json::Map<String, Value> {
    let moved = |one: &Move| json!({"indicator": one.indicator.to_string(), "measure": one.measure, "weight": one.weight, "without": one.without});
    let members = json!({
        "probability": likelihood.map(|one| one.probability),
        "word": likelihood.map(|one| one.word.as_str()),
        "band": likelihood.map(|one| [one.band.0, one.band.1]),
        "confidence": likelihood.map(|one| one.confidence.word()),
        "confidence_why": likelihood.map(|one| one.confidence_why.as_str()),
        "moves": likelihood.map(|one| one.moves.iter().map(moved).collect::<Vec<_>>()),
    });
    members.as_object().cloned().unwrap_or_default()
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
