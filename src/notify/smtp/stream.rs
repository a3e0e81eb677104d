//! The connection under a session: TCP, and TLS on top.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::SendError;
use crate::model::text::one_line;
use crate::notify::{Smtp, Tls};

/// A connection, protected or not.
pub(super) enum Stream {
    /// TCP as it is.
    Plain(TcpStream),
    /// TLS over it.
    Tls(Box<TlsStream<TcpStream>>),
}

/// Connects, without a word said yet.
///
/// # Errors
/// Transient where there is no connection; setup where it would leave this machine unprotected.
pub(super) async fn connect(smtp: &Smtp) -> Result<TcpStream, SendError> {
    let Smtp { host, port, .. } = smtp;
    let failed = |error: io::Error| SendError::transient(format!("no connection to {host}:{port}: {error}"));
    let stream = TcpStream::connect((host.as_str(), *port)).await.map_err(failed)?;
    // Otherwise each message waits 40 ms for an acknowledgement that is held back (Nagle's algorithm).
    stream.set_nodelay(true).map_err(failed)?;
    let peer = stream.peer_addr().map_err(failed)?.ip();
    if smtp.tls == Tls::None && !peer.to_canonical().is_loopback() {
        return Err(SendError::setup(format!(
            "{host} is {peer}, which is not on this machine: without TLS nothing is sent there; set `tls` to `implicit` or `starttls`"
        )));
    }
    Ok(stream)
}

/// Puts TLS on a connection; the server's certificate has to be valid for its configured name.
///
/// # Errors
/// Setup where the certificate or the protocol is wrong; transient where the connection ended.
pub(super) async fn protect(stream: TcpStream, smtp: &Smtp) -> Result<Stream, SendError> {
    let host = &smtp.host;
    let name = ServerName::try_from(host.clone())
        .map_err(|_| SendError::setup(format!("`{host}` cannot be the name in a certificate")))?;
    let connector = TlsConnector::from(Arc::new(client_config(smtp)?));
    let stream = connector.connect(name, stream).await.map_err(|error| {
        // The error names what the certificate names, and anybody can write certificates.
        let sentence = one_line(&format!("no TLS with {host}:{}: {error}{}", smtp.port, advice(&error)), 400);
        // What rustls itself refuses is a matter of certificates and settings; the rest is the network.
        if is_tls_error(&error) { SendError::setup(sentence) } else { SendError::transient(sentence) }
    })?;
    Ok(Stream::Tls(Box::new(stream)))
}

/// What to do where nobody who is trusted vouches for the server.
fn advice(error: &io::Error) -> &'static str {
    let error = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match error {
        Some(rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::Other(_))) => {
            "; where it is meant to be trusted, name the authority that signed it in `ca_file`"
        }
        _ => "",
    }
}

fn is_tls_error(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>())
}

/// Read anew for each connection, so that a renewed certificate store needs no restart.
fn client_config(smtp: &Smtp) -> Result<ClientConfig, SendError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| SendError::setup(format!("TLS cannot be set up: {error}")))?;
    Ok(builder.with_root_certificates(roots(smtp)?).with_no_client_auth())
}

fn roots(smtp: &Smtp) -> Result<RootCertStore, SendError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = &smtp.ca_file {
        let unreadable =
            |why: String| SendError::setup(format!("the certificates in {} cannot be used: {why}", path.display()));
        let certificates = CertificateDer::pem_file_iter(path).map_err(|error| unreadable(error.to_string()))?;
        for certificate in certificates {
            let certificate = certificate.map_err(|error| unreadable(error.to_string()))?;
            roots.add(certificate).map_err(|error| unreadable(error.to_string()))?;
        }
    }
    if roots.is_empty() {
        return Err(SendError::setup(
            "this machine trusts no certificate authority; install `ca-certificates` or set `ca_file`",
        ));
    }
    Ok(roots)
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
