//! What can be asked of acts, and what is said in asking.
//!
//! **Invariant:** what an act says is described here once: a form, a body of the API and a file of
//! the command line become an [`ActDraft`], and the draft is checked in one place.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::act::{FieldValue, PartRole, REASON_LONGEST};
use domain::calendar::Period;
use domain::id::{ActId, Slug};
use schemars::JsonSchema;
use serde::Deserialize;

use super::draft::{ActDraft, PARTS_MAX, typed};
use super::form::{FormKinds, FormView};
use super::line::ActLine;
use super::list::ActQuery;
use super::record::{Change, Preview};
use super::show::ActPage;
use super::{draft_of, form, judge, kinds, list, record, show};
use crate::ctx::Ctx;
use crate::door::{Nothing, Saved, operations};
use crate::error::{Error, FieldErrors, Result};

/// Longest name of a form or of a body that is typed, in characters.
const NAME_LONGEST: usize = 120;

operations! {
    Read "act.list" GET "/acts" "履职记录" [ViewAct]
        ActQuery => ["acts": ActLine] = list::acts;
    Read "act.kinds" GET "/acts/kinds" "可以记录的种类" [RecordAct]
        Nothing => (FormKinds) = all_kinds;
    Read "act.form" GET "/acts/kinds/{kind}" "一种记录可填的内容" [RecordAct]
        OneKind => {"form": FormView} = form_of_kind;
    Read "act.show" GET "/acts/{id}" "一条记录" [ViewAct]
        OneAct => (ActPage) = show::show(id);
    Write "act.preview" POST "/acts/preview" "看会计入哪些职责" [RecordAct]
        NewAct => {"preview": Preview} = preview;
    Write ActRecord POST "/acts"
        NewAct => {"act": Saved<ActId>} = record_new;
    Write ActAmend POST "/acts/{id}/amend"
        AmendAct => {"act": Saved<ActId>} = amend;
    Write ActWithdraw POST "/acts/{id}/withdraw"
        ChangeAct => {"act": Saved<ActId>} = withdraw;
    Write ActAccept POST "/acts/{id}/accept"
        AcceptAct => {"act": Saved<ActId>} = accept;
    Write ActSendBack POST "/acts/{id}/send-back"
        ChangeAct => {"act": Saved<ActId>} = send_back;
    Write ActSubmitAgain POST "/acts/{id}/submit-again"
        SubmitAgain => {"act": Saved<ActId>} = submit_again;
}

/// Which kind of act.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneKind {
    /// Kind.
    #[schemars(title = "种类")]
    pub kind: Slug,
}

/// Which act.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneAct {
    /// Which.
    #[schemars(title = "记录编号")]
    pub id: ActId,
}

/// Who did what.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPart {
    /// In which role.
    #[schemars(title = "角色")]
    pub role: PartRole,
    /// The id of a body or post, or its full name.
    #[schemars(title = "单位或岗位", length(min = 1, max = NAME_LONGEST))]
    pub who: String,
}

/// An act to record.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAct {
    /// Kind.
    #[schemars(title = "种类")]
    pub kind: Slug,
    /// The day it happened; today otherwise.
    #[schemars(title = "日期")]
    pub occurred_on: Option<NaiveDate>,
    /// The period that it answers for, where the kind asks for one.
    #[schemars(title = "所报时段")]
    pub period: Option<Period>,
    /// `pack/form`, for a return.
    #[schemars(title = "报表", length(max = NAME_LONGEST))]
    pub form: Option<String>,
    /// Fields of the kind, by their codes.
    #[schemars(title = "内容")]
    pub fields: Option<BTreeMap<String, FieldValue>>,
    /// Who did what.
    #[schemars(title = "由谁", length(max = PARTS_MAX))]
    pub parts: Option<Vec<NewPart>>,
}

/// An act to amend: what is not named stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AmendAct {
    /// Which.
    #[schemars(title = "记录编号")]
    pub id: ActId,
    /// The version that was looked at.
    #[schemars(title = "所看的版本")]
    pub version: i64,
    /// Why.
    #[schemars(title = "更正的理由", length(min = 1, max = REASON_LONGEST))]
    pub reason: String,
    /// The day it happened.
    #[schemars(title = "日期")]
    pub occurred_on: Option<NaiveDate>,
    /// The period that it answers for.
    #[schemars(title = "所报时段")]
    pub period: Option<Period>,
    /// Fields to change, by their codes; an empty list empties one.
    #[schemars(title = "内容")]
    pub fields: Option<BTreeMap<String, FieldValue>>,
    /// Who did what: all of them, where any change.
    #[schemars(title = "由谁", length(max = PARTS_MAX))]
    pub parts: Option<Vec<NewPart>>,
}

/// An act to withdraw, or a return to send back.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeAct {
    /// Which.
    #[schemars(title = "记录编号")]
    pub id: ActId,
    /// The version that was looked at.
    #[schemars(title = "所看的版本")]
    pub version: i64,
    /// Why.
    #[schemars(title = "理由", length(min = 1, max = REASON_LONGEST))]
    pub reason: String,
}

/// A return to accept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptAct {
    /// Which.
    #[schemars(title = "记录编号")]
    pub id: ActId,
    /// The version that was looked at.
    #[schemars(title = "所看的版本")]
    pub version: i64,
    /// What is said of it.
    #[schemars(title = "意见", length(max = REASON_LONGEST))]
    pub reason: Option<String>,
}

