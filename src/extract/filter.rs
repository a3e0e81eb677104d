//! `where = [{ field, … }]`: tests on fields. Figures are compared as figures.

use super::numbers::{Comma, only_figure};
use super::pattern::Pattern;
use super::source::{field, no_field};
use super::text::fold::fold_phrase;
use super::{FieldTest, RuleError, Test};
use crate::model::item::Item;
use crate::model::quantity::Quantity;
use crate::model::text::one_line;

/// A compiled test.
#[derive(Debug, Clone)]
pub(super) struct Filter {
    field: String,
    test: Compiled,
}

#[derive(Debug, Clone)]
enum Compiled {
    OneOf(Vec<String>),
    Above(f64),
    Below(f64),
    Matches(Pattern),
}

impl Filter {
    /// Compiles a test.
    ///
    /// # Errors
    /// Where its pattern is invalid.
    pub(super) fn new(test: &FieldTest) -> Result<Self, RuleError> {
        let compiled = match &test.test {
            Test::OneOf(words) => Compiled::OneOf(words.clone()),
            Test::Equals(word) => Compiled::OneOf(vec![word.clone()]),
            Test::Above(limit) => Compiled::Above(*limit),
            Test::Below(limit) => Compiled::Below(*limit),
            Test::Matches(pattern) => Compiled::Matches(Pattern::for_test("where", pattern)?),
        };
        Ok(Self { field: test.field.clone(), test: compiled })
    }

    /// Why an item does not pass, as a sentence fragment; `None` where it does.
    pub(super) fn failure(&self, item: &Item) -> Option<String> {
        let Some(value) = field(item, &self.field) else {
            return Some(no_field(item, &self.field));
        };
        let shown = || format!("`{}` is `{}`", self.field, one_line(&value, 40));
        match &self.test {
            Compiled::OneOf(words) => {
                let passes = words.iter().any(|word| is_same(word, &value));
                (!passes).then(|| format!("{}, not {}", shown(), listed(words)))
            }
            Compiled::Above(limit) => {
                let passes = figure(item, &value).and_then(|figure| figure.low).is_some_and(|low| low > *limit);
                (!passes).then(|| format!("{}, not above {limit}", shown()))
            }
            Compiled::Below(limit) => {
                let passes = figure(item, &value).and_then(|figure| figure.high).is_some_and(|high| high < *limit);
                (!passes).then(|| format!("{}, not below {limit}", shown()))
            }
            Compiled::Matches(pattern) => {
                (!pattern.occurs(&value)).then(|| format!("{}, in which `{}` does not occur", shown(), pattern.shown()))
            }
        }
    }
}

/// Equal as words, or as figures: `1` is `1.0`.
fn is_same(word: &str, value: &str) -> bool {
    let figures = || {
        let [one, other] = [word, value].map(super::numbers::plain_figure);
        one.is_some() && one == other
    };
    fold_phrase(word) == fold_phrase(value) || figures()
}

fn figure(item: &Item, value: &str) -> Option<Quantity> {
    // Tables fill figures up with zeros: `0011` is eleven here, while in prose it is a code.
    let digits = value.trim();
    let is_filled = digits.len() < 16 && digits.len() > 1 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_filled {
        return digits.parse().ok().map(Quantity::exact);
    }
    only_figure(value, Comma::of(value, item.language.as_deref())).reading.quantity()
}

fn listed(words: &[String]) -> String {
    let shown: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match shown.as_slice() {
        [one] => one.clone(),
        _ => format!("one of {}", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, test: Test, passes: bool) {
        let item = Item { fields: vec![("f".into(), value.into())], ..Item::default() };
        let filter = Filter::new(&FieldTest { field: "f".into(), test }).unwrap();
        let failure = filter.failure(&item);
        assert_eq!(failure.is_none(), passes, "{value}: {failure:?}");
    }

    #[test]
    fn words_and_figures() {
        check("Nominal ", Test::OneOf(vec!["n".into(), "nominal".into()]), true);
        check("low", Test::OneOf(vec!["n".into(), "nominal".into()]), false);
        check("1.0", Test::Equals("1".into()), true);
        check("325.7", Test::Above(300.0), true);
        check("9", Test::Above(10.0), false);
        check("0011", Test::Below(12.0), true);
        check("over 500", Test::Above(400.0), true);
        check("over 500", Test::Below(1000.0), false);
        check("n/a", Test::Below(1000.0), false);
        check("KC-130J", Test::Matches(r"^KC-\d+".into()), true);
        check("дев’ять", Test::Matches("дев'ять".into()), true);
    }

    #[test]
    fn a_missing_field_fails_with_the_names_there_are() {
        let item = Item { fields: vec![("frp".into(), "1".into())], ..Item::default() };
        let filter = Filter::new(&FieldTest { field: "x".into(), test: Test::Above(0.0) }).unwrap();
        assert_eq!(filter.failure(&item).as_deref(), Some("the item has no field `x`; it has `frp`"));
    }
}
