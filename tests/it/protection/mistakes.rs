//! Files with mistakes: each is named by file and key, all of them at once, and none is quoted.

use std::os::unix::fs::symlink;

use super::scene::{Folder, hash};
use crate::servers::Authority;

/// What no message may hold.
const CANARY: &str = "kaNarieNvogel";

/// What is wrong with a text, without the name of the file.
fn mistakes(folder: &Folder, text: &str) -> String {
    let said = folder.load(text).expect_err(text);
    assert!(!said.contains(CANARY) && !said.contains("$2"), "{said}");
    let name = format!("{}: ", folder.path("web.yaml").display());
    let lines = said.lines().map(|line| {
        let rest = line.strip_prefix(&name);
        rest.unwrap_or_else(|| panic!("without its file: {line}"))
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[expect(clippy::too_many_lines, reason = "it is one table")]
#[test]
fn every_mistake_is_named_by_its_key() {
    let folder = Folder::new();
    folder.write("empty.pem", "");
    folder.write(
        "broken.pem",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    );
    let other = folder.authority.server("other");
    let other_key = format!("key_file: {}", other.key.display());
    let certificate = format!("cert_file: {}", folder.server.certificate.display());
    let key = format!("key_file: {}", folder.server.key.display());
    let with = |lines: &str| format!("tls_server_config:\n  {certificate}\n  {key}\n  {lines}\n");
    let authority = folder.authority.file().display().to_string();
    symlink("nowhere", folder.path("dangling")).unwrap();
    let table = [
        (
            CANARY.to_owned(),
            "must be a table of keys and values, found something else",
        ),
        (
            "tls_server_config: [\n".to_owned(),
            "is not valid YAML: line 2: while parsing a node, did not find expected node content",
        ),
        (
            "surprise: 1".to_owned(),
            "surprise: unknown key; known here: tls_server_config, http_server_config, basic_auth_users, rate_limit",
        ),
        (
            with("surprise: 1"),
            "tls_server_config.surprise: unknown key; known here: cert, key, cert_file, key_file, client_auth_type, client_ca, client_ca_file, client_allowed_sans, min_version, max_version, cipher_suites, curve_preferences, prefer_server_cipher_suites",
        ),
        (
            "http_server_config: {http3: true}".to_owned(),
            "http_server_config.http3: unknown key; known here: http2, headers",
        ),
        (
            "rate_limit: {interval: 1s, burst: 1}".to_owned(),
            "rate_limit: is not supported by kcwatch: leave it out",
        ),
        (
            format!("tls_server_config: {{{certificate}}}"),
            "tls_server_config.key_file: is required with TLS: this or key",
        ),
        (
            format!("tls_server_config: {{{key}}}"),
            "tls_server_config.cert_file: is required with TLS: this or cert",
        ),
        (
            format!("tls_server_config: {{cert_file: nowhere.pem, {key}}}"),
            "tls_server_config.cert_file: cannot be read: No such file or directory (os error 2)",
        ),
        (
            format!("tls_server_config: {{cert_file: dangling, {key}}}"),
            "tls_server_config.cert_file: cannot be read: No such file or directory (os error 2)",
        ),
        (
            format!("tls_server_config: {{cert_file: ., {key}}}"),
            "tls_server_config.cert_file: cannot be read: it is not a file",
        ),
        (
            format!("tls_server_config: {{cert_file: empty.pem, {key}}}"),
            "tls_server_config.cert_file: holds no certificate in PEM",
        ),
        (
            format!("tls_server_config: {{cert_file: broken.pem, {key}}}"),
            "tls_server_config.cert_file: must begin with an X.509 certificate of version 3",
        ),
        (
            format!("tls_server_config: {{{certificate}, key_file: empty.pem}}"),
            "tls_server_config.key_file: holds no private key in PEM that is not encrypted",
        ),
        (
            format!("tls_server_config: {{{certificate}, {other_key}}}"),
            "tls_server_config.key_file: does not belong to the certificate that tls_server_config.cert_file gives",
        ),
        (
            with(&format!("cert: {CANARY}")),
            "tls_server_config.cert_file: must not stand beside cert: only one of both can be used",
        ),
        (
            with(&format!("key: {CANARY}")),
            "tls_server_config.key_file: must not stand beside key: only one of both can be used",
        ),
        (
            format!("tls_server_config: {{{certificate}, key: {CANARY}}}"),
            "tls_server_config.key: holds no private key in PEM that is not encrypted",
        ),
        (
            with(&format!("client_auth_type: {CANARY}")),
            "tls_server_config.client_auth_type: must be one of NoClientCert, RequestClientCert, RequireAnyClientCert, RequireClientCert, VerifyClientCertIfGiven, RequireAndVerifyClientCert, found another word",
        ),
        (
            with("client_auth_type: RequireAndVerifyClientCert"),
            "tls_server_config.client_ca_file: is required: the authorities that vouch for clients, here or in client_ca",
        ),
        (
            with(&format!("client_ca_file: {authority}")),
            "tls_server_config.client_ca_file: vouches for clients, but client_auth_type asks none for a certificate",
        ),
        (
            with("client_auth_type: VerifyClientCertIfGiven\n  client_ca_file: empty.pem"),
            "tls_server_config.client_ca_file: holds no certificate in PEM",
        ),
        (
            with("client_auth_type: VerifyClientCertIfGiven\n  client_ca_file: broken.pem"),
            "tls_server_config.client_ca_file: holds a certificate that cannot be that of an authority",
        ),
        (
            with("client_allowed_sans: [a]"),
            "tls_server_config.client_allowed_sans: needs client_auth_type RequireAndVerifyClientCert or RequireAnyClientCert: with others a client without a certificate has no name to compare",
        ),
        (
            with("client_auth_type: RequireAnyClientCert\n  client_allowed_sans: []"),
            "tls_server_config.client_allowed_sans: must have at least one name, or be left out: with none nobody is let in",
        ),
        (
            with("min_version: TLS11"),
            "tls_server_config.min_version: must be TLS12 or TLS13: kcwatch cannot speak TLS 1.1 and 1.0, which RFC 8996 forbids",
        ),
        (
            with("max_version: TLS10"),
            "tls_server_config.max_version: must be TLS12 or TLS13: kcwatch cannot speak TLS 1.1 and 1.0, which RFC 8996 forbids",
        ),
        (
            with(&format!("max_version: {CANARY}")),
            "tls_server_config.max_version: must be TLS12 or TLS13, found another word",
        ),
        (
            with("min_version: TLS13\n  max_version: TLS12"),
            "tls_server_config.max_version: must not be below min_version",
        ),
        (
            with("max_version: TLS12\n  cipher_suites: [TLS_AES_128_GCM_SHA256]"),
            "tls_server_config.cipher_suites: must have a suite for the versions from min_version to max_version",
        ),
        (
            with("cipher_suites: [TLS_RSA_WITH_AES_128_CBC_SHA]"),
            "tls_server_config.cipher_suites[0]: must be one of TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, TLS_AES_256_GCM_SHA384, TLS_AES_128_GCM_SHA256, TLS_CHACHA20_POLY1305_SHA256, found another word",
        ),
        (
            with("curve_preferences: [X25519, CurveP521]"),
            "tls_server_config.curve_preferences[1]: must be one of X25519, CurveP256, CurveP384, found another word",
        ),
        (
            with("prefer_server_cipher_suites: maybe"),
            "tls_server_config.prefer_server_cipher_suites: must be true or false, found a string",
        ),
        (
            with("cipher_suites: X"),
            "tls_server_config.cipher_suites: must be a list, found a string",
        ),
        (
            "basic_auth_users: [a]".to_owned(),
            "basic_auth_users: must be a table, found a list",
        ),
        (
            "basic_auth_users: {a: 1}".to_owned(),
            "basic_auth_users.a: must be a string, found a number",
        ),
        (
            format!("basic_auth_users: {{alice: {CANARY}}}"),
            "basic_auth_users.alice: must be a hash by bcrypt, as `htpasswd -nBC 10 \"\"` prints it; found another text",
        ),
        (
            "basic_auth_users: {alice: \"$apr1$abcdefgh$0123456789012345678901\"}".to_owned(),
            "basic_auth_users.alice: must be a hash by bcrypt, as `htpasswd -nBC 10 \"\"` prints it; found another text",
        ),
        (
            format!(
                "basic_auth_users: {{alice: \"{}\"}}",
                hash("b").replace("$04$", "$03$")
            ),
            "basic_auth_users.alice: must be a hash by bcrypt, as `htpasswd -nBC 10 \"\"` prints it; found another text",
        ),
        (
            format!(
                "basic_auth_users: {{alice: \"{}\"}}",
                hash("b").replace("$04$", "$17$")
            ),
            "basic_auth_users.alice: must not cost more than 16, because each comparison would take many seconds: 10 to 12 is usual",
        ),
        (
            format!("http_server_config: {{headers: {{Server: {CANARY}}}}}"),
            "http_server_config.headers.Server: cannot be set; headers that can: Content-Security-Policy, X-Frame-Options, X-Content-Type-Options, X-XSS-Protection, Strict-Transport-Security",
        ),
        (
            format!("http_server_config: {{headers: {{X-Frame-Options: {CANARY}}}}}"),
            "http_server_config.headers.X-Frame-Options: must be deny or sameorigin, found another text",
        ),
        (
            "http_server_config: {headers: {X-Content-Type-Options: sniff}}".to_owned(),
            "http_server_config.headers.X-Content-Type-Options: must be nosniff, found another text",
        ),
        (
            format!("http_server_config: {{headers: {{X-XSS-Protection: \"{CANARY}\\n\"}}}}"),
            "http_server_config.headers.X-XSS-Protection: must be one line of printable ASCII characters",
        ),
    ];
    for (text, expected) in table {
        assert_eq!(mistakes(&folder, &text), expected, "{text}");
    }
}

#[test]
fn all_mistakes_are_told_at_once_in_the_order_of_the_documentation() {
    let folder = Folder::new();
    let strangers = Authority::new();
    let stranger = strangers.server("stranger");
    let text = format!(
        "basic_auth_users: {{alice: {CANARY}, bob: {CANARY}}}
http_server_config: {{headers: {{Server: x}}}}
tls_server_config:
  cert_file: nowhere.pem
  key_file: {}
  min_version: TLS10
  client_auth_type: RequireAndVerifyClientCert
",
        stranger.key.display()
    );
    let said = mistakes(&folder, &text);
    let keys: Vec<&str> = said
        .lines()
        .map(|line| line.split(": ").next().unwrap())
        .collect();
    assert_eq!(
        keys,
        [
            "tls_server_config.min_version",
            "tls_server_config.cert_file",
            "tls_server_config.client_ca_file",
            "http_server_config.headers.Server",
            "basic_auth_users.alice",
            "basic_auth_users.bob",
        ]
    );
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let folder = Folder::new();
    let path = folder.path("nowhere.yaml");
    let now = kcwatch::clock::system()();
    let said = kcwatch::web_config::WebConfig::load(&path, now).unwrap_err();
    assert_eq!(
        said.to_string(),
        format!(
            "{}: cannot be read: No such file or directory (os error 2)",
            path.display()
        )
    );
}

#[test]
fn dates_that_do_not_fit_are_only_warned_of() {
    let folder = Folder::new();
    for (identity, words) in [
        (
            folder.authority.expired_server("a"),
            "expired at 2002-01-01T00:00:00Z: clients will refuse it",
        ),
        (
            folder.authority.future_server("a"),
            "valid only from 2101-01-01T00:00:00Z on: clients will refuse it",
        ),
    ] {
        let config = folder
            .load(&super::scene::tls_with(&identity, &[]))
            .unwrap();
        assert!(config.tls().is_some());
        let [warning] = config.warnings() else {
            panic!("{:?}", config.warnings())
        };
        assert!(
            warning.contains("web.yaml: tls_server_config.cert_file: "),
            "{warning}"
        );
        assert!(warning.ends_with(words), "{warning}");
    }
}
