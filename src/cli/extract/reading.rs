//! What a grammar read in a text, printed: the outcome, the figure, where it stands, and why there is none.

use serde_json::{Value, json};

use crate::cli::output::Output;
use crate::model::quantity::Quantity;
use crate::model::text::one_line;

/// What every reading of a grammar shows.
pub struct Reading<'a> {
    /// `value`, `stated_zero` or `no_match`.
    pub outcome: &'static str,
    /// The figure with its bounds.
    pub quantity: Option<Quantity>,
    /// Its unit.
    pub unit: Option<&'a str>,
    /// Where it stands, in characters of the text.
    pub span: Option<(usize, usize)>,
    /// The text of the span.
    pub text: Option<&'a str>,
    /// Why there is none.
    pub why: Option<&'a str>,
}

impl Reading<'_> {
    fn members(&self) -> Value {
        let quantity = self.quantity;
        json!({
            "outcome": self.outcome, "value": quantity.map(|quantity| quantity.value),
            "low": quantity.and_then(|quantity| quantity.low), "high": quantity.and_then(|quantity| quantity.high),
            "bound": quantity.map(|quantity| quantity.bound.word()), "unit": self.unit,
            "span": self.span.map(|(from, to)| [from, to]), "text": self.text, "why": self.why,
        })
    }

    /// No reading at all, which is said as well: no match is not zero.
    pub fn none(why: &str) -> Reading<'_> {
        Reading { outcome: "no_match", quantity: None, unit: None, span: None, text: None, why: Some(why) }
    }

    /// Prints the reading, in JSON with the members that its grammar has beside the common ones.
    pub fn print(&self, output: Output, own: &[(&str, Value)]) {
        if !output.json {
            output.text(&self.sentence());
            return;
        }
        let mut members = self.members();
        for (name, value) in own {
            members[*name] = value.clone();
        }
        output.line(&members);
    }

    fn sentence(&self) -> String {
        let shown = match self.quantity {
            Some(quantity) => quantity_shown(&quantity, self.unit),
            None => self.why.unwrap_or_default().to_owned(),
        };
        let at =
            self.span.map(|(from, to)| format!("  [{from}, {to}] {}", one_line(self.text.unwrap_or_default(), 80)));
        format!("{}: {shown}{}", self.outcome, at.unwrap_or_default())
    }
}

fn quantity_shown(quantity: &Quantity, unit: Option<&str>) -> String {
    let end = |end: Option<f64>| end.map_or_else(|| "…".to_owned(), |end| end.to_string());
    let range = if quantity.low == quantity.high {
        String::new()
    } else {
        format!(", {} to {}", end(quantity.low), end(quantity.high))
    };
    let unit = unit.map(|unit| format!(" {unit}")).unwrap_or_default();
    format!("{}{unit} ({}{range})", quantity.value, quantity.bound.word())
}
