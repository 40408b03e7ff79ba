//! The catalogue of Chinese words for codes: one place, so that pages and command line say the
//! same.

use chrono::{Datelike, NaiveDate};
use domain::act::{ActStep, PartRole};
use domain::body::{BodyKind, Level, LinkKind};
use domain::calendar::words::chinese_day;
use domain::policy::{Action, Role};
use domain::ruling::{RulingKind, RulingReason, RulingState};
use domain::standing::{Standing, State};

use crate::zone::CHINA_MS;

/// An instant as shown: `2026年11月5日 09:30`.
pub fn instant(at_ms: i64) -> String {
    chrono::DateTime::from_timestamp_millis(at_ms.saturating_add(CHINA_MS)).map_or_else(
        || "时间不明".to_owned(),
        |t| {
            let d = t.date_naive();
            format!(
                "{}年{}月{}日 {}",
                d.year(),
                d.month(),
                d.day(),
                t.format("%H:%M")
            )
        },
    )
}

/// What is wrong with a name that holds a character which nobody sees; `None` where all are seen.
pub fn unseen(name: &str) -> Option<String> {
    domain::text::hidden(name).map(|hidden| {
        format!(
            "第{}个字是看不见或改变文字方向的字符（{hidden}），名称里不能有，请删去后重新填写。",
            hidden.at
        )
    })
}

/// How long to wait: `40秒`, `3分钟`.
pub fn wait(seconds: u64) -> String {
    if seconds < 60 {
        format!("{seconds}秒")
    } else {
        format!("{}分钟", seconds.div_ceil(60))
    }
}

/// A state in two or three characters.
pub const fn state(state: State) -> &'static str {
    match state {
        State::NotYetOpen => "未到期",
        State::Open => "进行中",
        State::Met => "已完成",
        State::MetLate => "迟完成",
        State::Overdue => "逾期",
        State::Waived => "豁免",
        State::BeforeRecords => "起算前",
    }
}

/// The sign of a state in a grid cell; a word beside colour.
pub const fn state_sign(state: State) -> &'static str {
    match state {
        State::NotYetOpen | State::BeforeRecords => "·",
        State::Open => "○",
        State::Met => "✓",
        State::MetLate => "迟",
        State::Overdue => "欠",
        State::Waived => "免",
    }
}

/// A standing as said beside an item: 逾期5天, 剩6天, 今天截止, 已完成.
pub fn standing(s: &Standing) -> String {
    let base = match s.state {
        State::Overdue => format!("逾期{}天", s.days),
        State::Open if s.due_on == NaiveDate::MAX => "进行中".to_owned(),
        State::Open if s.lapsed => "期限已过（不计逾期）".to_owned(),
        State::Open if s.days == 0 => "今天截止".to_owned(),
        State::Open => format!("剩{}天", s.days),
        State::MetLate => format!("迟{}天完成", s.days),
        State::NotYetOpen | State::Met | State::Waived | State::BeforeRecords => {
            state(s.state).to_owned()
        }
    };
    if s.provisional {
        format!("{base}（暂）")
    } else {
        base
    }
}

/// A role.
pub const fn role(role: Role) -> &'static str {
    match role {
        Role::SystemAdmin => "系统管理员",
        Role::SecurityAdmin => "安全管理员",
        Role::AuditAdmin => "审计管理员",
        Role::Office => "安委办",
        Role::Leader => "领导",
        Role::Liaison => "联络员",
        Role::Viewer => "查看",
    }
}

/// An action, as in “您的角色不能……”.
pub const fn action(action: Action) -> &'static str {
    match action {
        Action::ViewBody => "查看该单位",
        Action::ViewStanding => "查看该单位的履职情况",
        Action::ViewAct => "查看该记录",
        Action::RecordAct => "为该单位记录",
        Action::AmendAct => "更正或撤回该单位的记录",
        Action::JudgeReturn => "审核报送",
        Action::AskRuling => "为该单位提出申请",
        Action::DecideRuling => "决定该项申请",
        Action::ViewPack => "查看制度",
        Action::ApplyPack => "导入或施行制度",
        Action::OpenOccasion => "设定重要节点",
        Action::EditBody => "维护单位",
        Action::EditPost => "维护岗位",
        Action::EditPerson => "维护人员",
        Action::ConsentReset => "审批重置",
        Action::GrantRole => "授予或收回角色",
        Action::ViewAudit => "查看审计记录",
        Action::ViewJob => "查看后台任务",
        Action::RunJob => "重新执行后台任务",
    }
}

/// A kind of body.
pub const fn body_kind(kind: BodyKind) -> &'static str {
    match kind {
        BodyKind::Jurisdiction => "行政区",
        BodyKind::PartyCommittee => "党委",
        BodyKind::Government => "政府",
        BodyKind::SafetyCommittee => "安委会",
        BodyKind::SafetyOffice => "安委办",
        BodyKind::SpecialCommittee => "专委会",
        BodyKind::Department => "部门",
        BodyKind::Zone => "园区",
        BodyKind::VillageCommittee => "村（居）委会",
        BodyKind::Enterprise => "企业",
        BodyKind::Workshop => "车间",
        BodyKind::Team => "班组",
    }
}

