//! Who asks: user names with passwords, tokens, and where tokens are given out.

use secrecy::SecretString;

/// How a request shows who asks. It is told to the feed's own host and no other.
#[derive(Debug, Clone)]
pub enum Auth {
    /// A user name and a password (RFC 7617).
    Basic(Login),
    /// A token (RFC 6750).
    Bearer(SecretString),
    /// A token that is asked for first (RFC 6749).
    OAuth(Box<Grant>),
}

/// A user name and a password.
#[derive(Debug, Clone)]
pub struct Login {
    /// The user name.
    pub username: SecretString,
    /// The password.
    pub password: SecretString,
}

/// What a token is asked for with.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Where tokens are given out, with its secrets filled in.
    pub url: SecretString,
    /// The same as configured.
    pub shown: String,
    /// Who we are there.
    pub client_id: SecretString,
    /// What shows that we are it.
    pub client_secret: Option<SecretString>,
    /// What the token is to be good for.
    pub scope: Option<String>,
    /// The user, of the password grant (RFC 6749, 4.3); without one it is that of client credentials (4.4).
    pub login: Option<Login>,
}

impl Auth {
    /// Everything in it that is shown to nobody.
    pub(super) fn secrets(&self) -> Vec<&SecretString> {
        match self {
            Self::Basic(login) => vec![&login.password],
            Self::Bearer(token) => vec![token],
            Self::OAuth(grant) => grant.secrets(),
        }
    }
}

impl Grant {
    /// Everything in it that is shown to nobody.
    pub(super) fn secrets(&self) -> Vec<&SecretString> {
        self.login.iter().map(|login| &login.password).chain(&self.client_secret).collect()
    }
}
