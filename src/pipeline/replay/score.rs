//! A replay held against known dates: what it foresaw, what it cried without reason, what it missed.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::replayed::{Change, ChangeKind, Replayed};
use crate::config::plan::{Mark, Watch};
use crate::model::alert::Alert;
use crate::model::name::Name;
use crate::model::notification::Kind;
use crate::model::scenario::Phase;
use crate::model::time::{Span, after, before, days_between, start_of_day};

/// Triggering again within so long after it resolved is a flap.
const FLAPS_WITHIN: SignedDuration = SignedDuration::from_hours(24 * 7);

/// How one watch fared.
#[derive(Debug, Clone, PartialEq)]
pub struct Score<'w> {
    /// Its scenarios in the order of the watch.
    pub scenarios: Vec<ScenarioScore>,
    /// Its marks in the order of the watch.
    pub marks: Vec<MarkScore<'w>>,
    /// Its messages by kind.
    pub mails: BTreeMap<Kind, u32>,
    /// Messages in a week of the span.
    pub mails_per_week: f64,
}

/// How one scenario fared.
#[derive(Debug, Clone, PartialEq)]
pub struct ScenarioScore {
    /// The scenario.
    pub scenario: Name,
    /// How often it triggered.
    pub activations: u32,
    /// Activations that belong to none of its marks; `None` where it has no mark to be held against.
    pub false_alarms: Option<u32>,
    /// Activations whose evidence was revised away.
    pub undone: u32,
    /// How often it came back: from clearing, or within a week after it resolved.
    pub flaps: u32,
    /// The share of the span in which it could be judged, 0 to 1.
    pub coverage: f64,
}

/// How one known date was met.
#[derive(Debug, Clone, PartialEq)]
pub struct MarkScore<'w> {
    /// The mark.
    pub mark: &'w Mark,
    /// How it was met.
    pub met: Met,
}

/// How a known date was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Met {
    /// An activation belongs to it: its number, and by how many days it came before the date (negative: after).
    Found {
        /// The alert.
        alert: i64,
        /// Days from its trigger to the date.
        lead_days: i64,
    },
    /// Its scenario did not trigger, and could have.
    Missed,
    /// Its scenario did not trigger because it could not be judged.
    Blind,
    /// The replay does not reach it.
    Outside,
}

impl Met {
    /// The word used in output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Found { lead_days: 1.., .. } => "ahead",
            Self::Found { lead_days: 0, .. } => "same-day",
            Self::Found { .. } => "late",
            Self::Missed => "missed",
            Self::Blind => "blind",
            Self::Outside => "outside",
        }
    }

    /// Days from the trigger to the date.
    pub fn lead_days(self) -> Option<i64> {
        match self {
            Self::Found { lead_days, .. } => Some(lead_days),
            Self::Missed | Self::Blind | Self::Outside => None,
        }
    }
}

/// Scores a replay of a watch. An activation belongs to a mark when it was open at some time within `reach` of the
/// mark's day, before or after.
pub fn score<'w>(watch: &'w Watch, replayed: &Replayed, reach: SignedDuration) -> Score<'w> {
    let judge = Judge { watch, replayed, reach };
    let weeks = replayed.span.duration().as_secs_f64() / (7.0 * 86_400.0);
    let mut mails = BTreeMap::new();
    for mail in &replayed.mails {
        *mails.entry(mail.kind).or_default() += 1;
    }
    Score {
        scenarios: watch.scenarios.iter().map(|scenario| judge.scenario(&scenario.name)).collect(),
        marks: watch.marks.iter().map(|mark| MarkScore { mark, met: judge.mark(mark) }).collect(),
        mails,
        mails_per_week: if weeks > 0.0 { replayed.mails.len() as f64 / weeks } else { 0.0 },
    }
}

struct Judge<'a> {
    watch: &'a Watch,
    replayed: &'a Replayed,
    reach: SignedDuration,
}

