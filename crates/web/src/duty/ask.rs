//! Asking for a waiver, an extension or a correction of one obligation.

use app::FieldErrors;
use app::duty::{DutyPage, show as duty_page};
use app::ruling::Ask;
use domain::calendar::words::chinese_day;
use domain::duty::Key;
use domain::ruling::{RulingKind, RulingReason};

use super::{KeyPath, key_of, words};
use crate::error::{Answer, PageError};
use crate::form::{Choice, Field, FieldKind, Posted};
use crate::page::{Form, Page};
use crate::sheet::{Sheet, tried};

/// The form.
pub(super) async fn form(page: Page, at: KeyPath) -> Answer {
    page.ctx.writable()?;
    let key = key_of(&at)?;
    let shown = sheet(&page, &key, &Posted::default(), &FieldErrors::new()).await?;
    shown.answer(&page)
}

async fn sheet(
    page: &Page,
    key: &Key,
    posted: &Posted,
    errors: &FieldErrors,
) -> Result<Sheet, PageError> {
    let duty = duty_page(&page.ctx, key).await?;
    let path = super::path(key);
    let sheet = Sheet::new(page, "申请豁免、延期或补录", &format!("{path}/ask")).await?;
    let lead = format!(
        "{} · {} · {}，截止 {}。由定期限的单位决定，原期限始终保留。",
        duty.item.title,
        duty.item.owner_name,
        words::period(key),
        words::due(&duty.item)
    );
    Ok(sheet
        .crumb("职责", "/duties")
        .crumb(duty.item.title.clone(), path)
        .lead(lead)
        .fields(fields(&duty, posted, errors))
        .errors(errors)
        .save("提出申请"))
}

fn fields(duty: &DutyPage, posted: &Posted, errors: &FieldErrors) -> Vec<Field> {
    let notes = [
        (RulingKind::Waiver, "本期不用做"),
        (RulingKind::Extension, "晚些时候再做"),
        (RulingKind::Correction, "做了但录入晚了，请求计入"),
    ];
    let kinds = notes
        .iter()
        .map(|(k, note)| Choice::new(k.code(), format!("{}：{note}", app::words::ruling_kind(*k))));
    let reasons = RulingReason::ALL
        .iter()
        .map(|r| Choice::new(r.code(), app::words::ruling_reason(*r)));
    let acts = duty.acts.iter().filter(|a| !a.counts);
    let none = Choice::new("", "（申请补录时选择）");
    let acts = std::iter::once(none).chain(acts.map(|a| {
        Choice::new(
            a.id.to_string(),
            format!("{} {}", chinese_day(a.occurred_on), a.title),
        )
    }));
    let field = |name, kind| Field::of("ruling.ask", name, posted).kind(kind);
    vec![
        field("kind", FieldKind::Radio).options(kinds.collect(), posted),
        field("new_due_on", FieldKind::Date),
        field("act", FieldKind::Select).options(acts.collect(), posted),
        field("reason", FieldKind::Select).options(reasons.collect(), posted),
        field("text", FieldKind::Lines),
    ]
    .into_iter()
    .map(|field| field.errors(errors))
    .collect()
}

/// Asks.
pub(super) async fn post(at: KeyPath, form: Form) -> Answer {
    let key = key_of(&at)?;
    let (page, posted) = (&form.page, &form.posted);
    let done = match read(&key, posted) {
        Ok(ask) => tried(app::ruling::ask(&page.ctx, &ask).await)?,
        Err(errors) => Err(errors),
    };
    match done {
        Ok(asked) => Ok(page.done(&format!("/rulings/{}", asked.id), app::Verb::RulingAsk)),
        Err(errors) => sheet(page, &key, posted, &errors).await?.answer(page),
    }
}

fn read(key: &Key, posted: &Posted) -> Result<Ask, FieldErrors> {
    let mut errors = FieldErrors::new();
    let kind = posted.must("kind", "请选择申请什么。", &mut errors);
    let reason = posted.must("reason", "请选择原因。", &mut errors);
    let new_due_on = posted.read("new_due_on", "请填写日期，例如2026-11-05。", &mut errors);
    let act = posted.read("act", "请从列表中选择记录。", &mut errors);
    match (kind, reason) {
        (Some(kind), Some(reason)) if errors.is_empty() => {
            let text = posted.text("text");
            Ok(Ask {
                new_due_on,
                act,
                ..Ask::of(key.clone(), kind, reason, text)
            })
        }
        _ => Err(errors),
    }
}
