//! Everything the listener hands out, finished.

use std::sync::Arc;

use bytes::Bytes;

use crate::page::Page;

/// Everything the listener hands out at one moment. A new one replaces it whole; a request sees either, never a mixture.
#[derive(Clone)]
pub struct Site {
    /// The page of `/metrics`.
    pub metrics: Page,
    /// Makes the JSON of `/api/v1/status`; made once a site, at the first request.
    pub status: Arc<dyn Fn() -> Bytes + Send + Sync>,
    /// Whether every target was tried once, whatever came of it.
    pub ready: bool,
}
