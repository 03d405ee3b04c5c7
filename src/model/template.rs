//! A text with gaps that are filled in later: `The current one {reason}.`

use std::fmt;

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
    /// The day on which the token expires, such as `26 November 2026`.
    Expires,
    /// Why another token is needed, such as `expires on 26 November 2026`.
    Reason,
    /// How many registrations the new token is to have.
    Clients,
    /// How long the new token is to live, such as `30 days`.
    Lifetime,
}

impl Field {
    /// All of them, in the order of the documents.
    pub const ALL: [Self; 11] = [
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
    ];

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
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.label() == name)
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

/// Why a text is no template. Holds nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotATemplate {
    /// There is no such field.
    UnknownField,
    /// A brace that neither begins nor ends a field.
    LoneBrace,
}

impl fmt::Display for NotATemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = Field::ALL.map(|field| format!("{{{}}}", field.label()));
        let found = match self {
            Self::UnknownField => "another field",
            Self::LoneBrace => "a brace that begins or ends none; write {{ or }} for a brace",
        };
        write!(f, "may hold the fields {}, found {found}", fields.join(" "))
    }
}

impl Template {
    /// Takes a text apart: `{field}` is a field, `{{` and `}}` are braces.
    ///
    /// # Errors
    ///
    /// If it names a field that there is not, or a brace stands alone.
    pub fn parse(text: &str) -> Result<Self, NotATemplate> {
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
                let (name, after) = field(from).ok_or(NotATemplate::LoneBrace)?;
                let field = Field::named(name).ok_or(NotATemplate::UnknownField)?;
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
        Ok(Template::parse(text)?.fill(str::to_owned, field))
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
        for bad in ["{date}", "{ clients }", "{}", "{Clients}"] {
            assert_eq!(filled(bad), Err(NotATemplate::UnknownField), "{bad}");
        }
        for bad in ["{", "}", "a { b", "{clients", "{a{b}", "clients}"] {
            assert_eq!(filled(bad), Err(NotATemplate::LoneBrace), "{bad}");
        }
    }

    #[test]
    fn a_refusal_names_the_fields_and_nothing_of_the_text() {
        let said = Template::parse("{hunter2}").unwrap_err().to_string();
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
