//! One table of verbs: each row says once what a verb is called, what the trail and the page say of
//! it, whose power it asks for and which tables it writes.
//!
//! **Invariant:** nothing is written but under a verb of this table. What is held in memory is read
//! anew after verbs that touched its tables; a link whose rows stand in no table of its verb's row
//! is refused in tests.

use domain::policy::Action;

/// A table that verbs write, as far as the trail names its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Acts.
    Act,
    /// Versions of acts.
    ActVersion,
    /// Tokens of programs.
    ApiToken,
    /// Bodies.
    Body,
    /// Other names of bodies.
    BodyAlias,
    /// Relations between bodies.
    BodyLink,
    /// What changes of bodies, by days.
    BodySpan,
    /// What requests came to.
    ClientRequest,
    /// Drafts of packs.
    Draft,
    /// Enterprises.
    Enterprise,
    /// Evidence files.
    File,
    /// Where files belong.
    FileUse,
    /// Two people of one name.
    Namesake,
    /// Occasions.
    Occasion,
    /// Packs.
    Pack,
    /// Their files.
    PackFile,
    /// Packs in force.
    PackUse,
    /// People.
    Person,
    /// Columns of `person` that only signing in asks for: nothing held in memory has them.
    PersonSecret,
    /// Posts.
    Post,
    /// Resets of accounts.
    Reset,
    /// Roles given.
    RoleGrant,
    /// Requests.
    Ruling,
    /// Locked periods.
    Seal,
    /// Sessions.
    Session,
    /// Who holds a post.
    Tenure,
    /// One-time links.
    Token,
}

impl Table {
    /// Its name in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Act => "act",
            Self::ActVersion => "act_version",
            Self::ApiToken => "api_token",
            Self::Body => "body",
            Self::BodyAlias => "body_alias",
            Self::BodyLink => "body_link",
            Self::BodySpan => "body_span",
            Self::ClientRequest => "client_request",
            Self::Draft => "draft",
            Self::Enterprise => "enterprise",
            Self::File => "file",
            Self::FileUse => "file_use",
            Self::Namesake => "namesake",
            Self::Occasion => "occasion",
            Self::Pack => "pack",
            Self::PackFile => "pack_file",
            Self::PackUse => "pack_use",
            Self::Person | Self::PersonSecret => "person",
            Self::Post => "post",
            Self::Reset => "reset",
            Self::RoleGrant => "role_grant",
            Self::Ruling => "ruling",
            Self::Seal => "seal",
            Self::Session => "session",
            Self::Tenure => "tenure",
            Self::Token => "token",
        }
    }

    /// What of it is held in memory.
    pub const fn held(self) -> Option<Memory> {
        match self {
            Self::Body
            | Self::BodyAlias
            | Self::BodyLink
            | Self::BodySpan
            | Self::Enterprise
            | Self::Occasion
            | Self::Pack
            | Self::PackFile
            | Self::PackUse
            | Self::Person
            | Self::Post
            | Self::Tenure => Some(Memory::County),
            Self::Ruling => Some(Memory::Rulings),
            Self::Act
            | Self::ActVersion
            | Self::ApiToken
            | Self::ClientRequest
            | Self::Draft
            | Self::File
            | Self::FileUse
            | Self::Namesake
            | Self::PersonSecret
            | Self::Reset
            | Self::RoleGrant
            | Self::Seal
            | Self::Session
            | Self::Token => None,
        }
    }
}

/// What is held in memory and read anew when a verb touched it. Counted acts are brought up to
/// date by their own rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    /// A county: structure, packs in force, people.
    County,
    /// Its requests.
    Rulings,
}

/// Whose power a verb asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Power {
    /// Nobody's: whoever signs in, or comes with a one-time link.
    Door,
    /// Anybody's who is signed in, over what is his own.
    Oneself,
    /// A power of the policy.
    May(Action),
    /// That of the operator at the server's console.
    Console,
    /// The program's own.
    Program,
}

/// What a verb is, said once.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Code: its noun, a point, what is done.
    pub code: &'static str,
    /// What the trail, buttons' results and the listing of the API call it.
    pub trail: &'static str,
    /// What the page says after it was done; nothing where the page itself shows it.
    pub said: &'static str,
    /// Whose power it asks for.
    pub power: Power,
    /// The tables it may write.
    pub tables: &'static [Table],
}

