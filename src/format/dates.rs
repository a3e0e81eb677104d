//! Dates as publishers write them: RFC 822 and its many accents, ISO 8601,
//! local forms, epoch numbers.
//!
//! A text is read only where it has one reading. What cannot be read, or could
//! mean two days (`03/04/2026`), is `None`, and never now. Words that this
//! module does not know make a date unreadable: `tomorrow at 9` is no date.

mod clock;
mod names;

use jiff::civil::Date;
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};

use self::clock::Clock;

/// Longer texts are no dates.
const LONGEST: usize = 120;

/// Reads a date and time; without a zone it is UTC, without a time midnight.
pub fn read(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    if let Some(at) = standard(text) {
        return Some(at);
    }
    let text = text.to_lowercase();
    epoch(&text).or_else(|| compact(&text)).or_else(|| spoken(&text))
}

/// The two standards as they should be written, which is how most dates are: RFC 3339 and RFC 2822.
fn standard(text: &str) -> Option<Timestamp> {
    const MAIL: DateTimeParser = DateTimeParser::new().relaxed_weekday(true);
    if text.as_bytes().get(4) == Some(&b'-') {
        return text.parse().ok();
    }
    // The standard has any zone but America's and GMT mean UTC, which no publisher means.
    let zone = text.rsplit(' ').next().unwrap_or_default();
    let is_known = zone.starts_with(['+', '-']) || matches!(zone, "GMT" | "UT");
    // A leap second would be pressed into the minute before.
    if is_known && !text.contains(":60") { MAIL.parse_timestamp(text).ok() } else { None }
}

/// Seconds, milliseconds or microseconds since 1970, told apart by their length.
fn epoch(text: &str) -> Option<Timestamp> {
    let (whole, _) = text.split_once('.').unwrap_or((text, ""));
    let is_number = text.bytes().all(|b| b.is_ascii_digit() || b == b'.') && text.matches('.').count() < 2;
    if !is_number {
        return None;
    }
    let number: i64 = whole.parse().ok()?;
    match whole.len() {
        // Nine digits reach from 1973 to 2001; a shorter number is a date without separators, or none.
        9 | 10 => Timestamp::from_second(number).ok(),
        12 | 13 if !is_compact_minute(whole) => Timestamp::from_millisecond(number).ok(),
        15 | 16 => Timestamp::from_microsecond(number).ok(),
        _ => None,
    }
}

/// Whether twelve digits are `YYYYMMDDhhmm` of this age rather than milliseconds of the last century.
fn is_compact_minute(digits: &str) -> bool {
    digits.len() == 12 && digits.starts_with("20")
}

/// Digits without separators: `20261121`, `20261121103000`, and the basic form `20261121T103000Z`.
fn compact(text: &str) -> Option<Timestamp> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at_checked(length)?;
    let rest = rest.strip_prefix(['t', ' ']).unwrap_or(rest);
    let (time, zone) = match (length, rest) {
        (8, "") => ("", ""),
        (12 | 14, zone) => (digits.get(8..)?, zone),
        (8, rest) => rest.split_at_checked(rest.bytes().take_while(u8::is_ascii_digit).count())?,
        _ => return None,
    };
    let part = |from: usize, to: usize| digits.get(from..to)?.parse::<i16>().ok();
    let date = civil(part(0, 4)?, part(4, 6)?, part(6, 8)?)?;
    let clock = if time.is_empty() { Clock::default() } else { Clock::from_digits(time)? };
    let offset = if zone.trim().is_empty() { 0 } else { offset_of(zone.trim())? };
    clock.on(date, offset)
}

fn civil(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// The parts of a date that have been read so far.
#[derive(Debug, Default)]
struct Parts {
    year: Option<i16>,
    month: Option<i16>,
    day: Option<i16>,
    clock: Option<Clock>,
    offset: Option<i32>,
    afternoon: Option<bool>,
    has_two_digit_year: bool,
}

/// A date of words and numbers in any order that has one reading.
fn spoken(text: &str) -> Option<Timestamp> {
    let words: Vec<&str> = words(text).collect();
    let mut parts = Parts::default();
    for (index, word) in words.iter().enumerate() {
        let mut later = words.iter().skip(index + 1);
        // `mar., 12 mars` is a Tuesday in March: where a month follows, the first was the weekday.
        if names::is_weekday(word) && later.any(|word| names::month(word).is_some()) {
            continue;
        }
        parts.take(word)?;
    }
    parts.finish()
}

/// The words of a date: split at blanks, commas and brackets, the `t` of ISO 8601 and Asian units.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| {
        c.is_whitespace() || matches!(c, ',' | '(' | ')' | '[' | ']' | ';' | '|' | '·' | '•' | '\u{200e}' | '\u{200f}')
    })
    .flat_map(iso_parts)
    .filter(|word| !word.is_empty() && !matches!(*word, "-" | "–" | "—" | "/" | "."))
}

