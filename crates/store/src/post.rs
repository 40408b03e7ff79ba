//! Posts and who holds them.

use chrono::NaiveDate;
use domain::id::{BodyId, PersonId, PostId};
use domain::post::{Post, Tenure};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityName, EntityTrait, FromQueryResult, Iterable, Order,
    QueryFilter, QueryOrder,
};

use crate::canon::{Cells, OPEN_DAY, day_or_open};
use crate::page::Keyset;
use crate::read::count_of;
use crate::row::{post, tenure};
use crate::{Page, Read, Result, RowKey, StoreError, Turn, Tx};

/// Inserts posts.
pub async fn posts_insert(tx: &Tx, new: &[Post]) -> Result<()> {
    let home = tx.home().to_string();
    let rows: Vec<post::Model> = new
        .iter()
        .map(|p| post::Model {
            id: p.id.to_string(),
            home: home.clone(),
            body: p.body.to_string(),
            kind: p.kind.to_string(),
            title: p.title.clone(),
            ex_officio: p.ex_officio.map(|id| id.to_string()),
            from_on: p.from_on.to_string(),
            to_on: day_or_open(p.to_on),
            sort_key: p.sort_key.clone(),
            version: 1,
        })
        .collect();
    tx.insert_many::<post::Entity>(&rows).await
}

/// Ends a post on a day; open tenures end with it.
pub async fn post_close(tx: &Tx, id: PostId, on: NaiveDate) -> Result<()> {
    let mut row = post_row(tx, id).await?;
    row.to_on = on.to_string();
    tx.update::<post::Entity>(row).await?;
    let open = tenure::Entity::find()
        .filter(tenure::Column::Post.eq(id.to_string()))
        .filter(tenure::Column::ToOn.eq(OPEN_DAY))
        .all(&tx.conn)
        .await?;
    for mut row in open {
        row.to_on = on.to_string();
        tx.update::<tenure::Entity>(row).await?;
    }
    Ok(())
}

async fn post_row(r: &Read, id: PostId) -> Result<post::Model> {
    post::Entity::find_by_id(id.to_string())
        .one(&r.conn)
        .await?
        .ok_or_else(|| StoreError::Missing {
            table: "post",
            key: id.to_string(),
        })
}

/// One post.
pub async fn post_find(r: &Read, id: PostId) -> Result<Option<Post>> {
    let row = post::Entity::find_by_id(id.to_string())
        .one(&r.conn)
        .await?;
    row.as_ref().map(post_of).transpose()
}

/// All posts of a county, in list order.
pub async fn posts_of(r: &Read, home: BodyId) -> Result<Vec<Post>> {
    post::Entity::find()
        .filter(post::Column::Home.eq(home.to_string()))
        .order_by_asc(post::Column::SortKey)
        .order_by_asc(post::Column::Id)
        .all(&r.conn)
        .await?
        .iter()
        .map(post_of)
        .collect()
}

/// All posts of these bodies, in no order.
pub async fn posts_of_bodies(r: &Read, ids: &[BodyId]) -> Result<Vec<Post>> {
    let mut out = Vec::new();
    for chunk in ids.chunks(crate::read::IDS_AT_ONCE) {
        let rows = post::Entity::find()
            .filter(post::Column::Body.is_in(chunk.iter().map(ToString::to_string)))
            .all(&r.conn)
            .await?;
        out.extend(rows.iter().map(post_of).collect::<Result<Vec<_>>>()?);
    }
    Ok(out)
}

