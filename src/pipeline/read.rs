//! Document → what it says to each indicator. Pure: no store, no clock.

use std::collections::HashMap;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{hex, said};
use crate::config::plan::{Feed, Watch, WatchedIndicator};
use crate::extract::provenance;
use crate::format::FormatError;
use crate::model::feed::{Failure, Health};
use crate::model::item::{Document, Item, Parsed};
use crate::model::observation::Value;
use crate::model::outcome::Outcome;
use crate::model::provenance::Provenance;
use crate::store::KnownItem;

/// What a document says that was not known.
#[derive(Debug, Clone, PartialEq)]
pub struct Harvest {
    /// How many items the document has.
    pub items: usize,
    /// How many of them were known before, changed or not.
    pub known: usize,
    /// The time of its oldest dated item.
    pub oldest: Option<Timestamp>,
    /// The different times of its items, in ascending order.
    pub times: Vec<Timestamp>,
    /// The items that are new or changed, or that were read by another recipe.
    pub fresh: Vec<Fresh>,
    /// What had to be repaired or passed over.
    pub warnings: Vec<String>,
    /// The feed's own `ttl`, in minutes.
    pub ttl_minutes: Option<u32>,
    /// Whether it holds events that repeat, of which others come near as time passes.
    pub repeats: bool,
    /// Why not all was read that has to be, items beyond a limit or pages of items: what they say is not known.
    pub unread: Option<Failure>,
}

/// An item that is new or changed, and what it says.
#[derive(Debug, Clone, PartialEq)]
pub struct Fresh {
    /// The item.
    pub item: Item,
    /// The hash of its content.
    pub hash: String,
    /// Which revision of it this is, from 1.
    pub revision: u32,
    /// Whether its content is new; else it was only read by another recipe, or its page is asked for again.
    pub is_news: bool,
    /// What became of the page that it links to.
    pub page: PageState,
    /// What it says to each indicator that reads its feed, in the order of the watch.
    pub findings: Vec<Found>,
    /// What it shows of where it has its knowledge from; nothing where no report or statement was found.
    pub shown: Provenance,
}

/// What became of the page that an item links to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageState {
    /// There is none, or its feed does not follow links.
    None,
    /// It is to be asked for, which was tried in vain so often.
    Owed(u32),
    /// It was read.
    Read,
    /// It cannot be had.
    Lost,
}

impl PageState {
    /// Whether an item was read as a whole, so that what it does not say it does not say.
    pub fn is_whole(self) -> bool {
        matches!(self, Self::None | Self::Read)
    }
}

/// What one item says to one indicator.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The indicator's place in the watch.
    pub indicator: usize,
    /// Which of the indicator's inputs gave the outcome.
    pub input: usize,
    /// The outcome.
    pub outcome: Outcome,
}

/// Reads a document's items as of `now`, without extracting.
///
/// # Errors
/// When no format is recognisable.
pub fn parse(feed: &Feed, document: &Document, now: Timestamp) -> Result<Parsed, FormatError> {
    let parsed = feed.reader.read_around(document, Some(now))?;
    let options = feed.reader.options();
    let is_open = options.format.as_deref().is_none_or(|format| format == "auto") && options.items.is_none();
    // A page is an item only where the configuration asks for pages: a site that is down must not become news.
    if is_open && parsed.header.format == "html" {
        let message = "an HTML page came where a feed should be (a feed of pages says `format = \"html\"`)".to_owned();
        return Err(FormatError { is_shell: true, message });
    }
    Ok(parsed)
}

/// What a document that cannot be read says of its feed.
pub fn failure(error: FormatError) -> Failure {
    let health = if error.is_shell { Health::Shell } else { Health::Error };
    Failure { health, ..Failure::error(error.message) }
}

/// What is wrong with a document in which no item was found, where `items` says where they are.
///
/// An empty list may be a quiet day; a page without its elements, or a list that was never empty before, has changed
/// its structure, and accounts for nothing.
pub fn emptiness(feed: &Feed, harvest: &Harvest, had_items: bool) -> Option<String> {
    let options = feed.reader.options();
    let items = options.items.as_deref().filter(|_| harvest.items == 0)?;
    let is_page = options.format.as_deref() == Some("html");
    (is_page || had_items).then(|| {
        format!(
            "`items = \"{items}\"` finds nothing in the document: its structure has changed, or it is not what it was"
        )
    })
}

