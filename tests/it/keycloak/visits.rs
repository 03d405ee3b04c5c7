//! What an integration looks like where no real server can be made to be so.

mod broken;
mod certificates;
mod quiet;
mod rest;
mod scene;
