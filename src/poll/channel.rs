//! How tasks reach the conductor.

use tokio::sync::mpsc;

/// Both ends of a channel whose writers are tasks of ours; each has at most one message under way.
pub(super) struct Channel<T> {
    /// Where a task writes.
    pub(super) sender: mpsc::UnboundedSender<T>,
    /// Where the conductor reads.
    pub(super) receiver: mpsc::UnboundedReceiver<T>,
}

impl<T> Channel<T> {
    /// One with nothing in it.
    pub(super) fn new() -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        Self { sender, receiver }
    }
}
