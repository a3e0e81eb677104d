//! One test on one indicator, and its three-valued answer.

use jiff::SignedDuration;

use super::name::Name;
use super::text::figure;
use super::time;

/// The answer to a condition. *Unknown is not false.*
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// What is known does not tell.
    Unknown,
}

impl Verdict {
    /// The word used in output and store.
    pub fn word(self) -> &'static str {
        match self {
            Self::True => "true",
            Self::False => "false",
            Self::Unknown => "unknown",
        }
    }

    /// Reads [`Verdict::word`] back; anything else is unknown.
    pub fn parse(word: &str) -> Self {
        match word {
            "true" => Self::True,
            "false" => Self::False,
            _ => Self::Unknown,
        }
    }
}

/// Kleene's strong negation: unknown stays unknown.
impl std::ops::Not for Verdict {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}

impl From<bool> for Verdict {
    fn from(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }
}

/// How many of a scenario's conditions have to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Needs {
    /// Every one.
    All,
    /// One is enough.
    Any,
    /// At least so many.
    AtLeast(u32),
}

impl Needs {
    /// The number that has to hold among `count` conditions.
    pub fn number(self, count: usize) -> usize {
        match self {
            Self::All => count,
            Self::Any => 1,
            Self::AtLeast(number) => number as usize,
        }
    }

    /// Kleene's answer: unknown exactly when the unknown ones could decide.
    pub fn judge(self, verdicts: &[Verdict]) -> Verdict {
        let held = verdicts.iter().filter(|v| **v == Verdict::True).count();
        let open = verdicts.iter().filter(|v| **v == Verdict::Unknown).count();
        let needed = self.number(verdicts.len());
        if held >= needed {
            Verdict::True
        } else if held + open < needed {
            Verdict::False
        } else {
            Verdict::Unknown
        }
    }

    /// `all`, `any` or `2 of 3`.
    pub fn words(self, count: usize) -> String {
        match self {
            Self::All => "all".to_owned(),
            Self::Any => "any".to_owned(),
            Self::AtLeast(number) => format!("{number} of {count}"),
        }
    }
}

/// How long something has to be true, or false, before it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// So long.
    Time(SignedDuration),
    /// For so many releases of the slow indicators behind it.
    Releases(u32),
}

impl Hold {
    /// At once.
    pub const NONE: Self = Self::Time(SignedDuration::ZERO);

    /// Whether it asks for nothing.
    pub fn is_none(self) -> bool {
        match self {
            Self::Time(wait) => wait <= SignedDuration::ZERO,
            Self::Releases(count) => count <= 1,
        }
    }

    /// `24 hours` or `2 releases`.
    pub fn words(self) -> String {
        match self {
            Self::Time(wait) => time::duration_words(wait),
            Self::Releases(count) => format!("{count} releases"),
        }
    }
}

/// What is measured on an indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Measure {
    /// The latest final reading.
    Value,
    /// Its difference to an earlier final reading; a share where the bound is one.
    Change,
    /// It divided by the median of the `baseline` readings before it.
    Ratio,
    /// Robust z of the log change.
    LogRatio,
    /// Theil–Sen slope per period.
    Trend,
    /// How many final readings in a row moved the same way.
    Streak,
    /// The sum over `window`.
    Total,
    /// Days since the newest value.
    Age,
    /// z-score against the baseline.
    Zscore,
    /// Tail probability of the count, the mean's own uncertainty included.
    Poisson,
    /// The same as if the baseline's mean were the truth.
    PoissonPlugIn,
    /// The same with the baseline's own overdispersion.
    NegativeBinomial,
    /// EARS C1.
    EarsC1,
    /// EARS C2.
    EarsC2,
    /// EARS C3.
    EarsC3,
    /// CUSUM.
    Cusum,
    /// EWMA.
    Ewma,
    /// Farrington flexible.
    Farrington,
    /// Farrington 1996.
    FarringtonClassic,
    /// Kulldorff's scan.
    Scan,
    /// Reports in `window`.
    Reports,
    /// Corroborated events in `window`.
    Corroborated,
    /// The most independent origins of one event in `window`.
    Origins,
    /// Announcements in `window`.
    Announced,
    /// Deliveries in `window`.
    Delivered,
    /// Days until the expected date.
    DaysUntil,
    /// Days past due and grace; 0 before.
    DaysOverdue,
    /// Days by which the expected date has moved from the first one.
    Slip,
    /// The newest stated amount.
    Amount,
    /// It divided by the median of past ones.
    AmountRatio,
    /// The share of the series' own gaps that are shorter than the running one.
    Lateness,
}

