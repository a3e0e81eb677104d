//! The drawing, as SVG (SVG 1.1; nothing in it loads or runs anything).

use std::fmt::Write as _;

use super::plane::{LABEL, LINE, Plane, TEXT, text_width, tick_words};
use super::{Chart, Limit, Mark, Point, Size, Style, WHOLE};
use crate::model::text::{figure, one_line};

/// Text: 4.5 to 1 on white and on black (WCAG 2.2, 1.4.3).
const INK: &str = "#767676";
/// Lines of the scale.
const GRID: &str = "#808080";
/// What was measured.
const BLUE: &str = "#4a8fd0";
/// What decides.
const RED: &str = "#dc4c46";
/// Known dates.
const VIOLET: &str = "#9a6dc4";

/// Draws a chart.
pub fn svg(chart: &Chart, size: Size) -> String {
    let mut canvas = Canvas { plane: Plane::new(chart, size), out: String::new() };
    canvas.open(chart);
    canvas.scale(&chart.unit);
    canvas.missing(&chart.points);
    match chart.style {
        Style::Bars => canvas.bars(&chart.points),
        Style::Line => canvas.line(&chart.points),
    }
    canvas.ranges(&chart.points);
    canvas.values(&chart.points);
    canvas.labels(&chart.points);
    chart.limits.iter().filter(|limit| limit.value.is_finite()).for_each(|limit| canvas.limit(limit));
    chart.marks.iter().enumerate().for_each(|(row, mark)| canvas.mark(row, mark));
    canvas.out.push_str("</svg>\n");
    canvas.out
}

/// A drawing in the making.
struct Canvas {
    plane: Plane,
    out: String,
}

impl Canvas {
    fn add(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing into a string cannot fail.
        let _ = self.out.write_fmt(element);
        self.out.push('\n');
    }

