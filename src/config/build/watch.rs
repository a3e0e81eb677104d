//! A watch file → [`Watch`].

use std::cell::RefCell;

use jiff::tz::TimeZone;

use super::{feed, indicator, known, place, scenario, source, unknown_reference, zone};
use crate::config::plan::{Mark, Settings, Watch};
use crate::config::secrets::Secrets;
use crate::extract::Readers;
use crate::model::geo::Place;
use crate::model::source::Source;
use crate::settings::{Entries, Page};

/// What all watches share.
#[derive(Debug)]
pub struct Shared {
    /// The daemon's settings.
    pub settings: Settings,
    /// Shared places.
    pub places: Vec<Place>,
    /// Shared sources.
    pub sources: Vec<Source>,
    /// Secrets by name.
    pub secrets: Secrets,
}

/// What the parts of one watch may refer to. The ids are of everything that
/// was declared, so that one mistake is not reported as two.
pub struct Scope<'a> {
    /// The watch's id.
    pub watch: &'a str,
    /// Its file.
    pub root: &'a Entries,
    /// Its places, the shared ones included.
    pub places: &'a [Place],
    /// Their ids.
    pub place_ids: Vec<&'a str>,
    /// Its sources, the shared ones included.
    pub sources: &'a [Source],
    /// Their ids.
    pub source_ids: Vec<&'a str>,
    /// The ids of its feeds.
    pub feed_ids: Vec<&'a str>,
    /// Secrets by name.
    pub secrets: &'a Secrets,
    /// `[http] max_body`: also of what a document unpacks to.
    pub max_body: u64,
    /// What was compiled for the indicators before.
    pub readers: RefCell<Readers>,
}

/// Builds a watch; where the page then has errors, it is incomplete.
pub fn watch(id: &str, root: &Entries, shared: &Shared, page: &mut Page) -> Watch {
    let empty = Entries::default();
    let about = root.table("watch").unwrap_or(&empty);
    let places = together(place::places(root.entries("places"), page), &shared.places, |place| &place.id);
    let sources = together(source::sources(root.entries("sources"), page), &shared.sources, |source| &source.id);
    let scope = Scope {
        watch: id,
        root,
        place_ids: ids(root, "places", places.iter().map(|place| place.id.as_str())),
        places: &places,
        source_ids: ids(root, "sources", sources.iter().map(|source| source.id.as_str())),
        sources: &sources,
        feed_ids: known(root, "feeds"),
        secrets: &shared.secrets,
        max_body: shared.settings.http.max_body,
        readers: RefCell::default(),
    };
    let feeds: Vec<_> = root.entries("feeds").iter().filter_map(|entry| feed::feed(entry, &scope, page)).collect();
    let indicators = root.entries("indicators").iter();
    let indicators = indicators.filter_map(|entry| indicator::indicator(entry, &scope, page)).collect();
    let scenarios = scenario::scenarios(id, root, &shared.settings, page);
    let (zone_name, zone) = watch_zone(about, &shared.settings, page);
    check_dates(about, page);
    let own = feeds.iter().map(|feed| feed.source.clone()).filter(|source| !sources.contains(source)).collect();
    Watch {
        id: id.to_owned(),
        title: about.string("title").unwrap_or_default(),
        basis: about.string("basis"),
        from: about.date("from"),
        until: about.date("until"),
        review_by: about.date("review_by"),
        zone_name,
        zone,
        sources: [sources.clone(), own].concat().into(),
        feeds,
        indicators,
        scenarios,
        marks: marks(root, page),
        rates: shared.settings.rates.clone(),
        places,
    }
}

/// A watch's own things and the shared ones that it does not declare anew.
fn together<T: Clone>(own: Vec<T>, shared: &[T], id: fn(&T) -> &String) -> Vec<T> {
    let others: Vec<T> = shared.iter().filter(|other| own.iter().all(|mine| id(mine) != id(other))).cloned().collect();
    own.into_iter().chain(others).collect()
}

fn ids<'a>(root: &'a Entries, table: &str, built: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut ids: Vec<&str> = known(root, table).into_iter().chain(built).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn watch_zone(about: &Entries, settings: &Settings, page: &mut Page) -> (String, TimeZone) {
    zone(about, "timezone", page).unwrap_or_else(|| (settings.zone_name.clone(), settings.zone.clone()))
}

fn check_dates(about: &Entries, page: &mut Page) {
    if let (Some(from), Some(until)) = (about.date("from"), about.date("until"))
        && until < from
    {
        page.error("out-of-range", &about.span_of("until"), "`until` is before `from`")
            .label(format!("expected {from} or later"));
    }
}

fn marks(root: &Entries, page: &mut Page) -> Vec<Mark> {
    let scenarios = known(root, "scenarios");
    let mut marks = Vec::new();
    for entries in root.items("marks").iter().filter_map(|node| node.table()) {
        let scenario = entries.string("scenario");
        if let Some(word) = scenario.as_deref().filter(|word| !scenarios.contains(word)) {
            unknown_reference("scenario", word, &entries.span_of("scenario"), &scenarios, page);
        }
        if let (Some(date), Some(title)) = (entries.date("date"), entries.string("title")) {
            marks.push(Mark { date, title, scenario });
        }
    }
    marks
}
