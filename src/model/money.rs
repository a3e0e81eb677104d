//! Sums of different currencies made comparable by a dated table, offline.

use jiff::civil::Date;

use super::quantity::Quantity;

/// What one unit of a currency is worth from a date on, in a common currency that itself stands at 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Rate {
    /// ISO 4217 code.
    pub currency: String,
    /// The first date on which it holds.
    pub from: Date,
    /// The worth of one unit.
    pub worth: f64,
}

/// A dated table of currencies.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rates {
    rows: Vec<Rate>,
}

impl Rates {
    /// A table of rows in any order.
    pub fn new(mut rows: Vec<Rate>) -> Self {
        rows.sort_by_key(|row| row.from);
        Self { rows }
    }

    /// A sum in another currency, by the rates of a date.
    ///
    /// # Errors
    /// Which rate is missing, as a sentence fragment.
    pub fn convert(&self, sum: Quantity, (from, to): (&str, &str), on: Date) -> Result<Quantity, String> {
        if from == to {
            return Ok(sum);
        }
        Ok(sum.scaled(self.worth(from, on)? / self.worth(to, on)?))
    }

    fn worth(&self, currency: &str, on: Date) -> Result<f64, String> {
        let known = self.rows.iter().rfind(|row| row.currency == currency && row.from <= on);
        known.map(|row| row.worth).ok_or_else(|| format!("`[rates]` has no {currency} for {on}"))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_sum_is_converted_by_the_rate_of_its_day() {
        let rate = |currency: &str, from, worth| Rate { currency: currency.to_owned(), from, worth };
        let rates = Rates::new(vec![
            rate("EUR", date(2025, 7, 1), 1.2),
            rate("EUR", date(2025, 1, 1), 1.0),
            rate("USD", date(2025, 1, 1), 1.0),
        ]);
        let converted = |on| rates.convert(Quantity::exact(50.0), ("EUR", "USD"), on).map(|sum| sum.value);
        assert_eq!(converted(date(2025, 6, 30)), Ok(50.0));
        assert_eq!(converted(date(2025, 7, 1)), Ok(60.0));
        assert_eq!(converted(date(2024, 12, 31)), Err("`[rates]` has no EUR for 2024-12-31".to_owned()));
        let same = rates.convert(Quantity::exact(5.0), ("NOK", "NOK"), date(2025, 1, 1));
        assert_eq!(same, Ok(Quantity::exact(5.0)), "one currency needs no rate");
    }
}
