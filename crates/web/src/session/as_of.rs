//! The day that is looked at, and the post that is acted in: both stand in cookies, and neither
//! changes anything.

use axum::response::IntoResponse;
use chrono::{Datelike, NaiveDate};
use domain::calendar::Period;

use super::{AS_OF_COOKIE, POST_COOKIE, clear_cookie, set_cookie};
use crate::error::Answer;
use crate::page::{Form, add_cookie};
use crate::path::OwnPath;

/// Looks at an earlier day; an empty day, today or a later one goes back to today.
pub(super) async fn day(form: Form) -> Answer {
    let back = OwnPath::onward(form.posted.text("back"));
    let day: Option<NaiveDate> = form.posted.text("day").parse().ok();
    let past = day.filter(|d| *d < form.page.ctx.today && Period::YEARS.contains(&d.year()));
    let mut response = form.page.leads(back.as_str()).into_response();
    let cookie = match past {
        Some(day) => set_cookie(
            AS_OF_COOKIE,
            &day.to_string(),
            None,
            form.page.web.secure_cookies,
        ),
        None => clear_cookie(AS_OF_COOKIE),
    };
    add_cookie(&mut response, &cookie);
    Ok(response)
}

/// Acts in another post of the person. Which posts are the person's, the next request checks.
pub(super) async fn post(form: Form) -> Answer {
    let mut response = form.page.leads("/desk").into_response();
    let post = form.posted.text("post");
    if post.parse::<domain::id::PostId>().is_ok() {
        let cookie = set_cookie(POST_COOKIE, post, None, form.page.web.secure_cookies);
        add_cookie(&mut response, &cookie);
    }
    Ok(response)
}
