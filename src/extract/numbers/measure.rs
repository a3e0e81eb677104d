//! One figure with its currency, magnitude and unit: `$1.25bn`, `182,4 кв. км`, `сорок чотири`.

use super::sentence::Comma;
use super::{Reading, cardinal, digits, magnitude, unit, vague};
use crate::extract::text::fold::is_hyphen;
use crate::extract::text::lex::Line;
use crate::model::quantity::{Bound, Quantity};

/// The figure before its bounds are applied.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Measure {
    /// The tokens of it all.
    pub(super) from: usize,
    pub(super) to: usize,
    /// The tokens of digits or number words alone.
    pub(super) core: (usize, usize),
    pub(super) numeral: Numeral,
    /// The power of ten behind the numeral.
    pub(super) power: i32,
    pub(super) is_rounded: bool,
    pub(super) unit: Option<unit::At>,
}

/// How the number itself is written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Numeral {
    /// Plain digits, with a sign and a point.
    Digits(String),
    /// Words; rough where nobody counted.
    Words { value: f64, is_rough: bool },
    /// A vague word.
    Vague(Quantity),
    /// No one reading.
    Unclear(String),
}

/// Reads a figure that begins at a token, with a currency before it or none.
pub(super) fn read(line: &Line<'_>, index: usize, comma: Comma) -> Option<Measure> {
    read_beside(line, index, comma, false)
}

/// The same beside another figure: where that is a sum, `m` and `b` are millions and billions.
pub(super) fn read_beside(line: &Line<'_>, index: usize, comma: Comma, is_sum: bool) -> Option<Measure> {
    let prefix = unit::prefix(line, index);
    let start = prefix.map_or(index, |(_, at)| at);
    let mut measure = numeral(line, start, comma, prefix.is_some() || is_sum)?;
    measure.from = index;
    if line.mark(measure.to).is_some_and(is_hyphen) && line.word(measure.to + 1) == "odd" {
        let behind = line.skip_blank(measure.to + 2);
        let is_scaled =
            magnitude::power_of(line.word(behind)).is_some() || cardinal::times(line.word(behind)).is_some();
        measure.numeral = Numeral::Unclear("`-odd` is some more that nobody counted".to_owned());
        measure.to = if is_scaled { behind + 1 } else { measure.to + 2 };
    }
    measure.unit = match prefix {
        // `$5m NZD`: the code says whose dollars.
        Some(_) if line.mark(index) == Some('$') && unit::dollars_of(line, measure.to).is_some() => {
            unit::dollars_of(line, measure.to)
        }
        Some((code, _)) => unit::after(line, measure.to)
            .filter(|at| matches!(at.unit, unit::Unit::Currency(_)) && line.mark(index) == Some('$'))
            .or(Some(unit::At { unit: unit::Unit::Currency(code), to: measure.to, is_per_day: false })),
        None => unit::after(line, measure.to),
    };
    if magnitude::is_metres_or_millions(line, measure.to) && measure.power == 0 {
        measure.numeral = Numeral::Unclear(format!("`{}m` can be metres or millions", line.between(start, measure.to)));
    }
    measure.to = measure.unit.map_or(measure.to, |unit| unit.to);
    Some(measure)
}

impl Measure {
    /// The figure at a power of ten: its own, or the one it shares with the end of a range.
    pub(super) fn value_at(&self, power: i32) -> f64 {
        match &self.numeral {
            // Through the text, so that 1.22 billion is the nearest double to 1 220 000 000.
            Numeral::Digits(digits) => format!("{digits}e{power}").parse().unwrap_or(f64::NAN),
            Numeral::Words { value, .. } => value * 10f64.powi(power),
            Numeral::Vague(quantity) => quantity.value,
            Numeral::Unclear(_) => f64::NAN,
        }
    }

