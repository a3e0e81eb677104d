//! Statements about an expected event → where it stands. Pure.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::model::indicator::ScheduleRule;
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
    /// The statement the expected date is from.
    pub dated_by: Option<&'o Observation>,
    /// Every statement about it, oldest first.
    pub statements: Vec<&'o Observation>,
}

/// What statements say by `at`. Those before `from` are of earlier events.
pub fn outlook<'o>(
    observations: &'o [Observation],
    rule: &ScheduleRule,
    from: Option<Date>,
    at: Timestamp,
    zone: &TimeZone,
) -> Outlook<'o> {
    let today = zone.to_datetime(at).date();
    let is_of =
        |observation: &&Observation| from.is_none_or(|from| zone.to_datetime(observation.event_time).date() >= from);
    let statements: Vec<&Observation> = observations.iter().filter(is_of).collect();
    let dated = |observation: &&&Observation| statement(observation).is_some_and(|said| said.expected.is_some());
    let window = |observation: &Observation| stated_window(observation, zone);
    let (first, newest) = (statements.iter().find(dated).copied(), statements.iter().rfind(dated).copied());
    let first_expected = rule.due.or_else(|| first.and_then(window).map(|window| window.to));
    let expected = newest.and_then(window).or_else(|| rule.due.map(|due| DateWindow { from: due, to: due }));
    let slip =
        first_expected.zip(expected).map(|(first, now)| (days(first, now.from).max(0), days(first, now.to).max(0)));
    let delivered = statements.iter().find(|observation| status(observation) == Some(Status::Delivered));
    let until = delivered.map_or(today, |observation| zone.to_datetime(observation.event_time).date());
    let days_overdue = first_expected.map(|due| days(limit(due, rule.grace), until).max(0));
    Outlook {
        stage: stage(&statements, slip, days_overdue),
        first_expected,
        expected,
        slip,
        days_overdue,
        dated_by: newest,
        statements,
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
