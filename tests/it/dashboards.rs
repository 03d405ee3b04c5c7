//! The dashboards of `deploy/grafana`: they keep rules, their queries find what they are for, and the `ConfigMap` holds them.

// Says to clippy that all of this is tests, functions that tests share included.
#![cfg(test)]

mod asks;
mod board;
mod breaks;
mod colours;
mod config_map;
mod layout;
mod levels;
mod made_up;
mod made_up_kinds;
mod promql;
mod questions;
mod rules;
mod scene;
mod words;

use board::Board;

/// The boards there are: each is `deploy/grafana/NAME.json`, and `NAME` is its uid.
const BOARDS: [&str; 4] = [
    "kcwatch-overview",
    "kcwatch-target",
    "kcwatch-clients",
    "kcwatch-integration",
];

fn boards() -> Vec<Board> {
    BOARDS.map(Board::read).into()
}
