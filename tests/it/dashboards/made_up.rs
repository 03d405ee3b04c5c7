//! A page as kcwatch makes them, of tokens in all situations.

use std::fmt::Write as _;

use kcwatch::watch::initial_access_token::state::State;

use super::made_up_kinds;

const DAY: f64 = 86_400.0;

/// A target is called after its level.
struct Sample {
    target: &'static str,
    state: State,
    /// Infinite if the token never expires; `None` if that is unknown.
    life: Option<f64>,
    /// How many registrations are left; `None` if nobody is asked.
    left: Option<i32>,
}

const fn sample(
    target: &'static str,
    state: State,
    life: Option<f64>,
    left: Option<i32>,
) -> Sample {
    Sample {
        target,
        state,
        life,
        left,
    }
}

/// Each level and each state once. What is exactly at a threshold of registrations has reached it.
const SAMPLES: &[Sample] = &[
    sample("expired", State::Expired, Some(-DAY), Some(-1)),
    sample("urgent", State::Exhausted, Some(2.0 * DAY), Some(5)),
    sample("notice", State::NotKnownToIdp, Some(7.0 * DAY), Some(20)),
    sample("well", State::Usable, Some(20.0 * DAY), Some(21)),
    sample("never", State::Unreadable, Some(f64::INFINITY), None),
    sample("unread", State::Unknown, None, None),
];

/// What every target has, however it stands.
const OF_EACH: &str = r#"kcwatch_target_info{target="T",kind="initial_access_token",tier="prod",idp="sso.example.com",store="vault",path="T"} 1
kcwatch_iat_expiry_threshold_seconds{target="T",level="notice",severity="medium"} 864000
kcwatch_iat_expiry_threshold_seconds{target="T",level="urgent",severity="high"} 345600
kcwatch_iat_expiry_threshold_seconds{target="T",level="expired",severity="high"} 0
kcwatch_iat_registration_possible{target="T"} 1
kcwatch_iat_rehearsal_answer{target="T",answer="works"} 1
kcwatch_iat_rehearsal_answer{target="T",answer="refused"} 0
"#;

/// What a target has of whose registrations somebody is asked.
const OF_COUNTED: &str = r#"kcwatch_iat_clients_limit{target="T"} 100
kcwatch_iat_clients_threshold{target="T",level="notice",severity="medium"} 20
kcwatch_iat_clients_threshold{target="T",level="urgent",severity="high"} 5
kcwatch_iat_clients_threshold{target="T",level="exhausted",severity="high"} 0
"#;

/// The names of the targets, of whatever kind.
pub(super) fn targets() -> Vec<String> {
    let others = made_up_kinds::TARGETS.map(str::to_owned);
    tokens().into_iter().chain(others).collect()
}

/// The names of the targets that are tokens.
pub(super) fn tokens() -> Vec<String> {
    let names = SAMPLES.iter().map(|sample| sample.target.to_owned());
    names.collect()
}

/// The page at one scrape. Before each scrape all tokens are renewed, though none lives longer for that.
pub(super) fn page(now: f64, scrape: u32) -> String {
    let mut page = format!(
        "kcwatch_store_token_expiration_timestamp_seconds{{store=\"vault\"}} {}\n",
        now + DAY
    );
    page += &made_up_kinds::page(now, scrape);
    for sample in SAMPLES {
        page += &of_each(sample);
        page += &of_token(sample, now, f64::from(scrape));
        if let Some(left) = sample.left {
            let target = quoted(sample);
            page += &OF_COUNTED.replace("\"T\"", &target);
            writeln!(
                page,
                "kcwatch_iat_clients_remaining{{target={target}}} {left}"
            )
            .expect("a text takes all");
        }
    }
    page
}

fn quoted(sample: &Sample) -> String {
    format!("{:?}", sample.target)
}

fn of_each(sample: &Sample) -> String {
    let target = quoted(sample);
    let mut text = OF_EACH.replace("\"T\"", &target);
    for state in State::ALL {
        let is = i32::from(state == sample.state);
        let state = state.label();
        writeln!(
            text,
            "kcwatch_iat_state{{target={target},state=\"{state}\"}} {is}"
        )
        .expect("a text takes all");
    }
    text
}

fn of_token(sample: &Sample, now: f64, scrape: f64) -> String {
    let Some(life) = sample.life else {
        return String::new();
    };
    let (mut text, target) = (String::new(), quoted(sample));
    for (name, labels, value) in [
        ("expiration", ",slot=\"current\"", now + life),
        ("expiration", ",slot=\"previous\"", now + DAY),
        ("issued", ",slot=\"current\"", now - 10.0 * DAY + scrape),
        ("rehearsal", "", now),
    ] {
        writeln!(
            text,
            "kcwatch_iat_{name}_timestamp_seconds{{target={target}{labels}}} {value}"
        )
        .expect("a text takes all");
    }
    text
}
