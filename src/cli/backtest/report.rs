//! The page of `backtest --report`: one file, no script, nothing loaded from elsewhere.

use minijinja::context;
use minijinja::value::Serde;
use serde_json::{Value, json};

use super::drawing;
use super::lines::{Entry, change_words, entries, mails_words, mark_cells, share_words};
use super::past::Tested;
use crate::cli::output::moment;
use crate::config::plan::Watch;
use crate::model::indicator::Kind;
use crate::model::reading::Reading;
use crate::model::text::one_line;
use crate::model::time::Span;
use crate::notify;
use crate::pipeline::AsOf;
use crate::pipeline::readings::readings;
use crate::store::{StoreError, View};

const PAGE: &str = include_str!("report.html");
/// The most periods that are drawn of one indicator.
const PERIODS_DRAWN: i64 = 500;

/// An indicator's readings over the stretch.
pub struct Series {
    /// How the indicator is shown.
    pub title: String,
    /// Its unit.
    pub unit: String,
    /// The readings as they are known at the end, oldest first.
    pub readings: Vec<Reading>,
}

/// The readings of a watch's levels and counts, as they are known at the end of a stretch.
///
/// # Errors
/// What the store refuses.
pub fn series(view: &View<'_>, watch: &Watch, span: Span) -> Result<Vec<Series>, StoreError> {
    let mut found = Vec::new();
    for indicator in &watch.indicators {
        let spec = &indicator.spec;
        if !matches!(spec.kind, Kind::Level | Kind::Count) {
            continue;
        }
        let running = crate::model::time::Period::containing(spec.period, span.to, &watch.zone);
        let periods = (1..PERIODS_DRAWN).find(|back| running.offset(-back).span(&watch.zone).to <= span.from);
        let periods = u32::try_from(periods.unwrap_or(PERIODS_DRAWN)).unwrap_or(1);
        let readings = readings(view, watch, indicator, periods, AsOf::now(span.to))?;
        found.push(Series { title: spec.title.clone(), unit: spec.unit.clone(), readings });
    }
    Ok(found)
}

/// The page about some replayed watches.
///
/// # Errors
/// When the page cannot be laid out, which only a defect can bring about.
pub fn page(tested: &[Tested<'_>]) -> anyhow::Result<String> {
    let mut pages = minijinja::Environment::new();
    pages.add_template("report.html", PAGE)?;
    let watches: Vec<Value> = tested.iter().map(watch).collect();
    Ok(pages.get_template("report.html")?.render(context! { watches => Serde(watches) })?)
}

fn watch(tested: &Tested<'_>) -> Value {
    let zone = &tested.watch.zone;
    let span = tested.replayed.span;
    let scenarios: Vec<Value> = tested
        .watch
        .scenarios
        .iter()
        .zip(&tested.score.scenarios)
        .map(|(scenario, one)| {
            json!({
                "title": scenario.title, "path": scenario.path.word(), "name": scenario.name.to_string(),
                "activations": one.activations, "false_alarms": one.false_alarms, "undone": one.undone,
                "flaps": one.flaps, "judged": share_words(one.coverage),
                "picture": drawing::timeline(tested, &scenario.name),
            })
        })
        .collect();
    let series: Vec<Value> = tested
        .series
        .iter()
        .map(|one| json!({ "title": one.title, "unit": one.unit, "picture": drawing::readings(tested, one) }))
        .collect();
    json!({
        "title": tested.watch.title, "id": tested.watch.id, "origin": tested.origin.word(),
        "zone": tested.watch.zone_name, "from": moment(Some(span.from), zone), "to": moment(Some(span.to), zone),
        "scenarios": scenarios, "series": series, "mails": mails_words(tested),
        "marks": tested.score.marks.iter().map(mark_cells).collect::<Vec<_>>(),
        "entries": entries(tested).into_iter().map(|entry| entry_cells(tested, entry)).collect::<Vec<_>>(),
    })
}

fn entry_cells(tested: &Tested<'_>, entry: Entry<'_>) -> Value {
    let at = moment(Some(entry.at()), &tested.watch.zone);
    match entry {
        Entry::Change(change) => {
            let one = &change.transition;
            let conditions: Vec<String> = one
                .account
                .conditions
                .iter()
                .map(|condition| {
                    format!(
                        "{}: {} {} is {} ({}); {}",
                        condition.verdict.word(),
                        condition.title,
                        condition.measure,
                        condition.shown,
                        condition.bound,
                        one_line(&condition.why, 300)
                    )
                })
                .collect();
            json!({
                "at": at, "kind": "decided", "what": format!("{} {}", one.scenario.local(), change_words(change)),
                "why": one_line(&one.reason, 400), "conditions": conditions,
            })
        }
        Entry::Mail(mail) => {
            json!({ "at": at, "kind": "mail", "what": mail.kind.word(), "why": notify::subject(&mail.message), "conditions": [] })
        }
    }
}
