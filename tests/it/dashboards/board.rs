//! A board as Grafana reads it, and what is to be found on it.

use serde_json::Value;

use crate::config::text_of;

/// A board.
pub(super) struct Board {
    pub(super) name: &'static str,
    pub(super) json: Value,
}

/// A query of a board.
pub(super) struct Query {
    /// The board and the panel, variable or annotation.
    pub(super) place: String,
    /// Its letter in a panel, else empty.
    pub(super) letter: String,
    /// As it stands there; of a variable what it selects, grouped by the label it takes.
    pub(super) text: String,
    /// Whether only the latest values are asked for.
    pub(super) instant: bool,
}

impl Board {
    pub(super) fn read(name: &'static str) -> Self {
        let text = text_of(&path(name));
        let json = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        Self { name, json }
    }

    /// What stands on the board itself.
    pub(super) fn place(&self) -> String {
        format!("{}:", self.name)
    }

    /// All panels that draw something, also those inside of a collapsed row, each with what to call it.
    pub(super) fn panels(&self) -> Vec<(String, &Value)> {
        let mut panels = self.blocks();
        panels.retain(|(_, panel)| panel["type"] != "row");
        panels
    }

    /// Panels and rows.
    pub(super) fn blocks(&self) -> Vec<(String, &Value)> {
        let outer = items(&self.json["panels"]);
        let all = outer.flat_map(|panel| std::iter::once(panel).chain(items(&panel["panels"])));
        all.map(|panel| (self.panel(panel), panel)).collect()
    }

    fn panel(&self, panel: &Value) -> String {
        let title = panel["title"].as_str().unwrap_or_default();
        format!("{}: panel {} {title:?}:", self.name, panel["id"])
    }

    /// The variables, each with what to call it.
    pub(super) fn variables(&self) -> Vec<(String, &Value)> {
        let all = items(&self.json["templating"]["list"]);
        all.map(|variable| {
            (
                format!("{}: variable {}:", self.name, variable["name"]),
                variable,
            )
        })
        .collect()
    }

    /// The annotations, each with what to call it.
    pub(super) fn annotations(&self) -> Vec<(String, &Value)> {
        let all = items(&self.json["annotations"]["list"]);
        all.map(|found| {
            (
                format!("{}: annotation {}:", self.name, found["name"]),
                found,
            )
        })
        .collect()
    }

    /// Every query, of panels, variables and annotations.
    pub(super) fn queries(&self) -> Vec<Query> {
        let mut queries: Vec<Query> = self.panels().into_iter().flat_map(of_panel).collect();
        queries.extend(self.variables().into_iter().filter_map(of_variable));
        let annotations = self.annotations().into_iter();
        queries.extend(annotations.map(|(place, found)| Query {
            place,
            letter: String::new(),
            text: text(&found["expr"]),
            instant: false,
        }));
        queries
    }
}

/// Where a board lies in the repository.
pub(super) fn path(name: &str) -> String {
    format!("deploy/grafana/{name}.json")
}

/// The items of a list, or none.
pub(super) fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn text(of: &Value) -> String {
    of.as_str().unwrap_or_default().to_owned()
}

fn of_panel((place, panel): (String, &Value)) -> Vec<Query> {
    items(&panel["targets"])
        .map(|target| Query {
            place: place.clone(),
            letter: text(&target["refId"]),
            text: text(&target["expr"]),
            instant: target["instant"] == true,
        })
        .collect()
}

/// `label_values(selector, label)` is a function of Grafana: Prometheus is asked for the groups.
fn of_variable((place, variable): (String, &Value)) -> Option<Query> {
    let asked = variable["query"]["query"].as_str()?;
    let inner = asked.strip_prefix("label_values(")?.strip_suffix(')')?;
    let (selector, label) = inner.rsplit_once(", ")?;
    Some(Query {
        place,
        letter: String::new(),
        text: format!("group by ({label}) ({selector})"),
        instant: true,
    })
}
