//! How much is kept, and where.

use std::{mem::size_of, sync::Arc};

use super::*;

fn many(count: u32) -> Vec<Listed> {
    (0..count)
        .map(|n| dated(&format!("client-{n}"), &[(1, 120)]))
        .collect()
}

#[test]
fn ten_thousand_names_are_a_third_of_a_mebibyte() {
    assert_eq!(size_of::<Entry>(), 32);
    let mut watch = Watch::names(100);
    watch.look(200, &many(10_000));
    let bytes = watch.known().present.capacity() * size_of::<Entry>();
    assert!(bytes < 400_000, "{bytes}");
    let text = serde_json::to_string(watch.known()).unwrap();
    assert!(text.len() < 650_000, "{}", text.len());
}

#[test]
fn a_look_that_brings_nothing_new_copies_nothing() {
    let mut watch = Watch::names(100);
    watch.look(200, &many(10));
    let before = watch.known().clone();
    watch.look(300, &many(10));
    assert!(Arc::ptr_eq(&before.present, &watch.known().present));
}

#[test]
fn registrations_that_can_no_longer_count_are_forgotten_but_not_read_again() {
    let mut watch = Watch::secrets(100);
    let read = [
        ("a", registered("1", 120, &[ISSUER])),
        ("b", registered("2", 20, &[ISSUER])),
    ];
    watch.read(200, &[name("a"), name("b")], &read);
    let one_left = serde_json::to_string(watch.known()).unwrap();
    assert!(
        !one_left.contains(&Digest::of(&["2"]).to_string()),
        "{one_left}"
    );
    for effective in [210, 220] {
        watch.effective = Some(at(effective));
        watch.read(effective, &[name("a"), name("b")], &[]);
    }
    let text = serde_json::to_string(watch.known()).unwrap();
    assert!(!text.contains(&Digest::of(&["1"]).to_string()), "{text}");
    assert!(watch.known().has_read(&name("a")) && watch.known().has_read(&name("b")));
}

#[test]
fn it_lies_in_files_as_it_always_did() {
    let mut watch = Watch::secrets(100);
    watch.read(
        200,
        &[dated("a", &[(1, 120)])],
        &[("a", registered("1", 120, &[ISSUER]))],
    );
    watch.read(300, &[name("b")], &[]);
    let text = serde_json::to_string(watch.known()).unwrap();
    insta::assert_snapshot!(text, @r#"{"place":"224c122879d94df2b3624ccc4b753767","first":200,"latest":300,"complete":200,"issuer":"0eb50f5bcbaf8f4aa9c6c5b9f30c56ba","effective":100,"floor":100,"present":[["951669ac82bed68ce97f8926c12524fe",300,0,"l","u"]],"gone":{"dated":{},"undated":0},"registered":{"by_id":{"031dc88d0ec0c52d518bbc28b322da93":[120,0]},"issuers":[["0eb50f5bcbaf8f4aa9c6c5b9f30c56ba"]]}}"#);
    assert_eq!(
        serde_json::from_str::<Counted>(&text).unwrap(),
        *watch.known()
    );
}
