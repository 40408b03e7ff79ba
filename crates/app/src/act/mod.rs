//! Acts: recorded once, previewed before saving, amended and withdrawn as new versions.

mod draft;
mod list;
mod record;
mod show;

pub use draft::{ActDraft, PARTS_MAX, check};
pub use list::{ActLine, ActQuery, Acts, acts, headline};
pub(crate) use list::waiting_returns;
pub use record::{
    Change, Meets, Preview, accept, amend, preview, record, send_back, submit_again, withdraw,
};
pub use show::{
    ActPage, FieldSeen, FormField, FormKind, FormPost, FormView, PartSeen, VersionSeen, draft_of, field_title,
    form, kinds, show, value_title,
};
