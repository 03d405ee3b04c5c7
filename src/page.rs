//! Render: a [`Snapshot`] → the finished [`Page`] of `/metrics`. The door to the crate `prometheus`.
//!
//! A page is a pure function of the snapshot and of the process' own figures. It is made of pieces, one for each metric and
//! block of targets; a block that did not change since the page before keeps its pieces, so neither time nor memory is spent
//! on it again.

mod catalog;
mod document;
mod piece;
mod process;
mod series;
mod sheet;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, OnceLock},
};

use bytes::Bytes;

pub use catalog::catalog;
pub use document::Document;
pub use process::Process;

use crate::{
    page::{piece::Piece, sheet::Sheet},
    snapshot::{Block, Snapshot},
};

/// Up to this size a page is copied into one piece: a single write is cheaper than many small ones.
const ONE_PIECE_BYTES: usize = 256 * 1024;

/// The pieces of one sheet, by metric.
type Pieces = BTreeMap<&'static str, Arc<Piece>>;

/// The finished page of `/metrics`, in the text format 0.0.4. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Page {
    text: Document,
    pieces: Arc<[Arc<Piece>]>,
    gzip: Arc<OnceLock<Document>>,
    blocks: Arc<[(Arc<Block>, Arc<Pieces>)]>,
}

impl Page {
    /// The `Content-Type` of the page.
    pub const CONTENT_TYPE: &'static str = "text/plain; version=0.0.4; charset=utf-8";

    /// The page that shows `snapshot`; blocks that `before` already shows are taken from there.
    #[must_use]
    pub fn render(snapshot: &Snapshot, process: &Process, before: &Self) -> Self {
        let blocks: Arc<[_]> = before.blocks_of(snapshot);
        let rest = Sheet::filled(|sheet| series::of_process(snapshot, sheet)).into_pieces();
        let mut names: BTreeSet<&str> = blocks
            .iter()
            .flat_map(|(_, pieces)| pieces.keys())
            .chain(rest.keys())
            .copied()
            .collect();
        let behind_process = names.split_off(Process::PREFIX);
        let family = |name: &str| {
            let header = catalog::header(name).into_iter();
            let of_blocks = blocks.iter().filter_map(|(_, pieces)| pieces.get(name));
            let lines = header.chain(rest.get(name)).chain(of_blocks);
            lines.map(Arc::clone).collect::<Vec<_>>()
        };
        let mut pieces: Vec<Arc<Piece>> = names.into_iter().flat_map(family).collect();
        pieces.extend(process.piece().map(Arc::new));
        pieces.extend(behind_process.into_iter().flat_map(family));
        Self::of(pieces, blocks)
    }

    /// The page as plain text.
    pub fn text(&self) -> &Document {
        &self.text
    }

    /// The page compressed by gzip. Compressed at the first call and then kept, so the first call costs time.
    pub fn gzip(&self) -> Document {
        self.gzip.get_or_init(|| piece::gzip(&self.pieces)).clone()
    }

    /// The page compressed by gzip, if that was done already.
    pub fn gzip_if_made(&self) -> Option<Document> {
        self.gzip.get().cloned()
    }

    fn of(mut pieces: Vec<Arc<Piece>>, blocks: Arc<[(Arc<Block>, Arc<Pieces>)]>) -> Self {
        let length: usize = pieces.iter().map(|piece| piece.text().len()).sum();
        if length <= ONE_PIECE_BYTES {
            let mut whole = Vec::with_capacity(length);
            for piece in &pieces {
                whole.extend_from_slice(piece.text());
            }
            pieces = vec![Arc::new(Piece::new(Bytes::from(whole)))];
        }
        let text = Document::new(pieces.iter().map(|piece| piece.text().clone()).collect());
        Self {
            text,
            pieces: pieces.into(),
            gzip: Arc::default(),
            blocks,
        }
    }

    fn blocks_of(&self, snapshot: &Snapshot) -> Arc<[(Arc<Block>, Arc<Pieces>)]> {
        let shown = |position: usize, block: &Arc<Block>| match self.blocks.get(position) {
            Some((before, pieces)) if Arc::ptr_eq(before, block) => Arc::clone(pieces),
            _ => Arc::new(rendered(block)),
        };
        let blocks = snapshot.blocks().iter().enumerate();
        blocks
            .map(|(position, block)| (Arc::clone(block), shown(position, block)))
            .collect()
    }
}

fn rendered(block: &Block) -> Pieces {
    let fill = |sheet: &mut Sheet| {
        for state in block {
            series::of_target(state, sheet);
        }
    };
    Sheet::filled(fill).into_pieces()
}

impl From<Document> for Page {
    /// A page of a text that is there already.
    fn from(text: Document) -> Self {
        let pieces = text
            .pieces()
            .iter()
            .map(|piece| Arc::new(Piece::new(piece.clone())))
            .collect();
        Self {
            text,
            pieces,
            gzip: Arc::default(),
            blocks: Arc::default(),
        }
    }
}

#[cfg(test)]
mod tests;
