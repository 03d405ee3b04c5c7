//! What is known about our own access to a store.

use super::{Expiry, Reason};

/// What is known about our own access to a store.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StoreStatus {
    /// Whether the latest contact worked; `None` before the first.
    pub up: Option<bool>,
    /// Why it did not.
    pub reason: Option<Reason>,
    /// When our own token expires; `None` while we have none, or where stores need none.
    pub token_expiry: Option<Expiry>,
    /// Logins that worked since the start; `None` where stores need no login.
    pub logins: Option<u64>,
    /// Logins that failed since the start; `None` where stores need no login.
    pub login_failures: Option<u64>,
}
