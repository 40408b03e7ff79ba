//! Acts: recorded once, previewed before saving, amended and withdrawn as new versions.

mod draft;
mod list;
mod record;
mod show;

pub use draft::{ActDraft, Checked, OLDEST_DAYS, PARTS_MAX, check};
pub(crate) use list::waiting_returns;
pub use list::{ActLine, ActQuery, Acts, PAGE, acts, headline};
pub use record::{
    ANSWER_DAYS, BATCH_MAX, Change, Meets, Preview, REASON_LONGEST, accept, amend, preview, record,
    record_in, record_many, send_back, submit_again, withdraw,
};
pub(crate) use show::visible;
pub use show::{
    ActPage, FieldSeen, FormField, FormKind, FormPost, FormView, PartSeen, VersionSeen, draft_of,
    field_title, form, kinds, show, value_title,
};
