//! `scenario`: where scenarios stand, and the truth table behind it.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::indicator::AsOfArgs;
use super::output::{moment, time};
use super::{Context, Done, Failure, the_one};
use crate::config::Plan;
use crate::config::plan::Watch;
use crate::model::scenario::Scenario as Planned;
use crate::pipeline::AsOf;
use crate::pipeline::judge::{self, Judgement};
use crate::store::View;

/// What to do with scenarios.
#[derive(Debug, clap::Subcommand)]
pub enum Scenario {
    /// Every scenario with its state
    List(AsOfArgs),
    /// One scenario with each condition
    Show {
        /// The scenario: `watch/scenario`, or the bare id
        id: String,
        #[command(flatten)]
        as_of: AsOfArgs,
    },
}

/// Runs the command.
pub fn run(context: &Context, scenario: &Scenario) -> Done {
    match scenario {
        Scenario::List(as_of) => list(context, as_of.moment()),
        Scenario::Show { id, as_of } => show(context, id, as_of.moment()),
    }
}

fn find<'p>(plan: &'p Plan, word: &str) -> Result<(&'p Watch, &'p Planned), Failure> {
    let all = plan.watches.iter().flat_map(|watch| watch.scenarios.iter().map(move |scenario| (watch, scenario)));
    the_one("scenario", word, all, |(_, scenario)| &scenario.name)
}

fn list(context: &Context, as_of: AsOf) -> Done {
    let loaded = context.load()?;
    let mut reader = context.reader(&loaded)?;
    let mut rows = Vec::new();
    let lines = reader.read(|view| -> anyhow::Result<Vec<Value>> {
        let mut lines = Vec::new();
        for watch in &loaded.plan.watches {
            for scenario in &watch.scenarios {
                let judgement = judge::judge(view, watch, scenario, as_of)?;
                rows.push(row(watch, scenario, &judgement));
                lines.push(members(view, watch, scenario, &judgement)?);
            }
        }
        Ok(lines)
    })?;
    if context.output.json {
        lines.iter().for_each(|line| context.output.line(line));
    } else {
        context.output.table(
            &["SCENARIO", "PATH", "STATE", "SINCE", "VERDICT", "TITLE"],
            rows,
            "No scenario is configured.",
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn row(watch: &Watch, scenario: &Planned, judgement: &Judgement) -> Vec<String> {
    let blind = if judgement.state.blind.is_some() { ", blind" } else { "" };
    vec![
        scenario.name.to_string(),
        scenario.path.word().to_owned(),
        format!("{}{blind}", judgement.state.phase.word()),
        moment(Some(judgement.state.since), &watch.zone),
        judgement.verdict.word().to_owned(),
        scenario.title.clone(),
    ]
}

/// The members of one scenario's line.
pub fn members(view: &View<'_>, watch: &Watch, scenario: &Planned, judgement: &Judgement) -> anyhow::Result<Value> {
    let conditions: Vec<Value> = scenario
        .conditions
        .iter()
        .zip(&judgement.answers)
        .map(|(condition, answer)| {
            json!({
                "indicator": condition.indicator.to_string(), "measure": condition.measure.word(), "verdict": answer.verdict.word(),
                "value": answer.measured.value, "shown": answer.measured.shown, "bound": condition.bound, "why": answer.measured.why,
                "vintage": answer.measured.vintages.last(),
            })
        })
        .collect();
    Ok(json!({
        "watch": watch.id, "scenario": scenario.name.to_string(), "title": scenario.title, "path": scenario.path.word(),
        "state": judgement.state.phase.word(), "blind": judgement.state.blind.is_some(),
        "since": time(Some(judgement.state.since), &watch.zone), "verdict": judgement.verdict.word(), "conditions": conditions,
        "alert": judgement.state.alert, "reason": view.last_reason(&scenario.name, judgement.as_of.known)?, "probability": null, "word": null, "band": null,
    }))
}

fn show(context: &Context, id: &str, as_of: AsOf) -> Done {
    let loaded = context.load()?;
    let (watch, scenario) = find(&loaded.plan, id)?;
    let mut reader = context.reader(&loaded)?;
    let (judgement, line, transitions) = reader.read(|view| -> anyhow::Result<_> {
        let judgement = judge::judge(view, watch, scenario, as_of)?;
        let line = members(view, watch, scenario, &judgement)?;
        Ok((judgement, line, view.last_transitions(&scenario.name, 10)?))
    })?;
    if context.output.json {
        context.output.line(&line);
        return Ok(ExitCode::SUCCESS);
    }
    let blind = if judgement.state.blind.is_some() { ", blind" } else { "" };
    context.output.text(&format!(
        "{} ({}): {}\n{}{blind} since {}; {} of its conditions needed, together they are {}\n",
        scenario.name,
        scenario.path.word(),
        scenario.title,
        judgement.state.phase.word(),
        moment(Some(judgement.state.since), &watch.zone),
        scenario.needs.words(scenario.conditions.len()),
        judgement.verdict.word()
    ));
    let rows = scenario
        .conditions
        .iter()
        .zip(&judgement.answers)
        .map(|(condition, answer)| {
            let test = format!("{} {}", condition.indicator.local(), condition.measure.word());
            vec![
                answer.verdict.word().to_owned(),
                test,
                answer.measured.shown.clone(),
                condition.bound.clone(),
                answer.measured.why.clone(),
            ]
        })
        .collect();
    context.output.table(&["VERDICT", "TEST", "VALUE", "BOUND", "WHY"], rows, "It has no condition.");
    for transition in transitions.iter().filter(|transition| transition.at <= as_of.known) {
        let at = moment(Some(transition.at), &watch.zone);
        context.output.text(&format!(
            "{at}  {} → {}: {}",
            transition.from.word(),
            transition.to.word(),
            transition.reason
        ));
    }
    Ok(ExitCode::SUCCESS)
}
