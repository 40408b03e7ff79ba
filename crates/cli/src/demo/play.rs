//! Plays the year: every step through the verb that a page would call, at its hour, in order.

use std::collections::HashMap;

use app::act::{ActDraft, Change};
use app::ruling::Ask;
use app::session::by_login;
use app::{Actor, App, Ctx, Ids, Who, act, body, post, ruling};
use chrono::{NaiveDate, NaiveTime};
use domain::id::{ActId, BodyId, PersonId, PostId, RulingId};

use crate::outcome::{Fail, Outcome};
use crate::refusal::said;

/// What is done.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// Records an act; later steps find it by its key.
    Record(ActDraft),
    /// Accepts a return.
    Accept,
    /// Sends a return back.
    SendBack(String),
    /// Answers a return that was sent back.
    SubmitAgain(ActDraft),
    /// Amends an act with a reason.
    Amend(String, ActDraft),
    /// Withdraws an act.
    Withdraw(String),
    /// Asks for a ruling.
    Ask(Box<Ask>),
    /// Decides a ruling: yes or no, with an opinion.
    Decide(bool, String),
    /// Hands a post over.
    HandOver(PostId, PersonId, PersonId),
    /// Merges a town into another.
    Merge(BodyId, BodyId),
}

/// A step with its time and its person.
#[derive(Debug, Clone)]
pub(super) struct Planned {
    /// The day on which it is done.
    pub(super) on: NaiveDate,
    /// Minutes after midnight.
    pub(super) minute: u32,
    /// Who does it, by sign-in name.
    pub(super) by: String,
    /// Names the act or ruling that this step makes or goes on with; empty for none.
    pub(super) key: String,
    /// What.
    pub(super) step: Step,
}

/// The instant of a minute of a civil day in China.
pub(super) fn instant(on: NaiveDate, minute: u32) -> i64 {
    on.and_time(NaiveTime::MIN).and_utc().timestamp_millis() + i64::from(minute) * 60_000
        - app::ctx::CHINA_MS
}

/// A context of the installation itself.
pub(super) fn system(app: &App, ids: &std::sync::Arc<Ids>, home: BodyId, now: i64) -> Ctx {
    context(app, ids, Actor::System { name: "demo", home }, now)
}

fn context(app: &App, ids: &std::sync::Arc<Ids>, actor: Actor, now: i64) -> Ctx {
    Ctx {
        app: app.clone(),
        actor,
        now,
        today: app::ctx::china_day(now),
        as_of: None,
        request_id: "demo".to_owned(),
        ids: ids.clone(),
        once: None,
    }
}

/// Plays steps in the order of their times.
pub(super) struct Player<'a> {
    app: &'a App,
    ids: std::sync::Arc<Ids>,
    known: HashMap<String, Who>,
    acts: HashMap<String, (ActId, i64)>,
    rulings: HashMap<String, RulingId>,
}

impl<'a> Player<'a> {
    pub(super) fn new(app: &'a App, ids: std::sync::Arc<Ids>) -> Self {
        Self {
            app,
            ids,
            known: HashMap::new(),
            acts: HashMap::new(),
            rulings: HashMap::new(),
        }
    }

    /// Plays everything up to the hour at which a day opens; says how many steps that were.
    pub(super) async fn play(
        &mut self,
        mut plan: Vec<Planned>,
        until: NaiveDate,
    ) -> Outcome<usize> {
        plan.retain(|p| (p.on, p.minute) < (until, super::clock::OPENS_MINUTE));
        // Steps of one minute keep the order in which they were planned.
        plan.sort_by_key(|p| (p.on, p.minute));
        let mut played = 0;
        let mut rest = plan.as_slice();
        while let Some(first) = rest.first() {
            let together = rest
                .iter()
                .take_while(|p| same_sitting(first, p))
                .count()
                .max(1);
            let (now, later) = rest.split_at(together);
            self.sitting(now).await.map_err(|why| {
                let message = format!("{} {} {}：{}", first.on, first.by, first.key, why.message);
                Fail::bug(message)
            })?;
            played += now.len();
            rest = later;
        }
        Ok(played)
    }

