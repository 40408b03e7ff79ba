//! Headless Chromium at a running copy of the pages, closed again whatever happens.

use std::future::Future;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::{Client, ClientBuilder, Locator};
use futures::FutureExt;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use testkit::TestApp;

/// The accessibility checker; empty where npm could not fetch it.
const AXE: &str = include_str!(concat!(env!("OUT_DIR"), "/axe.js"));

/// The driver, ended when it is dropped.
struct Driver(Child);

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A browser window at the pages of a test county.
pub(crate) struct Window {
    client: Client,
    base: String,
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests are an edge: the runner names the browser"
)]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|v| !v.is_empty())
}

/// Runs a journey in a window of a size, or says that it was left out.
pub(crate) async fn journey<F, Fut>(t: &TestApp, width: u32, height: u32, body: F)
where
    F: FnOnce(Window) -> Fut,
    Fut: Future<Output = ()>,
{
    let Some(driver) = setting("BIHUAN_TEST_CHROMEDRIVER") else {
        let required = setting("BIHUAN_REQUIRE").unwrap_or_default();
        assert!(
            !required.contains("chromium"),
            "Chromium is required and was not found"
        );
        eprintln!("left out: no chromedriver (cargo xtask test finds it)");
        return;
    };
    let port = free_port().await;
    let mut command = Command::new(driver);
    command
        .arg(format!("--port={port}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let _driver = Driver(command.spawn().unwrap());
    let profile = tempfile::tempdir().unwrap();
    let address = serve(t).await;
    let client = connect(port, width, height, &profile.path().display().to_string()).await;
    let window = Window {
        client: client.clone(),
        base: format!("http://{address}"),
    };
    // A journey that panics must not leave its browser behind.
    let outcome = AssertUnwindSafe(body(window)).catch_unwind().await;
    if outcome.is_err() {
        eprintln!("the page when it failed: {:?}", client.current_url().await);
    }
    let _ = client.close().await;
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic);
    }
}

async fn free_port() -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().port()
}

async fn serve(t: &TestApp) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let pages = t.pages();
    tokio::spawn(async move {
        let _ = axum::serve(listener, pages).await;
    });
    address
}

