//! What names alone tell.

use super::*;

#[test]
fn names_without_a_date_that_were_there_before_us_make_the_number_unknown_until_the_next_token() {
    let mut watch = Watch::names(50);
    assert_eq!(watch.look(100, &[name("a"), name("b")]), Used::Undated(2));
    assert_eq!(
        watch.look(200, &[name("a"), name("b"), name("c")]),
        Used::Undated(2)
    );
    assert_eq!(
        watch.look(300, &[name("c")]),
        Used::Undated(2),
        "gone, and still undated"
    );
    watch.effective = Some(at(250));
    assert_eq!(watch.look(400, &[name("c"), name("d")]), Used::Known(1));
    assert_eq!(watch.known().counted_at(), Some(at(400)));
}

#[test]
fn who_watched_before_the_token_took_effect_knows_the_number_without_dates() {
    let mut watch = Watch::names(150);
    assert_eq!(watch.look(100, &[name("a")]), Used::Known(0));
    assert_eq!(watch.look(200, &[name("a"), name("b")]), Used::Known(1));
}

#[test]
fn a_first_listing_in_the_very_second_the_token_took_effect_tells_nothing() {
    let mut watch = Watch::names(100);
    assert_eq!(watch.look(100, &[name("a")]), Used::Undated(1));
}

#[test]
fn in_doubt_a_registration_belongs_to_the_new_token() {
    let mut watch = Watch::names(50);
    watch.look(40, &[name("old")]);
    watch.effective = Some(at(199));
    assert_eq!(watch.look(200, &[name("old"), name("new")]), Used::Known(1));
    watch.effective = Some(at(200));
    assert_eq!(watch.used(), Used::Known(1), "the same second");
    watch.effective = Some(at(201));
    assert_eq!(watch.used(), Used::Known(0));
}

#[test]
fn names_with_dates_are_counted_from_the_first_listing_on() {
    let mut watch = Watch::names(100);
    let listed = [
        dated("a", &[(1, 99)]),
        dated("b", &[(1, 100)]),
        dated("c", &[(1, 70), (2, 120)]),
    ];
    assert_eq!(watch.look(300, &listed), Used::Known(2));
}

#[test]
fn a_deleted_client_gives_nothing_back_and_its_return_is_another_registration() {
    for one in [name("a"), dated("a", &[(1, 120)])] {
        let mut watch = Watch::names(100);
        watch.look(90, &[dated("other", &[(1, 10)])]);
        assert_eq!(watch.look(200, std::slice::from_ref(&one)), Used::Known(1));
        assert_eq!(watch.look(300, &[]), Used::Known(1));
        assert_eq!(watch.look(400, &[one]), Used::Known(2));
    }
}

#[test]
fn each_further_version_of_a_name_is_a_registration_even_if_several_came_at_once() {
    let mut watch = Watch::names(100);
    assert_eq!(watch.look(200, &[dated("a", &[(1, 110)])]), Used::Known(1));
    assert_eq!(
        watch.look(300, &[dated("a", &[(1, 110), (2, 250), (3, 260)])]),
        Used::Known(3)
    );
    assert_eq!(
        watch.look(400, &[dated("a", &[(1, 110), (2, 250), (3, 260)])]),
        Used::Known(3)
    );
    let dropped = dated("a", &[(3, 260), (4, 410)]);
    assert_eq!(
        watch.look(500, &[dropped]),
        Used::Known(4),
        "the store dropped the oldest"
    );
    let far = dated("a", &[(9, 510)]);
    assert_eq!(watch.look(600, &[far]), Used::Known(5));
}

#[test]
fn a_name_that_was_wiped_and_begun_anew_between_two_listings_is_another_registration() {
    let mut watch = Watch::names(100);
    assert_eq!(
        watch.look(200, &[dated("a", &[(1, 110), (2, 120)])]),
        Used::Known(2)
    );
    assert_eq!(watch.look(300, &[dated("a", &[(1, 250)])]), Used::Known(3));
    assert_eq!(
        watch.look(400, &[dated("a", &[(1, 310), (2, 320)])]),
        Used::Known(5)
    );
}

#[test]
fn a_store_that_stops_telling_dates_and_begins_again_changes_nothing() {
    let mut watch = Watch::names(100);
    let told = [dated("a", &[(1, 110)]), dated("b", &[(1, 50)])];
    assert_eq!(watch.look(200, &told), Used::Known(1));
    assert_eq!(watch.look(300, &[name("a"), name("b")]), Used::Known(1));
    assert_eq!(
        watch.look(400, &[name("a"), name("b"), name("c")]),
        Used::Known(2)
    );
    let told = [
        dated("a", &[(1, 110)]),
        dated("b", &[(1, 50)]),
        dated("c", &[(1, 350)]),
    ];
    assert_eq!(watch.look(500, &told), Used::Known(2));
    let again = [
        dated("a", &[(1, 110)]),
        dated("b", &[(1, 50)]),
        dated("c", &[(1, 350), (2, 550)]),
    ];
    assert_eq!(watch.look(600, &again), Used::Known(3));
}

#[test]
fn dates_that_come_to_be_told_make_the_number_known() {
    let mut watch = Watch::names(50);
    assert_eq!(watch.look(100, &[name("a"), name("b")]), Used::Undated(2));
    let told = [dated("a", &[(1, 20)]), dated("b", &[(1, 60), (2, 70)])];
    assert_eq!(watch.look(200, &told), Used::Known(2));
}

#[test]
fn a_server_that_lags_behind_and_shows_an_older_version_changes_nothing() {
    let mut watch = Watch::names(100);
    let (old, new) = (dated("a", &[(1, 110)]), dated("a", &[(1, 110), (2, 150)]));
    watch.look(120, std::slice::from_ref(&old));
    assert_eq!(watch.look(200, std::slice::from_ref(&new)), Used::Known(2));
    assert_eq!(watch.look(300, &[old]), Used::Known(2));
    assert_eq!(watch.look(400, &[new]), Used::Known(2));
}

#[test]
fn versions_that_come_to_be_told_are_new_if_written_since_the_name_appeared() {
    let mut watch = Watch::names(100);
    watch.look(90, &[]);
    assert_eq!(watch.look(200, &[name("a")]), Used::Known(1));
    let told = dated("a", &[(1, 150), (2, 160), (3, 250), (4, 260)]);
    assert_eq!(watch.look(300, std::slice::from_ref(&told)), Used::Known(3));
    assert_eq!(watch.look(400, &[told]), Used::Known(3));
}
