//! Asking feeds now, writing nothing: what they bring and what each extractor finds in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::Failure;
use super::feed::written;
use super::output::Output;
use super::schedule::amount;
use crate::config::Plan;
use crate::config::plan::{Feed, Watch};
use crate::daemon::Gatherer;
use crate::fetch::Client;
use crate::model::feed::{Failure as FeedFailure, Fetched, Health, Validators};
use crate::model::item::{Item, Parsed};
use crate::model::observation::{Status, Value as Measured};
use crate::model::outcome::Outcome;
use crate::model::text::one_line;
use crate::pipeline::read::{self, Found};

/// Asks feeds as the daemon would at its first poll.
pub struct Asker {
    plan: Arc<Plan>,
    client: Client,
    runtime: tokio::runtime::Runtime,
}

/// Why a feed brought nothing.
pub struct Refusal {
    /// What it says about the feed.
    pub health: Health,
    /// What went wrong, as a sentence.
    pub why: String,
}

impl From<FeedFailure> for Refusal {
    fn from(failure: FeedFailure) -> Self {
        Self { health: failure.health, why: failure.message }
    }
}

impl From<anyhow::Error> for Refusal {
    fn from(error: anyhow::Error) -> Self {
        Self { health: Health::Error, why: format!("{error:#}") }
    }
}

impl Asker {
    /// With the plan's settings.
    pub fn new(plan: &Plan) -> Result<Self, Failure> {
        let client = Client::new(plan.settings.http.clone()).map_err(Failure::Usage)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self { plan: Arc::new(plan.clone()), client, runtime })
    }

    /// Fetches and reads a feed's document with all that belongs to it, as the daemon does; nothing of it is known. Beside
    /// what was read stands why that is not all.
    pub fn ask(&self, feed: &Feed) -> Result<(Parsed, Option<Refusal>), Refusal> {
        self.runtime.block_on(async {
            let gatherer = Gatherer::new(&self.client, Arc::clone(&self.plan), &feed.name, crate::clock::now());
            let (document, links) = match gatherer.document(&Validators::default()).await? {
                Fetched::Document { document, wishes, .. } => (document, wishes.links),
                Fetched::Unchanged { .. } => {
                    let why = format!("{} says that nothing has changed, without being asked", feed.target.shown);
                    return Err(Refusal { health: Health::Error, why });
                }
                Fetched::Failed(failure) => return Err(failure.into()),
            };
            let parsed = gatherer.parsed(document, &links).await??;
            let header = parsed.header.clone();
            let news = gatherer.sifted(parsed).await??;
            if let Some(why) = read::emptiness(feed, &news, false) {
                return Err(Refusal { health: Health::Error, why });
            }
            let unread = news.unread.map(Refusal::from);
            // The items as they are with their pages.
            let items = news.fresh.into_iter().map(|fresh| fresh.item).collect();
            Ok((Parsed { header, items, warnings: news.warnings, cut: None }, unread))
        })
    }
}

/// Prints what one item says to one indicator.
pub fn print_outcome(output: Output, (watch, feed): (&Watch, &Feed), item: &Item, found: &Found) {
    let Some(indicator) = watch.indicators.get(found.indicator) else { return };
    let id = indicator.spec.name.local();
    if output.json {
        output.line(&members(watch, feed, id, item, &found.outcome));
        return;
    }
    output.text(&format!("  {id}: {}", sentence(item, &found.outcome)));
}

fn members(watch: &Watch, feed: &Feed, indicator: &str, item: &Item, outcome: &Outcome) -> Value {
    let finding = outcome.finding();
    let evidence = finding.map(|finding| &finding.evidence);
    let (quantity, report, statement) = match finding.map(|finding| &finding.value) {
        Some(Measured::Quantity(quantity)) => (Some(quantity), None, None),
        Some(Measured::Report(report)) => (None, Some(report), None),
        Some(Measured::Statement(statement)) => (None, None, Some(statement)),
        None => (None, None, None),
    };
    let expected = statement.and_then(|said| said.expected);
    json!({
        "type": "outcome", "watch": watch.id, "feed": feed.name.to_string(), "indicator": indicator, "item": item.id,
        "outcome": outcome.word(), "value": finding.and_then(|finding| finding.value.figure()),
        "low": quantity.and_then(|quantity| quantity.low), "high": quantity.and_then(|quantity| quantity.high),
        "bound": quantity.map(|quantity| quantity.bound.word()),
        "status": statement.and_then(|said| said.status).map(Status::word),
        "expected": expected.map(|window| json!({"from": window.from.to_string(), "to": window.to.to_string()})),
        "amount": statement.and_then(|said| said.amount.as_ref()).map(amount),
        "lat": report.map(|report| report.point.lat), "lon": report.map(|report| report.point.lon),
        "error_km": report.map(|report| report.error_km), "place": report.and_then(|report| report.place.clone()),
        "span": evidence.map(|evidence| [evidence.span.0, evidence.span.1]),
        "text": evidence.map(|evidence| evidence.text.clone()), "why": why(outcome),
    })
}

fn why(outcome: &Outcome) -> Option<&str> {
    match outcome {
        Outcome::NoMatch { why } | Outcome::Error { why } => Some(why),
        Outcome::Value(_) | Outcome::StatedZero(_) => None,
    }
}

/// The outcome with its value and the words it rests on, or with the reason against it, and the item.
fn sentence(item: &Item, outcome: &Outcome) -> String {
    let title = one_line(item.title.as_deref().unwrap_or(&item.id), 50);
    let Some(finding) = outcome.finding() else {
        return format!("{}: {}  ({title})", outcome.word(), why(outcome).unwrap_or_default());
    };
    let (from, to) = finding.evidence.span;
    let words: String = finding.evidence.text.chars().skip(from).take(to.saturating_sub(from)).collect();
    let words = if words.is_empty() { String::new() } else { format!(" from “{}”", one_line(&words, 80)) };
    format!("{}: {}{words}  ({title})", outcome.word(), written(&finding.value))
}

/// What each indicator found in a feed's items: how often which outcome, with the first of each.
pub fn summary(watch: &Watch, feed: &Feed, parsed: &Parsed) -> Vec<String> {
    let mut outcomes: BTreeMap<usize, BTreeMap<&'static str, (u32, String)>> = BTreeMap::new();
    for item in &parsed.items {
        for found in read::extract(watch, feed, item) {
            let of_kind = outcomes.entry(found.indicator).or_default().entry(found.outcome.word());
            of_kind.or_insert_with(|| (0, sentence(item, &found.outcome))).0 += 1;
        }
    }
    let mut lines = Vec::new();
    for (index, kinds) in outcomes {
        let Some(indicator) = watch.indicators.get(index) else { continue };
        for (count, first) in kinds.into_values() {
            lines.push(format!("  {}: {count} × {first}", indicator.spec.name.local()));
        }
    }
    lines
}
