//! The `file` transport: one `.eml` a message in a folder.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use tokio::fs;
use tokio::io::AsyncWriteExt;

use super::{Rendered, SendError};

/// Writes messages into a folder.
pub(super) struct File {
    dir: PathBuf,
}

impl File {
    /// A writer into a folder that need not exist yet.
    pub fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    /// Writes one message; `Ok` only when it is on the disk under its final name.
    ///
    /// # Errors
    /// Transient always: a full disk is emptied, a missing permission is given.
    pub async fn send(&self, rendered: &Rendered) -> Result<(), SendError> {
        let path = self.dir.join(file_name(&rendered.bytes));
        self.write(&path, &rendered.bytes).await.map_err(|error| {
            SendError::transient(format!("the message could not be written to {}: {error}", path.display()))
        })
    }

    /// Under another name first, so that nobody ever reads half a message.
    async fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        make_dir(&self.dir).await?;
        let unfinished = path.with_extension("tmp");
        let mut file = fs::File::create(&unfinished).await?;
        file.write_all(bytes).await?;
        file.sync_all().await?;
        fs::rename(&unfinished, path).await?;
        // Without this the name itself may be gone after a power cut.
        fs::File::open(&self.dir).await?.sync_all().await
    }
}

/// Alerts are nobody else's business: only the daemon's user may look into the folder.
async fn make_dir(dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    builder.mode(0o700);
    builder.create(dir).await
}

/// `20260313T060000Z-1f0c….eml`: sorted by time, the same for every try of one message, different for two recipients.
fn file_name(bytes: &[u8]) -> String {
    let time = header(bytes, "Date")
        .and_then(|date| rfc2822::parse(date).ok())
        .map(|zoned| zoned.with_time_zone(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string());
    // Without an id the content itself tells two messages apart.
    let identity = header(bytes, "Message-ID").map_or(bytes, str::as_bytes);
    let mut name = time.unwrap_or_else(|| "undated".to_owned());
    name.push('-');
    for byte in Sha256::digest(identity).iter().take(8) {
        // Writing into a string cannot fail.
        let _ = write!(name, "{byte:02x}");
    }
    name + ".eml"
}

/// The value of one of our own headers, which are never folded behind their name.
fn header<'a>(bytes: &'a [u8], name: &str) -> Option<&'a str> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(bytes.len());
    let head = std::str::from_utf8(bytes.get(..end)?).ok()?;
    head.split("\r\n").find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).map(str::trim)
}
