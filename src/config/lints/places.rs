//! Reports that nothing puts anywhere.

use crate::config::plan::{Feed, Watch, WatchedIndicator};
use crate::model::indicator::Kind;
use crate::settings::{Entry, Page};

/// Formats whose items may carry coordinates of their own.
const WITH_COORDINATES: [&str; 6] = ["auto", "rss", "atom", "json-feed", "geojson", "ical"];

/// Warns of a `report` indicator without `near` that reads a feed whose items have no coordinates.
pub fn lint(watch: &Watch, indicator: &WatchedIndicator, entry: &Entry, page: &mut Page) {
    if indicator.spec.kind != Kind::Report || indicator.spec.near.is_some() {
        return;
    }
    let blind = indicator.spec.inputs.iter().find_map(|input| {
        watch.feeds.iter().find(|feed| feed.name == input.feed).filter(|feed| !may_have_coordinates(feed))
    });
    let Some(feed) = blind else { return };
    let message = format!("`{}` has no `near`, and items of `{}` have no coordinates", entry.name, feed.name.local());
    page.warning("no-place", &entry.name_span, message)
        .label("only texts that write coordinates out are read")
        .help("give the place in `near`, or the feed's `fields` a `lat` and a `lon`");
}

fn may_have_coordinates(feed: &Feed) -> bool {
    let options = feed.reader.options();
    let format = options.format.as_deref().unwrap_or("auto");
    WITH_COORDINATES.contains(&format) || options.fields.iter().any(|(name, _)| name == "lat")
}