    /// The figure with what its own writing says of its precision.
    pub(super) fn quantity(&self) -> Quantity {
        let value = self.value_at(self.power);
        match &self.numeral {
            Numeral::Vague(quantity) => *quantity,
            Numeral::Words { is_rough: true, .. } => super::bound::apply(Quantity::exact(value), Bound::Approx),
            Numeral::Digits(digits) if self.is_rounded => {
                let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
                let half = 0.5 * 10f64.powi(self.power - i32::try_from(decimals).unwrap_or(0));
                Quantity { value, low: Some(value - half), high: Some(value + half), bound: Bound::Approx }
            }
            _ => Quantity::exact(value),
        }
    }

    /// Whether it is digits without magnitude, currency or unit.
    pub(super) fn is_bare_integer(&self) -> bool {
        self.unit.is_none()
            && self.power == 0
            && matches!(&self.numeral, Numeral::Digits(digits) if !digits.contains('.'))
    }

    /// The name of the unit, with `/d` for a rate.
    pub(super) fn unit_name(&self) -> Option<String> {
        let at = self.unit?;
        let name = match at.unit {
            unit::Unit::Currency(name) | unit::Unit::Measure(name) | unit::Unit::Duration(name) => name,
            unit::Unit::Percent => "%",
            unit::Unit::Calibre | unit::Unit::UnknownCurrency => return None,
        };
        Some(if at.is_per_day { format!("{name}/d") } else { name.to_owned() })
    }

    /// Why the figure cannot be used, where that shows in itself.
    pub(super) fn trouble(&self) -> Option<Reading> {
        match (&self.numeral, self.unit.map(|at| at.unit)) {
            (Numeral::Unclear(why), _) => Some(Reading::unclear(why.clone())),
            (_, Some(unit::Unit::Calibre)) => Some(Reading::other("a calibre")),
            (_, Some(unit::Unit::UnknownCurrency)) => {
                Some(Reading::unclear("several countries have a currency of that name"))
            }
            _ => None,
        }
    }
}

fn numeral(line: &Line<'_>, start: usize, comma: Comma, has_currency: bool) -> Option<Measure> {
    let sign = sign(line, start);
    let first = if sign.is_some() { start + 1 } else { start };
    if line.digits(first).is_some() {
        return in_digits(line, (start, first), comma, has_currency);
    }
    if sign.is_some() {
        return None;
    }
    let (numeral, power, to) = in_words(line, start)?;
    Some(Measure { from: start, to, core: (start, to), numeral, power, is_rounded: false, unit: None })
}

fn in_words(line: &Line<'_>, start: usize) -> Option<(Numeral, i32, usize)> {
    if let Some(one) = cardinal::one_of(line, start) {
        return Some((Numeral::Words { value: one.value, is_rough: false }, one.power, one.to));
    }
    if let Some(vague) = vague::read(line, start) {
        return Some((Numeral::Vague(vague.quantity), 0, vague.to));
    }
    let cardinal = cardinal::read(line, start)?;
    let numeral = Numeral::Words { value: cardinal.value, is_rough: cardinal.is_rough };
    Some((numeral, cardinal.power, cardinal.to))
}

fn in_digits(line: &Line<'_>, (start, first): (usize, usize), comma: Comma, has_currency: bool) -> Option<Measure> {
    let scaled = |at: usize| is_scaled(line, at, has_currency);
    let read = digits::read(line, first, comma, scaled)?;
    let is_negative = first > start && line.mark(start) != Some('+');
    let numeral = match read.plain {
        Ok(digits) => Numeral::Digits(if is_negative { format!("-{digits}") } else { digits }),
        Err(why) => Numeral::Unclear(why),
    };
    let core = (start, read.to);
    let mut measure = Measure { from: start, to: read.to, core, numeral, power: 0, is_rounded: false, unit: None };
    measure.scale(line, comma, has_currency);
    Some(measure)
}

