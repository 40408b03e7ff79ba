//! Packs: imported, checked, shown, applied with the office's choices.

mod apply;
mod door;
mod form;
mod import;
mod list;
mod show;
pub mod words;

pub(crate) use apply::trial;
pub use apply::{ApplyPlan, Planned, PlannedDuty, apply, plan};
pub(crate) use door::OPERATIONS;
pub use door::{
    ApplyPack, CheckSeen, FILES_BODY_BYTES_MAX, OnePack, OneVersion, PackFiles, PackText,
    ProblemSeen,
};
pub use form::{
    ApplyForm, ChoiceForm, FollowedForm, ListForm, OptionForm, ThresholdForm, apply_form,
};
pub use import::{Checked, Imported, check, import, picture};
pub(crate) use import::{import_of, indexes_astray, reading};
pub use list::{Burden, InForce, ListBurden, ListPacks, PackLine, Tally, burden, list};
pub use show::{
    AnswerSeen, ClauseSeen, Counts, DemandSeen, DutySays, ElementSeen, PackPage,
    ResponsibilitySeen, Says, TimingSeen, files, show,
};
