//! One hash of a password, as `htpasswd -B` makes it.

use crate::secret::SecretText;

/// The least that a hash can cost: two to the power of that many rounds.
const LEAST: u32 = 4;

/// The most that it may: a comparison takes seconds, and cannot be broken off when kcwatch is to stop.
const MOST: u32 = 16;

/// A hash by bcrypt.
#[derive(Debug)]
pub(super) struct Hash {
    text: SecretText,
    cost: u32,
}

impl Hash {
    /// Takes it into custody.
    ///
    /// # Errors
    ///
    /// What it must be.
    pub(super) fn new(text: String) -> Result<Self, &'static str> {
        let parts: Option<bcrypt::HashParts> = text.parse().ok();
        let cost = parts.map_or(0, |parts| parts.get_cost());
        match cost {
            ..LEAST => Err(
                "must be a hash by bcrypt, as `htpasswd -nBC 10 \"\"` prints it; found another text",
            ),
            LEAST..=MOST => Ok(Self {
                text: SecretText::new(text),
                cost,
            }),
            _ => Err(
                "must not cost more than 16, because each comparison would take many seconds: 10 to 12 is usual",
            ),
        }
    }

    /// How much work a comparison is.
    pub(super) fn cost(&self) -> u32 {
        self.cost
    }

    /// Whether it is the hash of this password. Takes its time, by intention.
    pub(super) fn fits(&self, password: &SecretText) -> bool {
        #[expect(
            clippy::disallowed_methods,
            reason = "comparing them is what both are for; neither leaves this line"
        )]
        let compared = bcrypt::verify(password.reveal(), self.text.reveal());
        compared.unwrap_or(false)
    }
}
