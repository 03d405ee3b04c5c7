//! The socket: bound early, served later.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::info;

use super::doorkeeper::{Doorkeeper, House};
use super::guard::Guard;
use super::limits::Limits;
use super::routes::{self, Backend, Doors};
use super::site::Site;

/// A bound socket. Clients that connect before [`serve`](Self::serve) wait.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    limits: Limits,
    guard: Guard,
}

/// Why the address cannot be listened on.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Somebody else has the port.
    #[error(
        "{0} is already in use: another exporter or another kcwatch? `ss -ltnp 'sport = :{port}'` names it; `listen` sets another port",
        port = .0.port()
    )]
    InUse(SocketAddr),
    /// The port is reserved for privileged processes.
    #[error(
        "{0} is not permitted: ports below 1024 usually need a privilege; `listen` sets another port"
    )]
    NotPermitted(SocketAddr),
    /// No interface of this machine has the address.
    #[error("{0} is not an address of this machine; `[::]:{port}` listens on all", port = .0.port())]
    NotOurs(SocketAddr),
    /// Anything else.
    #[error("{0} cannot be listened on: {1}")]
    Other(SocketAddr, #[source] io::Error),
}

impl BindError {
    fn of(address: SocketAddr, error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::AddrInUse => Self::InUse(address),
            io::ErrorKind::PermissionDenied => Self::NotPermitted(address),
            io::ErrorKind::AddrNotAvailable => Self::NotOurs(address),
            _ => Self::Other(address, error),
        }
    }
}

impl Listener {
    /// Binds the address; port 0 takes any free one. `[::]` falls back to `0.0.0.0` on a machine without IPv6.
    ///
    /// # Errors
    ///
    /// [`BindError`] says what is wrong with the address and what to do about it.
    pub async fn bind(address: SocketAddr, limits: Limits) -> Result<Self, BindError> {
        let socket = open(address)
            .await
            .map_err(|error| BindError::of(address, error))?;
        let address = socket
            .local_addr()
            .map_err(|error| BindError::Other(address, error))?;
        Ok(Self {
            socket,
            address,
            limits,
            guard: Guard::default(),
        })
    }

    /// The same, with a guard who asks clients for more than nothing.
    #[must_use]
    pub fn guarded_by(self, guard: Guard) -> Self {
        Self { guard, ..self }
    }

    /// The address it is bound to, with the port it really has.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Answers requests from the latest site until `stop`; then closes the socket and every connection that lies idle,
    /// and returns when the responses under way are out, or cut off after [`Limits::drain`].
    pub async fn serve(self, sites: watch::Receiver<Site>, doors: Doors, stop: CancellationToken) {
        let tls = self.guard.in_force().tls().is_some();
        let scheme = if tls { "https" } else { "http" };
        info!(address = %self.address, "listening on {scheme}://{}", self.address);
        let backend = Arc::new(Backend::new(sites, doors));
        let router = routes::router(Arc::clone(&backend), self.limits);
        let house = Arc::new(House::new(self.limits, backend, router, self.guard));
        Doorkeeper::new(house).keep(self.socket, stop).await;
    }
}

async fn open(address: SocketAddr) -> io::Result<TcpListener> {
    match TcpListener::bind(address).await {
        Err(error) if lacks_ipv6(address, &error) => {
            TcpListener::bind((Ipv4Addr::UNSPECIFIED, address.port())).await
        }
        bound => bound,
    }
}

/// Whether "all addresses" failed for another reason than its port, which leaves that there is no IPv6 here.
fn lacks_ipv6(address: SocketAddr, error: &io::Error) -> bool {
    let about_the_port = matches!(
        error.kind(),
        io::ErrorKind::AddrInUse | io::ErrorKind::PermissionDenied
    );
    address.ip() == IpAddr::V6(Ipv6Addr::UNSPECIFIED) && !about_the_port
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_address_is_explained() {
        let address = SocketAddr::from(([127, 0, 0, 1], 10037));
        let said = |kind: io::ErrorKind| BindError::of(address, kind.into()).to_string();
        insta::assert_snapshot!(said(io::ErrorKind::AddrInUse), @"127.0.0.1:10037 is already in use: another exporter or another kcwatch? `ss -ltnp 'sport = :10037'` names it; `listen` sets another port");
        insta::assert_snapshot!(said(io::ErrorKind::PermissionDenied), @"127.0.0.1:10037 is not permitted: ports below 1024 usually need a privilege; `listen` sets another port");
        insta::assert_snapshot!(said(io::ErrorKind::AddrNotAvailable), @"127.0.0.1:10037 is not an address of this machine; `[::]:10037` listens on all");
        insta::assert_snapshot!(said(io::ErrorKind::OutOfMemory), @"127.0.0.1:10037 cannot be listened on: out of memory");
    }
}