async fn connect(port: u16, width: u32, height: u32, profile: &str) -> Client {
    let mut options = json!({
        "args": [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            format!("--window-size={width},{height}"), format!("--user-data-dir={profile}"),
        ],
    });
    if width < 500 {
        // Chromium's windows are never narrower than 500 px: a phone is emulated instead.
        options["mobileEmulation"] = json!({
            "deviceMetrics": { "width": width, "height": height, "pixelRatio": 2.0, "touch": false }
        });
    }
    if let Some(binary) = setting("BIHUAN_TEST_CHROMIUM") {
        options["binary"] = json!(binary);
    }
    let mut capabilities = serde_json::Map::new();
    capabilities.insert("goog:chromeOptions".to_owned(), options);
    let url = format!("http://127.0.0.1:{port}");
    for _ in 0..100 {
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities.clone());
        if let Ok(client) = builder.connect(&url).await {
            return client;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    unreachable!("chromedriver did not answer in ten seconds");
}

impl Window {
    /// Opens a path.
    pub(crate) async fn open(&self, path: &str) {
        self.client
            .goto(&format!("{}{path}", self.base))
            .await
            .unwrap();
    }

    /// The path and query of the page.
    pub(crate) async fn at(&self) -> String {
        let url = self.client.current_url().await.unwrap();
        let query = url.query().map(|q| format!("?{q}")).unwrap_or_default();
        format!("{}{query}", url.path())
    }

    /// Signs in by the form, with the keyboard.
    pub(crate) async fn sign_in(&self, login: &str) {
        self.open("/sign-in").await;
        self.type_in("input[name=login]", login).await;
        self.type_in("input[name=password]", &format!("{}\n", testkit::PASSWORD))
            .await;
        // Each role begins in its own room; the signed-in frame is the same for all.
        self.client
            .wait()
            .for_element(Locator::Css("form[action='/sign-out']"))
            .await
            .unwrap();
    }

    /// Types into a field.
    pub(crate) async fn type_in(&self, css: &str, text: &str) {
        let field = self
            .client
            .wait()
            .for_element(Locator::Css(css))
            .await
            .unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Sets a field's value as a picker would.
    pub(crate) async fn set(&self, css: &str, value: &str) {
        let script = "const e = document.querySelector(arguments[0]); e.value = arguments[1]; \
                      e.dispatchEvent(new Event('input', {bubbles: true})); \
                      e.dispatchEvent(new Event('change', {bubbles: true}));";
        self.client
            .execute(script, vec![json!(css), json!(value)])
            .await
            .unwrap();
    }

    /// Clicks what a selector finds, scrolled into view first.
    pub(crate) async fn click(&self, css: &str) {
        let found = self
            .client
            .wait()
            .for_element(Locator::Css(css))
            .await
            .unwrap();
        let script = "arguments[0].scrollIntoView({block: 'center'});";
        let element = serde_json::to_value(&found).unwrap();
        self.client.execute(script, vec![element]).await.unwrap();
        found.click().await.unwrap();
    }

    /// Taps what a person can see, without any scrolling, and asserts that what it opens lies
    /// inside the window, uncovered from its first row to its last or to where it scrolls.
    pub(crate) async fn tap_opens(&self, css: &str, opens: &str) {
        self.is_in_view(css).await;
        let found = self.client.find(Locator::Css(css)).await.unwrap();
        found.click().await.unwrap();
        self.is_in_view(opens).await;
    }

    /// What a selector finds lies inside the window, and nothing covers its corners.
    pub(crate) async fn is_in_view(&self, css: &str) {
        let script = "const e = document.querySelector(arguments[0]); \
                      if (!e) return 'is not there'; \
                      const b = e.getBoundingClientRect(); \
                      const at = [b.left, b.top, b.right, b.bottom].map(Math.round).join(' '); \
                      if (b.width < 1 || b.height < 1) return 'has no size'; \
                      if (b.left < 0 || b.top < 0 || b.right > innerWidth + 0.5 || \
                          b.bottom > innerHeight + 0.5) \
                        return 'lies at ' + at + ' of ' + innerWidth + ' ' + innerHeight; \
                      const ends = [[b.left + 12, b.top + 6], [b.right - 12, b.top + 6], \
                                    [b.left + 12, b.bottom - 6], [b.right - 12, b.bottom - 6]]; \
                      for (const [x, y] of ends) { \
                        const over = document.elementFromPoint(x, y); \
                        if (!over || !e.contains(over)) return 'is covered at ' + at; } \
                      return '';";
        let found = self.client.execute(script, vec![json!(css)]).await.unwrap();
        assert_eq!(found, json!(""), "{}: {css}", self.at().await);
    }

    /// Clicks the label, button or link that says exactly this.
    pub(crate) async fn press(&self, words: &str) {
        let script = "const t = [...document.querySelectorAll('main button, main a, main label')]\
                      .find(e => e.textContent.trim().startsWith(arguments[0]) && e.offsetParent); \
                      if (!t) return false; t.scrollIntoView({block: 'center'}); t.click(); return true;";
        for _ in 0..50 {
            let done = self
                .client
                .execute(script, vec![json!(words)])
                .await
                .unwrap();
            if done == json!(true) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        unreachable!("nothing on {} says {words}", self.at().await);
    }

    /// Presses keys, one after the other, where the focus is.
    pub(crate) async fn keys(&self, keys: &str) {
        for key in keys.chars() {
            let field = self.client.active_element().await.unwrap();
            field.send_keys(&key.to_string()).await.unwrap();
        }
    }

    /// The id of what has the focus.
    pub(crate) async fn focused(&self) -> String {
        let script = "return document.activeElement.id;";
        let id = self.client.execute(script, Vec::new()).await.unwrap();
        id.as_str().unwrap_or_default().to_owned()
    }

    /// Whether something stands on the page.
    pub(crate) async fn holds(&self, css: &str) -> bool {
        let found = self.client.find_all(Locator::Css(css)).await.unwrap();
        !found.is_empty()
    }

    /// The text of the page.
    pub(crate) async fn text(&self) -> String {
        let script = "return document.body.innerText;";
        let text = self.client.execute(script, Vec::new()).await.unwrap();
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the page says something.
    pub(crate) async fn sees(&self, words: &str) {
        for _ in 0..100 {
            if self.text().await.contains(words) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        unreachable!(
            "{} never says {words}:\n{}",
            self.at().await,
            self.text().await
        );
    }

    /// Nothing sticks out to the right.
    pub(crate) async fn fits(&self) {
        let script = "return document.documentElement.scrollWidth - window.innerWidth;";
        let over = self
            .client
            .execute(script, Vec::new())
            .await
            .unwrap()
            .as_i64()
            .unwrap_or(0);
        assert!(over <= 0, "{} is {over} px too wide", self.at().await);
    }

    /// The accessibility checker finds nothing on the page.
    pub(crate) async fn is_accessible(&self) {
        if AXE.is_empty() {
            eprintln!("left out: axe-core was not fetched");
            return;
        }
        self.client.execute(AXE, Vec::new()).await.unwrap();
        let script = "const done = arguments[arguments.length - 1]; \
                      axe.run().then(r => done(r.violations.map(v => v.id + ': ' + \
                      v.nodes.slice(0, 3).map(n => n.target.join(' ')).join(' | '))));";
        let found = self.client.execute_async(script, Vec::new()).await.unwrap();
        let found = found.as_array().cloned().unwrap_or_default();
        assert!(found.is_empty(), "{}: {found:#?}", self.at().await);
    }

    /// Width fits and the checker is content.
    pub(crate) async fn is_well_made(&self) {
        self.fits().await;
        self.is_accessible().await;
    }
}
