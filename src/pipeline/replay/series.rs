//! One series through the same judgement and the same state machine as a scenario's, as if polled at its own times.

use jiff::Timestamp;

use crate::model::condition::{Condition, Hold, Limits, Measure, Needs, Partial, Verdict};
use crate::model::name::Name;
use crate::model::scenario::{self, Judged, Path, Phase, Scenario, State};
use crate::pipeline::judge;
use crate::pipeline::measures::Measured;
use crate::store::ConditionMemory;

/// One limit with its two waits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    /// The limit, with its hysteresis.
    pub limits: Limits,
    /// True for this long before it is active; each row is a release.
    pub hold: Hold,
    /// False for this long before it is inactive.
    pub clear_after: Hold,
}

/// What a poll at a time gave; `None`: the source gave nothing.
pub type Sample = (Timestamp, Option<f64>);

/// One row judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// When it was polled.
    pub at: Timestamp,
    /// What it gave.
    pub value: Option<f64>,
    /// Whether the limit holds.
    pub verdict: Verdict,
    /// Where a scenario of this one condition stands.
    pub phase: Phase,
    /// Whether it could not be judged.
    pub blind: bool,
}

/// Judges samples in their order, which is that of time.
pub fn replay(rule: Rule, samples: impl IntoIterator<Item = Sample>) -> impl Iterator<Item = Row> {
    let (scenario, condition) = (scenario(rule), condition(rule));
    let mut memory = ConditionMemory::default();
    let mut state: Option<State> = None;
    samples.into_iter().zip(1..).map(move |((at, value), release)| {
        let measured = Measured { range: value.zip(value), value, release: Some(release), ..Measured::default() };
        let answer = judge::answer(&condition, measured, std::mem::take(&mut memory), at);
        let met = u32::from(answer.verdict == Verdict::True);
        let judged = Judged { verdict: answer.verdict, met, release: Some(release) };
        let (next, _) = scenario::step(&scenario, state.unwrap_or_else(|| State::new(at)), judged, at);
        (memory, state) = (answer.memory, Some(next));
        Row { at, value, verdict: answer.verdict, phase: next.phase, blind: next.blind.is_some() }
    })
}

fn condition(rule: Rule) -> Condition {
    Condition {
        indicator: Name::new("backtest", "series"),
        measure: Measure::Value,
        baseline: None,
        over: None,
        window: None,
        limits: rule.limits,
        share: false,
        bound: String::new(),
        hold: Hold::NONE,
        expect: true,
        partial: Partial::FinalOnly,
        likelihood_ratio: None,
        half_life: None,
        group: None,
    }
}

fn scenario(rule: Rule) -> Scenario {
    Scenario {
        name: Name::new("backtest", "series"),
        path: Path::Risk,
        title: String::new(),
        conditions: Vec::new(),
        needs: Needs::All,
        hold: rule.hold,
        clear_after: rule.clear_after,
        repeat: None,
        prior: None,
        to: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    /// Values a day apart; `_` is a source that gave nothing. Writes the phase of each row, upper case where blind.
    fn check(rule: Rule, values: &str, expected: &str) {
        let day = |n: i64| Timestamp::from_second(1_767_225_600 + n * 86_400).unwrap();
        let samples = values.split(' ').zip(0..).map(|(word, n)| (day(n), word.parse().ok()));
        let letter = |row: Row| {
            let letter = row.phase.word().chars().next().unwrap();
            if row.blind { letter.to_ascii_uppercase() } else { letter }
        };
        assert_eq!(replay(rule, samples).map(letter).collect::<String>(), expected, "{values}");
    }

    fn rule(limits: Limits, hold: Hold, clear_after: Hold) -> Rule {
        Rule { limits, hold, clear_after }
    }

    fn days(count: i64) -> Hold {
        Hold::Time(SignedDuration::from_hours(24 * count))
    }

    #[test]
    fn a_series_goes_through_the_phases() {
        let above = Limits { above: Some(3.0), ..Limits::default() };
        check(rule(above, Hold::NONE, Hold::NONE), "3 4 3 4", "iaia");
        check(rule(above, days(2), Hold::NONE), "4 4 4 3 4", "ppaip");
        check(rule(above, days(2), days(2)), "4 4 4 3 3 3 4", "ppaccip");
        check(rule(above, Hold::NONE, days(2)), "4 3 4 3 3 3", "acacci");
        check(rule(above, Hold::Releases(2), Hold::NONE), "4 4 4 3", "paai");
    }

    #[test]
    fn what_the_source_did_not_give_decides_nothing() {
        let below = Limits { at_most: Some(3.0), ..Limits::default() };
        check(rule(below, Hold::NONE, Hold::NONE), "_ 3 _ 4 _", "IaAiI");
        // From true to unknown the clock ran; while unknown it stands.
        check(rule(below, days(2), Hold::NONE), "3 _ _ 3 3", "pPPpa");
    }

    #[test]
    fn hysteresis_has_its_own_limit() {
        let limits = Limits { at_least: Some(3.0), clear_below: Some(2.0), ..Limits::default() };
        check(rule(limits, Hold::NONE, Hold::NONE), "2 3 2 _ 2 1 2", "iaaAaii");
    }
}
