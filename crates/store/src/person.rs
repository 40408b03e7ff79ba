//! People and their passwords.

use domain::id::{BodyId, PersonId};
use domain::person::{PeopleSort, Person};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, EntityName, EntityTrait, FromQueryResult, Iterable, Order, QueryFilter,
};
use sea_orm::{ConnectionTrait, QueryOrder};

use crate::canon::Cells;
use crate::page::Keyset;
use crate::read::{contains, count_of};
use crate::row::person;
use crate::{Page, Read, Result, RowKey, StoreError, Turn, Tx};

/// What sign-in needs to know of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// The person.
    pub person: Person,
    /// The password's hash; empty where none was set.
    pub password_hash: String,
}

/// Inserts a person. The salt is 32 random hexadecimal digits from the caller: the chain keeps the
/// name only as a hash with it, so that a name can be erased.
pub async fn person_insert(tx: &Tx, new: &Person, password_hash: &str, salt: &str) -> Result<()> {
    tx.insert::<person::Entity>(person::Model {
        id: new.id.to_string(),
        home: new.home.to_string(),
        login: new.login.clone(),
        name: new.name.clone(),
        salt: salt.to_owned(),
        password_hash: password_hash.to_owned(),
        must_change: new.must_change,
        active: new.active,
        version: 1,
    })
    .await
}

/// Changes name, login and whether the person may sign in; `changed.version` is the one that was
/// read. Returns the new version.
pub async fn person_update(tx: &Tx, changed: &Person) -> Result<i64> {
    let mut row = person_row(tx, changed.id).await?;
    tx.expect_version("person", &row.id, row.version, changed.version)
        .await?;
    row.login.clone_from(&changed.login);
    row.name.clone_from(&changed.name);
    row.active = changed.active;
    row.must_change = changed.must_change;
    tx.update::<person::Entity>(row).await
}

/// Erases what names a person: name, sign-in name, password and the salt, without which the hashes
/// in older links tell nothing. The erasing is a link of its own; what the person did stays.
pub async fn person_erase(tx: &Tx, id: PersonId, version: i64) -> Result<i64> {
    let mut row = person_row(tx, id).await?;
    tx.expect_version("person", &row.id, row.version, version)
        .await?;
    row.login.clone_from(&row.id);
    row.name = String::new();
    row.salt = String::new();
    row.password_hash = String::new();
    row.active = false;
    tx.update::<person::Entity>(row).await
}

/// Sets a password; `must_change` when somebody else chose it.
pub async fn password_set(tx: &Tx, id: PersonId, hash: &str, must_change: bool) -> Result<()> {
    let mut row = person_row(tx, id).await?;
    hash.clone_into(&mut row.password_hash);
    row.must_change = must_change;
    tx.update::<person::Entity>(row).await?;
    Ok(())
}

async fn person_row(r: &Read, id: PersonId) -> Result<person::Model> {
    person::Entity::find_by_id(id.to_string())
        .one(&r.conn)
        .await?
        .ok_or_else(|| StoreError::Missing {
            table: "person",
            key: id.to_string(),
        })
}

/// One person.
pub async fn person_find(r: &Read, id: PersonId) -> Result<Option<Person>> {
    let row = person::Entity::find_by_id(id.to_string())
        .one(&r.conn)
        .await?;
    row.as_ref().map(person_of).transpose()
}

/// What sign-in needs, by sign-in name.
pub async fn person_by_login(r: &Read, login: &str) -> Result<Option<SignIn>> {
    let row = person::Entity::find()
        .filter(person::Column::Login.eq(login))
        .one(&r.conn)
        .await?;
    let Some(row) = row else { return Ok(None) };
    sign_in_of(row).map(Some)
}

/// What sign-in needs, by id: for the change of a password.
pub async fn person_sign_in(r: &Read, id: PersonId) -> Result<Option<SignIn>> {
    let Some(row) = person::Entity::find_by_id(id.to_string())
        .one(&r.conn)
        .await?
    else {
        return Ok(None);
    };
    sign_in_of(row).map(Some)
}

fn sign_in_of(row: person::Model) -> Result<SignIn> {
    let person = person_of(&row)?;
    Ok(SignIn {
        person,
        password_hash: row.password_hash,
    })
}

/// All people of a county, by sign-in name.
pub async fn people_of(r: &Read, home: BodyId) -> Result<Vec<Person>> {
    person::Entity::find()
        .filter(person::Column::Home.eq(home.to_string()))
        .order_by_asc(person::Column::Login)
        .order_by_asc(person::Column::Id)
        .all(&r.conn)
        .await?
        .iter()
        .map(person_of)
        .collect()
}

/// Which people a list shows.
#[derive(Debug, Clone, Default)]
pub struct PeopleFilter {
    /// Only names and sign-in names that contain this text.
    pub text: Option<String>,
    /// Only those who may sign in, or only those who may not.
    pub active: Option<bool>,
}

/// A page of a county's people.
pub async fn people_page(
    r: &Read,
    home: BodyId,
    filter: &PeopleFilter,
    sort: PeopleSort,
    turn: &Turn<'_>,
) -> Result<Page<Person, RowKey>> {
    let mut query = Query::select();
    query
        .columns(person::Column::iter())
        .from(person::Entity.table_ref())
        .and_where(person::Column::Home.eq(home.to_string()));
    if let Some(text) = &filter.text {
        let name = contains(Expr::col(person::Column::Name), text);
        query.and_where(name.or(contains(Expr::col(person::Column::Login), text)));
    }
    if let Some(active) = filter.active {
        query.and_where(person::Column::Active.eq(active));
    }
    let count = count_of(r, &query).await?;
    let first = match sort {
        PeopleSort::Login => person::Column::Login,
        PeopleSort::Name => person::Column::Name,
    };
    let keyset = Keyset::new()
        .text(Expr::col(first), Order::Asc)
        .text(Expr::col(person::Column::Id), Order::Asc);
    keyset.narrow(&mut query, turn)?;
    let mut rows = Vec::new();
    for row in r.conn.query_all(&query).await? {
        rows.push(person_of(&person::Model::from_query_result(&row, "")?)?);
    }
    Ok(Keyset::cut(rows, turn, count, |person| {
        let first = match sort {
            PeopleSort::Login => person.login.clone(),
            PeopleSort::Name => person.name.clone(),
        };
        vec![first, person.id.to_string()]
    }))
}

fn person_of(row: &person::Model) -> Result<Person> {
    let cells = Cells::new("person", &row.id);
    Ok(Person {
        id: cells.parse("id", &row.id)?,
        home: cells.parse("home", &row.home)?,
        name: row.name.clone(),
        login: row.login.clone(),
        active: row.active,
        must_change: row.must_change,
        version: row.version,
    })
}
