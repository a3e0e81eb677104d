//! `alert ack` and `alert silence`, and how what analysts did is shown.

use std::process::ExitCode;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::cli::author::AuthorArgs;
use crate::cli::output::{moment, time};
use crate::cli::{Context, Done, Failure, feed, scenario};
use crate::model::act::{Act, Doing};
use crate::model::text::one_line;
use crate::model::time::{after, start_of_day};
use crate::settings::unit;

/// Characters of a reason that are kept.
const LONGEST_REASON: usize = 1000;

/// An acknowledgement.
#[derive(Debug, Clone, clap::Args)]
pub struct AckArgs {
    /// The alert's number
    number: i64,
    /// Until when: RFC 3339, a date (to its end), or a duration from now such as `3d`; without end when left out
    #[arg(long, value_name = "T")]
    until: Option<String>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    author: AuthorArgs,
}

/// A silence.
#[derive(Debug, Clone, clap::Args)]
pub struct SilenceArgs {
    /// Messages about this scenario
    #[arg(long, value_name = "ID")]
    scenario: Option<String>,
    /// Messages about this feed
    #[arg(long, value_name = "ID")]
    feed: Option<String>,
    /// Until when: RFC 3339, a date (to its end), or a duration from now such as `3d`; `0s` ends an earlier one
    #[arg(long, value_name = "T")]
    until: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    author: AuthorArgs,
}

/// Acknowledges an alert.
pub fn ack(context: &Context, args: &AckArgs) -> Done {
    let loaded = context.load()?;
    let zone = &loaded.plan.settings.zone;
    let now = crate::clock::now();
    let until = args.until.as_deref().map(|until| until_when(until, now, zone)).transpose()?;
    if until.is_some_and(|until| until <= now) {
        return Err(Failure::Usage(format!("--until {} is over already", args.until.clone().unwrap_or_default())));
    }
    let act =
        Act { alert: Some(args.number), ..act(Doing::Ack, args.author.name()?, until, args.reason.as_deref(), now) };
    let ((), heard) = context.write(&loaded, |change| {
        let alert = change.alert(args.number)?.ok_or_else(|| super::no_alert(args.number))?;
        if let Some(resolved) = alert.resolved {
            return Err(Failure::Usage(format!(
                "alert {} was resolved at {}: there is nothing left to acknowledge",
                alert.id,
                moment(Some(resolved), zone)
            )));
        }
        change.add_act(&act)?;
        Ok(())
    })?;
    context.output.text(&format!(
        "Alert {} is {}. No reminder is sent unless it gets worse.{}",
        args.number,
        words(&act, zone),
        unheard(heard)
    ));
    Ok(ExitCode::SUCCESS)
}

/// Holds messages back.
pub fn silence(context: &Context, args: &SilenceArgs) -> Done {
    let loaded = context.load()?;
    let (plan, zone) = (&loaded.plan, &loaded.plan.settings.zone);
    let now = crate::clock::now();
    let until = until_when(&args.until, now, zone)?;
    let named = |word: &String| scenario::find(plan, word).map(|(_, scenario)| scenario.name.clone());
    let scenario = args.scenario.as_ref().map(named).transpose()?;
    let named = |word: &String| feed::find(plan, word).map(|(_, feed)| feed.name.clone());
    let feed = args.feed.as_ref().map(named).transpose()?;
    let act = act(Doing::Silence, args.author.name()?, Some(until), Some(&args.reason), now);
    let act = Act { scenario, feed, ..act };
    let (_, heard) = context.write(&loaded, |change| Ok(change.add_act(&act)?))?;
    let what_follows = if act.is_in_force(now) {
        "What is decided meanwhile is held and, where it still matters, sent then; an escalation is sent at once."
    } else {
        "Nothing is held any longer by a silence of this scope."
    };
    context.output.text(&format!("{}. {what_follows}{}", capital(&words(&act, zone)), unheard(heard)));
    Ok(ExitCode::SUCCESS)
}

/// An act that is about nothing yet.
pub fn act(doing: Doing, author: String, until: Option<Timestamp>, reason: Option<&str>, now: Timestamp) -> Act {
    let reason = reason.map(|reason| one_line(reason, LONGEST_REASON)).filter(|reason| !reason.is_empty());
    Act { id: 0, at: now, author, doing, alert: None, scenario: None, feed: None, until, reason }
}

/// What is added where no daemon has heard of a change.
pub fn unheard(heard: bool) -> &'static str {
    if heard { "" } else { " (A running daemon notices within a minute.)" }
}

fn until_when(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, Failure> {
    let of_date = |date: Date| date.tomorrow().ok().map(|next| start_of_day(next, zone));
    let until = text.parse::<Timestamp>().ok();
    let until = until.or_else(|| text.parse::<Date>().ok().and_then(of_date));
    until.or_else(|| unit::duration(text).map(|wait| after(now, wait))).ok_or_else(|| {
        Failure::Usage(format!("--until `{text}` is no time; expected such as 2026-03-01T06:00:00Z, 2026-03-01 or 3d"))
    })
}

/// An act in words: `acknowledged by anna at 2026-01-02 10:00 until 2026-01-05 00:00: seen`.
pub fn words(act: &Act, zone: &TimeZone) -> String {
    let what = match act.doing {
        Doing::Ack => "acknowledged".to_owned(),
        Doing::Drill => "drilled".to_owned(),
        Doing::Silence => match (&act.scenario, &act.feed) {
            (None, None) => "everything silenced".to_owned(),
            (Some(scenario), None) => format!("scenario {scenario} silenced"),
            (None, Some(feed)) => format!("feed {feed} silenced"),
            (Some(scenario), Some(feed)) => format!("scenario {scenario} and feed {feed} silenced"),
        },
    };
    let until = act.until.map(|until| format!(" until {}", moment(Some(until), zone))).unwrap_or_default();
    let reason = act.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("{what} by {} at {}{until}{reason}", act.author, moment(Some(act.at), zone))
}

fn capital(sentence: &str) -> String {
    let mut chars = sentence.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// An act as JSON.
pub fn line(act: &Act, zone: &TimeZone) -> Value {
    json!({
        "act": act.id, "at": time(Some(act.at), zone), "author": act.author, "kind": act.doing.word(), "alert": act.alert,
        "scenario": act.scenario.as_ref().map(ToString::to_string), "feed": act.feed.as_ref().map(ToString::to_string),
        "until": time(act.until, zone), "reason": act.reason,
    })
}
