//! Signing messages (DKIM, RFC 6376), so that receivers can tell ours from forged ones.
//!
//! `rsa-sha256`, and `ed25519-sha256` of RFC 8463; both parts of a message in
//! the *relaxed* form, which survives the folding and the blanks that mail
//! servers change on the way.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::rand::SystemRandom;
use ring::rsa;
use ring::signature::{Ed25519KeyPair, RSA_PKCS1_SHA256};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use sha2::{Digest, Sha256};

/// What is signed, where a message has it.
const SIGNED: [&str; 14] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "Auto-Submitted",
    "List-Id",
    "List-Unsubscribe",
    "Reply-To",
];
/// Named once more than a message has them: a second one that is added on the way breaks the signature (section 8.15).
const ONLY_ONCE: [&str; 5] = ["From", "To", "Subject", "Date", "Reply-To"];
/// Characters of base64 in one line.
const LINE: usize = 70;

/// The key that messages are signed with, and where its public half is found.
#[derive(Clone)]
pub struct Dkim {
    domain: String,
    selector: String,
    key: Arc<Key>,
}

/// A private key.
enum Key {
    Rsa(rsa::KeyPair),
    Ed25519(Ed25519KeyPair),
}

impl fmt::Debug for Dkim {
    /// The key stays out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}._domainkey.{}", self.selector, self.domain)
    }
}

impl Dkim {
    /// A signer for a domain. The public half of the key stands in the DNS at `selector._domainkey.domain`.
    ///
    /// # Errors
    /// What is wrong with the key, as a sentence without it.
    pub fn new(domain: &str, selector: &str, pem: &str) -> Result<Self, String> {
        Ok(Self { domain: domain.to_owned(), selector: selector.to_owned(), key: Arc::new(Key::read(pem)?) })
    }

    /// The message with its signature in front.
    pub(super) fn signed(&self, message: Vec<u8>) -> Vec<u8> {
        let (head, body) = split(&message);
        let fields = fields(head);
        let named = SIGNED.iter().filter(|name| fields.iter().any(|field| field.is_called(name)));
        let names: Vec<_> = named.chain(&ONLY_ONCE).map(|name| name.to_ascii_lowercase()).collect();
        let unsigned = format!(
            "DKIM-Signature: v=1; a={}; c=relaxed/relaxed;\r\n\td={}; s={};\r\n\th={};\r\n\tbh={};\r\n\tb=",
            self.key.algorithm(),
            self.domain,
            self.selector,
            names.chunks(6).map(|line| line.join(":")).collect::<Vec<_>>().join(":\r\n\t "),
            BASE64.encode(Sha256::digest(relaxed_body(body))),
        );
        let mut covered: Vec<u8> = Vec::new();
        for name in SIGNED {
            for field in fields.iter().filter(|field| field.is_called(name)) {
                covered.extend(field.relaxed());
                covered.extend(b"\r\n");
            }
        }
        covered.extend(Field(unsigned.as_bytes()).relaxed());
        let Some(signature) = self.key.sign(&covered) else {
            // A mail without a signature arrives; no mail does not.
            tracing::error!("a message could not be signed (DKIM); it goes out unsigned");
            return message;
        };
        let mut signed = unsigned.into_bytes();
        signed.extend(folded(&BASE64.encode(signature)).into_bytes());
        signed.extend(b"\r\n");
        signed.extend(message);
        signed
    }
}

impl Key {
    fn read(pem: &str) -> Result<Self, String> {
        let expected = "expected a private key as PEM, RSA of at least 2048 bits or Ed25519";
        let der =
            PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| format!("it is no private key; {expected}"))?;
        let rsa = |found: Result<rsa::KeyPair, ring::error::KeyRejected>| {
            found.map(Self::Rsa).map_err(|why| format!("it cannot be used ({why}); {expected}"))
        };
        match &der {
            PrivateKeyDer::Pkcs1(key) => rsa(rsa::KeyPair::from_der(key.secret_pkcs1_der())),
            PrivateKeyDer::Pkcs8(key) => match Ed25519KeyPair::from_pkcs8_maybe_unchecked(key.secret_pkcs8_der()) {
                Ok(pair) => Ok(Self::Ed25519(pair)),
                Err(_) => rsa(rsa::KeyPair::from_pkcs8(key.secret_pkcs8_der())),
            },
            _ => Err(format!("it is a key of another kind; {expected}")),
        }
    }

    fn algorithm(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "rsa-sha256",
            Self::Ed25519(_) => "ed25519-sha256",
        }
    }

    fn sign(&self, covered: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), covered, &mut signature).ok()?;
                Some(signature)
            }
            // RFC 8463 section 3: the digest is what is signed.
            Self::Ed25519(pair) => Some(pair.sign(&Sha256::digest(covered)).as_ref().to_vec()),
        }
    }
}

/// One header field, folded as it stands, without its last line end.
struct Field<'a>(&'a [u8]);

impl Field<'_> {
    fn is_called(&self, name: &str) -> bool {
        let end = self.0.iter().position(|b| *b == b':').unwrap_or(0);
        self.0.get(..end).is_some_and(|found| found.trim_ascii().eq_ignore_ascii_case(name.as_bytes()))
    }

    /// Section 3.4.2: lower-case name, unfolded, runs of blanks as one, none around the value.
    fn relaxed(&self) -> Vec<u8> {
        let (name, value) = self.0.split_at(self.0.iter().position(|b| *b == b':').unwrap_or(self.0.len()));
        let mut relaxed = name.trim_ascii().to_ascii_lowercase();
        relaxed.push(b':');
        let value = value.strip_prefix(b":").unwrap_or(value);
        let words = value.split(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n')).filter(|word| !word.is_empty());
        relaxed.extend(words.collect::<Vec<_>>().join(&b' '));
        relaxed
    }
}

