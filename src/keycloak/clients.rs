//! The clients of a realm → a [`ClientList`]: when their secrets end.
//!
//! `GET /admin/realms/{realm}/clients` (Keycloak's `ClientsResource`) has a page for every `first` and `max`, in the order of the client
//! ids. Up to Keycloak 26.7 each row holds the secret in clear; `page` drops it while it reads.
//!
//! Its search for attributes (`q`) is not used: Keycloak 26.7 refuses it with 400 for every attribute that its own configuration does
//! not name, and 18 ignores it (both observed).

mod page;

use reqwest::Url;

use crate::{
    keycloak::realm::{Realm, Wanted},
    model::{ClientList, ClientTimes, Failure, Reason},
};

use page::{Attribute, Key, Page};

/// How many clients are asked for at a time.
const PAGE: usize = 250;

/// No page is read that is larger, in bytes: 32 KiB a client, and most have three.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// No realm is read to its end that has more clients than this: 81 requests.
const MOST_CLIENTS: usize = 20_000;

/// So many ids are asked for one by one; for more of them the whole list is read.
const ONE_BY_ONE: usize = 10;

/// Which clients are wanted: those to which all of this applies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClientQuery<'a> {
    /// Only these; empty: whatever they are called.
    pub ids: &'a [String],
    /// Only those with this attribute of this value.
    pub attribute: Option<(&'a str, &'a str)>,
}

impl Realm {
    /// Reads the clients that have a secret of their own and are enabled: a few by their ids, or else page after page. Each request has the time
    /// of one request; the caller bounds the whole.
    ///
    /// # Errors
    ///
    /// Why there is no list; what a login may fail for, and: [`Reason::Denied`]: the account lacks the role `view-clients`; an
    /// account with `query-clients` alone is told that there is no client at all, which no realm is without.
    /// [`Reason::NotFound`]: there is no such realm. [`Reason::BadResponse`]: the answer is no list, or pages do not fit together.
    /// [`Reason::TooLarge`]: there are more than 20,000 clients, or a page has more than 8 MiB.
    pub async fn clients(&self, query: ClientQuery<'_>) -> Result<ClientList, Failure> {
        let reading = if (1..=ONE_BY_ONE).contains(&query.ids.len()) {
            self.one_by_one(query).await?
        } else {
            self.page_by_page(query).await?
        };
        if reading.rows == 0 {
            self.is_allowed_to_see_any().await?;
        }
        let wanted = |client: &ClientTimes| query.ids.is_empty() || query.has(&client.id);
        let clients = reading.clients.into_iter().filter(wanted).collect();
        Ok(ClientList::of(clients, reading.nameless))
    }

    async fn one_by_one(&self, query: ClientQuery<'_>) -> Result<Reading, Failure> {
        let mut reading = Reading::default();
        for id in query.ids {
            let mut url = self.clients_url();
            url.query_pairs_mut().append_pair("clientId", id);
            let page = self.page(url, query, false).await?;
            reading.add(page);
        }
        Ok(reading)
    }

    /// A client that is made or deleted meanwhile shifts all those after it. Each page begins with the last row of the one before:
    /// if it does not, the list is read once more from its beginning.
    async fn page_by_page(&self, query: ClientQuery<'_>) -> Result<Reading, Failure> {
        if let Some(reading) = self.all_pages(query).await? {
            return Ok(reading);
        }
        let again = self.all_pages(query).await?;
        again.ok_or_else(|| Reason::BadResponse.into())
    }

    /// `None` if the pages do not fit together. The list ends with a page on which nothing is new, rather than with one that is not
    /// full: the server leaves out of a page what is deleted while it is put together.
    async fn all_pages(&self, query: ClientQuery<'_>) -> Result<Option<Reading>, Failure> {
        let mut reading = Reading::default();
        loop {
            let first = reading.rows.saturating_sub(1);
            let page = self.page(self.page_url(first, PAGE), query, reading.rows > 0);
            let page = page.await?;
            match reading.next(page) {
                Next::Misfit => return Ok(None),
                Next::End => return Ok(Some(reading)),
                Next::More if reading.rows > MOST_CLIENTS => return Err(Reason::TooLarge.into()),
                Next::More => {}
            }
        }
    }

    /// Every realm has clients that Keycloak made with it, so that a list without any is not believed.
    async fn is_allowed_to_see_any(&self) -> Result<(), Failure> {
        let all = ClientQuery::default();
        let page = self.page(self.page_url(0, 1), all, false).await?;
        if page.rows == 0 {
            return Err(Reason::Denied.into());
        }
        Ok(())
    }

    fn page_url(&self, first: usize, most: usize) -> Url {
        let mut url = self.clients_url();
        url.query_pairs_mut()
            .append_pair("first", &first.to_string())
            .append_pair("max", &most.to_string());
        url
    }

    async fn page(
        &self,
        url: Url,
        query: ClientQuery<'_>,
        is_continued: bool,
    ) -> Result<Page, Failure> {
        let wanted = Wanted {
            url,
            most_bytes: MOST_BYTES,
        };
        let attribute = query
            .attribute
            .map(|(name, value)| Attribute { name, value });
        let parse = |body: &[u8]| page::parse(body, attribute, is_continued);
        self.read(&wanted, parse).await
    }
}

impl ClientQuery<'_> {
    fn has(&self, id: &str) -> bool {
        self.ids.iter().any(|wanted| wanted == id)
    }
}

/// What was read so far.
#[derive(Default)]
struct Reading {
    clients: Vec<ClientTimes>,
    nameless: usize,
    /// How many rows of the list, of whatever client.
    rows: usize,
    last: Option<Key>,
}

/// What follows from a page.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    /// There may be more.
    More,
    /// That was all.
    End,
    /// It does not continue what was read before.
    Misfit,
}

impl Reading {
    /// Takes in a page of rows that were not seen before.
    fn add(&mut self, page: Page) {
        self.rows = self.rows.saturating_add(page.rows);
        self.nameless = self.nameless.saturating_add(page.nameless);
        self.clients.extend(page.clients);
        self.last = page.last.or(self.last.take());
    }

    /// Takes in a page that begins with the last row of the one before, if there was one.
    fn next(&mut self, page: Page) -> Next {
        if self.rows == 0 {
            let is_empty = page.rows == 0;
            self.add(page);
            return if is_empty { Next::End } else { Next::More };
        }
        if page.first.is_none() || page.first != self.last {
            return Next::Misfit;
        }
        let is_nothing_new = page.rows == 1;
        self.add(Page {
            rows: page.rows.saturating_sub(1),
            ..page
        });
        if is_nothing_new {
            Next::End
        } else {
            Next::More
        }
    }
}

#[cfg(test)]
mod tests;
