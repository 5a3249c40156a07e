//! TLS of the server itself: 1.2 and 1.3, HTTP/1.1 and HTTP/2.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Timeout;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};
use tokio_rustls::server::TlsStream;
use tokio_rustls::{Accept, TlsAcceptor};

/// How long a caller may take to agree on TLS.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Why there is no TLS with what was given.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("the certificate cannot be read: {0}")]
    Certificate(rustls::pki_types::pem::Error),
    #[error("there is no certificate in the file")]
    NoCertificate,
    #[error("the key cannot be read: {0}")]
    Key(rustls::pki_types::pem::Error),
    #[error("certificate and key cannot be used: {0}")]
    Unusable(rustls::Error),
}

/// How the server proves who it is.
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

impl Tls {
    /// With a certificate, those that vouch for it after it, and its private key; all of them PEM.
    ///
    /// # Errors
    /// What cannot be read, and a key that is not the certificate's.
    pub fn new(certificates: &[u8], key: &[u8]) -> Result<Tls, TlsError> {
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(certificates).collect();
        let chain = chain.map_err(TlsError::Certificate)?;
        if chain.is_empty() {
            return Err(TlsError::NoCertificate);
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(TlsError::Key)?;
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().map_err(TlsError::Unusable)?;
        let config = builder.with_no_client_auth().with_single_cert(chain, key);
        let mut config = config.map_err(TlsError::Unusable)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Tls(TlsAcceptor::from(Arc::new(config))))
    }

    /// A connection on which TLS is still to be agreed on.
    pub(crate) fn greet(&self, connection: TcpStream) -> Connection {
        Connection::Greeting(Box::pin(tokio::time::timeout(HANDSHAKE, self.0.accept(connection))))
    }
}

/// A connection to a caller. What is inside TLS agrees on it when it is first read or written.
pub enum Connection {
    Plain(TcpStream),
    Greeting(Pin<Box<Timeout<Accept<TcpStream>>>>),
    Tls(Box<TlsStream<TcpStream>>),
    /// TLS was not agreed on.
    Failed,
}

/// A connection that bytes go over.
enum Open<'a> {
    Plain(Pin<&'a mut TcpStream>),
    Tls(Pin<&'a mut TlsStream<TcpStream>>),
}

impl Connection {
    fn poll_open(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Open<'_>>> {
        if let Connection::Greeting(greeting) = self {
            let greeted = ready!(greeting.as_mut().poll(context));
            let greeted = greeted.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
            *self = match greeted {
                Ok(stream) => Connection::Tls(Box::new(stream)),
                Err(error) => {
                    tracing::debug!(%error, "a caller did not agree on TLS");
                    *self = Connection::Failed;
                    return Poll::Ready(Err(error));
                }
            };
        }
        match self {
            Connection::Plain(stream) => Poll::Ready(Ok(Open::Plain(Pin::new(stream)))),
            Connection::Tls(stream) => Poll::Ready(Ok(Open::Tls(Pin::new(stream.as_mut())))),
            Connection::Greeting(_) | Connection::Failed => {
                Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()))
            }
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match ready!(self.poll_open(context))? {
            Open::Plain(stream) => stream.poll_read(context, buffer),
            Open::Tls(stream) => stream.poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match ready!(self.poll_open(context))? {
            Open::Plain(stream) => stream.poll_write(context, bytes),
            Open::Tls(stream) => stream.poll_write(context, bytes),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match ready!(self.poll_open(context))? {
            Open::Plain(stream) => stream.poll_write_vectored(context, slices),
            Open::Tls(stream) => stream.poll_write_vectored(context, slices),
        }
    }

    /// Both kinds do.
    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match ready!(self.poll_open(context))? {
            Open::Plain(stream) => stream.poll_flush(context),
            Open::Tls(stream) => stream.poll_flush(context),
        }
    }

    /// Where TLS is not agreed on, there is nothing to say goodbye with.
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if matches!(*self, Connection::Greeting(_) | Connection::Failed) {
            return Poll::Ready(Ok(()));
        }
        match ready!(self.poll_open(context))? {
            Open::Plain(stream) => stream.poll_shutdown(context),
            Open::Tls(stream) => stream.poll_shutdown(context),
        }
    }
}
