//! What is known about an Initial Access Token → samples. Pure.

use crate::model::{
    Claims, Metric, MetricInfo, Rehearsal, Samples, TargetName, count, flag, number,
};

use super::{clients::Source, config::InitialAccessToken, fold::Facts, state::State};

static EXPIRATION: Metric<2> = Metric::gauge(
    "kcwatch_iat_expiration_timestamp_seconds",
    "When the Initial Access Token expires (claim exp), in seconds since 1970; +Inf if never. As last read in the background; absent until then, kept when reads fail.",
    ["target", "slot"],
);

static ISSUED: Metric<2> = Metric::gauge(
    "kcwatch_iat_issued_timestamp_seconds",
    "When the Initial Access Token was issued (claim iat), in seconds since 1970. As last read in the background; absent while unknown.",
    ["target", "slot"],
);

static REQUESTED_LIFETIME: Metric<1> = Metric::gauge(
    "kcwatch_iat_requested_lifetime_seconds",
    "The lifetime asked for when a token is ordered, from the configuration.",
    ["target"],
);

static REQUESTED_CLIENTS: Metric<1> = Metric::gauge(
    "kcwatch_iat_requested_clients",
    "The number of registrations asked for when a token is ordered, from the configuration.",
    ["target"],
);

static THRESHOLD: Metric<3> = Metric::gauge(
    "kcwatch_iat_expiry_threshold_seconds",
    "The remaining life below which an alert of this severity is wanted, from the configuration.",
    ["target", "level", "severity"],
);

static STATE: Metric<2> = Metric::gauge(
    "kcwatch_iat_state",
    "1 for the word that describes the token best, 0 for every other: usable, expired, exhausted, not_known_to_idp, unreadable, unknown.",
    ["target", "state"],
);

static CHECK: Metric<2> = Metric::gauge(
    "kcwatch_iat_check",
    "1 if this holds for the token, 0 if not; absent while it cannot be known.",
    ["target", "check"],
);

static CLIENTS_REMAINING: Metric<1> = Metric::gauge(
    "kcwatch_iat_clients_remaining",
    "How many more clients the Initial Access Token can register, from the source that kcwatch_iat_clients_source names; absent until known, kept when sources fail. Below zero after parallel use on old servers.",
    ["target"],
);

static CLIENTS_LIMIT: Metric<1> = Metric::gauge(
    "kcwatch_iat_clients_limit",
    "How many clients the Initial Access Token was issued for: by the identity provider's list, else as the configuration says; absent where nobody is asked how many are left.",
    ["target"],
);

static CLIENTS_THRESHOLD: Metric<3> = Metric::gauge(
    "kcwatch_iat_clients_threshold",
    "The number of registrations left at which, and below which, an alert of this severity is wanted, from the configuration; absent where nobody is asked.",
    ["target", "level", "severity"],
);

static CLIENTS_SOURCE: Metric<2> = Metric::gauge(
    "kcwatch_iat_clients_source",
    "1 for the source that the number of registrations left comes from, 0 for every other: keycloak (exact), registrations (an estimate), field, unknown; absent where nobody is asked.",
    ["target", "source"],
);

static CLIENTS_TIMESTAMP: Metric<1> = Metric::gauge(
    "kcwatch_iat_clients_timestamp_seconds",
    "When the number of registrations left was learnt, in seconds since 1970; absent while it is unknown.",
    ["target"],
);

static SOURCE_UP: Metric<2> = Metric::gauge(
    "kcwatch_iat_source_up",
    "1 if the latest answer of this source was a good one, 0 if not: keycloak, registrations, rehearsal; absent where it is not asked, and before the first answer.",
    ["target", "source"],
);

static REGISTRATION_POSSIBLE: Metric<1> = Metric::gauge(
    "kcwatch_iat_registration_possible",
    "1 if the latest rehearsal showed that a registration with this token would work, 0 if it would be refused; absent where none is made and while it is unknown.",
    ["target"],
);

static REHEARSAL_ANSWER: Metric<2> = Metric::gauge(
    "kcwatch_iat_rehearsal_answer",
    "1 for what the identity provider answered to the latest rehearsal, 0 for every other answer; absent where none is made and while it is unknown.",
    ["target", "answer"],
);

static REHEARSAL_TIMESTAMP: Metric<1> = Metric::gauge(
    "kcwatch_iat_rehearsal_timestamp_seconds",
    "When the latest rehearsal with a clear answer was made, in seconds since 1970; absent where none is made and while it is unknown.",
    ["target"],
);

static ROTATIONS: Metric<1> = Metric::counter(
    "kcwatch_iat_rotations_total",
    "How often another token was found in place of the one before, since kcwatch started.",
    ["target"],
);

/// The same instant under the name that the incumbent gives it, letter by letter. Its help as well: the incumbent may run beside
/// us, and one name should have one text.
static INCUMBENT_EXPIRATION: Metric<3> = Metric::gauge(
    "rhidp_sso_client_inital_access_token_expiration",
    "Gauge for the expiration of the initial access token.",
    ["integration", "ocm_environment", "path"],
);

