//! What secrets tell.

use super::*;

#[test]
fn one_registration_token_counts_once_wherever_it_lies() {
    let mut watch = Watch::secrets(100);
    let one = registered("jti", 120, &[ISSUER]);
    let listed = [name("a"), name("b")];
    let used = watch.read(200, &listed, &[("a", one.clone()), ("b", one.clone())]);
    assert_eq!(used, Used::Known(1));
    assert_eq!(
        watch.read(300, &[], &[]),
        Used::Known(1),
        "gone, and still counted"
    );
    assert_eq!(
        watch.read(400, &[name("c")], &[("c", one)]),
        Used::Known(1),
        "moved"
    );
}

#[test]
fn clients_of_other_issuers_never_count_and_nothing_is_read_again_when_the_issuer_comes_to_be_known()
 {
    let other = "https://sso.example.com/realms/stage";
    let mut watch = Watch::secrets(100);
    let listed = [
        name("ours"),
        name("theirs"),
        name("slash"),
        name("silent"),
        name("moved"),
    ];
    let mut tally = Tally::new(listed.to_vec(), None);
    for (key, origin) in [
        ("ours", registered("1", 120, &[ISSUER])),
        ("theirs", registered("2", 120, &[other])),
        (
            "slash",
            registered("3", 120, &["https://sso.example.com/realms/prod/"]),
        ),
        ("silent", registered("4", 120, &[])),
        ("moved", registered("5", 120, &[other, ISSUER])),
    ] {
        tally.note(name(key).key(), origin);
    }
    assert_eq!(
        watch.tally(200, &tally),
        Used::Known(5),
        "no issuer is known"
    );
    assert_eq!(watch.read(300, &listed, &[]), Used::Known(4));
}

#[test]
fn an_unclear_secret_counts_by_its_name_if_that_has_a_date() {
    let mut watch = Watch::secrets(100);
    let (before, client) = (registered("0", 90, &[ISSUER]), name("client"));
    let read = [("a", Origin::Unclear), ("client", before)];
    let listed = [name("a"), client.clone()];
    assert_eq!(watch.read(200, &listed, &read), Used::Known(0));
    let listed = [
        client,
        name("a"),
        name("b"),
        dated("c", &[(1, 90)]),
        dated("d", &[(1, 290)]),
    ];
    let read = ["b", "c", "d"].map(|one| (one, Origin::Unclear));
    assert_eq!(watch.read(300, &listed, &read), Used::Known(2));
    assert_eq!(watch.known().unclear(), 4);
    assert_eq!(watch.read(400, &[], &[]), Used::Known(2));
    assert_eq!(watch.known().unclear(), 0);
}

#[test]
fn where_no_secret_says_where_it_comes_from_nothing_is_known() {
    let mut watch = Watch::secrets(100);
    let unclear = ["a", "b"].map(|one| (one, Origin::Unclear));
    let listed = ["a", "b"].map(name);
    assert_eq!(
        watch.read(200, &listed, &unclear),
        Used::Undated(2),
        "no all-clear"
    );
    assert_eq!(watch.known().unclear(), 2);
}

#[test]
fn a_date_in_the_future_is_unclear() {
    let mut watch = Watch::secrets(100);
    let milliseconds = registered("jti", 1_800_000_000_000, &[ISSUER]);
    assert_eq!(
        watch.read(200, &[name("a")], &[("a", milliseconds)]),
        Used::Undated(1)
    );
    assert_eq!(watch.known().unclear(), 1);
}

#[test]
fn a_deleted_secret_is_not_asked_for_again_and_counts_by_its_date() {
    let mut watch = Watch::secrets(100);
    let listed = [name("a"), dated("b", &[(1, 120)])];
    let read = ["a", "b"].map(|one| (one, Origin::Deleted));
    assert_eq!(watch.read(200, &listed, &read), Used::Known(1));
    assert!(listed.iter().all(|one| watch.known().has_read(one)));
    assert_eq!(watch.known().unclear(), 0);
}

#[test]
fn the_number_is_unknown_until_everything_is_read_and_nothing_is_read_twice() {
    let mut watch = Watch::secrets(100);
    let listed = [name("a"), name("b")];
    let one = |id| registered(id, 120, &[ISSUER]);
    assert_eq!(
        watch.read(200, &listed, &[("a", one("1"))]),
        Used::Unread(1)
    );
    assert_eq!(watch.known().counted_at(), None);
    assert!(watch.known().has_read(&name("a")) && !watch.known().has_read(&name("b")));
    let mut tally = Tally::new(listed.to_vec(), None);
    tally.fail(Failure::from(Reason::Denied));
    assert_eq!(watch.tally(300, &tally), Used::Unread(1));
    assert_eq!(watch.read(400, &listed, &[("b", one("2"))]), Used::Known(2));
    assert_eq!(watch.known().counted_at(), Some(at(400)));
}

#[test]
fn what_vanishes_unread_is_as_if_never_listed_but_if_it_came_before_our_eyes() {
    let mut watch = Watch::secrets(100);
    assert_eq!(watch.read(200, &[name("a")], &[]), Used::Unread(1));
    assert_eq!(watch.read(300, &[name("b")], &[]), Used::Unread(1));
    let mut tally = Tally::new(vec![name("c")], None);
    tally.strike(name("c").key());
    assert_eq!(watch.tally(400, &tally), Used::Known(1));
}

#[test]
fn another_version_of_a_secret_is_read_anew() {
    let mut watch = Watch::secrets(100);
    let first = dated("a", &[(1, 120)]);
    watch.read(
        200,
        std::slice::from_ref(&first),
        &[("a", registered("1", 120, &[ISSUER]))],
    );
    let second = dated("a", &[(1, 120), (2, 250)]);
    assert!(watch.known().has_read(&first) && !watch.known().has_read(&second));
    assert_eq!(
        watch.read(300, std::slice::from_ref(&second), &[]),
        Used::Unread(1)
    );
    let read = [("a", registered("2", 250, &[ISSUER]))];
    assert_eq!(watch.read(400, &[second], &read), Used::Known(2));
}

#[test]
fn a_secret_whose_date_comes_to_be_told_is_read_anew_only_if_written_since() {
    let mut watch = Watch::secrets(100);
    let read = ["a", "b"].map(|one| (one, registered(one, 120, &[ISSUER])));
    let used = watch.read(200, &[name("a"), name("b")], &read);
    assert_eq!(used, Used::Known(2));
    let told = [dated("a", &[(1, 120)]), dated("b", &[(1, 250)])];
    assert_eq!(watch.read(300, &told, &[]), Used::Unread(1));
    assert!(watch.known().has_read(&told[0]) && !watch.known().has_read(&told[1]));
}
