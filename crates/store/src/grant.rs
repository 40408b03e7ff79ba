//! Roles given on bodies.

use chrono::NaiveDate;
use domain::id::{BodyId, GrantId, PersonId};
use domain::person::{Grant, GrantSort};
use domain::policy::Role;
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityName, EntityTrait, FromQueryResult, Iterable, Order,
    QueryFilter, QueryOrder,
};

use crate::canon::{Cells, OPEN_DAY, day_or_open};
use crate::page::Keyset;
use crate::read::count_of;
use crate::row::role_grant;
use crate::{Page, Read, Result, RowKey, StoreError, Turn, Tx};

/// Gives a role.
pub async fn grant_insert(tx: &Tx, new: &Grant) -> Result<()> {
    tx.insert::<role_grant::Entity>(role_grant::Model {
        id: new.id.to_string(),
        home: tx.home().to_string(),
        person: new.person.to_string(),
        role: new.role.to_string(),
        body: new.body.to_string(),
        from_on: new.from_on.to_string(),
        to_on: day_or_open(new.to_on),
        version: 1,
    })
    .await
}

/// Takes a role away from a day on. One that was taken away already is `Missing`: the day on which
/// it ended is not written over.
pub async fn grant_close(tx: &Tx, id: GrantId, on: NaiveDate) -> Result<i64> {
    let row = role_grant::Entity::find_by_id(id.to_string())
        .filter(role_grant::Column::ToOn.eq(OPEN_DAY))
        .one(&tx.conn)
        .await?;
    let Some(mut row) = row else {
        return Err(StoreError::Missing {
            table: "role_grant",
            key: id.to_string(),
        });
    };
    row.to_on = on.to_string();
    tx.update::<role_grant::Entity>(row).await
}

/// One grant.
pub async fn grant_find(r: &Read, id: GrantId) -> Result<Option<Grant>> {
    let row = role_grant::Entity::find_by_id(id.to_string())
        .one(&r.conn)
        .await?;
    row.as_ref().map(grant_of).transpose()
}

/// Every role that a person was ever given, oldest first.
pub async fn grants_of_person(r: &Read, person: PersonId) -> Result<Vec<Grant>> {
    role_grant::Entity::find()
        .filter(role_grant::Column::Person.eq(person.to_string()))
        .order_by_asc(role_grant::Column::FromOn)
        .order_by_asc(role_grant::Column::Id)
        .all(&r.conn)
        .await?
        .iter()
        .map(grant_of)
        .collect()
}

/// Every role that these people were ever given, oldest first.
pub async fn grants_of_people(r: &Read, people: &[PersonId]) -> Result<Vec<Grant>> {
    let mut out = Vec::new();
    for chunk in people.chunks(crate::read::IDS_AT_ONCE) {
        let rows = role_grant::Entity::find()
            .filter(role_grant::Column::Person.is_in(chunk.iter().map(ToString::to_string)))
            .order_by_asc(role_grant::Column::FromOn)
            .order_by_asc(role_grant::Column::Id)
            .all(&r.conn)
            .await?;
        for row in &rows {
            out.push(grant_of(row)?);
        }
    }
    Ok(out)
}

/// Every role that was ever given in a county, by body and day.
pub async fn grants_of_home(r: &Read, home: BodyId) -> Result<Vec<Grant>> {
    role_grant::Entity::find()
        .filter(role_grant::Column::Home.eq(home.to_string()))
        .order_by_asc(role_grant::Column::Body)
        .order_by_asc(role_grant::Column::FromOn)
        .order_by_asc(role_grant::Column::Id)
        .all(&r.conn)
        .await?
        .iter()
        .map(grant_of)
        .collect()
}

/// Which roles a list shows.
#[derive(Debug, Clone, Default)]
pub struct GrantFilter {
    /// Only this role.
    pub role: Option<Role>,
    /// Only this person's.
    pub person: Option<PersonId>,
    /// Only those on this body.
    pub body: Option<BodyId>,
}

/// A page of the roles of a county that are held on a day.
pub async fn grants_page(
    r: &Read,
    home: BodyId,
    filter: &GrantFilter,
    on: NaiveDate,
    sort: GrantSort,
    turn: &Turn<'_>,
) -> Result<Page<Grant, RowKey>> {
    let mut query = Query::select();
    query
        .columns(role_grant::Column::iter())
        .from(role_grant::Entity.table_ref())
        .and_where(role_grant::Column::Home.eq(home.to_string()))
        .and_where(role_grant::Column::FromOn.lte(on.to_string()))
        .and_where(role_grant::Column::ToOn.gt(on.to_string()));
    if let Some(role) = filter.role {
        query.and_where(role_grant::Column::Role.eq(role.code()));
    }
    if let Some(person) = filter.person {
        query.and_where(role_grant::Column::Person.eq(person.to_string()));
    }
    if let Some(body) = filter.body {
        query.and_where(role_grant::Column::Body.eq(body.to_string()));
    }
    let count = count_of(r, &query).await?;
    let (first, order) = match sort {
        GrantSort::Role => (role_grant::Column::Role, Order::Asc),
        GrantSort::Newest => (role_grant::Column::FromOn, Order::Desc),
    };
    let keyset = Keyset::new()
        .text(Expr::col(first), order.clone())
        .text(Expr::col(role_grant::Column::Id), order);
    keyset.narrow(&mut query, turn)?;
    let mut rows = Vec::new();
    for row in r.conn.query_all(&query).await? {
        rows.push(grant_of(&role_grant::Model::from_query_result(&row, "")?)?);
    }
    Ok(Keyset::cut(rows, turn, count, |grant| {
        let first = match sort {
            GrantSort::Role => grant.role.to_string(),
            GrantSort::Newest => grant.from_on.to_string(),
        };
        vec![first, grant.id.to_string()]
    }))
}

fn grant_of(row: &role_grant::Model) -> Result<Grant> {
    let cells = Cells::new("role_grant", &row.id);
    Ok(Grant {
        id: cells.parse("id", &row.id)?,
        person: cells.parse("person", &row.person)?,
        role: cells.parse("role", &row.role)?,
        body: cells.parse("body", &row.body)?,
        from_on: cells.parse("from_on", &row.from_on)?,
        to_on: cells.until("to_on", &row.to_on)?,
    })
}
