//! Names that people give to things in the configuration.

use std::{fmt, sync::Arc};

/// The longest name that is taken, in characters: it becomes a label value and a table cell.
const LONGEST: usize = 300;

/// Why a text cannot be a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    /// Nothing, or nothing but blanks.
    #[error("must not be empty")]
    Empty,
    /// More than 300 characters.
    #[error("must not be longer than {LONGEST} characters")]
    TooLong,
    /// A line break, a tab or another control character.
    #[error("must not contain control characters")]
    Control,
}

fn checked(text: &str) -> Result<Arc<str>, InvalidName> {
    if text.trim().is_empty() {
        return Err(InvalidName::Empty);
    }
    if text.chars().count() > LONGEST {
        return Err(InvalidName::TooLong);
    }
    if text.chars().any(char::is_control) {
        return Err(InvalidName::Control);
    }
    Ok(Arc::from(text))
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// One to 300 characters, none of them a control character. Cheap to clone.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes a text as a name.
            ///
            /// # Errors
            ///
            /// [`InvalidName`] if it is empty, too long or has control characters.
            pub fn new(text: &str) -> Result<Self, InvalidName> {
                checked(text).map(Self)
            }

            /// The name as it was written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
    )*};
}

names! {
    /// The unique name of one configured target: the label `target` of all its series.
    TargetName;
    /// The name of a store in the configuration: the label `store`.
    StoreName;
    /// The name of a tier, such as `prod` or `stage`: it chooses defaults.
    TierName;
    /// The name of an identity provider in the configuration.
    ProviderName;
}
