//! Who is at the keyboard: every act, record and note keeps its author.

use super::Failure;
use crate::config::{Environment, SystemEnvironment};
use crate::model::text::one_line;

/// Characters of a name.
const LONGEST: usize = 100;

/// Who does it.
#[derive(Debug, Clone, clap::Args)]
pub struct AuthorArgs {
    /// Who does it; the login name when left out
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
}

impl AuthorArgs {
    /// The author's name: what was said, else who logged in, behind `sudo` too.
    pub fn name(&self) -> Result<String, Failure> {
        let login = || {
            let names = ["SUDO_USER", "LOGNAME", "USER"];
            names.into_iter().find_map(|name| SystemEnvironment.var(name).filter(|value| !value.trim().is_empty()))
        };
        let name = self.author.clone().or_else(login).map(|name| one_line(&name, LONGEST)).unwrap_or_default();
        if name.is_empty() {
            return Err(Failure::Usage("nobody is logged in by name; say who does it with --author NAME".to_owned()));
        }
        Ok(name)
    }
}
