//! Strange documents for every reader, for as long as is asked.
//!
//! `cargo bench --bench fuzz -- --seconds 600 [--seed N] [TARGET...]`. An input
//! that ends a reader, or takes it longer than two seconds, is kept in
//! `fuzz/found/` and ends the run with a failure. It needs no nightly compiler;
//! `tests/fuzz.rs` runs the same targets briefly, always on the same documents.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a run that cannot set its scene has failed"
)]

mod mutate;
mod targets;

use std::panic::catch_unwind;
use std::time::{Duration, Instant};

use mutate::{Dice, mutated};
use targets::{TARGETS, Target};

const SLOW: Duration = Duration::from_secs(2);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let value = |name: &str| {
        arguments.iter().position(|one| one == name).and_then(|at| arguments.get(at + 1)?.parse::<u64>().ok())
    };
    let Some(seconds) = value("--seconds") else { return };
    let seed = value("--seed").unwrap_or(1);
    let is_meant = |target: &&Target| {
        TARGETS.iter().all(|known| !arguments.iter().any(|one| one == known.name))
            || arguments.iter().any(|one| one == target.name)
    };
    let targets: Vec<&Target> = TARGETS.iter().filter(is_meant).collect();
    let share = Duration::from_secs(seconds) / u32::try_from(targets.len()).unwrap();
    let found = targets.into_iter().map(|target| fuzz(target, seed, share)).filter(|is_sound| !is_sound).count();
    assert_eq!(found, 0, "readers that did not bear it");
}

/// Runs one target for its share of the time; says whether it bore everything.
fn fuzz(target: &Target, seed: u64, share: Duration) -> bool {
    let seeds: Vec<&[u8]> = target.seeds.iter().map(|seed| seed.as_bytes()).collect();
    let mut dice = Dice::new(seed);
    let (begun, mut runs, mut slowest) = (Instant::now(), 0_u64, Duration::ZERO);
    while begun.elapsed() < share {
        let input = mutated(&seeds, &mut dice);
        let started = Instant::now();
        let is_borne = catch_unwind(|| (target.run)(&input)).is_ok();
        let took = started.elapsed();
        slowest = slowest.max(took);
        runs += 1;
        if !is_borne || took > SLOW {
            std::fs::create_dir_all("fuzz/found").unwrap();
            let path = format!("fuzz/found/{}-{seed}-{runs}", target.name);
            std::fs::write(&path, &input).unwrap();
            println!(
                "{}: {} after {runs} documents, kept in {path}",
                target.name,
                if is_borne { "slow" } else { "a panic" }
            );
            return false;
        }
    }
    println!("{:14} {runs:9} documents, the slowest {slowest:?}", target.name);
    true
}
