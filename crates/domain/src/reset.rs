//! Resets 重置: how somebody whose account opens great powers gets a new way to sign in.
//!
//! **Invariant:** for an administrator, the office or a leader two administrators take part, and
//! neither of them holds enough to sign in: one hands over the link, the other the code.
//! Basis: AUD-2, 三员分立.

use crate::body::codes;
use crate::id::{BodyId, PersonId, ResetId};

/// A request is answered within so many hours, or it has lapsed.
pub const CONSENT_HOURS: i64 = 24;
/// Wrong codes after which the link ends.
pub const WRONG_CODES_MAX: u32 = 5;
/// Characters of a code: 12 of 32 signs are 60 bits.
pub const CODE_CHARS: usize = 12;
/// What the operator did stands on the administrators' desks for so many days.
pub const OPERATOR_SHOWN_DAYS: i64 = 30;
/// Longest reason or opinion, in characters.
pub const REASON_LONGEST: usize = 200;

/// Milliseconds of an hour.
const HOUR_MS: i64 = 3_600_000;

/// What is wanted for an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// 一次性链接: a link by which the person sets a password.
    Link,
    /// 启用账号: the account opens again.
    Enable,
    /// 变更用户名: another sign-in name.
    Login(String),
}

impl Wanted {
    /// What it is without what goes with it.
    pub const fn want(&self) -> Want {
        match self {
            Self::Link => Want::Link,
            Self::Enable => Want::Enable,
            Self::Login(_) => Want::Login,
        }
    }

    /// A stable name.
    pub const fn code(&self) -> &'static str {
        self.want().code()
    }
}

codes! {
    /// What is wanted, without what goes with it.
    Want {
        /// 一次性链接.
        Link = "link",
        /// 启用账号.
        Enable = "enable",
        /// 变更用户名.
        Login = "login",
    }
}

/// Who began it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Issuer {
    /// A system administrator at a page.
    Person(PersonId),
    /// The operator at the server's console, by the account of the operating system.
    Operator(String),
}

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// 待同意.
    Asked,
    /// 已同意: a second administrator took part.
    Given {
        /// Who.
        by: PersonId,
        /// When, in milliseconds UTC.
        at: i64,
    },
    /// 不同意.
    Refused {
        /// Who.
        by: PersonId,
        /// When, in milliseconds UTC.
        at: i64,
    },
    /// 已撤回 by who asked.
    Withdrawn {
        /// When, in milliseconds UTC.
        at: i64,
    },
    /// 已过期: nobody answered in time.
    Lapsed {
        /// Since when, in milliseconds UTC.
        at: i64,
    },
    /// 直接发放: nobody's consent was needed, or the operator did it.
    Alone {
        /// When, in milliseconds UTC.
        at: i64,
    },
}

codes! {
    /// Where a request stands, without who brought it there and when.
    Stage {
        /// 待同意.
        Asked = "asked",
        /// 已同意.
        Given = "given",
        /// 不同意.
        Refused = "refused",
        /// 已撤回.
        Withdrawn = "withdrawn",
        /// 已过期.
        Lapsed = "lapsed",
        /// 直接发放.
        Alone = "alone",
    }
}

impl State {
    /// Where it stands, without who brought it there and when.
    pub const fn stage(&self) -> Stage {
        match self {
            Self::Asked => Stage::Asked,
            Self::Given { .. } => Stage::Given,
            Self::Refused { .. } => Stage::Refused,
            Self::Withdrawn { .. } => Stage::Withdrawn,
            Self::Lapsed { .. } => Stage::Lapsed,
            Self::Alone { .. } => Stage::Alone,
        }
    }

    /// A stable name.
    pub const fn code(&self) -> &'static str {
        self.stage().code()
    }

    /// Who answered it, and when; nobody where it waits, or where nobody was asked.
    pub const fn answered(&self) -> (Option<PersonId>, Option<i64>) {
        match self {
            Self::Given { by, at } | Self::Refused { by, at } => (Some(*by), Some(*at)),
            Self::Withdrawn { at } | Self::Lapsed { at } => (None, Some(*at)),
            Self::Asked | Self::Alone { .. } => (None, None),
        }
    }

    /// Whether it changed the account, so that its person is to be told.
    pub const fn is_done(&self) -> bool {
        match self {
            Self::Given { .. } | Self::Alone { .. } => true,
            Self::Asked | Self::Refused { .. } | Self::Withdrawn { .. } | Self::Lapsed { .. } => {
                false
            }
        }
    }
}

codes! {
    /// What is done to a request.
    Step {
        /// 同意.
        Consent = "consent",
        /// 不同意.
        Refuse = "refuse",
        /// 撤回.
        Withdraw = "withdraw",
    }
}

