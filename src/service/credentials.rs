//! Who asks: a name and a password, from a file.

use std::path::Path;

use reqwest::RequestBuilder;

use super::Trouble;
use crate::secret::SecretText;

/// A name and a password.
#[derive(Debug)]
pub struct Credentials {
    user: String,
    password: SecretText,
}

impl Credentials {
    /// Reads a file that holds `user:password` in one line. The password may have colons, the name may not.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or holds something else, which is not told.
    pub fn read(path: &Path) -> Result<Self, Trouble> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| Trouble::CredentialsUnreadable(path.to_owned(), error.kind()))?;
        Self::of(&text).ok_or_else(|| Trouble::NoCredentials(path.to_owned()))
    }

    fn of(text: &str) -> Option<Self> {
        let line = text.strip_suffix('\n').unwrap_or(text);
        let line = line.strip_suffix('\r').unwrap_or(line);
        let (user, password) = line.split_once(':')?;
        let is_whole = !user.is_empty() && !password.is_empty() && !line.contains(['\r', '\n']);
        is_whole.then(|| Self {
            user: user.to_owned(),
            password: SecretText::new(password.to_owned()),
        })
    }

    /// The request, with them.
    pub(super) fn on(&self, request: RequestBuilder) -> RequestBuilder {
        #[expect(
            clippy::disallowed_methods,
            reason = "a password, on its way to the service that asks for it"
        )]
        let password = self.password.reveal();
        request.basic_auth(&self.user, Some(password))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_a_password_stand_in_one_line() {
        for text in ["job:a:b", "job:a:b\n", "job:a:b\r\n"] {
            let read = Credentials::of(text).unwrap();
            #[expect(clippy::disallowed_methods, reason = "what is sent is tested")]
            let password = read.password.reveal();
            assert_eq!((read.user.as_str(), password), ("job", "a:b"));
            assert!(!format!("{read:?}").contains("a:b"), "{read:?}");
        }
        for text in ["", "job", ":secret", "job:", "job:a\nb", "job:a\n\n"] {
            assert!(Credentials::of(text).is_none(), "{text:?}");
        }
    }
}
