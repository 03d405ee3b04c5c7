//! What every target has, whatever it watches, and what the process says of itself → samples.

use crate::model::StoreStatus;
use crate::{
    build,
    model::{Metric, MetricInfo, ProviderName, Reason, Refusal, Samples, StoreName, count, flag},
    snapshot::{Protection, ProviderState, Snapshot, TargetState},
};

static BUILD_INFO: Metric<3> = Metric::gauge(
    "kcwatch_build_info",
    "1, with the version, revision and compiler of this kcwatch as labels.",
    ["version", "revision", "rust_version"],
);

static TARGET_INFO: Metric<6> = Metric::gauge(
    "kcwatch_target_info",
    "1 for each configured target, with the facts about it as labels; join on target.",
    ["target", "kind", "tier", "idp", "store", "path"],
);

static TARGET_UP: Metric<1> = Metric::gauge(
    "kcwatch_target_up",
    "1 if the latest read of this target worked, 0 if it failed or there was none yet. Read in the background, not when scraped.",
    ["target"],
);

static LAST_ATTEMPT: Metric<1> = Metric::gauge(
    "kcwatch_target_last_attempt_timestamp_seconds",
    "When the latest read of this target ended, in seconds since 1970; absent before the first.",
    ["target"],
);

static LAST_SUCCESS: Metric<1> = Metric::gauge(
    "kcwatch_target_last_success_timestamp_seconds",
    "When the latest read of this target that worked ended, in seconds since 1970; absent before the first, kept when reads fail.",
    ["target"],
);

static POLL_INTERVAL: Metric<1> = Metric::gauge(
    "kcwatch_target_poll_interval_seconds",
    "How long after one read of this target the next begins, from the configuration.",
    ["target"],
);

static POLL_DURATION: Metric<1> = Metric::gauge(
    "kcwatch_target_poll_duration_seconds",
    "How long the latest read of this target took; absent before the first.",
    ["target"],
);

static POLLS: Metric<1> = Metric::counter(
    "kcwatch_target_polls_total",
    "Reads of this target since kcwatch started.",
    ["target"],
);

static FAILURES: Metric<2> = Metric::counter(
    "kcwatch_target_failures_total",
    "Reads of this target that failed since kcwatch started, by reason.",
    ["target", "reason"],
);

static STORE_UP: Metric<1> = Metric::gauge(
    "kcwatch_store_up",
    "1 if the latest contact with this store worked, 0 if not; absent before the first.",
    ["store"],
);

static STORE_TOKEN_EXPIRATION: Metric<1> = Metric::gauge(
    "kcwatch_store_token_expiration_timestamp_seconds",
    "When kcwatch's own token for this store expires unless it is renewed, in seconds since 1970; +Inf if never, absent while there is none.",
    ["store"],
);

static STORE_LOGINS: Metric<1> = Metric::counter(
    "kcwatch_store_logins_total",
    "Logins of kcwatch at this store that worked, since it started.",
    ["store"],
);

static STORE_LOGIN_FAILURES: Metric<1> = Metric::counter(
    "kcwatch_store_login_failures_total",
    "Logins of kcwatch at this store that failed, since it started.",
    ["store"],
);

static PROVIDER_UP: Metric<1> = Metric::gauge(
    "kcwatch_identity_provider_up",
    "1 if the list of tokens of this identity provider could be read the latest time, 0 if not; absent before the first.",
    ["identity_provider"],
);

static PROVIDER_LAST_SUCCESS: Metric<1> = Metric::gauge(
    "kcwatch_identity_provider_last_success_timestamp_seconds",
    "When the list of tokens of this identity provider was last read, in seconds since 1970; absent before the first, kept when reads fail.",
    ["identity_provider"],
);

static PROVIDER_FAILURES: Metric<2> = Metric::counter(
    "kcwatch_identity_provider_failures_total",
    "Reads of the list of tokens of this identity provider that failed since kcwatch started, by reason.",
    ["identity_provider", "reason"],
);

static RELOAD_SUCCESSFUL: Metric<0> = Metric::gauge(
    "kcwatch_config_last_reload_successful",
    "1 if the latest attempt to load the configuration succeeded, 0 if it was refused and the one before is still in force.",
    [],
);

static RELOAD_SUCCESS: Metric<0> = Metric::gauge(
    "kcwatch_config_last_reload_success_timestamp_seconds",
    "When a configuration was last loaded, in seconds since 1970.",
    [],
);

static WEB_RELOAD_SUCCESSFUL: Metric<0> = Metric::gauge(
    "kcwatch_web_config_last_reload_successful",
    "1 if the latest attempt to load the file that protects the listener succeeded, 0 if it was refused and the one before is still in force; absent without such a file.",
    [],
);

static WEB_RELOAD_SUCCESS: Metric<0> = Metric::gauge(
    "kcwatch_web_config_last_reload_success_timestamp_seconds",
    "When the file that protects the listener was last loaded, in seconds since 1970; absent without such a file.",
    [],
);

static WEB_CERTIFICATE_EXPIRY: Metric<0> = Metric::gauge(
    "kcwatch_web_certificate_expiry_timestamp_seconds",
    "When the first of the certificates that kcwatch's own listener presents expires, in seconds since 1970; absent without TLS.",
    [],
);

static CONNECTIONS_REFUSED: Metric<1> = Metric::counter(
    "kcwatch_http_connections_refused_total",
    "Connections to kcwatch's own listener that were not taken since it started, by reason; absent without a file that protects it.",
    ["reason"],
);

