//! Files that were written for the toolkit: they load, or the key that is not supported is named.

use std::process::Command;

use super::scene::{Folder, hash};
use crate::servers::version_of;

/// A file in each form that the toolkit documents, and how many warnings it earns here.
#[expect(clippy::too_many_lines, reason = "it is one list")]
fn files(folder: &Folder) -> Vec<(&'static str, String, usize)> {
    let certificate = std::fs::read_to_string(&folder.server.certificate).unwrap();
    let key = std::fs::read_to_string(&folder.server.key).unwrap();
    let authority = folder.authority.pem();
    folder.write("tls.crt", &certificate);
    folder.write("tls.key", &key);
    folder.write("both.pem", &format!("{key}{certificate}"));
    folder.write("ca.crt", &authority);
    let block = |text: &str| text.trim_end().replace('\n', "\n    ");
    let (certificate, key, authority) = (block(&certificate), block(&key), block(&authority));
    let tls = "tls_server_config:\n  cert_file: tls.crt\n  key_file: tls.key\n";
    let hash = hash("secret");
    vec![
        ("empty", String::new(), 0),
        ("comments alone", "# nothing yet\n".to_owned(), 0),
        (
            "all tables empty",
            "tls_server_config:\nhttp_server_config:\nbasic_auth_users:\n".to_owned(),
            0,
        ),
        ("relative names", tls.to_owned(), 0),
        (
            "one file for both",
            "tls_server_config: {cert_file: both.pem, key_file: both.pem}".to_owned(),
            0,
        ),
        (
            "inline",
            format!(
                "tls_server_config:\n  cert: |\n    {certificate}\n  key: |\n    {key}\n  client_auth_type: RequireAndVerifyClientCert\n  client_ca: |\n    {authority}\n"
            ),
            0,
        ),
        (
            "clients",
            format!(
                "{tls}  client_auth_type: \"RequireAndVerifyClientCert\"\n  client_ca_file: ca.crt\n  client_allowed_sans:\n  - client.example.com\n"
            ),
            0,
        ),
        (
            "clients, if they like",
            format!("{tls}  client_auth_type: VerifyClientCertIfGiven\n  client_ca_file: ca.crt\n"),
            0,
        ),
        (
            "no clients, said so",
            format!("{tls}  client_auth_type: NoClientCert\n"),
            0,
        ),
        (
            "an empty name",
            format!("{tls}  client_auth_type: ''\n  client_ca_file: ''\n  cert: ''\n"),
            0,
        ),
        (
            "any client",
            format!("{tls}  client_auth_type: RequireAnyClientCert\n"),
            1,
        ),
        (
            "any client, as it was once called",
            format!("{tls}  client_auth_type: RequireClientCert\n"),
            1,
        ),
        (
            "asked and not looked at",
            format!("{tls}  client_auth_type: RequestClientCert\n"),
            1,
        ),
        (
            "versions",
            format!(
                "{tls}  min_version: TLS12\n  max_version: TLS13\n  prefer_server_cipher_suites: true\n"
            ),
            0,
        ),
        (
            "suites and curves",
            format!(
                "{tls}  cipher_suites:\n  - TLS_AES_128_GCM_SHA256\n  - TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\n  - TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256\n  curve_preferences: [CurveP256, X25519, CurveP384]\n"
            ),
            0,
        ),
        (
            "versions without a certificate",
            "tls_server_config: {min_version: TLS13}".to_owned(),
            1,
        ),
        (
            "users",
            format!("{tls}basic_auth_users:\n  alice: {hash}\n  bob: {hash}\n"),
            0,
        ),
        (
            "users without TLS",
            format!("basic_auth_users:\n  alice: {hash}\n"),
            1,
        ),
        (
            "other ages of bcrypt",
            format!(
                "{tls}basic_auth_users: {{a: '{}', b: '{}'}}",
                hash.replace("$2b$", "$2y$"),
                hash.replace("$2b$", "$2a$")
            ),
            0,
        ),
        (
            "a dear hash",
            format!(
                "{tls}basic_auth_users: {{a: '{}'}}",
                hash.replace("$04$", "$15$")
            ),
            1,
        ),
        (
            "headers",
            format!(
                "{tls}http_server_config:\n  http2: true\n  headers:\n    X-Frame-Options: sameorigin\n    X-XSS-Protection: ''\n"
            ),
            0,
        ),
    ]
}

#[test]
fn every_documented_form_loads() {
    let folder = Folder::new();
    for (what, text, warnings) in files(&folder) {
        let config = folder
            .load(&text)
            .unwrap_or_else(|said| panic!("{what}: {said}"));
        assert_eq!(
            config.warnings().len(),
            warnings,
            "{what}: {:?}",
            config.warnings()
        );
        assert_eq!(config.tls().is_some(), text.contains("cert"), "{what}");
        assert_eq!(config.users().is_some(), text.contains('$'), "{what}");
    }
}

/// So that these files are what we take them for.
#[test]
fn prometheus_itself_takes_each_of_them() {
    let folder = Folder::new();
    for (what, text, _) in files(&folder) {
        let path = folder.write("web.yaml", &text);
        let output = Command::new(version_of("prometheus", "current").join("usr/bin/promtool"))
            .args(["check", "web-config"])
            .arg(&path)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{what}: {said}");
    }
}
