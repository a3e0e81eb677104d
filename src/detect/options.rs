//! What a person may ask of any detector; its own defaults fill the rest.

/// Which directions raise the alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Sides {
    /// Only a rise, as the surveillance methods are published.
    Above,
    /// A rise or a fall: in this field silence is news.
    #[default]
    Both,
}

impl Sides {
    /// How much of a signed excess counts.
    pub(super) fn reach(self, signed: f64) -> f64 {
        match self {
            Self::Above => signed.max(0.0),
            Self::Both => signed.abs(),
        }
    }

    /// The stronger of a rise and a fall, both given as magnitudes; a fall comes back negative.
    pub(super) fn stronger(self, rise: f64, fall: f64) -> f64 {
        if self == Self::Both && fall > rise { -fall } else { rise }
    }
}

/// What may be set for any detector. `None` is the method's own default.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// How many values make the baseline.
    pub baseline: Option<usize>,
    /// The share of false alarms accepted on each side; replaces a method's fixed factor.
    pub alpha: Option<f64>,
    /// Periods on each side of a past year's same period (Farrington).
    pub window: Option<usize>,
    /// Years looked back (Farrington).
    pub years: Option<usize>,
    /// Periods in a year: 365, 52, 12 or 4 (see [`Options::per_year_of_gap`]).
    pub per_year: usize,
    /// Which directions raise the alarm.
    pub sides: Sides,
}

impl Default for Options {
    fn default() -> Self {
        Self { baseline: None, alpha: None, window: None, years: None, per_year: 52, sides: Sides::Both }
    }
}

impl Options {
    /// The periods in a year of a series whose rows are typically so many days apart.
    pub fn per_year_of_gap(days: f64) -> usize {
        match days {
            days if days < 3.5 => 365,
            days if days < 18.0 => 52,
            days if days < 60.0 => 12,
            _ => 4,
        }
    }

    /// Checks what a person has written.
    ///
    /// # Errors
    /// The first option outside its range, with the range.
    pub fn check(&self) -> Result<(), OptionError> {
        let counts = [
            ("baseline", self.baseline, 2, 100_000),
            ("years", self.years, 1, 50),
            ("window", self.window, 0, self.per_year.saturating_sub(1) / 2),
            ("per_year", Some(self.per_year), 1, 366),
        ];
        for (option, given, least, most) in counts {
            if let Some(given) = given.filter(|given| !(least..=most).contains(given)) {
                return Err(OptionError::Count { option, given, least, most });
            }
        }
        match self.alpha.filter(|alpha| !(*alpha > 0.0 && *alpha < 0.5)) {
            Some(alpha) => Err(OptionError::Alpha(alpha)),
            None => Ok(()),
        }
    }
}

/// An option outside its range.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum OptionError {
    /// A count.
    #[error("`{option}` is {given}: expected {least} to {most}")]
    Count {
        /// The option's name.
        option: &'static str,
        /// What was given.
        given: usize,
        /// The least that makes sense.
        least: usize,
        /// The most.
        most: usize,
    },
    /// The level of false alarms.
    #[error("`alpha` is {0}: expected a share above 0 and below 0.5, such as 0.01")]
    Alpha(f64),
}
