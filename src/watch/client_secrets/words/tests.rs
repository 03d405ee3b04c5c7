use std::time::Duration;

use serde_json::json;

use super::*;
use crate::{
    model::{ClientList, Field, NoRequest, SecretPath, StoreName, TargetName, TierName},
    watch::client_secrets::{
        config::Rotation,
        samples::{DAY, NOW, client, facts, list, named, realm, stored},
    },
};

fn never(id: &str) -> ClientTimes {
    ClientTimes {
        expiry: Some(Expiry::Never),
        ..client(id, 0)
    }
}

fn unclear(id: &str) -> ClientTimes {
    ClientTimes {
        expiry: None,
        is_unclear: true,
        ..client(id, 0)
    }
}

fn under_a_policy() -> ClientSecrets {
    let mut wanted = realm();
    let remaining = Duration::from_secs(5);
    wanted.rotation = Some(Rotation { remaining });
    wanted
}

fn from_a_store() -> ClientSecrets {
    let place = (StoreName::new("vault"), SecretPath::new("kv/team/app"));
    stored(place.0.unwrap(), place.1.unwrap())
}

#[test]
fn nothing_known_is_not_well() {
    let (wanted, nothing) = (realm(), Facts::default());
    assert_eq!(standing(&wanted, &nothing, NOW), Standing::Unknown);
    assert_eq!(summary(&wanted, &nothing, NOW), "nothing known yet");
    assert_eq!(advice(&wanted, &nothing, NOW), Vec::<&str>::new());
}

#[test]
fn the_worst_secret_decides() {
    let far = || client("far", 100 * DAY);
    let rotated = ClientTimes {
        rotated: Some(UnixTime::from_seconds(NOW.seconds() + 9)),
        ..far()
    };
    let of_3scale = ClientTimes {
        is_of_3scale: true,
        ..far()
    };
    for (other, expected) in [
        (never("x"), Standing::Ok),
        (client("x", 11 * DAY), Standing::Ok),
        (client("x", 9 * DAY), Standing::Notice),
        (client("x", 3 * DAY), Standing::Urgent),
        (client("x", -1), Standing::Urgent),
        (unclear("x"), Standing::Notice),
        (rotated, Standing::Notice),
        (of_3scale, Standing::Notice),
    ] {
        let known = facts([other.clone(), client("y", 50 * DAY)]);
        assert_eq!(standing(&realm(), &known, NOW), expected, "{other:?}");
        let is_advised = !advice(&realm(), &known, NOW).is_empty();
        assert_eq!(is_advised, expected != Standing::Ok, "{other:?}");
    }
    assert_eq!(standing(&realm(), &facts([]), NOW), Standing::Ok);
    assert_eq!(standing(&named(&["x"]), &facts([]), NOW), Standing::Notice);
    assert_eq!(
        standing(&under_a_policy(), &facts([never("x")]), NOW),
        Standing::Notice
    );
    let nameless = Facts {
        clients: Some(ClientList::of(Vec::new(), 1)),
    };
    assert_eq!(standing(&realm(), &nameless, NOW), Standing::Notice);
}

#[test]
fn one_line_says_it_all() {
    let known = facts([
        client("zync", 3 * DAY),
        client("old", -5),
        client("older", -9),
        never("a"),
        unclear("b"),
    ]);
    assert_eq!(
        summary(&under_a_policy(), &known, NOW),
        "5 clients; next: zync expires 2027-01-18T08:00:00Z, in 3 days; 2 expired; 1 not under the rotation policy; \
         1 with times that cannot be understood"
    );
    assert_eq!(summary(&realm(), &facts([never("a")]), NOW), "1 client");
    assert_eq!(
        summary(&named(&["a", "b\n"]), &facts([]), NOW),
        "no client with a secret; not there or without a secret: a, b\\n"
    );
}

#[test]
fn advice_names_the_place_in_the_console_or_the_store() {
    let expired = facts([client("a", -1)]);
    let said = advice(&realm(), &expired, NOW);
    assert!(
        said[0].contains("Clients > ID > Credentials > Regenerate"),
        "{said:?}"
    );
    let said = advice(&from_a_store(), &expired, NOW);
    assert!(
        said[0].contains("write the answer to the store"),
        "{said:?}"
    );
    let said = advice(&from_a_store(), &facts([client("a", DAY)]), NOW);
    assert!(said[0].contains("before it expires"), "{said:?}");
}

