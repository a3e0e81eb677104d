//! Statements about an expected event → where it stands. Pure.

pub mod packages;
pub mod rhythm;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use self::packages::{Package, Voices};
use self::rhythm::Running;
use crate::config::plan::{Watch, WatchedIndicator};
use crate::detect::Unknown;
use crate::extract::provenance::Sources;
use crate::model::event::Reported;
use crate::model::indicator::ScheduleRule;
use crate::model::money::Rates;
use crate::model::observation::{DateWindow, Observation, Statement, Status, Value};

/// Where an expected event stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Nothing was said of it but a date.
    Expected,
    /// It was named as coming.
    Announced,
    /// It is settled.
    Confirmed,
    /// It has happened.
    Delivered,
    /// Its date has moved.
    Slipped,
    /// Its date and its grace are past.
    Overdue,
    /// It will not be.
    Cancelled,
}

impl Stage {
    /// The word used in output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Expected => "expected",
            Self::Announced => "announced",
            Self::Confirmed => "confirmed",
            Self::Delivered => "delivered",
            Self::Slipped => "slipped",
            Self::Overdue => "overdue",
            Self::Cancelled => "cancelled",
        }
    }
}

/// An expected event with its dates.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlook<'o> {
    /// Where it stands.
    pub stage: Stage,
    /// The date it was first expected on.
    pub first_expected: Option<Date>,
    /// When it is expected now.
    pub expected: Option<DateWindow>,
    /// Days by which the expected date has moved, the least and the most.
    pub slip: Option<(i64, i64)>,
    /// Days past due and grace; 0 before.
    pub days_overdue: Option<i64>,
    /// Whether the date was stated, or follows from the series' own gaps.
    pub basis: Option<Basis>,
    /// The statement the expected date is from.
    pub dated_by: Option<&'o Observation>,
    /// Every statement about it, oldest first.
    pub statements: Vec<&'o Observation>,
}

/// From where an expected date is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Somebody stated it.
    Stated,
    /// The series' own gaps give it.
    Rhythm,
}

impl Basis {
    /// The word used in output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Stated => "stated",
            Self::Rhythm => "rhythm",
        }
    }
}

/// Statements of an indicator as they stand, and how they are read.
#[derive(Debug)]
pub struct Series<'a> {
    /// The statements that count, by event time.
    pub statements: Vec<&'a Reported>,
    rule: &'a ScheduleRule,
    voices: Voices<'a>,
    zone: &'a TimeZone,
}

impl<'a> Series<'a> {
    /// Leaves out what was withdrawn, and what names less than the least sum by the rates of its day.
    pub fn new(
        reported: &'a [Reported],
        rule: &'a ScheduleRule,
        (sources, rates): (&'a Sources, &Rates),
        zone: &'a TimeZone,
    ) -> Self {
        let counts = |one: &&Reported| !one.observation.withdrawn && !is_too_small(one, rule, rates, zone);
        Self { statements: reported.iter().filter(counts).collect(), rule, voices: Voices::new(sources), zone }
    }

    /// What was announced, each thing once; with `wanted`, only what one of these statuses was stated of.
    pub fn packages(&self, wanted: &[Status]) -> Vec<Package<'a>> {
        let is_wanted = |one: &&&Reported| {
            let said = statement(&one.observation);
            wanted.is_empty() && said.is_some_and(|said| said.amount.is_some() || said.status.is_some())
                || status(&one.observation).is_some_and(|status| wanted.contains(&status))
        };
        packages::packages(self.statements.iter().filter(is_wanted).copied(), &self.voices)
    }

    /// How many independent origins a package has.
    pub fn origins(&self, package: &Package<'_>) -> usize {
        self.voices.origins(package)
    }

    /// How the gap since the last announcement stands against those before it.
    ///
    /// # Errors
    /// With fewer than eight gaps.
    pub fn running(&self, at: Timestamp) -> Result<Running, Unknown> {
        let date = |at: Timestamp| self.zone.to_datetime(at).date();
        let dates: Vec<Date> = self.packages(&HAPPENED).iter().map(|package| date(package.at())).collect();
        Running::of(&dates, date(at))
    }
}

/// The statements of an indicator of a watch.
pub fn series<'a>(reported: &'a [Reported], watch: &'a Watch, indicator: &'a WatchedIndicator) -> Series<'a> {
    Series::new(reported, &indicator.spec.schedule, (&watch.sources, &watch.rates), &watch.zone)
}

/// The statuses that show that something was announced.
pub const HAPPENED: [Status; 3] = [Status::Announced, Status::Confirmed, Status::Delivered];

/// A sum in another currency than `min_amount` is compared by the rates of its day; without one it counts.
fn is_too_small(one: &Reported, rule: &ScheduleRule, rates: &Rates, zone: &TimeZone) -> bool {
    let Some((least, currency)) = &rule.min_amount else { return false };
    let Some(amount) = statement(&one.observation).and_then(|said| said.amount.as_ref()) else { return false };
    let on = zone.to_datetime(one.observation.event_time).date();
    let converted = rates.convert(amount.quantity, (&amount.currency, currency), on);
    converted.is_ok_and(|sum| sum.high.is_some_and(|most| most < *least))
}