impl Measure {
    /// Every measure with its word.
    pub const ALL: [(&'static str, Self); 31] = [
        ("value", Self::Value),
        ("change", Self::Change),
        ("ratio", Self::Ratio),
        ("log_ratio", Self::LogRatio),
        ("trend", Self::Trend),
        ("streak", Self::Streak),
        ("total", Self::Total),
        ("age", Self::Age),
        ("zscore", Self::Zscore),
        ("poisson", Self::Poisson),
        ("poisson-plugin", Self::PoissonPlugIn),
        ("negative-binomial", Self::NegativeBinomial),
        ("ears-c1", Self::EarsC1),
        ("ears-c2", Self::EarsC2),
        ("ears-c3", Self::EarsC3),
        ("cusum", Self::Cusum),
        ("ewma", Self::Ewma),
        ("farrington", Self::Farrington),
        ("farrington-classic", Self::FarringtonClassic),
        ("scan", Self::Scan),
        ("reports", Self::Reports),
        ("corroborated", Self::Corroborated),
        ("origins", Self::Origins),
        ("announced", Self::Announced),
        ("delivered", Self::Delivered),
        ("days_until", Self::DaysUntil),
        ("days_overdue", Self::DaysOverdue),
        ("slip", Self::Slip),
        ("amount", Self::Amount),
        ("amount_ratio", Self::AmountRatio),
        ("lateness", Self::Lateness),
    ];

    /// Reads a word of the configuration.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(name, _)| *name == word).map(|(_, measure)| measure)
    }

    /// The word of the configuration.
    pub fn word(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, measure)| *measure == self).map_or("value", |(name, _)| name)
    }
}

/// The limits of one condition, in the measure's own unit: shares as fractions, times as days.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Limits {
    /// True above this.
    pub above: Option<f64>,
    /// True below this.
    pub below: Option<f64>,
    /// True at or above this.
    pub at_least: Option<f64>,
    /// True at or below this.
    pub at_most: Option<f64>,
    /// Once true, stays true until above this.
    pub clear_above: Option<f64>,
    /// Once true, stays true until below this.
    pub clear_below: Option<f64>,
}

impl Limits {
    /// Whether a value range satisfies the limits; `latched` says that it did before.
    ///
    /// A range of which only a part satisfies them is unknown: a bound is
    /// crossed only when the whole range is past it.
    pub fn judge(&self, low: f64, high: f64, latched: bool) -> Verdict {
        let (at_low, at_high) = (self.holds(low, latched), self.holds(high, latched));
        match (at_low, at_high) {
            (true, true) => Verdict::True,
            (false, false) => Verdict::False,
            _ => Verdict::Unknown,
        }
    }

    fn holds(&self, value: f64, latched: bool) -> bool {
        if latched && (self.clear_above.is_some() || self.clear_below.is_some()) {
            let cleared = self.clear_above.is_some_and(|limit| value > limit)
                || self.clear_below.is_some_and(|limit| value < limit);
            return !cleared;
        }
        self.above.is_none_or(|limit| value > limit)
            && self.below.is_none_or(|limit| value < limit)
            && self.at_least.is_none_or(|limit| value >= limit)
            && self.at_most.is_none_or(|limit| value <= limit)
    }
}

/// Whether a running period may decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Partial {
    /// Only final readings.
    FinalOnly,
    /// Also a nowcast of the running period whose whole 80 % interval is past the limit.
    Nowcast,
}

/// One test on one indicator.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The indicator it tests.
    pub indicator: Name,
    /// What is measured.
    pub measure: Measure,
    /// How many readings before the latest make the baseline.
    pub baseline: Option<u32>,
    /// Against the reading so many periods before (`change`).
    pub over: Option<u32>,
    /// Looking back so long.
    pub window: Option<SignedDuration>,
    /// The limits.
    pub limits: Limits,
    /// Whether `limits` are shares of the earlier value (`change = "-25%"`).
    pub share: bool,
    /// How the limit was written, for people.
    pub bound: String,
    /// How long it has to hold by itself.
    pub hold: Hold,
    /// `false` turns the answer round: a disconfirming condition.
    pub expect: bool,
    /// Whether a running period may decide.
    pub partial: Partial,
    /// How much likelier this is if the scenario is under way.
    pub likelihood_ratio: Option<f64>,
    /// How fast its weight decays.
    pub half_life: Option<SignedDuration>,
    /// Which conditions depend on one another.
    pub group: Option<String>,
}

