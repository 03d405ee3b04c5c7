//! What is asked of an identity provider, Keycloak or Red Hat SSO.
//!
//! In: settings, and a token. Out: what the answer means, or the [`Failure`](crate::model::Failure) that says why there is none.
//! Foreign errors end here, and so do secrets.
//!
//! - A [`Realm`] reads the list of Initial Access Tokens as a service account: `access` stays logged in, by `grant`, with what
//!   `credentials` reads; `list` understands the answer. With the same login it reads the realm's `clients`, page by page.
//! - A [`Rehearser`] asks whether a token would work now, by a registration that cannot succeed. What the server's words mean
//!   stands in one table, in `words`; `issuer` says where a token may be sent at all, and `farewell` deletes the client that
//!   must not be.
//! - A [`Visitor`] reads what Zync and APIcast read, each time over new connections: `visit` and its folder.
//! - The first two send what they send through `link`, bounded in time and size.

mod access;
mod answer;
mod clients;
mod credentials;
mod farewell;
mod fields;
mod grant;
mod issuer;
mod link;
mod list;
mod realm;
mod rehearsal;
pub mod settings;
mod visit;
mod words;

pub use clients::ClientQuery;
pub use link::SetupError;
pub use realm::Realm;
pub use rehearsal::Rehearser;
pub use visit::{
    Account, ClientSettings, Document, Granted, Kept, Registered, Trouble, Visit, Visitor,
};

pub use crate::model::{Listing, TokenList};
