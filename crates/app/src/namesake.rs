//! One person with two sign-in names: the way around the three administrators that no table of
//! roles can see. Accounts of one name do not hold what one person may not, unless whoever gives
//! the role writes why they are two people.

use domain::person::Person;
use domain::policy::Role;
use domain::reset::{Namesake, REASON_LONGEST, plain_name};
use store::Tx;

use crate::ctx::Ctx;
use crate::error::{Error, FieldErrors, Result};
use crate::reset::roles_on;
use crate::words;

/// The active accounts of the same name whose roles are not for the same person, and that nobody
/// declared to be somebody else's.
async fn undeclared(
    ctx: &Ctx,
    tx: &Tx,
    person: &Person,
    roles: &[Role],
) -> Result<Vec<(Person, Role)>> {
    let name = plain_name(&person.name);
    let mut out = Vec::new();
    for other in store::person::people_of(tx, person.home).await? {
        if other.id == person.id || !other.active || plain_name(&other.name) != name {
            continue;
        }
        let held = roles_on(tx, other.id, ctx.today).await?;
        // Two accounts of one administrator's role would ask and consent with one head.
        let apart = |a: &Role, b: &Role| a.is_administrator() || b.is_administrator();
        let found = held.iter().find(|h| roles.iter().any(|r| apart(h, r)));
        if let Some(role) = found
            && !store::namesake::namesake_known(tx, person.id, other.id).await?
        {
            out.push((other, *role));
        }
    }
    Ok(out)
}

fn said(other: &Person, role: Role) -> String {
    format!(
        "{}（{}）同名，担任{}",
        other.name,
        other.login,
        words::role(role)
    )
}

/// Refuses what would leave accounts of one name with roles that one person may not hold.
pub(crate) async fn refuse(ctx: &Ctx, tx: &Tx, person: &Person, roles: &[Role]) -> Result<()> {
    match undeclared(ctx, tx, person, roles).await?.first() {
        None => Ok(()),
        Some((other, role)) => Err(FieldErrors::one(
            "name",
            format!(
                "另有{}。三员分立，一人不能有两个账号。确系两人的，请在姓名后注明单位以便区分。",
                said(other, *role)
            ),
        )),
    }
}

/// The same for a role that is given: `why` says why they are two people, and is kept.
pub(crate) async fn declare(
    ctx: &Ctx,
    tx: &Tx,
    person: &Person,
    roles: &[Role],
    why: &str,
) -> Result<()> {
    let found = undeclared(ctx, tx, person, roles).await?;
    let Some((other, role)) = found.first() else {
        return Ok(());
    };
    let length = why.trim().chars().count();
    if length == 0 {
        return Err(FieldErrors::one(
            "distinct",
            format!(
                "另有{}。三员分立，一人不能有两个账号。确系两人的，请写明依据（如单位、职务、身份证件核对情况），将记入审计。",
                said(other, *role)
            ),
        ));
    }
    if length > REASON_LONGEST {
        return Err(FieldErrors::one(
            "distinct",
            format!("最多{REASON_LONGEST}字，现有{length}字。"),
        ));
    }
    let by = ctx.who()?.person;
    for (other, _) in &found {
        let one = Namesake {
            person: person.id,
            other: other.id,
            reason: why.trim().to_owned(),
            said_by: by,
            said_at: tx.at(),
        };
        store::namesake::namesake_insert(tx, &one).await?;
    }
    Ok::<_, Error>(())
}
