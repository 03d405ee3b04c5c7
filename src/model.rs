//! The words every stage shares.
//!
//! Plain values without I/O, without secrets and without a clock. Everything else in the crate may
//! use this module; this module uses nothing of ours.

mod advice;
mod cause;
mod client_list;
mod digest;
mod fingerprint;
mod guide;
mod level;
mod metric;
mod name;
mod path;
mod portrait;
mod reason;
mod refusal;
mod registration;
mod request;
mod runbook;
mod step;
mod store_status;
mod template;
mod time;
mod token;
mod token_list;

pub use cause::Cause;
pub use client_list::{ClientList, ClientTimes};
pub use digest::Digest;
pub use fingerprint::Fingerprint;
pub use guide::Guide;
pub use level::{ClientsLevel, ClientsThreshold, Level, Severity, Standing, Threshold};
pub use metric::{Metric, MetricInfo, MetricKind, Samples, count, flag, number};
pub use name::{InvalidName, ProviderName, StoreName, TargetName, TierName};
pub use path::{InvalidPath, SecretPath};
pub use portrait::{
    Lasting, Link, Mark, Note, Outcome, Part, Particulars, Portrait, Roll, Said, Stock, Trial,
};
pub use reason::{Failure, Reason};
pub use refusal::Refusal;
pub use registration::{ListedToken, Rehearsal};
pub use request::{Filling, Letter, NoRequest, Request};
pub use runbook::Runbook;
pub use step::Step;
pub use store_status::StoreStatus;
pub use template::{Field, NotATemplate, Template};
pub use time::{Expiry, UnixTime, words_for_span};
pub use token::{Claims, TokenType};
pub use token_list::{Listing, TokenList};
