//! A body that is given on piece by piece, and counted.
//!
//! The reader of forms takes whatever is ready into its memory, be it all of the body. Here it gets
//! one small piece at a time, and no more than was allowed since the last step forward.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::body::{Body, BodyDataStream, Bytes};
use futures::Stream;

/// Largest piece that is given on at a time, in bytes.
const PIECE_BYTES: usize = 16 * 1024;

/// What was given on, and what may be.
#[derive(Debug)]
pub(super) struct Meter {
    whole: usize,
    given: AtomicUsize,
    allowed: AtomicUsize,
    passed: AtomicBool,
}

impl Meter {
    /// A body of so many bytes at most, and the meter that counts it.
    pub(super) fn around(body: Body, whole: usize) -> (Arc<Self>, Body) {
        let meter = Arc::new(Self {
            whole,
            given: AtomicUsize::new(0),
            allowed: AtomicUsize::new(0),
            passed: AtomicBool::new(false),
        });
        let metered = Metered {
            body: body.into_data_stream(),
            rest: Bytes::new(),
            meter: Arc::clone(&meter),
            is_given: false,
        };
        (meter, Body::from_stream(metered))
    }

    /// Lets so many bytes more through, and what one piece holds.
    pub(super) fn allow(&self, bytes: usize) {
        let given = self.given.load(Ordering::Relaxed);
        let allowed = given.saturating_add(bytes).saturating_add(PIECE_BYTES);
        self.allowed.store(allowed, Ordering::Relaxed);
    }

    /// Whether the body is longer than it may be.
    pub(super) fn is_whole_passed(&self) -> bool {
        self.passed.load(Ordering::Relaxed)
    }

    /// Counts a piece; an error where it may not be given on.
    fn give(&self, bytes: usize) -> Result<(), axum::Error> {
        let given = self.given.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if given > self.whole {
            self.passed.store(true, Ordering::Relaxed);
            return Err(axum::Error::new("the body is too long"));
        }
        if given > self.allowed.load(Ordering::Relaxed) {
            return Err(axum::Error::new("the head of a part is too long"));
        }
        Ok(())
    }
}

struct Metered {
    body: BodyDataStream,
    rest: Bytes,
    meter: Arc<Meter>,
    /// A piece was just given: the reader looks at it before it gets the next.
    is_given: bool,
}

impl Stream for Metered {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if std::mem::take(&mut self.is_given) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        while self.rest.is_empty() {
            match Pin::new(&mut self.body).poll_next(cx) {
                Poll::Ready(Some(Ok(bytes))) => self.rest = bytes,
                Poll::Ready(other) => return Poll::Ready(other),
                Poll::Pending => return Poll::Pending,
            }
        }
        let len = self.rest.len().min(PIECE_BYTES);
        let piece = self.rest.split_to(len);
        self.is_given = true;
        Poll::Ready(Some(self.meter.give(len).map(|()| piece)))
    }
}
