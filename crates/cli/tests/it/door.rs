//! The door over real sockets: who sends slowly, not at all, or too often, and who is served
//! meanwhile. Limits are short here; what is waited for has an end of its own.

use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::routing::{get, post};
use cli::door::{Closed, Door, Limits};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Notify, Semaphore, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use web::Proxies;

use crate::running::{Copied, root};

/// A story that takes longer has failed.
const AT_MOST: Duration = Duration::from_secs(20);
/// Between two bytes of somebody who sends slowly.
const DRIP: Duration = Duration::from_millis(20);
/// Bytes of an answer that no buffer of the system holds.
const LARGE: usize = 64 << 20;

/// What the house does while it is looked at.
struct House {
    at: SocketAddr,
    /// Requests to `/work` that are being worked on.
    working: Arc<Semaphore>,
    /// Lets them be answered.
    finish: Arc<Notify>,
    end: Option<oneshot::Sender<()>>,
    closed: JoinHandle<Closed>,
}

impl House {
    async fn open(limits: Limits) -> Self {
        Self::behind(limits, Proxies::default()).await
    }

    async fn behind(limits: Limits, proxies: Proxies) -> Self {
        let (working, finish) = (Arc::new(Semaphore::new(0)), Arc::new(Notify::new()));
        let work = {
            let (working, finish) = (working.clone(), finish.clone());
            move || async move {
                working.add_permits(1);
                finish.notified().await;
                "done"
            }
        };
        let router = Router::new()
            .route("/", get(async || "here"))
            .route(
                "/who",
                get(async |ConnectInfo(at): ConnectInfo<SocketAddr>| at.ip().to_string()),
            )
            .route("/length", post(async |body: Bytes| body.len().to_string()))
            .route("/large", get(async || Body::from(vec![b'x'; LARGE])))
            .route("/work", get(work));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let (end, ended) = oneshot::channel();
        let door = Door::new(listener, limits, proxies);
        let closed = tokio::spawn(door.serve(router, async {
            let _ = ended.await;
        }));
        Self {
            at,
            working,
            finish,
            end: Some(end),
            closed,
        }
    }

    async fn connect(&self) -> TcpStream {
        timeout(AT_MOST, TcpStream::connect(self.at))
            .await
            .unwrap()
            .unwrap()
    }

    /// A connection from another address of this machine.
    async fn connect_from(&self, address: &str) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket
            .bind(format!("{address}:0").parse().unwrap())
            .unwrap();
        socket.connect(self.at).await.unwrap()
    }

    /// Somebody whose request is being worked on.
    async fn at_work(&self) -> TcpStream {
        let mut stream = self.connect().await;
        stream.write_all(request("/work").as_bytes()).await.unwrap();
        let begun = timeout(AT_MOST, self.working.acquire()).await.unwrap();
        begun.unwrap().forget();
        stream
    }

    async fn close(&mut self) -> Closed {
        self.end.take().unwrap().send(()).unwrap();
        timeout(AT_MOST, &mut self.closed).await.unwrap().unwrap()
    }
}

fn patient() -> Limits {
    Limits {
        look: Duration::from_millis(20),
        ..Limits::default()
    }
}

fn request(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
}

/// What is answered, until the connection ends.
async fn rest(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    // A reset is an end as well.
    let _ = timeout(AT_MOST, stream.read_to_end(&mut answer))
        .await
        .expect("the connection ends");
    String::from_utf8_lossy(&answer).into_owned()
}

async fn asks(stream: &mut TcpStream, path: &str) -> String {
    stream.write_all(request(path).as_bytes()).await.unwrap();
    rest(stream).await
}

#[tokio::test]
async fn a_request_is_answered_and_its_address_is_known() {
    let mut house = House::open(patient()).await;
    let answer = asks(&mut house.connect_from("127.0.0.2").await, "/who").await;
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with("127.0.0.2"),
        "{answer}"
    );
    assert_eq!(house.close().await, Closed::InOrder);
}

#[tokio::test]
async fn who_connects_and_says_nothing_is_ended() {
    let house = House::open(Limits {
        head: Duration::from_millis(200),
        ..patient()
    })
    .await;
    assert_eq!(rest(&mut house.connect().await).await, "");
}