codes! {
    /// What somebody is to a request.
    Part {
        /// Who asked, be it for the own account.
        Asker = "asker",
        /// Whose account it is.
        Oneself = "oneself",
        /// Anybody else.
        Another = "another",
    }
}

codes! {
    /// Why a step is refused.
    Refusal {
        /// Who asked does not answer.
        Own = "own",
        /// Nobody consents to the own reset; refusing it is allowed.
        Oneself = "oneself",
        /// Only who asked withdraws.
        NotAsker = "not-asker",
        /// Somebody consented already.
        AlreadyGiven = "already-given",
        /// Somebody refused already.
        AlreadyRefused = "already-refused",
        /// It was withdrawn.
        AlreadyWithdrawn = "already-withdrawn",
        /// Nobody answered in time.
        HasLapsed = "has-lapsed",
        /// Nobody's consent was asked.
        NotAsked = "not-asked",
    }
}

codes! {
    /// Which requests a list shows.
    ResetGroup {
        /// Those that wait for an answer.
        Waiting = "waiting",
        /// What the operator did at the console.
        Console = "console",
        /// All others: answered, lapsed, or given alone.
        Answered = "answered",
    }
}

codes! {
    /// What became of the link of a request.
    LinkUse {
        /// Nobody used it; it may have ended since.
        Unused = "unused",
        /// Used.
        Used = "used",
        /// Ended by wrong codes.
        Ended = "ended",
    }
}

/// A request for a person's sign-in and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reset {
    /// Identity.
    pub id: ResetId,
    /// County.
    pub home: BodyId,
    /// Whose account.
    pub person: PersonId,
    /// What is wanted.
    pub wanted: Wanted,
    /// Who began it.
    pub issuer: Issuer,
    /// When, in milliseconds UTC.
    pub asked_at: i64,
    /// Written reason; empty where none is asked for.
    pub reason: String,
    /// Where it stood when it was last written.
    pub state: State,
    /// What was said to the answer.
    pub opinion: String,
    /// Hash of the code that goes with the link; empty where none does.
    pub code_hash: String,
    /// Wrong codes typed so far.
    pub wrong_codes: u32,
    /// When the link was used, in milliseconds UTC.
    pub used_at: Option<i64>,
    /// When the person said to have been told, in milliseconds UTC.
    pub told_at: Option<i64>,
    /// Version of the row.
    pub version: i64,
}

impl Reset {
    /// The first instant at which it can no longer be answered.
    pub const fn until(&self) -> i64 {
        self.asked_at + CONSENT_HOURS * HOUR_MS
    }

    /// Where it stands at an instant: time passes without anybody writing it down.
    pub fn state_at(&self, now: i64) -> State {
        match self.state {
            State::Asked if now >= self.until() => State::Lapsed { at: self.until() },
            State::Asked
            | State::Given { .. }
            | State::Refused { .. }
            | State::Withdrawn { .. }
            | State::Lapsed { .. }
            | State::Alone { .. } => self.state,
        }
    }

    /// What became of its link; none where no link was given.
    pub fn link_use(&self, now: i64) -> Option<LinkUse> {
        if self.wanted != Wanted::Link || !self.state_at(now).is_done() {
            return None;
        }
        Some(match self.used_at {
            Some(_) => LinkUse::Used,
            None if self.wrong_codes >= WRONG_CODES_MAX => LinkUse::Ended,
            None => LinkUse::Unused,
        })
    }

    /// What somebody is to it.
    pub fn part_of(&self, who: PersonId) -> Part {
        match &self.issuer {
            Issuer::Person(asker) if *asker == who => Part::Asker,
            Issuer::Person(_) | Issuer::Operator(_) if self.person == who => Part::Oneself,
            Issuer::Person(_) | Issuer::Operator(_) => Part::Another,
        }
    }

    /// The state after a step that somebody takes at an instant.
    pub fn next(&self, step: Step, by: PersonId, now: i64) -> Result<State, Refusal> {
        next(self.state_at(now), step, self.part_of(by), by, now)
    }
}

