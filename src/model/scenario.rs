//! Scenarios and their one state machine.
//!
//! `inactive → pending → active → clearing → inactive`, with a blind mark
//! beside. State changes only in [`step`]; everything else reads.

use jiff::{SignedDuration, Timestamp};

use super::condition::{Condition, Hold, Needs, Verdict};
use super::name::Name;
use super::time;

/// Which of the assessment's paths a scenario is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Path {
    /// The path that the assessment expects.
    Baseline,
    /// The path that it warns of.
    Risk,
}

impl Path {
    /// The word of the configuration.
    pub fn word(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Risk => "risk",
        }
    }

    /// Reads the word of the configuration.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Baseline, Self::Risk].into_iter().find(|path| path.word() == word)
    }
}

/// One scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Its full name.
    pub name: Name,
    /// Which path it is.
    pub path: Path,
    /// How it is shown.
    pub title: String,
    /// What shows that it has begun.
    pub conditions: Vec<Condition>,
    /// How many of them are needed.
    pub needs: Needs,
    /// True for this long before it triggers.
    pub hold: Hold,
    /// False for this long before it resolves.
    pub clear_after: Hold,
    /// Remind so often while active and not acknowledged.
    pub repeat: Option<SignedDuration>,
    /// The analyst's starting probability.
    pub prior: Option<f64>,
    /// Who is told; the settings' `to` where the scenario names nobody.
    pub to: Vec<String>,
}

impl Scenario {
    /// Its rule in words: everything on which its verdict and its clocks depend, and nothing else.
    ///
    /// Kept with each decision's history: a reload that changes these words says so, and only then.
    pub fn rule(&self) -> String {
        let wait = |name: &str, hold: Hold| match hold {
            hold if hold.is_none() => String::new(),
            hold => format!(", {name} {}", hold.words()),
        };
        let conditions: Vec<String> = self.conditions.iter().map(Condition::words).collect();
        format!(
            "{} of{}{}: {}",
            self.needs.words(self.conditions.len()),
            wait("hold", self.hold),
            wait("clear after", self.clear_after),
            conditions.join("; ")
        )
    }
}

/// Where a scenario stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Not begun.
    Inactive,
    /// Its conditions hold, not yet long enough.
    Pending,
    /// Begun: there is an alert.
    Active,
    /// Its conditions no longer hold, not yet long enough.
    Clearing,
}

impl Phase {
    /// The word used in output and store.
    pub fn word(self) -> &'static str {
        match self {
            Self::Inactive => "inactive",
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Clearing => "clearing",
        }
    }

    /// Reads [`Phase::word`] back.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Inactive, Self::Pending, Self::Active, Self::Clearing].into_iter().find(|phase| phase.word() == word)
    }

    /// Whether an alert is open.
    pub fn is_alerting(self) -> bool {
        matches!(self, Self::Active | Self::Clearing)
    }
}

/// How long the present direction has lasted; stands still while blind or down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Clock {
    /// What had run up before `running_since`.
    pub accrued: SignedDuration,
    /// Since when it runs; `None` while it stands still.
    pub running_since: Option<Timestamp>,
    /// Releases seen since it was started.
    pub releases: u32,
    /// The newest release that was counted.
    pub last_release: Option<i64>,
}

impl Clock {
    /// A clock started now, with the release that started it counted.
    pub fn started(now: Timestamp, release: Option<i64>) -> Self {
        Self { accrued: SignedDuration::ZERO, running_since: Some(now), releases: 1, last_release: release }
    }

    /// What has run up by `now`.
    pub fn elapsed(&self, now: Timestamp) -> SignedDuration {
        let running = self.running_since.map_or(SignedDuration::ZERO, |since| now.duration_since(since));
        self.accrued.saturating_add(running.max(SignedDuration::ZERO))
    }

    /// Stopped at `now`.
    fn paused(self, now: Timestamp) -> Self {
        Self { accrued: self.elapsed(now), running_since: None, ..self }
    }