/// A level.
pub const fn level(level: Level) -> &'static str {
    match level {
        Level::Province => "省级",
        Level::City => "市级",
        Level::County => "县级",
        Level::Town => "乡镇",
        Level::Village => "村（社区）",
    }
}

/// A relation, read from `a` to `b`.
pub const fn link(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Regulates => "直接监管",
        LinkKind::Leads => "牵头",
        LinkKind::Enforces => "执法",
        LinkKind::Member => "成员单位",
        LinkKind::KeyEnterprise => "重点企业",
        LinkKind::Territory => "属地",
        LinkKind::Successor => "承接",
    }
}

/// A role in an act.
pub const fn part_role(role: PartRole) -> &'static str {
    match role {
        PartRole::Presided => "主持",
        PartRole::Led => "带队",
        PartRole::Hosted => "主办",
        PartRole::TookPart => "参加",
        PartRole::WasVisited => "受检",
    }
}

/// A step in the life of an act.
pub const fn act_step(step: ActStep) -> &'static str {
    match step {
        ActStep::Record => "记录",
        ActStep::Amend => "更正",
        ActStep::Reword => "文字更正",
        ActStep::Accept => "审核通过",
        ActStep::SendBack => "退回",
        ActStep::SubmitAgain => "重新报送",
        ActStep::Withdraw => "撤回",
    }
}

/// A kind of ruling.
pub const fn ruling_kind(kind: RulingKind) -> &'static str {
    match kind {
        RulingKind::Waiver => "豁免",
        RulingKind::Extension => "延期",
        RulingKind::Correction => "补录",
    }
}

/// Where a request stands.
pub const fn ruling_state(state: RulingState) -> &'static str {
    match state {
        RulingState::Asked => "待决定",
        RulingState::Approved => "同意",
        RulingState::Refused => "不同意",
        RulingState::Withdrawn => "已撤回",
    }
}

/// Why something is asked for.
pub const fn ruling_reason(reason: RulingReason) -> &'static str {
    match reason {
        RulingReason::Reorganisation => "并镇、机构调整",
        RulingReason::NoActivity => "停产停业、无此业务",
        RulingReason::Weather => "灾害、天气",
        RulingReason::OrderFromAbove => "与上级统一安排冲突",
        RulingReason::Vacancy => "岗位空缺、交接",
        RulingReason::Outage => "系统、网络故障",
        RulingReason::Other => "其他",
    }
}

/// A kind of case, as packs name it.
pub fn case(code: &str) -> &'static str {
    match code {
        "hazard" => "隐患",
        "listing" => "挂牌督办",
        "letter" => "督办函",
        "talk" => "约谈",
        "card" => "黄红牌",
        "help" => "帮扶",
        "quick" => "事故快处",
        "tip" => "举报",
        "transfer" => "移送",
        "task" => "任务",
        _ => "其他",
    }
}

/// An audited verb.
pub fn verb(code: &str) -> &'static str {
    crate::verb::Verb::of(code).map_or("其他", |verb| verb.row().trail)
}

/// A span of days as shown: 10月1日—10月31日.
pub fn days(from: NaiveDate, to: NaiveDate) -> String {
    if from == to {
        chinese_day(from)
    } else if from.year() == to.year() {
        format!("{}—{}", chinese_day(from), chinese_day(to))
    } else {
        format!(
            "{}—{}",
            domain::calendar::words::chinese_date(from),
            domain::calendar::words::chinese_date(to)
        )
    }
}

/// A span of time in words, by its largest unit: 365天, 3小时, 12分钟.
pub fn span_ms(ms: i64) -> String {
    let minutes = ms / 60_000;
    match minutes {
        1_440.. => format!("{}天", minutes / 1_440),
        60.. => format!("{}小时", minutes / 60),
        _ => format!("{minutes}分钟"),
    }
}

/// Why the database cannot work, and who puts it right.
pub const fn fault(fault: store::Fault) -> &'static str {
    match fault {
        store::Fault::Full => {
            "服务器磁盘已满，暂时不能保存，已保存的内容仍可查看。请通知系统管理员清理磁盘，腾出空间后自动恢复。"
        }
        store::Fault::Disk => {
            "服务器磁盘读写出错，暂时不能保存，已保存的内容仍可查看。请通知系统管理员检查磁盘，排除后自动恢复。"
        }
        store::Fault::ReadOnly => {
            "数据库现在只能读、不能写，已保存的内容仍可查看。请通知系统管理员检查数据库的写入权限。"
        }
        store::Fault::Away => {
            "暂时连接不上数据库。请通知系统管理员检查数据库服务，恢复后自动可用。"
        }
    }
}

/// How a database stands to this program, and what to do.
pub fn schema(schema: &store::schema::Schema) -> String {
    use store::schema::Schema;
    match schema {
        Schema::Empty => "数据库是空的，尚未初始化。".to_owned(),
        Schema::Older(steps) => {
            format!("数据库是较早版本的，还差{steps}步升级，须由操作员先升级。")
        }
        Schema::Unfinished => "上次升级没有做完，须由操作员再升级一次。".to_owned(),
        Schema::Current => "数据库与本程序的版本一致。".to_owned(),
        Schema::Newer(steps) => format!(
            "数据库已由更新版本的程序升级（多{}步），本程序不能写入。请停止本程序，改用新版本。",
            steps.len()
        ),
    }
}
