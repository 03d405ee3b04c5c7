//! The policies and commands of `deploy/vault`, as they stand there.

use std::{path::Path, process::Command};

use kcwatch::{
    config::Auth,
    model::{Reason, SecretPath},
};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::rig::{Rig, status, text};
use crate::servers::{Approle, OpenBao, TokenReviewer};

const TOKEN: &str = "creds/rhidp/auth.redhat.com";

/// The block of commands with this name in the README.
fn commands(name: &str) -> String {
    let readme = include_str!("../../../deploy/vault/README.md");
    let (_, rest) = readme
        .split_once(&format!("```sh {name}\n"))
        .expect("the README has the block");
    rest.split_once("```").expect("it ends").0.to_owned()
}

/// Runs commands of the README against a server, in a directory that has the policies.
async fn run(bao: &OpenBao, commands: &str, directory: &TempDir) {
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/vault");
    for file in std::fs::read_dir(policies).expect("it is there") {
        let file = file.expect("it is there");
        std::fs::copy(file.path(), directory.path().join(file.file_name())).expect("it fits");
    }
    let program = OpenBao::program();
    let command = format!(
        "set -eu\nbao() {{ {} \"$@\"; }}\n{commands}",
        program.display()
    );
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &command])
        .current_dir(directory.path())
        .env("BAO_ADDR", bao.address())
        .env("BAO_TOKEN", bao.root_token());
    let done = tokio::task::spawn_blocking(move || shell.output());
    let done = done.await.expect("it ends").expect("sh starts");
    assert!(done.status.success(), "{commands}\n{done:?}");
}

/// A server with an engine at `app-sre` and secrets in the places the policies speak of.
async fn server(version: u8) -> OpenBao {
    let bao = OpenBao::dev().await;
    bao.enable_kv("app-sre", version).await;
    for path in [
        TOKEN,
        "creds/kcwatch",
        "creds/other",
        "rhidp/sso-client/production/one",
    ] {
        let content = json!({"url": path});
        match version {
            1 => bao.write_v1(&format!("app-sre/{path}"), content).await,
            _ => bao.write("app-sre", path, content).await,
        }
    }
    bao
}

/// Sets up policies and role as the README says, with these blocks of policies, and gives the ids.
async fn set_up(bao: &OpenBao, version: u8, policies: &[&str]) -> Approle {
    let directory = TempDir::new().expect("a directory can be made");
    let policies: String = policies.iter().map(|name| commands(name)).collect();
    let policies = policies.replace("kv2", &format!("kv{version}"));
    run(bao, &(policies + &commands("approle")), &directory).await;
    let read = |name| std::fs::read_to_string(directory.path().join(name)).expect("it was made");
    Approle {
        mount: "approle".to_owned(),
        role_id: read("role_id"),
        secret_id: read("secret_id"),
    }
}

/// A token of this role.
async fn log_in(bao: &OpenBao, approle: &Approle) -> String {
    let ids = json!({"role_id": approle.role_id, "secret_id": approle.secret_id});
    let login = bao.call("POST", "auth/approle/login", Some(ids)).await;
    let token = login.pointer("/auth/client_token");
    token.and_then(Value::as_str).expect("a token").to_owned()
}

#[tokio::test]
async fn the_policies_let_us_read_what_we_must() {
    for version in [1, 2] {
        let bao = server(version).await;
        let approle = set_up(&bao, version, &["policy"]).await;
        let store = Rig::with_approle(&bao.address(), &approle).store();
        for path in [TOKEN, "creds/kcwatch"] {
            let found = text(&store, &format!("app-sre/{path}"), "/url").await;
            assert_eq!(found, Ok(path.to_owned()), "version {version}");
        }
        for path in [
            "creds/other",
            "rhidp/sso-client/production/one",
            "creds/rhidp/a/b",
        ] {
            let found = text(&store, &format!("app-sre/{path}"), "/url").await;
            assert_eq!(found, Err(Reason::Denied), "version {version}: {path}");
        }
        assert_eq!(
            status(&store).logins,
            Some(1),
            "denials were told from a dead token"
        );
        store.log_out().await;
    }
}