/// The state after a step: the one place that decides it.
pub const fn next(
    state: State,
    step: Step,
    part: Part,
    by: PersonId,
    now: i64,
) -> Result<State, Refusal> {
    match (state, step, part) {
        (State::Asked, Step::Consent, Part::Another) => Ok(State::Given { by, at: now }),
        (State::Asked, Step::Consent | Step::Refuse, Part::Asker) => Err(Refusal::Own),
        (State::Asked, Step::Consent, Part::Oneself) => Err(Refusal::Oneself),
        (State::Asked, Step::Refuse, Part::Oneself | Part::Another) => {
            Ok(State::Refused { by, at: now })
        }
        (State::Asked, Step::Withdraw, Part::Asker) => Ok(State::Withdrawn { at: now }),
        (State::Asked, Step::Withdraw, Part::Oneself | Part::Another) => Err(Refusal::NotAsker),
        (State::Given { .. }, Step::Consent | Step::Refuse | Step::Withdraw, _) => {
            Err(Refusal::AlreadyGiven)
        }
        (State::Refused { .. }, Step::Consent | Step::Refuse | Step::Withdraw, _) => {
            Err(Refusal::AlreadyRefused)
        }
        (State::Withdrawn { .. }, Step::Consent | Step::Refuse | Step::Withdraw, _) => {
            Err(Refusal::AlreadyWithdrawn)
        }
        (State::Lapsed { .. }, Step::Consent | Step::Refuse | Step::Withdraw, _) => {
            Err(Refusal::HasLapsed)
        }
        (State::Alone { .. }, Step::Consent | Step::Refuse | Step::Withdraw, _) => {
            Err(Refusal::NotAsked)
        }
    }
}

/// The whole table as text, one line a state, step and part, for the golden file.
pub fn table(by: PersonId) -> String {
    let at = 0;
    let states = [
        State::Asked,
        State::Given { by, at },
        State::Refused { by, at },
        State::Withdrawn { at },
        State::Lapsed { at },
        State::Alone { at },
    ];
    let mut out = String::new();
    for state in states {
        for step in Step::ALL {
            for part in Part::ALL {
                let after = match next(state, *step, *part, by, at) {
                    Ok(state) => state.code(),
                    Err(refusal) => refusal.code(),
                };
                let sign = match next(state, *step, *part, by, at) {
                    Ok(_) => "->",
                    Err(_) => "refused:",
                };
                out.push_str(&format!(
                    "{:<11}{:<10}{:<9}{sign} {after}\n",
                    state.code(),
                    step.code(),
                    part.code()
                ));
            }
        }
    }
    out
}

/// A code as it is compared: capitals without blanks and hyphens, and nothing else.
pub fn plain_code(typed: &str) -> String {
    typed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .flat_map(char::to_uppercase)
        .take(CODE_CHARS * 2)
        .collect()
}

/// A name as it is compared with others: letters and digits only, so that a blank or a dot between
/// makes no other person of it.
pub fn plain_name(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Two accounts of one name that somebody with the power over roles declared two people's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namesake {
    /// The account that was given a role.
    pub person: PersonId,
    /// The account whose holder bears the same name.
    pub other: PersonId,
    /// Why they are two people.
    pub reason: String,
    /// Who said so.
    pub said_by: PersonId,
    /// When, in milliseconds UTC.
    pub said_at: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn person(n: u128) -> PersonId {
        PersonId::new(Uuid::from_u128(n))
    }

    fn asked() -> Reset {
        Reset {
            id: ResetId::new(Uuid::from_u128(1)),
            home: BodyId::new(Uuid::from_u128(2)),
            person: person(3),
            wanted: Wanted::Link,
            issuer: Issuer::Person(person(4)),
            asked_at: 1_000,
            reason: "忘记口令".to_owned(),
            state: State::Asked,
            opinion: String::new(),
            code_hash: String::new(),
            wrong_codes: 0,
            used_at: None,
            told_at: None,
            version: 1,
        }
    }

    #[test]
    fn a_request_is_answered_within_twenty_four_hours_or_has_lapsed() {
        let reset = asked();
        let last = 1_000 + 24 * HOUR_MS;
        let (by, at) = (person(5), last - 1);
        assert_eq!(
            reset.next(Step::Consent, by, at),
            Ok(State::Given { by, at })
        );
        for step in Step::ALL {
            assert_eq!(reset.next(*step, by, last), Err(Refusal::HasLapsed));
        }
        assert_eq!(reset.state_at(last), State::Lapsed { at: last });
    }

    #[test]
    fn neither_who_asked_nor_whose_account_it_is_consents() {
        let reset = asked();
        assert_eq!(
            reset.next(Step::Consent, person(4), 2_000),
            Err(Refusal::Own)
        );
        assert_eq!(
            reset.next(Step::Consent, person(3), 2_000),
            Err(Refusal::Oneself)
        );
        let own = Reset {
            person: person(4),
            ..asked()
        };
        assert_eq!(own.next(Step::Consent, person(4), 2_000), Err(Refusal::Own));
    }

    #[test]
    fn a_code_is_read_as_people_write_it_and_a_name_as_people_hear_it() {
        assert_eq!(plain_code(" k7qm-4t2x-9wef "), "K7QM4T2X9WEF");
        assert_eq!(plain_name("张 三"), plain_name("张\u{200b}三·"));
        assert_ne!(plain_name("张三"), plain_name("张三丰"));
    }
}
