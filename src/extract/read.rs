//! One item through one extractor: matched, tested, read, and shown with the text it rests on.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::compile::{self, Compiled};
use super::words::{Folded, Phrase};
use super::{Rules, Test, ValueRule, area, dates, numbers};
use crate::model::geo::Point;
use crate::model::indicator::Kind;
use crate::model::item::Item;
use crate::model::observation::{Evidence, Report, Statement, Value};
use crate::model::outcome::{Finding, Outcome};
use crate::model::quantity::{Bound, Quantity};

/// Characters of text kept on either side of what was found.
const CONTEXT: usize = 120;

/// One extractor reading one item.
pub struct Reading<'a> {
    pub rules: &'a Rules,
    pub compiled: &'a Compiled,
    pub item: &'a Item,
    pub zone: &'a TimeZone,
}

/// What a step found, or why it did not.
type Step<T> = Result<T, Outcome>;

fn no_match<T>(why: impl Into<String>) -> Step<T> {
    Err(Outcome::NoMatch { why: why.into() })
}

impl Reading<'_> {
    /// The outcome.
    pub fn outcome(&self) -> Outcome {
        self.try_outcome().unwrap_or_else(|outcome| outcome)
    }

    fn try_outcome(&self) -> Step<Outcome> {
        self.tests()?;
        let text = self.text(self.rules.field.as_deref());
        let matched = self.matching(&text)?;
        match self.rules.kind {
            Kind::Report => self.report(&text, matched),
            Kind::Schedule => self.statement(&text, matched),
            Kind::Count | Kind::Level => self.quantity(&text, matched),
        }
    }

    fn text(&self, field: Option<&str>) -> String {
        match field {
            None => self.item.text(),
            Some("title") => self.item.title.clone().unwrap_or_default(),
            Some("content") => self.item.content.clone().unwrap_or_default(),
            Some("summary") => self.item.summary.clone().unwrap_or_default(),
            Some("link") => self.item.link.clone().unwrap_or_default(),
            Some(field) => self.item.field(field).unwrap_or_default().to_owned(),
        }
    }

    fn tests(&self) -> Step<()> {
        for (filter, pattern) in self.rules.filters.iter().zip(&self.compiled.tests) {
            let text = self.text(Some(&filter.field));
            let trimmed = text.trim();
            let figure = || {
                trimmed
                    .parse::<f64>()
                    .ok()
                    .or_else(|| numbers::read_captured(trimmed).map(|found| found.quantity.value))
            };
            let holds = match &filter.test {
                Test::OneOf(words) => words.iter().any(|word| word == trimmed),
                Test::Equals(word) => word == trimmed,
                Test::Above(limit) => figure().is_some_and(|figure| figure > *limit),
                Test::Below(limit) => figure().is_some_and(|figure| figure < *limit),
                Test::Matches(_) => pattern.as_ref().is_some_and(|pattern| pattern.is_match(&text)),
            };
            if !holds {
                return no_match(format!(
                    "the field `{}` does not pass its test: it holds `{}`",
                    filter.field,
                    excerpt_words(trimmed)
                ));
            }
        }
        Ok(())
    }

    /// Where the first matched word stands in the text, when a match is asked for in the text itself.
    fn matching(&self, text: &str) -> Step<Option<(usize, usize)>> {
        let Some(rule) = &self.rules.matching else { return Ok(None) };
        let other = rule.field.as_deref().map(|field| self.text(Some(field)));
        let folded = Folded::new(other.as_deref().unwrap_or(text));
        let find = |phrase: &Phrase| folded.find(phrase).map(|(from, to)| folded.in_text(from, to));
        let mut first = None;
        for (word, phrase) in &self.compiled.all {
            match find(phrase) {
                Some(place) => first = first.or(Some(place)),
                None => return no_match(format!("`{word}` does not occur")),
            }
        }
        if let Some((word, _)) = self.compiled.none.iter().find(|(_, phrase)| find(phrase).is_some()) {
            return no_match(format!("`{word}` occurs, which rules it out"));
        }
        if !self.compiled.any.is_empty() {
            let any = self.compiled.any.iter().find_map(|(_, phrase)| find(phrase));
            match any {
                Some(place) => first = Some(place),
                None => return no_match(format!("none of {} words occurs", self.compiled.any.len())),
            }
        }
        Ok(first.filter(|_| other.is_none()))
    }

    fn quantity(&self, text: &str, matched: Option<(usize, usize)>) -> Step<Outcome> {
        let Some(value) = &self.compiled.value else {
            return Ok(self.found(Value::Quantity(Quantity::exact(1.0)), text, matched));
        };
        let (quantity, evidence) = match value {
            compile::Value::Regex(pattern) => match self.by_pattern(pattern, text)? {
                Some(found) => found,
                None => return self.stated_zero(text, matched),
            },
            compile::Value::Field(field) => self.by_text(&self.text(Some(field)), &format!("the field `{field}`"))?,
            compile::Value::JsonPath(path) => self.by_json_path(path)?,
            compile::Value::Css(css, attribute) => self.by_css(css, attribute.as_deref())?,
            compile::Value::Area => self.by_area()?,
        };
        let finding = Finding { value: Value::Quantity(quantity), event_time: self.event_time(text), evidence };
        Ok(if quantity.value == 0.0 && quantity.bound == Bound::Exact {
            Outcome::StatedZero(finding)
        } else {
            Outcome::Value(finding)
        })
    }

    fn by_pattern(&self, pattern: &regex::Regex, text: &str) -> Step<Option<(Quantity, Evidence)>> {
        let mut found: Option<(Quantity, Evidence)> = None;
        for captures in pattern.captures_iter(text).take(20) {
            let Some(group) = captures.name("value").or_else(|| captures.get(1)).or_else(|| captures.get(0)) else {
                continue;
            };
            let Some(read) = numbers::read_captured(group.as_str()) else { continue };
            if is_designator(text.get(..group.start()).unwrap_or_default()) {
                continue;
            }
            // The bound may stand right before the group: "over 120 sorties" of which only 120 was captured.
            let quantity =
                match (read.quantity.bound, numbers::bound_before(text.get(..group.start()).unwrap_or_default())) {
                    (Bound::Exact, Some(bound)) => numbers::with_bound(read.quantity.value, None, Some(bound)),
                    _ => read.quantity,
                };
            let start = characters(text, group.start());
            let span = (start + read.figure.0, start + read.figure.1);
            match &found {
                None => found = Some((quantity, evidence(text, span))),
                Some((before, _)) if *before == quantity => {}
                Some((before, _)) => {
                    return no_match(format!(
                        "two figures match, {} and {}: which is meant is not clear",
                        before.value, quantity.value
                    ));
                }
            }
        }
        Ok(found)
    }

    fn stated_zero(&self, text: &str, matched: Option<(usize, usize)>) -> Step<Outcome> {
        // Only words near what was matched state a zero of it; a pattern alone matches nothing of the kind.
        match (matched, numbers::stated_zero(text)) {
            (Some(matched), Some(zero)) if matched.0.abs_diff(zero.0) < CONTEXT => Ok(Outcome::StatedZero(Finding {
                value: Value::Quantity(Quantity::exact(0.0)),
                event_time: self.event_time(text),
                evidence: evidence(text, zero),
            })),
            _ => no_match("the pattern of `value` finds no figure"),
        }
    }

    /// The figure of a text that is all figure: a field, a JSON value.
    fn by_text(&self, text: &str, what: &str) -> Step<(Quantity, Evidence)> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return no_match(format!("{what} is empty or absent"));
        }
        let whole = (0, trimmed.chars().count());
        if let Ok(figure) = trimmed.parse::<f64>() {
            if figure.is_finite() {
                return Ok((Quantity::exact(figure), Evidence { text: trimmed.to_owned(), span: whole }));
            }
        }
        match numbers::read_captured(trimmed) {
            Some(found) => Ok((found.quantity, evidence(trimmed, found.figure))),
            None => {
                Err(Outcome::Error { why: format!("{what} holds `{}`, which is no figure", excerpt_words(trimmed)) })
            }
        }
    }

    fn by_json_path(&self, path: &serde_json_path::JsonPath) -> Step<(Quantity, Evidence)> {
        let Some(raw) = &self.item.raw else { return no_match("the item is no JSON element") };
        let Ok(element) = serde_json::from_str::<serde_json::Value>(raw) else {
            return no_match("the item is no JSON element");
        };
        let found = path.query(&element).all();
        match found.as_slice() {
            [] => no_match("the JSONPath of `value` selects nothing"),
            [serde_json::Value::String(text)] => self.by_text(text, "the selected value"),
            [one] => self.by_text(&one.to_string(), "the selected value"),
            many => no_match(format!("the JSONPath of `value` selects {} values", many.len())),
        }
    }

    fn by_css(&self, css: &compile::Css, attribute: Option<&str>) -> Step<(Quantity, Evidence)> {
        let Some(raw) = &self.item.raw else { return no_match("the item is no HTML fragment") };
        let fragment = scraper::Html::parse_fragment(raw);
        let Some(element) = fragment.select(&css.0).next() else {
            return no_match("the selector of `value` finds nothing");
        };
        let text = match attribute {
            Some(attribute) => element.value().attr(attribute).unwrap_or_default().to_owned(),
            None => element.text().collect::<String>(),
        };
        self.by_text(&text, "the selected element")
    }

    fn by_area(&self) -> Step<(Quantity, Evidence)> {
        let Some(ValueRule::Area(place)) = &self.rules.value else { return no_match("no place is named") };
        if self.item.area.is_empty() {
            return no_match("the item has no polygons");
        }
        let area = area::within(&self.item.area, place);
        let rounded = (area * 1000.0).round() / 1000.0;
        // The proof of an area is what it was computed from; its digits are written out for the reader.
        let text = format!(
            "{rounded} km² of {} polygons lie within {}",
            self.item.area.len(),
            place.names.first().unwrap_or(&place.id)
        );
        let span = (0, rounded.to_string().chars().count());
        Ok((Quantity::exact(rounded), Evidence { text, span }))
    }

    fn report(&self, text: &str, matched: Option<(usize, usize)>) -> Step<Outcome> {
        let Some(place) = &self.rules.near else {
            let Some(point) = self.item.point else { return no_match("the item has no coordinates") };
            return Ok(self.found(Value::Report(Report { point, error_km: 0.0, place: None }), text, matched));
        };
        if let Some(point) = self.item.point.or_else(|| coordinates(text)) {
            if !place.contains(point) {
                let km = place.centre.distance_km(point);
                return no_match(format!("it lies {km:.0} km from {}", place.names.first().unwrap_or(&place.id)));
            }
            return Ok(self.found(Value::Report(Report { point, error_km: 0.0, place: None }), text, matched));
        }
        let folded = Folded::new(text);
        let named = self.compiled.place.iter().find_map(|name| folded.find(name));
        let Some((from, to)) = named else {
            return no_match("it has no coordinates and names no spelling of the place");
        };
        let span = folded.in_text(from, to);
        let written: String = text.chars().skip(span.0).take(span.1 - span.0).collect();
        let report = Report { point: place.centre, error_km: place.reach_km(), place: Some(written) };
        Ok(self.found(Value::Report(report), text, matched.or(Some(span))))
    }

    fn statement(&self, text: &str, matched: Option<(usize, usize)>) -> Step<Outcome> {
        let reference = self.item.time().unwrap_or(Timestamp::UNIX_EPOCH);
        let mut statement = Statement::default();
        let mut place = matched;
        if let Some((written, span)) = self.compiled.date.as_ref().and_then(|pattern| captured(pattern, text, "date")) {
            statement.expected = dates::read(&written, reference, self.zone);
            place = statement.expected.map(|_| span).or(place);
        }
        if let Some((written, span)) =
            self.compiled.amount.as_ref().and_then(|pattern| captured(pattern, text, "amount"))
        {
            statement.amount = dates::read_amount(&written);
            place = place.or(statement.amount.as_ref().map(|_| span));
        }
        let folded = Folded::new(text);
        // The status that is rarest to be said in passing wins: an announcement may mention an earlier delivery only as such.
        let says = |phrases: &Vec<Phrase>| phrases.iter().any(|phrase| folded.find(phrase).is_some());
        statement.status =
            self.compiled.status.iter().filter(|(_, phrases)| says(phrases)).map(|(status, _)| *status).max();
        if let (Some((least, currency)), Some(amount)) = (&self.rules.min_amount, &statement.amount) {
            let most = amount.quantity.high.unwrap_or(f64::INFINITY);
            if amount.currency == *currency && most < *least {
                return no_match(format!(
                    "its amount of {} {} is below `min_amount`",
                    amount.quantity.value, amount.currency
                ));
            }
        }
        if statement == Statement::default() {
            return no_match("it says no date, no amount and no status");
        }
        Ok(self.found(Value::Statement(statement), text, place))
    }

    fn found(&self, value: Value, text: &str, place: Option<(usize, usize)>) -> Outcome {
        let title = || (0, text.lines().next().unwrap_or_default().chars().count());
        let evidence = evidence(text, place.unwrap_or_else(title));
        // A statement's own date is when something is expected, not when it was said.
        let event_time = if self.rules.kind == Kind::Schedule { None } else { self.event_time(text) };
        Outcome::Value(Finding { value, event_time, evidence })
    }

    fn event_time(&self, text: &str) -> Option<Timestamp> {
        let (written, _) = captured(self.compiled.date.as_ref()?, text, "date")?;
        let reference = self.item.time()?;
        let window = dates::read(&written, reference, self.zone)?;
        (window.from == window.to).then(|| crate::model::time::start_of_day(window.from, self.zone))
    }
}

