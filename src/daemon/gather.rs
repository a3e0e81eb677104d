//! Everything that one poll brings: the document that was asked for, the pages after it, the pages its items link to.
//!
//! All of it goes through the same client, and so through the same politeness, limits and refusals.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use anyhow::Context as _;
use jiff::Timestamp;
use secrecy::ExposeSecret as _;

use super::writer::Writer;
use crate::config::Plan;
use crate::config::plan::{Feed, Paging, Turn, Until};
use crate::fetch::{Client, Target};
use crate::format;
use crate::model::feed::{Failure, Fetched, Health, Validators};
use crate::model::item::{Document, Item, Parsed};
use crate::model::name::Name;
use crate::pipeline::read::{self, Fresh, Harvest, PageState};
use crate::pipeline::said;
use crate::store::KnownItem;

/// How many pages of items are asked for in one poll; the rest waits for the next.
const MOST_PAGES: usize = 50;
/// How many pages that fail for themselves end the asking: then it is the host.
const MOST_FAILURES: usize = 3;
/// How often a page is asked for in vain.
const MOST_TRIES: u32 = 8;

/// Gathers what one poll of a feed brings.
pub struct Gatherer<'a> {
    client: &'a Client,
    plan: Arc<Plan>,
    name: &'a Name,
    now: Timestamp,
    /// What is known already; nothing where a feed is only looked at.
    store: Option<&'a Writer>,
}

/// Where an answer's headers lead: relation and address.
pub type Link = (String, String);

/// A failure that is recorded as the poll's, or what was gathered.
type Gathered<T> = anyhow::Result<Result<T, Failure>>;

impl<'a> Gatherer<'a> {
    /// Gathers for a feed of a plan as of `now`.
    pub fn new(client: &'a Client, plan: Arc<Plan>, name: &'a Name, now: Timestamp) -> Self {
        Self { client, plan, name, now, store: None }
    }

    /// Gathers only what a store does not know.
    pub(super) fn beside(self, store: &'a Writer) -> Self {
        Self { store: Some(store), ..self }
    }

