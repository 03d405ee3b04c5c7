//! What the texts of alerts ask Prometheus for, in the language of its templates.

use crate::model::{Field, Request};

/// Beside labels and value: what is known about the target, as variables. Each line takes the space around it away.
pub(super) const FACTS: &str = r#"
{{- $of := printf "job=%q,namespace=%q,target=%q" $labels.job $labels.namespace $labels.target -}}
{{- $instance := $labels.target }}{{ $tier := "" }}{{ $store := "" }}{{ $path := "" -}}
{{- range query (printf "target:kcwatch_target_info:max{%s}" $of) -}}
{{- $tier = .Labels.tier }}{{ $store = .Labels.store }}{{ $path = .Labels.path -}}
{{- if .Labels.idp }}{{ $instance = .Labels.idp }}{{ end }}{{ end -}}
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

/// The ticket.
pub(super) fn letter(request: &Request) -> String {
    let text = request.letter().fill(escaped, variable);
    format!("{}{text}", OF_REQUEST.trim_start())
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
    };
    format!("{{{{ {expression} }}}}")
}

/// A text that means itself in a template of Prometheus. A single brace is escaped too, because another may follow it.
fn escaped(text: &str) -> String {
    text.replace('{', r#"{{ "{" }}"#)
}
