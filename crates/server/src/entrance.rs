//! Where callers come in: a port, plain or with TLS of the server itself.

use std::net::{IpAddr, SocketAddr};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::net::{TcpListener, TcpStream};

use crate::tls::{Connection, Tls};

/// An open port.
pub struct Entrance {
    listener: TcpListener,
    tls: Option<Tls>,
}

impl Entrance {
    /// An open port for HTTP as it is.
    pub fn plain(listener: TcpListener) -> Entrance {
        Entrance { listener, tls: None }
    }

    /// An open port for HTTP inside TLS.
    pub fn with_tls(listener: TcpListener, tls: Tls) -> Entrance {
        Entrance { listener, tls: Some(tls) }
    }
}

impl Listener for Entrance {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let (connection, address) = Listener::accept(&mut self.listener).await;
        without_delay(&connection);
        // The handshake is the connection's own affair: nobody else waits for it.
        let connection = match &self.tls {
            None => Connection::Plain(connection),
            Some(tls) => tls.greet(connection),
        };
        (connection, address)
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// Answers are small and whole: waiting for more to send only adds latency.
fn without_delay(connection: &TcpStream) {
    if let Err(error) = connection.set_nodelay(true) {
        tracing::debug!(%error, "a connection stays without TCP_NODELAY");
    }
}

/// The other end of a connection.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

impl Connected<IncomingStream<'_, Entrance>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Entrance>) -> Peer {
        Peer(stream.remote_addr().ip())
    }
}
