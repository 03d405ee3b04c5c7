//! Stores that make counting hard, and secrets that must not come out.

use std::fmt::Write;

use kcwatch::{
    config::KvVersion,
    model::Reason,
    watch::initial_access_token::{config::Read, counted::Used},
};
use serde_json::json;

use super::{Engine, ISSUER, Watch, client};
use crate::{
    servers::{Fake, Reply},
    stores::{
        canary::{CANARY, listening, nothing_is_given_away},
        files::Mounted,
        rig::Rig,
    },
};

#[tokio::test]
async fn clients_in_a_directory_are_counted_as_well() {
    let mounted = Mounted::new();
    mounted.write("clients/a.json", client("a", ISSUER, 60).to_string());
    mounted.write("clients/b.json", client("b", ISSUER, -60).to_string());
    let token = super::registration_token("c", ISSUER, 60);
    mounted.write("clients/c/registration_access_token", token);
    let folders = ["clients".to_owned()];
    let mut watch = Watch::new(&mounted.store, Read::Secrets, &folders);
    assert_eq!(watch.look().await, Ok(Used::Known(2)));
    let mut watch = Watch::new(&mounted.store, Read::Names, &folders);
    assert_eq!(watch.look().await, Ok(Used::Undated(3)));
}

#[tokio::test]
async fn more_names_than_anybody_has_clients_are_too_many() {
    let keys: Vec<String> = (0..=200_000).map(|number| number.to_string()).collect();
    let body = json!({"data": {"keys": keys}}).to_string();
    let fake = Fake::start(move |_| Reply::ok(&body)).await;
    let rig = Rig::with_token(fake.address(), "t").stating("kv", KvVersion::V1);
    let store = rig.store();
    let mut watch = Watch::new(&store, Read::Names, &["kv/clients".to_owned()]);
    assert_eq!(watch.look().await, Err(Reason::TooLarge));
}

#[tokio::test]
async fn nothing_of_a_client_comes_out_of_counting_it() {
    let engine = Engine::new(2).await;
    let mut content = client(CANARY, ISSUER, 60);
    content["client_secret"] = json!(format!("secret-{CANARY}"));
    let token = content["registration_access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let signature = token.rsplit('.').next().unwrap().to_owned();
    engine.write("a/one", content).await;
    let words = json!({"custom_metadata": {"note": format!("noted-{CANARY}")}});
    let path = format!("{}/metadata/a/one", engine.mount);
    engine.bao.call("POST", &path, Some(words)).await;
    let approle = engine
        .bao
        .approle(json!({"token_policies": ["root-like"]}))
        .await;
    let rules = format!(
        "path \"{}/*\" {{ capabilities = [\"list\", \"read\"] }}",
        engine.mount
    );
    engine.bao.policy("root-like", &rules).await;

    let (captured, guard) = listening();
    let store = Rig::with_approle(&engine.bao.address(), &approle).store();
    let mut said = String::new();
    for read in [Read::Names, Read::Secrets] {
        let mut watch = Watch::new(&store, read, &[engine.folder("a")]);
        let until = tokio::time::Instant::now() + std::time::Duration::from_secs(60);
        let tally = watch.tally(until).await;
        let used = watch.fold(tally.as_ref().unwrap());
        assert_eq!(used, Used::Known(1));
        let text = serde_json::to_string(watch.known()).unwrap();
        let counted = watch.known();
        write!(said, "{tally:?} {counted:?} {text}").unwrap();
        let mut denied = Watch::new(&store, read, &["nowhere/at/all".to_owned()]);
        write!(said, "{:?}", denied.look().await).unwrap();
    }
    drop(guard);
    assert!(!said.contains(&signature) && !captured.text().contains(&signature));
    nothing_is_given_away(&captured, &said, "store::vault");
}