/// Extracts from the items that are not known as they are.
pub fn read(watch: &Watch, feed: &Feed, parsed: Parsed, known: &HashMap<String, KnownItem>) -> Harvest {
    let mut harvest = sift(watch, feed, parsed, known);
    find(watch, feed, &mut harvest);
    harvest
}

/// Finds what each new item says to the indicators.
pub fn find(watch: &Watch, feed: &Feed, harvest: &mut Harvest) {
    let is_said =
        |found: &Found| found.outcome.finding().is_some_and(|finding| !matches!(finding.value, Value::Quantity(_)));
    let asking = asking(watch, feed);
    for fresh in &mut harvest.fresh {
        fresh.findings = answers(watch, &asking, &fresh.item);
        if fresh.findings.iter().any(is_said) {
            fresh.shown = provenance::of(&fresh.item, &watch.zone);
        }
    }
}

/// Keeps the items that are not known as they are, without asking what they say.
pub fn sift(watch: &Watch, feed: &Feed, parsed: Parsed, known: &HashMap<String, KnownItem>) -> Harvest {
    let recipe = recipe(watch, feed);
    let looks_inside = looks_inside(watch, feed);
    let times = times(&parsed.items);
    let mut harvest = Harvest {
        items: parsed.items.len(),
        known: 0,
        oldest: times.first().copied(),
        times,
        fresh: Vec::new(),
        warnings: parsed.warnings,
        ttl_minutes: parsed.header.ttl_minutes,
        repeats: parsed.header.repeats,
        unread: parsed.cut.map(Failure::error),
    };
    let mut seen: HashMap<String, ()> = HashMap::new();
    for item in parsed.items {
        // A document may list an entry twice; the first is the newest in every format that does.
        if seen.insert(item.id.clone(), ()).is_some() {
            continue;
        }
        let hash = said::hash(&item, looks_inside);
        let before = known.get(&item.id);
        harvest.known += usize::from(before.is_some());
        let is_news = before.is_none_or(|before| !said::is_unchanged(before, &hash, &item));
        if before.is_some_and(|before| !is_news && before.recipe == recipe && before.hash == hash) {
            continue;
        }
        let revision = before.map_or(1, |before| before.revision + u32::from(is_news));
        let tries = before.filter(|_| !is_news).and_then(|before| tries_of(&before.recipe, &recipe)).unwrap_or(0);
        let page = if feed.follow.is_some() && item.link.is_some() { PageState::Owed(tries) } else { PageState::None };
        let (findings, shown) = (Vec::new(), Provenance::default());
        harvest.fresh.push(Fresh { item, hash, revision, is_news, page, findings, shown });
    }
    harvest
}

fn times(items: &[Item]) -> Vec<Timestamp> {
    let mut times: Vec<Timestamp> = items.iter().filter_map(Item::time).collect();
    times.sort_unstable();
    times.dedup();
    times
}

/// What an item is stored as read by: the recipe, or where its page is owed that it was asked for in vain.
pub fn recipe_of(fresh: &Fresh, recipe: &str) -> String {
    match fresh.page {
        PageState::Owed(tries) => format!("{recipe}{OWED}{tries}"),
        _ => recipe.to_owned(),
    }
}

/// Between a recipe and how often a page was asked for in vain.
const OWED: char = '~';

fn tries_of(stored: &str, recipe: &str) -> Option<u32> {
    stored.strip_prefix(recipe)?.strip_prefix(OWED)?.parse().ok()
}

/// What an item says to each indicator that reads the feed.
///
/// Inputs are tried in order and the first value or stated zero wins; where
/// none gives one, an error is worth more than a `no_match`.
pub fn extract(watch: &Watch, feed: &Feed, item: &Item) -> Vec<Found> {
    answers(watch, &asking(watch, feed), item)
}

