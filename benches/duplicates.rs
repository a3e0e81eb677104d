//! Near-duplicate search among 100,000 texts of three days, exact and by MinHash side by side: the same groups, and what
//! each costs. `cargo bench --bench duplicates`.

#![allow(clippy::print_stdout, clippy::expect_used, reason = "a bench prints, and fails by panicking")]

use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use watchfloor::extract::provenance::sketch;
use watchfloor::model::provenance::Provenance;
use watchfloor::pipeline::components::Components;
use watchfloor::pipeline::duplicates::{Search, Text, WITHIN, find_by};

/// Words that texts are made of; the lower ones are used more often, as in a language.
const VOCABULARY: f64 = 30_000.0;
/// Words of a text.
const LENGTH: usize = 130;
/// Outlets.
const PUBLISHERS: usize = 400;

/// A small generator of numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.share() * limit as f64) as usize
    }

    /// Zipf by inversion of its continuous form.
    fn word(&mut self) -> String {
        format!("w{}", VOCABULARY.powf(self.share()) as u32)
    }
}

/// Every fifth text is a copy of an earlier one by another outlet, with up to one word in fifty changed.
fn corpus(count: usize) -> Vec<(String, Vec<String>)> {
    let mut dice = Dice(5);
    let mut texts: Vec<(String, Vec<String>)> = Vec::with_capacity(count);
    for number in 0..count {
        let publisher = format!("p{}", dice.below(PUBLISHERS));
        let words = if number > 10 && dice.below(5) == 0 {
            let mut words = texts[dice.below(number)].1.clone();
            for _ in 0..dice.below(LENGTH / 50 + 1) {
                let place = dice.below(words.len());
                words[place] = dice.word();
            }
            words
        } else {
            (0..LENGTH).map(|_| dice.word()).collect()
        };
        texts.push((publisher, words));
    }
    texts
}

/// The most memory this process has had since it was last asked, in MiB.
fn peak_mib() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    let kib: usize = line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).unwrap_or_default();
    // Begins a new peak.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    kib / 1024
}

fn roots(count: usize, texts: &[Text<'_>], search: Search) -> (Vec<usize>, f64, usize) {
    peak_mib();
    let started = Instant::now();
    let pairs = find_by(texts, search);
    let seconds = started.elapsed().as_secs_f64();
    let mut components = Components::new(count);
    for pair in &pairs {
        components.join(pair.a, pair.b);
    }
    (components.roots(), seconds, peak_mib())
}

fn main() {
    println!("| texts | groups | sketches | exact | MinHash 32 x 4 |\n| --- | --- | --- | --- | --- |");
    for count in [5_000, 20_000, 100_000] {
        let started = Instant::now();
        let kept: Vec<(String, Provenance)> = corpus(count)
            .into_iter()
            .map(|(publisher, words)| {
                (publisher, Provenance { sketch: sketch(&words.join(" ")), ..Provenance::default() })
            })
            .collect();
        let sketched = started.elapsed().as_secs_f64();
        let step = WITHIN.as_millis() as i64 / count as i64;
        let texts: Vec<Text<'_>> = kept
            .iter()
            .enumerate()
            .map(|(place, (publisher, shown))| Text {
                publisher,
                at: Timestamp::UNIX_EPOCH + SignedDuration::from_millis(step * place as i64),
                shown,
            })
            .collect();
        let before = peak_mib();
        let (banded, fast, fast_mib) = roots(count, &texts, Search::MinHash);
        let (exact, slow, slow_mib) = roots(count, &texts, Search::Exact);
        let mut groups = exact.clone();
        groups.sort_unstable();
        groups.dedup();
        assert_eq!(exact, banded, "both ways find the same groups");
        println!(
            "| {count} | {} | {sketched:.1} s, {before} MiB | {slow:.2} s, {slow_mib} MiB | {fast:.2} s, {fast_mib} MiB |",
            groups.len()
        );
    }
}
