//! How many clients a token may register, and how it is learnt how many are left: the key `clients`.

mod registrations;

use std::ops::RangeInclusive;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    config::{number, problems::Key, report::Report, targets::Known, tiers::Tier},
    model::{ClientsLevel, ClientsThreshold},
};

use super::{Provider, pointer};

use registrations::RawRegistrations;

pub use registrations::{Read, Registrations};

/// For how many clients a token may be ordered.
const LIMITS: RangeInclusive<u32> = 1..=1_000_000;

/// How many clients a token may register, and how it is learnt how many are left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clients {
    /// How many clients a token is ordered for.
    pub limit: u32,
    /// Who is asked.
    pub from: CountFrom,
    /// Where registered clients are counted, if they can be.
    pub registrations: Option<Registrations>,
    /// JSON pointer to a number that whoever issues the token writes beside it.
    pub field: Option<String>,
    /// From when on few left are an alert: one entry a level, mildest first.
    pub thresholds: Vec<ClientsThreshold>,
}

impl Default for Clients {
    fn default() -> Self {
        Self {
            limit: 100,
            from: CountFrom::Auto,
            registrations: None,
            field: None,
            thresholds: Vec::new(),
        }
    }
}

/// Who is asked how many registrations are left.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum CountFrom {
    /// The best that can be asked: `keycloak`, else `registrations`, else `field`.
    #[default]
    Auto,
    /// The identity provider's own list.
    Keycloak,
    /// The clients that were registered, as they lie in a store.
    Registrations,
    /// A number beside the token.
    Field,
    /// Nobody.
    None,
}

/// How many clients a token may register, and how it is learnt how many are left.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Clients")]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawClients {
    /// How many clients a token is ordered for, above `clients.notice.left` of the target's tier.
    #[schemars(range(min = 1, max = 1_000_000))]
    limit: i64,
    /// Who is asked how many registrations are left. `keycloak` needs an `identity_provider` with `admin`, `registrations`
    /// and `field` need the keys of these names.
    from: CountFrom,
    /// Where registered clients are counted; `null`: nowhere.
    registrations: Option<RawRegistrations>,
    /// A JSON pointer (RFC 6901) to a number in the secret, such as `/remaining`, that whoever issues the token writes
    /// beside it; `null`: there is none.
    #[schemars(regex(pattern = "^(/([^~/]|~[01])*)+$"))]
    field: Option<String>,
}

impl Default for RawClients {
    fn default() -> Self {
        Self {
            limit: 100,
            from: CountFrom::Auto,
            registrations: None,
            field: None,
        }
    }
}

/// Checks how the registrations of a token are counted; `around` says what the target names beside it.
pub(super) fn check(
    raw: Option<RawClients>,
    at: &Key,
    (provider, tier, known): (Provider<'_>, Option<&Tier>, &Known),
    report: &mut Report,
) -> Option<Clients> {
    let raw = report.as_written(at, raw)?.unwrap_or_default();
    let [limit_key, from_key] = ["limit", "from"].map(|name| at.key(name));
    let limit = number::within(&LIMITS, raw.limit, &limit_key, report);
    if let Some(from) = report.as_written(&from_key, raw.from) {
        check_source(from, provider, &from_key, report);
        check_keys(from, &raw, at, report);
    }
    let thresholds = tier.map(|tier| tier.clients.thresholds.clone());
    if raw.from != CountFrom::None {
        check_limit(limit, thresholds.as_deref(), &limit_key, report);
    }
    let registrations_key = at.key("registrations");
    let registrations = raw
        .registrations
        .map(|raw| registrations::check(raw, &registrations_key, &known.stores, report));
    let field = raw
        .field
        .map(|text| report.accept(&at.key("field"), pointer(text)));
    Some(Clients {
        limit: limit?,
        from: raw.from,
        registrations: registrations.flatten(),
        field: field.flatten(),
        thresholds: thresholds?,
    })
}

/// Refuses to ask an identity provider that is not named, or that has no account for it.
fn check_source(from: CountFrom, provider: Provider<'_>, at: &Key, report: &mut Report) {
    if from != CountFrom::Keycloak {
        return;
    }
    match provider {
        Provider::Unnamed => {
            let text =
                "keycloak needs identity_provider, beside clients: it says whose list is read";
            report.refuse(at, text);
        }
        Provider::Known(provider) if provider.admin.is_none() => {
            let provider = Key::default()
                .key("identity_providers")
                .key(provider.name.as_str());
            let text = format!("keycloak needs {provider}.admin, the account that reads the list");
            report.refuse(at, text);
        }
        Provider::Known(_) | Provider::Refused => {}
    }
}

/// Refuses to ask what is not given, and to give what is not asked.
fn check_keys(from: CountFrom, raw: &RawClients, at: &Key, report: &mut Report) {
    let keys = [
        (
            "registrations",
            CountFrom::Registrations,
            raw.registrations.is_some(),
        ),
        ("field", CountFrom::Field, raw.field.is_some()),
    ];
    for (name, user, given) in keys {
        let key = at.key(name);
        if from == user && !given {
            report.refuse(&key, "is required where from asks for it");
        }
        if given && from != user && from != CountFrom::Auto {
            let text = format!("has no effect unless from is {name} or auto");
            report.refuse(&key, text);
        }
    }
}

/// Refuses a limit so low that a fresh token is an alert.
fn check_limit(
    limit: Option<u32>,
    thresholds: Option<&[ClientsThreshold]>,
    at: &Key,
    report: &mut Report,
) {
    let mut thresholds = thresholds.into_iter().flatten();
    let notice = thresholds.find(|threshold| threshold.level == ClientsLevel::Notice);
    if let (Some(limit), Some(notice)) = (limit, notice)
        && limit <= notice.left
    {
        let left = notice.left;
        let text = format!(
            "must be above the tier's clients.notice.left, which is {left}, found {limit}: a fresh token would be an alert"
        );
        report.refuse(at, text);
    }
}
