//! One hash of a password, as `htpasswd -B` makes it.

use crate::secret::SecretText;

/// What a hash may cost: two to the power of that many rounds.
const COSTS: std::ops::RangeInclusive<u32> = 4..=31;

/// A hash by bcrypt.
#[derive(Debug)]
pub(super) struct Hash {
    text: SecretText,
    cost: u32,
}

impl Hash {
    /// Takes it into custody; `None` if it is none.
    pub(super) fn new(text: String) -> Option<Self> {
        let parts: bcrypt::HashParts = text.parse().ok()?;
        let cost = parts.get_cost();
        COSTS.contains(&cost).then(|| Self {
            text: SecretText::new(text),
            cost,
        })
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
