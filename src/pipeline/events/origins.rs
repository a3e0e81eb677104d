//! Which reports of one event share an origin, and why: the six links of field.md 3, joined by union–find. Pure.

use std::collections::HashMap;
use std::hash::Hash;

use crate::extract::provenance::{Sources, site};
use crate::model::event::{Link, Reported};
use crate::model::provenance::Provenance;
use crate::model::source::Source;
use crate::pipeline::components::Components;
use crate::pipeline::duplicates::{self, Text};

/// From this figure on, one that stands in two texts is hardly chance.
const TELLING_FIGURE: f64 = 10.0;

/// A report with its publisher.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// The report.
    pub report: &'a Reported,
    /// Its publisher, where the configuration knows it; one that it does not know is its own owner.
    pub source: Option<&'a Source>,
}

impl<'a> Member<'a> {
    fn shown(&self) -> &'a Provenance {
        &self.report.shown
    }

    fn publisher(&self) -> &'a str {
        &self.report.observation.source
    }

    fn owner(&self) -> &'a str {
        self.source.map_or(self.publisher(), |source| &source.owner)
    }
}

/// What joins the reports of one event.
#[derive(Debug, Clone, PartialEq)]
pub struct Origins {
    /// The origin of each report: the place of the first report that has it.
    pub roots: Vec<usize>,
    /// The same if everything undecided shares its origin.
    pub least_roots: Vec<usize>,
    /// The links that joined them, the strongest first.
    pub links: Vec<Link>,
    /// Pairs of which a person has to say whether they share an origin.
    pub undecided: Vec<Link>,
}

/// Joins reports that share an origin.
pub fn of(members: &[Member<'_>], sources: &Sources) -> Origins {
    let mut joiner = Joiner { members, components: Components::new(members.len()), links: Vec::new() };
    joiner.by_page();
    joiner.by_citation();
    joiner.by_name(sources);
    joiner.by_publisher();
    joiner.by_text();
    joiner.by_key(|member| member.shown().media.clone(), |media| format!("the same picture or film, {media}"));
    let roots = joiner.components.roots();
    let undecided = undecided(members, &roots);
    let mut components = joiner.components;
    for link in &undecided {
        let place = |id: i64| members.iter().position(|member| member.report.observation.id == id);
        if let (Some(a), Some(b)) = (place(link.a), place(link.b)) {
            components.join(a, b);
        }
    }
    Origins { roots, least_roots: components.roots(), links: joiner.links, undecided }
}

struct Joiner<'a> {
    members: &'a [Member<'a>],
    components: Components,
    links: Vec<Link>,
}

impl<'a> Joiner<'a> {
    /// One link is enough to join two; further ones between joined reports add nothing to the count.
    fn join(&mut self, a: usize, b: usize, why: impl FnOnce() -> String) {
        if self.components.join(a, b) {
            let id = |place: usize| self.members[place].report.observation.id;
            self.links.push(Link { a: id(a), b: id(b), why: why() });
        }
    }