    /// Running at `now`, with a newer release counted.
    fn resumed(self, now: Timestamp, release: Option<i64>) -> Self {
        let newer = release.is_some() && release > self.last_release;
        Self {
            accrued: self.elapsed(now),
            running_since: Some(now),
            releases: self.releases + u32::from(newer),
            last_release: release.max(self.last_release),
        }
    }

    /// The clock after an answer: it runs while the answer is true, stands still while it is unknown, and starts anew
    /// after a false one.
    #[must_use]
    pub fn after_answer(self, verdict: Verdict, release: Option<i64>, now: Timestamp) -> Self {
        match verdict {
            Verdict::Unknown => self.paused(now),
            Verdict::False => Self::default(),
            Verdict::True if self == Self::default() => Self::started(now, release),
            Verdict::True => self.resumed(now, release),
        }
    }

    /// The clock after downtime: it stood still from `last_alive` to `now`.
    #[must_use]
    pub fn resumed_after_downtime(self, last_alive: Timestamp, now: Timestamp) -> Self {
        match self.running_since {
            None => self,
            Some(since) => Self { running_since: Some(now), ..self.paused(last_alive.max(since)) },
        }
    }

    /// Whether it has run as long as asked.
    pub fn satisfies(&self, hold: Hold, now: Timestamp) -> bool {
        match hold {
            Hold::Time(wait) => self.elapsed(now) >= wait,
            Hold::Releases(count) => self.releases >= count,
        }
    }

    /// When it will have run as long as asked, if it goes on running.
    pub fn satisfied_at(&self, hold: Hold) -> Option<Timestamp> {
        match (hold, self.running_since) {
            (Hold::Time(wait), Some(since)) => Some(time::after(since, wait.saturating_sub(self.accrued))),
            _ => None,
        }
    }
}

/// The stored state of a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// Where it stands.
    pub phase: Phase,
    /// Since when.
    pub since: Timestamp,
    /// How long the present direction has lasted, while pending or clearing.
    pub clock: Clock,
    /// Since when it is blind.
    pub blind: Option<Timestamp>,
    /// The most conditions that held at once since it became active.
    pub met: u32,
    /// The open alert.
    pub alert: Option<i64>,
}

impl State {
    /// A scenario that was never judged.
    pub fn new(now: Timestamp) -> Self {
        Self { phase: Phase::Inactive, since: now, clock: Clock::default(), blind: None, met: 0, alert: None }
    }

    /// The state after downtime: clocks stand still from `last_alive` to `now`.
    #[must_use]
    pub fn resumed_after_downtime(mut self, last_alive: Timestamp, now: Timestamp) -> Self {
        self.clock = self.clock.resumed_after_downtime(last_alive, now);
        self
    }

    /// The moment at which time alone changes the phase.
    pub fn next_moment(&self, hold: Hold, clear_after: Hold) -> Option<Timestamp> {
        match self.phase {
            Phase::Pending => self.clock.satisfied_at(hold),
            Phase::Clearing => self.clock.satisfied_at(clear_after),
            Phase::Inactive | Phase::Active => None,
        }
    }
}

/// What the state machine is told at one evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// The scenario's verdict.
    pub verdict: Verdict,
    /// How many of its conditions hold.
    pub met: u32,
    /// The newest release among what it rests on.
    pub release: Option<i64>,
}

/// What an evaluation changed. Each becomes a stored transition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Change {
    /// From one phase to another.
    Phase {
        /// Where it stood.
        from: Phase,
        /// Where it stands.
        to: Phase,
    },
    /// Active, and more conditions hold than ever since it triggered.
    Escalated,
    /// It can no longer be judged.
    WentBlind,
    /// It can be judged again.
    SeesAgain,
    /// The configuration gives it another rule; its state is kept.
    RuleChanged,
}

impl Change {
    /// The word used in output and store.
    pub fn word(self) -> &'static str {
        match self {
            Self::Phase { .. } => "phase",
            Self::Escalated => "escalated",
            Self::WentBlind => "went_blind",
            Self::SeesAgain => "sees_again",
            Self::RuleChanged => "rule_changed",
        }
    }
}

