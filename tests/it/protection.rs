//! The listener protected by a file of the exporter-toolkit: what clients must show, and what whoever does not gets.

#![cfg(test)]

mod daemon;
mod documents;
mod files;
mod handshakes;
mod headers;
mod mistakes;
mod passwords;
mod prometheus;
mod reload;
mod scene;
mod secrecy;