    /// Joins all that have a key in common.
    fn by_key<K: Hash + Eq>(&mut self, keys: impl Fn(&Member<'a>) -> Vec<K>, why: impl Fn(&K) -> String) {
        let mut first: HashMap<K, usize> = HashMap::new();
        for place in 0..self.members.len() {
            for key in keys(&self.members[place]) {
                match first.get(&key) {
                    Some(other) => self.join(*other, place, || why(&key)),
                    None => drop(first.insert(key, place)),
                }
            }
        }
    }

    /// 1: the same item.
    fn by_page(&mut self) {
        self.by_key(|member| member.shown().page.iter().cloned().collect(), |page| format!("the same page, {page}"));
    }

    /// 2: one links to the other or to its site, or forwards it; two that forward one message.
    fn by_citation(&mut self) {
        let members = self.members;
        let mut pages: HashMap<&str, usize> = HashMap::new();
        let mut sites: HashMap<&str, usize> = HashMap::new();
        for (place, page) in
            members.iter().enumerate().filter_map(|(place, one)| Some((place, one.shown().page.as_deref()?)))
        {
            pages.entry(page).or_insert(place);
            sites.entry(site(page)).or_insert(place);
        }
        for (place, member) in members.iter().enumerate() {
            for cited in &member.shown().cites {
                if let Some(other) = pages.get(cited.as_str()) {
                    self.join(*other, place, || format!("{} links to {cited}", member.publisher()));
                }
            }
            // The first page that a text links to is where it has its news from; later ones are background.
            let Some(first) = member.shown().cites.first().map(|page| site(page)) else { continue };
            let own = member.shown().page.as_deref().map(site);
            if let Some(other) = sites.get(first).filter(|_| own != Some(first)) {
                self.join(*other, place, || format!("{} links to {first} first", member.publisher()));
            }
        }
        let forwarded =
            |member: &Member<'_>| member.shown().forwarded.iter().map(|named| named.to_lowercase()).collect();
        self.by_key(forwarded, |named| format!("both forward {named}"));
    }

    /// 2 and 3: one names the other's publisher, or both name one that the configuration knows.
    fn by_name(&mut self, sources: &Sources) {
        let members = self.members;
        let mut first: HashMap<usize, usize> = HashMap::new();
        for (place, member) in members.iter().enumerate() {
            let own = member.source.and_then(|own| sources.iter().position(|source| source.id == own.id));
            first.extend(own.filter(|own| !first.contains_key(own)).map(|own| (own, place)));
        }
        for (place, member) in members.iter().enumerate() {
            for (named, phrase) in named_by(member.shown(), sources) {
                let Some(source) = sources.get(named) else { continue };
                if source.owner == member.owner() {
                    continue;
                }
                let Some(other) = first.get(&named).copied() else {
                    first.insert(named, place);
                    continue;
                };
                let is_by_it = members[other].source.is_some_and(|by| by.id == source.id);
                self.join(other, place, || match is_by_it {
                    true => format!("{} names {} ({phrase})", member.publisher(), source.title),
                    false => format!("both name {} ({phrase})", source.title),
                });
            }
        }
    }

    /// 4: one source, owner or lineage.
    fn by_publisher(&mut self) {
        self.by_key(|member| vec![member.publisher()], |source| format!("one source, {source}"));
        self.by_key(|member| vec![member.owner()], |owner| format!("one owner, {owner}"));
        let lineage =
            |member: &Member<'a>| member.source.and_then(|source| source.lineage.clone()).into_iter().collect();
        self.by_key(lineage, |lineage| format!("one lineage, {lineage}"));
    }

    /// 5: near-duplicate text by different publishers.
    fn by_text(&mut self) {
        let text = |member: &'a Member<'a>| Text {
            publisher: member.publisher(),
            at: member.report.observation.event_time,
            shown: member.shown(),
        };
        let texts: Vec<Text<'_>> = self.members.iter().map(text).collect();
        for pair in duplicates::find(&texts) {
            let share = (pair.resemblance * 100.0).floor();
            self.join(pair.a, pair.b, || format!("the same text: {share} % of its pieces, and the same figures"));
        }
    }
}

/// The sources that a report names as its own, with the phrase.
fn named_by(shown: &Provenance, sources: &Sources) -> Vec<(usize, String)> {
    let forwarded = shown.forwarded.iter().filter_map(|named| Some((sources.first_in(named)?, "forwarded".to_owned())));
    let attributed = shown.attributions.iter().filter_map(|one| Some((sources.meant(one)?, one.phrase.clone())));
    forwarded.chain(attributed).collect()
}

/// Reports of other languages with the same telling figures: a translation keeps the figures and no words.
fn undecided(members: &[Member<'_>], roots: &[usize]) -> Vec<Link> {
    let mut by_figures: HashMap<Vec<u64>, Vec<usize>> = HashMap::new();
    for (place, member) in members.iter().enumerate().filter(|(_, member)| is_telling(&member.shown().figures)) {
        let figures = member.shown().figures.iter().map(|figure| figure.to_bits()).collect();
        by_figures.entry(figures).or_default().push(place);
    }
    let mut found = Vec::new();
    let mut lists: Vec<&Vec<usize>> = by_figures.values().collect();
    lists.sort_unstable();
    for list in lists {
        let mut asked: Vec<(usize, usize)> = Vec::new();
        for (rank, b) in list.iter().enumerate() {
            for a in list.iter().take(rank) {
                let pair = (roots[*a], roots[*b]);
                if pair.0 != pair.1 && !asked.contains(&pair) && is_translation(&members[*a], &members[*b]) {
                    asked.push(pair);
                    found.push(undecided_link(&members[*a], &members[*b]));
                }
            }
        }
    }
    found
}

fn is_telling(figures: &[f64]) -> bool {
    figures.len() >= 2 || figures.iter().any(|figure| *figure >= TELLING_FIGURE)
}

fn is_translation(a: &Member<'_>, b: &Member<'_>) -> bool {
    let apart = b.report.observation.event_time.duration_since(a.report.observation.event_time);
    apart.abs() <= duplicates::WITHIN && a.shown().language.differs(&b.shown().language)
}

fn undecided_link(a: &Member<'_>, b: &Member<'_>) -> Link {
    let figures: Vec<String> =
        a.shown().figures.iter().take(6).map(|figure| crate::model::text::figure(*figure, 2)).collect();
    let why = format!("another language and the same figures ({}): it may be a translation", figures.join(", "));
    Link { a: a.report.observation.id, b: b.report.observation.id, why }
}
