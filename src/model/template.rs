//! A text with gaps that are filled in later: `The current one {reason}.`

use std::fmt;

use super::Filling;

/// What can be filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// The name of the target.
    Target,
    /// Its tier.
    Tier,
    /// The host name of the identity provider; the name of the target if that is unknown.
    Instance,
    /// The store that holds the secret.
    Store,
    /// The path of the secret, with the mount.
    Path,
    /// The first part of that path.
    Mount,
    /// What comes after the first part.
    Secret,
    /// The day on which the token, or the first of the client secrets, expires, such as `26 November 2026`.
    Expires,
    /// Why another token is needed, such as `expires on 26 November 2026`; or what is broken: `is broken at grant (refused)`.
    Reason,
    /// How many registrations the new token is to have.
    Clients,
    /// How long the new token is to live, such as `30 days`.
    Lifetime,
    /// The clients whose secrets expire soon, a line each: `- ID: expires on 26 November 2026`.
    /// At most [`Field::MOST_DUE`] of them, those that expire first, and then `- and 7 more`.
    Due,
}

impl Field {
    /// How many clients one request names: hundreds can be due on one day, and an alert for each holds the whole request.
    pub const MOST_DUE: usize = 50;

    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Target,
        Self::Tier,
        Self::Instance,
        Self::Store,
        Self::Path,
        Self::Mount,
        Self::Secret,
        Self::Expires,
        Self::Reason,
        Self::Clients,
        Self::Lifetime,
        Self::Due,
    ];

    /// Those that are known of every target: where what it needs lies. Every template may hold them.
    pub const OF_PLACE: [Self; 7] = [
        Self::Target,
        Self::Tier,
        Self::Instance,
        Self::Store,
        Self::Path,
        Self::Mount,
        Self::Secret,
    ];

    /// What the request for a token may hold beside them, in the order of the documents.
    pub const OF_TOKEN: [Self; 4] = [Self::Expires, Self::Reason, Self::Clients, Self::Lifetime];

    /// What the request for client secrets may hold beside them.
    pub const OF_CLIENT_SECRETS: [Self; 2] = [Self::Expires, Self::Due];

    /// What the request that mends an OpenID Connect integration may hold beside them.
    pub const OF_OIDC_INTEGRATION: [Self; 1] = [Self::Reason];

    /// The word between the braces.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Target => "target",
            Self::Tier => "tier",
            Self::Instance => "instance",
            Self::Store => "store",
            Self::Path => "path",
            Self::Mount => "mount",
            Self::Secret => "secret",
            Self::Expires => "expires",
            Self::Reason => "reason",
            Self::Clients => "clients",
            Self::Lifetime => "lifetime",
            Self::Due => "due",
        }
    }

    /// Those that a template may hold, of which it has these for itself.
    fn allowed(own: &[Self]) -> impl Iterator<Item = Self> {
        Self::OF_PLACE.into_iter().chain(own.iter().copied())
    }

    fn named(name: &str, own: &[Self]) -> Option<Self> {
        Self::allowed(own).find(|field| field.label() == name)
    }
}

/// A text and the fields in it, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Field(Field),
}

/// Why a text is no template, and the fields that it may hold beside those of the place. Holds nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotATemplate {
    /// There is no such field.
    UnknownField(&'static [Field]),
    /// A brace that neither begins nor ends a field.
    LoneBrace(&'static [Field]),
}

impl fmt::Display for NotATemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (fields, found) = match self {
            Self::UnknownField(fields) => (fields, "another field"),
            Self::LoneBrace(fields) => (
                fields,
                "a brace that begins or ends none; write {{ or }} for a brace",
            ),
        };
        let fields = Field::allowed(fields).map(|field| format!("{{{}}}", field.label()));
        let fields: Vec<String> = fields.collect();
        write!(f, "may hold the fields {}, found {found}", fields.join(" "))
    }
}

