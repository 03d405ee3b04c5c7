//! The JSON of `/api/v1/status`, and of `kcwatch check --output json`.

use crate::model::StoreStatus;
use std::collections::BTreeMap;

use schemars::{
    JsonSchema, Schema,
    generate::SchemaSettings,
    transform::{Transform, transform_subschemas},
};
use serde::Serialize;
use serde_json::Value;

use crate::{
    build,
    model::{Expiry, Reason, Standing, UnixTime},
    snapshot::{Protection, ProviderState, Snapshot, TargetState},
    watch::Report,
};

/// Everything that is known, in fields.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Status {
    /// The version of kcwatch.
    version: &'static str,
    /// When this was put together; ages are to be taken from here.
    at: UnixTime,
    /// How the worst target stands.
    standing: Standing,
    /// The configuration in force.
    config: ConfigStatus,
    /// The file that protects the listener; `null` without one.
    web_config: Option<WebConfigStatus>,
    /// Our access to each store, by its name.
    stores: BTreeMap<String, StoreReport>,
    /// The list of tokens of each identity provider that is read, by its name.
    identity_providers: BTreeMap<String, ProviderReport>,
    /// Every target, in the order of the names.
    targets: Vec<TargetStatus>,
}

/// The configuration in force.
#[derive(Debug, Serialize, JsonSchema)]
struct ConfigStatus {
    /// Whether the latest attempt to load one succeeded.
    last_reload_successful: bool,
    /// When one last succeeded.
    last_reload_success: UnixTime,
}

/// The file that protects the listener.
#[derive(Debug, Serialize, JsonSchema)]
struct WebConfigStatus {
    /// Whether the latest attempt to load it succeeded.
    last_reload_successful: bool,
    /// When one last succeeded.
    last_reload_success: UnixTime,
    /// The earliest end among the certificates that the listener shows; `null` if it speaks no TLS.
    certificate_expires: Option<UnixTime>,
}

/// Our access to a store.
#[derive(Debug, Serialize, JsonSchema)]
struct StoreReport {
    /// Whether the latest contact worked; `null` before the first.
    up: Option<bool>,
    /// Why it did not; `null` if it did.
    reason: Option<Reason>,
    /// When our own token ends; `null` if it does not, while there is none, and where none is needed.
    token_expires: Option<UnixTime>,
}

/// How the list of tokens of an identity provider is read.
#[derive(Debug, Serialize, JsonSchema)]
struct ProviderReport {
    /// Whether the latest reading worked; `null` before the first.
    up: Option<bool>,
    /// Why it did not; `null` if it did.
    reason: Option<Reason>,
    /// When one last did; `null` if none did.
    last_success: Option<UnixTime>,
}

/// One target, in fields.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TargetStatus {
    /// Its name.
    pub name: String,
    /// Its tier.
    pub tier: String,
    /// What it watches: `initial_access_token`, `client_secrets` or `oidc_integration`.
    kind: &'static str,
    /// The store that is read; `null` if there is none.
    store: Option<String>,
    /// Where in that store; `null` if there is none.
    path: Option<String>,
    /// The host name of the identity provider; `null` while it is not known.
    identity_provider: Option<String>,
    /// How it stands.
    pub standing: Standing,
    /// One line for people.
    pub summary: String,
    /// What to do, most pressing first.
    pub advice: Vec<&'static str>,
    /// Whether the latest read worked; false before the first.
    up: bool,
    /// Why the latest read failed, if it did.
    pub reason: Option<Reason>,
    /// When the latest read ended; `null` before the first.
    last_attempt: Option<UnixTime>,
    /// When the latest read that worked ended; `null` if none did.
    last_success: Option<UnixTime>,
    /// Reads since the start.
    polls: u64,
    /// Reads that failed since the latest that worked.
    failures_in_a_row: u32,
    /// What is known, under the name of the kind.
    facts: Option<Report>,
}

/// The JSON Schema of [`Status`], draft 2020-12. It names every field of this version, and allows no other.
pub fn schema() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let settings = settings.with_transform(NothingElse);
    settings
        .into_generator()
        .into_root_schema_for::<Status>()
        .to_value()
}

/// Says of every table that it has no other fields than those that are named.
#[derive(Clone, Debug)]
struct NothingElse;

impl Transform for NothingElse {
    fn transform(&mut self, schema: &mut Schema) {
        if schema.get("properties").is_some() {
            schema.insert("additionalProperties".to_owned(), false.into());
        }
        transform_subschemas(self, schema);
    }
}

/// Everything that is known, as it looks at `now`.
pub fn status(snapshot: &Snapshot, now: UnixTime) -> Status {
    let targets: Vec<TargetStatus> = snapshot.targets().map(|state| target(state, now)).collect();
    let stores = snapshot
        .stores()
        .iter()
        .map(|(name, status)| (name.to_string(), store(status)));
    let providers = snapshot
        .providers()
        .iter()
        .map(|(name, state)| (name.to_string(), provider(state)));
    Status {
        version: build::VERSION,
        at: now,
        standing: targets
            .iter()
            .map(|target| target.standing)
            .max()
            .unwrap_or(Standing::Unknown),
        config: ConfigStatus {
            last_reload_successful: snapshot.reload().successful,
            last_reload_success: snapshot.reload().last_success,
        },
        web_config: snapshot.protection().map(web_config),
        stores: stores.collect(),
        identity_providers: providers.collect(),
        targets,
    }
}

impl Status {
    /// How the worst target stands.
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// Every target, in the order of the names.
    pub fn targets(&self) -> &[TargetStatus] {
        &self.targets
    }

    /// As JSON text, with a line break at the end.
    pub fn to_json(&self) -> String {
        // Maps with text keys and plain fields: there is nothing in it that could not be written.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

fn web_config(protection: &Protection) -> WebConfigStatus {
    WebConfigStatus {
        last_reload_successful: protection.reload.successful,
        last_reload_success: protection.reload.last_success,
        certificate_expires: protection.certificate_end,
    }
}

fn store(status: &StoreStatus) -> StoreReport {
    let token_expires = match status.token_expiry {
        Some(Expiry::At(end)) => Some(end),
        Some(Expiry::Never) | None => None,
    };
    StoreReport {
        up: status.up,
        reason: status.reason,
        token_expires,
    }
}

fn provider(state: &ProviderState) -> ProviderReport {
    ProviderReport {
        up: state.outcome.map(|outcome| outcome.is_ok()),
        reason: state.outcome.and_then(Result::err),
        last_success: state.last_success,
    }
}

fn target(state: &TargetState, now: UnixTime) -> TargetStatus {
    let (target, facts) = (&state.target, &state.facts);
    TargetStatus {
        name: target.name.to_string(),
        tier: target.tier.to_string(),
        kind: target.watch.kind(),
        store: target.watch.store().map(ToString::to_string),
        path: target.watch.store().map(|_| target.watch.path().to_owned()),
        identity_provider: facts.provider_host(&target.watch),
        standing: state.standing(now),
        summary: facts.summary(&target.watch, now),
        advice: state.advice(now),
        up: state.is_up(),
        reason: state.failed(),
        last_attempt: state.last_attempt,
        last_success: state.last_success,
        polls: state.polls,
        failures_in_a_row: state.failures_in_a_row,
        facts: facts.report(&target.watch, now),
    }
}
