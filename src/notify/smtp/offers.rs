//! What a server offers in its answer to EHLO.

use lettre::transport::smtp::authentication::Mechanism;

use crate::notify::Login;

/// The extensions that we use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Offers {
    /// TLS on this connection (RFC 3207).
    pub starttls: bool,
    /// The most octets of a message, 0 for no limit (RFC 1870).
    pub size: Option<u64>,
    /// Addresses beyond ASCII (RFC 6531).
    pub utf8: bool,
    /// Reports of a message's fate (RFC 3461).
    pub dsn: bool,
    /// Mechanisms of AUTH (RFC 4954), in upper case.
    auth: Vec<String>,
}

impl Offers {
    /// Reads the lines of a reply to EHLO, of which the first is the server's name.
    pub fn read(lines: &[String]) -> Self {
        let mut offers = Self::default();
        for line in lines.iter().skip(1) {
            let line = line.trim().to_ascii_uppercase();
            // `AUTH=LOGIN` is how servers wrote it before RFC 2554.
            let mut words = line.split([' ', '=']);
            match words.next() {
                Some("STARTTLS") => offers.starttls = true,
                // Without a figure, or with one that cannot be read, there is a limit that is not told.
                Some("SIZE") => offers.size = Some(words.next().and_then(|limit| limit.parse().ok()).unwrap_or(0)),
                Some("SMTPUTF8") => offers.utf8 = true,
                Some("DSN") => offers.dsn = true,
                Some("AUTH") => offers.auth.extend(words.map(str::to_owned)),
                _ => {}
            }
        }
        offers
    }

    /// The best mechanism that is offered and that we can do: all send the secret itself, so all need TLS or loopback.
    pub fn mechanism(&self, login: Login) -> Option<Mechanism> {
        let ours: &[(&str, Mechanism)] = match login {
            Login::Password => &[("PLAIN", Mechanism::Plain), ("LOGIN", Mechanism::Login)],
            Login::Xoauth2 => &[("XOAUTH2", Mechanism::Xoauth2)],
        };
        ours.iter().find(|(word, _)| self.auth.iter().any(|offer| offer == word)).map(|(_, mechanism)| *mechanism)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offers(lines: &[&str]) -> Offers {
        let all: Vec<_> = ["mx.example.org"].iter().chain(lines).map(|line| (*line).to_owned()).collect();
        Offers::read(&all)
    }

    #[test]
    fn the_login_is_one_we_can_do() {
        let cases = [
            ("AUTH PLAIN LOGIN", Some(Mechanism::Plain), None),
            ("AUTH=LOGIN", Some(Mechanism::Login), None),
            ("AUTH CRAM-MD5 XOAUTH2", None, Some(Mechanism::Xoauth2)),
            ("AUTHX PLAINTEXT", None, None),
            ("", None, None),
        ];
        for (offer, password, token) in cases {
            let offers = offers(&[offer]);
            assert_eq!(
                (offers.mechanism(Login::Password), offers.mechanism(Login::Xoauth2)),
                (password, token),
                "{offer}"
            );
        }
    }

    #[test]
    fn extensions_are_read_in_any_case() {
        let found = offers(&["size 35882577", "SmtpUtf8", " DSN ", "8BITMIME", "STARTTLS"]);
        assert_eq!((found.size, found.utf8, found.dsn, found.starttls), (Some(35_882_577), true, true, true));
        assert_eq!(offers(&["SIZE"]).size, Some(0), "a limit that is not told");
        assert_eq!(offers(&[]), Offers::default());
        assert!(!offers(&["STARTTLSX"]).starttls);
    }
}
