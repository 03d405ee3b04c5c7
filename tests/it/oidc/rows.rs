//! The links of the chain, and what breaks each: a row a fault.

use std::sync::LazyLock;

use serde_json::json;

use super::{faults::Deed, front::Way, scene::REDIRECT_URL};
use crate::servers::{AUTHORITY, Authority};

/// On which servers something can happen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum On {
    Both,
    /// Keycloak 26.
    Current,
    /// Keycloak 18.
    Old,
}

/// A link that breaks: what is done, which step and cause must be named, and what takes it back.
pub(super) struct Row {
    pub(super) what: &'static str,
    pub(super) on: On,
    pub(super) breaks: Vec<Deed>,
    pub(super) step: &'static str,
    pub(super) cause: &'static str,
    pub(super) mends: Vec<Deed>,
}

/// A row with one deed that is taken back by another.
fn row(
    what: &'static str,
    breaks: Deed,
    (step, cause): (&'static str, &'static str),
    mends: Deed,
) -> Row {
    Row {
        what,
        on: On::Both,
        breaks: vec![breaks],
        step,
        cause,
        mends: vec![mends],
    }
}

impl Row {
    fn on(self, on: On) -> Self {
        Self { on, ..self }
    }
}

/// An authority that nobody here trusts. Its files last as long as it does.
static STRANGER: LazyLock<Authority> = LazyLock::new(Authority::new);

/// The way to the server, and whom Zync trusts.
pub(super) fn of_the_way() -> Vec<Row> {
    let good = AUTHORITY.server("127.0.0.1");
    let shows = |identity| Deed::Front(Way::Shows(vec![identity]));
    let tls =
        |what, identity, cause| row(what, shows(identity), ("tls", cause), shows(good.clone()));
    vec![
        row(
            "nobody listens",
            Deed::Front(Way::Closed),
            ("connection", "unreachable"),
            shows(good.clone()),
        ),
        row(
            "nobody answers",
            Deed::Front(Way::Silent),
            ("connection", "timeout"),
            shows(good.clone()),
        ),
        row(
            "its authority is not in the bundle",
            Deed::Bundle(STRANGER.pem()),
            ("tls", "unknown_authority"),
            Deed::Bundle(AUTHORITY.pem()),
        ),
        tls(
            "a stranger's certificate",
            STRANGER.server("127.0.0.1"),
            "unknown_authority",
        ),
        tls(
            "of another name",
            AUTHORITY.server("sso.example.com"),
            "wrong_name",
        ),
        tls(
            "expired",
            AUTHORITY.expired_server("127.0.0.1"),
            "certificate_expired",
        ),
        tls(
            "not yet valid",
            AUTHORITY.future_server("127.0.0.1"),
            "certificate_not_yet_valid",
        ),
        row(
            "no TLS",
            Deed::Front(Way::Plain),
            ("tls", "no_tls"),
            shows(good.clone()),
        ),
    ]
}

/// What the realm says of itself.
pub(super) fn of_the_realm() -> Vec<Row> {
    let frontend = |url: &str| Deed::Realm(json!({"attributes": {"frontendUrl": url}}));
    vec![
        row(
            "it names another host",
            frontend("https://sso.example.com"),
            ("discovery", "other_issuer"),
            frontend(""),
        ),
        row(
            "the realm is disabled",
            Deed::Realm(json!({"enabled": false})),
            // It is still described, and its keys are given.
            ("grant", "refused"),
            Deed::Realm(json!({"enabled": true})),
        ),
    ]
}

