//! Packs: imported, checked, shown, applied with the office's choices.

mod apply;
mod import;
mod show;

pub(crate) use apply::trial;
pub use apply::{
    ApplyForm, ApplyPlan, ChoiceForm, ListForm, OptionForm, apply, apply_form, choices_named, plan,
};
pub use import::{Checked, Imported, check, import};
pub(crate) use import::{import_of, indexes_astray, picture, reading};
pub use show::{
    ClauseNode, ElementSeen, PackLine, PackPage, PackVersionSeen, burden, files, list, show,
};
