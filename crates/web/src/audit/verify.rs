//! Proving the chain: links, data rows, the head file.

use super::trail::trail_page;
use crate::error::Answer;
use crate::form::Posted;
use crate::page::Form;
use crate::query::Asked;

/// Proves it and shows the result above the trail.
pub(super) async fn post(form: Form) -> Answer {
    let proof = app::audit::verify(&form.page.ctx).await?;
    let shown = trail_page(&form.page, &Asked(Posted::default()), Some(proof)).await?;
    form.page.html(&shown)
}
