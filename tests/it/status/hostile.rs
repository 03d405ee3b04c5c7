//! Names and texts that try to be more than that.

use serde_json::json;

use super::{
    pages::words,
    scene::{self, settings, token},
};
use crate::daemon::{home::Home, tokens::now};

const MARKUP: &str = "<script>alert(1)</script>&amp;\"'><img src=x onerror=alert(2)>";
const BACKWARDS: &str = "\u{202e}txet sdrawkcab \u{5d0}\u{5d1}\u{5d2} / ../..?a=b#c%41";

/// No tag and no attribute may come from elsewhere.
fn is_harmless(html: &str) {
    for bad in ["<script", "<img", "onerror=alert(2)>", "'><", "javascript:"] {
        assert!(!html.contains(bad), "{bad}: {html}");
    }
}

#[tokio::test]
async fn names_with_markup_backwards_text_and_300_characters_are_only_names() {
    let home = Home::new();
    let long = "ü".repeat(300);
    let names = [MARKUP, BACKWARDS, long.as_str()];
    home.write("secrets/a.json", scene::living(3, 50).to_string());
    let client = json!({
        "client_id": format!("{MARKUP}\n{BACKWARDS}{long}"), "client_secret": "s", "client_secret_expires_at": now() + 500,
    });
    home.write("secrets/client.json", client.to_string());
    let mut settings =
        settings(&home).watching(json!({"name": "client", "tier": MARKUP, "client_secrets": {
            "secret": {"store": "devshift", "path": "client"},
        }}));
    let tier = json!({
        "lifetime": "30d",
        "expiry": {
            "notice": {"before": "10d", "severity": "medium"},
            "urgent": {"before": "4d", "severity": "high"},
            "expired": {"severity": "high"},
        },
        "clients": {
            "notice": {"left": 20, "severity": "medium"},
            "urgent": {"left": 5, "severity": "high"},
            "exhausted": {"severity": "high"},
        },
    });
    settings = settings.with("/tiers", json!({MARKUP: tier}));
    for name in names {
        settings = settings.watching(token(name, "a"));
    }
    home.configure(&settings);
    let daemon = home.start().await;
    daemon.ready().await;
    let front = daemon.get("/").await.text;
    is_harmless(&front);
    assert!(front.contains("&#60;script&#62;alert(1)"), "{front}");
    let links: Vec<String> = front
        .split("<a href=\"/targets/")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    assert_eq!(links.len(), 4);
    for link in links {
        let link = link.replace("&#38;", "&").replace("&#39;", "'");
        let page = daemon.get(&format!("/targets/{link}")).await;
        assert_eq!(page.status, 200, "{link}");
        is_harmless(&page.text);
        assert!(words(&page.text).contains("How it is read"), "{link}");
    }
    for query in [
        "/?q=%3Cscript%3E%22%27",
        "/?tier=%22%3E%3Cimg",
        "/targets/%3Cscript%3E%22",
        "/?q=javascript:",
    ] {
        let page = daemon.get(query).await.text;
        assert!(
            !page.contains("<script") && !page.contains("\"><img"),
            "{page}"
        );
    }
}
