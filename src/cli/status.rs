//! `status`: everything on one screen.

use std::process::ExitCode;

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::alert::acts;
use super::output::{moment, time};
use super::{Context, Done, feed, indicator, scenario};
use crate::config::Plan;
use crate::config::plan::Watch;
use crate::model::feed::Health;
use crate::model::notification::Delivery;
use crate::model::text::one_line;
use crate::pipeline::{AsOf, uplink};
use crate::store::View;

/// No arguments.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Runs the command.
pub fn run(context: &Context, _: &Args) -> Done {
    let loaded = context.load()?;
    let now = AsOf::now(crate::clock::now());
    let zone = &loaded.plan.settings.zone;
    let mut text = Vec::new();
    let line = context.reader(&loaded)?.read(|view| -> anyhow::Result<Value> {
        let alive = view.last_alive()?;
        text.push(format!("last alive {}; {} values recorded", moment(alive, zone), view.count_observations()?));
        let configured = configured(view, zone, &mut text)?;
        let damage = view.damage()?;
        text.extend(damage.iter().map(|what| format!("a part of the store is damaged: {}", one_line(what, 300))));
        let down = own_connection(view, zone, &mut text)?;
        let mut watched = Watched::default();
        for watch in &loaded.plan.watches {
            watched.add(view, &loaded.plan, watch, now, &mut text)?;
        }
        let silences = silences(view, now, zone, &mut text)?;
        let mail = mail(view, zone, &mut text)?;
        let mut line = json!({
            "last_alive": time(alive, zone), "observations": view.count_observations()?,
            "configured": configured, "store_damage": damage, "feeds_failing": watched.failing, "uplink_down_since": down,
            "feeds": watched.feeds, "indicators": watched.indicators, "scenarios": watched.scenarios,
            "silences": silences,
        });
        if let (Some(members), Value::Object(mail)) = (line.as_object_mut(), mail) {
            members.extend(mail);
        }
        Ok(line)
    })?;
    if context.output.json {
        context.output.line(&line)
    } else {
        context.output.text(&text.join("\n"))
    }
    Ok(ExitCode::SUCCESS)
}

/// Since when our own connection is down, where it is.
fn own_connection(view: &View<'_>, zone: &TimeZone, text: &mut Vec<String>) -> anyhow::Result<Value> {
    let down = uplink::down_since(view)?;
    if down.is_some() {
        text.push(format!("our own connection is down since {}: no feed is blamed", moment(down, zone)));
    }
    Ok(time(down, zone))
}

/// Since when the configuration is in force, and what it changed.
fn configured(view: &View<'_>, zone: &TimeZone, text: &mut Vec<String>) -> anyhow::Result<Value> {
    let Some((since, changes)) = view.configured()? else { return Ok(Value::Null) };
    text.push(format!("configuration in force since {}: {changes}", moment(Some(since), zone)));
    Ok(json!({"since": time(Some(since), zone), "changes": changes}))
}

/// The silences in force, told and as lines.
fn silences(view: &View<'_>, now: AsOf, zone: &TimeZone, text: &mut Vec<String>) -> anyhow::Result<Vec<Value>> {
    let silences = view.silences(now.at)?;
    text.extend(silences.iter().map(|silence| format!("\n{}", acts::words(silence, zone))));
    Ok(silences.iter().map(|silence| acts::line(silence, zone)).collect())
}

/// What the watches come to, as lines for programs.
#[derive(Default)]
struct Watched {
    feeds: Vec<Value>,
    indicators: Vec<Value>,
    scenarios: Vec<Value>,
    failing: u32,
}

impl Watched {
    /// Adds a watch, and tells of it.
    fn add(
        &mut self,
        view: &View<'_>,
        plan: &Plan,
        watch: &Watch,
        now: AsOf,
        text: &mut Vec<String>,
    ) -> anyhow::Result<()> {
        text.push(format!("\n{} ({})", watch.title, watch.id));
        for planned in &watch.scenarios {
            let judgement = scenario::judged(view, plan, watch, planned, now)?;
            let (path, state) = (planned.path.word(), judgement.state.phase.word());
            let blind = if judgement.state.blind.is_some() { ", blind" } else { "" };
            text.push(format!("  {path:9} {state}{blind}: {}", planned.title));
            self.scenarios.push(scenario::members(view, watch, planned, &judgement)?);
        }
        for planned in &watch.indicators {
            let (newest, line) = indicator::in_short(view, watch, planned, now)?;
            let freshness = line["freshness"].as_str().unwrap_or_default();
            text.push(format!("  {freshness:9} {}: {newest}", planned.spec.title));
            self.indicators.push(line);
        }
        for planned in &watch.feeds {
            let state = view.feed_state(&planned.name)?;
            if let Some(state) = state.as_ref().filter(|state| state.health != Health::Ok) {
                self.failing += 1;
                let (health, why) = (state.health.word(), state.last_error.as_deref().unwrap_or_default());
                text.push(format!("  feed      {} is {health}: {why}", planned.name.local()));
            }
            self.feeds.push(feed::members(view, watch, planned, (state.as_ref(), None))?);
        }
        Ok(())
    }
}

/// How far mail has come.
fn mail(view: &View<'_>, zone: &TimeZone, text: &mut Vec<String>) -> anyhow::Result<Value> {
    let count = |state| view.count_notifications(state);
    let (queued, refused, sent) = (count(Delivery::Queued)?, count(Delivery::Refused)?, count(Delivery::Sent)?);
    let waiting = view.waiting()?;
    text.push(format!("\nmail: {sent} sent, {queued} waiting, {refused} refused"));
    if let (Some(since), Some(why)) = (waiting.since, &waiting.why) {
        text.push(format!(
            "  {} of the waiting could not be sent, the oldest since {}: {}",
            waiting.failed,
            moment(Some(since), zone),
            one_line(why, 300)
        ));
    }
    Ok(json!({
        "mails_sent": sent, "mails_queued": queued, "mails_refused": refused,
        "mails_failing": waiting.failed, "mails_failing_since": time(waiting.since, zone), "mail_error": waiting.why,
    }))
}
