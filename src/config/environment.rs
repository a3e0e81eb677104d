//! The world outside as far as configuration needs it: variables, files, folders.

use std::io;
use std::path::{Path, PathBuf};

/// Where variables and files come from; a test has its own.
pub trait Environment {
    /// An environment variable.
    fn var(&self, name: &str) -> Option<String>;

    /// A file's bytes.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// The files of a folder, in any order.
    ///
    /// # Errors
    /// When it cannot be listed.
    fn list(&self, dir: &Path) -> io::Result<Vec<PathBuf>>;

    /// Whether secrets are there to be read. Where they are not, they are taken as given.
    fn holds_secrets(&self) -> bool {
        true
    }
}

/// The machine's own for what needs no secret: a command that reads the store runs in a shell, and the check before
/// a reload runs where systemd 252 shows no credentials.
#[derive(Debug, Clone, Copy, Default)]
pub struct WithoutSecrets;

impl Environment for WithoutSecrets {
    fn var(&self, name: &str) -> Option<String> {
        SystemEnvironment.var(name)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        SystemEnvironment.read(path)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<PathBuf>> {
        SystemEnvironment.list(dir)
    }

    fn holds_secrets(&self) -> bool {
        false
    }
}

/// The machine's own.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEnvironment;

impl Environment for SystemEnvironment {
    #[expect(clippy::disallowed_methods, reason = "the one place where environment variables are read")]
    fn var(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<PathBuf>> {
        // A bare file name has an empty parent, which no system lists.
        let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
        std::fs::read_dir(dir)?.map(|entry| entry.map(|entry| entry.path())).collect()
    }
}
