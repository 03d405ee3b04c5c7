//! Everything the listener hands out, finished.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use crate::page::Page;

/// Everything the listener hands out at one moment. A new one replaces it whole; a request sees either, never a mixture.
#[derive(Clone)]
pub struct Site {
    /// The page of `/metrics`.
    pub metrics: Page,
    /// Makes the JSON of `/api/v1/status`; made once a site, at the first request.
    pub status: Arc<dyn Fn() -> Bytes + Send + Sync>,
    /// The first page for people, as it is while the daemon is alive.
    pub front: Front,
    /// Makes any page for people.
    pub pages: Arc<dyn Fn(&Visit<'_>) -> Visited + Send + Sync>,
    /// The stylesheet of those pages.
    pub style: &'static str,
    /// Whether every target was tried once, whatever came of it.
    pub ready: bool,
}

/// What somebody with a browser asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit<'a> {
    /// The path, as it was sent.
    pub path: &'a str,
    /// The query, as it was sent; empty if there was none.
    pub query: &'a str,
    /// Whether the daemon is alive.
    pub is_alive: bool,
}

/// What they get.
#[derive(Clone, Debug)]
pub struct Visited {
    /// The page, in HTML.
    pub page: Page,
    /// Whether what was asked for exists.
    pub is_found: bool,
    /// Whether the browser should ask again after a while.
    pub refreshes: bool,
}

/// A page that is made when it is first asked for, and then kept. Cheap to clone.
#[derive(Clone)]
pub struct Front {
    made: Arc<OnceLock<Page>>,
    make: Arc<dyn Fn() -> Page + Send + Sync>,
}

impl Front {
    /// A page that is made in this way.
    pub fn new(make: impl Fn() -> Page + Send + Sync + 'static) -> Self {
        Self {
            made: Arc::default(),
            make: Arc::new(make),
        }
    }

    /// The page; the first call takes as long as making it.
    fn page(&self) -> &Page {
        self.made.get_or_init(|| (self.make)())
    }

    /// The same as an answer.
    pub(super) fn visited(&self) -> Visited {
        Visited {
            page: self.page().clone(),
            is_found: true,
            refreshes: true,
        }
    }

    /// The page, if it was made already.
    pub(super) fn page_if_made(&self) -> Option<&Page> {
        self.made.get()
    }
}
