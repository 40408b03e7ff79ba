//! Acts: recorded once, previewed before saving, amended and withdrawn as new versions.

mod door;
mod draft;
mod form;
mod judge;
mod line;
mod list;
mod once;
mod power;
mod record;
mod returned;
mod returns;
mod show;
pub mod words;

pub use domain::act::{ANSWER_DAYS, REASON_LONGEST};
pub(crate) use door::OPERATIONS;
pub use door::{
    AcceptAct, AmendAct, ChangeAct, NewAct, NewPart, OneAct, OneKind, SubmitAgain,
    amend as amend_as, preview as preview_as, record_new as record_as,
};
pub use draft::{ActDraft, OLDEST_DAYS, PARTS_MAX};
pub use form::{
    Asks, FormField, FormKind, FormKinds, FormOther, FormPost, FormReturn, FormValue, FormView,
    draft_of, form, form_of, kinds,
};
pub use judge::{accept, send_back, submit_again};
pub use line::{ActLine, ActPart};
pub(crate) use line::{field_title, value_title};
pub(crate) use list::headline;
pub use list::{ActQuery, acts, acts_to_save};
pub(crate) use power::visible;
pub use record::{
    BATCH_MAX, Change, Meets, Preview, amend, preview, preview_change, record, record_many,
    withdraw,
};
pub(crate) use record::{amendable, reason};
pub(crate) use returned::Returns;
pub(crate) use returns::recent_returns;
pub use show::{ActField, ActPage, ActVersionSeen, show};
