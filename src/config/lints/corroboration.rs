//! Corroboration that an indicator's sources can never give.

use std::collections::BTreeSet;

use crate::config::plan::{Watch, WatchedIndicator};
use crate::model::indicator::Kind;
use crate::model::source::Source;
use crate::settings::key::article;
use crate::settings::{Entry, Page};

/// Warns where the rule asks for more than the sources of the indicator's feeds are.
pub fn lint(watch: &Watch, indicator: &WatchedIndicator, entry: &Entry, page: &mut Page) {
    if indicator.spec.kind != Kind::Report {
        return;
    }
    let sources = sources(watch, indicator);
    let origins = indicator.spec.corroboration.origins as usize;
    let able: Vec<&Source> = sources.iter().copied().filter(|source| may_corroborate(source)).collect();
    match voices(&able) {
        _ if origins < 2 => {}
        1 => one_lineage(origins, entry, page),
        found if found < origins => {
            let why = format!("it needs {origins} independent origins, and its sources are {found}");
            unreachable("origins", why, entry, page);
        }
        _ => {}
    }
    qualities(indicator, &able, entry, page);
}

/// What the origins have to be besides independent.
fn qualities(indicator: &WatchedIndicator, able: &[&Source], entry: &Entry, page: &mut Page) {
    let rule = &indicator.spec.corroboration;
    for discipline in &rule.disciplines {
        if !able.iter().any(|source| source.discipline == *discipline) {
            let word = discipline.word();
            unreachable("disciplines", format!("none of its sources is {} `{word}`", article(word)), entry, page);
        }
    }
    let parties: BTreeSet<&str> = able.iter().filter_map(|source| source.party.as_deref()).collect();
    if rule.distinct_party && parties.len() < 2 {
        unreachable("distinct_party", "its sources are not of two parties".to_owned(), entry, page);
    }
    let Some(letter) = rule.reliability else { return };
    let graded: Vec<&Source> =
        able.iter().copied().filter(|source| source.reliability.is_some_and(|grade| grade <= letter)).collect();
    let (found, wanted) = (voices(&graded), rule.origins as usize);
    if found < wanted {
        let letter = letter.letter();
        let why = format!("it needs {wanted} independent origins at or above {letter}, and its sources are {found}");
        unreachable("reliability", why, entry, page);
    }
}

fn one_lineage(origins: usize, entry: &Entry, page: &mut Page) {
    page.warning("one-lineage", &entry.name_span, format!("corroboration of `{}` rests on one lineage", entry.name))
        .label(format!("{origins} independent origins are needed"))
        .help("add a feed whose source has another `lineage` and `owner`");
}

fn unreachable(key: &str, why: String, entry: &Entry, page: &mut Page) {
    let rule = entry.node.table().and_then(|table| table.table("corroboration"));
    let written = rule.and_then(|rule| rule.entry(key));
    let span = written.map_or_else(|| entry.name_span.clone(), |written| written.node.span.clone());
    page.warning("unreachable-condition", &span, format!("no event of `{}` can be corroborated: {why}", entry.name))
        .label("never reached");
}

fn sources<'a>(watch: &'a Watch, indicator: &WatchedIndicator) -> Vec<&'a Source> {
    let feeds =
        indicator.spec.inputs.iter().filter_map(|input| watch.feeds.iter().find(|feed| feed.name == input.feed));
    feeds.map(|feed| &feed.source).collect()
}

/// E and F are kept out; a source without a grade counts.
fn may_corroborate(source: &Source) -> bool {
    source.reliability.is_none_or(|letter| letter.may_corroborate())
}

/// How many independent origins sources can be: those of one owner or one lineage are one, and so is a chain of such.
fn voices(sources: &[&Source]) -> usize {
    let mut groups: Vec<Vec<&Source>> = Vec::new();
    for source in sources {
        let linked = |group: &Vec<&Source>| group.iter().any(|other| source.is_one_voice_with(other));
        let (near, mut apart): (Vec<_>, Vec<_>) = groups.into_iter().partition(linked);
        apart.push(near.into_iter().flatten().chain([*source]).collect());
        groups = apart;
    }
    groups.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::source::Discipline;

    fn source(id: &str, owner: &str, lineage: Option<&str>) -> Source {
        Source {
            id: id.to_owned(),
            title: id.to_owned(),
            names: Vec::new(),
            reliability: None,
            discipline: Discipline::Media,
            party: None,
            owner: owner.to_owned(),
            lineage: lineage.map(str::to_owned),
        }
    }

    fn check(sources: &[Source], expected: usize) {
        assert_eq!(voices(&sources.iter().collect::<Vec<_>>()), expected, "{sources:?}");
    }

    #[test]
    fn owners_and_lineages_chain() {
        check(&[], 0);
        check(&[source("a", "a", None), source("b", "b", None)], 2);
        check(&[source("a", "x", None), source("b", "x", None)], 1);
        check(&[source("a", "a", Some("l")), source("b", "b", Some("l"))], 1);
        // a and c share nothing, and b is of one lineage with a and of one owner with c.
        check(&[source("a", "a", Some("l")), source("c", "c", None), source("b", "c", Some("l"))], 1);
    }
}
