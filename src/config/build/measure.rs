//! What each measure needs, and of which kinds it can be taken.

use crate::model::condition::Measure;
use crate::model::indicator::Kind;

/// What a measure asks of its condition.
pub struct Traits {
    /// The kinds it can be taken of.
    pub kinds: &'static [Kind],
    /// Whether it looks back over `window`, which then has to be given.
    pub window: bool,
    /// Whether it compares with `baseline` readings.
    pub baseline: Baseline,
    /// Whether its figures are days, so that a bound may be a duration.
    pub days: bool,
    /// The least it can be.
    pub least: Option<f64>,
    /// The most it can be.
    pub most: Option<f64>,
}

/// Whether a measure takes `baseline`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Baseline {
    /// It has none.
    Unused,
    /// The method's own where nothing is said.
    Own,
    /// It has to be given: there is no usual one.
    Given,
}

const FIGURES: &[Kind] = &[Kind::Level, Kind::Count, Kind::Report];
const COUNTS: &[Kind] = &[Kind::Count, Kind::Report];
const REPORTS: &[Kind] = &[Kind::Report];
const SCHEDULES: &[Kind] = &[Kind::Schedule];
const ALL: &[Kind] = &[Kind::Level, Kind::Count, Kind::Report, Kind::Schedule];

const PLAIN: Traits =
    Traits { kinds: FIGURES, window: false, baseline: Baseline::Unused, days: false, least: None, most: None };
const COMPARED: Traits = Traits { baseline: Baseline::Given, ..PLAIN };
const DETECTED: Traits = Traits { baseline: Baseline::Own, ..PLAIN };
const COUNTED: Traits = Traits { kinds: REPORTS, window: true, least: Some(0.0), ..PLAIN };
const DATED: Traits = Traits { kinds: SCHEDULES, days: true, ..PLAIN };
const PROMISED: Traits = Traits { kinds: SCHEDULES, ..PLAIN };

/// What a measure asks of its condition.
pub fn traits(measure: Measure) -> Traits {
    match measure {
        // A streak of falls is negative.
        Measure::Value | Measure::Change | Measure::Streak => PLAIN,
        Measure::Ratio | Measure::Trend => COMPARED,
        Measure::LogRatio
        | Measure::Zscore
        | Measure::EarsC1
        | Measure::EarsC2
        | Measure::EarsC3
        | Measure::Cusum
        | Measure::Ewma
        | Measure::Farrington
        | Measure::FarringtonClassic => DETECTED,
        Measure::Poisson | Measure::PoissonPlugIn | Measure::NegativeBinomial => {
            Traits { kinds: COUNTS, least: Some(0.0), most: Some(1.0), ..DETECTED }
        }
        Measure::Total => Traits { kinds: COUNTS, window: true, ..PLAIN },
        Measure::Age => Traits { kinds: ALL, days: true, least: Some(0.0), ..PLAIN },
        Measure::Scan => {
            Traits { kinds: REPORTS, window: true, baseline: Baseline::Own, least: Some(0.0), most: Some(1.0), ..PLAIN }
        }
        Measure::Reports | Measure::Corroborated | Measure::Origins => COUNTED,
        Measure::Announced | Measure::Delivered => Traits { kinds: SCHEDULES, ..COUNTED },
        Measure::DaysUntil | Measure::Slip => DATED,
        Measure::DaysOverdue => Traits { least: Some(0.0), ..DATED },
        Measure::Amount | Measure::AmountRatio => Traits { least: Some(0.0), ..PROMISED },
        Measure::Lateness => Traits { least: Some(0.0), most: Some(1.0), ..PROMISED },
    }
}

/// The measures as Markdown.
pub fn reference() -> String {
    let mut text = "\n## Measures\n\n| measure | of | takes | bound |\n| --- | --- | --- | --- |\n".to_owned();
    for (word, measure) in Measure::ALL {
        let traits = traits(measure);
        let kinds: Vec<&str> = traits.kinds.iter().map(|kind| kind.word()).collect();
        let needs = match (traits.window, traits.baseline) {
            (true, _) => "`window`",
            (_, Baseline::Given) => "`baseline`",
            (_, Baseline::Own) => "`baseline`, else the method's own",
            _ if measure == Measure::Change => "`over`, else 1",
            _ => "",
        };
        let bound = match measure {
            Measure::Change => "a number, or a share such as `-25%`",
            _ if traits.days => "days, as a number or `30d`",
            _ => "a number",
        };
        text.push_str(&format!("| `{word}` | {} | {needs} | {bound} |\n", kinds.join(", ")));
    }
    text
}

/// The measure of a condition that names none.
pub fn default_measure(kind: Kind) -> Measure {
    match kind {
        Kind::Level | Kind::Count => Measure::Value,
        Kind::Report => Measure::Corroborated,
        Kind::Schedule => Measure::DaysOverdue,
    }
}
