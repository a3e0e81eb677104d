//! What went wrong on the way to an answer, as a failure: names, connections, TLS, broken answers, time.

use std::error::Error;
use std::io;

use jiff::SignedDuration;

use super::address::Refused;
use crate::model::feed::Failure;
use crate::model::time::duration_words;

/// A failure from the transport's error. The error's own text may hold the URL, so only its causes are shown.
pub(super) fn transport(error: &reqwest::Error, shown: &str) -> Failure {
    if let Some(refused) = find::<Refused>(error) {
        return refused_address(*refused, shown);
    }
    let cause = root_cause(error);
    if error.is_dns() {
        return unreached(format!(
            "{shown} cannot be reached: its host name cannot be resolved ({cause}); check its spelling and this machine's DNS"
        ));
    }
    if let Some(tls) = find::<rustls::Error>(error) {
        return Failure::error(format!(
            "{shown} is not trusted: TLS failed ({}); check the address, this machine's clock and its CA certificates",
            tls_words(tls)
        ));
    }
    if error.is_connect() && error.is_timeout() {
        return unreached(format!(
            "{shown} cannot be reached: no connection was made within two thirds of [http] timeout; it is tried again later"
        ));
    }
    if error.is_connect() {
        return unreached(format!("{shown} cannot be reached ({cause}); check the host and port"));
    }
    Failure::error(format!("{shown} gave an answer that cannot be read ({cause}); it is tried again later"))
}

/// An address that feeds may not reach.
pub(super) fn refused_address(refused: Refused, shown: &str) -> Failure {
    Failure::error(format!(
        "{shown} leads to an address that is refused: {refused}; set [http] allow_private = true if feeds may reach such \
         addresses"
    ))
}

/// The time for the whole request was over before an answer began.
pub(super) fn no_answer(shown: &str, timeout: SignedDuration) -> Failure {
    let time = words(timeout);
    Failure::error(format!("{shown} did not answer within {time}, the limit set by [http] timeout"))
}

/// The time was over while the body was still coming.
pub(super) fn too_slow(shown: &str, timeout: SignedDuration, bytes: usize) -> Failure {
    let time = words(timeout);
    Failure::error(format!(
        "{shown} had sent only {bytes} bytes when {time} were over, the limit set by [http] timeout, and was cut off"
    ))
}

/// The common certificate failures in words; the library's own text for the rest.
fn tls_words(error: &rustls::Error) -> String {
    use rustls::CertificateError as Bad;
    let words = match error {
        rustls::Error::InvalidCertificate(Bad::Expired | Bad::ExpiredContext { .. }) => "its certificate has expired",
        rustls::Error::InvalidCertificate(Bad::NotValidYet | Bad::NotValidYetContext { .. }) => {
            "its certificate is not valid yet"
        }
        rustls::Error::InvalidCertificate(Bad::NotValidForName | Bad::NotValidForNameContext { .. }) => {
            "its certificate is for another name"
        }
        rustls::Error::InvalidCertificate(Bad::UnknownIssuer) => "nobody trusted has issued its certificate",
        // An issuer's certificate in the place of the server's: that of somebody who issued it to himself.
        rustls::Error::InvalidCertificate(Bad::Other(other)) if other.to_string().contains("CaUsedAsEndEntity") => {
            "its certificate is self-signed"
        }
        rustls::Error::InvalidMessage(_) => "it does not speak TLS at that port; is the address `http:`?",
        _ => return error.to_string(),
    };
    words.to_owned()
}

fn words(timeout: SignedDuration) -> String {
    if timeout.as_secs() == 0 { format!("{}ms", timeout.as_millis()) } else { duration_words(timeout) }
}

fn unreached(message: String) -> Failure {
    Failure { unreached: true, ..Failure::error(message) }
}

/// The deepest cause: the outer ones only say that something failed.
fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(source) = next(cause) {
        cause = source;
    }
    cause.to_string()
}

fn find<T: Error + 'static>(error: &reqwest::Error) -> Option<&T> {
    let mut cause = next(error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        cause = next(error);
    }
    None
}

/// An I/O error hands out the cause of what it wraps, not what it wraps; that is what is looked for here.
fn next<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    wrapped.map_or_else(|| error.source(), |inner| Some(inner))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rustls::{CertificateError, Error, InvalidMessage, OtherError};

    use super::*;

    #[test]
    fn failures_of_certificates_are_in_words() {
        let of = |error| tls_words(&Error::InvalidCertificate(error));
        let own = CertificateError::Other(OtherError(Arc::new(std::io::Error::other("CaUsedAsEndEntity"))));
        assert_eq!(of(own), "its certificate is self-signed");
        assert_eq!(of(CertificateError::Expired), "its certificate has expired");
        assert_eq!(of(CertificateError::UnknownIssuer), "nobody trusted has issued its certificate");
        let plain = tls_words(&Error::InvalidMessage(InvalidMessage::InvalidContentType));
        assert!(plain.contains("does not speak TLS"), "{plain}");
    }
}
