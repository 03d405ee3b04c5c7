//! What people and programs are shown: the pages in a real browser, what is odd in them, and the JSON with its schema.

// Says to clippy that all of this is tests, functions that tests share included.
#![cfg(test)]

mod browser;
mod hostile;
mod pages;
mod scene;
mod schema;