/// One evaluation of one scenario: the only place where state changes.
///
/// Unknown neither triggers nor resolves, and stops the clocks. Pending is
/// skipped only where `hold` asks for nothing, clearing only where
/// `clear_after` does. After the state machine of Prometheus' rules, with
/// silence meaning *unknown* instead of *resolved*.
pub fn step(scenario: &Scenario, state: State, judged: Judged, now: Timestamp) -> (State, Vec<Change>) {
    let mut next = state;
    let mut changes = Vec::new();
    match (judged.verdict, state.blind) {
        (Verdict::Unknown, None) => {
            next.blind = Some(now);
            changes.push(Change::WentBlind);
        }
        (Verdict::True | Verdict::False, Some(_)) => {
            next.blind = None;
            changes.push(Change::SeesAgain);
        }
        _ => {}
    }
    let phase = match judged.verdict {
        Verdict::Unknown => {
            next.clock = state.clock.paused(now);
            state.phase
        }
        Verdict::True => when_true(scenario, &mut next, judged, now),
        Verdict::False => when_false(scenario, &mut next, judged, now),
    };
    if phase != state.phase {
        next.phase = phase;
        next.since = now;
        changes.push(Change::Phase { from: state.phase, to: phase });
    }
    if judged.verdict == Verdict::True && phase == Phase::Active {
        // The first evaluation in which it is active sets the mark; only a later, higher one escalates.
        if state.phase.is_alerting() && judged.met > state.met {
            changes.push(Change::Escalated);
        }
        next.met = if state.phase.is_alerting() { state.met.max(judged.met) } else { judged.met };
    }
    (next, changes)
}

fn when_true(scenario: &Scenario, next: &mut State, judged: Judged, now: Timestamp) -> Phase {
    match next.phase {
        Phase::Inactive if scenario.hold.is_none() => {
            next.clock = Clock::default();
            Phase::Active
        }
        Phase::Inactive => {
            next.clock = Clock::started(now, judged.release);
            Phase::Pending
        }
        Phase::Pending => {
            next.clock = next.clock.resumed(now, judged.release);
            if next.clock.satisfies(scenario.hold, now) {
                next.clock = Clock::default();
                return Phase::Active;
            }
            Phase::Pending
        }
        Phase::Active | Phase::Clearing => {
            next.clock = Clock::default();
            Phase::Active
        }
    }
}