/// A return that was sent back, to submit again: what is not named stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmitAgain {
    /// Which.
    #[schemars(title = "记录编号")]
    pub id: ActId,
    /// The version that was looked at.
    #[schemars(title = "所看的版本")]
    pub version: i64,
    /// What was changed.
    #[schemars(title = "改了什么", length(max = REASON_LONGEST))]
    pub reason: Option<String>,
    /// Fields to change, by their codes; an empty list empties one.
    #[schemars(title = "内容")]
    pub fields: Option<BTreeMap<String, FieldValue>>,
}

type Said = Option<BTreeMap<String, FieldValue>>;

fn say(draft: &mut ActDraft, fields: Said) {
    let all = fields.into_iter().flatten();
    draft
        .fields
        .extend(all.map(|(field, v)| (field, typed(&v))));
}

fn name(draft: &mut ActDraft, parts: Option<Vec<NewPart>>) {
    if let Some(parts) = parts {
        let said = |part: NewPart| (part.role.code().to_owned(), part.who);
        draft.parts = parts.into_iter().map(said).collect();
    }
}

impl NewAct {
    /// As it would be typed on a day.
    pub fn draft(self, today: NaiveDate) -> ActDraft {
        let mut draft = ActDraft {
            kind: self.kind.to_string(),
            occurred_on: self.occurred_on.unwrap_or(today).to_string(),
            period: self.period.map(|p| p.to_string()).unwrap_or_default(),
            form: self.form.unwrap_or_default(),
            ..ActDraft::default()
        };
        say(&mut draft, self.fields);
        name(&mut draft, self.parts);
        draft
    }
}

async fn all_kinds(ctx: &Ctx, _: Nothing) -> Result<FormKinds> {
    kinds(ctx).await
}

async fn form_of_kind(ctx: &Ctx, asked: OneKind) -> Result<FormView> {
    form(ctx, asked.kind.as_str()).await
}

/// Mistakes beside the fields of the input, where forms have names of their own: what a kind asks
/// for is `fields.way` and not `f.way`, who did it `parts.0.who` and not `p.led`.
fn beside_input(draft: &ActDraft, errors: FieldErrors) -> FieldErrors {
    let mut out = FieldErrors::new();
    for (field, messages) in errors.0 {
        let name = match field.split_once('.') {
            Some(("f", rest)) => format!("fields.{rest}"),
            Some(("p", role)) => {
                let at = draft.parts.iter().position(|(r, _)| r == role);
                at.map_or("parts".to_owned(), |at| format!("parts.{at}.who"))
            }
            _ => field,
        };
        for message in messages {
            out.add(&name, message);
        }
    }
    out
}

fn told<T>(draft: &ActDraft, done: Result<T>) -> Result<T> {
    done.map_err(|error| match error {
        Error::Invalid(errors) => Error::Invalid(beside_input(draft, errors)),
        other => other,
    })
}

/// What an act would meet, and what it lacks beside the fields of the input.
pub async fn preview(ctx: &Ctx, new: NewAct) -> Result<Preview> {
    let draft = new.draft(ctx.today);
    let seen = told(&draft, record::preview(ctx, &draft).await)?;
    Ok(Preview {
        missing: beside_input(&draft, seen.missing),
        ..seen
    })
}

/// Records an act.
pub async fn record_new(ctx: &Ctx, new: NewAct) -> Result<Saved<ActId>> {
    let draft = new.draft(ctx.today);
    let id = told(&draft, record::record(ctx, &draft).await)?;
    Ok(Saved::first(id))
}

/// Amends an act by what was said of it anew.
pub async fn amend(ctx: &Ctx, said: AmendAct) -> Result<Saved<ActId>> {
    let (mut draft, _) = draft_of(ctx, said.id).await?;
    if let Some(on) = said.occurred_on {
        draft.occurred_on = on.to_string();
    }
    if let Some(period) = said.period {
        draft.period = period.to_string();
    }
    say(&mut draft, said.fields);
    name(&mut draft, said.parts);
    let change = Change {
        id: said.id,
        version: said.version,
        reason: said.reason,
    };
    told(&draft, record::amend(ctx, &change, &draft).await)
}

impl From<ChangeAct> for Change {
    fn from(asked: ChangeAct) -> Self {
        Self {
            id: asked.id,
            version: asked.version,
            reason: asked.reason,
        }
    }
}

async fn withdraw(ctx: &Ctx, asked: ChangeAct) -> Result<Saved<ActId>> {
    record::withdraw(ctx, &asked.into()).await
}

async fn accept(ctx: &Ctx, asked: AcceptAct) -> Result<Saved<ActId>> {
    let change = Change {
        id: asked.id,
        version: asked.version,
        reason: asked.reason.unwrap_or_default(),
    };
    judge::accept(ctx, &change).await
}

async fn send_back(ctx: &Ctx, asked: ChangeAct) -> Result<Saved<ActId>> {
    judge::send_back(ctx, &asked.into()).await
}

async fn submit_again(ctx: &Ctx, said: SubmitAgain) -> Result<Saved<ActId>> {
    let mut draft = judge::standing(ctx, said.id).await?;
    say(&mut draft, said.fields);
    let change = Change {
        id: said.id,
        version: said.version,
        reason: said.reason.unwrap_or_default(),
    };
    told(&draft, judge::submit_again(ctx, &change, &draft).await)
}
