//! Where everything listens: on the ports that everybody knows, if nobody else has them.

use std::net::TcpListener;

use crate::servers::free_port;

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
            kcwatch: one_of(10037),
            prometheus: one_of(9090),
            alertmanager: one_of(9093),
            keycloak: one_of(8080),
            openbao: if is_free(8201) {
                one_of(8200)
            } else {
                free_port()
            },
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

fn one_of(usual: u16) -> u16 {
    if is_free(usual) { usual } else { free_port() }
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
