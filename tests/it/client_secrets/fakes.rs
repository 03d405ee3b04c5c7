//! Realms that no real server can be made to be.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use kcwatch::{
    keycloak::ClientQuery,
    model::{Expiry, Reason, UnixTime},
};
use serde_json::{Value, json};

use super::{all, asked, ids, series, settings_at};
use crate::{
    daemon::home::Home,
    keycloak::rig::Rig,
    servers::{Account, Fake, Reply},
};

const END: i64 = 1_900_000_000;

fn client(id: &str, end: &Value) -> Value {
    json!({
        "clientId": id, "secret": "kaNarieNvogel", "redirectUris": ["https://x.example/*"],
        "attributes": {"client.secret.expiration.time": end},
    })
}

/// The number that stands behind a name in the address of a request.
fn number(request: &str, name: &str) -> Option<usize> {
    let (_, after) = request.lines().next()?.split_once(&format!("{name}="))?;
    after.split(['&', ' ']).next()?.parse().ok()
}

fn is_login(request: &str) -> bool {
    request.contains("/protocol/openid-connect/token")
}

fn granted() -> Reply {
    Reply::ok(r#"{"access_token":"access","token_type":"Bearer","expires_in":300}"#)
}

/// A realm that has, at its request number N, the clients that `clients` says.
async fn realm(clients: impl Fn(usize) -> Arc<Vec<Value>> + Send + Sync + 'static) -> Fake {
    let asked = AtomicUsize::new(0);
    Fake::start(move |request| {
        if is_login(request) {
            return granted();
        }
        let clients = clients(asked.fetch_add(1, Ordering::SeqCst));
        let (first, most) = (number(request, "first"), number(request, "max"));
        let page = clients.iter().skip(first.unwrap_or(0));
        let page: Vec<&Value> = page.take(most.unwrap_or(usize::MAX)).collect();
        Reply::ok(&json!(page).to_string())
    })
    .await
}

fn rig(fake: &Fake) -> Rig {
    Rig::at(fake.address(), "a", &Account::new("kcwatch", "secret"))
}

fn questions(fake: &Fake) -> usize {
    let requests = fake.requests();
    requests.iter().filter(|request| !is_login(request)).count()
}

/// So many clients, each with every time there is.
fn many(count: usize) -> Vec<Value> {
    let one = |at| {
        let mut client = client(&format!("client-{at:05}"), &json!(END.to_string()));
        for attribute in ["creation.time", "rotated.expiration.time"] {
            client["attributes"][format!("client.secret.{attribute}")] = json!("1800000000");
        }
        client
    };
    (0..count).map(one).collect()
}

#[tokio::test]
async fn pages_that_shift_are_read_once_more_and_then_refused() {
    // The first client goes after the first page.
    let once = realm(|request| many(600).split_off(usize::from(request > 0)).into()).await;
    assert_eq!(all(&rig(&once)).await.unwrap().len(), 599);
    // Two of the first attempt, four of the second.
    assert_eq!(questions(&once), 2 + 4);
    let never_still = realm(|request| many(600).split_off(request % 300).into()).await;
    assert_eq!(all(&rig(&never_still)).await, Err(Reason::BadResponse));
    assert_eq!(questions(&never_still), 4);
}

#[tokio::test]
async fn a_server_that_knows_no_pages_is_not_read_twice_over() {
    let ignorant = Fake::start(|request| match request {
        login if is_login(login) => granted(),
        _ => Reply::ok(&json!([client("a", &json!(0)), client("b", &json!(0))]).to_string()),
    })
    .await;
    // Its second page is its first one again, which does not continue it.
    assert_eq!(all(&rig(&ignorant)).await, Err(Reason::BadResponse));
    assert_eq!(questions(&ignorant), 4);
}

#[tokio::test]
async fn clients_of_an_attribute_are_picked_out_here() {
    let fake = realm(|_| {
        let mut marked = client("marked", &json!(END));
        marked["attributes"]["3scale"] = json!("true");
        vec![client("a", &json!(0)), marked].into()
    })
    .await;
    let query = ClientQuery {
        ids: &[],
        attribute: Some(("3scale", "true")),
    };
    let list = asked(&rig(&fake), query).await.unwrap();
    assert_eq!(ids(&list), ["marked"]);
}

#[tokio::test]
async fn more_clients_or_bytes_than_are_read_are_too_many() {
    let crowd = Arc::new(many(21_000));
    let crowded = realm(move |_| Arc::clone(&crowd)).await;
    assert_eq!(all(&rig(&crowded)).await, Err(Reason::TooLarge));
    let endless = Fake::start(|request| match request {
        login if is_login(login) => granted(),
        _ => Reply::Endless,
    })
    .await;
    assert_eq!(all(&rig(&endless)).await, Err(Reason::TooLarge));
}

#[tokio::test]
async fn each_fault_of_an_answer_has_its_word() {
    for (head, body, reason) in [
        ("200 OK", "<html>welcome</html>", Reason::BadResponse),
        ("200 OK", "{}", Reason::BadResponse),
        ("200 OK", "[{\"clientId\":", Reason::BadResponse),
        ("200 OK", "[]", Reason::Denied),
        ("302 Found\r\nLocation: /login", "", Reason::BadResponse),
        (
            "403 Forbidden",
            r#"{"error":"unknown_error"}"#,
            Reason::Denied,
        ),
        (
            "404 Not Found",
            r#"{"error":"Realm not found."}"#,
            Reason::NotFound,
        ),
        ("429 Slow", "", Reason::RateLimited),
        ("503 Oh", "<html>", Reason::ServerError),
    ] {
        let fake = Fake::start(move |request| match request {
            login if is_login(login) => granted(),
            _ => Reply::whole(head, body),
        })
        .await;
        assert_eq!(all(&rig(&fake)).await, Err(reason), "{head} {body}");
    }
}

#[tokio::test]
async fn times_of_every_sort_are_told_or_counted_and_nothing_breaks() {
    let long = "x\"\n\\".repeat(1_000);
    let odd = long.clone();
    let fake = realm(move |_| {
        vec![
            client("number", &json!(END)),
            client("text", &json!(END.to_string())),
            client("never", &json!("0")),
            client("rubbish", &json!("soon")),
            client("overflow", &json!("-499601760")),
            client(&odd, &json!(END)),
            json!({"secret": "kaNarieNvogel"}),
            json!(["kaNarieNvogel"]),
        ]
        .into()
    })
    .await;
    let list = all(&rig(&fake)).await.unwrap();
    let end = Some(Expiry::At(UnixTime::from_seconds(END)));
    assert_eq!(list.get(&long).unwrap().expiry, end);
    assert_eq!(list.nameless, 2);

    times_are_told(&fake, &long).await;
}

async fn times_are_told(fake: &Fake, long: &str) {
    let home = Home::new();
    let issuer = format!("{}/realms/a", fake.address());
    let account = Account::new("kcwatch", "secret");
    home.configure(&settings_at(
        &home,
        &issuer,
        &account,
        json!({"rotation": {"remaining": "10d"}}),
    ));
    let daemon = home.start().await;
    daemon.ready().await;
    let told = daemon.series().await;
    for (client, value) in [
        ("number", Some(1.9e9)),
        ("text", Some(1.9e9)),
        ("never", Some(f64::INFINITY)),
        ("rubbish", None),
        ("overflow", None),
        (
            &long
                .replace('\\', "\\\\")
                .replace('"', "\\\"")
                .replace('\n', "\\n"),
            Some(1.9e9),
        ),
    ] {
        assert_eq!(told.get(&series("expiration", client, "current")), value);
    }
    for (count, value) in [
        ("", 6.0),
        ("_unclear", 4.0),
        ("_unmanaged", 1.0),
        ("_replaceable", 0.0),
    ] {
        let series = format!("kcwatch_client_secrets{count}{{target=\"clients\"}}");
        assert_eq!(told.get(&series), Some(value), "{series}");
    }
    for command in [
        &["check"][..],
        &["check", "--output", "json"],
        &["request", "clients"],
    ] {
        let said = home.run(command).said();
        assert!(
            !said.is_empty() && !said.contains("kaNarieNvogel"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn ten_thousand_clients_are_read_in_few_requests_and_kept_when_the_realm_fails() {
    let crowd = Arc::new(many(10_000));
    let fake = realm(move |request| match request {
        0..42 => Arc::clone(&crowd),
        _ => Arc::default(),
    })
    .await;
    let home = Home::new();
    let issuer = format!("{}/realms/a", fake.address());
    let account = Account::new("kcwatch", "secret");
    let watched = json!({"rotation": {"remaining": "10d"}});
    home.configure(&settings_at(&home, &issuer, &account, watched));
    let daemon = home.start().await;
    daemon.ready().await;
    assert_eq!(
        daemon
            .metric("kcwatch_client_secrets{target=\"clients\"}")
            .await,
        Some(10_000.0)
    );
    let failures = crate::daemon::page::failures("clients", "denied");
    crate::servers::eventually("the realm denies", async || {
        (daemon.metric(&failures).await > Some(0.0)).then_some(())
    })
    .await;
    let peak = daemon.peak_memory();
    assert!(peak < 64 * 1024, "{peak} KiB");
    let told = daemon.series().await;
    let last = series("expiration", "client-09999", "current");
    assert_eq!(told.get(&last), Some(1.9e9));
    let logins = fake
        .requests()
        .iter()
        .filter(|request| is_login(request))
        .count();
    assert!(
        logins <= 2 + questions(&fake).saturating_sub(42),
        "{logins}"
    );
}