macro_rules! verbs {
    ($($verb:ident $code:literal $trail:literal $said:literal $power:expr, [$($table:ident)*];)+) => {
        /// A verb.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Verb {
            $(#[doc = $trail] $verb,)+
        }

        impl Verb {
            /// All of them, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$verb),+];

            /// Its row.
            pub const fn row(self) -> &'static Row {
                match self {
                    $(Self::$verb => &Row {
                        code: $code,
                        trail: $trail,
                        said: $said,
                        power: $power,
                        tables: &[$(Table::$table),*],
                    },)+
                }
            }
        }
    };
}

use Power::{Console, Door, May, Oneself, Program};

verbs! {
    HomeCreate "home.create" "建立辖区" "" Program, [Body BodySpan];
    BodyCreate "body.create" "设立单位" "单位已设立。" May(Action::EditBody),
        [Body BodySpan Enterprise BodyLink BodyAlias];
    BodyChange "body.change" "变更单位" "已变更，变更前的情况保留在“沿革”里。"
        May(Action::EditBody), [Body BodySpan Enterprise BodyAlias];
    BodyClose "body.close" "撤销单位" "单位已撤销，历史仍可查看。" May(Action::EditBody),
        [Body BodySpan BodyLink Post Tenure Enterprise];
    BodyMerge "body.merge" "合并单位" "已合并，原单位的记录计入承接单位。" May(Action::EditBody),
        [Body BodySpan BodyLink Post Tenure Enterprise];
    BodyLink "body.link" "建立关系" "关系已建立。" May(Action::EditBody), [BodyLink];
    BodyUnlink "body.unlink" "解除关系" "关系已解除。" May(Action::EditBody), [BodyLink];
    PostCreate "post.create" "设立岗位" "岗位已设立。" May(Action::EditPost), [Post Tenure];
    PostHandOver "post.hand-over" "岗位交接" "岗位已交接，未办事项随岗位移交。"
        May(Action::EditPost), [Tenure];
    PersonCreate "person.create" "添加人员"
        "这名人员已添加。一次性链接只显示一次，没有抄下的，请点“发放一次性链接”重新发放。"
        May(Action::EditPerson), [Person RoleGrant Namesake Token];
    PersonChange "person.change" "变更人员" "人员信息已保存。" May(Action::EditPerson),
        [Person Namesake Session Token Reset];
    PersonPassword "person.password" "修改口令" "口令已修改，其他设备上的登录已退出。" Oneself,
        [PersonSecret Session Token Reset];
    PersonReset "person.reset" "发放一次性链接"
        "链接已发放，只显示一次；没有抄下的，请重新发放。" May(Action::EditPerson), [Token Reset];
    ResetAsk "reset.ask" "提出重置"
        "申请已提出，等待另一名管理员同意。显示过验证码的，只显示一次；没有抄下的，请撤回后重新提出。"
        May(Action::EditPerson), [Reset];
    ResetConsent "reset.consent" "同意重置"
        "已同意。链接只显示一次，没有抄下的，请提出人重新提出。"
        May(Action::ConsentReset), [Reset Token Person Namesake];
    ResetRefuse "reset.refuse" "不同意重置" "已办理，提出人会看到您的意见。"
        May(Action::ConsentReset), [Reset];
    ResetWithdraw "reset.withdraw" "撤回重置申请" "申请已撤回。" May(Action::EditPerson), [Reset];
    ResetOperator "reset.operator" "在控制台发放一次性链接" "" Console, [Reset Token Person];
    ResetWrongCode "reset.wrong-code" "验证码不对" "" Door, [Reset Token];
    ResetTold "reset.told" "确认已知悉账号变动" "已确认知悉。" Oneself, [Reset];
    RoleGrant "role.grant" "授予角色" "角色已授予。" May(Action::GrantRole),
        [RoleGrant Namesake PersonSecret Token Session];
    RoleRevoke "role.revoke" "收回角色" "角色已收回。" May(Action::GrantRole), [RoleGrant];
    SessionSignIn "session.sign-in" "登录" "" Door, [Session];
    SessionSignOut "session.sign-out" "退出" "" Oneself, [Session];
    SessionRefused "session.refused" "登录失败" "" Door, [];
    SessionTouch "session.touch" "续用登录" "" Program, [Session];
    TokenMake "token.make" "办理接口令牌" "" Oneself, [ApiToken];
    TokenRevoke "token.revoke" "停用接口令牌" "令牌已停用，使用它的程序不能再办理。" Oneself,
        [ApiToken];
    TokenUse "token.use" "使用接口令牌" "" Program, [ApiToken];
    SessionSweep "session.sweep" "清理过期登录" "" Program, [Session];
    RequestSweep "request.sweep" "清理过期的提交凭据" "" Program, [ClientRequest];
    JobRun "job.run" "重新执行后台任务" "已排定，一分钟内重新执行。" May(Action::RunJob), [];
    PackImport "pack.import" "导入制度" "制度已导入，可以施行。" May(Action::ApplyPack),
        [Pack PackFile Draft];
    PackApply "pack.apply" "施行制度" "制度已施行，职责已按施行日计算。" May(Action::ApplyPack),
        [PackUse];
    DraftOpen "draft.open" "读入文件起草"
        "文件已读入。请逐条核对右边的条目，可以随时离开，再接着做。" May(Action::ApplyPack), [Draft];
    DraftDecide "draft.decide" "核对起草条目" "已保存。" May(Action::ApplyPack), [Draft];
    DraftMerge "draft.merge" "合并起草条目" "已合并，依据和原文的几处都保留在这一条上。"
        May(Action::ApplyPack), [Draft];
    DraftCorrect "draft.correct" "更正起草条目" "已更正并采用。" May(Action::ApplyPack), [Draft];
    DraftRestore "draft.restore" "恢复起草条目" "已恢复成程序读出的样子，请重新核对。"
        May(Action::ApplyPack), [Draft];
    DraftTake "draft.take" "增加起草条目" "已补一条，请填写完整。" May(Action::ApplyPack), [Draft];
    DraftAdd "draft.add" "增加起草条目" "已补一条，请填写完整。" May(Action::ApplyPack), [Draft];
    DraftRename "draft.rename" "填写制度名称" "名称已保存。" May(Action::ApplyPack), [Draft];
    DraftImport "draft.import" "由起草导入制度" "制度已导入。请选定从哪一天起施行。"
        May(Action::ApplyPack), [Draft];
    DraftGoOn "draft.go-on" "接着改已导入的起草" "" May(Action::ApplyPack), [Draft];
    DraftClose "draft.close" "搁置起草" "已搁置，需要时可以恢复办理。" May(Action::ApplyPack),
        [Draft];
    DraftReopen "draft.reopen" "恢复办理起草" "已恢复办理。" May(Action::ApplyPack), [Draft];
    OccasionOpen "occasion.open" "设定重要节点" "重要节点已设定，相应职责已计算。"
        May(Action::OpenOccasion), [Occasion];
    OccasionWithdraw "occasion.withdraw" "撤销重要节点" "重要节点已撤销。"
        May(Action::OpenOccasion), [Occasion];
    ActRecord "act.record" "记录"
        "已保存。下面写明它计入了哪些职责；照片等可以现在添加，也可以不加。"
        May(Action::RecordAct), [Act ActVersion];
    ActAmend "act.amend" "更正记录" "已更正，原来的内容保留在“经过”里。" May(Action::AmendAct),
        [Act ActVersion];
    ActAccept "act.accept" "审核通过" "已审核通过。" May(Action::JudgeReturn), [Act ActVersion];
    ActSendBack "act.send-back" "退回" "已退回，对方会看到您写明的理由和答复期限。"
        May(Action::JudgeReturn), [Act ActVersion];
    ActSubmitAgain "act.submit-again" "重新报送" "已重新报送，等待审核。" May(Action::RecordAct),
        [Act ActVersion];
    ActWithdraw "act.withdraw" "撤回记录" "已撤回，不再计入任何职责。" May(Action::AmendAct),
        [Act ActVersion];
    FileAdd "file.add" "添加附件" "附件已保存。" May(Action::AmendAct), [File FileUse];
    FileRemove "file.remove" "移除附件" "附件已移除。" May(Action::AmendAct), [FileUse];
    RulingAsk "ruling.ask" "提出申请" "申请已提出，等待决定。" May(Action::AskRuling), [Ruling];
    RulingDecide "ruling.decide" "决定申请" "已决定，申请人会看到您的意见。"
        May(Action::DecideRuling), [Ruling];
    RulingWithdraw "ruling.withdraw" "撤回申请" "申请已撤回。" May(Action::AskRuling), [Ruling];
    AuditVerify "audit.verify" "核验审计链" "" May(Action::ViewAudit), [];
    AuditAdopt "audit.adopt" "升级时纳入审计" "" Program, [];
    AuditAcceptHeads "audit.accept-heads" "确认链头文件" "" Console, [];
    ClockSetBack "clock.set-back" "更正时钟" "" Console, [Session Token];
    CountedRebuild "counted.rebuild" "重新计数" "" Console, [];
}

