//! Conditions → verdict: what is so, without changing anything. What follows from it is in `decide`.

use std::collections::HashMap;

use jiff::Timestamp;

use super::measures::{self, Measured};
use super::{AsOf, earliest};
use crate::config::plan::Watch;
use crate::model::condition::{Condition, Hold, Verdict};
use crate::model::likelihood::Likelihood;
use crate::model::scenario::{Clock, Judged, Scenario, State};
use crate::model::time::{Period, PeriodLength, duration_words};
use crate::store::{ConditionMemory, Result, View};

/// The answer to one condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// True, false or unknown, after hysteresis, its own hold and `expect`.
    pub verdict: Verdict,
    /// What it was judged from.
    pub measured: Measured,
    /// What the condition has to remember from now on.
    pub memory: ConditionMemory,
    /// Its value in words when it was last mailed.
    pub told: Option<String>,
    /// When time alone may change it.
    pub wake: Option<Timestamp>,
}

/// One evaluation of one scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// From where it was asked.
    pub as_of: AsOf,
    /// What all conditions together say.
    pub verdict: Verdict,
    /// The conditions' answers in the order of the configuration.
    pub answers: Vec<Answer>,
    /// Where the scenario stands; before it is stepped, where it stood.
    pub state: State,
    /// The probability beside the rules, where it was asked for.
    pub likelihood: Option<Likelihood>,
}

impl Judgement {
    /// What the state machine is told.
    pub fn judged(&self) -> Judged {
        Judged {
            verdict: self.verdict,
            met: self.answers.iter().map(|answer| u32::from(answer.verdict == Verdict::True)).sum(),
            release: self.answers.iter().filter_map(|answer| answer.measured.release).max(),
        }
    }

    /// When time alone may change it.
    pub fn wake(&self, watch: &Watch, scenario: &Scenario) -> Option<Timestamp> {
        let midnight = Period::containing(PeriodLength::Day, self.as_of.at, &watch.zone).span(&watch.zone).to;
        let moments = self.answers.iter().map(|answer| answer.wake);
        let step = self.state.next_moment(scenario.hold, scenario.clear_after);
        moments.chain([step]).filter(|at| at.is_some_and(|at| at > self.as_of.at)).fold(Some(midnight), earliest)
    }
}

/// Judges a scenario without changing anything.
///
/// # Errors
/// What the store refuses.
pub fn judge(view: &View<'_>, watch: &Watch, scenario: &Scenario, as_of: AsOf) -> Result<Judgement> {
    let memories = view.conditions(&scenario.name)?;
    let state = view.state_as_of(&scenario.name, as_of.known)?.unwrap_or_else(|| State::new(as_of.at));
    judge_with(view, watch, scenario, as_of, (state, &memories))
}

/// Judges with a state and memories that the caller has at hand.
///
/// # Errors
/// What the store refuses.
pub(super) fn judge_with(
    view: &View<'_>,
    watch: &Watch,
    scenario: &Scenario,
    as_of: AsOf,
    (state, memories): (State, &HashMap<String, ConditionMemory>),
) -> Result<Judgement> {
    let mut answers = Vec::new();
    for condition in &scenario.conditions {
        let memory = memories.get(&condition_key(condition)).cloned().unwrap_or_default();
        answers.push(answer(condition, measures::measure(view, watch, condition, as_of)?, memory, as_of.at));
    }
    let verdicts: Vec<Verdict> = answers.iter().map(|answer| answer.verdict).collect();
    Ok(Judgement { as_of, verdict: scenario.needs.judge(&verdicts), answers, state, likelihood: None })
}

/// What a condition says of what was measured, with what it remembers.
pub(super) fn answer(condition: &Condition, mut measured: Measured, memory: ConditionMemory, now: Timestamp) -> Answer {
    let raw = measured.range.map_or(Verdict::Unknown, |(low, high)| condition.limits.judge(low, high, memory.latched));
    let latched = match raw {
        Verdict::Unknown => memory.latched,
        raw => raw == Verdict::True,
    };
    let clock = memory.clock.after_answer(raw, measured.release, now);
    let held = match raw {
        Verdict::True if !condition.hold.is_none() => Verdict::from(clock.satisfies(condition.hold, now)),
        raw => raw,
    };
    if raw == Verdict::True && held == Verdict::False {
        measured.why.push_str(&waiting_words(condition.hold, &clock, now));
    }
    let verdict = if condition.expect { held } else { !held };
    let hold_ends = clock.satisfied_at(condition.hold).filter(|_| raw == Verdict::True && !condition.hold.is_none());
    let wake = earliest(measured.wake, hold_ends);
    Answer { verdict, measured, told: memory.told.clone(), memory: ConditionMemory { latched, clock, ..memory }, wake }
}

/// `; it has been so for 3h, and counts after 24h`.
fn waiting_words(hold: Hold, clock: &Clock, now: Timestamp) -> String {
    let so_far = match hold {
        Hold::Time(_) => duration_words(clock.elapsed(now)),
        Hold::Releases(_) => format!("{} of them", clock.releases),
    };
    format!("; it has been so for {so_far}, and counts after {}", hold.words())
}

/// What names a condition for as long as its meaning stays the same.
pub fn condition_key(condition: &Condition) -> String {
    condition.test_words()
}
