//! Where values and periods fall on a picture.

use super::{Chart, Size, Style};
use crate::model::text::figure;

/// The height of a line of small text.
pub(super) const LINE: f64 = 15.0;
/// The size of small text.
pub(super) const TEXT: f64 = 12.0;
/// Characters of a label that are drawn.
pub(super) const LABEL: usize = 40;

/// The plotted part of a picture with its scales.
pub(super) struct Plane {
    /// The picture's size.
    pub size: Size,
    /// The left edge of the plot.
    pub left: f64,
    /// Its right edge.
    pub right: f64,
    /// Its upper edge.
    pub top: f64,
    /// Its lower edge.
    pub bottom: f64,
    /// The values that stand at the side, lowest first.
    pub ticks: Vec<f64>,
    low: f64,
    high: f64,
    count: usize,
}

impl Plane {
    /// Lays a chart out.
    pub fn new(chart: &Chart, size: Size) -> Self {
        let ticks = ticks(extent(chart));
        let (low, high) = (ticks.first().copied().unwrap_or(0.0), ticks.last().copied().unwrap_or(1.0));
        let side = ticks.iter().map(|tick| text_width(&tick_words(*tick))).fold(0.0, f64::max);
        let limits = chart.limits.iter().map(|limit| text_width(&limit.label)).fold(0.0, f64::max);
        let mark_rows = chart.marks.len().min(2) as f64;
        let right = size.width - if limits > 0.0 { limits + 10.0 } else { 6.0 };
        Self {
            size,
            left: (side + 10.0).min(size.width / 3.0),
            right: right.max(size.width / 2.0),
            // Room for the unit, the figure on the highest value, and the names of marks.
            top: 2.0 * LINE - 4.0 + mark_rows * LINE,
            bottom: size.height - LINE - 6.0,
            ticks,
            low,
            high,
            count: chart.points.len().max(1),
        }
    }

    /// The width of one period.
    pub fn slot(&self) -> f64 {
        (self.right - self.left) / self.count as f64
    }

    /// The middle of a period.
    pub fn x(&self, index: usize) -> f64 {
        self.left + (index as f64 + 0.5) * self.slot()
    }

    /// The height of a value; one beyond the scale stays on its edge.
    pub fn y(&self, value: f64) -> f64 {
        // In halves, for a scale that is wider than a number can be.
        let share = ((value / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0)).clamp(0.0, 1.0);
        self.bottom - share * (self.bottom - self.top)
    }
}

/// How wide small text is at most, roughly: letters of DejaVu Sans are 0.6 em on average.
pub(super) fn text_width(text: &str) -> f64 {
    text.chars().take(LABEL).count() as f64 * TEXT * 0.62
}

/// A value beside the scale.
pub(super) fn tick_words(value: f64) -> String {
    figure(value, 6)
}

/// The least and the most that has to be seen.
fn extent(chart: &Chart) -> (f64, f64) {
    let ranges = chart.points.iter().filter_map(|point| point.range).flat_map(|(low, high)| [low, high]);
    let values = chart.points.iter().filter_map(super::Point::known);
    let limits = chart.limits.iter().map(|limit| limit.value);
    let zero = (chart.style == Style::Bars).then_some(0.0);
    let all = values.chain(ranges).chain(limits).chain(zero).filter(|value| value.is_finite());
    let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    match (low.is_finite(), high - low) {
        (false, _) => (0.0, 1.0),
        // A flat series stands in the middle of a scale of its own size.
        (true, span) if span <= 0.0 => (low.min(0.0), if high > 0.0 { high } else { low + 1.0 }),
        _ => (low, high),
    }
}

/// Three to six round values that enclose a range: steps of 1, 2 or 5 times a power of ten.
fn ticks((low, high): (f64, f64)) -> Vec<f64> {
    let rough = (high / 4.0 - low / 4.0).max(f64::MIN_POSITIVE);
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power).find(|step| *step >= rough);
    let step = step.filter(|step| step.is_normal()).unwrap_or(1.0);
    let first = (low / step).floor();
    let last = (high / step).ceil();
    let count = (last - first).clamp(1.0, 8.0) as u32;
    let ticks: Vec<f64> = (0..=count).map(|n| (first + f64::from(n)) * step).collect();
    // Figures at the edge of what a number can be have no round neighbours.
    if ticks.iter().all(|tick| tick.is_finite()) { ticks } else { vec![low, high] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_enclose() {
        assert_eq!(ticks((0.0, 940.0)), [0.0, 500.0, 1000.0]);
        assert_eq!(ticks((0.0, 1.0)), [0.0, 0.5, 1.0]);
        assert_eq!(ticks((-3.0, 5.0)), [-4.0, -2.0, 0.0, 2.0, 4.0, 6.0]);
        for range in [(0.0, f64::MAX), (f64::MIN, f64::MAX), (0.0, f64::MIN_POSITIVE), (1e17, 1e17 + 64.0)] {
            let ticks = ticks(range);
            assert!(ticks.len() >= 2 && ticks.iter().all(|tick| tick.is_finite()), "{range:?}: {ticks:?}");
        }
    }
}