impl Verb {
    /// Its code, as the trail holds it.
    pub const fn code(self) -> &'static str {
        self.row().code
    }

    /// The verb of a code.
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|verb| verb.code() == code)
    }

    /// The powers of the policy that it asks for; none is said of what is one's own.
    pub const fn powers(self) -> &'static [Action] {
        match &self.row().power {
            May(action) => std::slice::from_ref(action),
            Door | Oneself | Console | Program => &[],
        }
    }

    /// Whether it may change what is held in memory.
    pub fn touches(self, memory: Memory) -> bool {
        self.row().tables.iter().any(|t| t.held() == Some(memory))
    }

    /// Whether it may write a table. What a request came to is kept with every verb.
    pub(crate) fn writes(self, table: &str) -> bool {
        table == Table::ClientRequest.name() || self.row().tables.iter().any(|t| t.name() == table)
    }
}

/// The codes of the verbs that change what is held in memory.
pub fn touching(memory: Memory) -> &'static [&'static str] {
    use std::sync::LazyLock;
    fn of(memory: Memory) -> Vec<&'static str> {
        let all = Verb::ALL.iter().filter(|verb| verb.touches(memory));
        all.map(|verb| verb.code()).collect()
    }
    static COUNTY: LazyLock<Vec<&str>> = LazyLock::new(|| of(Memory::County));
    static RULINGS: LazyLock<Vec<&str>> = LazyLock::new(|| of(Memory::Rulings));
    match memory {
        Memory::County => COUNTY.as_slice(),
        Memory::Rulings => RULINGS.as_slice(),
    }
}

