//! A piece of a page, and how pieces become one gzip stream.
//!
//! Each piece is compressed once, on its own, as a run of DEFLATE blocks that ends on a byte boundary (RFC 1951, an empty
//! stored block as zlib's "sync flush" writes it). Such runs can be put one after the other, and the checksum of the whole
//! follows from those of the pieces. So a piece that two pages share is compressed only once.

use std::sync::OnceLock;

use bytes::Bytes;
use flate2::{Compress, Compression, FlushCompress};

use super::Document;

/// A gzip header without a name or a time (RFC 1952): magic, DEFLATE, no flags, no time, no extra flags, unknown system.
const GZIP_HEADER: &[u8] = &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
/// An empty last block, without which a DEFLATE stream has no end.
const LAST_BLOCK: &[u8] = &[0x03, 0x00];

/// Some lines of a page.
#[derive(Debug)]
pub(super) struct Piece {
    text: Bytes,
    deflated: OnceLock<Deflated>,
}

#[derive(Debug)]
struct Deflated {
    blocks: Bytes,
    checksum: crc32fast::Hasher,
}

impl Piece {
    pub(super) fn new(text: Bytes) -> Self {
        Self {
            text,
            deflated: OnceLock::new(),
        }
    }

    pub(super) fn text(&self) -> &Bytes {
        &self.text
    }

    fn deflated(&self) -> &Deflated {
        self.deflated.get_or_init(|| {
            let mut checksum = crc32fast::Hasher::new();
            checksum.update(&self.text);
            Deflated {
                blocks: deflate(&self.text),
                checksum,
            }
        })
    }
}

/// All pieces as one gzip stream.
pub(super) fn gzip<P: AsRef<Piece>>(pieces: &[P]) -> Document {
    let mut checksum = crc32fast::Hasher::new();
    let mut length: u32 = 0;
    let mut stream = vec![Bytes::from_static(GZIP_HEADER)];
    for piece in pieces.iter().map(AsRef::as_ref) {
        let deflated = piece.deflated();
        checksum.combine(&deflated.checksum);
        // RFC 1952: the length modulo 2^32.
        #[expect(
            clippy::as_conversions,
            clippy::cast_possible_truncation,
            reason = "modulo 2^32 is what is asked for"
        )]
        let added = piece.text.len() as u32;
        length = length.wrapping_add(added);
        stream.push(deflated.blocks.clone());
    }
    let mut end = LAST_BLOCK.to_vec();
    end.extend_from_slice(&checksum.finalize().to_le_bytes());
    end.extend_from_slice(&length.to_le_bytes());
    stream.push(Bytes::from(end));
    Document::new(stream)
}

fn deflate(text: &[u8]) -> Bytes {
    let mut compress = Compress::new(Compression::fast(), false);
    let mut out = Vec::with_capacity(text.len() / 4 + 64);
    loop {
        let done = usize::try_from(compress.total_in()).unwrap_or(usize::MAX);
        let left = text.get(done..).unwrap_or_default();
        // Compressing from memory into a vector cannot fail; should it, the loop still ends.
        let written = compress.compress_vec(left, &mut out, FlushCompress::Sync);
        let all_in = usize::try_from(compress.total_in()).is_ok_and(|total| total >= text.len());
        if written.is_err() || (all_in && out.len() < out.capacity()) {
            out.shrink_to_fit();
            return Bytes::from(out);
        }
        out.reserve(out.capacity().max(64));
    }
}
