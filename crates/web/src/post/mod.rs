//! 岗位: who holds it, setting it up, handing it over.

mod hand_over;
mod new;
mod show;

use domain::id::PostId;
use domain::policy::Action;

use crate::error::PageError;
use crate::routes::{Audience, routes};

const EDIT: Audience = Audience::May(Action::EditPost);

routes! {
    GET "/posts/new" "设立岗位" EDIT => new::form;
    POST "/posts" "设立岗位" EDIT => new::post, PostCreate;
    GET "/posts/{id}" "一个岗位" Audience::May(Action::ViewBody) => show::show;
    GET "/posts/{id}/hand-over" "岗位交接" EDIT => hand_over::form;
    POST "/posts/{id}/hand-over" "岗位交接" EDIT => hand_over::post, PostHandOver;
}

/// The id in an address; nonsense is not found.
fn id_of(text: &str) -> Result<PostId, PageError> {
    text.parse()
        .map_err(|_| PageError(app::Error::NotFound("这个岗位")))
}
