//! One field of a cron expression: lists, ranges, steps and names → a set of numbers. Not here: `L`, `W` and `#`.

/// A set of numbers below 64.
pub(super) type Set = u64;

/// What one field may hold.
pub(super) struct Field {
    /// What the field is called in messages.
    name: &'static str,
    min: u8,
    max: u8,
    /// Three-letter names, the first standing for `min`.
    names: &'static [&'static str],
}

pub(super) const SECOND: Field = Field { name: "second", min: 0, max: 59, names: &[] };
pub(super) const MINUTE: Field = Field { name: "minute", min: 0, max: 59, names: &[] };
pub(super) const HOUR: Field = Field { name: "hour", min: 0, max: 23, names: &[] };
pub(super) const DAY: Field = Field { name: "day-of-month", min: 1, max: 31, names: &[] };
pub(super) const MONTH: Field = Field {
    name: "month",
    min: 1,
    max: 12,
    names: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
};
/// Both 0 and 7 are Sunday; [`super::day`] folds them into one.
pub(super) const WEEKDAY: Field =
    Field { name: "weekday", min: 0, max: 7, names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"] };

/// Whether a field stands for "any": only a bare `*` or `?` does.
pub(super) fn is_any(text: &str) -> bool {
    matches!(text, "*" | "?")
}

/// Whether a field holds a `*` (or its synonym `?`) anywhere.
pub(super) fn holds_star(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// Whether a set holds a number.
pub(super) fn holds(set: Set, number: i8) -> bool {
    u32::try_from(number).ok().and_then(|number| set.checked_shr(number)).is_some_and(|rest| rest & 1 == 1)
}

impl Field {
    /// Reads the whole field as a comma-separated list of numbers, the form the `cron` crate reads.
    pub(super) fn list(&self, text: &str) -> Result<String, String> {
        let mut set = 0;
        for item in text.split(',') {
            set |= self.item(item)?;
        }
        let numbers = (self.min..=self.max).filter(|number| set >> number & 1 == 1);
        Ok(numbers.map(|number| number.to_string()).collect::<Vec<_>>().join(","))
    }

    /// Reads one item of the list: `*`, `a`, `a-b`, each with an optional `/n`.
    pub(super) fn item(&self, item: &str) -> Result<Set, String> {
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => (range, Some(self.step(step, item)?)),
            None => (item, None),
        };
        let (from, to) = self.range(range, step.is_some())?;
        Ok(self.steps(from, to, step.unwrap_or(1)))
    }

    /// A number or name within the field's limits.
    pub(super) fn number(&self, text: &str) -> Result<u8, String> {
        if let Some(index) = self.names.iter().position(|name| name.eq_ignore_ascii_case(text)) {
            return Ok(self.min + u8::try_from(index).unwrap_or(0));
        }
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = if digits { text.parse().ok() } else { None };
        number.filter(|number| (self.min..=self.max).contains(number)).ok_or_else(|| self.problem(text))
    }

    fn step(&self, step: &str, item: &str) -> Result<u8, String> {
        let digits = !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit());
        // A step beyond 255 leaves only the first number, just as 255 does.
        let step = if digits { Some(step.parse().unwrap_or(u8::MAX)) } else { None };
        step.filter(|step| *step > 0).ok_or_else(|| {
            format!("`{item}` in the {} field of the cron expression needs a whole step of at least 1", self.name)
        })
    }

    fn range(&self, text: &str, stepped: bool) -> Result<(u8, u8), String> {
        if is_any(text) {
            return Ok((self.min, self.max));
        }
        if let Some((from, to)) = text.split_once('-') {
            return Ok((self.number(from)?, self.number(to)?));
        }
        let from = self.number(text)?;
        Ok((from, if stepped { self.max } else { from }))
    }

    /// Every `step`-th number of a range, which goes on at the field's start when it ends before it begins.
    fn steps(&self, from: u8, to: u8, step: u8) -> Set {
        let cycle = self.cycle();
        let to = if from > to { to + cycle } else { to };
        let numbers = (from..=to).step_by(usize::from(step));
        numbers.fold(0, |set, number| set | 1 << if number > self.max { number - cycle } else { number })
    }

    /// After how many numbers the field begins anew: weekdays after seven, although they run from 0 to 7.
    fn cycle(&self) -> u8 {
        if self.max == WEEKDAY.max { 7 } else { self.max - self.min + 1 }
    }

    fn problem(&self, text: &str) -> String {
        let names = match self.names {
            [first, .., last] => format!(" or a name from {first} to {last}"),
            _ => String::new(),
        };
        let (name, min, max) = (self.name, self.min, self.max);
        format!("`{text}` in the {name} field of the cron expression is not a number from {min} to {max}{names}")
    }
}
