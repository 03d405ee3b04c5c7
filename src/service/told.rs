//! What a service told: the fields that are looked at here, and all others as they came. A version of kcwatch that is not ours may
//! have more of them, and words that we do not know.

use serde::Deserialize;
use serde_json::Value;

use crate::model::Standing;

/// What a service told.
#[derive(Debug)]
pub struct Told {
    /// Everything, as it came.
    whole: Value,
    targets: Vec<TargetTold>,
}

/// What is looked at of the whole. Nobody but kcwatch has both.
#[derive(Deserialize)]
struct Head {
    #[serde(rename = "version")]
    _version: String,
    targets: Vec<TargetTold>,
}

/// What it told of one target.
#[derive(Debug, Deserialize)]
pub struct TargetTold {
    /// Its name.
    pub name: String,
    /// Its tier.
    pub tier: String,
    standing: String,
    /// One line for people.
    pub summary: String,
    /// Why the latest read failed, if it did.
    #[serde(default)]
    pub reason: Option<String>,
    /// What to do, most pressing first.
    #[serde(default)]
    pub advice: Vec<String>,
}

impl TargetTold {
    /// How it stands; in a word that we do not know, nothing may be claimed.
    pub fn standing(&self) -> Standing {
        let known = Standing::ALL.into_iter();
        let mut known = known.filter(|standing| standing.label() == self.standing);
        known.next().unwrap_or(Standing::Unknown)
    }
}

impl Told {
    /// What stands in an answer; `None` if that is not kcwatch's.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let whole: Value = serde_json::from_slice(body).ok()?;
        let head = Head::deserialize(&whole).ok()?;
        Some(Self {
            targets: head.targets,
            whole,
        })
    }

    /// Every target, in the order of the service.
    pub fn targets(&self) -> &[TargetTold] {
        &self.targets
    }

    /// The same of these targets only.
    #[must_use]
    pub fn only(mut self, names: &[String]) -> Self {
        let is_meant = |name: &str| names.iter().any(|meant| meant == name);
        self.targets.retain(|target| is_meant(&target.name));
        let worst = self.targets.iter().map(TargetTold::standing).max();
        if let Some(standing) = self.whole.get_mut("standing") {
            *standing = worst.unwrap_or(Standing::Unknown).label().into();
        }
        if let Some(Value::Array(rows)) = self.whole.get_mut("targets") {
            rows.retain(|row| {
                row.get("name")
                    .and_then(Value::as_str)
                    .is_some_and(is_meant)
            });
        }
        self
    }

    /// As JSON text, fields included that we do not know.
    pub fn to_json(&self) -> String {
        format!("{:#}", self.whole)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(body: &Value) -> Option<Told> {
        Told::read(body.to_string().as_bytes())
    }

    #[test]
    fn another_version_may_say_more_and_other_words() {
        let target = |name: &str, standing: &str| json!({"name": name, "tier": "prod", "standing": standing, "summary": "s", "reason": "tired", "new": 1});
        let body = json!({"version": "9.9.9", "standing": "urgent", "newer": [], "targets": [
            target("a", "urgent"), target("b", "weary"),
        ]});
        let told = told(&body).unwrap();
        let standings: Vec<_> = told.targets().iter().map(TargetTold::standing).collect();
        assert_eq!(standings, [Standing::Urgent, Standing::Unknown]);
        let told = told.only(&["b".to_owned()]);
        assert_eq!(told.targets().len(), 1);
        assert_eq!(
            serde_json::from_str::<Value>(&told.to_json()).unwrap(),
            json!({"version": "9.9.9", "standing": "unknown", "newer": [], "targets": [target("b", "weary")]})
        );
    }

    #[test]
    fn what_others_say_is_not_taken_for_it() {
        for body in [
            json!({}),
            json!([]),
            json!({"version": "1", "targets": {}}),
            json!({"targets": []}),
            json!({"version": "1", "targets": [{"name": "a"}]}),
        ] {
            assert!(told(&body).is_none(), "{body}");
        }
        assert!(Told::read(b"<html>").is_none());
    }
}
