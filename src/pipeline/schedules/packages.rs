//! Announcements of one thing by many, counted once. Pure.
//!
//! A publisher never announces one thing twice: official series repeat their
//! words for different packages, and each of its items is one. Others join it
//! within 72 hours when they name the same sum, or share its origin, or are no
//! official body and name no other sum: they report what was announced.

use jiff::Timestamp;

use crate::extract::provenance::Sources;
use crate::model::event::Reported;
use crate::model::observation::{Amount, Observation};
use crate::model::source::{Discipline, Reliability, Source};
use crate::pipeline::duplicates::WITHIN;
use crate::pipeline::events::origins::{self, Member};

use super::statement;

/// One thing that was announced, with everyone who said so, oldest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Package<'o> {
    /// Its statements.
    pub statements: Vec<&'o Reported>,
}

impl<'o> Package<'o> {
    /// When it was first spoken of.
    pub fn at(&self) -> Timestamp {
        self.statements.first().map_or(Timestamp::MIN, |first| first.observation.event_time)
    }

    /// The sum that the best graded of its statements names, the earliest of these.
    pub fn amount(&self) -> Option<(&'o Observation, &'o Amount)> {
        let named = self.statements.iter().filter_map(|one| Some((&one.observation, amount(one)?)));
        // A source without a letter stands behind every one that has one.
        named.min_by_key(|(one, _)| one.grade.reliability.map_or(u8::MAX, |letter| letter as u8))
    }
}

/// Who speaks, for telling whose statements may be of one thing.
#[derive(Debug)]
pub struct Voices<'s> {
    sources: &'s Sources,
}

impl<'s> Voices<'s> {
    /// The sources of a watch.
    pub fn new(sources: &'s Sources) -> Self {
        Self { sources }
    }

    fn source(&self, statement: &Reported) -> Option<&'s Source> {
        self.sources.iter().find(|source| source.id == statement.observation.source)
    }

    fn owner<'o>(&'o self, statement: &'o Reported) -> &'o str {
        self.source(statement).map_or(&statement.observation.source, |source| &source.owner)
    }

    fn is_official(&self, statement: &Reported) -> bool {
        self.source(statement).is_some_and(|source| source.discipline == Discipline::Official)
    }

    fn share_origin(&self, one: &Reported, other: &Reported) -> bool {
        self.count([one, other].into_iter()) == 1
    }

    /// How many independent origins a package has; E and F do not count.
    pub fn origins(&self, package: &Package<'_>) -> usize {
        let counts = |one: &&&Reported| one.observation.grade.reliability.is_none_or(Reliability::may_corroborate);
        self.count(package.statements.iter().filter(counts).copied())
    }

    fn count<'o>(&self, statements: impl Iterator<Item = &'o Reported>) -> usize {
        let members: Vec<Member<'_>> =
            statements.map(|report| Member { report, source: self.source(report) }).collect();
        let mut roots = origins::of(&members, self.sources).roots;
        roots.sort_unstable();
        roots.dedup();
        roots.len()
    }

    /// How well a statement fits into a package; `None`: it is of another one.
    fn fit(&self, package: &Package<'_>, new: &Reported) -> Option<Fit> {
        let apart = new.observation.event_time.duration_since(package.at());
        let is_of_same_owner = || package.statements.iter().any(|one| self.owner(one) == self.owner(new));
        if apart > WITHIN || is_of_same_owner() {
            return None;
        }
        let sums = package.statements.iter().filter_map(|one| Some((amount(one)?, amount(new)?)));
        let agreements: Vec<bool> = sums.map(|(one, other)| agree(one, other)).collect();
        if agreements.contains(&false) || package.statements.iter().any(|one| windows_exclude(one, new)) {
            return None;
        }
        if !agreements.is_empty() {
            return Some(Fit::SameSum);
        }
        if package.statements.iter().any(|one| self.share_origin(one, new)) {
            return Some(Fit::SameOrigin);
        }
        let reports = !self.is_official(new) || !package.statements.iter().any(|one| self.is_official(one));
        reports.then_some(Fit::NoOtherSum)
    }
}

/// Why a statement is of a package, the weakest reason first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    NoOtherSum,
    SameOrigin,
    SameSum,
}

/// Groups statements into what they announce, by their first statements; the same ones in whatever order they came.
pub fn packages<'o>(statements: impl Iterator<Item = &'o Reported>, voices: &Voices<'_>) -> Vec<Package<'o>> {
    let mut sorted: Vec<&Reported> = statements.collect();
    let place = |one: &Reported| (one.observation.event_time, one.observation.key.clone());
    sorted.sort_by_cached_key(|one| place(one));
    let mut packages: Vec<Package<'o>> = Vec::new();
    for new in sorted {
        let fits = packages
            .iter()
            .enumerate()
            .rev()
            .take_while(|(_, package)| new.observation.event_time.duration_since(package.at()) <= WITHIN);
        let fits = fits.filter_map(|(place, package)| Some((voices.fit(package, new)?, place)));
        match fits.max() {
            Some((_, place)) => packages[place].statements.push(new),
            None => packages.push(Package { statements: vec![new] }),
        }
    }
    packages
}

/// The sum that a statement names.
fn amount(reported: &Reported) -> Option<&Amount> {
    statement(&reported.observation)?.amount.as_ref()
}

/// Whether two sums may be one: of one currency, and no further apart than their bounds or their rounding.
fn agree(one: &Amount, other: &Amount) -> bool {
    let range = |sum: &Amount| {
        // What is written `2.5bn` may be 2.45.
        let slack = sum.quantity.value.abs() * 0.02;
        let low = sum.quantity.low.unwrap_or(f64::NEG_INFINITY) - slack;
        (low, sum.quantity.high.unwrap_or(f64::INFINITY) + slack)
    };
    let ((low, high), (other_low, other_high)) = (range(one), range(other));
    one.currency == other.currency && low <= other_high && other_low <= high
}

fn windows_exclude(one: &Reported, other: &Reported) -> bool {
    let window = |reported: &Reported| statement(&reported.observation).and_then(|said| said.expected);
    window(one).zip(window(other)).is_some_and(|(a, b)| a.to < b.from || b.to < a.from)
}
