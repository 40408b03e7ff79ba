//! Bodies: set up, renamed, moved, related, merged and closed; one page a body.

mod edit;
mod merge;
mod show;

pub use edit::{
    BATCH_MAX, BodyChange, NAME_LONGEST, NewBody, NewEnterprise, change, close, create,
    create_home, create_many, link, unlink,
};
pub use merge::merge;
pub use show::{
    BodyLine, BodyList, BodyPage, BodyQuery, LinkSeen, PAGE, PostSeen, SpanSeen, by_names, list,
    options, show,
};
