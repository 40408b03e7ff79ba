//! What every verb that writes does: refuses an earlier day, gives a second click the first result,
//! leaves its link under its row of the table, and says who was first.

use domain::id::{
    ActId, BodyId, DraftId, GrantId, OccasionId, PackUseId, PersonId, PostId, ResetId, RulingId,
};
use store::{Meta, Tx};

use crate::ctx::{Actor, App, Ctx, TOKEN_MARK};
use crate::door::Saved;
use crate::error::{Error, Result};
use crate::verb::Verb;

/// What a verb answers, as it is kept for a second click. What is shown once is not kept.
pub trait Kept: Sized {
    /// As text.
    fn keep(&self) -> String;
    /// From the text; `None` where it is no such answer.
    fn again(text: &str) -> Option<Self>;
}

impl Kept for () {
    fn keep(&self) -> String {
        String::new()
    }
    fn again(_: &str) -> Option<Self> {
        Some(())
    }
}

macro_rules! kept {
    ($($id:ty),+) => {
        $(impl Kept for $id {
            fn keep(&self) -> String {
                self.to_string()
            }
            fn again(text: &str) -> Option<Self> {
                text.parse().ok()
            }
        })+
    };
}
kept!(
    ActId, BodyId, DraftId, GrantId, OccasionId, PackUseId, PersonId, PostId, ResetId, RulingId,
    i64, usize
);

impl Kept for (usize, usize) {
    fn keep(&self) -> String {
        format!("{} {}", self.0, self.1)
    }
    fn again(text: &str) -> Option<Self> {
        let (one, other) = text.split_once(' ')?;
        Some((one.parse().ok()?, other.parse().ok()?))
    }
}

impl<I: std::fmt::Display + std::str::FromStr> Kept for Saved<I> {
    fn keep(&self) -> String {
        self.to_string()
    }
    fn again(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl<T: Kept> Kept for Vec<T> {
    fn keep(&self) -> String {
        let all: Vec<String> = self.iter().map(Kept::keep).collect();
        all.join(" ")
    }
    fn again(text: &str) -> Option<Self> {
        text.split(' ')
            .filter(|t| !t.is_empty())
            .map(T::again)
            .collect()
    }
}

/// A write that is about to be done, with what its link will say.
pub(crate) struct Writing<'a> {
    app: &'a App,
    verb: Verb,
    meta: Meta,
}

impl Ctx {
    /// What every verb begins with: an earlier day is not written to, and a key that was answered
    /// is answered the same. `None` where the verb is to be done.
    pub(crate) async fn begin<T: Kept>(&self, verb: Verb) -> Result<Option<T>> {
        self.writable()?;
        let (Some(key), Ok(who)) = (self.once.as_deref(), self.who()) else {
            return Ok(None);
        };
        let person = who.person;
        let before = self
            .app
            .store
            .read(async |r| store::client_request::request_find(r, key, person, verb.code()).await)
            .await?;
        before.map(|text| kept_again(&text)).transpose()
    }

    /// Writes as a verb in the county of the operation; a key that was answered meanwhile gets that
    /// answer, whoever was first is named.
    pub(crate) async fn write<T, F>(
        &self,
        verb: Verb,
        subject: impl Into<String>,
        f: F,
    ) -> Result<T>
    where
        T: Kept,
        F: AsyncFnOnce(&Tx) -> Result<T> + Clone,
    {
        let home = self.home()?;
        let writing = self.writing(verb, home, subject).run(async |tx| {
            if let Some(before) = self.answered(tx, verb).await? {
                return Ok(before);
            }
            let done = f.clone()(tx).await?;
            self.keep_answer(tx, verb, &done.keep()).await?;
            Ok(done)
        });
        // Boxed, so that a caller holds no more of it than an address.
        match Box::pin(writing).await {
            Err(first @ Error::Stale { .. }) => Err(first.named(&*self.app.world(home).await?)),
            other => other,
        }
    }

