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

/// How somebody stands to a request about an obligation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stake {
    /// The person asked for it.
    pub asked_it: bool,
    /// The person answers for the one that owes.
    pub owes_it: bool,
    /// The one that owes is the office that sets the limits, or the committee in whose name it
    /// does.
    pub setter_owes: bool,
}

/// Why somebody does not decide a request, as a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotDecider {
    /// No role on the body that set the limit has the power.
    #[error("no-power")]
    NoPower,
    /// The person asked for it.
    #[error("asked-it")]
    AskedIt,
    /// The person answers for the one that owes.
    #[error("owes-it")]
    OwesIt,
    /// The office owes it itself: a leader on the body that set the limit decides.
    #[error("setter-owes")]
    SetterOwes,
}

/// Whether somebody decides a request: by a role on the body that set the limit, never on what the
/// person asked for or answers for. What the office itself owes a leader of that body decides.
///
/// Basis: DATE-1. `roles` are those given on the body that set the limit; `relations` say how it
/// stands to the body that owes.
pub fn decides(roles: &[Role], relations: &[Relation], stake: Stake) -> Result<(), NotDecider> {
    let power = |role: &Role| {
        let mut related = relations.iter();
        related.any(|r| allows(*role, Action::DecideRuling, *r))
    };
    let holders: Vec<&Role> = roles.iter().filter(|r| power(r)).collect();
    if holders.is_empty() {
        return Err(NotDecider::NoPower);
    }
    if stake.asked_it {
        return Err(NotDecider::AskedIt);
    }
    if stake.owes_it {
        return Err(NotDecider::OwesIt);
    }
    if stake.setter_owes && !holders.contains(&&Role::Leader) {
        return Err(NotDecider::SetterOwes);
    }
    Ok(())
}

/// The whole table as text, one line a role and action, for the golden file; below it, who decides
/// a request of a body below, by role and by how the person stands to it.
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
    let powers: String = pairs.map(row).collect();
    let stakes = Role::ALL
        .iter()
        .flat_map(|r| (0..8_u8).map(move |bits| (*r, bits)));
    let row = |(role, bits): (Role, u8)| {
        let stake = Stake {
            asked_it: bits & 1 > 0,
            owes_it: bits & 2 > 0,
            setter_owes: bits & 4 > 0,
        };
        let said = [
            (stake.asked_it, "asked-it"),
            (stake.owes_it, "owes-it"),
            (stake.setter_owes, "setter-owes"),
        ];
        let said: Vec<&str> = said.iter().filter(|(is, _)| *is).map(|(_, s)| *s).collect();
        let said = if said.is_empty() {
            "-".to_owned()
        } else {
            said.join(" ")
        };
        let cell = match decides(&[role], &[Relation::Below], stake) {
            Ok(()) => "decides".to_owned(),
            Err(why) => format!("no: {why}"),
        };
        format!("{:<15}decides  {said:<29}{cell}\n", role.code())
    };
    powers + &stakes.map(row).collect::<String>()
}
