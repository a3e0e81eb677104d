//! The `watchfloor` program: everything it does is in the library.

use std::process::ExitCode;

use clap::Parser;
use watchfloor::cli::{self, Cli};

fn main() -> ExitCode {
    return_memory();
    cli::run(Cli::parse())
}

/// Has the C library give back what a large document took as soon as it is done with.
///
/// glibc raises its threshold for memory that is mapped by itself (mallopt(3)) to the largest block that was freed, up to
/// 32 MiB, and keeps twice as much in the arena of each thread: after a few documents at their limit of size the
/// daemon would hold several of them for good.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(
    unsafe_code,
    reason = "the C library has no other way to be told, but for the environment of whoever starts this"
)]
fn return_memory() {
    const LARGE: libc::c_int = 128 * 1024;
    const ARENAS: libc::c_int = 2;
    // SAFETY: mallopt(3) only sets parameters of the allocator, and no other thread runs yet. What it refuses stays as it was.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE);
        libc::mallopt(libc::M_TRIM_THRESHOLD, LARGE);
        libc::mallopt(libc::M_ARENA_MAX, ARENAS);
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn return_memory() {}
