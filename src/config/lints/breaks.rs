//! Conditions that compare periods before and after a stated change of definition.

use jiff::civil::Date;

use crate::config::plan::Watch;
use crate::model::condition::{Condition, Measure};
use crate::model::time::Period;
use crate::settings::{Entries, Page};

/// Warns of every condition for which a break falls into the watch's own time.
pub fn lint(watch: &Watch, root: &Entries, page: &mut Page) {
    for scenario in &watch.scenarios {
        let tables = root.table("scenarios").and_then(|all| all.table(scenario.name.local()));
        let tables = tables.map(|table| table.items("when")).unwrap_or_default();
        for (condition, node) in scenario.conditions.iter().zip(tables) {
            let (Some(date), Some(table)) = (crossed(watch, condition), node.table()) else { continue };
            let (measure, id) = (condition.measure.word(), condition.indicator.local());
            page.warning(
                "across-a-break",
                &table.span_of("measure"),
                format!("`{measure}` compares `{id}` across its break of {date}"),
            )
            .label("unknown until enough periods have passed since")
            .help("nothing is compared across a break; a bound on `value` holds meanwhile");
        }
    }
}

/// The break that a condition meets while the watch lasts.
fn crossed(watch: &Watch, condition: &Condition) -> Option<Date> {
    let indicator = watch.indicator(&condition.indicator)?;
    let back = i64::from(periods_back(condition)?);
    let mut met = indicator.spec.breaks.iter().filter(|date| {
        // The last reading that is compared back over the break decides for one more period, while the next is made.
        let past = Period::of_date(indicator.spec.period, **date).offset(back + 2).first_date();
        watch.until.is_none_or(|until| **date <= until) && watch.from.is_none_or(|from| past > from)
    });
    met.next().copied()
}

/// How many periods before the latest a measure looks at; `None`: it compares nothing.
fn periods_back(condition: &Condition) -> Option<u32> {
    match condition.measure {
        Measure::Change => Some(condition.over.unwrap_or(1)),
        Measure::Streak => Some(1),
        Measure::Ratio
        | Measure::LogRatio
        | Measure::Trend
        | Measure::Zscore
        | Measure::Poisson
        | Measure::PoissonPlugIn
        | Measure::NegativeBinomial
        | Measure::EarsC1
        | Measure::EarsC2
        | Measure::EarsC3
        | Measure::Cusum
        | Measure::Ewma
        | Measure::Farrington
        | Measure::FarringtonClassic => Some(condition.baseline.unwrap_or(7)),
        _ => None,
    }
}
