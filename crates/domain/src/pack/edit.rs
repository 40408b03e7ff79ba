//! Editing one value of a pack's file: comments, order and every other line stay as they are.

use std::ops::Range;

use toml_edit::{Document, DocumentMut, InlineTable, Item, Table, TableLike, Value};

/// Why a value could not be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The file is no TOML; it must be corrected as text first.
    #[error("the file is no TOML")]
    Syntax,
    /// There is no element of this kind with this id in the file.
    #[error("no {element} {id:?} in this file")]
    NoElement {
        /// The kind.
        element: String,
        /// The id.
        id: String,
    },
    /// The field leads through something that is no table.
    #[error("{field:?} is not inside a table")]
    NoTable {
        /// The field as it was given.
        field: String,
    },
}

/// Sets one value and gives the new text.
///
/// `element` is the key of an element (`duty`), of a table inside one (`duty.option`,
/// `form.column`) with `id` as `outer/inner`, or `scheme` for the head of the pack, whose id is
/// not looked at. `field` may lead into a table with dots (`effect.to`). A value that stands there
/// is replaced in its own bytes, so a comment behind it stays; a missing one is added at the end
/// of its table.
///
/// # Errors
/// When the text is no TOML, or the place does not exist.
pub fn set_value(
    text: &str,
    element: &str,
    id: &str,
    field: &str,
    value: Value,
) -> Result<String, EditError> {
    let spanned = Document::parse(text).map_err(|_| EditError::Syntax)?;
    let missing = || EditError::NoElement {
        element: element.to_owned(),
        id: id.to_owned(),
    };
    let table = find(spanned.as_table(), element, id).ok_or_else(missing)?;
    let path: Vec<&str> = field.split('.').collect();
    if let Some(span) = span_of(table, &path) {
        let mut out = String::with_capacity(text.len() + 16);
        out.push_str(text.get(..span.start).ok_or(EditError::Syntax)?);
        out.push_str(&bare(value));
        out.push_str(text.get(span.end..).ok_or(EditError::Syntax)?);
        return Ok(out);
    }
    let mut document: DocumentMut = text.parse().map_err(|_| EditError::Syntax)?;
    let table = find_mut(document.as_table_mut(), element, id).ok_or_else(missing)?;
    add(table, &path, value).ok_or_else(|| EditError::NoTable {
        field: field.to_owned(),
    })?;
    Ok(document.to_string())
}

/// The value's text without blanks and comments around it.
fn bare(mut value: Value) -> String {
    value.decor_mut().clear();
    value.to_string().trim().to_owned()
}

/// Splits `duty.option` with `monthly/day-22` into the outer and the inner step.
fn steps<'a>(element: &'a str, id: &'a str) -> Vec<(&'a str, &'a str)> {
    match (element.split_once('.'), id.split_once('/')) {
        (Some((outer, inner)), Some((outer_id, inner_id))) => {
            vec![(outer, outer_id), (inner, inner_id)]
        }
        _ => vec![(element, id)],
    }
}

/// An element's id: a clause without one goes by its number, the preamble's being empty.
fn is_named(table: &dyn TableLike, key: &str, id: &str) -> bool {
    let text = |name: &str| table.get(name).and_then(Item::as_str);
    match (text("id"), text("number")) {
        (Some(own), _) => own == id,
        (None, Some("")) if key == "clause" => id == "preamble",
        (None, Some(number)) if key == "clause" => number == id,
        _ => false,
    }
}

fn find<'t>(root: &'t Table, element: &str, id: &str) -> Option<&'t dyn TableLike> {
    let mut here: &dyn TableLike = root;
    if element == "scheme" {
        return Some(here);
    }
    for (key, id) in steps(element, id) {
        here = match here.get(key)? {
            Item::ArrayOfTables(tables) => tables
                .iter()
                .find(|t| is_named(*t, key, id))
                .map(|t| t as &dyn TableLike)?,
            Item::Value(Value::Array(items)) => items
                .iter()
                .filter_map(Value::as_inline_table)
                .find(|t| is_named(*t, key, id))
                .map(|t| t as &dyn TableLike)?,
            Item::None | Item::Value(_) | Item::Table(_) => return None,
        };
    }
    Some(here)
}

fn find_mut<'t>(root: &'t mut Table, element: &str, id: &str) -> Option<&'t mut dyn TableLike> {
    let mut here: &mut dyn TableLike = root;
    if element == "scheme" {
        return Some(here);
    }
    for (key, id) in steps(element, id) {
        here = match here.get_mut(key)? {
            Item::ArrayOfTables(tables) => tables
                .iter_mut()
                .find(|t| is_named(*t as &dyn TableLike, key, id))
                .map(|t| t as &mut dyn TableLike)?,
            Item::Value(Value::Array(items)) => items
                .iter_mut()
                .filter_map(Value::as_inline_table_mut)
                .find(|t| is_named(*t as &dyn TableLike, key, id))
                .map(|t| t as &mut dyn TableLike)?,
            Item::None | Item::Value(_) | Item::Table(_) => return None,
        };
    }
    Some(here)
}

/// The bytes of a value that stands in a table already.
fn span_of(table: &dyn TableLike, path: &[&str]) -> Option<Range<usize>> {
    let (first, rest) = path.split_first()?;
    let item = table.get(first)?;
    if rest.is_empty() {
        return item.as_value()?.span();
    }
    span_of(item.as_table_like()?, rest)
}

/// Adds a value where none stands; tables on the way are made.
fn add(table: &mut dyn TableLike, path: &[&str], value: Value) -> Option<()> {
    let (first, rest) = path.split_first()?;
    if rest.is_empty() {
        if let Some(Item::Table(_) | Item::ArrayOfTables(_)) = table.get(first) {
            return None;
        }
        table.insert(first, Item::Value(value));
        return Some(());
    }
    if table.get(first).is_none() {
        table.insert(first, Item::Value(Value::InlineTable(InlineTable::new())));
    }
    add(table.get_mut(first)?.as_table_like_mut()?, rest, value)
}
