//! Requests for accounts, and what people are told of them, in words.

use app::person::Account;
use app::reset::{NamesakeSeen, Notice, ResetSeen};
use domain::instant::Instant;
use domain::reset::{LinkUse, Stage, Want};

/// A request.
#[expect(
    clippy::struct_excessive_bools,
    reason = "which buttons a page shows, each asked of the policy by itself"
)]
pub(crate) struct Request {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) wanted: String,
    pub(crate) state: &'static str,
    pub(crate) asked: String,
    pub(crate) reason: String,
    pub(crate) until: String,
    pub(crate) decided: String,
    pub(crate) link: String,
    pub(crate) by_operator: bool,
    pub(crate) may_consent: bool,
    pub(crate) may_refuse: bool,
    pub(crate) may_withdraw: bool,
}

fn instant(at: Instant) -> String {
    app::words::instant(at.ms())
}

fn account(account: &Account) -> String {
    if account.login.is_empty() {
        account.name.clone()
    } else {
        format!("{}（{}）", account.name, account.login)
    }
}

/// What is wanted.
fn wanted(want: Want, login: Option<&str>) -> String {
    match want {
        Want::Link => "发放一次性链接".to_owned(),
        Want::Enable => "启用账号".to_owned(),
        Want::Login => format!("变更用户名为 {}", login.unwrap_or_default()),
    }
}

/// Where it stands.
const fn state(stage: Stage, by_operator: bool) -> &'static str {
    match stage {
        Stage::Asked => "待审批",
        Stage::Given => "同意",
        Stage::Refused => "不同意",
        Stage::Withdrawn => "已撤回",
        Stage::Lapsed => "已过期",
        Stage::Alone if by_operator => "控制台发放",
        Stage::Alone => "直接发放",
    }
}

/// Who answered, when, with which opinion.
fn decided(reset: &ResetSeen) -> String {
    let at = reset.answered_at.map(instant).unwrap_or_default();
    match &reset.answered_by {
        Some(by) => {
            let said = format!("{} {at} {}", by.name, reset.opinion);
            said.trim_end().to_owned()
        }
        None => at,
    }
}

/// What became of the link.
fn link(reset: &ResetSeen) -> String {
    let used = reset.used_at.map(instant).unwrap_or_default();
    match reset.link {
        None => String::new(),
        Some(LinkUse::Used) => format!("{used}用过"),
        Some(LinkUse::Ended) => "验证码多次不对，已作废".to_owned(),
        Some(LinkUse::Unused) => "没有用过；已另发链接或过期的，不能再用".to_owned(),
    }
}

impl Request {
    /// A request in words.
    pub(crate) fn of(reset: ResetSeen) -> Self {
        let asker = match (&reset.asked_by, &reset.operator) {
            (Some(by), _) => by.name.clone(),
            (None, Some(operator)) => format!("服务器运维人员（{operator}）"),
            (None, None) => String::new(),
        };
        let by_operator = reset.operator.is_some();
        Self {
            id: reset.id.to_string(),
            name: account(&reset.person),
            wanted: wanted(reset.wanted, reset.login.as_deref()),
            state: state(reset.stage, by_operator),
            asked: format!("{asker} {}", instant(reset.asked_at)),
            until: reset.until.map(instant).unwrap_or_default(),
            decided: decided(&reset),
            link: link(&reset),
            reason: reset.reason,
            by_operator,
            may_consent: reset.may_consent,
            may_refuse: reset.may_refuse,
            may_withdraw: reset.may_withdraw,
        }
    }
}

/// Two accounts of one name.
pub(super) struct TwoPeople {
    pub(super) accounts: String,
    pub(super) reason: String,
    pub(super) said: String,
}

impl TwoPeople {
    pub(super) fn of(said: NamesakeSeen) -> Self {
        Self {
            accounts: format!("{}、{}", account(&said.person), account(&said.other)),
            said: format!("{} {}", said.said_by.name, instant(said.said_at)),
            reason: said.reason,
        }
    }
}

/// What was done to an account.
pub(crate) struct Told {
    pub(crate) id: String,
    pub(crate) at: String,
    pub(crate) text: String,
    pub(crate) reason: String,
}

impl Told {
    /// What was done to an account, in words.
    pub(crate) fn of(notice: Notice) -> Self {
        Self {
            id: notice.id.to_string(),
            at: instant(notice.at),
            text: told(&notice),
            reason: notice.reason,
        }
    }
}

/// What was done, by whom, with whose consent.
fn told(notice: &Notice) -> String {
    let by = match (&notice.by, &notice.operator) {
        (Some(by), _) => format!("系统管理员{}", by.name),
        (None, Some(operator)) => format!("服务器运维人员（{operator}）在控制台"),
        (None, None) => String::new(),
    };
    let with = match &notice.consented_by {
        Some(by) => format!("提出、管理员{}同意，", by.name),
        None => String::new(),
    };
    let what = match (notice.wanted, notice.used_at) {
        (Want::Link, Some(at)) => {
            let at = instant(at);
            format!("发放了设置口令的一次性链接，链接已于{at}用过")
        }
        (Want::Link, None) => "发放了设置口令的一次性链接，链接没有用过".to_owned(),
        (Want::Enable, _) => "重新启用了您的账号".to_owned(),
        (Want::Login, _) => {
            let login = notice.login.as_deref().unwrap_or_default();
            format!("把您的用户名变更为 {login}")
        }
    };
    format!("{by}{with}{what}。")
}

#[cfg(test)]
mod tests {
    use app::Named;

    use super::*;

    #[test]
    fn a_person_reads_who_did_what_with_whose_consent() {
        let one = format!("person_{:032x}", 1).parse().unwrap();
        let named = |name: &str| Named::new(one, name);
        let by_two = Notice {
            id: format!("reset_{:032x}", 2).parse().unwrap(),
            at: Instant::at(0),
            wanted: Want::Link,
            login: None,
            by: Some(named("系小统")),
            operator: None,
            consented_by: Some(named("审小计")),
            used_at: Some(Instant::at(1_793_842_200_000)),
            reason: String::new(),
            is_told: false,
        };
        assert_eq!(
            told(&by_two),
            "系统管理员系小统提出、管理员审小计同意，发放了设置口令的一次性链接，链接已于2026年11月5日 09:30用过。"
        );
        let alone = Notice {
            by: None,
            operator: Some("root".to_owned()),
            consented_by: None,
            used_at: None,
            ..by_two.clone()
        };
        assert_eq!(
            told(&alone),
            "服务器运维人员（root）在控制台发放了设置口令的一次性链接，链接没有用过。"
        );
        let renamed = Notice {
            wanted: Want::Login,
            login: Some("sys.b".to_owned()),
            ..by_two
        };
        assert!(told(&renamed).ends_with("同意，把您的用户名变更为 sys.b。"));
    }
}