impl Judge<'_> {
    fn scenario(&self, name: &Name) -> ScenarioScore {
        let alerts: Vec<&Alert> =
            self.alerts_of(name).filter(|alert| alert.opened >= self.replayed.span.from).collect();
        let marks: Vec<&Mark> = self.watch.marks.iter().filter(|mark| self.is_of(mark, name)).collect();
        let is_false = |alert: &&&Alert| marks.iter().all(|mark| !self.belongs(alert, mark));
        let has_marks = marks.iter().any(|mark| self.day(mark).intersection(&self.replayed.span).is_some());
        ScenarioScore {
            scenario: name.clone(),
            activations: count(alerts.iter()),
            false_alarms: has_marks.then(|| count(alerts.iter().filter(is_false))),
            undone: count(alerts.iter().filter(|alert| alert.resolution.as_deref() == Some("undone by revision"))),
            flaps: self.flaps(name),
            coverage: self.coverage(name),
        }
    }

    fn alerts_of(&self, name: &Name) -> impl Iterator<Item = &Alert> {
        self.replayed.alerts.iter().filter(move |alert| alert.scenario == *name)
    }

    /// Whether a mark shows a scenario; one that names none shows every risk.
    fn is_of(&self, mark: &Mark, name: &Name) -> bool {
        mark.scenario.as_deref().is_none_or(|scenario| scenario == name.local())
    }

    fn day(&self, mark: &Mark) -> Span {
        let (from, next) = (start_of_day(mark.date, &self.watch.zone), mark.date.tomorrow().unwrap_or(mark.date));
        Span::new(from, start_of_day(next, &self.watch.zone))
    }

    fn belongs(&self, alert: &Alert, mark: &Mark) -> bool {
        let day = self.day(mark);
        alert.opened <= after(day.to, self.reach)
            && alert.resolved.is_none_or(|resolved| resolved >= before(day.from, self.reach))
    }

    fn mark(&self, mark: &Mark) -> Met {
        let day = self.day(mark);
        if day.intersection(&self.replayed.span).is_none() {
            return Met::Outside;
        }
        let own = self.replayed.alerts.iter().filter(|alert| self.is_of(mark, &alert.scenario));
        let found = own.filter(|alert| self.belongs(alert, mark)).min_by_key(|alert| alert.opened);
        if let Some(alert) = found {
            let lead_days = days_between(alert.opened, day.from, &self.watch.zone);
            return Met::Found { alert: alert.id, lead_days };
        }
        let mut shown = self.watch.scenarios.iter().filter(|scenario| self.is_of(mark, &scenario.name));
        let is_blind = shown.all(|scenario| self.replayed.state_at(&scenario.name, day.to).1);
        if is_blind { Met::Blind } else { Met::Missed }
    }

    fn changes_of(&self, name: &Name) -> impl Iterator<Item = &Change> {
        self.replayed.changes.iter().filter(move |change| change.transition.scenario == *name)
    }

    fn flaps(&self, name: &Name) -> u32 {
        let changes = self.changes_of(name).filter(|change| change.kind == ChangeKind::Phase);
        let mut resolved: Option<Timestamp> = None;
        let mut flaps = 0;
        for transition in changes.map(|change| &change.transition) {
            let is_within = transition.at >= self.replayed.span.from;
            match (transition.from, transition.to) {
                (Phase::Clearing, Phase::Active) => flaps += u32::from(is_within),
                (_, Phase::Active) => {
                    let is_soon = resolved.is_some_and(|at| transition.at <= after(at, FLAPS_WITHIN));
                    flaps += u32::from(is_within && is_soon);
                }
                (Phase::Active | Phase::Clearing, Phase::Inactive) => resolved = Some(transition.at),
                _ => {}
            }
        }
        flaps
    }

    fn coverage(&self, name: &Name) -> f64 {
        let span = self.replayed.span;
        let whole = span.duration().as_secs_f64();
        if whole <= 0.0 {
            return 0.0;
        }
        let mut blind_since: Option<Timestamp> = None;
        let mut blind = 0.0;
        for transition in self.changes_of(name).map(|change| &change.transition) {
            let at = transition.at.max(span.from);
            match (blind_since, transition.blind) {
                (None, true) => blind_since = Some(at),
                (Some(since), false) => {
                    blind += at.duration_since(since).as_secs_f64();
                    blind_since = None;
                }
                _ => {}
            }
        }
        blind += blind_since.map_or(0.0, |since| span.to.duration_since(since).as_secs_f64());
        (1.0 - blind / whole).clamp(0.0, 1.0)
    }
}

fn count<T>(things: impl Iterator<Item = T>) -> u32 {
    u32::try_from(things.count()).unwrap_or(u32::MAX)
}
