//! `scenario`: where scenarios stand, and the truth table behind it.

mod drill;
mod score;

use std::process::ExitCode;

use serde_json::{Value, json};

use super::alert::{acts, likelihood_members};
use super::indicator::AsOfArgs;
use super::output::{moment, time};
use super::{Context, Done, Failure, the_one};
use crate::config::Plan;
use crate::config::plan::Watch;
use crate::model::likelihood::Likelihood;
use crate::model::scenario::Scenario as Planned;
use crate::model::time::before;
use crate::pipeline::decide::FLAP_WINDOW;
use crate::pipeline::judge::{self, Judgement};
use crate::pipeline::{AsOf, likelihood};
use crate::store::View;

/// Acts shown beside a scenario.
const ACTS_SHOWN: u32 = 10;

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
    /// How good its probabilities were: Brier and log score, reliability
    Score(score::Args),
    /// Send a marked test alert with the data of now through the real outbox
    Drill(drill::Args),
}

/// Runs the command.
pub fn run(context: &Context, scenario: &Scenario) -> Done {
    match scenario {
        Scenario::List(as_of) => list(context, as_of.moment()),
        Scenario::Show { id, as_of } => show(context, id, as_of.moment()),
        Scenario::Score(args) => score::run(context, args),
        Scenario::Drill(args) => drill::run(context, args),
    }
}

/// The scenario that a word means, with its watch.
pub fn find<'p>(plan: &'p Plan, word: &str) -> Result<(&'p Watch, &'p Planned), Failure> {
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
                let judgement = judged(view, &loaded.plan, watch, scenario, as_of)?;
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
            &["SCENARIO", "PATH", "STATE", "SINCE", "VERDICT", "PROBABILITY", "TITLE"],
            rows,
            "No scenario is configured.",
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Judges a scenario, its probability included.
pub fn judged(
    view: &View<'_>,
    plan: &Plan,
    watch: &Watch,
    scenario: &Planned,
    as_of: AsOf,
) -> crate::store::Result<Judgement> {
    let mut judgement = judge::judge(view, watch, scenario, as_of)?;
    judgement.likelihood = likelihood::likelihood(view, watch, scenario, &judgement, plan.settings.lexicon)?;
    Ok(judgement)
}

fn row(watch: &Watch, scenario: &Planned, judgement: &Judgement) -> Vec<String> {
    let blind = if judgement.state.blind.is_some() { ", blind" } else { "" };
    vec![
        scenario.name.to_string(),
        scenario.path.word().to_owned(),
        format!("{}{blind}", judgement.state.phase.word()),
        moment(Some(judgement.state.since), &watch.zone),
        judgement.verdict.word().to_owned(),
        judgement.likelihood.as_ref().map(|one| format!("{:.0} %", one.probability * 100.0)).unwrap_or_default(),
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
    let since = before(judgement.as_of.known, FLAP_WINDOW);
    let done = view.acts_of_scenario(&scenario.name, ACTS_SHOWN)?;
    let mut line = json!({
        "watch": watch.id, "scenario": scenario.name.to_string(), "title": scenario.title, "path": scenario.path.word(),
        "state": judgement.state.phase.word(), "blind": judgement.state.blind.is_some(),
        "since": time(Some(judgement.state.since), &watch.zone), "verdict": judgement.verdict.word(), "conditions": conditions,
        "alert": judgement.state.alert, "reason": view.last_reason(&scenario.name, judgement.as_of.known)?,
        "activations_30d": view.activations(&scenario.name, since)?, "rule": scenario.rule(),
        "acts": done.iter().map(|act| acts::line(act, &watch.zone)).collect::<Vec<_>>(),
    });
    if let Some(members) = line.as_object_mut() {
        members.extend(likelihood_members(judgement.likelihood.as_ref()));
    }
    Ok(line)
}

fn show(context: &Context, id: &str, as_of: AsOf) -> Done {
    let loaded = context.load()?;
    let (watch, scenario) = find(&loaded.plan, id)?;
    let mut reader = context.reader(&loaded)?;
    let (judgement, line, transitions, done) = reader.read(|view| -> anyhow::Result<_> {
        let judgement = judged(view, &loaded.plan, watch, scenario, as_of)?;
        let line = members(view, watch, scenario, &judgement)?;
        let done = view.acts_of_scenario(&scenario.name, ACTS_SHOWN)?;
        Ok((judgement, line, view.last_transitions(&scenario.name, 10)?, done))
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
    if let Some(likelihood) = &judgement.likelihood {
        print_likelihood(context, likelihood);
    }
    for act in done.iter().filter(|act| act.at <= as_of.known) {
        context.output.text(&acts::words(act, &watch.zone));
    }
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

/// Likelihood and confidence never share a sentence.
fn print_likelihood(context: &Context, likelihood: &Likelihood) {
    context.output.text(&format!("Probability, beside the rules: {}", likelihood.words()));
    context.output.text(&format!("Confidence: {}", likelihood.confidence_words()));
    if let Some(strongest) = likelihood.strongest_words() {
        context.output.text(&format!("Moved most by {strongest}"));
    }
    context.output.text("");
}
