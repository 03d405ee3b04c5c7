//! What the texts of alerts ask Prometheus for, in the language of its templates.

use crate::model::{Field, Letter, Request};

/// Beside labels and value: what is known about any target, as variables. Each line takes the space around it away.
pub(super) const OF_TARGET: &str = r#"
{{- $of := printf "job=%q,namespace=%q,target=%q" $labels.job $labels.namespace $labels.target -}}
{{- $instance := $labels.target }}{{ $tier := "" }}{{ $store := "" }}{{ $path := "" }}{{ $kind := "" -}}
{{- range query (printf "target:kcwatch_target_info:max{%s}" $of) -}}
{{- $tier = .Labels.tier }}{{ $store = .Labels.store }}{{ $path = .Labels.path }}{{ $kind = .Labels.kind -}}
{{- if .Labels.idp }}{{ $instance = .Labels.idp }}{{ end }}{{ end -}}
"#;

/// What is read of a target, what would not be seen if it were not, and of what no alert would tell.
const OF_READING: &str = r#"
{{- $read := printf "%s in the store %s" $path $store -}}
{{- $unseen := "a new token there would not be seen" }}{{ $untold := "it expires" -}}
{{- if eq $kind "client_secrets" -}}
{{- $unseen = "neither new secrets nor new clients would be seen" }}{{ $untold = "a secret expires" -}}
{{- if not $path }}{{ $read = printf "the clients at %s" $instance }}{{ end }}{{ end -}}
{{- if eq $kind "oidc_integration" -}}
{{- $unseen = "nobody would see it break" }}{{ $untold = "it is broken" -}}
{{- $read = printf "the integration with %s" $instance }}{{ end -}}
"#;

/// What is known about a token.
const OF_TOKEN: &str = r#"
{{- $expires := "" }}{{ $expires_at := "an unknown date" -}}
{{- range query (printf "target:kcwatch_iat_expiration_timestamp_seconds:max{%s} < +Inf" $of) -}}
{{- $expires = (.Value | toTime).Format "2 January 2006" -}}
{{- $expires_at = (.Value | toTime).Format "2 January 2006 at 15:04 UTC" }}{{ end -}}
{{- $lifetime := "" -}}
{{- range query (printf "target:kcwatch_iat_requested_lifetime_seconds:max{%s}" $of) -}}
{{- $lifetime = printf "%.0f seconds" .Value }}{{ end -}}
{{- range query (printf "target:kcwatch_iat_requested_lifetime_seconds:max{%s} / 86400 >= 2" $of) -}}
{{- $lifetime = printf "%.0f days" .Value }}{{ end -}}
{{- $limit := "an unknown number" -}}
{{- range query (printf "target:kcwatch_iat_clients_limit:max{%s}" $of) }}{{ $limit = printf "%.0f" .Value }}{{ end -}}
"#;

/// What only the ticket needs. `src/watch/initial_access_token/words/request.rs` says the same, and a test holds them together.
const OF_REQUEST: &str = r#"
{{- $clients := "" -}}
{{- range query (printf "target:kcwatch_iat_requested_clients:max{%s}" $of) }}{{ $clients = printf "%.0f" .Value }}{{ end -}}
{{- $reason := printf "expires on %s" $expires -}}
{{- if not $expires }}{{ $reason = "never expires" }}{{ end -}}
{{- range query (printf "target:kcwatch_iat_clients_remaining:min{%s} <= on () group_left () max(target:kcwatch_iat_clients_threshold:max{%s,level=\"notice\"})" $of $of) -}}
{{- $reason = printf "is nearly used up (registrations left: %.0f)" .Value -}}
{{- if $expires }}{{ $reason = printf "%s and expires on %s" $reason $expires }}{{ end -}}
{{- if le .Value 0.0 }}{{ $reason = "is used up" }}{{ end }}{{ end -}}
{{- range query (printf "target:kcwatch_iat_state:max{%s,state=\"not_known_to_idp\"} == 1" $of) -}}
{{- $reason = "is refused by the identity provider" }}{{ end -}}
{{- range query (printf "target:kcwatch_iat_state:max{%s,state=\"exhausted\"} == 1" $of) }}{{ $reason = "is used up" }}{{ end -}}
{{- range query (printf "target:kcwatch_iat_expiration_timestamp_seconds:max{%s} <= time()" $of) -}}
{{- $reason = printf "expired on %s" $expires }}{{ end -}}
"#;

/// What the ticket for client secrets needs. It is written for each client that is due, so it takes few queries, and regular
/// expressions, which are compiled at each use, only where an id would not stay in its line. `src/watch/client_secrets/words` says the same, and a test holds them together.
const OF_SECRETS_REQUEST: &str = r#"
{{- $now := query "time()" | first | value }}{{ $expires := "" }}{{ $due := "" }}{{ $first := 0.0 }}{{ $odd := false -}}
{{- range query (printf "target:kcwatch_client_secrets_due:odd{%s}" $of) }}{{ $odd = true }}{{ end -}}
{{- range query (printf "client:kcwatch_client_secret_expiration_timestamp_seconds:due{%s}" $of) | sortByLabel "client" -}}
{{- $word := "expires" }}{{ if le .Value $now }}{{ $word = "expired" }}{{ end }}{{ $day := (.Value | toTime).Format "2 January 2006" -}}
{{- if or (not $due) (lt .Value $first) }}{{ $first = .Value }}{{ $expires = $day }}{{ end }}{{ $id := .Labels.client -}}
{{- if $odd }}{{ $id = $id | reReplaceAll "\n" "\\n" | reReplaceAll "\r" "\\r" | reReplaceAll "\t" "\\t" }}{{ end -}}
{{- if $due }}{{ $due = printf "%s\n- %s: %s on %s" $due $id $word $day }}{{ else }}{{ $due = printf "- %s: %s on %s" $id $word $day }}{{ end }}{{ end -}}
{{- range query (printf "target:kcwatch_client_secrets_due:count{%s} - <<most_due>> > 0" $of) -}}
{{- $due = printf "%s\n- and %.0f more" $due .Value }}{{ end -}}
"#;

