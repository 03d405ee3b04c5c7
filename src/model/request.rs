//! The request for a new token, for new client secrets or for an integration to be mended: the ticket that people send.

use std::collections::BTreeMap;

use super::{Field, Template};

/// What is said of each kind of target, and where it is sent, with gaps for the facts of a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The letter that asks for an Initial Access Token.
    pub token: Letter,
    /// The letter that asks for client secrets.
    pub client_secrets: Letter,
    /// The letter that asks for an OpenID Connect integration to be mended.
    pub oidc_integration: Letter,
    /// The URL where they are sent.
    pub form: Option<String>,
    /// The URL of the secret in the user interface of its store.
    pub secret_link: Option<Template>,
}

/// What is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Its subject, in one line.
    pub subject: Template,
    /// Its text.
    pub text: Template,
}

impl Letter {
    /// The whole letter: subject, empty line, text.
    pub fn whole(&self) -> Template {
        Template::plain("Subject: ")
            .then(&self.subject)
            .then(&Template::plain("\n\n"))
            .then(&self.text)
    }
}

/// What is filled in for a target.
pub type Filling = BTreeMap<Field, String>;

/// Why nothing is to be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoRequest {
    /// The target was never read, so nothing is known about what lies there.
    NeverRead,
    /// It never expires and has registrations left.
    NeverExpires,
    /// No client secret expires soon.
    NothingDue,
    /// No link of the chain is broken.
    NothingBroken,
}
