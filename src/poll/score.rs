//! What the conductor follows.

use std::sync::Arc;

use tokio::sync::watch;

use super::Job;
use crate::{
    model::{Guide, StoreName, StoreStatus},
    watch::Target,
};

/// What the conductor can be told.
pub enum Command {
    /// A new configuration is in force.
    Follow(Score),
    /// A new configuration was refused; the one before stays in force.
    NoteRefusedReload,
    /// Something changed about how the listener is protected.
    NoteProtection,
}

/// What is to be done: the targets, and the stores they read from.
pub struct Score {
    /// The targets, in the order of the names.
    pub targets: Vec<Arc<Target>>,
    /// What is asked about them.
    pub jobs: Vec<Job>,
    /// What each store says about our access to it.
    pub stores: Vec<(StoreName, watch::Receiver<StoreStatus>)>,
    /// How many looks run at the same time, for each store.
    pub concurrency: usize,
    /// Where readers of the status page are led.
    pub guide: Arc<Guide>,
}
