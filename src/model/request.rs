//! The request for a new token: the ticket that people send.

use std::collections::BTreeMap;

use super::{Field, Template};

/// What is said, and where it is sent, with gaps for the facts of a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its subject, in one line.
    pub subject: Template,
    /// Its text.
    pub text: Template,
    /// The URL where it is sent.
    pub form: Option<String>,
    /// The URL of the secret in the user interface of its store.
    pub secret_link: Option<Template>,
}

impl Request {
    /// The whole letter: subject, empty line, text.
    pub fn letter(&self) -> Template {
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
}