/// What statements say by `at`. Those before `from` are of earlier events.
pub fn outlook<'a>(series: &Series<'a>, from: Option<Date>, at: Timestamp) -> Outlook<'a> {
    let (rule, zone) = (series.rule, series.zone);
    let today = zone.to_datetime(at).date();
    let is_of =
        |observation: &&Observation| from.is_none_or(|from| zone.to_datetime(observation.event_time).date() >= from);
    let all = series.statements.iter().map(|one| &one.observation);
    let statements: Vec<&Observation> = all.filter(is_of).collect();
    let running = rule.rhythm.and_then(|share| Some((series.running(at).ok()?, share)));
    let dated = |observation: &&&Observation| statement(observation).is_some_and(|said| said.expected.is_some());
    // By rhythm alone each announcement is an event of its own, and the next one is what is expected.
    if rule.due.is_none()
        && !statements.iter().any(|one| dated(&one))
        && let Some((running, share)) = running
    {
        return next_of(running, share, statements);
    }
    let window = |observation: &Observation| stated_window(observation, zone);
    let (first, newest) = (statements.iter().find(dated).copied(), statements.iter().rfind(dated).copied());
    let first_window = first.and_then(window);
    let first_expected = rule.due.or_else(|| first_window.map(|window| window.to));
    let expected = newest.and_then(window).or_else(|| rule.due.map(|due| DateWindow { from: due, to: due }));
    let slip =
        first_expected.zip(expected).map(|(first, now)| (days(first, now.from).max(0), days(first, now.to).max(0)));
    let delivered = statements.iter().find(|observation| status(observation) == Some(Status::Delivered));
    let until = delivered.map_or(today, |observation| zone.to_datetime(observation.event_time).date());
    let grace = if rule.due.is_some() {
        rule.grace
    } else {
        rule.grace.max(first.map_or(SignedDuration::ZERO, |first| window_grace(first, zone)))
    };
    let by_rhythm = running
        .filter(|_| delivered.is_none() || rule.due.is_none())
        .map(|(running, share)| days(running.due(share), today).max(0));
    let by_date = first_expected.map(|due| days(limit(due, grace), until).max(0));
    let days_overdue = by_date.max(by_rhythm);
    Outlook {
        stage: stage(&statements, slip, days_overdue),
        first_expected,
        expected,
        slip,
        days_overdue,
        basis: expected.map(|_| Basis::Stated),
        dated_by: newest,
        statements,
    }
}

/// The next event of a series that goes on by its own rhythm.
fn next_of(running: Running, share: f64, statements: Vec<&Observation>) -> Outlook<'_> {
    let due = running.due(share);
    let overdue = days(due, running.last.saturating_add(running.days.days())).max(0);
    Outlook {
        stage: if overdue > 0 { Stage::Overdue } else { Stage::Expected },
        first_expected: Some(due),
        expected: Some(DateWindow { from: running.due(0.5), to: due }),
        slip: None,
        days_overdue: Some(overdue),
        basis: Some(Basis::Rhythm),
        dated_by: None,
        statements,
    }
}

/// A vague window is no deadline to the day: a tenth of its length is allowed on top. `By 15 May` is one, and begins
/// on the day on which it is stated.
fn window_grace(stated: &Observation, zone: &TimeZone) -> SignedDuration {
    let window = statement(stated).and_then(|said| said.expected);
    let vague = window.filter(|window| window.from != zone.to_datetime(stated.event_time).date());
    SignedDuration::from_hours(24 * vague.map_or(0, |window| days(window.from, window.to) / 10))
}

/// How precisely a window was stated: `day`, `week`, `month`, `quarter`, `year`.
pub fn precision(window: DateWindow) -> &'static str {
    match days(window.from, window.to) {
        ..=0 => "day",
        1..=7 => "week",
        8..=31 => "month",
        32..=92 => "quarter",
        _ => "year",
    }
}

/// The window a statement gives. One that was open when it was stated ("by 15 May") is a deadline: its last date counts.
fn stated_window(observation: &Observation, zone: &TimeZone) -> Option<DateWindow> {
    let window = statement(observation)?.expected?;
    let is_deadline = window.from <= zone.to_datetime(observation.event_time).date();
    Some(if is_deadline { DateWindow { from: window.to, to: window.to } } else { window })
}

fn stage(statements: &[&Observation], slip: Option<(i64, i64)>, days_overdue: Option<i64>) -> Stage {
    let newest = statements.iter().rev().find_map(|observation| status(observation));
    match newest {
        _ if statements.iter().any(|observation| status(observation) == Some(Status::Delivered)) => Stage::Delivered,
        Some(Status::Cancelled) => Stage::Cancelled,
        _ if days_overdue.is_some_and(|days| days > 0) => Stage::Overdue,
        Some(Status::Delayed) => Stage::Slipped,
        _ if slip.is_some_and(|(least, _)| least > 0) => Stage::Slipped,
        Some(Status::Confirmed) => Stage::Confirmed,
        Some(Status::Announced) => Stage::Announced,
        _ => Stage::Expected,
    }
}

/// The statement in an observation.
pub fn statement(observation: &Observation) -> Option<&Statement> {
    match &observation.value {
        Value::Statement(statement) => Some(statement),
        Value::Quantity(_) | Value::Report(_) => None,
    }
}

/// What an observation says has happened.
pub fn status(observation: &Observation) -> Option<Status> {
    statement(observation).and_then(|said| said.status)
}

/// Whole days from one date to another; negative when `to` is earlier.
pub fn days(from: Date, to: Date) -> i64 {
    i64::from(from.until(to).map_or(0, |span| span.get_days()))
}

fn limit(due: Date, grace: SignedDuration) -> Date {
    due.saturating_add((grace.as_hours() / 24).days())
}
