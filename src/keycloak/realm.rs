//! What a service account may read of one realm: the list of its Initial Access Tokens, and its clients.

use std::{fmt, sync::Arc, time::Duration};

use http::Method;
use reqwest::Url;
use tokio::time::Instant;

use crate::{
    clock::Clock,
    keycloak::{
        access::{Access, Pass},
        answer::Answer,
        credentials::Credentials,
        link::{Call, Link, SetupError, Terms},
        list,
        settings::{Admin, IdentityProvider},
    },
    model::{Failure, ProviderName, Reason, TokenList},
    store::Store,
};

/// No list is read that is larger, in bytes: about 60,000 tokens, and Keycloak would not have more than a few.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// A realm whose list of Initial Access Tokens and whose clients we may read.
pub struct Realm {
    name: ProviderName,
    link: Link,
    access: Access,
    list: Url,
    clients: Url,
    timeout: Duration,
}

/// What is read: where it lies, and how many bytes of it at most.
pub(super) struct Wanted {
    pub(super) url: Url,
    pub(super) most_bytes: usize,
}

impl Realm {
    /// The realm that `provider` and `admin` describe; `store` is where the client's secret is read, if it lies in one.
    /// `timeout` bounds each request, and the login it may need. Reads the certificate file; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`SetupError`] if the certificate file or the address cannot be used, or the store is missing.
    pub fn new(
        provider: &IdentityProvider,
        admin: &Admin,
        store: Option<Arc<Store>>,
        timeout: Duration,
        clock: Clock,
    ) -> Result<Self, SetupError> {
        let terms = Terms {
            is_plain: admin.address.scheme() == "http",
            ca_file: provider.ca_file.clone(),
            timeout,
        };
        let (realm, credentials) = (&admin.realm, Credentials::new(admin, store)?);
        let login = format!("realms/{realm}/protocol/openid-connect/token");
        let list = format!("admin/realms/{realm}/clients-initial-access");
        let clients = format!("admin/realms/{realm}/clients");
        Ok(Self {
            name: provider.name.clone(),
            link: Link::new(terms, clock)?,
            access: Access::new(below(&admin.address, &login)?, credentials),
            list: below(&admin.address, &list)?,
            clients: below(&admin.address, &clients)?,
            timeout,
        })
    }

    /// Asks for the whole list once; logs in if there is no login that works, and once more if it turns out that it no longer
    /// does. The server answers with what it has now, not from a cache.
    ///
    /// # Errors
    ///
    /// Why there is no list. [`Reason::Unauthenticated`]: our client or its secret is not accepted. [`Reason::Denied`]: the
    /// account lacks the role `view-clients`. [`Reason::NotFound`]: there is no such realm, or no file or secret where the
    /// client's secret should be. [`Reason::FieldMissing`]: it is not in its field.
    pub async fn initial_access_tokens(&self) -> Result<TokenList, Failure> {
        let wanted = Wanted {
            url: self.list.clone(),
            most_bytes: MOST_BYTES,
        };
        self.read(&wanted, list::parse).await
    }

    /// Where the clients of the realm lie.
    pub(super) fn clients_url(&self) -> Url {
        self.clients.clone()
    }

    /// Asks for something once, within the time of one request, and understands the body of the answer; logs in if there is no
    /// login that works, and asks once more if it turns out that it no longer does.
    pub(super) async fn read<T>(
        &self,
        wanted: &Wanted,
        parse: impl Fn(&[u8]) -> Result<T, Reason>,
    ) -> Result<T, Failure> {
        let deadline = Instant::now() + self.timeout;
        let (first, was_reused) = self.attempt(wanted, deadline).await?;
        let answer = match first {
            Err(failure) if failure.reason == Reason::Unauthenticated && was_reused => {
                self.attempt(wanted, deadline).await?.0
            }
            outcome => outcome,
        };
        Ok(parse(&answer?.body)?)
    }

    /// Asks once; says also whether with a token that was there already. A token that the server does not take is forgotten, and
    /// so is one that it takes without allowing anything: before Keycloak 26 a token has the roles of the moment it was issued.
    async fn attempt(
        &self,
        wanted: &Wanted,
        deadline: Instant,
    ) -> Result<(Result<Answer, Failure>, bool), Failure> {
        let pass = self.access.pass(&self.link, deadline).await?;
        let outcome = self.ask(wanted, &pass, deadline).await;
        if let Err(failure) = &outcome
            && matches!(failure.reason, Reason::Unauthenticated | Reason::Denied)
        {
            self.access.forget(&pass, deadline).await?;
        }
        Ok((outcome, pass.is_reused))
    }

    async fn ask(
        &self,
        wanted: &Wanted,
        pass: &Pass,
        deadline: Instant,
    ) -> Result<Answer, Failure> {
        let call = Call {
            method: Method::GET,
            url: wanted.url.clone(),
            bearer: Some(&pass.token),
            body: None,
            most_bytes: wanted.most_bytes,
            deadline,
            is_repeatable: true,
        };
        let answer = self.link.ask(call).await?;
        if answer.status != 200 {
            return Err(answer.failure());
        }
        Ok(answer)
    }
}

/// An address below another one.
fn below(address: &Url, path: &str) -> Result<Url, SetupError> {
    let base = address.as_str().trim_end_matches('/');
    Url::parse(&format!("{base}/{path}")).map_err(|_| SetupError::Address)
}

impl fmt::Debug for Realm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Realm")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
