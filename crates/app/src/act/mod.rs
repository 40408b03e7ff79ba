//! Acts: recorded once, previewed before saving, amended and withdrawn as new versions.

mod draft;
mod form;
mod judge;
mod list;
mod power;
mod record;
mod returns;
mod show;

pub use domain::act::{ANSWER_DAYS, REASON_LONGEST};
pub use draft::{ActDraft, OLDEST_DAYS, PARTS_MAX};
pub use form::{FormField, FormKind, FormPost, FormView, draft_of, form, form_of, kinds};
pub use judge::{accept, send_back, submit_again};
pub use list::{ActLine, ActQuery, Acts, PAGE, acts, headline};
pub(crate) use power::visible;
pub use record::{
    BATCH_MAX, Change, Meets, Preview, amend, preview, preview_change, record, record_many,
    withdraw,
};
pub(crate) use record::{amendable, reason};
pub(crate) use returns::{Returns, recent_returns};
pub use show::{ActPage, FieldSeen, PartSeen, VersionSeen, field_title, show, value_title};
