//! `scenario score`: how good its probabilities were.

use std::process::ExitCode;

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::find;
use crate::cli::indicator::AsOfArgs;
use crate::cli::output::time;
use crate::cli::{Context, Done, Failure};
use crate::detect::calibration::{self, Calibration, ENOUGH_FOR_A_TABLE, Row};
use crate::model::text::figure;
use crate::model::time::{duration_words, rfc3339};
use crate::pipeline::score::{self, Horizon, Score, Truth};
use crate::settings::unit;

/// What to score.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The scenario: `watch/scenario`, or the bare id
    id: String,
    /// A forecast comes true within this time, such as `30d`; by the watch's `until` when left out, else 30 days
    #[arg(long, value_name = "D", value_parser = horizon)]
    horizon: Option<SignedDuration>,
    #[command(flatten)]
    as_of: AsOfArgs,
}

fn horizon(text: &str) -> Result<SignedDuration, String> {
    let wait = unit::duration(text).filter(|wait| !wait.is_zero());
    wait.ok_or_else(|| format!("`{text}` is no horizon; expected such as 30d"))
}

/// Runs the command.
pub fn run(context: &Context, args: &Args) -> Done {
    let loaded = context.load()?;
    let (watch, scenario) = find(&loaded.plan, &args.id)?;
    if scenario.prior.is_none() {
        return Err(Failure::Usage(format!("{} has no `prior`: it carries no probability to score", scenario.name)));
    }
    let horizon = args.horizon.map_or_else(|| Horizon::of(watch), Horizon::Within);
    let as_of = args.as_of.moment();
    let score = context.reader(&loaded)?.read(|view| score::score(view, watch, scenario, horizon, as_of))?;
    let calibration = calibration::calibration(&score.resolved);
    let table = calibration::table(&score.resolved);
    if context.output.json {
        let mut line = members(&score, calibration.as_ref(), table.as_deref());
        let until = match horizon {
            Horizon::Until(end) => json!({"until": time(Some(end), &watch.zone)}),
            Horizon::Within(wait) => json!({"within": duration_words(wait)}),
        };
        line["watch"] = json!(watch.id);
        line["scenario"] = json!(scenario.name.to_string());
        line["horizon"] = until;
        context.output.line(&line);
        return Ok(ExitCode::SUCCESS);
    }
    let by_when = match horizon {
        Horizon::Until(end) => format!("by {}", rfc3339(end, &watch.zone)),
        Horizon::Within(wait) => format!("within {}", duration_words(wait)),
    };
    let truth = match score.truth {
        Truth::Marks => "the watch's marks",
        Truth::Activations => "its own activations, since the watch marks no date of it",
    };
    context.output.text(&format!("{}: daily forecasts of what comes {by_when}, against {truth}", scenario.name));
    context.output.text(&counted(&score));
    match &calibration {
        None => context.output.text("None can be scored yet."),
        Some(calibration) => print(context, calibration, table),
    }
    Ok(ExitCode::SUCCESS)
}

fn counted(score: &Score) -> String {
    let came = score.resolved.iter().filter(|one| one.happened).count();
    format!(
        "{} resolved ({came} came true, {} did not), {} open, {} void",
        score.resolved.len(),
        score.resolved.len() - came,
        score.open,
        score.void
    )
}

fn print(context: &Context, calibration: &Calibration, table: Option<Vec<Row>>) {
    let skill = calibration.skill.map_or_else(
        || "no skill to speak of: all outcomes were alike".to_owned(),
        |skill| format!("skill {}", figure(skill, 3)),
    );
    context.output.text(&format!(
        "Brier score {} = reliability {} − resolution {} + uncertainty {}; {skill}\nlog score {}",
        figure(calibration.brier, 4),
        figure(calibration.reliability, 4),
        figure(calibration.resolution, 4),
        figure(calibration.uncertainty, 4),
        figure(calibration.log_score, 4)
    ));
    let Some(table) = table else {
        context.output.text(&format!(
            "A reliability table is shown from {ENOUGH_FOR_A_TABLE} resolved forecasts on: with fewer it tells noise."
        ));
        return;
    };
    let share = |share: f64| format!("{:.0} %", share * 100.0);
    let rows = table.iter().map(|row| {
        vec![
            format!("{} to {}", share(row.from), share(row.to)),
            row.count.to_string(),
            share(row.forecast),
            share(row.happened),
        ]
    });
    context.output.table(&["BAND", "FORECASTS", "MEAN FORECAST", "CAME TRUE"], rows.collect(), "");
}

fn members(score: &Score, calibration: Option<&Calibration>, table: Option<&[Row]>) -> Value {
    let rows = table.map(|rows| {
        let row = |row: &Row| {
            json!({"from": row.from, "to": row.to, "count": row.count, "forecast": row.forecast, "happened": row.happened})
        };
        rows.iter().map(row).collect::<Vec<_>>()
    });
    let came = score.resolved.iter().filter(|one| one.happened).count();
    json!({
        "watch": null, "scenario": null, "horizon": null, "resolved_by": score.truth.word(),
        "resolved": score.resolved.len(), "came_true": came, "open": score.open, "void": score.void,
        "brier": calibration.map(|one| one.brier), "log_score": calibration.map(|one| one.log_score),
        "reliability": calibration.map(|one| one.reliability), "resolution": calibration.map(|one| one.resolution),
        "uncertainty": calibration.map(|one| one.uncertainty), "skill": calibration.and_then(|one| one.skill), "table": rows,
    })
}