/// The service account.
pub(super) fn of_the_account() -> Vec<Row> {
    let zync =
        |what, breaks, broken, mends| row(what, Deed::Zync(breaks), broken, Deed::Zync(mends));
    vec![
        row(
            "its secret was regenerated",
            Deed::NewSecret,
            ("grant", "secret_refused"),
            Deed::OldSecret,
        ),
        zync(
            "it is disabled",
            json!({"enabled": false}),
            ("grant", "client_unknown_or_disabled"),
            json!({"enabled": true}),
        ),
        Row {
            what: "view-clients alone",
            on: On::Both,
            breaks: vec![Deed::Give("view-clients"), Deed::Take("manage-clients")],
            step: "role",
            cause: "role_missing",
            mends: vec![Deed::Give("manage-clients"), Deed::Take("view-clients")],
        },
        row(
            "no role",
            Deed::Take("manage-clients"),
            ("role", "role_missing"),
            Deed::Give("manage-clients"),
        ),
        zync(
            "standard flow on",
            json!({"standardFlowEnabled": true, "redirectUris": ["https://x.example/*"]}),
            ("client", "standard_flow_on"),
            json!({"standardFlowEnabled": false, "redirectUris": []}),
        ),
        zync(
            "implicit flow on",
            json!({"implicitFlowEnabled": true, "redirectUris": ["https://x.example/*"]}),
            ("client", "implicit_flow_on"),
            json!({"implicitFlowEnabled": false, "redirectUris": []}),
        ),
        zync(
            "direct access on",
            json!({"directAccessGrantsEnabled": true}),
            ("client", "direct_access_on"),
            json!({"directAccessGrantsEnabled": false}),
        ),
    ]
}

/// The tokens of the service account. Nothing on these servers makes one without `sub` or `azp`, or with another `iss`, `exp` or
/// `typ`: Keycloak lets no mapper do so, and gives service accounts a `sub` without the scope `basic` as well.
pub(super) fn of_the_token() -> Vec<Row> {
    let claim = |claim, value, kind| {
        let broken = ("token", claim);
        row(
            claim,
            Deed::Claim(claim, value, kind),
            broken,
            Deed::NoClaims,
        )
    };
    let attribute = |name: &str, value: &str| Deed::Zync(json!({"attributes": {name: value}}));
    let algorithm = "access.token.signed.response.alg";
    let light = "client.use.lightweight.access.token.enabled";
    vec![
        claim("nbf", "32535216000", "long"),
        row(
            "no roles in tokens",
            Deed::Unscope("roles"),
            ("token", "aud"),
            Deed::Scope("roles"),
        ),
        row(
            "light tokens",
            attribute(light, "true"),
            ("token", "aud"),
            attribute(light, "false"),
        )
        .on(On::Current),
        row(
            "signed with the secret key of the realm",
            attribute(algorithm, "HS256"),
            ("token", "kid_unknown"),
            attribute(algorithm, "RS256"),
        ),
    ]
}

/// What a service account cannot come back from by one change: its role goes with it.
pub(super) fn of_the_kind_of_client() -> Vec<Row> {
    let again = || {
        vec![
            Deed::Zync(json!({"publicClient": false, "serviceAccountsEnabled": true})),
            Deed::OldSecret,
            Deed::Give("manage-clients"),
        ]
    };
    vec![
        Row {
            what: "service account off",
            on: On::Both,
            breaks: vec![Deed::Zync(json!({"serviceAccountsEnabled": false}))],
            step: "grant",
            cause: "service_account_off",
            mends: again(),
        },
        Row {
            what: "public",
            on: On::Both,
            breaks: vec![Deed::Zync(json!({"publicClient": true}))],
            step: "grant",
            cause: "not_confidential",
            mends: again(),
        },
    ]
}

/// The applications.
pub(super) fn of_the_applications() -> Vec<Row> {
    let changes = |what, breaks, cause, mends| {
        row(
            what,
            Deed::Application(breaks),
            ("applications", cause),
            Deed::Application(mends),
        )
    };
    vec![
        row(
            "deleted",
            Deed::DeleteApplication,
            ("applications", "application_missing"),
            Deed::CreateApplication,
        ),
        changes(
            "disabled",
            json!({"enabled": false}),
            "application_disabled",
            json!({"enabled": true}),
        ),
        changes(
            "another redirect URL",
            json!({"redirectUris": ["https://other.example.com"]}),
            "redirect_missing",
            json!({"redirectUris": [REDIRECT_URL]}),
        ),
        changes(
            "another flow as well",
            json!({"implicitFlowEnabled": true}),
            "other_flows",
            json!({"implicitFlowEnabled": false}),
        ),
        changes(
            "not the flow",
            json!({"standardFlowEnabled": false}),
            "other_flows",
            json!({"standardFlowEnabled": true}),
        ),
    ]
}
