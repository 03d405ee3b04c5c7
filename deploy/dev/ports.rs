//! Where everything listens: on the ports that everybody knows, if nobody else has them.

use std::net::TcpListener;

use crate::{screen::Screen, servers::free_port};

/// A port for each.
pub(crate) struct Ports {
    pub(crate) kcwatch: u16,
    pub(crate) prometheus: u16,
    pub(crate) alertmanager: u16,
    pub(crate) keycloak: u16,
    /// `OpenBao` takes the one after it, too.
    pub(crate) openbao: u16,
}

impl Ports {
    /// The usual ones, where they are free.
    pub(crate) fn usual() -> Self {
        Self {
            kcwatch: free("kcwatch", [10037]),
            prometheus: free("Prometheus", [9090]),
            alertmanager: free("Alertmanager", [9093]),
            keycloak: free("Keycloak", [8080]),
            openbao: free("OpenBao", [8200, 8201]),
        }
    }

    /// Any.
    pub(crate) fn free() -> Self {
        Self {
            kcwatch: free_port(),
            prometheus: free_port(),
            alertmanager: free_port(),
            keycloak: free_port(),
            openbao: free_port(),
        }
    }
}

/// The first of the usual ones if all of them are free, otherwise another, which is said.
fn free<const COUNT: usize>(name: &str, usual: [u16; COUNT]) -> u16 {
    let Some(taken) = usual.into_iter().find(|port| !is_free(*port)) else {
        return usual.first().copied().unwrap_or_else(free_port);
    };
    Screen::line(&format!(
        "{name}: port {taken} is in use, so it gets another"
    ));
    free_port()
}

/// Whether nobody has it, on any address: who listens on all of them has ours as well.
fn is_free(port: u16) -> bool {
    ["127.0.0.1", "0.0.0.0", "::"]
        .iter()
        .all(|host| match TcpListener::bind((*host, port)) {
            Ok(_) => true,
            Err(error) => error.kind() != std::io::ErrorKind::AddrInUse,
        })
}
