//! The bounds of commands that read a file: what they may take in bytes, in time and in memory.
//!
//! The bound of time holds whatever a command is doing, and memory is what the
//! kernel says: a watcher beside the command ends the program, which has
//! written nothing but its answer.

use std::io::Read as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use super::Failure;

/// Files that are read at all, in bytes.
const LARGEST_FILE: u64 = 64 << 20;

/// How long a command may think about one.
const TIME: Duration = Duration::from_secs(10);

/// What a command may take, and where the watcher ends it: between two looks it may take more.
const MEMORY_KIB: u64 = 512 << 10;
const ALARM_KIB: u64 = MEMORY_KIB - (64 << 10);

/// The time between two looks.
const STEP: Duration = Duration::from_millis(5);

/// Reads a file, or standard input for `-`, up to the limit, and holds the command to its bounds from then on.
pub fn read_input(path: &Path) -> Result<Vec<u8>, Failure> {
    let body = read_limited(path)?;
    hold(path.display().to_string());
    Ok(body)
}

/// Reads a file, or standard input for `-`, up to the limit: for a command that writes, which is not cut off in it.
pub fn read_limited(path: &Path) -> Result<Vec<u8>, Failure> {
    let source: Box<dyn std::io::Read> = if path.as_os_str() == "-" {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(path).with_context(|| format!("cannot open {}", path.display()))?)
    };
    let mut body = Vec::new();
    source.take(LARGEST_FILE + 1).read_to_end(&mut body).with_context(|| format!("cannot read {}", path.display()))?;
    if body.len() as u64 > LARGEST_FILE {
        return Err(anyhow::anyhow!("{} is larger than the limit of {} MiB", path.display(), LARGEST_FILE >> 20).into());
    }
    Ok(body)
}

/// Watches time and memory from now on.
fn hold(file: String) {
    let start = Instant::now();
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(STEP);
            let passed = if start.elapsed() > TIME {
                format!("takes longer than the limit of {} s", TIME.as_secs())
            } else if resident_kib().is_some_and(|taken| taken > ALARM_KIB) {
                format!("needs more memory than the limit of {} MiB", MEMORY_KIB >> 10)
            } else {
                continue;
            };
            eprintln!("error: {file} {passed}; what was printed is all there is");
            std::process::exit(1);
        }
    });
}

/// The memory of this program in KiB, where the kernel tells.
fn resident_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}
