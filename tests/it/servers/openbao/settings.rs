//! The configuration files of servers.

use std::path::Path;

use super::Tls;
use crate::servers::free_port;

/// A server with its data on disk, a plain listener, and perhaps one that speaks TLS.
pub(super) fn text(directory: &Path, port: u16, tls_port: u16, tls: Option<&Tls<'_>>) -> String {
    let storage = directory.join("data");
    std::fs::create_dir(&storage).expect("it can be made");
    let storage = storage.display();
    let (cluster, tls) = (free_port(), tls.map(|tls| encrypted(tls_port, tls)));
    format!(
        r#"
        storage "raft" {{
            path = "{storage}"
            node_id = "one"
            performance_multiplier = 1
        }}
        cluster_addr = "http://127.0.0.1:{cluster}"
        api_addr = "http://127.0.0.1:{port}"
        listener "tcp" {{
            address = "127.0.0.1:{port}"
            cluster_address = "127.0.0.1:{cluster}"
            tls_disable = true
        }}
        {}"#,
        tls.unwrap_or_default()
    )
}

fn encrypted(port: u16, tls: &Tls<'_>) -> String {
    let clients = tls.clients_of.map(|authority| {
        let file = authority.file();
        let file = file.display();
        format!(
            r#"
            tls_require_and_verify_client_cert = true
            tls_client_ca_file = "{file}""#
        )
    });
    format!(
        r#"
        listener "tcp" {{
            address = "127.0.0.1:{port}"
            cluster_address = "127.0.0.1:{}"
            tls_cert_file = "{}"
            tls_key_file = "{}"{}
        }}"#,
        free_port(),
        tls.identity.certificate.display(),
        tls.identity.key.display(),
        clients.unwrap_or_default()
    )
}