/// A named group, else the first, else the match, with its place in characters.
fn captured(pattern: &regex::Regex, text: &str, name: &str) -> Option<(String, (usize, usize))> {
    let captures = pattern.captures(text)?;
    let group = captures.name(name).or_else(|| captures.get(1)).or_else(|| captures.get(0))?;
    let start = characters(text, group.start());
    Some((group.as_str().to_owned(), (start, start + group.as_str().chars().count())))
}

fn characters(text: &str, bytes: usize) -> usize {
    text.get(..bytes).map_or(0, |before| before.chars().count())
}

/// Whether a figure that follows would be part of a name: `T-`, `С-`.
fn is_designator(before: &str) -> bool {
    let mut last = before.chars().rev();
    last.next().is_some_and(|c| matches!(c, '-' | '‑' | '–')) && last.next().is_some_and(char::is_alphabetic)
}

/// An excerpt around a place, with the place in it.
fn evidence(text: &str, (from, to): (usize, usize)) -> Evidence {
    let chars: Vec<char> = text.chars().collect();
    let (from, to) = (from.min(chars.len()), to.clamp(from.min(chars.len()), chars.len()));
    let is_blank = |at: &usize| chars.get(*at).is_some_and(|c| c.is_whitespace());
    // A cut falls between words where there is one near.
    let start = match from.checked_sub(CONTEXT) {
        None | Some(0) => 0,
        Some(cut) => (cut..from).find(is_blank).map_or(cut, |blank| blank + 1),
    };
    let end = match to + CONTEXT {
        cut if cut >= chars.len() => chars.len(),
        cut => (to..cut).rev().find(is_blank).unwrap_or(cut),
    };
    let excerpt: String = chars.get(start..end).unwrap_or_default().iter().collect();
    let (before, after) = (if start > 0 { "…" } else { "" }, if end < chars.len() { "…" } else { "" });
    let shift = before.chars().count();
    Evidence { text: format!("{before}{excerpt}{after}"), span: (from - start + shift, to - start + shift) }
}

fn excerpt_words(text: &str) -> String {
    crate::model::text::one_line(text, 60)
}

/// Decimal degrees in a text, latitude first: `49.7106, 37.6156`.
fn coordinates(text: &str) -> Option<Point> {
    let parts: Vec<&str> = text.split([' ', ',', ';', '(', ')', '\n']).filter(|part| !part.is_empty()).collect();
    let degrees = |part: &str| {
        let decimals = part.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        (decimals >= 3).then(|| part.parse::<f64>().ok()).flatten()
    };
    parts.windows(2).find_map(|pair| Point::new(degrees(pair[0])?, degrees(pair[1])?))
}