impl Template {
    /// Takes a text apart: `{field}` is one of [`Field::OF_PLACE`] or of these fields, `{{` and `}}` are braces.
    ///
    /// # Errors
    ///
    /// If it names another field, or a brace stands alone.
    pub fn parse(text: &str, fields: &'static [Field]) -> Result<Self, NotATemplate> {
        let mut parts = Vec::new();
        let (mut said, mut rest) = (String::new(), text);
        while let Some(at) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(at);
            said.push_str(before);
            if let Some(after) = from.strip_prefix("{{") {
                said.push('{');
                rest = after;
            } else if let Some(after) = from.strip_prefix("}}") {
                said.push('}');
                rest = after;
            } else {
                let (name, after) = field(from).ok_or(NotATemplate::LoneBrace(fields))?;
                let field = Field::named(name, fields).ok_or(NotATemplate::UnknownField(fields))?;
                parts.push(Part::Text(std::mem::take(&mut said)));
                parts.push(Part::Field(field));
                rest = after;
            }
        }
        said.push_str(rest);
        parts.push(Part::Text(said));
        parts.retain(|part| *part != Part::Text(String::new()));
        Ok(Self(parts))
    }

    /// The text of which nothing is to be filled in.
    pub fn plain(text: &str) -> Self {
        Self(vec![Part::Text(text.to_owned())])
    }

    /// One after the other.
    #[must_use]
    pub fn then(mut self, other: &Self) -> Self {
        self.0.extend_from_slice(&other.0);
        self
    }

    /// Puts it together with these facts; what is not among them is left out.
    pub fn filled(&self, filling: &Filling) -> String {
        self.fill(str::to_owned, |field| {
            filling.get(&field).cloned().unwrap_or_default()
        })
    }

    /// Puts it together: what stands in it through `text`, each field through `field`.
    pub fn fill(&self, text: impl Fn(&str) -> String, field: impl Fn(Field) -> String) -> String {
        let part = |part: &Part| match part {
            Part::Text(said) => text(said),
            Part::Field(named) => field(*named),
        };
        self.0.iter().map(part).collect()
    }
}

/// The name of the field that a text begins with, and what comes after it.
fn field(text: &str) -> Option<(&str, &str)> {
    let (name, after) = text.strip_prefix('{')?.split_once('}')?;
    (!name.contains('{')).then_some((name, after))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn filled(text: &str) -> Result<String, NotATemplate> {
        let field = |field: Field| format!("<{}>", field.label());
        Ok(Template::parse(text, &Field::OF_TOKEN)?.fill(str::to_owned, field))
    }

    #[test]
    fn fields_are_filled_in_and_braces_stay() {
        assert_eq!(
            filled("{instance}: {{{clients}}}, a }} b").unwrap(),
            "<instance>: {<clients>}, a } b"
        );
        assert_eq!(filled("").unwrap(), "");
    }

    #[test]
    fn what_is_no_field_is_refused() {
        for bad in ["{date}", "{ clients }", "{}", "{Clients}", "{due}"] {
            let unknown = NotATemplate::UnknownField(&Field::OF_TOKEN);
            assert_eq!(filled(bad), Err(unknown), "{bad}");
        }
        for bad in ["{", "}", "a { b", "{clients", "{a{b}", "clients}"] {
            let lone = NotATemplate::LoneBrace(&Field::OF_TOKEN);
            assert_eq!(filled(bad), Err(lone), "{bad}");
        }
    }

    #[test]
    fn each_kind_has_fields_of_its_own() {
        for (text, fields) in [
            ("{due}", &Field::OF_CLIENT_SECRETS[..]),
            ("{reason}", &Field::OF_OIDC_INTEGRATION),
        ] {
            assert!(Template::parse(text, fields).is_ok(), "{text}");
            let said = Template::parse("{lifetime}", fields).unwrap_err();
            assert_eq!(said, NotATemplate::UnknownField(fields));
            assert!(said.to_string().contains(text), "{said}");
        }
    }

    #[test]
    fn a_refusal_names_the_fields_and_nothing_of_the_text() {
        let said = Template::parse("{hunter2}", &Field::OF_TOKEN)
            .unwrap_err()
            .to_string();
        assert!(said.contains("{reason}") && !said.contains("hunter2"));
    }

    proptest! {
        #[test]
        fn no_text_is_lost(text in "\\PC*") {
            let braces = text.replace('{', "{{").replace('}', "}}");
            prop_assert_eq!(filled(&braces).unwrap(), text);
        }
    }
}