    fn feed<'p>(&self, plan: &'p Plan) -> anyhow::Result<&'p Feed> {
        plan.feed(self.name).map(|(_, feed)| feed).with_context(|| format!("there is no feed {}", self.name))
    }

    /// Asks for the feed's document, and where the answer only names it, for that one.
    ///
    /// # Errors
    /// There is no such feed.
    pub async fn document(&self, validators: &Validators) -> anyhow::Result<Fetched> {
        let feed = self.feed(&self.plan)?;
        // A recording is of the document itself.
        let Some(through) = feed.through.as_ref().filter(|_| feed.target.path.is_none()) else {
            return Ok(self.client.fetch(&feed.target, validators, self.now).await);
        };
        // What a server says of the page that names the document says nothing of the document.
        let answer = self.client.fetch(&feed.target, &Validators::default(), self.now).await;
        let Fetched::Document { document, wishes, .. } = answer else { return Ok(answer) };
        let Some(link) = through.find(&document) else {
            let message = format!("`through` finds nothing in what {} answers: it has changed", feed.target.shown);
            return Ok(Fetched::Failed(Failure::error(message)));
        };
        let named = self.client.fetch_linked(&feed.target, &link, self.now).await;
        Ok(match named {
            Fetched::Document { document, .. } => {
                Fetched::Document { document, validators: Validators::default(), wishes }
            }
            Fetched::Failed(failure) => {
                let message = format!("{} names a document that cannot be had: {}", feed.target.shown, failure.message);
                Fetched::Failed(Failure { message, ..failure })
            }
            unchanged => unchanged,
        })
    }

    /// Reads a document and the pages after it.
    ///
    /// # Errors
    /// There is no such feed, or the store refuses.
    pub async fn parsed(&self, document: Document, links: &[Link]) -> Gathered<Parsed> {
        let (document, read) = self.parse(document).await?;
        let mut parsed = match read {
            Ok(parsed) => parsed,
            Err(failure) => return Ok(Err(failure)),
        };
        let plan = Arc::clone(&self.plan);
        let feed = self.feed(&plan)?;
        let Some(paging) = feed.paging.as_ref().filter(|_| feed.target.path.is_none()) else { return Ok(Ok(parsed)) };
        let turned = self.turn_pages((feed, paging), (document, links.to_vec()), &mut parsed).await?;
        Ok(turned.map(|()| parsed))
    }

    /// Adds the items of the pages after a first one.
    async fn turn_pages(
        &self,
        (feed, paging): (&Feed, &Paging),
        (mut document, mut links): (Document, Vec<Link>),
        parsed: &mut Parsed,
    ) -> Gathered<()> {
        let mut seen = HashSet::from([feed.target.url.expose_secret().to_owned()]);
        let mut on_page = parsed.items.clone();
        for page in 1.. {
            if on_page.is_empty() || parsed.cut.is_some() || self.is_known(paging, &on_page).await? {
                break;
            }
            let Some(next) = next_page(&feed.target, paging, (&document, &links), (page, self.now)) else { break };
            if page >= paging.most {
                parsed.warnings.push(format!("only {page} pages were read, the most that `paging` allows"));
                break;
            }
            let next = match next {
                Ok(next) => next,
                Err(why) => return Ok(Err(Failure::error(format!("after page {page}: {why}")))),
            };
            if !seen.insert(next.url.expose_secret().to_owned()) {
                break;
            }
            let found = match self.client.fetch(&next, &Validators::default(), self.now).await {
                Fetched::Document { document, wishes, .. } => {
                    links = wishes.links;
                    document
                }
                Fetched::Unchanged { .. } => break,
                Fetched::Failed(failure) => return Ok(Err(of_page(page + 1, failure))),
            };
            let (found, read) = self.parse(found).await?;
            match read {
                Ok(more) => {
                    on_page.clone_from(&more.items);
                    format::join(parsed, more, feed.reader.room());
                }
                Err(failure) => return Ok(Err(of_page(page + 1, failure))),
            }
            document = found;
        }
        Ok(Ok(()))
    }

    /// Whether a page has come to what is known. One item alone may only be pinned to the top.
    async fn is_known(&self, paging: &Paging, items: &[Item]) -> anyhow::Result<bool> {
        if paging.until == Until::End {
            return Ok(false);
        }
        let known = self.known(items).await?;
        Ok(known.len() >= items.len().min(2))
    }

    /// Reads one document off the event loop: it may take long, and a defect of a reader is a failure of this feed.
    async fn parse(&self, document: Document) -> anyhow::Result<(Document, Result<Parsed, Failure>)> {
        let (plan, name, now) = (Arc::clone(&self.plan), self.name.clone(), self.now);
        self.client.make_room(&document).await;
        let work = move || {
            let read = plan.feed(&name).map(|(_, feed)| read::parse(feed, &document, now));
            (document, read)
        };
        Ok(match tokio::task::spawn_blocking(work).await {
            Ok((document, Some(Ok(parsed)))) => (document, Ok(parsed)),
            Ok((document, Some(Err(error)))) => (document, Err(read::failure(error))),
            Ok((_, None)) => anyhow::bail!("there is no feed {}", self.name),
            Err(_) => {
                let nothing = Document { body: Vec::new(), content_type: None, url: None };
                (nothing, Err(defect("reading this document")))
            }
        })
    }

    async fn known(&self, items: &[Item]) -> anyhow::Result<HashMap<String, KnownItem>> {
        let Some(store) = self.store else { return Ok(HashMap::new()) };
        let ids: Vec<String> = items.iter().map(|item| item.id.clone()).collect();
        let name = self.name.clone();
        Ok(store
            .with(move |store| store.view().known_items(&name, said::FORM, ids.iter().map(String::as_str)))
            .await??)
    }

    /// What is new in what was read, with the pages that it links to.
    ///
    /// # Errors
    /// There is no such feed, or the store refuses.
    pub async fn sifted(&self, parsed: Parsed) -> Gathered<Harvest> {
        let known = self.known(&parsed.items).await?;
        let (plan, name) = (Arc::clone(&self.plan), self.name.clone());
        let sift = move || plan.feed(&name).map(|(watch, feed)| read::sift(watch, feed, parsed, &known));
        let Ok(sifted) = tokio::task::spawn_blocking(sift).await else {
            return Ok(Err(defect("comparing this document")));
        };
        let mut harvest = sifted.with_context(|| format!("there is no feed {}", self.name))?;
        self.follow(&mut harvest).await?;
        Ok(Ok(harvest))
    }

    /// Finds what each new item says.
    ///
    /// # Errors
    /// There is no such feed.
    pub async fn found(&self, mut harvest: Harvest) -> Gathered<Harvest> {
        let (plan, name) = (Arc::clone(&self.plan), self.name.clone());
        let find = move || {
            plan.feed(&name).map(|(watch, feed)| {
                read::find(watch, feed, &mut harvest);
                harvest
            })
        };
        match tokio::task::spawn_blocking(find).await {
            Ok(harvest) => Ok(Ok(harvest.with_context(|| format!("there is no feed {}", self.name))?)),
            Err(_) => Ok(Err(defect("extracting from this document"))),
        }
    }

    /// Reads the pages that new items link to, in document order and within bounds.
    async fn follow(&self, harvest: &mut Harvest) -> anyhow::Result<()> {
        let mut asked = 0;
        let mut failures: Vec<Failure> = Vec::new();
        for fresh in harvest.fresh.iter_mut() {
            let PageState::Owed(tries) = fresh.page else { continue };
            let is_refused =
                failures.iter().any(|failure| matches!(failure.health, Health::Blocked | Health::Throttled));
            if is_refused || failures.len() >= MOST_FAILURES {
                break;
            }
            if asked == MOST_PAGES {
                let message = format!("{MOST_PAGES} pages of items were read, the most of one poll; the others follow");
                failures.push(Failure::error(message));
                break;
            }
            asked += 1;
            match self.page(fresh).await? {
                Ok(()) => fresh.page = PageState::Read,
                Err(failure) => {
                    harvest.warnings.push(failure.message.clone());
                    let is_last = failure.health == Health::Gone || tries + 1 >= MOST_TRIES;
                    fresh.page = if is_last { PageState::Lost } else { PageState::Owed(tries + 1) };
                    failures.extend((!is_last).then_some(failure));
                }
            }
        }
        harvest.unread = harvest.unread.take().or(failures.into_iter().next());
        Ok(())
    }

    /// Reads the page that an item links to.
    async fn page(&self, fresh: &mut Fresh) -> anyhow::Result<Result<(), Failure>> {
        let plan = Arc::clone(&self.plan);
        let feed = self.feed(&plan)?;
        let (Some(reader), Some(link)) = (feed.follow.clone(), fresh.item.link.clone()) else { return Ok(Ok(())) };
        let of_link =
            |failure: Failure| Failure { message: format!("the page of an item: {}", failure.message), ..failure };
        let document = match self.client.fetch_linked(&feed.target, &link, self.now).await {
            Fetched::Document { document, .. } => document,
            Fetched::Unchanged { .. } => return Ok(Ok(())),
            Fetched::Failed(failure) => return Ok(Err(of_link(failure))),
        };
        let read = match tokio::task::spawn_blocking(move || reader.read(&document)).await {
            Ok(read) => read.map_err(|error| Failure::error(format!("{link}: {}", error.message))),
            Err(_) => Err(defect("reading a page")),
        };
        Ok(read.map_err(of_link).map(|page| {
            let item = &mut fresh.item;
            item.page = Some(page.text);
            item.published = item.published.or(page.published);
            item.raw = item.raw.take().or(page.html);
        }))
    }
}

