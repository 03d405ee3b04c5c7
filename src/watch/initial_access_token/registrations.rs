//! Ask the world: which clients were registered. Secrets end here.
//!
//! A client leaves a secret in a store. Its name alone may be enough; if secrets are read, each is read once in its life, for
//! its registration token (<https://www.keycloak.org/securing-apps/client-registration>): Keycloak issues it at the moment of
//! registration and names that moment in `iat`.

use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::time::Instant;

use crate::{
    jwt,
    model::{Digest, Failure, Reason, SecretPath, TokenType},
    secret::SecretDocument,
    store::{Listing, Secret, Store},
};

use super::{
    config::{Read, Registrations},
    counted::{Counted, Listed, Origin, Tally},
};

/// More names are not counted: this is no folder of clients.
const MOST_NAMES: usize = 200_000;

/// How many secrets are read at a time.
const AT_A_TIME: usize = 8;

/// After so many secrets that cannot be read, no more are tried.
const MOST_FAILURES: usize = 8;

/// A secret that is to be read.
struct Unread {
    listed: Listed,
    version: Option<u64>,
    /// `None` for a name that no path can hold.
    path: Option<SecretPath>,
}

/// What came of reading one.
enum Outcome {
    Said(Origin),
    /// It is gone.
    Vanished,
    /// Another version lies there by now: the next look tells.
    Overtaken,
    Failed(Failure),
}

/// Lists every folder; with [`Read::Secrets`] also reads what was not read before, as far as time allows.
///
/// No read is begun after `until`. What could not be read for lack of time or for a [failure](Tally::failed) stays unread
/// until the next look; what was read is in the tally.
///
/// # Errors
///
/// If one folder cannot be listed, for a count over some of them would be too low: the store's reason, or
/// [`Reason::ShapeUnknown`] for a folder that holds nothing but folders, as somebody named the one above;
/// [`Reason::NotFound`] if no name in any folder ends as it should, for nothing found is no zero;
/// [`Reason::TooLarge`] beyond 200,000 names; [`Reason::Timeout`] if `until` comes before the last folder is begun.
pub async fn look(
    wanted: &Registrations,
    known: Option<&Counted>,
    issuer: Option<&str>,
    store: &Store,
    until: Instant,
) -> Result<Tally, Failure> {
    let known = known.filter(|known| known.belongs_to(wanted));
    let (mut all, mut unread) = (Vec::new(), Vec::new());
    for folder in folders(wanted) {
        let listing = list(store, folder, until).await?;
        take(wanted, known, folder, listing, (&mut all, &mut unread));
        if all.len() > MOST_NAMES {
            return Err(Reason::TooLarge.into());
        }
    }
    // An ending that fits no name would be an all-clear for ever, just like an empty folder.
    if all.is_empty() {
        return Err(Reason::NotFound.into());
    }
    let mut tally = Tally::new(all, issuer.map(Tally::issuer_digest));
    read(unread, store, until, &mut tally).await;
    Ok(tally)
}

/// Each folder once.
fn folders(wanted: &Registrations) -> Vec<&SecretPath> {
    let mut folders: Vec<&SecretPath> = wanted.folders.iter().collect();
    folders.sort_unstable();
    folders.dedup();
    folders
}

async fn list(store: &Store, folder: &SecretPath, until: Instant) -> Result<Listing, Failure> {
    if Instant::now() >= until {
        return Err(Reason::Timeout.into());
    }
    let listing = store.list(folder).await?;
    if listing.names.is_empty() && listing.folders > 0 {
        return Err(Reason::ShapeUnknown.into());
    }
    Ok(listing)
}

/// Takes the names of a folder that matter, and those among them that are to be read.
fn take(
    wanted: &Registrations,
    known: Option<&Counted>,
    folder: &SecretPath,
    listing: Listing,
    (all, unread): (&mut Vec<Listed>, &mut Vec<Unread>),
) {
    let ending = wanted.ending.as_deref().unwrap_or_default();
    for found in listing.names {
        if !found.name.ends_with(ending) {
            continue;
        }
        let mut versions = found.earlier;
        versions.extend(found.version.zip(found.written));
        let listed = Listed::new(folder, &found.name, &versions);
        let is_to_be_read =
            wanted.read == Read::Secrets && !known.is_some_and(|known| known.has_read(&listed));
        if is_to_be_read {
            unread.push(Unread {
                listed: listed.clone(),
                version: found.version,
                path: SecretPath::new(&format!("{folder}/{}", found.name)).ok(),
            });
        }
        all.push(listed);
    }
}

/// Reads until everything is read, time is up, or the store fails.
async fn read(unread: Vec<Unread>, store: &Store, until: Instant, tally: &mut Tally) {
    let mut waiting = unread.into_iter();
    let mut running = FuturesUnordered::new();
    let mut failures = 0;
    loop {
        while failures < MOST_FAILURES && running.len() < AT_A_TIME && Instant::now() < until {
            let Some(next) = waiting.next() else { break };
            running.push(read_one(next, store));
        }
        let Some((key, outcome)) = running.next().await else {
            return;
        };
        match outcome {
            Outcome::Said(origin) => tally.note(key, origin),
            Outcome::Vanished => tally.strike(key),
            Outcome::Overtaken => {}
            Outcome::Failed(failure) => {
                failures += if is_everywhere(failure.reason) {
                    MOST_FAILURES
                } else {
                    1
                };
                tally.fail(failure);
            }
        }
    }
}

/// Whether the next read would fail alike.
fn is_everywhere(reason: Reason) -> bool {
    reason.is_about_the_store() || reason == Reason::RateLimited
}

async fn read_one(unread: Unread, store: &Store) -> (Digest, Outcome) {
    let key = unread.listed.key();
    let Some(path) = &unread.path else {
        return (key, Outcome::Said(Origin::Unclear));
    };
    let outcome = match store.read(path).await {
        Ok(secret) if is_another(&secret, unread.version) => Outcome::Overtaken,
        Ok(secret) => Outcome::Said(origin(&secret.content)),
        Err(failure) => match failure.reason {
            Reason::NotFound => Outcome::Vanished,
            Reason::Deleted => Outcome::Said(Origin::Deleted),
            // No client has a secret of this size.
            Reason::TooLarge => Outcome::Said(Origin::Unclear),
            _ => Outcome::Failed(failure),
        },
    };
    (key, outcome)
}

fn is_another(secret: &Secret, listed: Option<u64>) -> bool {
    secret
        .version
        .zip(listed)
        .is_some_and(|(read, listed)| read != listed)
}

/// What a secret says about where it comes from. Every generation of secrets has its registration token and its issuer in
/// these fields.
fn origin(content: &SecretDocument) -> Origin {
    registration(content).unwrap_or(Origin::Unclear)
}

fn registration(content: &SecretDocument) -> Option<Origin> {
    let token = content.text("/registration_access_token")?;
    let claims = jwt::claims_unverified(&token).ok()?;
    // The one token must not be taken for the other: that would date the client by the token that registered it.
    if claims.token_type == TokenType::InitialAccess {
        return None;
    }
    let own = claims.issuer.as_deref();
    let beside = content
        .public_text("/issuer")
        .filter(|text| !text.is_empty());
    let mut issuers: Vec<Digest> = own
        .into_iter()
        .chain(beside)
        .map(Tally::issuer_digest)
        .collect();
    issuers.dedup();
    Some(Origin::Registered {
        id: Digest::of(&[own.unwrap_or_default(), &claims.id?]),
        at: claims.issued?,
        issuers,
    })
}
