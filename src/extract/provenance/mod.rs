//! What an item shows of where it has its knowledge from: whom it names, what it links to, how its text reads.

mod attribution;
mod names;
mod pages;
mod sketch;

use jiff::tz::TimeZone;

use super::numbers::{Comma, scan};
use super::source::Source;
use super::text::fold::Folded;
use crate::model::item::Item;
use crate::model::provenance::{Language, Provenance, Script};

pub use names::{Sources, unusable};
pub use pages::site;
pub use sketch::sketch;

/// Pages kept of those that an item links to.
const MOST_CITED: usize = 16;
/// Pictures and films kept of an item.
const MOST_MEDIA: usize = 16;
/// Figures kept of a text; one with more is a table.
const MOST_FIGURES: usize = 64;

/// Reads what an item shows. `zone` is the watch's.
pub fn of(item: &Item, zone: &TimeZone) -> Provenance {
    let source = Source { item, field: None, zone };
    let text = source.text();
    let page = item.link.as_deref().map(pages::canonical);
    let (media, cited): (Vec<&String>, Vec<&String>) = item.links.iter().partition(|link| pages::is_media(link));
    let pages_of = |links: Vec<&String>, most: usize| {
        let mut found: Vec<String> = Vec::new();
        for link in links.into_iter().map(|link| pages::canonical(link)) {
            if Some(&link) != page.as_ref() && !found.contains(&link) && found.len() < most {
                found.push(link);
            }
        }
        found
    };
    let folded = |text: &str| text.lines().map(Folded::for_words).collect::<Vec<_>>();
    let (near, far) = text.split_at(text.floor_char_boundary(attribution::LONGEST_TEXT));
    let (near, far) = (folded(near), folded(far));
    Provenance {
        cites: pages_of(cited, MOST_CITED),
        media: pages_of(media, MOST_MEDIA),
        forwarded: attribution::forwarded(item, &text),
        attributions: attribution::read(&near),
        figures: figures(&text, source.comma(&text)),
        language: language(item, &text),
        sketch: sketch::of_lines(near.iter().chain(&far)),
        page,
    }
}

/// The figures of a text, ascending, each once: what a copy keeps and a translation too.
fn figures(text: &str, comma: Comma) -> Vec<f64> {
    let spots = scan(text, comma);
    let mut found: Vec<f64> =
        spots.iter().filter_map(|spot| Some(spot.reading.quantity()?.value)).take(MOST_FIGURES).collect();
    found.sort_by(f64::total_cmp);
    found.dedup();
    found
}

fn language(item: &Item, text: &str) -> Language {
    let tag = item.language.as_deref().and_then(|tag| tag.split(['-', '_']).next()).map(str::to_lowercase);
    let (mut latin, mut cyrillic, mut other) = (0_u32, 0_u32, 0_u32);
    for c in text.chars().filter(|c| c.is_alphabetic()).take(2000) {
        match c {
            'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' => latin += 1,
            '\u{400}'..='\u{52f}' => cyrillic += 1,
            _ => other += 1,
        }
    }
    let most = latin.max(cyrillic).max(other);
    let script = match most {
        0 => None,
        most if most == latin => Some(Script::Latin),
        most if most == cyrillic => Some(Script::Cyrillic),
        _ => Some(Script::Other),
    };
    Language { tag: tag.filter(|tag| !tag.is_empty()), script }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_shows_whom_and_what_it_follows() {
        let item = Item {
            title: Some("12 vehicles seen, according to the General Staff".to_owned()),
            content: Some("Two columns of 12 vehicles each moved on 3 March.".to_owned()),
            link: Some("https://www.example.org/a?utm_source=x".to_owned()),
            links: vec![
                "https://example.org/a#top".to_owned(),
                "https://t.me/s/channel/12".to_owned(),
                "https://cdn.example.org/p.JPG?w=300".to_owned(),
            ],
            language: Some("en-GB".to_owned()),
            ..Item::default()
        };
        let shown = of(&item, &TimeZone::UTC);
        assert_eq!(shown.page.as_deref(), Some("example.org/a"));
        assert_eq!(shown.cites, ["t.me/channel/12"]);
        assert_eq!(shown.media, ["cdn.example.org/p.JPG?w=300"]);
        assert_eq!(shown.figures, [2.0, 12.0], "a date is no figure");
        assert_eq!(shown.attributions[0].after, "the general staff");
        assert_eq!(shown.language, Language { tag: Some("en".to_owned()), script: Some(Script::Latin) });
    }

    #[test]
    fn a_row_of_an_instrument_shows_nothing() {
        assert_eq!(of(&Item::default(), &TimeZone::UTC), Provenance::default());
    }
}
