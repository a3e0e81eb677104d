//! The `sendmail` transport: the local program that every Unix mail system offers.

use std::path::PathBuf;
use std::process::{ExitStatus, Output, Stdio};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::{Reach, Rendered, SendError};
use crate::model::text::one_line;

/// Hands messages to a program.
pub(super) struct Sendmail {
    program: PathBuf,
    deadline: Duration,
}

impl Sendmail {
    /// A program, and how long it may take for one message.
    pub fn new(program: PathBuf, deadline: Duration) -> Self {
        Self { program, deadline }
    }

    /// Hands over one message; `Ok` only when the program says that its queue has it.
    ///
    /// # Errors
    /// By the program's exit code (`sysexits.h`); transient where it could not be run or took too long.
    pub async fn send(&self, rendered: &Rendered) -> Result<(), SendError> {
        let program = self.program.display();
        let child =
            self.start(rendered).map_err(|error| SendError::setup(format!("{program} could not be run: {error}")))?;
        let output = timeout(self.deadline, feed(child, &rendered.bytes)).await;
        let Ok(output) = output else {
            // The child is killed when it is dropped.
            let late = format!("{program} did not finish within {} s", self.deadline.as_secs());
            return Err(SendError::transient(late).reaching(Reach::Message));
        };
        let output = output.map_err(|error| {
            SendError::transient(format!("{program} did not take the message: {error}")).reaching(Reach::Message)
        })?;
        self.judge(output.status, &String::from_utf8_lossy(&output.stderr))
    }

    /// `-i`: a line with a single dot does not end the message. `--`: an address that begins with a dash is no option.
    fn start(&self, rendered: &Rendered) -> std::io::Result<Child> {
        Command::new(&self.program)
            .args(["-i", "-f", &rendered.sender, "--", &rendered.recipient])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
    }

    fn judge(&self, status: ExitStatus, said: &str) -> Result<(), SendError> {
        if status.success() {
            return Ok(());
        }
        let said = one_line(said, 300);
        let said = if said.is_empty() { String::new() } else { format!(": {said}") };
        let sentence = format!("{} ended with {status}{said}", self.program.display());
        // What one message is refused for says nothing of the next: none may hold up the others.
        Err(match status.code() {
            // EX_DATAERR, EX_NOUSER, EX_NOHOST: this message, this recipient.
            Some(65 | 67 | 68) => SendError::refused(sentence),
            // EX_USAGE, EX_UNAVAILABLE, EX_NOPERM, EX_CONFIG: it takes nothing from us as it is.
            Some(64 | 69 | 77 | 78) => SendError::setup(sentence).reaching(Reach::Message),
            // EX_TEMPFAIL, EX_OSERR, EX_IOERR, a signal, and what is not in the list.
            _ => SendError::transient(sentence).reaching(Reach::Message),
        })
    }
}

/// Writes the message and waits for the end, both at once: a program that talks before it reads would block us.
async fn feed(mut child: Child, bytes: &[u8]) -> std::io::Result<Output> {
    let stdin = child.stdin.take();
    let write = async move {
        let Some(mut stdin) = stdin else { return Ok(()) };
        // The program expects the line ends of its own system.
        let local: Vec<u8> = bytes.split(|b| *b == b'\r').flatten().copied().collect();
        stdin.write_all(&local).await?;
        stdin.shutdown().await
    };
    let (written, output) = tokio::join!(write, child.wait_with_output());
    let output = output?;
    // A program that refuses without reading closes its end: then its exit code tells more than the broken pipe.
    if output.status.success() { written.map(|()| output) } else { Ok(output) }
}
