//! The one place that reads the system's clock. Everything else is told what time it is.
//!
//! [`Steady`] is the time of the daemon. It follows the system's clock, but
//! never runs backwards, because history is never rewritten; and it waits to
//! be told before it follows a leap forward, because a leap is not time in
//! which anything was watched.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

use crate::model::time::whole_millis;

/// A difference between the clock and the time that passed, from which on it is a leap.
const LEAP: SignedDuration = SignedDuration::from_secs(60);

/// The present moment, in whole milliseconds as the store keeps them.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
pub fn now() -> Timestamp {
    whole_millis(Timestamp::now())
}

/// A clock that never runs backwards, shared by everything that runs.
#[derive(Debug)]
pub struct Steady(Mutex<Reading>);

/// What was read last.
#[derive(Debug)]
struct Reading {
    /// What was given out.
    given: Timestamp,
    /// What the system's clock said then.
    wall: Timestamp,
    /// When that was, by the clock that only counts.
    at: Instant,
    /// A leap that nobody has asked for yet; forward ones are not followed before.
    leap: Option<SignedDuration>,
}

impl Steady {
    /// A clock that gives nothing earlier than `floor`: the newest moment that is on record.
    pub fn start(floor: Option<Timestamp>) -> Self {
        let wall = now();
        let given = floor.map_or(wall, |floor| floor.max(wall));
        Self(Mutex::new(Reading { given, wall, at: Instant::now(), leap: None }))
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        let mut reading = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        reading.advance(now(), Instant::now());
        reading.given
    }

    /// By how much the system's clock has leapt since this was last asked. A leap forward is followed from here on.
    pub fn take_leap(&self) -> Option<SignedDuration> {
        let mut reading = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        reading.advance(now(), Instant::now());
        let leap = reading.leap.take()?;
        reading.given = reading.given.max(reading.wall);
        Some(leap)
    }

    /// When a wait that begins at a moment is over: while the given time goes half as fast, it is not twice as long.
    pub fn wait_over(&self, from: Timestamp, until: Timestamp) -> Timestamp {
        let is_slow = self.ahead() > SignedDuration::from_secs(1);
        if is_slow { forward(from, until.duration_since(from).max(SignedDuration::ZERO) / 2) } else { until }
    }

    /// By how much the given time is ahead of the system's clock.
    pub fn ahead(&self) -> SignedDuration {
        let given = self.now();
        given.duration_since(now()).max(SignedDuration::ZERO)
    }
}

impl Reading {
    /// Goes on to what the two clocks say.
    fn advance(&mut self, wall: Timestamp, at: Instant) {
        let passed = SignedDuration::try_from(at.duration_since(self.at)).unwrap_or_default();
        if wall == self.wall && passed < SignedDuration::from_millis(2) {
            // Too little to count in whole milliseconds: it is part of the next step.
            return;
        }
        let leap = wall.duration_since(self.wall) - passed;
        if leap.abs() > LEAP {
            self.leap = Some(self.leap.unwrap_or_default() + leap);
        }
        self.given = match self.leap {
            Some(leap) if leap > SignedDuration::ZERO => whole_millis(forward(self.given, passed)),
            // Half as fast, until the system's clock has caught up.
            _ => whole_millis(forward(self.given, passed / 2)).max(wall),
        };
        (self.wall, self.at) = (wall, at);
    }
}

fn forward(from: Timestamp, by: SignedDuration) -> Timestamp {
    from.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Steps of (seconds by the counting clock, seconds the wall clock moves), and the seconds given after each.
    #[track_caller]
    fn check(steps: &[(u64, i64)], expected: &[i64]) -> Option<SignedDuration> {
        let mut at = Instant::now();
        let mut wall: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        let begun = wall;
        let mut reading = Reading { given: wall, wall, at, leap: None };
        let mut given = Vec::new();
        for (passed, moved) in steps {
            at += Duration::from_secs(*passed);
            wall = wall.checked_add(SignedDuration::from_secs(*moved)).unwrap();
            reading.advance(wall, at);
            given.push(reading.given.duration_since(begun).as_secs());
        }
        assert_eq!(given, expected);
        reading.leap
    }

    #[test]
    fn an_even_clock_is_followed() {
        assert_eq!(check(&[(10, 10), (10, 12), (3600, 3590)], &[10, 22, 3612]), None);
    }

    #[test]
    fn a_leap_forward_waits_until_it_is_taken_note_of() {
        let leap = check(&[(10, 86_410), (10, 10)], &[10, 20]);
        assert_eq!(leap, Some(SignedDuration::from_secs(86_400)));
    }

    #[test]
    fn a_leap_back_slows_time_and_never_turns_it() {
        let leap = check(&[(10, 10), (10, -3590), (3600, 3600), (3600, 3600)], &[10, 15, 1815, 3620]);
        assert_eq!(leap, Some(SignedDuration::from_secs(-3600)));
    }

    #[test]
    fn a_small_step_back_is_no_leap() {
        assert_eq!(check(&[(10, 10), (10, -20), (100, 100)], &[10, 15, 90]), None);
    }

    #[test]
    fn nothing_is_earlier_than_what_is_on_record() {
        let floor = now().checked_add(SignedDuration::from_hours(1)).unwrap();
        let steady = Steady::start(Some(floor));
        assert!(steady.now() >= floor && steady.ahead() > SignedDuration::from_mins(59));
        assert_eq!(steady.take_leap(), None);
    }

    #[test]
    fn a_wait_is_as_long_as_it_was_meant_while_time_is_slow() {
        let (from, until) = (now(), now().checked_add(SignedDuration::from_mins(10)).unwrap());
        assert_eq!(Steady::start(None).wait_over(from, until), until);
        let floor = from.checked_add(SignedDuration::from_hours(1)).unwrap();
        let slow = Steady::start(Some(floor)).wait_over(from, until).duration_since(from);
        assert!((299..=301).contains(&slow.as_secs()), "{slow}");
    }
}