    fn open(&mut self, chart: &Chart) {
        let Size { width, height } = self.plane.size;
        let words = escaped(&super::words(chart));
        self.add(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" height=\"{height:.0}\" \
             role=\"img\" aria-label=\"{words}\" font-family=\"system-ui, 'DejaVu Sans', sans-serif\" font-size=\"{TEXT}\">"
        ));
    }

    fn text(&mut self, (x, y): (f64, f64), (anchor, colour): (&str, &str), text: &str) {
        let text = escaped(&one_line(text, LABEL));
        self.add(format_args!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{text}</text>"
        ));
    }

    fn rule(&mut self, (x1, y1): (f64, f64), (x2, y2): (f64, f64), style: &str) {
        self.add(format_args!("<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" {style}/>"));
    }

    fn scale(&mut self, unit: &str) {
        let (left, right) = (self.plane.left, self.plane.right);
        for tick in self.plane.ticks.clone() {
            let y = self.plane.y(tick);
            let opacity = if tick == 0.0 { 0.8 } else { 0.3 };
            let style = format!("stroke=\"{GRID}\" stroke-opacity=\"{opacity}\"");
            self.rule((left, y), (right, y), &style);
            self.text((left - 6.0, y + 4.0), ("end", INK), &tick_words(tick));
        }
        if !unit.is_empty() {
            self.text((2.0, TEXT), ("start", INK), unit);
        }
    }

    /// A gap is hatched from top to bottom: it cannot be taken for a low value.
    fn missing(&mut self, points: &[Point]) {
        let (top, bottom, slot) = (self.plane.top, self.plane.bottom, self.plane.slot());
        for (index, _) in points.iter().enumerate().filter(|(_, point)| point.known().is_none()) {
            let (from, to) = (self.plane.x(index) - slot * 0.4, self.plane.x(index) + slot * 0.4);
            let mut path = String::new();
            let mut y = top + 4.0;
            while y < bottom {
                let _ = write!(path, "M{from:.1} {y:.1}L{to:.1} {:.1}", y - 4.0);
                y += 8.0;
            }
            self.add(format_args!("<path d=\"{path}\" stroke=\"{GRID}\" stroke-opacity=\"0.6\" fill=\"none\"/>"));
        }
    }

    fn bars(&mut self, points: &[Point]) {
        let width = self.plane.slot() * 0.72;
        let zero = self.plane.y(0.0);
        for (index, point) in points.iter().enumerate() {
            let Some(value) = point.known() else { continue };
            let (x, y) = (self.plane.x(index) - width / 2.0, self.plane.y(value));
            // A value of zero is a line on the ground, not nothing.
            let (top, height) = (y.min(zero), (y - zero).abs().max(1.0));
            let look = look(point);
            self.add(format_args!(
                "<rect x=\"{x:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" {look}/>"
            ));
        }
    }

    fn line(&mut self, points: &[Point]) {
        let dots = self.plane.slot() >= 8.0;
        let mut before: Option<(f64, f64)> = None;
        for (index, point) in points.iter().enumerate() {
            let here = point.known().map(|value| (self.plane.x(index), self.plane.y(value)));
            if let (Some(from), Some(to)) = (before, here) {
                let dashes = if point.is_final { "" } else { " stroke-dasharray=\"4 3\"" };
                let style = format!("stroke=\"{BLUE}\" stroke-width=\"2\" stroke-linecap=\"round\"{dashes}");
                self.rule(from, to, &style);
            }
            if let Some((x, y)) = here.filter(|_| dots || before.is_none() || !point.is_final) {
                let look = look(point);
                self.add(format_args!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" {look}/>"));
            }
            before = here;
        }
    }

    /// What a value may lie between.
    fn ranges(&mut self, points: &[Point]) {
        for (index, point) in points.iter().enumerate() {
            let Some((low, high)) = point.range.filter(|(low, high)| low < high && point.known().is_some()) else {
                continue;
            };
            let (x, style) = (self.plane.x(index), format!("stroke=\"{INK}\" stroke-width=\"1.5\""));
            let (low, high) = (self.plane.y(low), self.plane.y(high));
            self.rule((x, low), (x, high), &style);
            self.rule((x - 3.0, low), (x + 3.0, low), &style);
            self.rule((x - 3.0, high), (x + 3.0, high), &style);
        }
    }

    /// Figures above the values: above all where there is room, else above the newest.
    fn values(&mut self, points: &[Point]) {
        let shown = |point: &Point| point.known().map(|value| figure(value, 2));
        let widest = points.iter().filter_map(shown).map(|words| text_width(&words)).fold(0.0, f64::max);
        let newest = points.iter().rposition(|point| point.known().is_some());
        for (index, point) in points.iter().enumerate() {
            let Some(words) = shown(point).filter(|_| widest + 2.0 < self.plane.slot() || Some(index) == newest) else {
                continue;
            };
            let top = point.range.map_or(point.known(), |(_, high)| Some(high)).unwrap_or_default();
            let y = self.plane.y(top) - 5.0;
            let x = self.plane.x(index).min(self.plane.right - text_width(&words) / 2.0);
            self.text((x, y), ("middle", INK), &words);
        }
    }

    /// The names of the periods, thinned from the newest backwards.
    fn labels(&mut self, points: &[Point]) {
        let widest = points.iter().map(|point| text_width(&point.label)).fold(1.0, f64::max) + 8.0;
        let every = (widest / self.plane.slot()).ceil().max(1.0) as usize;
        let y = self.plane.bottom + LINE + 1.0;
        for (index, point) in points.iter().enumerate() {
            if (points.len() - 1 - index).is_multiple_of(every) {
                let half = text_width(&point.label) / 2.0;
                let x = self.plane.x(index).clamp(half.min(self.plane.size.width / 2.0), self.plane.size.width - half);
                self.text((x, y), ("middle", INK), &point.label);
            }
        }
    }

    fn limit(&mut self, limit: &Limit) {
        let y = self.plane.y(limit.value);
        let (left, right) = (self.plane.left, self.plane.right);
        self.rule((left, y), (right, y), &format!("stroke=\"{RED}\" stroke-width=\"1.5\" stroke-dasharray=\"6 4\""));
        self.text((right + 5.0, y + 4.0), ("start", RED), &limit.label);
    }

    fn mark(&mut self, row: usize, mark: &Mark) {
        let (x, top, bottom) = (self.plane.x(mark.at), self.plane.top, self.plane.bottom);
        if x > self.plane.right {
            return;
        }
        let y = TEXT + LINE + (row % 2) as f64 * LINE;
        self.rule((x, y + 3.0), (x, bottom.max(top)), &format!("stroke=\"{VIOLET}\" stroke-dasharray=\"2 3\""));
        let fits = x + text_width(&mark.label) < self.plane.size.width;
        let (x, anchor) = if fits { (x + 3.0, "start") } else { (x - 3.0, "end") };
        self.text((x, y), (anchor, VIOLET), &mark.label);
    }
}

/// How a value is filled: whole, pale where only a part is known, an outline where the period is not over.
fn look(point: &Point) -> String {
    if !point.is_final {
        return format!(
            "fill=\"{BLUE}\" fill-opacity=\"0.2\" stroke=\"{BLUE}\" stroke-width=\"1.5\" stroke-dasharray=\"3 2\""
        );
    }
    let opacity = if point.coverage < WHOLE { "0.5" } else { "1" };
    format!("fill=\"{BLUE}\" fill-opacity=\"{opacity}\"")
}

/// Text as SVG text or as a quoted attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
