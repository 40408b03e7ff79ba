//! A program that calls the API through the real router. Every answer is held against the schema
//! that is served.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "an answer outside its schema fails the test"
)]

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use jsonschema::Validator;
use serde_json::{Value, json};
use tower::ServiceExt;

/// Where the API stands.
const ROOT: &str = "/api/v1";

/// A program with a token.
pub struct Api {
    router: Router,
    token: String,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// As it was sent.
    pub text: String,
    /// The same as a value.
    pub json: Value,
}

impl Answer {
    /// The code of a refusal; empty where it is none.
    pub fn code(&self) -> &str {
        self.json["error"]["code"].as_str().unwrap_or_default()
    }

    /// The sentence of a refusal.
    pub fn message(&self) -> &str {
        self.json["error"]["message"].as_str().unwrap_or_default()
    }

    /// The answer, which must not be a refusal.
    pub fn ok(self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text);
        self.json
    }
}

impl Api {
    /// A program with a token, whether it holds or not.
    pub fn new(router: Router, token: impl Into<String>) -> Self {
        Self {
            router,
            token: token.into(),
        }
    }

    /// The token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Looks: the path below `/api/v1` with its query.
    pub async fn get(&self, path: &str) -> Answer {
        let request = self.request("GET", path).body(Body::empty()).unwrap();
        self.send(request).await
    }

    /// Does something.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_text(path, &[], &body.to_string()).await
    }

    /// Does something under a key, by which it is not done twice.
    pub async fn post_once(&self, path: &str, key: &str, body: &Value) -> Answer {
        self.post_text(path, &[("idempotency-key", key)], &body.to_string())
            .await
    }

    /// Sends a body as it comes.
    pub async fn post_text(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = self.request("POST", path);
        if !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_owned())).unwrap())
            .await
    }

    /// Sends a request of any method, without a body.
    pub async fn send_as(&self, method: &str, path: &str) -> Answer {
        let request = self.request(method, path).body(Body::empty()).unwrap();
        self.send(request).await
    }

    fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let request = Request::builder()
            .method(method)
            .uri(format!("{ROOT}{path}"))
            .header(header::HOST, "localhost");
        if self.token.is_empty() {
            request
        } else {
            request.header(header::AUTHORIZATION, format!("Bearer {}", self.token))
        }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let method = request.method().as_str().to_lowercase();
        let path = request.uri().path().trim_start_matches(ROOT).to_owned();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX)
            .await
            .unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let json: Value = match serde_json::from_str(&text) {
            Ok(json) => json,
            Err(why) => panic!("{method} {path} answers no JSON ({why}): {text}"),
        };
        as_described(&method, &path, status, &json);
        Answer {
            status,
            headers,
            text,
            json,
        }
    }
}

/// Holds an answer against the description that is served; an address that it does not know
/// answers as a refusal.
fn as_described(method: &str, path: &str, status: StatusCode, answer: &Value) {
    let whole = web::described();
    let template = whole["paths"]
        .as_object()
        .unwrap()
        .keys()
        .find(|template| fits(template, path));
    let responses = template.map(|template| &whole["paths"][template][method]["responses"]);
    let response = match responses {
        Some(responses) if responses.is_object() => {
            let response = &responses[status.as_str()];
            assert!(
                response.is_object(),
                "{method} {path} does not tell of {status}: {answer}"
            );
            response
        }
        _ => &whole["components"]["responses"]["Refused"],
    };
    let response = match response["$ref"].as_str() {
        Some(reference) => whole.pointer(reference.trim_start_matches('#')).unwrap(),
        None => response,
    };
    let schema = json!({
        "$ref": "#/x",
        "x": response["content"]["application/json"]["schema"],
        "components": whole["components"],
    });
    let validator: Validator = jsonschema::draft202012::new(&schema).unwrap();
    let wrong: Vec<String> = validator
        .iter_errors(answer)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(
        wrong.is_empty(),
        "{method} {path} {status}: {wrong:?} in {answer}"
    );
}

/// Whether an address is one of a template. Words that stand in a template fit before parameters.
fn fits(template: &str, path: &str) -> bool {
    let known = web::described()["paths"].as_object();
    if template != path && known.is_some_and(|known| known.contains_key(path)) {
        return false;
    }
    let (wanted, given): (Vec<&str>, Vec<&str>) =
        (template.split('/').collect(), path.split('/').collect());
    wanted.len() == given.len()
        && wanted
            .iter()
            .zip(&given)
            .all(|(w, g)| w == g || w.starts_with('{') && !g.is_empty())
}
