//! Which texts of different publishers are one text: near-duplicates with the same figures, close in time. Pure.
//!
//! After field.md 3.1. The same publisher is never joined: official series
//! reuse their wording for different things. Up to [`EXACT_UP_TO`] texts
//! every resemblance is computed; beyond, candidates come from MinHash in 32
//! bands of 4 (Broder 1997), and are then held against the exact resemblance.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::components::Components;
use crate::model::provenance::{Provenance, Shingling, Sketch};

/// Texts further apart are no copies of one another.
pub const WITHIN: SignedDuration = SignedDuration::from_hours(72);
/// Up to so many texts that could be copies, all are compared.
pub const EXACT_UP_TO: usize = 5000;

/// Bands of a signature; two texts are compared where all rows of one band agree.
const BANDS: usize = 32;
/// Rows of a band: two texts that share half of their pieces meet with a probability of 0.87, of 0.7 with 1.000.
const ROWS: usize = 4;

/// A text with what decides whether it can be a copy.
#[derive(Debug, Clone, Copy)]
pub struct Text<'t> {
    /// Who published it.
    pub publisher: &'t str,
    /// When.
    pub at: Timestamp,
    /// What it shows.
    pub shown: &'t Provenance,
}

/// Two texts that are one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alike {
    /// The earlier one's place.
    pub a: usize,
    /// The later one's.
    pub b: usize,
    /// The share of their pieces that they have in common.
    pub resemblance: f64,
}

/// How candidates are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Search {
    /// Every text with every other that shares a piece.
    Exact,
    /// Only those that meet in a band.
    MinHash,
}

/// Pairs that join the texts into groups of one text each; of a group only so many as hold it together.
pub fn find(texts: &[Text<'_>]) -> Vec<Alike> {
    let mut found = Vec::new();
    for alike in comparable(texts).values() {
        let search = if alike.len() > EXACT_UP_TO { Search::MinHash } else { Search::Exact };
        found.extend(search_in(texts, alike, search));
    }
    found.sort_by_key(|pair| (pair.a, pair.b));
    found
}

/// The same by one way of searching, whatever the number of texts: for comparing the two.
pub fn find_by(texts: &[Text<'_>], search: Search) -> Vec<Alike> {
    let mut found: Vec<Alike> = comparable(texts).values().flat_map(|alike| search_in(texts, alike, search)).collect();
    found.sort_by_key(|pair| (pair.a, pair.b));
    found
}

/// Texts that are cut alike and have the same figures, each list by time: only among them are copies.
fn comparable(texts: &[Text<'_>]) -> HashMap<(Shingling, Vec<u64>), Vec<usize>> {
    let mut lists: HashMap<(Shingling, Vec<u64>), Vec<usize>> = HashMap::new();
    for (place, text) in texts.iter().enumerate().filter(|(_, text)| !text.shown.sketch.marks.is_empty()) {
        let figures = text.shown.figures.iter().map(|figure| figure.to_bits()).collect();
        lists.entry((text.shown.sketch.shingling, figures)).or_default().push(place);
    }
    lists.values_mut().for_each(|list| list.sort_by_key(|place| (texts[*place].at, *place)));
    lists
}

fn search_in(texts: &[Text<'_>], list: &[usize], search: Search) -> Vec<Alike> {
    // The same publisher is never joined.
    let publisher = |place: &usize| texts[*place].publisher;
    if list.iter().all(|place| Some(publisher(place)) == list.first().map(publisher)) {
        return Vec::new();
    }
    let mut joined = Joined { texts, components: Components::new(texts.len()), found: Vec::new() };
    match search {
        Search::Exact => exact(&mut joined, list),
        Search::MinHash => banded(&mut joined, list),
    }
    joined.found
}

/// The pairs found so far, and which texts they join.
struct Joined<'t> {
    texts: &'t [Text<'t>],
    components: Components,
    found: Vec<Alike>,
}

impl Joined<'_> {
    /// Whether two texts are too far apart in time to be one.
    fn is_apart(&self, a: usize, b: usize) -> bool {
        self.texts[b].at.duration_since(self.texts[a].at).abs() > WITHIN
    }

    /// Whether two texts could be one, and are not known to be.
    fn is_open(&mut self, a: usize, b: usize) -> bool {
        self.texts[a].publisher != self.texts[b].publisher && !self.components.are_one(a, b)
    }

    fn join(&mut self, a: usize, b: usize, resemblance: f64) {
        if self.components.join(a, b) {
            self.found.push(Alike { a: a.min(b), b: a.max(b), resemblance });
        }
    }

    fn sketch(&self, place: usize) -> &Sketch {
        &self.texts[place].shown.sketch
    }
}

/// Counts for each text the pieces that it shares with every earlier one.
fn exact(joined: &mut Joined<'_>, list: &[usize]) {
    let mut having: HashMap<u32, Vec<u32>> = HashMap::new();
    let mut shared = vec![0_u32; list.len()];
    let mut touched: Vec<u32> = Vec::new();
    for (rank, place) in list.iter().enumerate() {
        for mark in &joined.texts[*place].shown.sketch.marks {
            let earlier = having.entry(*mark).or_default();
            // They are in the order of time: before the first that is too far apart, all are.
            for other in earlier.iter().rev() {
                if joined.is_apart(list[*other as usize], *place) {
                    break;
                }
                let count = &mut shared[*other as usize];
                if *count == 0 {
                    touched.push(*other);
                }
                *count += 1;
            }
            earlier.push(rank as u32);
        }
        touched.sort_unstable();
        for other in touched.drain(..) {
            let common = std::mem::take(&mut shared[other as usize]) as usize;
            let (a, b) = (list[other as usize], *place);
            let all = joined.sketch(a).marks.len() + joined.sketch(b).marks.len() - common;
            let resemblance = common as f64 / all as f64;
            if resemblance >= joined.sketch(a).shingling.threshold() && joined.is_open(a, b) {
                joined.join(a, b, resemblance);
            }
        }
    }
}

/// Compares only texts whose signatures agree in a band, one band after the other so that one table is held at a time.
fn banded(joined: &mut Joined<'_>, list: &[usize]) {
    let signatures: Vec<[u32; BANDS * ROWS]> = list.iter().map(|place| signature(joined.sketch(*place))).collect();
    for band in 0..BANDS {
        let mut meeting: HashMap<&[u32], Vec<usize>> = HashMap::new();
        for (signature, place) in signatures.iter().zip(list) {
            let rows = &signature[band * ROWS..(band + 1) * ROWS];
            let others = meeting.entry(rows).or_default();
            for other in others.iter().rev() {
                if joined.is_apart(*other, *place) {
                    break;
                }
                if !joined.is_open(*other, *place) {
                    continue;
                }
                let resemblance = joined.sketch(*other).resemblance(joined.sketch(*place));
                if resemblance >= joined.sketch(*other).shingling.threshold() {
                    joined.join(*other, *place, resemblance);
                }
            }
            others.push(*place);
        }
    }
}

/// The least value that each of 128 hash functions gives to any piece.
fn signature(sketch: &Sketch) -> [u32; BANDS * ROWS] {
    let mut least = [u32::MAX; BANDS * ROWS];
    for mark in &sketch.marks {
        for (row, least) in least.iter_mut().enumerate() {
            // Multiply and shift by an odd constant of its own for each row (Dietzfelbinger et al. 1997).
            let factor = (row as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
            let mixed = (u64::from(*mark) ^ factor.rotate_left(31)).wrapping_mul(factor);
            *least = (*least).min((mixed >> 32) as u32);
        }
    }
    least
}
