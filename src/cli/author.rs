//! Who is at the keyboard: the name under which a person's values and notes are kept.

use super::Failure;
use crate::model::text::one_line;

/// Longest name that is kept, in characters.
const LONGEST_NAME: usize = 80;
/// What the system writes where nobody has logged in.
const NOBODY: &str = "4294967295";

/// Who writes.
#[derive(Debug, Clone, clap::Args)]
pub struct AuthorArgs {
    /// Under whose name it is kept; the login name when left out
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
}

impl AuthorArgs {
    /// The name.
    pub fn name(&self) -> Result<String, Failure> {
        let name = one_line(&self.author.clone().unwrap_or_else(login_name), LONGEST_NAME);
        if name.is_empty() {
            return Err(Failure::Usage("`--author` is empty; expected a name".to_owned()));
        }
        Ok(name)
    }
}

/// Who logged in, also behind `sudo`; else who this process runs as.
fn login_name() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let status = read("/proc/self/status");
    let runs_as = status.lines().find_map(|line| line.strip_prefix("Uid:")?.split_whitespace().next());
    let login = read("/proc/self/loginuid").trim().to_owned();
    let user = Some(login.as_str()).filter(|user| !user.is_empty() && *user != NOBODY).or(runs_as).unwrap_or("?");
    let users = read("/etc/passwd");
    let named = users.lines().find_map(|line| {
        let mut parts = line.split(':');
        let name = parts.next()?;
        (parts.nth(1)? == user).then(|| name.to_owned())
    });
    named.unwrap_or_else(|| format!("user {user}"))
}
