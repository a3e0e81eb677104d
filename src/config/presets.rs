//! Known shapes of feeds, compiled in: one file each in `presets/`.

use std::path::PathBuf;

use crate::settings::{Entries, Key, Kind, Page, Table, read};

/// Every preset with its text. A new file needs a row here.
pub const PRESETS: [(&str, &str); 2] =
    [("firms", include_str!("presets/firms.toml")), ("telegram", include_str!("presets/telegram.toml"))];

static PRESET: Table = Table {
    noun: "preset",
    doc: "What a preset fills.",
    keys: &[
        Key::optional("format", Kind::Text, "", "As of a feed."),
        Key::optional("items", Kind::Text, "", "As of a feed."),
        Key::optional("fields", Kind::Map(&Kind::Either(&[Kind::Text, Kind::List(&Kind::Text)])), "", "As of a feed."),
    ],
};

/// What a preset fills; `None` where there is no such preset.
pub fn preset(name: &str) -> Option<Entries> {
    let (_, text) = PRESETS.iter().find(|(known, _)| *known == name)?;
    let mut page = Page::new(PathBuf::from(name), (*text).to_owned());
    read(&PRESET, &mut page)
}

/// The names of all presets.
pub fn names() -> impl Iterator<Item = &'static str> {
    PRESETS.iter().map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_has_a_row_and_is_right() {
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/src/config/presets");
        let mut files: Vec<String> = std::fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        files.sort();
        assert_eq!(files, names().collect::<Vec<_>>());
        for (name, text) in PRESETS {
            let mut page = Page::new(PathBuf::from(name), text.to_owned());
            assert!(read(&PRESET, &mut page).is_some() && page.errors() == 0, "{name}");
        }
    }
}
