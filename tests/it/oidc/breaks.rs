//! Each link is broken by itself on a real server: that one is named and no other, it holds again once mended, and no secret
//! comes out meanwhile.

use serde_json::json;

use super::{
    faults::Deed,
    rig::{Watching, canaries},
    rows::{self, On, Row},
    scene::Scene,
};
use crate::servers::on_both;

/// Breaks and mends each link in turn, on both versions where they can.
async fn each_is_named(rows: impl Fn() -> Vec<Row>) {
    on_both(async |keycloak| {
        let scene = Scene::new(keycloak, json!({})).await;
        let mut watching = Watching::start(&scene, &scene.settings()).await;
        for row in rows() {
            let here = if keycloak.is_old() {
                On::Old
            } else {
                On::Current
            };
            if row.on == On::Both || row.on == here {
                let why = format!("{}, {here:?}", row.what);
                for deed in row.breaks {
                    scene.befall(deed).await;
                }
                watching.breaks(row.step, row.cause, &why).await;
                for deed in row.mends {
                    scene.befall(deed).await;
                }
                watching.holds(&why).await;
            }
        }
        watching.gives_nothing_away(&canaries(&scene)).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_link_of_the_way_to_the_server_is_named() {
    each_is_named(rows::of_the_way).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_link_of_the_realm_and_of_the_token_is_named() {
    each_is_named(|| {
        [rows::of_the_realm(), rows::of_the_token()]
            .into_iter()
            .flatten()
            .collect()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_link_of_the_service_account_is_named() {
    each_is_named(|| {
        [rows::of_the_account(), rows::of_the_kind_of_client()]
            .into_iter()
            .flatten()
            .collect()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_link_of_the_applications_is_named() {
    each_is_named(rows::of_the_applications).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_realm_that_is_gone_is_not_found() {
    on_both(async |keycloak| {
        let scene = Scene::new(keycloak, json!({})).await;
        let mut watching = Watching::start(&scene, &scene.settings()).await;
        scene.befall(Deed::DeleteRealm).await;
        watching.breaks("discovery", "not_found", "deleted").await;
        watching.gives_nothing_away(&canaries(&scene)).await;
    })
    .await;
}
