//! Bytes in pieces, which together are one response body.

use std::sync::Arc;

use bytes::Bytes;

/// Bytes in pieces, which together are one response body. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Document {
    pieces: Arc<[Bytes]>,
    length: u64,
}

impl Document {
    /// The document made of these pieces, in this order; empty ones are left out.
    pub fn new(mut pieces: Vec<Bytes>) -> Self {
        pieces.retain(|piece| !piece.is_empty());
        let length = |piece: &Bytes| u64::try_from(piece.len()).unwrap_or(u64::MAX);
        Self {
            length: pieces.iter().map(length).fold(0, u64::saturating_add),
            pieces: pieces.into(),
        }
    }

    /// The pieces, none of them empty.
    pub fn pieces(&self) -> &Arc<[Bytes]> {
        &self.pieces
    }

    /// The length of all pieces together, in bytes.
    pub fn length(&self) -> u64 {
        self.length
    }
}
