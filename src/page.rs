//! The finished page of `/metrics`.

use std::io::Write as _;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

/// Bytes in pieces, which together are one response body. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Document {
    pieces: Arc<[Bytes]>,
    length: u64,
}

impl Document {
    /// The document made of these pieces, in this order.
    pub fn new(pieces: Vec<Bytes>) -> Self {
        let length = pieces
            .iter()
            .map(|piece| u64::try_from(piece.len()).unwrap_or(u64::MAX))
            .fold(0, u64::saturating_add);
        Self {
            pieces: pieces.into(),
            length,
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

/// The finished page of `/metrics`, in the text format 0.0.4. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Page {
    text: Document,
    gzip: Arc<OnceLock<Document>>,
}

impl Page {
    /// The `Content-Type` of the page.
    pub const CONTENT_TYPE: &'static str = "text/plain; version=0.0.4; charset=utf-8";

    /// The page as plain text.
    pub fn text(&self) -> &Document {
        &self.text
    }

    /// The page compressed by gzip. Compressed at the first call and then kept, so the first call costs time.
    pub fn gzip(&self) -> Document {
        self.gzip.get_or_init(|| compressed(&self.text)).clone()
    }

    /// The page compressed by gzip, if that was done already.
    pub fn gzip_if_made(&self) -> Option<Document> {
        self.gzip.get().cloned()
    }
}

impl From<Document> for Page {
    fn from(text: Document) -> Self {
        let gzip = Arc::default();
        Self { text, gzip }
    }
}

/// The plain text, should the compressor fail, which writing to memory cannot make it do.
fn compressed(text: &Document) -> Document {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let written = text
        .pieces()
        .iter()
        .try_for_each(|piece| encoder.write_all(piece));
    match written.and_then(|()| encoder.finish()) {
        Ok(bytes) => Document::new(vec![bytes.into()]),
        Err(_cannot_happen) => text.clone(),
    }
}
