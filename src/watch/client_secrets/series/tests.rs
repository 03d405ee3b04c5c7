use std::{collections::BTreeMap, time::Duration};

use super::*;
use crate::{
    model::{ClientList, UnixTime},
    watch::client_secrets::{
        config::Rotation,
        samples::{NOW, client, facts, named, realm},
    },
};

/// Samples by name and labels.
#[derive(Default)]
struct Taken(BTreeMap<String, f64>);

impl Samples for Taken {
    fn add<const N: usize>(&mut self, metric: &'static Metric<N>, labels: [&str; N], value: f64) {
        let short = metric.name.trim_start_matches("kcwatch_client_secret");
        let before = self
            .0
            .insert(format!("{short} {}", labels.join(" ")), value);
        assert_eq!(before, None, "{short} {labels:?} twice");
    }
}

fn taken(wanted: &ClientSecrets, facts: &Facts) -> BTreeMap<String, f64> {
    let mut out = Taken::default();
    series(&TargetName::new("t").unwrap(), wanted, facts, &mut out);
    out.0
        .retain(|name, _| !name.starts_with("_expiry_threshold"));
    out.0
}

fn at(left: i64) -> f64 {
    UnixTime::from_seconds(NOW.seconds() + left).as_sample()
}

#[test]
fn before_the_first_look_only_the_configuration_is_told() {
    assert_eq!(taken(&realm(), &Facts::default()), BTreeMap::new());
    let mut out = Taken::default();
    series(
        &TargetName::new("t").unwrap(),
        &realm(),
        &Facts::default(),
        &mut out,
    );
    let told: Vec<_> = out
        .0
        .iter()
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    assert_eq!(
        told,
        [
            "_expiry_threshold_seconds t current expired high 0",
            "_expiry_threshold_seconds t current notice medium 864000",
            "_expiry_threshold_seconds t current urgent high 345600",
            "_expiry_threshold_seconds t rotated notice medium 86400",
        ]
    );
}

#[test]
fn every_client_has_its_times_and_what_is_unknown_is_absent() {
    let whole = ClientTimes {
        created: Some(NOW),
        rotated: Some(UnixTime::from_seconds(NOW.seconds() + 5)),
        ..client("a", 9)
    };
    let never = ClientTimes {
        expiry: Some(Expiry::Never),
        ..client("b", 0)
    };
    let unclear = ClientTimes {
        expiry: None,
        is_unclear: true,
        ..client("c", 0)
    };
    let known = Facts {
        clients: Some(ClientList::of(vec![whole, never, unclear], 1)),
    };
    let mut wanted = realm();
    let expected = BTreeMap::from([
        (
            "_expiration_timestamp_seconds t a current".to_owned(),
            at(9),
        ),
        (
            "_expiration_timestamp_seconds t a rotated".to_owned(),
            at(5),
        ),
        ("_created_timestamp_seconds t a".to_owned(), at(0)),
        (
            "_expiration_timestamp_seconds t b current".to_owned(),
            f64::INFINITY,
        ),
        ("s t".to_owned(), 3.0),
        ("s_replaceable t".to_owned(), 0.0),
        ("s_unclear t".to_owned(), 2.0),
    ]);
    assert_eq!(taken(&wanted, &known), expected);

    let remaining = Duration::from_secs(2);
    wanted.rotation = Some(Rotation { remaining });
    let mut expected = expected;
    expected.insert("_rotation_opens_timestamp_seconds t a".to_owned(), at(7));
    expected.insert("s_unmanaged t".to_owned(), 1.0);
    assert_eq!(taken(&wanted, &known), expected);
}

#[test]
fn what_is_counted_is_told_of_those_that_were_selected() {
    let of_3scale = ClientTimes {
        is_of_3scale: true,
        ..client("a", 9)
    };
    let told = taken(&named(&["a", "gone"]), &facts([of_3scale]));
    let expected = [
        ("_expiration_timestamp_seconds t a current", at(9)),
        ("s t", 1.0),
        ("s_replaceable t", 1.0),
        ("s_unclear t", 1.0),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value));
    assert_eq!(told, BTreeMap::from(expected));
    let none = taken(&named(&["gone"]), &facts([]));
    let expected = [("s t", 0.0), ("s_replaceable t", 0.0), ("s_unclear t", 1.0)];
    let expected = expected.map(|(name, value)| (name.to_owned(), value));
    assert_eq!(none, BTreeMap::from(expected));
}
