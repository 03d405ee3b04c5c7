//! Section `request`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::{Request, Template};

use super::{address, problems::Key, report::Report};

/// How another token is asked for: the ticket that alerts carry and `kcwatch request` prints. Fields in braces are filled in:
/// `{target}`, `{tier}`, `{instance}`, `{store}`, `{path}`, `{mount}`, `{secret}`, `{expires}`, `{reason}`, `{clients}`, `{lifetime}`.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Request")]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawRequest {
    /// The subject of the ticket, in one line.
    subject: String,
    /// The URL where it is sent; `null`: everybody knows.
    form: Option<String>,
    /// The URL of the secret in the user interface of its store, with fields, such as
    /// `https://vault.example.com/ui/vault/secrets/{mount}/show/{secret}`; `null`: there is none.
    secret_link: Option<String>,
    /// The text of the ticket; `null`: one that names no company and no procedure.
    text: Option<String>,
}

/// What is said unless the user says it otherwise.
const TEXT: &str = "\
Hello,

we need a new Initial Access Token to register clients at {instance}. The current one {reason}.

Identity provider: {instance} ({tier})
Number of clients: {clients}
Expiration period: {lifetime}

Please send it to us so that it can be read only once.

Thank you very much!";

impl Default for RawRequest {
    fn default() -> Self {
        Self {
            subject: "New Initial Access Token for {instance} ({tier})".to_owned(),
            form: None,
            secret_link: None,
            text: None,
        }
    }
}

pub(super) fn check(raw: &RawRequest, at: &Key, report: &mut Report) -> Option<Request> {
    let form_key = at.key("form");
    if let Some(form) = &raw.form {
        report.accept(&form_key, address::link(form));
    }
    let link_key = at.key("secret_link");
    let secret_link = raw
        .secret_link
        .as_ref()
        .map(|text| report.accept(&link_key, link(text)));
    let subject = report.accept(&at.key("subject"), line(&raw.subject));
    let text = report.accept(&at.key("text"), text(raw.text.as_deref().unwrap_or(TEXT)));
    Some(Request {
        subject: subject?,
        text: text?,
        form: raw.form.clone(),
        secret_link: match secret_link {
            Some(link) => Some(link?),
            None => None,
        },
    })
}

/// One line, with fields.
fn line(raw: &str) -> Result<Template, String> {
    if raw.contains('\n') {
        return Err("must be one line".to_owned());
    }
    text(raw)
}

/// Lines, with fields. Blanks at both ends are no part of it.
fn text(raw: &str) -> Result<Template, String> {
    let text = raw.trim();
    if text.is_empty() {
        return Err("must not be empty".to_owned());
    }
    if text.contains(|c: char| c.is_control() && c != '\n' && c != '\t') {
        return Err(
            "must not contain control characters other than line breaks and tabs".to_owned(),
        );
    }
    Template::parse(text).map_err(|mistake| mistake.to_string())
}

/// A URL once the fields are filled in.
fn link(raw: &str) -> Result<Template, String> {
    let template = Template::parse(raw).map_err(|mistake| mistake.to_string())?;
    address::link(&template.fill(str::to_owned, |_| "x".to_owned()))?;
    Ok(template)
}