/// What a token may do and, of the rest, what was thought of.
async fn assert_least_privilege(bao: &OpenBao, version: u8, token: &str) {
    let (data, metadata) = match version {
        1 => ("app-sre", "app-sre"),
        _ => ("app-sre/data", "app-sre/metadata"),
    };
    let says = async |method: &str, path: &str| {
        let body = Some(json!({"data": {"url": "x"}})).filter(|_| method != "GET");
        let answer = bao.call_as(token, method, path, body).await;
        answer.expect("an answer").0
    };
    let folder = "rhidp/sso-client/production";
    assert_eq!(says("GET", &format!("{data}/{TOKEN}")).await, 200);
    assert_eq!(says("LIST", &format!("{metadata}/{folder}")).await, 200);
    assert_eq!(says("GET", "auth/token/lookup-self").await, 200);
    assert_eq!(says("POST", "auth/token/renew-self").await, 200);
    let of_the_engine = [
        ("POST", format!("{data}/{TOKEN}")),
        ("PUT", format!("{data}/{TOKEN}")),
        ("DELETE", format!("{data}/{TOKEN}")),
        ("DELETE", format!("{metadata}/{TOKEN}")),
        ("POST", format!("{metadata}/{TOKEN}")),
        ("LIST", format!("{metadata}/creds")),
        ("LIST", format!("{metadata}/creds/rhidp")),
        ("LIST", metadata.to_owned()),
        ("GET", format!("{data}/creds/other")),
        ("GET", format!("{data}/creds/rhidp/a/b")),
        ("GET", format!("{data}/{folder}/one")),
        ("POST", format!("{data}/{folder}/one")),
        ("DELETE", format!("{data}/{folder}/one")),
    ];
    for (method, path) in of_the_engine {
        let status = says(method, &path).await;
        assert_eq!(status, 403, "version {version}: {method} {path}");
    }
    for (method, path) in ELSEWHERE {
        assert_eq!(says(method, path).await, 403, "{version}: {method} {path}");
    }
    assert_eq!(says("POST", "auth/token/revoke-self").await, 204);
}

/// What nobody who only reads needs.
const ELSEWHERE: [(&str, &str); 26] = [
    ("GET", "app-sre/metadata/creds/rhidp/auth.redhat.com"),
    ("GET", "app-sre/subkeys/creds/rhidp/auth.redhat.com"),
    ("GET", "app-sre/config"),
    ("POST", "app-sre/config"),
    ("POST", "app-sre/delete/creds/rhidp/auth.redhat.com"),
    ("POST", "app-sre/undelete/creds/rhidp/auth.redhat.com"),
    ("POST", "app-sre/destroy/creds/rhidp/auth.redhat.com"),
    ("LIST", "app-sre/detailed-metadata/creds"),
    ("GET", "another/data/secret"),
    ("GET", "sys/mounts"),
    ("GET", "sys/auth"),
    ("GET", "sys/policies/acl/kcwatch"),
    ("POST", "sys/policies/acl/kcwatch"),
    ("POST", "sys/mounts/mine"),
    ("POST", "sys/capabilities-self"),
    ("POST", "sys/wrapping/wrap"),
    ("POST", "sys/seal"),
    ("POST", "auth/token/create"),
    ("POST", "auth/token/create-orphan"),
    ("POST", "auth/token/lookup"),
    ("POST", "auth/token/renew"),
    ("POST", "auth/token/revoke"),
    ("LIST", "auth/token/accessors"),
    ("POST", "auth/approle/role/kcwatch/secret-id"),
    ("GET", "auth/kubernetes/role/kcwatch"),
    ("GET", "cubbyhole/x"),
];

#[tokio::test]
async fn the_policies_allow_nothing_else_after_a_login_by_approle() {
    for version in [1, 2] {
        let bao = server(version).await;
        let approle = set_up(&bao, version, &["policy", "clients-by-names"]).await;
        let token = log_in(&bao, &approle).await;
        assert_least_privilege(&bao, version, &token).await;
    }
}

#[tokio::test]
async fn the_policies_allow_nothing_else_after_a_login_by_kubernetes() {
    for version in [1, 2] {
        let bao = server(version).await;
        let reviewer = TokenReviewer::start().await;
        reviewer.enable_at(&bao, "kubernetes").await;
        let policies = commands("policy") + &commands("clients-by-names");
        let policies = policies.replace("kv2", &format!("kv{version}"));
        let directory = TempDir::new().expect("a directory can be made");
        run(&bao, &(policies + &commands("kubernetes")), &directory).await;

        let token = enter(&bao, &reviewer.service_account()).await;
        let token = token.expect("the service account is let in");
        assert_least_privilege(&bao, version, &token).await;
        let elsewhere = reviewer.service_account_for("https://kubernetes.default.svc");
        let refused = enter(&bao, &elsewhere).await;
        assert_eq!(refused, None, "a token of another audience was let in");
    }
}