fn of_page(page: u32, failure: Failure) -> Failure {
    Failure { message: format!("page {page}: {}", failure.message), ..failure }
}

/// A defect of a reader is a failure of this feed, never of the daemon.
fn defect(doing: &str) -> Failure {
    Failure::error(format!("{doing} failed by a defect of watchfloor; please report it"))
}

/// The page after the one of that number; `None` where there is none.
fn next_page(
    target: &Target,
    paging: &Paging,
    (document, links): (&Document, &[Link]),
    (page, now): (u32, Timestamp),
) -> Option<Result<Target, String>> {
    let target = match target.at(now) {
        Ok(target) => target,
        Err(why) => return Some(Err(why)),
    };
    match &paging.turn {
        Turn::Header(wanted) => {
            let next = links.iter().find(|(relation, _)| relation == wanted);
            next.map(|(_, link)| target.page(link))
        }
        Turn::Link(link) => link.find(document).map(|link| target.page(&link)),
        Turn::Cursor { mark, parameter } => mark.find(document).map(|mark| target.with_parameter(parameter, &mark)),
        Turn::Number { parameter, first, step } => {
            let number = u64::from(*first) + u64::from(*step) * u64::from(page);
            Some(target.with_parameter(parameter, &number.to_string()))
        }
    }
}
