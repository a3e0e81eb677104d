//! How long after a period's end its values are normally in, learned from the series itself.

use jiff::{SignedDuration, Timestamp};

use super::{Question, totals};
use crate::model::name::Name;
use crate::model::observation::Observation;
use crate::model::time::{Period, Span};
use crate::store::{Result, Vintage};

/// Periods learned from.
const PERIODS: i64 = 24;
/// Fewer periods are no habit.
const FEWEST: usize = 3;
/// "Normally": so large a share of periods had their values by then.
const NORMALLY: f64 = 0.9;
/// A value within this share of what it became was as good as in.
const SETTLED: f64 = 0.02;

/// The habit of one feed's publications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Delay {
    /// After a period's end its values normally take so long; zero where nothing was learned.
    pub wait: SignedDuration,
    /// A period normally has at most so many values; `None` where it cannot be told.
    pub values: Option<usize>,
}

impl Delay {
    /// Whether a period has as many values as ever, the newest from after its end: nothing is waited for.
    pub fn is_complete(&self, within: &[&Observation], end: Timestamp) -> bool {
        let newest = within.iter().map(|observation| observation.recorded_at).max();
        self.values.is_some_and(|values| within.len() >= values) && newest.is_some_and(|newest| newest >= end)
    }
}

/// Learns the habit of one feed from the periods that ended while it was watched.
///
/// # Errors
/// What the store refuses.
pub(super) fn learn(question: &Question<'_>, feed: &Name) -> Result<Delay> {
    let Question { view, watch, indicator, as_of } = *question;
    let spec = &indicator.spec;
    let running = Period::containing(spec.period, as_of.at, &watch.zone);
    let spans: Vec<Span> = (2..=PERIODS).map(|back| running.offset(-back).span(&watch.zone)).collect();
    let (Some(newest), Some(oldest)) = (spans.first(), spans.last()) else { return Ok(Delay::default()) };
    let Some(watched_from) = view.first_recorded(&spec.name, feed)? else { return Ok(Delay::default()) };
    let mut rows = view.vintages_between(&spec.name, feed, as_of.known, Span::new(oldest.from, newest.to))?;
    let cumulative = spec.inputs.iter().filter(|input| input.feed == *feed).find_map(|input| input.cumulative);
    // Each point of a total's course is a value of its own; else a key is.
    let is_same: fn(&Vintage, &Vintage) -> bool = match cumulative {
        Some(reset) if totals::is_coarser(reset, spec.period) => {
            rows.sort_by_key(|row| row.event_time);
            |a, b| a.event_time == b.event_time
        }
        _ => |a, b| a.key == b.key,
    };
    let of_span = |span: &Span| of_period(rows.iter().filter(|row| span.contains(row.event_time)), is_same, span.to);
    let mut habits: Vec<(SignedDuration, usize)> =
        spans.iter().filter(|span| span.to > watched_from).filter_map(of_span).collect();
    if habits.len() < FEWEST {
        return Ok(Delay::default());
    }
    habits.sort_unstable();
    let place = (habits.len() as f64 * NORMALLY).ceil() as usize;
    let wait = habits.get(place.saturating_sub(1)).map(|habit| habit.0).unwrap_or_default();
    let values = habits.iter().map(|habit| habit.1).max().filter(|_| cumulative.is_none());
    let most = newest.duration().saturating_mul(2);
    Ok(Delay { wait: wait.min(most), values })
}

/// How long after its end a period's values were as good as in, and how many there were; `None` without any.
fn of_period<'v>(
    rows: impl Iterator<Item = &'v Vintage>,
    is_same: fn(&Vintage, &Vintage) -> bool,
    end: Timestamp,
) -> Option<(SignedDuration, usize)> {
    let rows: Vec<&Vintage> = rows.collect();
    let values = || rows.chunk_by(|a, b| is_same(a, b));
    let settled = values().filter_map(settled).max()?;
    Some((settled.duration_since(end).max(SignedDuration::ZERO), values().count()))
}

/// When a key's value first was as good as what it is known as now.
fn settled(rows: &[&Vintage]) -> Option<Timestamp> {
    let value = rows.last()?.value?;
    let is_close = |row: &&&Vintage| row.value.is_some_and(|figure| (figure - value).abs() <= SETTLED * value.abs());
    rows.iter().find(is_close).map(|row| row.recorded_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(key: &str, recorded: &str, value: f64) -> Vintage {
        let at = recorded.parse().unwrap();
        Vintage { key: key.to_owned(), event_time: at, recorded_at: at, effective_at: at, value: Some(value) }
    }

    #[test]
    fn a_value_is_in_when_it_is_as_good_as_what_it_became() {
        let end = "2026-02-01T00:00:00Z".parse().unwrap();
        let check = |rows: &[Vintage], hours: i64, keys: usize| {
            assert_eq!(
                of_period(rows.iter(), |a, b| a.key == b.key, end),
                Some((SignedDuration::from_hours(hours), keys))
            );
        };
        let total = [
            row("m", "2026-01-31T12:00:00Z", 900.0),
            row("m", "2026-02-01T03:00:00Z", 985.0),
            row("m", "2026-02-02T03:00:00Z", 1000.0),
        ];
        check(&total, 3, 1);
        check(&total[..1], 0, 1);
        check(&[row("a", "2026-01-30T08:00:00Z", 5.0), row("b", "2026-02-01T08:00:00Z", 6.0)], 8, 2);
        assert_eq!(of_period([].iter(), |_, _| true, end), None);
    }
}