/// Splits `2026-11-21t10:00` at its `t`, and nothing else.
fn iso_parts(word: &str) -> impl Iterator<Item = &str> {
    let at = word.find('t').filter(|at| {
        let (before, after) = (word.as_bytes().get(at.wrapping_sub(1)), word.as_bytes().get(at + 1));
        before.is_some_and(u8::is_ascii_digit) && after.is_some_and(u8::is_ascii_digit)
    });
    let (first, second) = at.map_or((word, ""), |at| (&word[..at], &word[at + 1..]));
    [first, second].into_iter()
}

impl Parts {
    /// Takes one word; `None` where it makes the date unreadable.
    fn take(&mut self, word: &str) -> Option<()> {
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            return self.take_number(word);
        }
        if word.starts_with(['+', '-', '−']) {
            return self.take_offset(word);
        }
        let bare = word.trim_matches(['.', '\'', '’']);
        if let Some(month) = names::month(bare).filter(|_| self.month.is_none()) {
            self.month = Some(month);
            return Some(());
        }
        if self.take_half(&bare.replace('.', "")).is_some() || names::is_weekday(bare) || names::is_filler(bare) {
            return Some(());
        }
        self.take_named(bare)
    }

    /// The half of the day, or one of its two middles.
    fn take_half(&mut self, word: &str) -> Option<()> {
        match word {
            "am" | "a" if self.clock.is_some() => self.afternoon = Some(false),
            "pm" | "p" if self.clock.is_some() => self.afternoon = Some(true),
            "오전" | "上午" => self.afternoon = Some(false),
            "오후" | "下午" => self.afternoon = Some(true),
            "noon" => self.clock = Clock::new(12, 0, 0),
            "midnight" => self.clock = Some(Clock::default()),
            _ => return None,
        }
        Some(())
    }

    /// A zone by its name, or a month glued to numbers: `nov-21-2026`.
    fn take_named(&mut self, word: &str) -> Option<()> {
        if let Some(offset) = offset_of(word) {
            return self.set_offset(offset);
        }
        if word.contains(['-', '/', '.']) {
            return self.take_group(word);
        }
        None
    }

    fn take_offset(&mut self, word: &str) -> Option<()> {
        // `-2026` or a dash that was meant as one: only a time can have an offset.
        self.clock?;
        self.set_offset(offset_of(word)?)
    }

    fn set_offset(&mut self, offset: i32) -> Option<()> {
        // `GMT+0200` is told once, `+0300 (EEST)` twice; a second one adds nothing, but may refine a bare GMT.
        if self.offset.is_none_or(|known| known == 0) {
            self.offset = Some(offset);
        }
        Some(())
    }

    fn take_number(&mut self, word: &str) -> Option<()> {
        if word.contains(':') {
            return self.take_clock(word);
        }
        let length = word.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, suffix) = word.split_at_checked(length)?;
        let number: i16 = digits.parse().ok()?;
        match suffix {
            "" | "." => self.take_bare(number, digits.len()),
            "st" | "nd" | "rd" | "th" | "er" | "º" | "°" | "-го" | "го" | "-е" | "ª" | "日" | "일" => {
                self.set_day(number)
            }
            "am" | "a.m." | "pm" | "p.m." => self.take_hour(number, suffix.starts_with('p')),
            "年" | "년" | "г" | "г." | "р" | "р." => self.set_year(number, digits.len()),
            "月" | "월" => set(&mut self.month, number),
            suffix if suffix.starts_with(['年', '년', '月', '월', '日', '일']) => {
                let unit = suffix.chars().next().map_or(0, char::len_utf8);
                self.take_number(word.get(..length + unit)?)?;
                let rest = suffix.get(unit..)?;
                if rest.is_empty() { Some(()) } else { self.take_number(rest) }
            }
            _ => self.take_group(word),
        }
    }

    /// A time with what is glued to it: `3:09pm`, `10:00:00z`, `10:00+02:00`.
    fn take_clock(&mut self, word: &str) -> Option<()> {
        let end = word.find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.' | ',')).unwrap_or(word.len());
        let (time, rest) = word.split_at_checked(end)?;
        set(&mut self.clock, Clock::from_colons(time.trim_end_matches(['.', ',']))?)?;
        match rest.replace('.', "").as_str() {
            "" => Some(()),
            "am" | "a" => set(&mut self.afternoon, false),
            "pm" | "p" => set(&mut self.afternoon, true),
            zone => self.set_offset(offset_of(zone)?),
        }
    }

    fn take_hour(&mut self, hour: i16, is_afternoon: bool) -> Option<()> {
        set(&mut self.clock, Clock::new(i64::from(hour), 0, 0)?)?;
        set(&mut self.afternoon, is_afternoon)
    }

    /// A number alone: the year by its length, else the day, else a year of two digits.
    fn take_bare(&mut self, number: i16, length: usize) -> Option<()> {
        match length {
            4 if self.year.is_none() => self.set_year(number, length),
            // `2025-12-13 0123`: a time without its colon after a whole date.
            4 => set(&mut self.clock, Clock::new(i64::from(number / 100), i64::from(number % 100), 0)?),
            1 | 2 if self.day.is_none() => self.set_day(number),
            2 if self.year.is_none() => self.set_year(number, length),
            _ => None,
        }
    }

    fn set_day(&mut self, day: i16) -> Option<()> {
        set(&mut self.day, day)
    }

    fn set_year(&mut self, year: i16, length: usize) -> Option<()> {
        self.has_two_digit_year = length == 2;
        set(&mut self.year, if length == 2 { century(year) } else { year })
    }

    /// Numbers and a month joined by points, dashes or strokes.
    fn take_group(&mut self, word: &str) -> Option<()> {
        let separator = word.chars().find(|c| matches!(c, '-' | '/' | '.'))?;
        let parts: Vec<&str> = word.trim_end_matches(separator).split(separator).collect();
        match *parts.as_slice() {
            [a, b, c] => self.take_triple([a, b, c], separator),
            [a, b] if a.len() == 4 && b.len() == 2 => {
                self.set_year(a.parse().ok()?, 4)?;
                set(&mut self.month, b.parse().ok()?)
            }
            [a, b] if a.len() == 4 && b.len() == 3 => self.take_ordinal(a.parse().ok()?, b.parse().ok()?),
            [a, b] if separator == '.' && self.year.is_some() && self.day.is_some() => {
                set(&mut self.clock, Clock::new(a.parse().ok()?, b.parse().ok()?, 0)?)
            }
            _ => None,
        }
    }

    fn take_triple(&mut self, [a, b, c]: [&str; 3], separator: char) -> Option<()> {
        if let Some(month) = names::month(b).or_else(|| names::month(a)) {
            let day = if names::month(b).is_some() { a } else { b };
            set(&mut self.month, month)?;
            let (day, year) = if day.len() == 4 { (c, day) } else { (day, c) };
            self.set_day(day.parse().ok()?)?;
            return self.set_year(year.parse().ok()?, year.len());
        }
        let numbers = [a.parse::<i16>().ok()?, b.parse::<i16>().ok()?, c.parse::<i16>().ok()?];
        let [first, second, third] = numbers;
        if a.len() == 4 {
            return self.set_all(first, 4, second, third);
        }
        if c.len() != 4 && c.len() != 2 {
            return None;
        }
        // Points are day first everywhere. Strokes and dashes are not: 03/04 is two days, 13/04 is one.
        match (separator, first, second) {
            ('.', day, month) => self.set_all(third, c.len(), month, day),
            (_, day, month) if day > 12 || day == month => self.set_all(third, c.len(), month, day),
            (_, month, day) if day > 12 => self.set_all(third, c.len(), month, day),
            _ => None,
        }
    }

    fn set_all(&mut self, year: i16, length: usize, month: i16, day: i16) -> Option<()> {
        self.set_year(year, length)?;
        set(&mut self.month, month)?;
        set(&mut self.day, day)
    }

    /// ISO 8601 ordinal date: `2026-325`.
    fn take_ordinal(&mut self, year: i16, day_of_year: i16) -> Option<()> {
        let date = Date::new(year, 1, 1).ok()?;
        let date = date.checked_add(SignedDuration::from_hours(24 * (i64::from(day_of_year) - 1))).ok()?;
        if date.year() != year {
            return None;
        }
        self.set_all(year, 4, i16::from(date.month()), i16::from(date.day()))
    }

    fn finish(self) -> Option<Timestamp> {
        // A year and a month are a month's first day; a bare year or a day of no year is no date.
        let day = self.day.or_else(|| (!self.has_two_digit_year && self.clock.is_none()).then_some(1))?;
        let date = civil(self.year?, self.month?, day)?;
        let clock = self.clock.unwrap_or_default();
        let clock = self.afternoon.map_or(clock, |is_afternoon| clock.half(is_afternoon));
        clock.on(date, self.offset.unwrap_or(0))
    }
}

/// Sets a part once; a second value makes the date unreadable.
fn set<T>(part: &mut Option<T>, value: T) -> Option<()> {
    part.replace(value).is_none().then_some(())
}

/// Two-digit years as RFC 2822 section 4.3 has them, with POSIX's later turn.
fn century(year: i16) -> i16 {
    if year < 70 { 2000 + year } else { 1900 + year }
}

/// Seconds east of UTC for a zone as written: `z`, `+0300`, `+02:00`, `utc+2`, `eest`.
fn offset_of(zone: &str) -> Option<i32> {
    if let Some(seconds) = names::zone(zone) {
        return Some(seconds);
    }
    let digits = ["utc", "gmt", "z"].iter().find_map(|name| zone.strip_prefix(name)).unwrap_or(zone);
    let (sign, digits) = match digits.strip_prefix('+') {
        Some(digits) => (1, digits),
        None => (-1, digits.strip_prefix(['-', '−'])?),
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some(halves) => halves,
        None if digits.len() <= 2 => (digits, "0"),
        None => digits.split_at_checked(digits.len().checked_sub(2)?)?,
    };
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours <= 15 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

#[cfg(test)]
mod tests;
