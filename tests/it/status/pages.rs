//! What stands on the pages, and how odd requests are answered.

use std::fmt::Write as _;

use kcwatch::{
    config::load_text,
    model::{Guide, UnixTime},
    snapshot::Snapshot,
    status::{Moment, read},
};

use super::scene;
use crate::{
    daemon::{
        home::Home,
        rig::{Daemon, launch},
    },
    servers::eventually,
};

/// The demonstration, which has targets of all kinds in many states.
pub(super) async fn demo() -> Daemon {
    let home = Home::new();
    let mut daemon = launch(&["demo", "--listen", "127.0.0.1:0"], &[], &home.path(""));
    let address = eventually("it says where to look", async || {
        let said = daemon.stdout();
        let rest = said.split("curl -s http://").nth(1)?;
        Some(rest.split('/').next().unwrap().to_owned())
    })
    .await;
    daemon.at(&address);
    daemon.ready().await;
    daemon
}

/// What stands in the tags of a page, without the tags.
pub(super) fn words(html: &str) -> String {
    let mut said = String::new();
    let body = html.split("<body>").nth(1).unwrap_or(html);
    for part in body.split('<') {
        let is_inline = ["a", "b", "bdi", "span", "time"];
        let tag = part.trim_start_matches('/').split([' ', '>']).next();
        if !tag.is_some_and(|tag| is_inline.contains(&tag)) {
            said.push(' ');
        }
        said.push_str(part.split_once('>').map_or(part, |(_, rest)| rest));
    }
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The links to targets, in their order.
fn targets(html: &str) -> Vec<&str> {
    let links = html.split("<a href=\"/targets/").skip(1);
    links.map(|rest| rest.split('"').next().unwrap()).collect()
}

#[tokio::test]
async fn the_worst_comes_first_and_says_what_to_do() {
    let urgent = scene::urgent().await;
    let page = urgent.daemon.get("/").await;
    assert_eq!(
        (page.status, page.content_type.as_str()),
        (200, "text/html; charset=utf-8")
    );
    assert_eq!(targets(&page.text), ["prod", "console", "stage"]);
    let said = words(&page.text);
    for words in [
        "1 target needs somebody now",
        "Initial Access Token, prod",
        "devshift: app-sre/creds/rhidp/sso.example.com",
        "2 days 1 hour left",
        "notice at 10 days, urgent at 4 days",
        "14 of 100 left",
        "as written beside the token",
        "Would a registration work now? Probably",
        "Next secret to end: console-sso.example.com",
        "escalate: without a new token registrations will fail within days",
        "Runbook: InitialAccessTokenExpiring",
        "Subject: New Initial Access Token for sso.example.com (prod)",
        "Write the new token to app-sre/creds/rhidp/sso.example.com in the store devshift",
    ] {
        assert!(said.contains(words), "{words:?} is not in {said}");
    }
    for link in [
        "https://runbooks.example.com/kcwatch/InitialAccessTokenExpiring.md",
        "https://tickets.example.com/new",
        "https://vault.example.com/ui/vault/secrets/app-sre/show/creds/rhidp/sso.example.com",
    ] {
        assert!(page.text.contains(&format!("href=\"{link}\"")), "{link}");
    }
}

#[tokio::test]
async fn the_ticket_is_the_one_that_the_command_prints() {
    let home = Home::new();
    home.write("secrets/a.json", scene::living(2, 50).to_string());
    home.configure(&scene::settings(&home).watching(scene::token("a", "a")));
    let printed = home.run(&["request", "a"]).stdout;
    let daemon = home.start().await;
    daemon.ready().await;
    for path in ["/", "/targets/a"] {
        let page = daemon.get(path).await.text;
        let ticket = page.split("<pre dir=\"auto\">").nth(1).unwrap();
        let ticket = ticket.split("</pre>").next().unwrap();
        assert_eq!(
            ticket.replace("&#38;", "&").replace("&#62;", ">").trim(),
            printed.trim()
        );
    }
}

#[tokio::test]
async fn who_is_blind_says_so_and_still_shows_what_was_known() {
    let blind = scene::blind().await;
    let page = blind.daemon.get("/").await.text;
    let said = words(&page);
    for words in [
        "kcwatch is blind: no target can be read",
        "store devshift: 3 targets, unreachable. Last read",
        "What to do: no connection to the store: check its address",
        "9 days 1 hour left",
        "Would a registration work now? Unknown the token cannot be read now",
        "cannot be read: unreachable",
    ] {
        assert!(said.contains(words), "{words:?} is not in {said}");
    }
    assert!(!said.contains("Probably"), "{said}");
    assert!(page.contains("<title>kcwatch is blind"));
}

#[tokio::test]
async fn where_all_is_well_nothing_else_is_said() {
    let well = scene::well().await;
    let page = well.daemon.get("/").await.text;
    let said = words(&page);
    assert!(said.contains("All 3 targets are well"), "{said}");
    for absent in ["class=\"alarm", "class=\"todo", "<pre", "Runbook"] {
        assert!(!page.contains(absent), "{absent}");
    }
}

#[tokio::test]
async fn every_kind_is_shown_in_detail() {
    let demo = demo().await;
    for (path, words_of_it) in [
        (
            "/targets/prod",
            vec![
                "Checks",
                "It names the expected issuer holds",
                "Counting clients in the store answers",
            ],
        ),
        (
            "/targets/realm-clients",
            vec![
                "Clients, those first that need something most",
                "Secret before it ends",
                "has expired",
                "no end",
            ],
        ),
        (
            "/targets/3scale-with-a-lost-application",
            vec!["connection holds", "applications broken", "Keys that sign"],
        ),
        ("/targets/3scale", vec!["applications holds", "Issuer"]),
        (
            "/targets/prod-behind-a-dead-vault",
            vec![
                "cannot be read: unreachable",
                "Never read",
                "Failures since the start unreachable",
            ],
        ),
    ] {
        // What is asked beside a target is answered a little later than the target itself.
        let shown = async || {
            let page = demo.get(path).await;
            let said = words(&page.text);
            let is_whole = words_of_it.iter().all(|words| said.contains(words));
            is_whole.then_some(page)
        };
        let page = eventually(&format!("{path} says {words_of_it:?}"), shown).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(
            page.text.contains("<a href=\"/\">All targets</a>"),
            "{path}"
        );
    }
    let front = words(&demo.get("/").await.text);
    for words in [
        "Clients 6",
        "End first",
        "No end",
        "kcwatch cannot see everything",
        "store nobody-there: 1 target",
    ] {
        assert!(front.contains(words), "{words:?} is not in {front}");
    }
}

#[tokio::test]
async fn odd_requests_are_answered_gently() {
    let urgent = scene::urgent().await;
    for (path, status, count) in [
        ("/?page=abc", 200, 3),
        ("/?page=999999", 200, 3),
        ("/?page=-1&standing=dead&x=y&&=", 200, 3),
        ("/?%ff%00=%zz", 200, 3),
        ("/?tier=nobody", 200, 0),
        ("/?q=SSO.STAGE", 200, 1),
        ("/?q=client+secrets", 200, 1),
        ("/?standing=urgent&tier=prod", 200, 1),
        ("/?standing=urgent&tier=stage", 200, 0),
        ("/targets/nobody", 404, 0),
        ("/targets/%ff%00", 404, 0),
    ] {
        let page = urgent.daemon.get(path).await;
        assert_eq!(
            (page.status, targets(&page.text).len()),
            (status, count),
            "{path}"
        );
        assert!(
            !page.text.contains("NaN") && page.text.ends_with("</html>"),
            "{path}"
        );
    }
    let nobody = urgent.daemon.get("/targets/nobody").await.text;
    assert!(
        nobody.contains("<bdi class=\"name\">nobody</bdi>") && nobody.contains("All targets"),
        "{nobody}"
    );
    let nowhere = urgent.daemon.get("/nowhere").await;
    assert_eq!(nowhere.status, 404);
    assert!(
        nowhere.text.contains("GET  /targets/NAME"),
        "{}",
        nowhere.text
    );
}

#[tokio::test]
async fn a_filter_stays_while_one_pages_pauses_and_searches() {
    let many = scene::many(320).await;
    let page = many.daemon.get("/?tier=prod&refresh=off").await.text;
    assert!(
        page.contains("href=\"/?tier=prod&#38;page=2&#38;refresh=off\">Next</a>"),
        "{page}"
    );
    assert!(page.contains("href=\"/?tier=prod\">Refresh every 30 seconds</a>"));
    assert!(page.contains("<input type=\"hidden\" name=\"tier\" value=\"prod\">"));
    assert!(page.contains("href=\"/?standing=urgent&#38;tier=prod&#38;refresh=off\""));
    let mut seen: Vec<String> = Vec::new();
    for number in 1..=4 {
        let page = many.daemon.get(&format!("/?page={number}")).await.text;
        let here = targets(&page);
        assert_eq!(
            here.len(),
            if number < 4 { 100 } else { 20 },
            "page {number}"
        );
        assert!(words(&page).contains(&format!("Page {number} of 4")));
        seen.extend(here.into_iter().map(str::to_owned));
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 320, "every target stands on one page");
}

#[test]
fn ten_thousand_targets_are_shown_a_hundred_at_a_time() {
    let mut text = "stores: { s: { files: { directory: /x } } }\ntargets:\n".to_owned();
    for number in 0..10_000 {
        writeln!(
            text,
            "  - {{ name: t{number:05}, tier: prod, initial_access_token: {{ secret: {{ store: s, path: p{number} }} }} }}"
        )
        .unwrap();
    }
    let config = load_text(&text).unwrap();
    let now = UnixTime::from_seconds(1_800_000_000);
    let snapshot = Snapshot::new(&config.targets, now);
    let guide = Guide::default();
    let moment = Moment {
        snapshot: &snapshot,
        guide: &guide,
        now,
        is_beating: true,
    };
    let reading = read(&moment, "/", "page=100");
    assert_eq!(targets(&reading.html).len(), 100);
    assert!(targets(&reading.html).contains(&"t09999"));
    assert!(reading.html.len() < 200_000, "{}", reading.html.len());
    let one = read(&moment, "/", "q=t01234");
    assert_eq!(targets(&one.html), ["t01234"]);
    let one = read(&moment, "/targets/t01234", "");
    assert!(one.is_found && one.refreshes);
}

#[test]
fn a_daemon_that_does_not_tick_is_said_to_stand_still() {
    let now = UnixTime::from_seconds(1_800_000_000);
    let (snapshot, guide) = (Snapshot::new(&[], now), Guide::default());
    let moment = Moment {
        snapshot: &snapshot,
        guide: &guide,
        now,
        is_beating: false,
    };
    let said = words(&read(&moment, "/", "").html);
    assert!(
        said.contains("As of 08:00:00 UTC, and standing still"),
        "{said}"
    );
    assert!(
        said.contains("The scheduler of kcwatch does not tick"),
        "{said}"
    );
    assert!(said.contains("No target is watched"), "{said}");
}

#[test]
fn every_runbook_that_readers_are_led_to_exists() {
    for runbook in kcwatch::model::Runbook::ALL {
        let file = crate::config::repository(&format!("alerts/runbooks/{}.md", runbook.name()));
        assert!(file.is_file(), "{file:?}");
    }
}