/// The table as text, for the golden file.
pub fn table() -> String {
    let mut out = String::new();
    for verb in Verb::ALL {
        let row = verb.row();
        let power = match row.power {
            Door => "door".to_owned(),
            Oneself => "oneself".to_owned(),
            May(action) => action.code().to_owned(),
            Console => "console".to_owned(),
            Program => "program".to_owned(),
        };
        let tables: Vec<&str> = row.tables.iter().map(|t| t.name()).collect();
        let tables = tables.join(" ");
        out.push_str(&format!(
            "{:<20}{:<15}{tables:<52}{}\n",
            row.code, power, row.trail
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_stands_once_and_begins_with_a_noun() {
        for (i, verb) in Verb::ALL.iter().enumerate() {
            let row = verb.row();
            assert_eq!(Verb::of(row.code), Some(*verb), "{} twice", row.code);
            assert!(row.code.split_once('.').is_some(), "{}", row.code);
            assert!(!row.trail.is_empty(), "{}", row.code);
            assert!(Verb::ALL.iter().skip(i + 1).all(|v| v.code() != row.code));
        }
    }

    #[test]
    fn the_store_ends_a_transaction_at_what_is_held_of_a_county() {
        let rows = Verb::ALL.iter().flat_map(|verb| verb.row().tables);
        let held = rows.filter(|table| table.held() == Some(Memory::County));
        let held: std::collections::BTreeSet<&str> = held.map(|table| table.name()).collect();
        assert_eq!(held, store::STRUCTURE.into_iter().collect());
    }

    #[test]
    fn a_password_makes_nobody_load_the_county_anew() {
        assert!(!Verb::PersonPassword.touches(Memory::County));
        assert!(Verb::PersonChange.touches(Memory::County));
        assert!(Verb::PostHandOver.touches(Memory::County));
        assert_eq!(
            touching(Memory::Rulings),
            ["ruling.ask", "ruling.decide", "ruling.withdraw"]
        );
    }
}