/// Which inputs of which indicators read a feed, by their places. Looked up once a document: a watch may have a
/// thousand of them, and a document a thousand items.
fn asking(watch: &Watch, feed: &Feed) -> Vec<(usize, Vec<usize>)> {
    let inputs = |indicator: &WatchedIndicator| {
        let inputs = indicator.spec.inputs.iter().enumerate();
        inputs.filter(|(_, input)| input.feed == feed.name).map(|(place, _)| place).collect::<Vec<_>>()
    };
    let asking = watch.indicators.iter().enumerate().map(|(place, indicator)| (place, inputs(indicator)));
    asking.filter(|(_, inputs)| !inputs.is_empty()).collect()
}

fn answers(watch: &Watch, asking: &[(usize, Vec<usize>)], item: &Item) -> Vec<Found> {
    let mut found = Vec::new();
    for (place, inputs) in asking {
        let answer = watch.indicators.get(*place).and_then(|indicator| first_finding(watch, inputs, item, indicator));
        found.extend(answer.map(|(input, outcome)| Found { indicator: *place, input, outcome }));
    }
    found
}

/// Whether any rule looks into the raw elements of a feed's items.
fn looks_inside(watch: &Watch, feed: &Feed) -> bool {
    watch.indicators.iter().any(|indicator| {
        let mut inputs = indicator.spec.inputs.iter().zip(&indicator.extractors);
        inputs.any(|(input, extractor)| input.feed == feed.name && extractor.looks_inside())
    })
}

fn first_finding(
    watch: &Watch,
    inputs: &[usize],
    item: &Item,
    indicator: &WatchedIndicator,
) -> Option<(usize, Outcome)> {
    let mut fallback: Option<(usize, Outcome)> = None;
    for input in inputs.iter().copied() {
        let Some(extractor) = indicator.extractors.get(input) else { continue };
        let outcome = extractor.read(item, &watch.zone);
        if outcome.finding().is_some() {
            return Some((input, outcome));
        }
        if fallback.is_none() || matches!(outcome, Outcome::Error { .. }) {
            fallback = Some((input, outcome));
        }
    }
    fallback
}

/// A stable hash of everything that decides what is extracted from a feed's documents, and how.
pub fn recipe(watch: &Watch, feed: &Feed) -> String {
    let mut hasher = Sha256::new();
    hasher.update(format!("{:?}", feed.reader.options()));
    if let Some(follow) = &feed.follow {
        hasher.update(format!("\nfollow {follow:?}"));
    }
    for indicator in &watch.indicators {
        for input in indicator.spec.inputs.iter().filter(|input| input.feed == feed.name) {
            hasher.update(format!("\n{} {} {:?}", indicator.spec.name, input.method, input.cumulative));
        }
    }
    hex(&hasher.finalize(), 8)
}

/// A hash of a document's bytes and of the recipe it was read by: equal means that nothing can be new.
pub fn body_hash(body: &[u8], recipe: &str) -> String {
    format!("{}:{recipe}", hex(&Sha256::digest(body), 32))
}

/// What is stored instead of a body's hash while pages of its items are owed: the document has to come again, whole.
pub fn unfinished(body_hash: &str) -> String {
    format!("{body_hash}{OWED}")
}

/// What is stored as a body's hash: where its events repeat it holds for a month, and next month it is read again, for
/// those that are near then.
pub fn hash_to_store(harvest: &Harvest, body_hash: String, now: Timestamp) -> String {
    if harvest.repeats { of_month(&body_hash, now) } else { body_hash }
}

fn of_month(body_hash: &str, now: Timestamp) -> String {
    let month = now.to_string();
    format!("{body_hash}@{}", month.get(..7).unwrap_or_default())
}

/// Whether a stored body hash is that of these bytes, so that nothing in them can be new.
pub fn is_of(stored: &str, body_hash: &str, now: Timestamp) -> bool {
    stored == body_hash || stored == of_month(body_hash, now)
}

/// Whether a stored body hash was made by this recipe, and holds now.
pub fn is_read_by(stored: &str, recipe: &str, now: Timestamp) -> bool {
    stored.rsplit_once(':').is_some_and(|(_, by)| by == recipe || by == of_month(recipe, now))
}
