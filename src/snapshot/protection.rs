//! How the listener is protected, and how often that kept somebody out.

use super::Reload;
use crate::model::{Refusal, UnixTime};

/// How the listener is protected, and how often that kept somebody out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Protection {
    /// What became of the latest attempt to load the file.
    pub reload: Reload,
    /// The earliest end among the certificates that are presented.
    pub certificate_end: Option<UnixTime>,
    /// How often a connection was not taken, in the order of [`Refusal::ALL`].
    pub refused: [u64; Refusal::COUNT],
    /// How many requests were not answered because nobody was found to have sent them.
    pub unauthenticated: u64,
}
