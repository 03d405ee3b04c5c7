//! The pages in a real Chromium: axe finds nothing, they fit a phone, the keyboard reaches everything, nothing is loaded from elsewhere.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};

use super::scene::{self, Scene};
use crate::{
    config::repository,
    servers::{browser, chromium, unique},
};

/// Gives the script an order, and hears what it found wrong.
async fn looked(task: &'static str, pages: Value) -> Vec<Value> {
    let tools = browser();
    let order = std::env::temp_dir().join(unique("kcwatch-order"));
    let said = json!({"chromium": chromium(), "pages": pages}).to_string();
    std::fs::write(&order, said).unwrap();
    let script = repository("tests/browser/look.mjs");
    let arguments = [script.as_path(), &tools, Path::new(task), &order].map(PathBuf::from);
    let ran = tokio::task::spawn_blocking(move || Command::new("node").args(arguments).output());
    let output = ran.await.unwrap().expect("node runs: see scripts/setup");
    std::fs::remove_file(&order).unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{errors}"))
}

/// Pages of a scene, each by its name.
fn pages(scene: &Scene, pages: &[(&str, &str)]) -> Vec<Value> {
    let page = |(name, path): &(&str, &str)| json!({"name": name, "url": scene.url(path)});
    pages.iter().map(page).collect()
}

#[tokio::test]
async fn nobody_is_kept_out_on_any_page_in_any_light_on_any_screen() {
    let demo = super::pages::demo().await;
    let (well, urgent) = (scene::well().await, scene::urgent().await);
    let (blind, many) = (scene::blind().await, scene::many(200).await);
    let demo_pages = [
        "/",
        "/targets/prod",
        "/targets/realm-clients",
        "/targets/3scale-with-a-lost-application",
        "/targets/prod-wrong-kind-of-token",
    ];
    let of_demo = demo_pages.map(|path| json!({"name": format!("demo {path}"), "url": format!("http://{}{path}", demo.address())}));
    let all = [
        pages(&well, &[("well", "/")]),
        pages(
            &urgent,
            &[
                ("urgent", "/"),
                ("paused", "/?refresh=off"),
                ("a target", "/targets/prod"),
                ("no such target", "/targets/nobody"),
                ("nothing fits", "/?q=nothing"),
            ],
        ),
        pages(
            &blind,
            &[("blind", "/"), ("unread target", "/targets/prod")],
        ),
        pages(&many, &[("many", "/")]),
        of_demo.to_vec(),
    ];
    let wrong = looked("check", all.concat().into()).await;
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn the_keyboard_reaches_everything_and_no_script_is_needed() {
    let urgent = scene::urgent().await;
    let wrong = looked("walk", pages(&urgent, &[("urgent", "/")]).into()).await;
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Takes the pictures of `docs/status.md` anew: `cargo test --test it -- --ignored status::browser::pictures`.
#[tokio::test]
#[ignore = "writes docs/screenshots"]
async fn pictures() {
    let (well, urgent) = (scene::well().await, scene::urgent().await);
    let (blind, many) = (scene::blind().await, scene::many(200).await);
    let scenes = [
        ("well", &well),
        ("urgent", &urgent),
        ("blind", &blind),
        ("many", &many),
    ];
    let looks = [
        ("light", 1280, 600, "light"),
        ("dark", 1280, 600, "dark"),
        ("phone", 360, 740, "dark"),
    ];
    let mut wanted = Vec::new();
    for (name, scene) in scenes {
        for (look, width, height, scheme) in looks {
            let file = repository(&format!("docs/screenshots/{name}-{look}.png"));
            wanted.push(json!({
                "url": scene.url("/"), "file": file, "width": width, "height": height, "scheme": scheme,
            }));
        }
    }
    let file = repository("docs/screenshots/target-light.png");
    wanted.push(json!({
        "url": urgent.url("/targets/prod"), "file": file, "width": 1280, "height": 860, "scheme": "light",
    }));
    looked("shoot", wanted.into()).await;
}
