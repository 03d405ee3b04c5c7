//! Section `request`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::{Field, Letter, Request, Template};

use super::{address, problems::Key, report::Report};

/// How another token is asked for: the ticket that alerts carry and `kcwatch request` prints. Fields in braces are filled in:
/// `{target}`, `{tier}`, `{instance}`, `{store}`, `{path}`, `{mount}`, `{secret}`, `{expires}`, `{reason}`, `{clients}`, `{lifetime}`.
/// Other kinds of targets have letters of their own.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Request")]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawRequest {
    /// The subject of the ticket, in one line.
    subject: String,
    /// The URL where it is sent; `null`: everybody knows.
    form: Option<String>,
    /// The URL of the secret in the user interface of its store, with those fields that say where it lies, such as
    /// `https://vault.example.com/ui/vault/secrets/{mount}/show/{secret}`; `null`: there is none.
    secret_link: Option<String>,
    /// The text of the ticket; `null`: one that names no company and no procedure.
    text: Option<String>,
    /// The ticket that asks for client secrets.
    client_secrets: Option<RawClientSecrets>,
    /// The ticket that asks for an OpenID Connect integration to be mended.
    oidc_integration: Option<RawOidcIntegration>,
}

/// The ticket that asks for client secrets. Fields in braces are filled in: `{target}`, `{tier}`, `{instance}`, `{store}`, `{path}`,
/// `{mount}`, `{secret}`, `{expires}`, `{due}`.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "ClientSecretsRequest")]
#[serde(deny_unknown_fields, default)]
struct RawClientSecrets {
    /// The subject of the ticket, in one line.
    subject: String,
    /// The text of the ticket; `null`: one that names no company and no procedure.
    text: Option<String>,
}

/// The ticket that asks for an OpenID Connect integration to be mended. Fields in braces are filled in: `{target}`, `{tier}`,
/// `{instance}`, `{store}`, `{path}`, `{mount}`, `{secret}`, `{reason}`.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "OidcIntegrationRequest")]
#[serde(deny_unknown_fields, default)]
struct RawOidcIntegration {
    /// The subject of the ticket, in one line.
    subject: String,
    /// The text of the ticket; `null`: one that names no company and no procedure.
    text: Option<String>,
}

/// What is said of a token unless the user says it otherwise.
const OF_TOKEN: &str = "\
Hello,

we need a new Initial Access Token to register clients at {instance}. The current one {reason}.

Identity provider: {instance} ({tier})
Number of clients: {clients}
Expiration period: {lifetime}

Please send it to us so that it can be read only once.

Thank you very much!";

/// What is said of client secrets. The clicks are those of Keycloak's own documentation of secret rotation.
const OF_CLIENT_SECRETS: &str = "\
Hello,

secrets of our clients at {instance} stop working, the first on {expires}:

{due}

Identity provider: {instance} ({tier})

Please have a new secret made for each of them (Clients > the client > Credentials > Regenerate Secret).

Please send them to us so that they can be read only once.

Thank you very much!";

/// What is said of an integration.
const OF_OIDC_INTEGRATION: &str = "\
Hello,

the OpenID Connect integration of 3scale with {instance} {reason}.

Identity provider: {instance} ({tier})
What watches it: kcwatch, target {target}

Please put it back as it was, or tell us what was changed on purpose.

Thank you very much!";

impl Default for RawRequest {
    fn default() -> Self {
        Self {
            subject: "New Initial Access Token for {instance} ({tier})".to_owned(),
            form: None,
            secret_link: None,
            text: None,
            client_secrets: None,
            oidc_integration: None,
        }
    }
}

impl Default for RawClientSecrets {
    fn default() -> Self {
        Self {
            subject: "New client secrets for {instance} ({tier})".to_owned(),
            text: None,
        }
    }
}

impl Default for RawOidcIntegration {
    fn default() -> Self {
        Self {
            subject: "The OpenID Connect integration of 3scale with {instance} ({tier}) {reason}"
                .to_owned(),
            text: None,
        }
    }
}

/// A letter as far as it was written, and what it may hold.
struct Draft<'a> {
    subject: &'a str,
    text: Option<&'a str>,
    /// What is said unless the user says it otherwise.
    otherwise: &'static str,
    fields: &'static [Field],
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
    let otherwise = (RawClientSecrets::default(), RawOidcIntegration::default());
    let [token, client_secrets, oidc_integration] = drafts(raw, &otherwise);
    let token = letter(&token, at, report);
    let client_secrets = letter(&client_secrets, &at.key("client_secrets"), report);
    let oidc_integration = letter(&oidc_integration, &at.key("oidc_integration"), report);
    Some(Request {
        token: token?,
        client_secrets: client_secrets?,
        oidc_integration: oidc_integration?,
        form: raw.form.clone(),
        secret_link: match secret_link {
            Some(link) => Some(link?),
            None => None,
        },
    })
}

/// The letter of each kind; `otherwise` stands for those of which nothing is written.
fn drafts<'a>(
    raw: &'a RawRequest,
    otherwise: &'a (RawClientSecrets, RawOidcIntegration),
) -> [Draft<'a>; 3] {
    let secrets = raw.client_secrets.as_ref().unwrap_or(&otherwise.0);
    let integration = raw.oidc_integration.as_ref().unwrap_or(&otherwise.1);
    [
        Draft {
            subject: &raw.subject,
            text: raw.text.as_deref(),
            otherwise: OF_TOKEN,
            fields: &Field::OF_TOKEN,
        },
        Draft {
            subject: &secrets.subject,
            text: secrets.text.as_deref(),
            otherwise: OF_CLIENT_SECRETS,
            fields: &Field::OF_CLIENT_SECRETS,
        },
        Draft {
            subject: &integration.subject,
            text: integration.text.as_deref(),
            otherwise: OF_OIDC_INTEGRATION,
            fields: &Field::OF_OIDC_INTEGRATION,
        },
    ]
}

fn letter(draft: &Draft<'_>, at: &Key, report: &mut Report) -> Option<Letter> {
    let subject = report.accept(&at.key("subject"), line(draft.subject, draft.fields));
    let said = draft.text.unwrap_or(draft.otherwise);
    let text = report.accept(&at.key("text"), text(said, draft.fields));
    Some(Letter {
        subject: subject?,
        text: text?,
    })
}

/// One line, with fields. A list of clients is none.
fn line(raw: &str, fields: &'static [Field]) -> Result<Template, String> {
    if raw.contains('\n') {
        return Err("must be one line".to_owned());
    }
    if raw.contains("{due}") {
        return Err("must be one line, and {due} has one a client".to_owned());
    }
    text(raw, fields)
}

/// Lines, with fields. Blanks at both ends are no part of it.
fn text(raw: &str, fields: &'static [Field]) -> Result<Template, String> {
    let text = raw.trim();
    if text.is_empty() {
        return Err("must not be empty".to_owned());
    }
    if text.contains(|c: char| c.is_control() && c != '\n' && c != '\t') {
        return Err(
            "must not contain control characters other than line breaks and tabs".to_owned(),
        );
    }
    Template::parse(text, fields).map_err(|mistake| mistake.to_string())
}

/// A URL once the fields are filled in.
fn link(raw: &str) -> Result<Template, String> {
    let template = Template::parse(raw, &[]).map_err(|mistake| mistake.to_string())?;
    address::link(&template.fill(str::to_owned, |_| "x".to_owned()))?;
    Ok(template)
}
