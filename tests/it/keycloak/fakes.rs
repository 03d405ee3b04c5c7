//! Servers that answer as we say.

use std::sync::Arc;

use super::rig::Rig;
use crate::servers::{Account, Fake, Reply};

pub(super) const LOGIN: &str = "/realms/a/protocol/openid-connect/token";
pub(super) const LIST: &str = "GET /admin/realms/a/clients-initial-access HTTP/1.1";
pub(super) const REGISTRATIONS: &str = "POST /realms/a/clients-registrations/default HTTP/1.1";
/// What the system takes from a sender before anybody has read it is a few of these.
pub(super) const MIB: usize = 1024 * 1024;
pub(super) const ISSUED: &str = "the.initial.access-token";

/// An account of the realm `a` of a server.
pub(super) fn rig(fake: &Fake) -> Rig {
    Rig::at(fake.address(), "a", &Account::new("kcwatch", "s%&=+ü"))
}

pub(super) fn granted(token: &str, seconds: u32) -> Reply {
    Reply::ok(&format!(
        r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":{seconds}}}"#
    ))
}

/// A server that lets us log in, and answers like this to the question for the list.
pub(super) async fn listing(answer: impl Fn() -> Reply + Send + Sync + 'static) -> Fake {
    Fake::start(move |request| match request {
        login if login.contains(LOGIN) => granted("access", 300),
        _ => answer(),
    })
    .await
}

pub(super) fn requests(fake: &Fake, part: &str) -> usize {
    let requests = fake.requests();
    requests
        .iter()
        .filter(|request| request.contains(part))
        .count()
}

/// A server that answers each request like this, at once.
pub(super) async fn always(reply: Reply) -> Fake {
    let reply = Arc::new(reply);
    Fake::start(move |_| match &*reply {
        Reply::Bytes(bytes) => Reply::Bytes(bytes.clone()),
        Reply::Last(bytes) => Reply::Last(bytes.clone()),
        Reply::Endless => Reply::Endless,
        Reply::Silence => Reply::Silence,
    })
    .await
}