#[tokio::test]
async fn who_sends_a_head_byte_by_byte_is_ended() {
    let house = House::open(Limits {
        head: Duration::from_millis(300),
        ..patient()
    })
    .await;
    let mut stream = house.connect().await;
    let long = format!(
        "GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: {}",
        "x".repeat(2_000)
    );
    let mut sent = 0;
    for byte in long.bytes() {
        let next = timeout(DRIP, stream.read_u8()).await;
        if next.is_ok() || stream.write_all(&[byte]).await.is_err() {
            break;
        }
        sent += 1;
    }
    assert!(
        (1..200).contains(&sent),
        "{sent} bytes at 50 a second in 0.3 s"
    );
}

#[tokio::test]
async fn who_sends_a_body_byte_by_byte_is_ended_and_who_is_only_slow_is_served() {
    let house = House::open(Limits {
        patience: Duration::from_millis(300),
        bytes_per_second: 10_000,
        ..patient()
    })
    .await;
    let head = "POST /length HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 40000\r\n\r\n";
    let mut stream = house.connect().await;
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut sent = 0;
    for _ in 0..2_000 {
        let next = timeout(DRIP, stream.read_u8()).await;
        if next.is_ok() || stream.write_all(b"x").await.is_err() {
            break;
        }
        sent += 1;
    }
    assert!(
        (1..200).contains(&sent),
        "{sent} bytes at 50 a second in 0.3 s"
    );

    let mut slow = house.connect().await;
    slow.write_all(head.as_bytes()).await.unwrap();
    // Three times the patience, at twice the rate.
    for _ in 0..50 {
        slow.write_all(&[b'x'; 800]).await.unwrap();
        sleep(DRIP).await;
    }
    let answer = rest(&mut slow).await;
    assert!(answer.ends_with("40000"), "{answer}");
}

#[tokio::test]
async fn a_body_that_never_comes_is_ended() {
    let house = House::open(Limits {
        patience: Duration::from_millis(200),
        ..patient()
    })
    .await;
    let mut stream = house.connect().await;
    let head = "POST /length HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    assert_eq!(rest(&mut stream).await, "");
}

#[tokio::test]
async fn who_does_not_take_the_answer_is_ended() {
    let house = House::open(Limits {
        patience: Duration::from_millis(200),
        connections: 1,
        ..patient()
    })
    .await;
    let mut stream = house.connect().await;
    stream
        .write_all(request("/large").as_bytes())
        .await
        .unwrap();
    let mut first = [0; 16];
    timeout(AT_MOST, stream.read_exact(&mut first))
        .await
        .unwrap()
        .unwrap();
    // The only seat is taken by who does not read, until they are ended.
    let mut answer = String::new();
    for _ in 0..200 {
        let mut other = house.connect().await;
        let _ = other.write_all(request("/").as_bytes()).await;
        answer = rest(&mut other).await;
        if !answer.is_empty() {
            break;
        }
        sleep(DRIP).await;
    }
    assert!(answer.ends_with("here"), "{answer}");
    let taken = rest(&mut stream).await.len();
    assert!(taken < LARGE - 1_000, "{taken} bytes came");
}

#[tokio::test]
async fn a_connection_that_is_kept_for_nothing_is_ended() {
    let house = House::open(Limits {
        idle: Duration::from_millis(300),
        ..patient()
    })
    .await;
    let mut stream = house.connect().await;
    for _ in 0..3 {
        let kept = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
        stream.write_all(kept.as_bytes()).await.unwrap();
        let mut answer = [0; 512];
        let read = timeout(AT_MOST, stream.read(&mut answer)).await.unwrap();
        assert!(answer[..read.unwrap()].ends_with(b"here"), "it is kept");
    }
    assert_eq!(rest(&mut stream).await, "");
}

