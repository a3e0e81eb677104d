//! What each measure needs, and of which kinds it can be taken.

use crate::model::condition::Measure;
use crate::model::indicator::Kind;

/// What a measure asks of its condition.
pub struct Traits {
    /// The kinds it can be taken of.
    pub kinds: &'static [Kind],
    /// Whether it looks back over `window`, which then has to be given.
    pub window: bool,
    /// Whether it compares with `baseline` readings, which then have to be given.
    pub baseline: bool,
    /// Whether its figures are days, so that a bound may be a duration.
    pub days: bool,
    /// The least it can be.
    pub least: Option<f64>,
    /// The most it can be.
    pub most: Option<f64>,
}

const FIGURES: &[Kind] = &[Kind::Level, Kind::Count, Kind::Report];
const COUNTS: &[Kind] = &[Kind::Count, Kind::Report];
const REPORTS: &[Kind] = &[Kind::Report];
const SCHEDULES: &[Kind] = &[Kind::Schedule];
const ALL: &[Kind] = &[Kind::Level, Kind::Count, Kind::Report, Kind::Schedule];

const PLAIN: Traits = Traits { kinds: FIGURES, window: false, baseline: false, days: false, least: None, most: None };
const COMPARED: Traits = Traits { baseline: true, ..PLAIN };
const COUNTED: Traits = Traits { kinds: REPORTS, window: true, least: Some(0.0), ..PLAIN };
const DATED: Traits = Traits { kinds: SCHEDULES, days: true, ..PLAIN };
const PROMISED: Traits = Traits { kinds: SCHEDULES, ..PLAIN };

/// What a measure asks of its condition.
pub fn traits(measure: Measure) -> Traits {
    match measure {
        Measure::Value | Measure::Change => PLAIN,
        Measure::Streak => Traits { least: Some(0.0), ..PLAIN },
        Measure::Ratio
        | Measure::LogRatio
        | Measure::Trend
        | Measure::Zscore
        | Measure::EarsC1
        | Measure::EarsC2
        | Measure::EarsC3
        | Measure::Cusum
        | Measure::Ewma
        | Measure::Farrington => COMPARED,
        Measure::Poisson => Traits { kinds: COUNTS, least: Some(0.0), most: Some(1.0), ..COMPARED },
        Measure::Total => Traits { kinds: COUNTS, window: true, ..PLAIN },
        Measure::Age => Traits { kinds: ALL, days: true, least: Some(0.0), ..PLAIN },
        Measure::Scan => Traits { kinds: REPORTS, window: true, ..PLAIN },
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
    let mut text = "\n## Measures\n\n| measure | of | needs | bound |\n| --- | --- | --- | --- |\n".to_owned();
    for (word, measure) in Measure::ALL {
        let traits = traits(measure);
        let kinds: Vec<&str> = traits.kinds.iter().map(|kind| kind.word()).collect();
        let needs = match (traits.window, traits.baseline) {
            (true, _) => "`window`",
            (_, true) => "`baseline`",
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