    async fn sitting(&mut self, steps: &[Planned]) -> Outcome<()> {
        let Some(first) = steps.first() else {
            return Ok(());
        };
        let now = instant(first.on, first.minute);
        let who = self.who(&first.by, first.on).await?;
        let ctx = context(self.app, &self.ids, Actor::Person(who), now);
        let drafts: Vec<ActDraft> = steps
            .iter()
            .filter_map(|p| match &p.step {
                Step::Record(draft) => Some(draft.clone()),
                _ => None,
            })
            .collect();
        if drafts.len() == steps.len() {
            let ids = act::record_many(&ctx, &drafts).await.map_err(said)?;
            for (planned, id) in steps.iter().zip(ids) {
                if !planned.key.is_empty() {
                    self.acts.insert(planned.key.clone(), (id, 1));
                }
            }
            return Ok(());
        }
        for planned in steps {
            self.one(&ctx, planned).await?;
        }
        Ok(())
    }

    async fn one(&mut self, ctx: &Ctx, planned: &Planned) -> Outcome<()> {
        match &planned.step {
            Step::Record(draft) => {
                let id = act::record(ctx, draft).await.map_err(said)?;
                self.acts.insert(planned.key.clone(), (id, 1));
            }
            Step::Ask(ask) => {
                let asked = ruling::ask(ctx, ask).await.map_err(said)?;
                self.rulings.insert(planned.key.clone(), asked.id);
            }
            Step::Decide(yes, opinion) => {
                let id = self.rulings.get(&planned.key).copied();
                let id = id.ok_or_else(|| Fail::bug("没有这份申请"))?;
                ruling::decide(ctx, ruling::DecideRuling::of(id, 1, *yes, opinion))
                    .await
                    .map_err(said)?;
            }
            Step::HandOver(id, from, to) => {
                let (from, to) = (Some(*from), Some(*to));
                post::hand_over(ctx, *id, from, to, ctx.today)
                    .await
                    .map_err(said)?;
                self.known.clear();
            }
            Step::Merge(old, into) => {
                body::merge(ctx, *old, *into, ctx.today)
                    .await
                    .map_err(said)?;
                self.known.clear();
            }
            Step::Accept
            | Step::SendBack(_)
            | Step::SubmitAgain(_)
            | Step::Amend(..)
            | Step::Withdraw(_) => self.go_on(ctx, planned).await?,
        }
        Ok(())
    }

    /// A later version of an act.
    async fn go_on(&mut self, ctx: &Ctx, planned: &Planned) -> Outcome<()> {
        let (id, version) = *self
            .acts
            .get(&planned.key)
            .ok_or_else(|| Fail::bug("没有这条记录"))?;
        let change = |reason: &str| Change {
            id,
            version,
            reason: reason.to_owned(),
        };
        match &planned.step {
            Step::Accept => act::accept(ctx, &change("")).await.map(drop),
            Step::SendBack(why) => act::send_back(ctx, &change(why)).await.map(drop),
            Step::SubmitAgain(draft) => act::submit_again(ctx, &change("已核对更正"), draft)
                .await
                .map(drop),
            Step::Amend(why, draft) => act::amend(ctx, &change(why), draft).await.map(drop),
            Step::Withdraw(why) => act::withdraw(ctx, &change(why)).await.map(drop),
            Step::Record(_)
            | Step::Ask(_)
            | Step::Decide(..)
            | Step::HandOver(..)
            | Step::Merge(..) => Ok(()),
        }
        .map_err(said)?;
        self.acts.insert(planned.key.clone(), (id, version + 1));
        Ok(())
    }

    async fn who(&mut self, login: &str, today: NaiveDate) -> Outcome<Who> {
        if let Some(known) = self.known.get(login) {
            return Ok(known.clone());
        }
        let who = by_login(self.app, login, today).await.map_err(said)?;
        self.known.insert(login.to_owned(), who.clone());
        Ok(who)
    }
}

/// Whether two records are entered in one go: the same person on the same morning or afternoon.
fn same_sitting(a: &Planned, b: &Planned) -> bool {
    let records = |p: &Planned| matches!(p.step, Step::Record(_));
    std::ptr::eq(a, b)
        || (a.on == b.on && a.minute == b.minute && a.by == b.by && records(a) && records(b))
}
