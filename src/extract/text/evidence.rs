//! The excerpt that a value rests on: the item's own wording around it.

use std::ops::Range;

use crate::model::item::Item;
use crate::model::observation::Evidence;

/// So much of the text is kept on either side of a value, in characters.
const CONTEXT: usize = 120;

/// A span is never longer, in characters: a pattern may match a whole page.
const LONGEST_SPAN: usize = 200;

/// The excerpt around a range of bytes, with the range as characters of the excerpt.
pub(crate) fn around(text: &str, range: &Range<usize>) -> Evidence {
    let from = text.floor_char_boundary(range.start);
    let wanted = text.ceil_char_boundary(range.end).max(from);
    let span = text.get(from..wanted).unwrap_or_default();
    let to = from + span.char_indices().nth(LONGEST_SPAN).map_or(span.len(), |(length, _)| length);
    let before = tail(text.get(..from).unwrap_or_default());
    let after = head(text.get(to..).unwrap_or_default());
    let value = text.get(from..to).unwrap_or_default();
    let begin = before.chars().count();
    Evidence { text: format!("{before}{value}{after}"), span: (begin, begin + value.chars().count()) }
}

/// For values that stand in no sentence: the title, else the beginning of the text, else the fields.
pub(crate) fn of_item(item: &Item) -> Evidence {
    let title = item.title.as_deref().or(item.content.as_deref()).or(item.summary.as_deref());
    let text = title.filter(|text| !text.trim().is_empty()).map_or_else(|| fields_of(item), str::to_owned);
    let first_line = text.trim_start().lines().next().unwrap_or_default();
    around(first_line, &(0..first_line.len()))
}

fn fields_of(item: &Item) -> String {
    let pairs = item.fields.iter().filter(|(_, value)| !value.trim().is_empty()).take(12);
    let text: Vec<String> = pairs.map(|(name, value)| format!("{name}: {}", value.trim())).collect();
    if text.is_empty() { item.id.clone() } else { text.join(", ") }
}

/// The last words of what stands before, whole words only.
fn tail(text: &str) -> &str {
    let Some((cut, _)) = text.char_indices().rev().nth(CONTEXT - 1).filter(|(cut, _)| *cut > 0) else {
        return text;
    };
    let kept = text.get(cut..).unwrap_or_default();
    let word = kept.find(char::is_whitespace).map_or(kept, |blank| kept.get(blank..).unwrap_or_default());
    word.trim_start()
}

/// The first words of what stands after, whole words only.
fn head(text: &str) -> &str {
    let Some((cut, _)) = text.char_indices().nth(CONTEXT) else { return text };
    let kept = text.get(..cut).unwrap_or_default();
    let word = kept.rfind(char::is_whitespace).map_or(kept, |blank| kept.get(..blank).unwrap_or_default());
    word.trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_span_is_in_characters_of_the_excerpt() {
        let text = format!("{} було 120 вильотів {}", "слово ".repeat(100), "і ще ".repeat(100));
        let at = text.find("120").unwrap();
        let evidence = around(&text, &(at..at + 3));
        let shown: String =
            evidence.text.chars().skip(evidence.span.0).take(evidence.span.1 - evidence.span.0).collect();
        assert_eq!(shown, "120");
        assert!(evidence.text.chars().count() <= 2 * CONTEXT + 3);
        assert!(evidence.text.starts_with("слово"), "{}", evidence.text);
    }

    #[test]
    fn an_endless_span_is_cut() {
        let text = "x".repeat(1_000_000);
        assert_eq!(around(&text, &(0..text.len())).span, (0, LONGEST_SPAN));
    }

    #[test]
    fn an_item_without_words_shows_its_fields() {
        let item = Item { fields: vec![("latitude".into(), "49.7".into())], ..Item::default() };
        assert_eq!(of_item(&item).text, "latitude: 49.7");
    }
}
