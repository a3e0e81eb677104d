//! Every reader of strangers' bytes on strange documents, always the same ones. `fuzz/main.rs` goes on for as long as one likes.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

#[path = "../fuzz/mutate.rs"]
mod mutate;
#[path = "../fuzz/targets.rs"]
mod targets;

use mutate::{Dice, mutated};
use targets::TARGETS;

const DOCUMENTS: usize = 150;

#[test]
fn no_reader_ends_the_program() {
    for target in TARGETS {
        // Shown where the test fails: which one it was.
        println!("{}", target.name);
        let seeds: Vec<&[u8]> = target.seeds.iter().map(|seed| seed.as_bytes()).collect();
        let mut dice = Dice::new(7);
        seeds.iter().for_each(|seed| (target.run)(seed));
        for _ in 0..DOCUMENTS {
            (target.run)(&mutated(&seeds, &mut dice));
        }
    }
}