#[test]
fn what_changed_is_told_once() {
    let text = |before: &Facts, after: &Facts| news(before, after).map(|news| news.text);
    let one = facts([client("a", 9), client("b", 9)]);
    assert_eq!(
        text(&Facts::default(), &one).unwrap(),
        "the secrets of 2 clients were read"
    );
    assert_eq!(text(&one, &one), None);
    let other = facts([client("a", 10), client("c", 9)]);
    assert_eq!(
        text(&one, &other).unwrap(),
        "new clients: c; clients that are gone: b; another expiry: a"
    );
    let worse = news(&one, &facts([client("a", 9), unclear("b")])).unwrap();
    assert!(worse.is_bad);
    assert_eq!(
        worse.text,
        "another expiry: b; that cannot be understood: 1 (before: 0)"
    );
}

fn asked(wanted: &ClientSecrets, facts: &Facts) -> Result<crate::model::Filling, NoRequest> {
    let (name, tier) = (
        TargetName::new("t").unwrap(),
        TierName::new("prod").unwrap(),
    );
    request((&name, &tier), wanted, facts, NOW)
}

#[test]
fn what_is_due_is_asked_for() {
    let known = facts([
        client("b\n", 3 * DAY),
        client("a", -1),
        client("far", 11 * DAY),
        never("never"),
    ]);
    let filling = asked(&realm(), &known).unwrap();
    assert_eq!(
        filling[&Field::Due],
        "- a: expired on 15 January 2027\n- b\\n: expires on 18 January 2027"
    );
    assert_eq!(filling[&Field::Expires], "15 January 2027");
    assert_eq!(filling[&Field::Instance], "sso.example.com");
    assert_eq!(filling[&Field::Store], "");
    assert!(Field::ALL.iter().all(|field| filling.contains_key(field)));
    let filling = asked(&from_a_store(), &known).unwrap();
    let place = [Field::Store, Field::Mount, Field::Secret, Field::Instance];
    let place = place.map(|field| filling[&field].clone());
    assert_eq!(place, ["vault", "kv", "team/app", "t"]);
}

#[test]
fn where_nothing_is_due_nothing_is_asked_for() {
    let far = facts([client("far", 11 * DAY), never("never"), unclear("odd")]);
    assert_eq!(asked(&realm(), &far), Err(NoRequest::NothingDue));
    assert_eq!(
        asked(&realm(), &Facts::default()),
        Err(NoRequest::NeverRead)
    );
}

#[test]
fn the_report_names_what_needs_something() {
    let known = facts([
        client("soon", 9 * DAY),
        client("old", -5),
        never("free"),
        client("far", 99 * DAY),
    ]);
    let said = json!(report(&under_a_policy(), &known, NOW));
    assert_eq!(said["counts"]["clients"], 4);
    assert_eq!(said["counts"]["unmanaged"], 1);
    assert_eq!(said["next"]["id"], "soon");
    let named: Vec<_> = said["clients"].as_array().unwrap().iter().collect();
    let ids: Vec<_> = named
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["old", "soon", "free"]);
    assert_eq!(named[2]["what"], json!(["unmanaged"]));
    let nothing = json!(report(&named_by_id(), &Facts::default(), NOW));
    assert_eq!(
        nothing,
        json!({"counts": null, "next": null, "clients": [], "missing": []})
    );
}

fn named_by_id() -> ClientSecrets {
    named(&["a"])
}

#[test]
fn of_very_many_only_some_are_named() {
    let many: Vec<_> = (0..10_000)
        .map(|at| client(&format!("{at}\n"), -at))
        .collect();
    let known = Facts {
        clients: Some(ClientList::of(many, 0)),
    };
    let said = json!(report(&realm(), &known, NOW));
    assert_eq!(said["clients"].as_array().unwrap().len(), 50);
    assert_eq!(said["counts"]["expired"], 10_000);
    let said = news(&facts([]), &known).unwrap().text;
    assert!(said.len() < 100, "{said}");
    assert!(summary(&realm(), &known, NOW).len() < 100);
    assert_eq!(list([]).len(), 0);
}
