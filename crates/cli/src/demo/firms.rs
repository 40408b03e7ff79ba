//! Three hundred enterprises with valid credit codes.

use app::Ctx;
use app::body::{NewBody, NewEnterprise};
use chrono::NaiveDate;
use domain::body::{AttrValue, Attrs, BodyKind, Level};
use domain::id::BodyId;
use domain::uscc::Uscc;

use super::county::{Department, Town};
use super::data::{FirmKind, Given};
use super::dice::Dice;
use crate::outcome::{Fail, Outcome};

/// An enterprise as the year is played with it.
#[derive(Debug, Clone)]
pub(super) struct Firm {
    pub(super) body: BodyId,
    pub(super) sector: String,
    /// Place of its town.
    pub(super) town: usize,
    /// Place of the department that regulates it.
    pub(super) regulator: usize,
    pub(super) high_hazard: bool,
    pub(super) subject: bool,
}

/// Draws all enterprises; towns take turns, so that every town has of most kinds.
pub(super) fn draw(
    ctx: &Ctx,
    given: &Given,
    on: NaiveDate,
    towns: &[Town],
    departments: &[Department],
) -> Outcome<Vec<(Firm, NewBody)>> {
    let mut out = Vec::new();
    for kind in &given.firms.kinds {
        let regulator = departments.iter().position(|d| d.id == kind.regulator);
        let regulator =
            regulator.ok_or_else(|| Fail::bug(format!("没有部门 {}", kind.regulator)))?;
        for n in 0..kind.count {
            let number = out.len();
            let place = (number * 7 + n) % towns.len().max(1);
            let town = towns.get(place).ok_or_else(|| Fail::bug("没有镇"))?;
            let body = BodyId::new(ctx.ids.next(ctx.now));
            let firm = Firm {
                body,
                sector: kind.sector.clone(),
                town: place,
                regulator,
                high_hazard: kind.high_hazard,
                subject: n < kind.subject,
            };
            let new = new_body(given, kind, &firm, town, on, (number, n))?;
            out.push((firm, new));
        }
    }
    Ok(out)
}

fn new_body(
    given: &Given,
    kind: &FirmKind,
    firm: &Firm,
    town: &Town,
    on: NaiveDate,
    (number, n): (usize, usize),
) -> Outcome<NewBody> {
    let mut dice = Dice::of(&format!("firm/{number}"));
    let short = town.name.trim_end_matches('镇');
    let stems = &given.firms.stems;
    let stem = stems
        .get((number + n * 4) % stems.len().max(1))
        .map_or("", String::as_str);
    let name = kind.name.replace("{town}", short).replace("{stem}", stem);
    // The organisation code counts up; both check characters are computed.
    let body = format!("MA0D{:04}", 1000 + number);
    let code = Uscc::from_parts("91", &given.county.division, &body)
        .map_err(|why| Fail::bug(format!("信用代码：{why}")))?;
    let above = f64::from(dice.between(1, 100)) <= kind.above_scale * 100.0;
    let attrs: Attrs = [
        ("sectors", AttrValue::Many(vec![kind.sector.clone()])),
        ("high_hazard", AttrValue::Flag(kind.high_hazard)),
        ("above_scale", AttrValue::Flag(above || firm.subject)),
        ("subject", AttrValue::Flag(firm.subject)),
    ]
    .into_iter()
    .map(|(k, v)| (k.to_owned(), v))
    .collect();
    Ok(NewBody {
        id: Some(firm.body),
        kind: BodyKind::Enterprise,
        name,
        parent: Some(town.jurisdiction),
        division: String::new(),
        level: Level::Town,
        sort_key: format!("05-{number:04}"),
        opened_on: on,
        attrs,
        enterprise: Some(NewEnterprise {
            uscc: code.as_str().to_owned(),
            industry: kind.industry.clone(),
            address: format!("泽安县{}{}号", town.name, dice.between(1, 199)),
            phone: format!("0999-{:07}", 2_000_000 + dice.between(1, 999_999)),
        }),
    })
}