    /// A write in a county that the verb names: at the door, of the console, of the program.
    pub(crate) fn writing(
        &self,
        verb: Verb,
        home: BodyId,
        subject: impl Into<String>,
    ) -> Writing<'_> {
        Writing {
            app: &self.app,
            verb,
            meta: self.meta(verb, home, subject.into()),
        }
    }

    /// What the link says of this operation.
    fn meta(&self, verb: Verb, home: BodyId, subject: String) -> Meta {
        let (person, post, operator) = match &self.actor {
            Actor::Anonymous => (None, None, None),
            Actor::Person(who) => {
                let token = who.scope.as_ref();
                let token = token.map(|scope| format!("{TOKEN_MARK}{}", scope.name));
                (Some(who.person), who.post, token)
            }
            Actor::Operator { os_user, who } => (Some(who.person), who.post, Some(os_user.clone())),
            Actor::Console { os_user } => (None, None, Some(os_user.clone())),
            Actor::System { name, .. } => (None, None, Some((*name).to_owned())),
        };
        Meta {
            home,
            at: self.now,
            person,
            post,
            operator,
            verb: verb.code(),
            subject,
        }
    }

    async fn answered<T: Kept>(&self, tx: &Tx, verb: Verb) -> Result<Option<T>> {
        let (Some(key), Ok(who)) = (self.once.as_deref(), self.who()) else {
            return Ok(None);
        };
        let before = store::client_request::request_find(tx, key, who.person, verb.code());
        before.await?.map(|text| kept_again(&text)).transpose()
    }

    async fn keep_answer(&self, tx: &Tx, verb: Verb, answer: &str) -> Result<()> {
        if let (Some(key), Ok(who)) = (self.once.as_deref(), self.who()) {
            let kept =
                store::client_request::request_keep(tx, key, who.person, verb.code(), answer);
            kept.await?;
        }
        Ok(())
    }
}

impl App {
    /// A write beside an operation, of what nobody asked for: no context is left when it is done.
    pub(crate) fn beside(&self, verb: Verb, home: BodyId, at: i64, subject: String) -> Writing<'_> {
        let meta = Meta {
            home,
            at,
            person: None,
            post: None,
            operator: None,
            verb: verb.code(),
            subject,
        };
        Writing {
            app: self,
            verb,
            meta,
        }
    }
}

fn kept_again<T: Kept>(text: &str) -> Result<T> {
    T::again(text).ok_or_else(|| Error::Internal("a kept answer does not read".into()))
}

impl Writing<'_> {
    /// On behalf of somebody who is not signed in: with a one-time link, a password, a session.
    pub(crate) fn by(mut self, person: PersonId) -> Self {
        self.meta.person = Some(person);
        self
    }

    /// By the program itself, because of what was done elsewhere.
    pub(crate) fn by_program(mut self, name: &str) -> Self {
        (self.meta.person, self.meta.post) = (None, None);
        self.meta.operator = Some(name.to_owned());
        self
    }

    /// Not before an instant, in milliseconds UTC.
    pub(crate) fn not_before(mut self, at: i64) -> Self {
        self.meta.at = self.meta.at.max(at);
        self
    }

    /// Writes in one transaction with its link.
    pub(crate) async fn run<T, F>(self, f: F) -> Result<T>
    where
        F: AsyncFnOnce(&Tx) -> Result<T> + Clone,
    {
        let verb = self.verb;
        self.app
            .store
            .write(&self.meta, async |tx| {
                let done = f.clone()(tx).await?;
                declared(verb, tx)?;
                Ok(done)
            })
            .await
    }
}

/// Whether a verb wrote but what its row says. The caches go by the row, so a table that is missing
/// there would be held in memory as it was.
fn declared(verb: Verb, tx: &Tx) -> Result<()> {
    match tx.tables().into_iter().find(|table| !verb.writes(table)) {
        None => Ok(()),
        Some(table) => Err(Error::Internal(
            format!("{} wrote {table}, which its row does not name", verb.code()).into(),
        )),
    }
}
