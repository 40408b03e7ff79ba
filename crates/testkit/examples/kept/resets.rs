//! Resets in every way they go, and an account that bears the name of another.

use app::reset::{
    Asked, acknowledge, ask, by_operator, consent, notices, refuse, use_link, withdraw,
};
use domain::id::PersonId;
use domain::policy::Role;
use domain::reset::Wanted;
use testkit::{PASSWORD, TestApp};

use crate::story::at_page;
use crate::{Outcome, doors};

const FORGOT: &str = "忘记口令，本人到安委办当面申请";

/// The system administrator asks for a guarded account.
async fn asks(t: &TestApp, person: PersonId, wanted: Wanted) -> Outcome<Asked> {
    Ok(ask(&t.person("sys").ctx().await, person, wanted, FORGOT).await?)
}

/// A second administrator consents; the link comes back where one was asked for.
async fn consents(t: &TestApp, login: &str, asked: &Asked) -> Outcome<Option<String>> {
    Ok(consent(&t.person(login).ctx().await, asked.id).await?.link)
}

/// A link by two with its code: asked for, consented to, opened.
async fn opens_by_two(t: &TestApp, person: PersonId) -> Outcome {
    let asked = asks(t, person, Wanted::Link).await?;
    let link = consents(t, "aud", &asked).await?;
    let (link, code) = (link.unwrap_or_default(), asked.code.unwrap_or_default());
    if use_link(&t.nobody(), &link, "AAAA-AAAA-AAAA", PASSWORD, PASSWORD)
        .await
        .is_ok()
    {
        return Err("a wrong code opens nothing".into());
    }
    use_link(&t.nobody(), &link, &code, PASSWORD, PASSWORD).await?;
    Ok(())
}

/// A link that is used after a wrong code and told to its person; an account opened again; another
/// sign-in name.
pub(crate) async fn by_two(t: &TestApp) -> Outcome {
    t.set_day("2026-09-07");
    opens_by_two(t, t.person_id("shiqiao.zz")).await?;
    app::session::sign_in(&t.nobody(), "shiqiao.zz", PASSWORD, &doors::visitor()).await?;
    let head = t.person("shiqiao.zz").ctx().await;
    let seen: Vec<_> = notices(&head).await?.iter().map(|n| n.id).collect();
    acknowledge(&head, &seen).await?;

    t.set_day("2026-09-08");
    let system = t.person("sys").ctx().await;
    let leader = t.person_id("fuxianzhang");
    let mut person = app::person::show(&system, leader).await?.unchanged();
    person.active = false;
    app::person::change(&system, person).await?;
    let enable = asks(t, leader, Wanted::Enable).await?;
    consents(t, "sec", &enable).await?;
    let login = asks(t, leader, Wanted::Login("fu.xianzhang".to_owned())).await?;
    consents(t, "sec", &login).await?;
    Ok(())
}

/// Another person of the office's name becomes an auditor, and signs in by a link of two.
pub(crate) async fn namesakes(t: &TestApp) -> Outcome {
    t.set_day("2026-09-09");
    let (system, security) = (t.person("sys").ctx().await, t.person("sec").ctx().await);
    let same =
        app::person::create(&at_page(&system, "page-same"), "安小办", "anxiaoban.sjj").await?;
    let (same, why) = (
        same.id,
        "县审计局工作人员，身份证件已核对，与县安委办安小办为两人",
    );
    app::role::grant_namesake(&security, same, Role::AuditAdmin, t.home(), why).await?;
    opens_by_two(t, same).await
}

/// One request is refused by its person's colleague, one taken back, one lapses; the operator gives
/// a link at the console.
pub(crate) async fn without_two(t: &TestApp) -> Outcome {
    t.set_day("2026-09-14");
    let officer = t.person_id("bangong");
    let refused = asks(t, officer, Wanted::Link).await?;
    let auditor = t.person("aud").ctx().await;
    refuse(&auditor, refused.id, "本人在岗，没有申请").await?;
    let taken_back = asks(t, officer, Wanted::Link).await?;
    withdraw(&t.person("sys").ctx().await, taken_back.id).await?;
    asks(t, officer, Wanted::Link).await?;

    t.set_day("2026-09-16");
    let why = "申请已过期，两名管理员出差";
    let link = by_operator(&t.console(), "bangong", why, false).await?;
    app::session::set_password(&t.nobody(), &link, PASSWORD, PASSWORD).await?;
    Ok(())
}

/// On the last day a link by one and a link by two lie open, and a request waits for its answer.
pub(crate) async fn waiting(t: &TestApp) -> Outcome {
    let system = t.person("sys").ctx().await;
    app::person::reset(&system, t.person_id("qingxi.lly")).await?;
    let (leader, head) = (t.person_id("fuxianzhang"), t.person_id("qingxi.zz"));
    let asked = ask(&at_page(&system, "page-ask"), leader, Wanted::Link, FORGOT).await?;
    let auditor = t.person("aud").ctx().await;
    consent(&at_page(&auditor, "page-consent"), asked.id).await?;
    asks(t, head, Wanted::Link).await?;
    Ok(())
}