#[tokio::test]
async fn six_hundred_who_say_nothing_keep_no_right_request_from_an_answer() {
    let limits = Limits {
        head: Duration::from_hours(1),
        connections: 100,
        per_address: 50,
        ..patient()
    };
    let house = House::open(limits).await;
    let mut idle = Vec::new();
    for n in 0..600 {
        let mut stream = house
            .connect_from(["127.0.0.1", "127.0.0.2", "127.0.0.3"][n % 3])
            .await;
        if n % 2 == 0 {
            let _ = stream.write_all(b"GET / HT").await;
        }
        idle.push(stream);
        if n % 100 == 99 {
            let answer = asks(&mut house.connect().await, "/").await;
            assert!(answer.ends_with("here"), "after {n}: {answer}");
        }
    }
    let answer = asks(&mut house.connect_from("127.0.0.4").await, "/").await;
    assert!(answer.ends_with("here"), "{answer}");
}

#[tokio::test]
async fn who_is_being_served_keeps_the_seat_and_one_address_does_not_take_them_all() {
    let limits = Limits {
        connections: 8,
        per_address: 4,
        ..patient()
    };
    let house = House::open(limits).await;
    let mut served = Vec::new();
    for _ in 0..4 {
        served.push(house.at_work().await);
    }
    let mut fifth = house.connect().await;
    let _ = fifth.write_all(request("/").as_bytes()).await;
    assert_eq!(
        rest(&mut fifth).await,
        "",
        "all four of the address are at work"
    );
    let other = asks(&mut house.connect_from("127.0.0.9").await, "/").await;
    assert!(
        other.ends_with("here"),
        "another address has its own: {other}"
    );
    house.finish.notify_waiters();
    for stream in &mut served {
        assert!(rest(stream).await.ends_with("done"));
    }
}

#[tokio::test]
async fn a_proxy_of_ours_is_many_people() {
    let limits = Limits {
        connections: 8,
        per_address: 2,
        ..patient()
    };
    let ours = Proxies(vec!["127.0.0.1".parse().unwrap()]);
    let house = House::behind(limits, ours).await;
    let mut served = Vec::new();
    for _ in 0..6 {
        served.push(house.at_work().await);
    }
    let answer = asks(&mut house.connect().await, "/").await;
    assert!(answer.ends_with("here"), "{answer}");
    house.finish.notify_waiters();
}

#[tokio::test]
async fn an_end_lets_what_was_begun_be_answered() {
    let mut house = House::open(patient()).await;
    let mut served = house.at_work().await;
    let mut idle = house.connect().await;
    let end = house.end.take().unwrap();
    end.send(()).unwrap();
    assert_eq!(rest(&mut idle).await, "", "who only waits is ended at once");
    house.finish.notify_waiters();
    assert!(rest(&mut served).await.ends_with("done"));
    let closed = timeout(AT_MOST, house.closed).await.unwrap().unwrap();
    assert_eq!(closed, Closed::InOrder);
}

#[tokio::test]
async fn an_end_comes_although_a_connection_hangs() {
    let limits = Limits {
        ending: Duration::from_millis(200),
        ..patient()
    };
    let mut house = House::open(limits).await;
    let mut hangs = house.at_work().await;
    assert_eq!(house.close().await, Closed::Hanging(1));
    assert_eq!(rest(&mut hangs).await, "");
}

#[test]
fn a_process_without_files_left_goes_on_serving() {
    let demo = Copied::new();
    let line = format!(
        "ulimit -n 64; exec '{}' --data '{}' demo --port 0",
        env!("CARGO_BIN_EXE_bihuan"),
        demo.path().display()
    );
    let mut command = Command::new("bash");
    command.args(["-c", &line]).current_dir(root());
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    let (served, address, told) = crate::serving::started(&mut command);
    let mut idle = Vec::new();
    for _ in 0..200 {
        idle.push(std::net::TcpStream::connect(&address).unwrap());
    }
    let page = crate::serving::get(&address, "/sign-in");
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    drop(idle);
    drop(served);
    let said: Vec<String> = std::io::BufRead::lines(told)
        .map_while(Result::ok)
        .collect();
    let cries = said
        .iter()
        .filter(|l| l.contains("no connection can be taken in"));
    assert!((1..=3).contains(&cries.count()), "{said:?}");
}
