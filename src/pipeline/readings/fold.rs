//! The values of one period → one value.

use crate::model::indicator::Aggregate;
use crate::model::observation::{Flag, Observation, Value};
use crate::model::quantity::{Bound, Quantity};

/// What a period's observations come to.
pub(super) struct Taken {
    pub quantity: Quantity,
    pub flags: Vec<Flag>,
    pub vintages: Vec<i64>,
    /// Whether nothing of the period is left out.
    pub is_whole: bool,
}

impl Taken {
    /// All of them by an aggregate; of none, what the aggregate makes of nothing.
    pub fn of(observations: &[&Observation], aggregate: Aggregate) -> Self {
        let quantities: Vec<Quantity> =
            observations.iter().filter_map(|observation| quantity_of(observation)).collect();
        let vintages = match aggregate {
            Aggregate::Last => observations.last().map(|observation| observation.id).into_iter().collect(),
            _ => observations.iter().map(|observation| observation.id).collect(),
        };
        let mut flags: Vec<Flag> =
            observations.iter().flat_map(|observation| observation.flags.iter().copied()).collect();
        flags.sort();
        flags.dedup();
        Self { quantity: aggregated(&quantities, aggregate), flags, vintages, is_whole: true }
    }

    /// The same, with what was not accounted for left open above.
    pub fn with_gaps(mut self) -> Self {
        self.quantity.high = None;
        self.is_whole = false;
        self
    }
}

/// Some quantities by an aggregate; a side that is open in one of them is open in the whole.
pub(super) fn aggregated(quantities: &[Quantity], aggregate: Aggregate) -> Quantity {
    let side = |pick: fn(&Quantity) -> Option<f64>| -> Option<f64> {
        let sides: Option<Vec<f64>> = quantities.iter().map(pick).collect();
        sides.map(|sides| of_figures(&sides, aggregate))
    };
    let values: Vec<f64> = quantities.iter().map(|quantity| quantity.value).collect();
    let bound = match quantities {
        [one] => one.bound,
        _ => Bound::Exact,
    };
    Quantity {
        value: of_figures(&values, aggregate),
        low: side(|quantity| quantity.low),
        high: side(|quantity| quantity.high),
        bound,
    }
}

fn of_figures(figures: &[f64], aggregate: Aggregate) -> f64 {
    match aggregate {
        Aggregate::Last => figures.last().copied().unwrap_or(0.0),
        // The sum of nothing is a negative zero, which would be shown as one.
        Aggregate::Sum => figures.iter().sum::<f64>() + 0.0,
        Aggregate::Mean => figures.iter().sum::<f64>() / (figures.len().max(1) as f64),
        Aggregate::Median => median(figures).unwrap_or(0.0),
        Aggregate::Min => figures.iter().copied().reduce(f64::min).unwrap_or(0.0),
        Aggregate::Max => figures.iter().copied().reduce(f64::max).unwrap_or(0.0),
    }
}

/// The median of some figures; `None` of none.
pub fn median(figures: &[f64]) -> Option<f64> {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let upper = sorted.get(middle)?;
    if sorted.len() % 2 == 1 { Some(*upper) } else { Some(f64::midpoint(*sorted.get(middle.checked_sub(1)?)?, *upper)) }
}

/// What an observation counts: its figure, or one for a report.
pub(super) fn quantity_of(observation: &Observation) -> Option<Quantity> {
    match &observation.value {
        Value::Quantity(quantity) => Some(*quantity),
        Value::Report(_) => Some(Quantity::exact(1.0)),
        Value::Statement(_) => None,
    }
}

/// Whether a guard lets an observation into readings.
pub(super) fn counts(observation: &Observation) -> bool {
    !observation.flags.iter().any(|flag| flag.bars_from_readings())
}