fn when_false(scenario: &Scenario, next: &mut State, judged: Judged, now: Timestamp) -> Phase {
    match next.phase {
        Phase::Inactive | Phase::Pending => {
            next.clock = Clock::default();
            Phase::Inactive
        }
        Phase::Active if scenario.clear_after.is_none() => {
            next.clock = Clock::default();
            Phase::Inactive
        }
        Phase::Active => {
            next.clock = Clock::started(now, judged.release);
            Phase::Clearing
        }
        Phase::Clearing => {
            next.clock = next.clock.resumed(now, judged.release);
            if next.clock.satisfies(scenario.clear_after, now) {
                next.clock = Clock::default();
                return Phase::Inactive;
            }
            Phase::Clearing
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scenario(hold_hours: i64, clear_hours: i64) -> Scenario {
        Scenario {
            name: Name::new("w", "s"),
            path: Path::Risk,
            title: String::new(),
            conditions: Vec::new(),
            needs: Needs::All,
            hold: Hold::Time(SignedDuration::from_hours(hold_hours)),
            clear_after: Hold::Time(SignedDuration::from_hours(clear_hours)),
            repeat: None,
            prior: None,
            to: Vec::new(),
        }
    }

    fn hour(n: i64) -> Timestamp {
        Timestamp::from_second(1_767_225_600 + n * 3600).unwrap()
    }

    /// Feeds verdicts (`T`, `F`, `?`), one an hour, and writes the phase after each, upper case where blind.
    fn check(hold: i64, clear: i64, verdicts: &str, expected: &str) {
        let scenario = scenario(hold, clear);
        let mut state = State::new(hour(0));
        let mut phases = String::new();
        for (n, letter) in verdicts.chars().enumerate() {
            let verdict = match letter {
                'T' => Verdict::True,
                'F' => Verdict::False,
                _ => Verdict::Unknown,
            };
            let judged = Judged { verdict, met: u32::from(letter == 'T'), release: None };
            state = step(&scenario, state, judged, hour(i64::try_from(n).unwrap())).0;
            let phase = state.phase.word().chars().next().unwrap();
            phases.push(if state.blind.is_some() { phase.to_ascii_uppercase() } else { phase });
        }
        assert_eq!(phases, expected, "hold {hold} h, clear {clear} h, {verdicts}");
    }

    #[test]
    fn the_phases() {
        check(0, 0, "FTFT", "iaia");
        check(2, 0, "TTTF", "ppai");
        check(2, 2, "TTTFFFT", "ppaccip");
        check(2, 2, "TFTTTFTF", "pippacac");
    }

    #[test]
    fn unknown_neither_triggers_nor_resolves() {
        check(0, 0, "?T??F", "IaAAi");
        check(3, 0, "TT???TT", "ppPPPpa");
        check(0, 3, "TFF???FF", "accCCCci");
    }

    #[test]
    fn reload_and_restart_keep_clocks() {
        let scenario = scenario(10, 0);
        let yes = Judged { verdict: Verdict::True, met: 1, release: None };
        let (state, _) = step(&scenario, State::new(hour(0)), yes, hour(0));
        // Alive until hour 4, down until hour 100: six hours are left to wait.
        let state = state.resumed_after_downtime(hour(4), hour(100));
        assert_eq!(state.next_moment(scenario.hold, scenario.clear_after), Some(hour(106)));
        assert_eq!(step(&scenario, state, yes, hour(105)).0.phase, Phase::Pending);
        assert_eq!(step(&scenario, state, yes, hour(106)).0.phase, Phase::Active);
    }

    #[test]
    fn releases_are_counted_once_each() {
        let scenario = Scenario { hold: Hold::Releases(2), ..scenario(0, 0) };
        let judged = |release| Judged { verdict: Verdict::True, met: 1, release: Some(release) };
        let (state, _) = step(&scenario, State::new(hour(0)), judged(7), hour(0));
        let (state, _) = step(&scenario, state, judged(7), hour(1));
        assert_eq!(state.phase, Phase::Pending);
        assert_eq!(step(&scenario, state, judged(9), hour(2)).0.phase, Phase::Active);
    }

    #[test]
    fn more_conditions_escalate_once() {
        let scenario = scenario(0, 5);
        let mut state = State::new(hour(0));
        let mut escalated = Vec::new();
        for (n, met) in [2, 2, 3, 2, 3].into_iter().enumerate() {
            let judged = Judged { verdict: Verdict::True, met, release: None };
            let (next, changes) = step(&scenario, state, judged, hour(i64::try_from(n).unwrap()));
            state = next;
            if changes.contains(&Change::Escalated) {
                escalated.push(n);
            }
        }
        assert_eq!(escalated, [2]);
    }

    /// What happens between two evaluations, and what the second one finds.
    #[derive(Debug, Clone)]
    struct Turn {
        verdict: Verdict,
        met: u32,
        release: Option<i64>,
        minutes: i64,
        /// The process was down until the evaluation.
        down: bool,
    }

    fn turns() -> impl Strategy<Value = Vec<Turn>> {
        let verdict = prop_oneof![3 => Just(Verdict::True), 3 => Just(Verdict::False), 2 => Just(Verdict::Unknown)];
        // Now and then the clock goes back.
        let turn = (verdict, 0_u32..4, proptest::option::of(0_i64..9), -120_i64..600, proptest::bool::weighted(0.15));
        let turn =
            turn.prop_map(|(verdict, met, release, minutes, down)| Turn { verdict, met, release, minutes, down });
        proptest::collection::vec(turn, 1..60)
    }

    fn hold() -> impl Strategy<Value = Hold> {
        prop_oneof![
            Just(Hold::NONE),
            (1_i64..20).prop_map(|hours| Hold::Time(SignedDuration::from_hours(hours))),
            (2_u32..4).prop_map(Hold::Releases),
        ]
    }

    /// Walks through the turns; gives each state before and after with what the turn said.
    fn walk(scenario: &Scenario, turns: &[Turn]) -> Vec<(State, State, Vec<Change>, Timestamp, Turn)> {
        let (mut now, mut state) = (hour(0), State::new(hour(0)));
        let mut steps = Vec::new();
        for turn in turns {
            let last = now;
            now = time::after(now, SignedDuration::from_mins(turn.minutes));
            if turn.down {
                state = state.resumed_after_downtime(last, now);
            }
            let judged = Judged { verdict: turn.verdict, met: turn.met, release: turn.release };
            let (next, changes) = step(scenario, state, judged, now);
            steps.push((state, next, changes, now, turn.clone()));
            state = next;
        }
        steps
    }

    proptest! {
        /// Pending is never skipped where `hold` asks for something, nor clearing where `clear_after` does.
        #[test]
        fn waits_are_never_skipped(turns in turns(), hold in hold(), clear_after in hold()) {
            let scenario = Scenario { hold, clear_after, ..scenario(0, 0) };
            for (before, after, ..) in walk(&scenario, &turns) {
                let (from, to) = (before.phase, after.phase);
                prop_assert!(hold.is_none() || !(from == Phase::Inactive && to == Phase::Active));
                prop_assert!(clear_after.is_none() || !(from == Phase::Active && to == Phase::Inactive));
            }
        }

        /// Unknown changes no phase and stops every clock; blind is exactly what the last verdict says.
        #[test]
        fn unknown_changes_nothing(turns in turns(), hold in hold(), clear_after in hold()) {
            let scenario = Scenario { hold, clear_after, ..scenario(0, 0) };
            for (before, after, changes, now, turn) in walk(&scenario, &turns) {
                prop_assert_eq!(after.blind.is_some(), turn.verdict == Verdict::Unknown);
                if turn.verdict == Verdict::Unknown {
                    prop_assert_eq!(before.phase, after.phase);
                    prop_assert!(after.clock.running_since.is_none());
                    prop_assert_eq!(after.clock.elapsed(now), after.clock.elapsed(hour(9999)));
                    prop_assert!(changes.iter().all(|change| *change == Change::WentBlind));
                }
            }
        }

        /// An alert opens only on true and ends only on false; what is told is what changed.
        #[test]
        fn phases_follow_verdicts(turns in turns(), hold in hold(), clear_after in hold()) {
            let scenario = Scenario { hold, clear_after, ..scenario(0, 0) };
            for (before, after, changes, now, turn) in walk(&scenario, &turns) {
                let opened = !before.phase.is_alerting() && after.phase.is_alerting();
                let ended = before.phase.is_alerting() && !after.phase.is_alerting();
                prop_assert!(!opened || turn.verdict == Verdict::True);
                prop_assert!(!ended || turn.verdict == Verdict::False);
                let told = changes.iter().any(|change| matches!(change, Change::Phase { .. }));
                prop_assert_eq!(told, before.phase != after.phase);
                prop_assert!(!(opened && changes.contains(&Change::Escalated)), "it triggers, it does not escalate");
                // Judged again at the same moment with the same answer, nothing changes.
                let judged = Judged { verdict: turn.verdict, met: turn.met, release: turn.release };
                prop_assert_eq!(step(&scenario, after, judged, now).1, Vec::new());
            }
        }

        /// Time that is down, blind or runs backwards never counts towards a wait.
        #[test]
        fn a_wait_takes_its_time(turns in turns(), hours in 1_i64..20) {
            let scenario = Scenario { hold: Hold::Time(SignedDuration::from_hours(hours)), ..scenario(0, 0) };
            let (mut true_for, mut was_true) = (SignedDuration::ZERO, false);
            for (before, after, _, _, turn) in walk(&scenario, &turns) {
                if before.phase != Phase::Pending {
                    true_for = SignedDuration::ZERO;
                } else if was_true && !turn.down {
                    true_for = true_for.saturating_add(SignedDuration::from_mins(turn.minutes.max(0)));
                }
                if before.phase == Phase::Pending && after.phase == Phase::Active {
                    prop_assert!(true_for >= SignedDuration::from_hours(hours), "{true_for:?}");
                }
                was_true = turn.verdict == Verdict::True;
            }
        }
    }
}
