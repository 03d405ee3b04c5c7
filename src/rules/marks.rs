//! What differs from one installation to the next, put into the texts of the alerts.

use serde_json::Value;

use crate::{config::Config, model::Field};

use super::{BY, NoRules, facts};

/// The thresholds of expired tokens, whose severity is the highest of a tier; one a target.
const CEILING: &str = "topk by (<<by>>) (1, target:kcwatch_iat_expiry_threshold_seconds:max{<<job>>,level=\"expired\"})";
/// Thresholds of one level, whose severity an alert takes; one a target, also while a changed severity is still remembered.
const SECRET_NOTICE: &str = "topk by (<<by>>) (1, target:kcwatch_client_secret_expiry_threshold_seconds:max{<<job>>,slot=\"current\",level=\"notice\"})";
const SECRET_URGENT: &str = "topk by (<<by>>) (1, target:kcwatch_client_secret_expiry_threshold_seconds:max{<<job>>,slot=\"current\",level=\"urgent\"})";
const SECRET_EXPIRED: &str = "topk by (<<by>>) (1, target:kcwatch_client_secret_expiry_threshold_seconds:max{<<job>>,slot=\"current\",level=\"expired\"})";
const ROTATED_NOTICE: &str = "topk by (<<by>>) (1, target:kcwatch_client_secret_expiry_threshold_seconds:max{<<job>>,slot=\"rotated\",level=\"notice\"})";
const CERTIFICATE_NOTICE: &str = "topk by (<<by>>) (1, target:kcwatch_oidc_certificate_expiry_threshold_seconds:max{<<job>>,level=\"notice\"})";
const CERTIFICATE_EXPIRED: &str = "topk by (<<by>>) (1, target:kcwatch_oidc_certificate_expiry_threshold_seconds:max{<<job>>,level=\"expired\"})";
/// The store of each target; one a target, also while a changed path is still remembered.
const STORE: &str =
    "max by (<<by>>, store) (topk by (<<by>>) (1, target:kcwatch_target_info:max{<<job>>}))";
/// How long something takes, in its larger units.
const SPAN: &str = r#"{{ reReplaceAll " [0-9]+m [0-9]+s$" "" (humanizeDuration $value) }}"#;

/// When something ends of which `$value` is left: the sum is Prometheus's, because its templates cannot add.
const DATE: &str = r#"{{ range query (printf "vector(time() + %f)" $value) }}{{ (.Value | toTime).Format "2 January 2006 at 15:04 UTC" }}{{ end }}"#;

/// What stands for each mark; `None`: lines that hold the mark are left out.
pub(super) struct Marks(Vec<(&'static str, Option<String>)>);

impl Marks {
    /// # Errors
    ///
    /// If the configuration does not say where the runbooks are.
    pub(super) fn of(config: &Config) -> Result<Self, NoRules> {
        let (alerts, request) = (&config.alerts, &config.request);
        let runbooks = alerts.runbooks.clone().ok_or(NoRules::RunbooksUnknown)?;
        let mark = |name, text: &str| (name, Some(text.to_owned()));
        Ok(Self(vec![
            mark("<<facts>>", &facts::of_token()),
            mark("<<integration>>", &facts::of_integration()),
            mark("<<target>>", facts::OF_TARGET.trim()),
            mark("<<ceiling>>", CEILING),
            mark("<<secret_notice>>", SECRET_NOTICE),
            mark("<<secret_urgent>>", SECRET_URGENT),
            mark("<<secret_expired>>", SECRET_EXPIRED),
            mark("<<rotated_notice>>", ROTATED_NOTICE),
            mark("<<certificate_notice>>", CERTIFICATE_NOTICE),
            mark("<<certificate_expired>>", CERTIFICATE_EXPIRED),
            mark("<<most_due>>", &Field::MOST_DUE.to_string()),
            mark("<<store>>", STORE),
            mark("<<span>>", SPAN),
            mark("<<date>>", DATE),
            mark("<<by>>", BY),
            mark("<<job>>", &format!("job={}", quoted(&alerts.job))),
            mark("<<quoted_job>>", &quoted(&alerts.job)),
            mark("<<job_name>>", &alerts.job),
            mark("<<runbooks>>", &runbooks),
            ("<<dashboards>>", alerts.dashboards.clone()),
            ("<<form>>", request.form.clone()),
            // What users write comes last, so that nothing in it is taken for a mark.
            mark("<<labels>>", &labels(config)),
            mark("<<send>>", &facts::send(request)),
            mark("<<write>>", &facts::write(request)),
            mark("<<renew>>", &facts::renew(request)),
            mark("<<letter>>", &facts::letter_of_token(request)),
            mark("<<letter_of_secrets>>", &facts::letter_of_secrets(request)),
            mark(
                "<<letter_of_integration>>",
                &facts::letter_of_integration(request),
            ),
        ]))
    }

    /// A text with what stands for its marks. What stands for one may hold those that come later.
    pub(super) fn filled(&self, text: &str) -> String {
        self.0
            .iter()
            .fold(text.to_owned(), |text, (mark, meaning)| {
                text.lines()
                    .filter_map(|line| filled(line, mark, meaning.as_deref()))
                    .collect()
            })
    }
}

/// A line with what stands for a mark; several lines keep to the column of the first.
fn filled(line: &str, mark: &str, meaning: Option<&str>) -> Option<String> {
    if !line.contains(mark) {
        return Some(format!("{line}\n"));
    }
    let column = line.len() - line.trim_start().len();
    let next = format!("\n{:column$}", "");
    let meaning = meaning?.replace('\n', &next);
    let line = line.replace(mark, &meaning);
    let lines = line.lines().map(|line| format!("{}\n", line.trim_end()));
    Some(lines.collect())
}

/// The labels that every alert is given.
fn labels(config: &Config) -> String {
    let labels = config.alerts.labels.iter();
    let labels = labels.map(|(name, value)| format!("{name}: {}", quoted(value)));
    labels.collect::<Vec<_>>().join(", ")
}

/// A text in quotes, as YAML and PromQL both understand it.
pub(super) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
