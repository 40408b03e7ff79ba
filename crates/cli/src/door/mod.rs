//! The door: connections are taken in, each with a seat and limits, and spoken HTTP with.
//!
//! **Invariant:** whoever is served has the time that the work needs; whoever is waited for has a
//! limit, and gives up the seat to others when all are taken. **Invariant:** an error of taking in
//! ends nothing and spins nothing. **Invariant:** between taking in and HTTP any stream can stand
//! ([`converse`] asks for no more), so that TLS is a step in between and nothing else changes.

mod flow;
mod seat;
mod stream;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};
use tower::ServiceExt;
use web::Proxies;

use self::seat::{Seat, Seats};
use self::stream::{Answering, Arriving, Watched};

/// The head of a request must have come within so many seconds of its first byte, and the first
/// byte of a new connection within as many.
const HEAD_SECONDS: u64 = 10;
/// A connection that was kept for the next request is ended after so many seconds without one.
const IDLE_SECONDS: u64 = 60;
/// Somebody may be waited for so many seconds while they send or receive, whatever they send.
const PATIENCE_SECONDS: u64 = 15;
/// Beyond that, so many bytes must have passed for each second that was waited: 32 kbit/s.
const BYTES_PER_SECOND: u64 = 4_096;
/// Most connections. A process may have 1,024 files open where nobody says otherwise.
const CONNECTIONS_MAX: usize = 800;
/// Most connections from one address; an office behind one address keeps many.
const PER_ADDRESS_MAX: usize = 256;
/// Limits are looked at so many times a second.
const LOOKS_PER_SECOND: u64 = 2;
/// When the program is asked to end, what is being answered has so many seconds.
const ENDING_SECONDS: u64 = 10;
/// Longest head of a request, in bytes.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// After an error of taking in, the next try waits from so many milliseconds
const PAUSE_MS: u64 = 20;
/// up to so many.
const PAUSE_MS_MAX: u64 = 1_000;
/// Errors of taking in are logged once in so many seconds.
const TOLD_SECONDS: u64 = 10;

/// What a connection may take. The defaults are for service; tests are less patient.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// For the head of a request, and for the first byte of a new connection.
    pub head: Duration,
    /// Between two requests.
    pub idle: Duration,
    /// Waiting for somebody who sends or receives, whatever passes.
    pub patience: Duration,
    /// What must have passed for each further second that was waited, in bytes.
    pub bytes_per_second: u64,
    /// Connections in all.
    pub connections: usize,
    /// Connections from one address; a proxy of ours is not counted.
    pub per_address: usize,
    /// Between two looks at the limits.
    pub look: Duration,
    /// For what is being answered when the program is asked to end.
    pub ending: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(HEAD_SECONDS),
            idle: Duration::from_secs(IDLE_SECONDS),
            patience: Duration::from_secs(PATIENCE_SECONDS),
            bytes_per_second: BYTES_PER_SECOND,
            connections: CONNECTIONS_MAX,
            per_address: PER_ADDRESS_MAX,
            look: Duration::from_millis(1_000 / LOOKS_PER_SECOND),
            ending: Duration::from_secs(ENDING_SECONDS),
        }
    }
}

/// How the door was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// Everything that was begun was answered.
    InOrder,
    /// So many connections still hung when the time for it was over.
    Hanging(usize),
}

/// The door of a running program.
#[derive(Debug)]
pub struct Door {
    listener: TcpListener,
    limits: Limits,
    proxies: Proxies,
}

/// What each connection is given.
#[derive(Clone)]
struct House {
    router: Router,
    http: Arc<Builder<TokioExecutor>>,
    closing: watch::Receiver<bool>,
}

impl Door {
    /// A door at a listening socket; connections of these proxies are many people's.
    pub fn new(listener: TcpListener, limits: Limits, proxies: Proxies) -> Self {
        Self {
            listener,
            limits,
            proxies,
        }
    }

