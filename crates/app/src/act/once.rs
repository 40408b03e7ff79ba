//! A return is handed in once: what comes for the same form, period and body changes the first.

use domain::act::Act;
use domain::calendar::words::period_name;
use store::Read;

use crate::error::{Error, Result};
use crate::words;

/// What is said of a return that was handed in already.
pub(super) fn reported(found: &Act) -> Error {
    let period = found.period.map(period_name).unwrap_or_default();
    let on = words::days(found.occurred_on, found.occurred_on);
    Error::refused(
        crate::Code::ReturnTwice,
        format!("{period}的这张表已于{on}报送。要改动的，请打开那一次报送，更正或重新报送。"),
    )
}

/// One return per form, period and body: a second one is a new submission of the first. Asked in
/// the transaction that writes, so that two at once do not both pass.
pub(super) async fn refuse_second_return(r: &Read, act: &Act) -> Result<()> {
    let (Some(form), Some(period)) = (&act.form, act.period) else {
        return Ok(());
    };
    let filter = store::act::ActFilter {
        kinds: vec![act.kind.clone()],
        bodies: Some(act.parts.iter().map(|p| p.body).collect()),
        form: Some(form.clone()),
        period: Some(period),
        ..store::act::ActFilter::default()
    };
    let near = store::act::acts_of(r, act.home, &filter).await?;
    match near
        .iter()
        .find(|other| other.id != act.id && act.hands_in_the_same(other))
    {
        None => Ok(()),
        Some(found) => Err(reported(found)),
    }
}