/// Headers and body.
fn split(message: &[u8]) -> (&[u8], &[u8]) {
    let end = message.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(message.len());
    (message.get(..end).unwrap_or(message), message.get(end + 4..).unwrap_or_default())
}

fn fields(head: &[u8]) -> Vec<Field<'_>> {
    let mut starts = vec![0];
    for at in head.windows(3).enumerate().filter(|(_, three)| three.starts_with(b"\r\n")) {
        if !matches!(at.1.last(), Some(b' ' | b'\t')) {
            starts.push(at.0 + 2);
        }
    }
    let ends = starts.iter().skip(1).map(|start| start - 2).chain([head.len()]);
    starts.iter().zip(ends).filter_map(|(start, end)| head.get(*start..end).map(Field)).collect()
}

/// Section 3.4.4: runs of blanks as one, none at the end of a line, no empty lines at the end.
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut relaxed = Vec::with_capacity(body.len());
    let mut empty_lines = 0;
    for line in body.strip_suffix(b"\r\n").unwrap_or(body).split(|b| *b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let mut reduced: Vec<u8> = Vec::with_capacity(line.len());
        for byte in line.iter().map(|b| if *b == b'\t' { b' ' } else { *b }) {
            if byte != b' ' || reduced.last() != Some(&b' ') {
                reduced.push(byte);
            }
        }
        let reduced = reduced.strip_suffix(b" ").unwrap_or(&reduced);
        if reduced.is_empty() {
            empty_lines += 1;
            continue;
        }
        relaxed.extend(b"\r\n".repeat(std::mem::take(&mut empty_lines)));
        relaxed.extend(reduced);
        relaxed.extend(b"\r\n");
    }
    relaxed
}

fn folded(base64: &str) -> String {
    let lines: Vec<_> = base64.as_bytes().chunks(LINE).map(String::from_utf8_lossy).collect();
    lines.join("\r\n\t ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_relaxed_as_the_standard_says() {
        let cases: [(&[u8], &[u8]); 6] = [
            (b"", b""),
            (b"\r\n\r\n", b""),
            (b" C \r\nD \t E\r\n\r\n\r\n", b" C\r\nD E\r\n"),
            (b"a", b"a\r\n"),
            (b"a\r\n \r\n\r\nb\r\n", b"a\r\n\r\n\r\nb\r\n"),
            (b"\r\na", b"\r\na\r\n"),
        ];
        for (body, expected) in cases {
            assert_eq!(String::from_utf8_lossy(&relaxed_body(body)), String::from_utf8_lossy(expected), "{body:?}");
        }
        // The message of RFC 8463, appendix A.
        let body = b"Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n";
        assert_eq!(BASE64.encode(Sha256::digest(relaxed_body(body))), "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=");
    }

    #[test]
    fn fields_are_relaxed_as_the_standard_says() {
        // The example of RFC 6376 section 3.4.5.
        let head = b"A: X\r\nB : Y\t\r\n\tZ  ";
        let relaxed: Vec<_> = fields(head).iter().map(|field| String::from_utf8(field.relaxed()).unwrap()).collect();
        assert_eq!(relaxed, ["a:X", "b:Y Z"]);
    }

    /// The message of RFC 8463, with a folded subject, blanks and dots.
    const MESSAGE: &str = "From: Joe SixPack <joe@football.example.com>\r\nTo: Suzie Q <suzie@shopping.example.net>\r\n\
        Subject: Is  dinner\r\n ready?\r\nDate: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n\
        Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n\r\n\
        Hi.\r\n\r\nWe lost the game.  Are you hungry yet? \r\n\r\nJoe.\r\n\r\n";

    /// What is expected here was signed by another program and verified by dkimpy (see the README beside the files): both
    /// algorithms sign the same message in the same way for ever.
    #[test]
    fn signatures_are_those_that_another_program_verified() {
        let cases = [
            (
                include_str!("../../tests/testdata/dkim/ed25519.key"),
                include_str!("../../tests/testdata/dkim/ed25519.txt"),
            ),
            (include_str!("../../tests/testdata/dkim/rsa.key"), include_str!("../../tests/testdata/dkim/rsa.txt")),
            (
                include_str!("../../tests/testdata/dkim/rsa-pkcs1.key"),
                include_str!("../../tests/testdata/dkim/rsa.txt"),
            ),
        ];
        for (key, expected) in cases {
            let dkim = Dkim::new("football.example.com", "test", key).unwrap();
            let signed = String::from_utf8(dkim.signed(MESSAGE.as_bytes().to_vec())).unwrap();
            assert!(signed.ends_with(MESSAGE), "the message itself is not touched");
            assert_eq!(signed.replace("\r\n", "\n"), expected, "{signed}");
            assert!(signed.lines().all(|line| line.len() <= 78));
        }
    }

    #[test]
    fn a_key_is_read_or_its_fault_is_named() {
        let read = |pem: &str| Key::read(pem).map(|key| key.algorithm());
        assert!(read("").unwrap_err().contains("no private key"));
        let ed25519 = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";
        assert_eq!(read(ed25519), Ok("ed25519-sha256"));
        assert!(read(&ed25519.replace("MC4CAQAw", "MC4CAQBw")).unwrap_err().contains("cannot be used"));
        let dkim = Dkim::new("example.org", "watch", ed25519).unwrap();
        assert_eq!(format!("{dkim:?}"), "watch._domainkey.example.org");
    }
}