impl Measure {
    /// Takes the magnitude behind the digits in, and a smaller figure behind that: `1 млн 250 тис.`.
    fn scale(&mut self, line: &Line<'_>, comma: Comma, has_currency: bool) {
        let word = line.word(line.skip_blank(self.to));
        if let Some(times) = cardinal::times(word).filter(|_| self.power == 0) {
            self.numeral = Numeral::Words { value: self.value_at(0) * times, is_rough: false };
            self.to = line.skip_blank(self.to) + 1;
            return;
        }
        // `2 з половиною тисячі`.
        if let Some(to) = cardinal::and_a_half(line, self.to).filter(|_| self.power == 0) {
            self.numeral = Numeral::Words { value: self.value_at(0) + 0.5, is_rough: false };
            self.to = to;
        }
        let currency = has_currency || currency_behind(line, self.to);
        let Some(magnitude) = magnitude::after(line, self.to, currency) else { return };
        self.power = magnitude.power;
        self.is_rounded = magnitude.is_rounded;
        self.to = magnitude.to;
        if let Some((value, to)) = self.remainder(line, comma) {
            self.numeral = Numeral::Words { value, is_rough: false };
            self.power = 0;
            self.to = to;
            self.core.1 = to;
        }
    }

    /// The smaller figure behind the magnitude, in digits or in words: the sum and the token behind it.
    fn remainder(&self, line: &Line<'_>, comma: Comma) -> Option<(f64, usize)> {
        let (mut sum, mut behind, mut last) = (self.value_at(self.power), self.to, self.power);
        while let Some((rest, power, to)) = smaller(line, behind, comma) {
            // `$1 billion 25 countries` is two figures, `3 тис. 250` and `3 мільйони двісті тисяч` are one.
            if rest >= 1000.0 || power >= last || last - power != 3 {
                break;
            }
            (sum, behind, last) = (sum + rest * 10f64.powi(power), to, power);
        }
        (behind > self.to).then_some((sum, behind))
    }
}

/// The figure behind a blank at a token: with its power of ten and the token behind.
fn smaller(line: &Line<'_>, at: usize, comma: Comma) -> Option<(f64, i32, usize)> {
    let next = Some(line.skip_blank(at)).filter(|next| *next > at)?;
    in_few_digits(line, next, comma).or_else(|| {
        let words = cardinal::read(line, next).filter(|words| !words.is_rough)?;
        Some((words.value, words.power, words.to))
    })
}

/// Digits with the magnitude behind them: figure, power of ten and the token behind.
fn in_few_digits(line: &Line<'_>, at: usize, comma: Comma) -> Option<(f64, i32, usize)> {
    let read = digits::read(line, at, comma, |_| false)?;
    let figure = read.plain.ok()?.parse().ok()?;
    let magnitude = magnitude::after(line, read.to, false);
    let (power, to) = magnitude.map_or((0, read.to), |found| (found.power, found.to));
    Some((figure, power, to))
}

/// Whether a magnitude, a currency or a unit of length stands behind digits.
fn is_scaled(line: &Line<'_>, at: usize, has_currency: bool) -> bool {
    magnitude::after(line, at, has_currency).is_some()
        || unit::after(line, at).is_some_and(|found| !matches!(found.unit, unit::Unit::Duration(_)))
}

/// Whether a currency stands behind a magnitude in letters: `500m euros`.
fn currency_behind(line: &Line<'_>, at: usize) -> bool {
    let index = line.skip_blank(at);
    matches!(line.word(index), "m" | "b" | "t" | "k")
        && unit::after(line, index + 1).is_some_and(|found| matches!(found.unit, unit::Unit::Currency(_)))
}

/// A sign that belongs to the digits behind it and not to a word or figure before it.
fn sign(line: &Line<'_>, index: usize) -> Option<char> {
    let mark = line.mark(index).filter(|mark| matches!(mark, '+' | '-' | '\u{2212}'))?;
    let is_free = index.checked_sub(1).is_none_or(|before| {
        line.is_blank(before) || matches!(line.mark(before), Some('(' | '[' | ':' | '=' | '$' | '€' | '£'))
    });
    is_free.then_some(mark)
}
