//! Every address of the program, as data: the router, the listing that is reviewed, and the test
//! that asks each one as anybody are made from this one table.

use std::fmt::Write as _;

use axum::routing::MethodRouter;
use domain::policy::Action;

use crate::state::Web;

/// Who an address is for. Whoever has no role that allows it anywhere is refused before the verb
/// is asked; on which things it is allowed, the verb decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Everybody, signed in or not.
    Anyone,
    /// Everybody who is signed in.
    SignedIn,
    /// Those whose role allows this somewhere.
    May(Action),
    /// Those whose role allows one of both somewhere.
    Either(Action, Action),
}

impl Audience {
    /// As printed in the listing.
    pub fn code(self) -> String {
        match self {
            Self::Anyone => "anyone".to_owned(),
            Self::SignedIn => "signed-in".to_owned(),
            Self::May(action) => action.code().to_owned(),
            Self::Either(one, other) => format!("{}|{}", one.code(), other.code()),
        }
    }

    /// Refuses somebody whose roles allow this nowhere.
    pub(crate) fn admit(self, who: &app::Who) -> app::Result<()> {
        let (needed, also) = match self {
            Self::Anyone | Self::SignedIn => return Ok(()),
            Self::May(action) => (action, action),
            Self::Either(one, other) => (one, other),
        };
        if who.may_somewhere(needed) || who.may_somewhere(also) {
            Ok(())
        } else {
            Err(app::Error::Forbidden(needed))
        }
    }
}

/// One address.
pub struct Route {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Path with its parameters.
    pub path: &'static str,
    /// What happens there.
    pub name: &'static str,
    /// For whom.
    pub audience: Audience,
    /// The verbs that a form which is sent there may do; a form that only looks has none.
    pub verbs: &'static [app::Verb],
    /// Makes the handler.
    pub handler: fn() -> MethodRouter<Web>,
}

/// Declares the addresses of a noun: method, path, name, audience, handler, and the verbs that are
/// done there.
macro_rules! routes {
    ($(
        $method:ident $path:literal $name:literal $audience:expr
            => $handler:expr $(, $verb:ident)*;
    )+) => {
        /// The addresses of this noun.
        pub(crate) const ROUTES: &[$crate::routes::Route] = &[$($crate::routes::Route {
            method: stringify!($method),
            path: $path,
            name: $name,
            audience: $audience,
            verbs: &[$(app::Verb::$verb),*],
            handler: || routes!(@ $method $handler),
        }),+];
    };
    (@ GET $handler:expr) => { axum::routing::get($handler) };
    (@ POST $handler:expr) => { axum::routing::post($handler) };
}
pub(crate) use routes;

/// All addresses, noun by noun.
pub fn all() -> impl Iterator<Item = &'static Route> {
    crate::NOUNS.iter().copied().flatten()
}

/// The address that a request matched.
pub(crate) fn of(method: &str, path: &str) -> Option<&'static Route> {
    let method = if method == "HEAD" { "GET" } else { method };
    all().find(|r| r.method == method && r.path == path)
}

/// The listing for the golden file, one line an address.
pub fn listing() -> String {
    let mut out = String::new();
    for route in all() {
        let _ = writeln!(
            out,
            "{:<5}{:<48}{:<24}{}",
            route.method,
            route.path,
            route.audience.code(),
            route.name
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_stands_twice_and_each_says_what_it_does() {
        let mut seen = std::collections::HashSet::new();
        for route in all() {
            assert!(
                seen.insert((route.method, route.path)),
                "{} twice",
                route.path
            );
            assert!(!route.name.is_empty(), "{} has no name", route.path);
            assert!(route.path.starts_with('/'));
        }
    }
}