/// Where an integration is broken. `src/watch/oidc_integration/words` says the same, and a test holds them together.
const OF_INTEGRATION: &str = r#"
{{- $reason := "is broken" }}{{ $step := "" -}}
{{- range query (printf "target:kcwatch_oidc_broken:max{%s}" $of) -}}
{{- $step = .Labels.step }}{{ $reason = printf "is broken at %s (%s)" .Labels.step .Labels.cause }}{{ end -}}
{{- $also := "" -}}
{{- range query (printf "target:kcwatch_oidc_certificate_expiration_timestamp_seconds:min{%s} - on () max(target:kcwatch_oidc_certificate_expiry_threshold_seconds:max{%s,level=\"notice\"}) < time()" $of $of) -}}
{{- range query (printf "target:kcwatch_oidc_certificate_expiration_timestamp_seconds:min{%s}" $of) -}}
{{- $also = printf "A certificate there ends on %s." ((.Value | toTime).Format "2 January 2006 at 15:04 UTC") }}{{ end }}{{ end -}}
"#;

/// What alerts about a token say, and those about whatever is read.
pub(super) fn of_token() -> String {
    joined(&[OF_TARGET, OF_READING, OF_TOKEN])
}

/// What alerts about a broken integration say.
pub(super) fn of_integration() -> String {
    joined(&[OF_TARGET, OF_INTEGRATION])
}

/// One after the other, without empty lines.
fn joined(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().map(|part| part.trim()).collect();
    parts.join("\n")
}

/// The ticket for a token.
pub(super) fn letter_of_token(request: &Request) -> String {
    filled(&request.token, OF_REQUEST)
}

/// The ticket for client secrets.
pub(super) fn letter_of_secrets(request: &Request) -> String {
    let most = Field::MOST_DUE.to_string();
    filled(
        &request.client_secrets,
        &OF_SECRETS_REQUEST.replace("<<most_due>>", &most),
    )
}

/// The ticket that has an integration mended; what it needs is known already.
pub(super) fn letter_of_integration(request: &Request) -> String {
    filled(&request.oidc_integration, "")
}

fn filled(letter: &Letter, facts: &str) -> String {
    let text = letter.whole().fill(escaped, variable);
    format!("{}{text}", facts.trim_start())
}

/// Where the ticket is sent.
pub(super) fn send(request: &Request) -> String {
    match &request.form {
        Some(form) => format!("Send the ticket in the description ({}).", escaped(form)),
        None => "Send the ticket in the description.".to_owned(),
    }
}

/// Where the new token is written, and what happens then.
pub(super) fn write(request: &Request) -> String {
    let place = "{{ $path }} in the store {{ $store }}";
    let link = request.secret_link.as_ref().map(|link| {
        let link = link.fill(escaped, variable);
        format!(" ({link})")
    });
    let link = link.unwrap_or_default();
    format!("Write the new token to {place}{link}; this alert then resolves by itself.")
}

/// How a client is given another secret, and what happens then. The clicks are those of Keycloak's own documentation.
pub(super) fn renew(request: &Request) -> String {
    let link = request.secret_link.as_ref().map(|link| {
        let link = link.fill(escaped, variable);
        format!(" ({link})")
    });
    let link = link.unwrap_or_default();
    format!(
        "In the console, Clients > {{{{ $labels.client }}}} > Credentials > Regenerate Secret makes it; the old one works on for as long as \
         the rotation policy says. {{{{ if $path }}}}Write the new one to {{{{ $path }}}} in the store {{{{ $store }}}}{link}, with its date, and \
         give it to whoever logs in with it{{{{ else }}}}Give it to whoever logs in with it{{{{ end }}}}; this alert then resolves by itself."
    )
}

/// What stands for a field in a template of Prometheus.
fn variable(field: Field) -> String {
    let expression = match field {
        Field::Target => "$labels.target",
        Field::Tier => "$tier",
        Field::Instance => "$instance",
        Field::Store => "$store",
        Field::Path => "$path",
        Field::Mount => r#"reReplaceAll "/.*" "" $path"#,
        Field::Secret => r#"reReplaceAll "^[^/]*/" "" $path"#,
        Field::Expires => "$expires",
        Field::Reason => "$reason",
        Field::Clients => "$clients",
        Field::Lifetime => "$lifetime",
        Field::Due => "$due",
    };
    format!("{{{{ {expression} }}}}")
}

/// A text that means itself in a template of Prometheus. A single brace is escaped too, because another may follow it.
fn escaped(text: &str) -> String {
    text.replace('{', r#"{{ "{" }}"#)
}
