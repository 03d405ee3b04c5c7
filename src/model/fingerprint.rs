//! A short stand-in for a long text that only has to be compared.

use std::hash::{DefaultHasher, Hash, Hasher};

/// A hash of something, for comparing within this process; it differs between versions of the program. Two different things
/// share one with a probability of about 10^-12 among 10,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fingerprint(u64);

impl Fingerprint {
    /// The fingerprint of `what`.
    pub fn of(what: impl Hash) -> Self {
        let mut hasher = DefaultHasher::new();
        what.hash(&mut hasher);
        Self(hasher.finish())
    }
}
