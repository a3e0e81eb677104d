//! Entities that a document declares for itself.
//!
//! Only internal ones: nothing is ever fetched. What they may grow to is
//! bounded, since ten nested declarations can be three gigabytes.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::format::entity;
use crate::format::warnings::Warnings;

/// How many bytes all expansions of a document may have together.
const MOST_EXPANDED: usize = 1 << 20;

/// How deep entities may stand in entities.
const DEEPEST: usize = 4;

/// How many declarations are kept.
const MOST_DECLARED: usize = 1000;

/// The declared entities.
#[derive(Debug, Clone, Default)]
pub struct Entities {
    values: HashMap<String, String>,
    spent: usize,
}

/// The entities declared in what stands before the root.
pub fn read(prologue: &str) -> Entities {
    let mut values = HashMap::new();
    let mut rest = prologue;
    while let Some(at) = rest.find("<!ENTITY") {
        rest = rest.get(at + 8..).unwrap_or_default();
        if let Some((name, value)) = declaration(rest).filter(|_| values.len() < MOST_DECLARED) {
            values.entry(name.to_owned()).or_insert_with(|| value.to_owned());
        }
    }
    Entities { values, spent: 0 }
}

/// `name "value"`; parameter and external entities are none.
fn declaration(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.trim_start().split_once(char::is_whitespace)?;
    let rest = rest.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (value, _) = rest.get(1..)?.split_once(quote)?;
    (name != "%").then_some((name, value))
}

impl Entities {
    /// What a declared entity stands for, without markup; `None` where it is not declared.
    pub fn expand(&mut self, name: &str, warnings: &mut Warnings) -> Option<String> {
        if !self.values.contains_key(name) {
            return None;
        }
        let mut expansion = Expansion { values: &self.values, spent: self.spent, text: String::new() };
        let fits = expansion.write(name, 0);
        self.spent = expansion.spent;
        if !fits {
            let limits = format!("{MOST_EXPANDED} bytes or nest deeper than {DEEPEST}");
            warnings.say(format!("entities that grow beyond {limits} were not expanded"));
            return Some(String::new());
        }
        Some(expansion.text)
    }
}

/// One entity on its way to text.
struct Expansion<'e> {
    values: &'e HashMap<String, String>,
    spent: usize,
    text: String,
}

impl Expansion<'_> {
    /// Writes an entity's text; says no where a bound is passed. Each step costs
    /// a byte of the bound, so that empty entities cannot go on for ever.
    fn write(&mut self, name: &str, depth: usize) -> bool {
        let Some(value) = self.values.get(name).filter(|_| depth < DEEPEST) else { return false };
        self.spent += value.len() + 1;
        if self.spent > MOST_EXPANDED {
            return false;
        }
        let mut rest = value.as_str();
        while let Some(at) = rest.find('&') {
            let (before, reference) = rest.split_at(at);
            self.text.push_str(before);
            let inner = reference.get(1..).and_then(|inner| inner.split_once(';'));
            if let Some((name, after)) = inner.filter(|(name, _)| self.values.contains_key(*name)) {
                if !self.write(name, depth + 1) {
                    return false;
                }
                rest = after;
                continue;
            }
            let (shown, length) = entity::leading(reference).unwrap_or((Cow::Borrowed("&"), 1));
            self.text.push_str(&shown);
            rest = reference.get(length..).unwrap_or_default();
        }
        self.text.push_str(rest);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_entities_are_expanded_within_bounds() {
        let mut entities =
            read("<!DOCTYPE r [<!ENTITY a \"x&#38;y\"><!ENTITY b '&a;&a;'><!ENTITY c SYSTEM 'file:///etc/passwd'>]>");
        let mut warnings = Warnings::default();
        assert_eq!(entities.expand("b", &mut warnings).as_deref(), Some("x&yx&y"));
        assert_eq!(entities.expand("c", &mut warnings), None);
        assert!(warnings.into_inner().is_empty());
    }

    #[test]
    fn a_bomb_does_not_go_off() {
        let lines: Vec<String> =
            (1..10).map(|n| format!("<!ENTITY e{n} \"{}\">", format!("&e{};", n - 1).repeat(1000))).collect();
        let mut entities = read(&format!("<!ENTITY e0 \"boom\">{}", lines.join("")));
        let mut warnings = Warnings::default();
        assert_eq!(entities.expand("e9", &mut warnings).as_deref(), Some(""));
        assert_eq!(entities.expand("e3", &mut warnings).as_deref(), Some(""));
        assert_eq!(warnings.into_inner().len(), 1);
    }
}