/// A page of the posts of a body that exist on a day, in list order.
pub async fn posts_page(
    r: &Read,
    body: BodyId,
    on: NaiveDate,
    turn: &Turn<'_>,
) -> Result<Page<Post, RowKey>> {
    let mut query = Query::select();
    query
        .columns(post::Column::iter())
        .from(post::Entity.table_ref())
        .and_where(post::Column::Body.eq(body.to_string()))
        .and_where(post::Column::FromOn.lte(on.to_string()))
        .and_where(post::Column::ToOn.gt(on.to_string()));
    let count = count_of(r, &query).await?;
    let keyset = Keyset::new()
        .text(Expr::col(post::Column::SortKey), Order::Asc)
        .text(Expr::col(post::Column::Id), Order::Asc);
    keyset.narrow(&mut query, turn)?;
    let mut rows = Vec::new();
    for row in r.conn.query_all(&query).await? {
        rows.push(post_of(&post::Model::from_query_result(&row, "")?)?);
    }
    Ok(Keyset::cut(rows, turn, count, |post| {
        vec![post.sort_key.clone(), post.id.to_string()]
    }))
}

fn post_of(row: &post::Model) -> Result<Post> {
    let cells = Cells::new("post", &row.id);
    Ok(Post {
        id: cells.parse("id", &row.id)?,
        body: cells.parse("body", &row.body)?,
        kind: cells.parse("kind", &row.kind)?,
        title: row.title.clone(),
        ex_officio: cells.maybe("ex_officio", row.ex_officio.as_deref())?,
        from_on: cells.parse("from_on", &row.from_on)?,
        to_on: cells.until("to_on", &row.to_on)?,
        sort_key: row.sort_key.clone(),
    })
}

/// Gives a post to a person.
pub async fn tenure_insert(tx: &Tx, new: &Tenure) -> Result<()> {
    tenures_insert(tx, std::slice::from_ref(new)).await
}

/// Gives posts to people.
pub async fn tenures_insert(tx: &Tx, new: &[Tenure]) -> Result<()> {
    let home = tx.home().to_string();
    let rows: Vec<tenure::Model> = new
        .iter()
        .map(|t| tenure::Model {
            post: t.post.to_string(),
            person: t.person.to_string(),
            from_on: t.from_on.to_string(),
            to_on: day_or_open(t.to_on),
            home: home.clone(),
            version: 1,
        })
        .collect();
    tx.insert_many::<tenure::Entity>(&rows).await
}

/// Ends a person's open tenure of a post on a day.
pub async fn tenure_close(tx: &Tx, id: PostId, person: PersonId, on: NaiveDate) -> Result<()> {
    let row = tenure::Entity::find()
        .filter(tenure::Column::Post.eq(id.to_string()))
        .filter(tenure::Column::Person.eq(person.to_string()))
        .filter(tenure::Column::ToOn.eq(OPEN_DAY))
        .one(&tx.conn)
        .await?;
    let Some(mut row) = row else {
        return Err(StoreError::Missing {
            table: "tenure",
            key: format!("{id}|{person}"),
        });
    };
    row.to_on = on.to_string();
    tx.update::<tenure::Entity>(row).await.map(|_| ())
}

/// All tenures of a county, by post and day.
pub async fn tenures_of(r: &Read, home: BodyId) -> Result<Vec<Tenure>> {
    tenure::Entity::find()
        .filter(tenure::Column::Home.eq(home.to_string()))
        .order_by_asc(tenure::Column::Post)
        .order_by_asc(tenure::Column::FromOn)
        .order_by_asc(tenure::Column::Person)
        .all(&r.conn)
        .await?
        .iter()
        .map(tenure_of)
        .collect()
}

/// All who ever held a post, oldest first.
pub async fn tenures_of_post(r: &Read, id: PostId) -> Result<Vec<Tenure>> {
    tenure::Entity::find()
        .filter(tenure::Column::Post.eq(id.to_string()))
        .order_by_asc(tenure::Column::FromOn)
        .order_by_asc(tenure::Column::Person)
        .all(&r.conn)
        .await?
        .iter()
        .map(tenure_of)
        .collect()
}

fn tenure_of(row: &tenure::Model) -> Result<Tenure> {
    let cells = Cells::new("tenure", &row.post);
    Ok(Tenure {
        post: cells.parse("post", &row.post)?,
        person: cells.parse("person", &row.person)?,
        from_on: cells.parse("from_on", &row.from_on)?,
        to_on: cells.until("to_on", &row.to_on)?,
    })
}
