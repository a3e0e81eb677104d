//! The files that `init` writes.

/// Names, relative to the new folder, and texts.
pub fn starter() -> Vec<(&'static str, &'static str)> {
    vec![
        ("watchfloor.toml", include_str!("starter/watchfloor.toml")),
        ("watches/example.toml", include_str!("starter/example.toml")),
    ]
}