    /// Serves until `end`, then lets what was begun be answered, within its limit.
    pub async fn serve(self, router: Router, end: impl Future<Output = ()>) -> Closed {
        let (close, closing) = watch::channel(false);
        let house = House {
            router,
            http: Arc::new(http(&self.limits)),
            closing,
        };
        let seats = Arc::new(Seats::new(self.limits));
        let mut talks = JoinSet::new();
        let mut look = interval(self.limits.look);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut pause = Pause::default();
        tokio::pin!(end);
        loop {
            tokio::select! {
                () = &mut end => break,
                _ = look.tick() => seats.end_overdue(),
                Some(_) = talks.join_next(), if !talks.is_empty() => {}
                taken = take_in(&self.listener, pause.until) => match taken {
                    Ok((stream, peer)) => {
                        pause.over();
                        let many = self.proxies.contains(peer.ip());
                        if let Some(seat) = seats.give(peer.ip(), many) {
                            // A page goes out when it is whole; waiting for more only delays it.
                            let _ = stream.set_nodelay(true);
                            talks.spawn(converse(stream, peer, seat, seats.clone(), house.clone()));
                        }
                    }
                    Err(why) => pause.after(&why, &seats),
                }
            }
        }
        drop(self.listener);
        let _ = close.send(true);
        let answered = timeout(self.limits.ending, async {
            while talks.join_next().await.is_some() {}
        });
        if answered.await.is_ok() {
            return Closed::InOrder;
        }
        let hanging = talks.len();
        talks.shutdown().await;
        Closed::Hanging(hanging)
    }
}

/// HTTP/1.1 only: a plain connection that first asks which version it is could ask for ever, and no
/// browser speaks HTTP/2 without TLS. Behind TLS the handshake says which.
fn http(limits: &Limits) -> Builder<TokioExecutor> {
    let mut http = Builder::new(TokioExecutor::new()).http1_only();
    http.http1()
        .timer(TokioTimer::new())
        // Head and pause are told apart by the seats; this is the net below them.
        .header_read_timeout(limits.head.max(limits.idle))
        .max_buf_size(HEAD_BYTES_MAX);
    http
}

async fn take_in(
    listener: &TcpListener,
    from: Option<Instant>,
) -> io::Result<(tokio::net::TcpStream, SocketAddr)> {
    if let Some(from) = from {
        sleep_until(from).await;
    }
    listener.accept().await
}

/// How long taking in rests after errors.
#[derive(Debug, Default)]
struct Pause {
    until: Option<Instant>,
    ms: u64,
    told: Option<Instant>,
}

impl Pause {
    /// Somebody was taken in. What was told stays told.
    fn over(&mut self) {
        (self.until, self.ms) = (None, 0);
    }

    fn after(&mut self, why: &io::Error, seats: &Seats) {
        let theirs = matches!(
            why.kind(),
            io::ErrorKind::ConnectionAborted
                | io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionRefused
                | io::ErrorKind::Interrupted
        );
        if theirs {
            return;
        }
        // Ours: no file or memory left. Somebody who only waits makes room for who comes.
        seats.make_room();
        let now = Instant::now();
        self.ms = (self.ms * 2).clamp(PAUSE_MS, PAUSE_MS_MAX);
        self.until = Some(now + Duration::from_millis(self.ms));
        let told = self.told;
        if told.is_none_or(|told| now - told > Duration::from_secs(TOLD_SECONDS)) {
            self.told = Some(now);
            tracing::error!(%why, seats = seats.taken(), "no connection can be taken in");
        }
    }
}

/// Speaks HTTP over a stream until either side ends it, or the seat is wanted back.
async fn converse<S>(stream: S, peer: SocketAddr, seat: Arc<Seat>, seats: Arc<Seats>, house: House)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let House {
        router,
        http,
        mut closing,
    } = house;
    let service = {
        let seat = seat.clone();
        hyper::service::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
            let (router, seat) = (router.clone(), seat.clone());
            async move {
                let mut request = request.map(|body| Body::new(Arriving::new(body, seat.clone())));
                request.extensions_mut().insert(ConnectInfo(peer));
                let answer = router.oneshot(request).await?;
                Ok::<_, Infallible>(answer.map(|body| Answering::new(body, seat)))
            }
        })
    };
    let io = TokioIo::new(Watched::new(stream, seat.clone()));
    let talk = http.serve_connection(io, service);
    tokio::pin!(talk);
    let mut open = true;
    loop {
        tokio::select! {
            _ = talk.as_mut() => break,
            () = seat.wanted() => break,
            _ = closing.wait_for(|closing| *closing), if open => {
                open = false;
                talk.as_mut().graceful_shutdown();
            }
        }
    }
    seats.give_back(&seat);
}
