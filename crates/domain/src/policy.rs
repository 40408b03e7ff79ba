//! Powers 权限: one table of who may do what where.
//!
//! **Invariant:** `allows` matches every role and every action by name; what a county may vary is
//! which role is given on which body, never what a role means. Basis: AUD-2, data-model Visibility.

use crate::body::codes;

codes! {
    /// A role, given on a body; it holds there and below.
    Role {
        /// 系统管理员: people, posts and settings; sees no business records.
        SystemAdmin = "system-admin",
        /// 安全管理员: roles and powers; approves what the system administrator prepared.
        SecurityAdmin = "security-admin",
        /// 审计管理员: reads the trail and proves it.
        AuditAdmin = "audit-admin",
        /// 安委办: runs the notices of its county.
        Office = "office",
        /// 领导: sees everything of the body, decides what is put before the chair.
        Leader = "leader",
        /// 联络员: records for the body and its posts.
        Liaison = "liaison",
        /// 查看: sees the body only.
        Viewer = "viewer",
    }
}

codes! {
    /// What one wants to do.
    Action {
        /// See a body's page.
        ViewBody = "view-body",
        /// See duties and standing of a body.
        ViewStanding = "view-standing",
        /// See an act.
        ViewAct = "view-act",
        /// Record an act for a body.
        RecordAct = "record-act",
        /// Amend or withdraw an act that one's body recorded.
        AmendAct = "amend-act",
        /// Accept a return or send it back.
        JudgeReturn = "judge-return",
        /// Ask for a waiver, an extension or a correction.
        AskRuling = "ask-ruling",
        /// Decide such a request.
        DecideRuling = "decide-ruling",
        /// See packs.
        ViewPack = "view-pack",
        /// Import a pack and apply it.
        ApplyPack = "apply-pack",
        /// Open an occasion.
        OpenOccasion = "open-occasion",
        /// Set up, rename, move, merge and close bodies.
        EditBody = "edit-body",
        /// Set up posts and hand them over.
        EditPost = "edit-post",
        /// Set up people, reset sign-in.
        EditPerson = "edit-person",
        /// Consent to another administrator's reset of a guarded account, or refuse it.
        ConsentReset = "consent-reset",
        /// Give and take roles.
        GrantRole = "grant-role",
        /// Read the audit trail and verify it.
        ViewAudit = "view-audit",
        /// See what the program does by itself, and how it ended.
        ViewJob = "view-job",
        /// Run a job again that was given up.
        RunJob = "run-job",
    }
}

codes! {
    /// How the actor's body stands to the body of the thing, on the day in question.
    Relation {
        /// The same body.
        Own = "own",
        /// The thing's body stands below the actor's.
        Below = "below",
        /// The thing's body stands above the actor's.
        Above = "above",
        /// Both stand under the same parent.
        Sibling = "sibling",
        /// The thing's body stands on the actor's territory.
        Territory = "territory",
        /// The actor's body regulates the thing's.
        Regulator = "regulator",
        /// The actor's body leads, enforces in or is a member of the committee, or the other way
        /// round.
        Committee = "committee",
        /// The actor's body, or one below it, is named in an act that others did: it took part or
        /// was visited. `thing::Thing` finds it; it shows that act and nothing else.
        Party = "party",
        /// The thing accuses the actor's body.
        Accused = "accused",
        /// Nothing relates them.
        None = "none",
    }
}

impl Role {
    /// Whether it is one of the three administrators' (三员).
    pub const fn is_administrator(self) -> bool {
        match self {
            Self::SystemAdmin | Self::SecurityAdmin | Self::AuditAdmin => true,
            Self::Office | Self::Leader | Self::Liaison | Self::Viewer => false,
        }
    }

    /// Whether nobody is to come by it alone: an account that holds it is reset by two.
    pub const fn is_guarded(self) -> bool {
        match self {
            Self::SystemAdmin
            | Self::SecurityAdmin
            | Self::AuditAdmin
            | Self::Office
            | Self::Leader => true,
            Self::Liaison | Self::Viewer => false,
        }
    }

    /// Whether one person may hold both: an administrator holds no other role.
    pub fn goes_with(self, other: Self) -> bool {
        match (self.is_administrator(), other.is_administrator()) {
            (false, false) => true,
            (true, true) => self == other,
            (true, false) | (false, true) => false,
        }
    }
}

/// How far a power reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// To nothing.
    Nowhere,
    /// To the body that the role is given on and what stands below it.
    Inside,
    /// Further, to what is related to the body.
    Near,
    /// To everything.
    Everywhere,
}

/// Whether a role, given on the actor's body, allows an action on a thing in this relation.
///
/// Lists are filtered by the same table; what may not be seen is not found.
pub const fn allows(role: Role, action: Action, relation: Relation) -> bool {
    use Relation::{Below, Committee, Own, Party, Regulator, Territory};
    // Who is named in an act sees it. It is the host's to change, and being named in it shows
    // nothing else of the host.
    let is_named = matches!((action, relation), (Action::ViewAct, Party));
    let reach = match role {
        Role::SystemAdmin => system_admin(action),
        Role::SecurityAdmin => security_admin(action),
        Role::AuditAdmin => audit_admin(action),
        Role::Office => office(action),
        Role::Leader => leader(action),
        Role::Liaison => liaison(action),
        Role::Viewer => viewer(action),
    };
    match reach {
        Reach::Nowhere => false,
        Reach::Inside => is_named || matches!(relation, Own | Below),
        Reach::Near => {
            is_named || matches!(relation, Own | Below | Territory | Regulator | Committee)
        }
        Reach::Everywhere => true,
    }
}

// 三员分立: the three administrators share no power over the same thing and no business. What they
// share is the second word on a reset, which none of them can have alone (ADR 0013).