static REQUESTS_UNAUTHENTICATED: Metric<0> = Metric::counter(
    "kcwatch_http_requests_unauthenticated_total",
    "Requests to kcwatch that were not answered since it started because they brought no good name and password; absent without a file that protects the listener.",
    [],
);

/// Every metric of this file.
pub(super) static METRICS: [MetricInfo; 23] = [
    BUILD_INFO.info(),
    TARGET_INFO.info(),
    TARGET_UP.info(),
    LAST_ATTEMPT.info(),
    LAST_SUCCESS.info(),
    POLL_INTERVAL.info(),
    POLL_DURATION.info(),
    POLLS.info(),
    FAILURES.info(),
    STORE_UP.info(),
    STORE_TOKEN_EXPIRATION.info(),
    STORE_LOGINS.info(),
    STORE_LOGIN_FAILURES.info(),
    PROVIDER_UP.info(),
    PROVIDER_LAST_SUCCESS.info(),
    PROVIDER_FAILURES.info(),
    RELOAD_SUCCESSFUL.info(),
    RELOAD_SUCCESS.info(),
    WEB_RELOAD_SUCCESSFUL.info(),
    WEB_RELOAD_SUCCESS.info(),
    WEB_CERTIFICATE_EXPIRY.info(),
    CONNECTIONS_REFUSED.info(),
    REQUESTS_UNAUTHENTICATED.info(),
];

/// The samples of one target, those of its kind included.
pub(super) fn of_target(state: &TargetState, out: &mut impl Samples) {
    let target = &state.target;
    let name = target.name.as_str();
    let host = state.facts.provider_host(&target.watch).unwrap_or_default();
    let watch = &target.watch;
    let facts = [
        name,
        watch.kind(),
        target.tier.as_str(),
        &host,
        watch.store().map_or("", StoreName::as_str),
        watch.path(),
    ];
    out.add(&TARGET_INFO, facts, 1.0);
    out.add(&POLL_INTERVAL, [name], target.interval.as_secs_f64());
    attempts(name, state, out);
    state.facts.series(&target.name, &target.watch, out);
}

fn attempts(name: &str, state: &TargetState, out: &mut impl Samples) {
    out.add(&TARGET_UP, [name], flag(state.is_up()));
    if let Some(at) = state.last_attempt {
        out.add(&LAST_ATTEMPT, [name], at.as_sample());
        out.add(&POLL_DURATION, [name], state.took.as_secs_f64());
    }
    if let Some(at) = state.last_success {
        out.add(&LAST_SUCCESS, [name], at.as_sample());
    }
    out.add(&POLLS, [name], count(state.polls));
    for (reason, failures) in Reason::ALL.into_iter().zip(state.failures) {
        out.add(&FAILURES, [name, reason.label()], f64::from(failures));
    }
}

/// The samples that belong to no target.
pub(super) fn of_process(snapshot: &Snapshot, out: &mut impl Samples) {
    out.add(
        &BUILD_INFO,
        [build::VERSION, build::REVISION, build::RUST_VERSION],
        1.0,
    );
    out.add(&RELOAD_SUCCESSFUL, [], flag(snapshot.reload().successful));
    out.add(
        &RELOAD_SUCCESS,
        [],
        snapshot.reload().last_success.as_sample(),
    );
    if let Some(state) = snapshot.protection() {
        protection(state, out);
    }
    for (name, status) in snapshot.stores() {
        store(name, status, out);
    }
    for (name, state) in snapshot.providers() {
        provider(name, state, out);
    }
}

fn protection(state: &Protection, out: &mut impl Samples) {
    let reload = state.reload;
    out.add(&WEB_RELOAD_SUCCESSFUL, [], flag(reload.successful));
    let at = reload.last_success.as_sample();
    out.add(&WEB_RELOAD_SUCCESS, [], at);
    if let Some(end) = state.certificate_end {
        out.add(&WEB_CERTIFICATE_EXPIRY, [], end.as_sample());
    }
    for (refusal, times) in Refusal::ALL.into_iter().zip(state.refused) {
        out.add(&CONNECTIONS_REFUSED, [refusal.label()], count(times));
    }
    out.add(&REQUESTS_UNAUTHENTICATED, [], count(state.unauthenticated));
}

fn provider(name: &ProviderName, state: &ProviderState, out: &mut impl Samples) {
    let name = name.as_str();
    if let Some(outcome) = state.outcome {
        out.add(&PROVIDER_UP, [name], flag(outcome.is_ok()));
    }
    if let Some(at) = state.last_success {
        out.add(&PROVIDER_LAST_SUCCESS, [name], at.as_sample());
    }
    for (reason, failures) in Reason::ALL.into_iter().zip(state.failures) {
        out.add(
            &PROVIDER_FAILURES,
            [name, reason.label()],
            f64::from(failures),
        );
    }
}

fn store(name: &StoreName, status: &StoreStatus, out: &mut impl Samples) {
    let name = [name.as_str()];
    if let Some(up) = status.up {
        out.add(&STORE_UP, name, flag(up));
    }
    if let Some(expiry) = status.token_expiry {
        out.add(&STORE_TOKEN_EXPIRATION, name, expiry.as_sample());
    }
    if let Some(logins) = status.logins {
        out.add(&STORE_LOGINS, name, count(logins));
    }
    if let Some(failures) = status.login_failures {
        out.add(&STORE_LOGIN_FAILURES, name, count(failures));
    }
}
