//! Secrets that cannot be used: each gets its word, costs nothing that was known, is told once, and is mended by a good one.

use serde_json::{Value, json};

use super::{
    home::Home,
    page::{Series, expiry, failures, state, up},
    rig::Daemon,
    settings::Settings,
    tokens::{DAY, claims, now, older, secret, signed, token},
};
use crate::servers::{OpenBao, eventually, unique};

const MARK: &str = "mark-of-these-tests";

/// What happens to a secret.
#[derive(Clone)]
pub(super) enum Deed {
    /// It is taken away, with all its versions.
    Remove,
    /// Its latest version is deleted, and could be brought back.
    Delete,
    /// Its latest version is destroyed.
    Destroy,
    /// Something else is written.
    Write(Value),
    /// The file holds these bytes.
    Bytes(Vec<u8>),
}

/// A name, what happens, the reason it gets, and the state.
pub(super) type Row = (&'static str, Deed, &'static str, &'static str);

/// What can happen to a secret of any store; `mark` stands in everything that is written.
pub(super) fn rows(mark: &str) -> Vec<Row> {
    let mut other_type = claims(mark, now() + 20 * DAY);
    other_type["typ"] = json!("RegistrationAccessToken");
    let mut no_date = claims(&format!("no-date-{mark}"), 0);
    no_date["exp"] = json!("2031-01-01");
    let write = |name, content, reason| (name, Deed::Write(content), reason, "unreadable");
    vec![
        ("absent", Deed::Remove, "not_found", "unreadable"),
        write(
            "other-shape",
            json!({"user": "u", "password": mark}),
            "shape_unknown",
        ),
        write("empty-token", older(""), "field_missing"),
        write("blank-token", older(" \n"), "field_missing"),
        write(
            "number",
            json!({"initial-access-token": 7}),
            "field_missing",
        ),
        write(
            "empty-slot",
            json!({"current_iat": {"id": "1"}}),
            "field_missing",
        ),
        write("no-jwt", older(&format!("hvs.{mark}")), "not_a_token"),
        write(
            "binary",
            older(&format!("\u{0}\u{1}\u{fffd}{mark}\u{7f}")),
            "not_a_token",
        ),
        write("half-a-jwt", older(&half_a_token(mark)), "not_a_token"),
        write("no-date", older(&signed(&no_date)), "not_a_token"),
        write(
            "other-type",
            older(&signed(&other_type)),
            "wrong_token_type",
        ),
        write(
            "mebibyte",
            older(&mark.repeat((1 << 20) / mark.len())),
            "too_large",
        ),
        write(
            "quarter-mebibyte",
            older(&mark.repeat((1 << 18) / mark.len())),
            "too_large",
        ),
    ]
}

/// A token that was not pasted whole.
fn half_a_token(mark: &str) -> String {
    let token = token(&format!("half-{mark}"), now() + DAY);
    token[..token.len() / 2].to_owned()
}

/// The same, and what only an engine of version 2 knows.
pub(super) fn rows_of_version_2(mark: &str) -> Vec<Row> {
    let mut rows = rows(mark);
    rows.push(("deleted", Deed::Delete, "deleted", "unreadable"));
    rows.push(("destroyed", Deed::Destroy, "deleted", "unreadable"));
    rows
}

/// The same, and what only files can hold. What is no JSON may be half of a file: that says nothing about the token.
pub(super) fn rows_of_files(mark: &str) -> Vec<Row> {
    let mut rows = rows(mark);
    let bytes = |before: &[u8]| Deed::Bytes([before, mark.as_bytes()].concat());
    rows.push((
        "list",
        Deed::Write(json!([1, mark])),
        "shape_unknown",
        "unreadable",
    ));
    rows.push((
        "text",
        Deed::Write(json!(mark)),
        "shape_unknown",
        "unreadable",
    ));
    rows.push(("no-utf-8", bytes(b"\xff\xfe\x00"), "bad_response", "usable"));
    rows.push((
        "cut-off",
        bytes(b"{\"url\": \"htt"),
        "bad_response",
        "usable",
    ));
    rows.push((
        "empty-file",
        Deed::Bytes(Vec::new()),
        "bad_response",
        "usable",
    ));
    rows
}

/// Where secrets lie and deeds are done.
pub(super) enum Place<'a> {
    Kv1(&'a OpenBao, String),
    Kv2(&'a OpenBao, String),
    Files(&'a Home),
}

impl Place<'_> {
    /// The path of a secret, as the configuration names it.
    pub(super) fn path(&self, name: &str) -> String {
        match self {
            Self::Kv1(_, mount) | Self::Kv2(_, mount) => format!("{mount}/sso/{name}"),
            Self::Files(_) => format!("sso/{name}"),
        }
    }

    pub(super) async fn write(&self, name: &str, content: Value) {
        match self {
            Self::Kv1(bao, mount) => bao.write_v1(&format!("{mount}/sso/{name}"), content).await,
            Self::Kv2(bao, mount) => bao.write(mount, &format!("sso/{name}"), content).await,
            Self::Files(home) => {
                home.write(&format!("secrets/sso/{name}.json"), content.to_string());
            }
        }
    }

    pub(super) async fn befall(&self, name: &str, deed: Deed) {
        match (deed, self) {
            (Deed::Write(content), _) => self.write(name, content).await,
            (Deed::Bytes(bytes), Self::Files(home)) => {
                home.write(&format!("secrets/sso/{name}.json"), bytes);
            }
            (Deed::Remove, Self::Files(home)) => {
                std::fs::remove_file(home.path(&format!("secrets/sso/{name}.json"))).unwrap();
            }
            (Deed::Remove, Self::Kv1(bao, mount)) => {
                bao.call("DELETE", &format!("{mount}/sso/{name}"), None)
                    .await;
            }
            (Deed::Remove, Self::Kv2(bao, mount)) => {
                bao.call("DELETE", &format!("{mount}/metadata/sso/{name}"), None)
                    .await;
            }
            (Deed::Delete, Self::Kv2(bao, mount)) => {
                bao.call("DELETE", &format!("{mount}/data/sso/{name}"), None)
                    .await;
            }
            (Deed::Destroy, Self::Kv2(bao, mount)) => {
                let versions = json!({"versions": [1]});
                let path = format!("{mount}/destroy/sso/{name}");
                bao.call("PUT", &path, Some(versions)).await;
            }
            _ => panic!("that cannot happen there"),
        }
    }
}

/// One target for each row, all of them good, and one that stays so.
async fn all_well(
    place: &Place<'_>,
    rows: &[Row],
    end: i64,
    home: &Home,
    settings: Settings,
) -> Daemon {
    let mut settings = settings;
    for name in names(rows).chain(["control"]) {
        place.write(name, secret(&unique(name), end)).await;
        settings = settings.target_of_sso(name, "store", &place.path(name));
    }
    home.configure(&settings);
    let daemon = home.start().await;
    for name in names(rows).chain(["control"]) {
        daemon.wait_for(&up(name), 1.0).await;
    }
    daemon
}

fn names(rows: &[Row]) -> impl Iterator<Item = &'static str> {
    rows.iter().map(|(name, ..)| *name)
}

/// Every reason that was counted for a target.
fn reasons(series: &Series, target: &str) -> Vec<String> {
    let counted = series.with(&[
        "kcwatch_target_failures_total",
        &format!("target=\"{target}\""),
    ]);
    let counted = counted.into_iter().filter(|(_, count)| *count > 0.0);
    counted.map(|(name, _)| name.to_owned()).collect()
}

/// What the log says about a target.
fn lines(daemon: &Daemon, target: &str) -> Vec<String> {
    daemon.messages(&format!("target `{target}`"))
}

/// Breaks every secret but one, looks at what becomes of it, and mends all.
async fn each_row_holds(place: Place<'_>, rows: Vec<Row>, home: &Home, settings: Settings) {
    let end = now() + 20 * DAY;
    let daemon = all_well(&place, &rows, end, home, settings).await;
    for (name, deed, ..) in &rows {
        place.befall(name, deed.clone()).await;
    }

    for (name, _, reason, word) in &rows {
        let failed = failures(name, reason);
        // More than one, so that a second line in the log would be there by now.
        eventually(&format!("{failed} > 1"), async || {
            (daemon.metric(&failed).await > Some(1.0)).then_some(())
        })
        .await;
        let series = daemon.series().await;
        assert_eq!(series.get(&up(name)), Some(0.0), "{name}");
        assert_eq!(reasons(&series, name), [failed], "{name}");
        #[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "a date")]
        let known = Some(end as f64);
        assert_eq!(series.get(&expiry(name)), known, "{name} keeps its expiry");
        assert_eq!(
            series.get(&state(name, word)),
            Some(1.0),
            "{name} is {word}"
        );
        let said = lines(&daemon, name);
        assert_eq!(
            said.len(),
            2,
            "read, then one line for the change: {said:?}"
        );
        assert!(
            said[1].contains(&format!("cannot be read ({reason})")),
            "{said:?}"
        );
    }
    let series = daemon.series().await;
    assert_eq!(series.get(&up("control")), Some(1.0));
    assert_eq!(reasons(&series, "control"), Vec::<String>::new());

    for name in names(&rows) {
        place.write(name, secret(&unique("mended"), end)).await;
    }
    for name in names(&rows) {
        daemon.wait_for(&up(name), 1.0).await;
        daemon.wait_for(&state(name, "usable"), 1.0).await;
        let said = lines(&daemon, name);
        assert!(
            said.iter().any(|line| line.contains("can be read again")),
            "{said:?}"
        );
    }
}

#[tokio::test]
async fn a_bad_secret_in_an_engine_of_version_2_is_told_and_harms_nobody() {
    let (bao, home) = (OpenBao::shared().await, Home::new());
    let place = Place::Kv2(bao, bao.enable_kv(&unique("kv"), 2).await);
    let settings = Settings::new().with_root("store", bao, &home);
    each_row_holds(place, rows_of_version_2(MARK), &home, settings).await;
}

#[tokio::test]
async fn a_bad_secret_in_an_engine_of_version_1_is_told_and_harms_nobody() {
    let (bao, home) = (OpenBao::shared().await, Home::new());
    let place = Place::Kv1(bao, bao.enable_kv(&unique("kv"), 1).await);
    let settings = Settings::new().with_root("store", bao, &home);
    each_row_holds(place, rows(MARK), &home, settings).await;
}

#[tokio::test]
async fn a_bad_secret_in_a_directory_is_told_and_harms_nobody() {
    let home = Home::new();
    let settings = Settings::new().files("store", &home.path("secrets"));
    each_row_holds(Place::Files(&home), rows_of_files(MARK), &home, settings).await;
}