/// Every metric of this kind.
pub static METRICS: [MetricInfo; 18] = [
    EXPIRATION.info(),
    ISSUED.info(),
    REQUESTED_LIFETIME.info(),
    REQUESTED_CLIENTS.info(),
    THRESHOLD.info(),
    STATE.info(),
    CHECK.info(),
    CLIENTS_REMAINING.info(),
    CLIENTS_LIMIT.info(),
    CLIENTS_THRESHOLD.info(),
    CLIENTS_SOURCE.info(),
    CLIENTS_TIMESTAMP.info(),
    SOURCE_UP.info(),
    REGISTRATION_POSSIBLE.info(),
    REHEARSAL_ANSWER.info(),
    REHEARSAL_TIMESTAMP.info(),
    ROTATIONS.info(),
    INCUMBENT_EXPIRATION.info(),
];

/// The samples of one target.
pub fn series(
    name: &TargetName,
    wanted: &InitialAccessToken,
    facts: &Facts,
    out: &mut impl Samples,
) {
    let target = name.as_str();
    out.add(&REQUESTED_LIFETIME, [target], wanted.lifetime.as_secs_f64());
    let limit = f64::from(wanted.clients.limit);
    out.add(&REQUESTED_CLIENTS, [target], limit);
    for threshold in wanted.thresholds.iter() {
        let labels = [target, threshold.level.label(), threshold.severity.label()];
        out.add(&THRESHOLD, labels, threshold.before.as_secs_f64());
    }
    token(target, "current", facts.current.as_ref(), out);
    token(target, "previous", facts.previous.as_ref(), out);
    incumbent(wanted, facts, out);
    for state in State::ALL {
        out.add(&STATE, [target, state.label()], flag(state == facts.state));
    }
    for (check, passed) in facts.checks.all() {
        if let Some(passed) = passed {
            out.add(&CHECK, [target, check.label()], flag(passed));
        }
    }
    clients(target, wanted, facts, out);
    sources(target, wanted, facts, out);
    rehearsal(target, facts, out);
    out.add(&ROTATIONS, [target], count(facts.rotations));
}

fn clients(target: &str, wanted: &InitialAccessToken, facts: &Facts, out: &mut impl Samples) {
    if wanted.sources().next().is_none() {
        return;
    }
    let limit = facts
        .clients
        .map_or(i64::from(wanted.clients.limit), |clients| clients.limit);
    out.add(&CLIENTS_LIMIT, [target], number(limit));
    for threshold in &wanted.clients.thresholds {
        let labels = [target, threshold.level.label(), threshold.severity.label()];
        out.add(&CLIENTS_THRESHOLD, labels, f64::from(threshold.left));
    }
    let chosen = facts
        .clients
        .map_or("unknown", |clients| clients.source.label());
    for source in Source::ALL
        .map(Source::label)
        .into_iter()
        .chain(["unknown"])
    {
        out.add(&CLIENTS_SOURCE, [target, source], flag(source == chosen));
    }
    if let Some(clients) = facts.clients {
        out.add(&CLIENTS_REMAINING, [target], number(clients.left));
        out.add(&CLIENTS_TIMESTAMP, [target], clients.at.as_sample());
    }
}

fn sources(target: &str, wanted: &InitialAccessToken, facts: &Facts, out: &mut impl Samples) {
    for (source, answers) in facts.answers(wanted) {
        if let Some(up) = answers.is_up() {
            out.add(&SOURCE_UP, [target, source], flag(up));
        }
    }
}

fn rehearsal(target: &str, facts: &Facts, out: &mut impl Samples) {
    let Some((at, answer)) = facts.rehearsal.last() else {
        return;
    };
    out.add(&REGISTRATION_POSSIBLE, [target], flag(answer.is_possible()));
    out.add(&REHEARSAL_TIMESTAMP, [target], at.as_sample());
    for each in Rehearsal::ALL.map(Rehearsal::label) {
        out.add(
            &REHEARSAL_ANSWER,
            [target, each],
            flag(each == answer.label()),
        );
    }
}

fn incumbent(wanted: &InitialAccessToken, facts: &Facts, out: &mut impl Samples) {
    if let (Some(labels), Some(claims)) = (&wanted.incumbent_metric, &facts.current) {
        let labels = [
            labels.integration.as_str(),
            labels.ocm_environment.as_str(),
            wanted.path.as_str(),
        ];
        out.add(&INCUMBENT_EXPIRATION, labels, claims.expiry.as_sample());
    }
}

fn token(target: &str, slot: &str, claims: Option<&Claims>, out: &mut impl Samples) {
    let Some(claims) = claims else { return };
    out.add(&EXPIRATION, [target, slot], claims.expiry.as_sample());
    if let Some(issued) = claims.issued {
        out.add(&ISSUED, [target, slot], issued.as_sample());
    }
}