/// A token for a service account's, if it is let in.
async fn enter(bao: &OpenBao, jwt: &str) -> Option<String> {
    let body = Some(json!({"role": "kcwatch", "jwt": jwt}));
    let login = bao.try_call("POST", "auth/kubernetes/login", body).await;
    let (_, answer) = login.expect("an answer");
    let token = answer.pointer("/auth/client_token");
    token.and_then(Value::as_str).map(str::to_owned)
}

#[tokio::test]
async fn an_approle_with_bounds_lets_us_in_from_where_we_are() {
    let bao = server(2).await;
    let directory = TempDir::new().expect("a directory can be made");
    let set_up = ["policy", "approle", "approle-bounds"]
        .map(commands)
        .concat();
    run(&bao, &set_up, &directory).await;
    let read = |name| std::fs::read_to_string(directory.path().join(name)).expect("it was made");
    let approle = Approle {
        mount: "approle".to_owned(),
        role_id: read("role_id"),
        secret_id: read("secret_id"),
    };
    let store = Rig::with_approle(&bao.address(), &approle).store();
    let found = text(&store, &format!("app-sre/{TOKEN}"), "/url").await;
    assert_eq!(found, Ok(TOKEN.to_owned()));

    let narrower =
        json!({"secret_id_bound_cidrs": "192.0.2.0/24", "token_bound_cidrs": "192.0.2.0/24"});
    bao.call("POST", "auth/approle/role/kcwatch", Some(narrower))
        .await;
    let store = Rig::with_approle(&bao.address(), &approle).store();
    let found = text(&store, &format!("app-sre/{TOKEN}"), "/url").await;
    assert!(found.is_err(), "let in from elsewhere");
}

#[tokio::test]
async fn each_way_to_count_clients_has_a_policy_that_allows_just_that() {
    let folder = SecretPath::new("app-sre/rhidp/sso-client/production").expect("a path");
    for (version, way) in [(1, "names"), (2, "names"), (1, "secrets"), (2, "secrets")] {
        let bao = server(version).await;
        let way = format!("clients-by-{way}");
        // Without the policy for tokens, to see what this one is worth.
        let approle = set_up(&bao, version, &[&way]).await;
        let store = Rig::with_approle(&bao.address(), &approle).store();
        let listing = store.list(&folder).await.expect("it is allowed");
        let dates: Vec<_> = listing.names.iter().map(|one| one.written).collect();
        assert_eq!(dates.len(), 1, "version {version}, {way}");
        assert_eq!(dates[0].is_some(), version == 2, "version {version}, {way}");

        let name = "rhidp/sso-client/production/one";
        let content = text(&store, &format!("app-sre/{name}"), "/url").await;
        let expected = match way.as_str() {
            "clients-by-names" => Err(Reason::Denied),
            _ => Ok(name.to_owned()),
        };
        assert_eq!(content, expected, "version {version}, {way}");
        let token = text(&store, &format!("app-sre/{TOKEN}"), "/url").await;
        assert_eq!(token, Err(Reason::Denied), "version {version}, {way}");
    }
}

#[tokio::test]
async fn the_role_for_kubernetes_lets_the_service_account_in() {
    let bao = server(2).await;
    let reviewer = TokenReviewer::start().await;
    reviewer.enable_at(&bao, "kubernetes").await;
    let directory = TempDir::new().expect("a directory can be made");
    run(
        &bao,
        &(commands("policy") + &commands("kubernetes")),
        &directory,
    )
    .await;
    let rig = Rig::with_token(&bao.address(), "unused");
    let jwt_file = rig.write("jwt", &reviewer.service_account());
    let (mount, role) = ("kubernetes".to_owned(), "kcwatch".to_owned());
    let store = rig
        .logging_in(Auth::Kubernetes {
            mount,
            role,
            jwt_file,
        })
        .store();
    let found = text(&store, &format!("app-sre/{TOKEN}"), "/url").await;
    assert_eq!(found, Ok(TOKEN.to_owned()));
}
