//! The body of a response.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body as RouteBody;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use super::activity::Activity;
use crate::page::Document;

/// The body of a response, and the note that it is under way: dropping it says that hyper has it all.
#[derive(Debug)]
pub(super) struct Reply {
    content: Content,
    activity: Arc<Activity>,
}

#[derive(Debug)]
enum Content {
    Document(Pieces),
    Route(RouteBody),
}

impl Reply {
    /// A reply that hands out the document piece by piece, without copying.
    pub(super) fn document(document: &Document, activity: Arc<Activity>) -> Self {
        Self {
            content: Content::Document(Pieces::of(document)),
            activity,
        }
    }

    /// A reply as a route made it.
    pub(super) fn route(body: RouteBody, activity: Arc<Activity>) -> Self {
        Self {
            content: Content::Route(body),
            activity,
        }
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        self.activity.close();
    }
}

impl Body for Reply {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match &mut self.content {
            Content::Document(pieces) => {
                Poll::Ready(pieces.take().map(|piece| Ok(Frame::data(piece))))
            }
            Content::Route(body) => Pin::new(body).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.content {
            Content::Document(pieces) => pieces.left == 0,
            Content::Route(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Document(pieces) => SizeHint::with_exact(pieces.left),
            Content::Route(body) => body.size_hint(),
        }
    }
}

/// The rest of a document.
#[derive(Debug)]
pub(super) struct Pieces {
    all: Arc<[Bytes]>,
    next: usize,
    left: u64,
}

impl Pieces {
    /// The whole document.
    pub(super) fn of(document: &Document) -> Self {
        Self {
            all: Arc::clone(document.pieces()),
            next: 0,
            left: document.length(),
        }
    }

    fn take(&mut self) -> Option<Bytes> {
        let piece = self.all.get(self.next)?.clone();
        self.next += 1;
        self.left = self
            .left
            .saturating_sub(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        Some(piece)
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Poll::Ready(self.take().map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http_body_util::BodyExt as _;

    use super::*;

    #[tokio::test]
    async fn a_document_comes_piece_by_piece_and_whole() {
        let activity = Arc::new(Activity::new(Duration::ZERO));
        assert!(activity.begin());
        let document = Document::new(vec![
            Bytes::from_static(b"one "),
            Bytes::from_static(b"two"),
        ]);
        let mut reply = Reply::document(&document, Arc::clone(&activity));
        assert_eq!(reply.size_hint().exact(), Some(7));
        let first = reply.frame().await.unwrap().unwrap().into_data().unwrap();
        assert_eq!(first, "one ");
        assert_eq!(first.as_ptr(), document.pieces()[0].as_ptr(), "not copied");
        assert_eq!(reply.size_hint().exact(), Some(3));
        assert!(!reply.is_end_stream() && activity.answering());
        assert_eq!(reply.collect().await.unwrap().to_bytes(), "two");
        assert!(!activity.answering(), "a reply that is gone is out");
    }

    #[tokio::test]
    async fn an_empty_document_is_over_at_once() {
        let empty = Pieces::of(&Document::default());
        assert!(empty.is_end_stream());
        assert_eq!(empty.size_hint().exact(), Some(0));
        assert!(empty.collect().await.unwrap().to_bytes().is_empty());
    }
}
