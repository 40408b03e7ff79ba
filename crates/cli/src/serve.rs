//! `bihuan serve`.

use std::sync::Arc;

use app::{App, Ids};
use clap::Args;
use tokio::net::TcpListener;

use crate::config::{Log, Server};
use crate::console::Console;
use crate::door::{Closed, Door, Limits};
use crate::edge;
use crate::open::{Clock, Place, Purpose, homes};
use crate::outcome::{Exit, Fail, Outcome};
use crate::pulse::Pulse;
use crate::refusal::said;

/// A last link so much later than the clock keeps everybody from writing, in milliseconds.
const CLOCK_AHEAD_MS: i64 = 10 * 60_000;

/// Serves the pages.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Port instead of the configured one.
    #[arg(long, value_name = "N", help = "端口，代替配置里的")]
    port: Option<u16>,
}

impl Serve {
    /// Serves until the process is asked to end.
    pub(crate) async fn run(self, place: &Place, console: Console) -> Outcome {
        log(&place.config.log);
        let app = place
            .app(Purpose::Serve, place.marked_day(), console)
            .await?;
        if homes(&app).await?.is_empty() {
            return Err(Fail::refused("empty", "数据库里还没有辖区")
                .hint("请先执行 bihuan setup --name 某某县 --division 六位区划代码。"));
        }
        warn(&app, place, console).await?;
        let clock: Clock = match place.marked_day() {
            Some(day) => crate::demo::clock::running(day, &app).await?,
            None => Arc::new(edge::now_ms),
        };
        let mut server = place.config.server.clone();
        if let Some(port) = self.port {
            server.listen.set_port(port);
        }
        serve(app, clock, &server, console).await
    }
}

/// Says at the start what would only show later.
async fn warn(app: &App, place: &Place, console: Console) -> Outcome<()> {
    let server = &place.config.server;
    if server.listen.ip().is_loopback() && server.secure_cookies && server.proxies.is_empty() {
        console.talk(
            "提示：前面如有代理，请在配置 [server] proxies 写明其地址，否则所有人会被当作来自同一地址。",
        );
    }
    let heads = app
        .store
        .read(async |r| store::audit::audit_heads(r).await)
        .await
        .map_err(|why| said(why.into()))?;
    let ahead = heads
        .iter()
        .any(|head| head.at > place.now + CLOCK_AHEAD_MS);
    if ahead && place.marked_day().is_none() {
        console.talk(format!(
            "注意：最近的记录晚于现在的时钟，暂不能写入，也不能登录。{}",
            crate::refusal::way_out("clock.behind")
        ));
    }
    Ok(())
}

/// Serves the pages at an address until the process is asked to end.
pub(crate) async fn serve(app: App, clock: Clock, server: &Server, console: Console) -> Outcome {
    let listen = server.listen;
    let proxies = server.proxies()?;
    let listener = TcpListener::bind(listen).await.map_err(|why| {
        Fail::unavailable(format!("不能在 {listen} 提供服务：{why}"))
            .hint("端口可能已被占用，请用 --port 换一个。")
    })?;
    let at = listener
        .local_addr()
        .map_err(|why| Fail::unavailable(why.to_string()))?;
    console.talk(format!("已启动：http://{at}/　（按 Ctrl+C 停止）"));
    let store = app.store.clone();
    let pulse = Pulse::begin(app.clone(), clock.clone());
    let settled = app.clone();
    let web = web::Web::new(app, clock, Ids::random(), server.secure_cookies);
    let router = web::router(web.behind(proxies.clone()));
    let door = Door::new(listener, Limits::default(), proxies);
    if let Closed::Hanging(number) = door.serve(router, asked_to_end()).await {
        console.talk(format!("有{number}个连接没有按时结束，已断开。"));
    }
    pulse.end().await;
    settled.settled().await;
    if let Err(why) = store.close().await {
        console.talk(format!("数据库没有正常关闭：{why}"));
    }
    Ok(Exit::Done)
}

/// Waits for Ctrl+C, or for the signal that service managers send.
async fn asked_to_end() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let terminate = async {
            match signal(SignalKind::terminate()) {
                Ok(mut stream) => {
                    stream.recv().await;
                }
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            () = interrupt => {}
            () = terminate => {}
        }
    }
    #[cfg(not(unix))]
    interrupt.await;
}

/// Starts the log; a second start is passed over.
pub(crate) fn log(settings: &Log) {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_new(&settings.filter).unwrap_or_else(|_| EnvFilter::new("warn"));
    let plain = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let _ = if settings.json {
        plain.json().try_init()
    } else {
        plain.try_init()
    };
}