const fn system_admin(action: Action) -> Reach {
    match action {
        Action::ViewBody
        | Action::EditBody
        | Action::EditPost
        | Action::EditPerson
        | Action::ConsentReset
        | Action::ViewJob
        | Action::RunJob => Reach::Inside,
        Action::ViewStanding
        | Action::ViewAct
        | Action::RecordAct
        | Action::AmendAct
        | Action::JudgeReturn
        | Action::AskRuling
        | Action::DecideRuling
        | Action::ViewPack
        | Action::ApplyPack
        | Action::OpenOccasion
        | Action::GrantRole
        | Action::ViewAudit => Reach::Nowhere,
    }
}

const fn security_admin(action: Action) -> Reach {
    match action {
        Action::ViewBody | Action::GrantRole | Action::ConsentReset => Reach::Inside,
        Action::ViewStanding
        | Action::ViewAct
        | Action::RecordAct
        | Action::AmendAct
        | Action::JudgeReturn
        | Action::AskRuling
        | Action::DecideRuling
        | Action::ViewPack
        | Action::ApplyPack
        | Action::OpenOccasion
        | Action::EditBody
        | Action::EditPost
        | Action::EditPerson
        | Action::ViewAudit
        | Action::ViewJob
        | Action::RunJob => Reach::Nowhere,
    }
}

const fn audit_admin(action: Action) -> Reach {
    match action {
        Action::ViewBody | Action::ViewAudit | Action::ConsentReset => Reach::Inside,
        Action::ViewStanding
        | Action::ViewAct
        | Action::RecordAct
        | Action::AmendAct
        | Action::JudgeReturn
        | Action::AskRuling
        | Action::DecideRuling
        | Action::ViewPack
        | Action::ApplyPack
        | Action::OpenOccasion
        | Action::EditBody
        | Action::EditPost
        | Action::EditPerson
        | Action::GrantRole
        | Action::ViewJob
        | Action::RunJob => Reach::Nowhere,
    }
}

/// Business of the office: everything in its county, and nobody's powers.
const fn office(action: Action) -> Reach {
    match action {
        Action::ViewBody
        | Action::ViewStanding
        | Action::ViewAct
        | Action::RecordAct
        | Action::AmendAct
        | Action::JudgeReturn
        | Action::AskRuling
        | Action::DecideRuling
        | Action::ViewPack
        | Action::ApplyPack
        | Action::OpenOccasion
        | Action::EditBody
        | Action::EditPost => Reach::Inside,
        Action::EditPerson
        | Action::ConsentReset
        | Action::GrantRole
        | Action::ViewAudit
        | Action::ViewJob
        | Action::RunJob => Reach::Nowhere,
    }
}

/// A leader looks at everything of the body and decides what the office itself asks for.
const fn leader(action: Action) -> Reach {
    match action {
        Action::ViewBody | Action::ViewStanding | Action::ViewAct | Action::ViewPack => Reach::Near,
        Action::DecideRuling => Reach::Inside,
        Action::RecordAct
        | Action::AmendAct
        | Action::JudgeReturn
        | Action::AskRuling
        | Action::ApplyPack
        | Action::OpenOccasion
        | Action::EditBody
        | Action::EditPost
        | Action::EditPerson
        | Action::ConsentReset
        | Action::GrantRole
        | Action::ViewAudit
        | Action::ViewJob
        | Action::RunJob => Reach::Nowhere,
    }
}

/// A liaison officer works for the body and what stands below it, and sees its relations.
const fn liaison(action: Action) -> Reach {
    match action {
        Action::ViewPack => Reach::Everywhere,
        Action::ViewBody | Action::ViewStanding | Action::ViewAct => Reach::Near,
        Action::RecordAct | Action::AmendAct | Action::AskRuling => Reach::Inside,
        Action::JudgeReturn
        | Action::DecideRuling
        | Action::ApplyPack
        | Action::OpenOccasion
        | Action::EditBody
        | Action::EditPost
        | Action::EditPerson
        | Action::ConsentReset
        | Action::GrantRole
        | Action::ViewAudit
        | Action::ViewJob
        | Action::RunJob => Reach::Nowhere,
    }
}

const fn viewer(action: Action) -> Reach {
    match action {
        Action::ViewPack => Reach::Everywhere,
        Action::ViewBody | Action::ViewStanding | Action::ViewAct => Reach::Inside,
        Action::RecordAct
        | Action::AmendAct
        | Action::JudgeReturn
        | Action::AskRuling
        | Action::DecideRuling
        | Action::ApplyPack
        | Action::OpenOccasion
        | Action::EditBody
        | Action::EditPost
        | Action::EditPerson
        | Action::ConsentReset
        | Action::GrantRole
        | Action::ViewAudit
        | Action::ViewJob
        | Action::RunJob => Reach::Nowhere,
    }
}

/// Whether a request about an obligation may be decided by somebody whose person asked for it:
/// never (DATE-1: by the body that set the limit, not by the one that owes).
pub fn may_decide(asked_by: crate::id::PersonId, decider: crate::id::PersonId) -> bool {
    asked_by != decider
}

/// The whole table as text, one line a role and action, for the golden file.
pub fn table() -> String {
    let pairs = Role::ALL
        .iter()
        .flat_map(|r| Action::ALL.iter().map(move |a| (*r, *a)));
    let row = |(role, action): (Role, Action)| {
        let relations = Relation::ALL.iter().filter(|r| allows(role, action, **r));
        let yes: Vec<&str> = relations.map(|r| r.code()).collect();
        let cell = if yes.is_empty() {
            "-".to_owned()
        } else {
            yes.join(" ")
        };
        format!("{:<15}{:<15}{cell}\n", role.code(), action.code())
    };
    pairs.map(row).collect()
}