impl Condition {
    /// What is tested, in words: `sorties ratio at most 0.75, baseline 3`. It stays the same while its answer means the
    /// same, so it also names what a condition remembers.
    pub fn test_words(&self) -> String {
        let mut words = format!("{} {} {}", self.indicator.local(), self.measure.word(), self.bound);
        words.extend(self.until_words().map(|until| format!(" until {until}")));
        words.extend(self.baseline.map(|baseline| format!(", baseline {baseline}")));
        words.extend(self.over.map(|over| format!(", over {over}")));
        words.extend(self.window.map(|window| format!(", window {}", time::duration_words(window))));
        words.push_str(if self.partial == Partial::Nowcast { ", nowcast" } else { "" });
        words
    }

    /// What is tested, and how its answer counts: `sorties ratio at most 0.75, baseline 3, hold 24h`.
    pub fn words(&self) -> String {
        let mut words = self.test_words();
        if !self.hold.is_none() {
            words.push_str(&format!(", hold {}", self.hold.words()));
        }
        words.push_str(if self.expect { "" } else { ", expected not" });
        words
    }

    /// Where hysteresis lets it go, in words; nothing where it has none.
    fn until_words(&self) -> Option<String> {
        let side = |word: &str, limit: Option<f64>| limit.map(|limit| format!("{word} {}", figure(limit, 4)));
        let sides = [side("below", self.limits.clear_below), side("above", self.limits.clear_above)];
        let words: Vec<String> = sides.into_iter().flatten().collect();
        (!words.is_empty()).then(|| words.join(" or "))
    }

    /// What would make it no longer hold, in words: `convoys corroborated below 2`.
    pub fn clears_words(&self) -> String {
        let what = format!("{} {}", self.indicator.local(), self.measure.word());
        match self.until_words() {
            Some(until) if self.expect => format!("{what} {until}"),
            _ if self.expect => format!("{what} no longer {}", self.bound),
            _ => format!("{what} {}", self.bound),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict::{False, True, Unknown};
    use super::*;

    /// Every combination of up to four three-valued conditions under every `needs`,
    /// against the definition: true (false) if it is so however the unknown ones turn out.
    #[test]
    fn truth_tables_are_kleene() {
        for count in 1..=4usize {
            for code in 0..3usize.pow(u32::try_from(count).unwrap()) {
                let verdicts: Vec<Verdict> = (0..count)
                    .map(|place| [True, False, Unknown][code / 3usize.pow(u32::try_from(place).unwrap()) % 3])
                    .collect();
                for needs in [Needs::All, Needs::Any, Needs::AtLeast(1), Needs::AtLeast(2), Needs::AtLeast(3)] {
                    assert_eq!(needs.judge(&verdicts), by_definition(needs, &verdicts), "{needs:?} {verdicts:?}");
                }
            }
        }
    }

    fn by_definition(needs: Needs, verdicts: &[Verdict]) -> Verdict {
        let open = verdicts.iter().filter(|v| **v == Unknown).count();
        let held = verdicts.iter().filter(|v| **v == True).count();
        let answers: Vec<bool> = (0..1usize << open)
            .map(|choice| held + (choice.count_ones() as usize) >= needs.number(verdicts.len()))
            .collect();
        match (answers.iter().all(|a| *a), answers.iter().any(|a| *a)) {
            (true, _) => True,
            (_, false) => False,
            _ => Unknown,
        }
    }

    #[test]
    fn a_range_crosses_a_limit_only_as_a_whole() {
        let limits = Limits { at_least: Some(3.0), ..Limits::default() };
        assert_eq!(limits.judge(3.0, 9.0, false), True);
        assert_eq!(limits.judge(1.0, 2.0, false), False);
        assert_eq!(limits.judge(2.0, 9.0, false), Unknown);
        assert_eq!(limits.judge(2.0, f64::INFINITY, false), Unknown);
    }

    #[test]
    fn hysteresis_keeps_it_true_until_cleared() {
        let limits = Limits { at_least: Some(3.0), clear_below: Some(2.0), ..Limits::default() };
        assert_eq!(limits.judge(2.0, 2.0, false), False);
        assert_eq!(limits.judge(2.0, 2.0, true), True);
        assert_eq!(limits.judge(1.0, 1.0, true), False);
    }

    #[test]
    fn every_measure_has_its_word() {
        for (word, measure) in Measure::ALL {
            assert_eq!((Measure::parse(word), measure.word()), (Some(measure), word));
        }
    }
}
