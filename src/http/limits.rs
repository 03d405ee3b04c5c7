//! How much a client may ask of the listener.

use std::time::Duration;

/// How many clients there may be at once, how long each may take and how much it may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections held at once. One more pushes out the one that waits longest for its next request.
    pub max_connections: usize,
    /// From the first byte of a request to the end of its head, and again for its body.
    pub header_timeout: Duration,
    /// How long a connection may lie idle. Longer than Prometheus' usual interval, so that it keeps its connection.
    pub idle_timeout: Duration,
    /// From the end of a request's head until the whole response is with the operating system.
    pub response_timeout: Duration,
    /// How large the head of a request may be, in bytes, give or take one read from the socket.
    pub max_header_bytes: usize,
    /// How large the body of a request may be, in bytes. No route has a use for one.
    pub max_body_bytes: u64,
    /// How long a stop waits for responses under way.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_connections: 512,
            header_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(75),
            response_timeout: Duration::from_secs(60),
            max_header_bytes: 32 * 1024,
            max_body_bytes: 64 * 1024,
            drain: Duration::from_secs(5),
        }
    }
}
