//! Addresses of ours that come back with a request: parsed once, and then known to stay here.

use std::fmt;
use std::str::FromStr;

use axum::http::Uri;

/// Longest address that is gone back to, in bytes.
const LONGEST: usize = 2_048;
/// Where everything leads that is no address of ours.
const DESK: &str = "/desk";
/// What browsers drop, turn into a slash or end a text with, when it stands as it is.
const NEVER: &[u8] = b"\\\"<>^`{|}#";

/// A path of this site with its query. Whatever a browser makes of it, it stays at this site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OwnPath(String);

/// A text that is no path of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotOurs;

impl FromStr for OwnPath {
    type Err = NotOurs;

    fn from_str(text: &str) -> Result<Self, NotOurs> {
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let ours = text.len() <= LONGEST
            && path.starts_with('/')
            && !path.contains("//")
            && text.bytes().all(|b| b.is_ascii_graphic() && !NEVER.contains(&b))
            // In the path what is written with a percent sign is Chinese or a blank: nothing that
            // could be a slash, a dot or a percent sign when it is read again.
            && escapes(path, |b| b >= 0x80 || b == b' ')
            && escapes(query, |b| b >= 0x20 && b != 0x7f && b != b'\\');
        if ours {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotOurs)
        }
    }
}

/// Whether each `%` begins the two digits of a byte that may stand there.
fn escapes(text: &str, may: impl Fn(u8) -> bool) -> bool {
    text.split('%').skip(1).all(|after| {
        let digits = after
            .get(..2)
            .filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        digits.is_some_and(|d| u8::from_str_radix(d, 16).is_ok_and(&may))
    })
}

impl OwnPath {
    /// What a form or an address sent, to go on to; anything else is the desk, and so is the way to
    /// sign in or out, which would lead in a circle.
    pub(crate) fn onward(sent: &str) -> Self {
        let own: Result<Self, NotOurs> = sent.parse();
        own.ok()
            .filter(|own| !own.0.starts_with("/sign-"))
            .unwrap_or_else(|| Self(DESK.to_owned()))
    }

    /// The address of a request.
    pub(crate) fn here(uri: &Uri) -> Self {
        let text = uri.path_and_query().map_or("/", |p| p.as_str());
        text.parse().unwrap_or_else(|NotOurs| Self(DESK.to_owned()))
    }

    /// As it is written into a page or a header.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The address above: `/acts/1` of `/acts/1/amend`; empty at the top.
    pub(crate) fn above(&self) -> &str {
        let path = self.0.split('?').next().unwrap_or_default();
        path.rsplit_once('/').map_or("", |(above, _)| above)
    }

    /// The sign-in page that leads back to here.
    pub(crate) fn sign_in(&self) -> String {
        let kept: String = self
            .0
            .bytes()
            .map(|b| match b {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => {
                    char::from(b).to_string()
                }
                _ => format!("%{b:02X}"),
            })
            .collect();
        format!("/sign-in?next={kept}")
    }
}

impl fmt::Display for OwnPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::Url;

    use super::*;

    /// Whether a browser that follows the text from a page of ours stays at our site.
    fn stays(text: &str) -> bool {
        let origin = Url::parse("https://bihuan.example:8650").unwrap();
        let page = origin.join("/packs/drafts/1?page=2").unwrap();
        let at = [page.join(text), origin.join(text)];
        at.into_iter()
            .all(|at| at.is_ok_and(|at| at.origin() == origin.origin() && at.username() == ""))
    }

    #[test]
    fn an_address_of_ours_is_kept_as_it_is() {
        for own in [
            "/",
            "/acts?kind=meeting",
            "/duties?year=2026&q=%E7%9F%B3%E6%A1%A5&clause=a%2Fb",
            "/packs/zezhou-2026/files/%E6%96%87%20.toml",
            "/acts/act_0190:1~2/amend?next=https://example.org//",
        ] {
            assert_eq!(OwnPath::onward(own).as_str(), own);
        }
    }

    #[test]
    fn nothing_that_leaves_this_site_is_gone_on_to() {
        for foreign in [
            "",
            "desk",
            "https://example.org",
            "javascript:alert(1)",
            "//example.org",
            "/\\example.org",
            "\\\\example.org",
            "/\t/example.org",
            "/\n/example.org",
            "\t//example.org",
            " //example.org",
            "/%09/example.org",
            "/%0d%0aSet-Cookie:a=b",
            "/%2F/example.org",
            "/%5Cexample.org",
            "/%2e%2e//example.org",
            "/.//example.org",
            "/..//example.org",
            "/a/%252F/b",
            "/a?b=%00",
            "/a?b=%5c",
            "/a%",
            "/a%+1",
            "/a%4",
            "/a#b",
            "/\u{202e}a",
            "/石桥",
            "/sign-out",
            "/sign-in?next=/desk",
        ] {
            assert_eq!(OwnPath::onward(foreign).as_str(), "/desk", "{foreign:?}");
        }
        assert_eq!(
            OwnPath::onward(&format!("/{}", "a".repeat(LONGEST))).as_str(),
            "/desk"
        );
    }

    #[test]
    fn a_request_for_two_slashes_is_not_written_into_a_page() {
        let here = OwnPath::here(&Uri::from_static("//example.org/x"));
        assert_eq!(here.as_str(), "/desk");
        let here = OwnPath::here(&Uri::from_static("/acts/1/amend?x=1/2"));
        assert_eq!(
            (here.as_str(), here.above()),
            ("/acts/1/amend?x=1/2", "/acts/1")
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn whatever_is_accepted_stays_at_this_site(
            text in r"[/\\]{0,3}([\t\n\r /\\.:@?#%a-c09A-F;&=\[\]\x00-\x20\u{7f}\u{200b}\u{3002}\u{ff0f}]|%0[09adAD]|%2[efEF]|%5[cC]|//|https?:|javascript:|example\.org|\.\.){0,12}"
        ) {
            if let Ok(own) = text.parse::<OwnPath>() {
                prop_assert!(stays(own.as_str()), "{:?}", own);
                prop_assert!(stays(own.above()) || own.above().is_empty(), "{:?}", own);
            }
        }

        #[test]
        fn whatever_is_made_here_is_accepted(
            segments in prop::collection::vec("[a-z0-9_-]{1,8}", 1..4), value in "\\PC{0,8}"
        ) {
            let path = format!("/{}", segments.join("/"));
            let at = crate::query::address(&path, &[("q", &value)]);
            // A backslash that is searched for is not gone back to.
            prop_assert!(value.contains('\\') || at.parse::<OwnPath>().is_ok(), "{}", at);
            prop_assert!(stays(&at));
        }
    }
}
