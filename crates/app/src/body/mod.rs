//! Bodies: set up, renamed, moved, related, merged and closed; one page a body.

mod door;
mod edit;
mod merge;
mod relate;
mod show;
mod sight;

pub use door::{
    ADDRESS_LONGEST, ChangeBody, CloseBody, CreateBody, DIVISION_LONGEST, FindBodies,
    INDUSTRY_LONGEST, LinkBodies, MergeBody, OneBody, USCC_LONGEST, UnlinkBodies,
};
pub use edit::{
    BATCH_MAX, BodyChange, NAME_LONGEST, NewBody, NewEnterprise, change, close, create,
    create_home, create_many,
};
pub use merge::merge;
pub use relate::{Related, link, unlink};
pub use show::{
    AtWork, AttrSeen, BodyBelow, BodyFound, BodyLine, BodySeen, EnterpriseSeen, LinkSeen,
    ListBodies, OPTIONS_MAX, SpanSeen, at_work, by_names, list, options, show,
};

pub(crate) use door::OPERATIONS;
