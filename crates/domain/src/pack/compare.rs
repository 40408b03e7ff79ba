//! Two versions of a pack, or two packs, side by side: what came, went and changed.

use super::model::Pack;

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The kind of element, by its key (`duty`, `clause`…); `scheme` for the pack's head.
    pub kind: &'static str,
    /// The element's id.
    pub id: String,
    /// Its title, the newer one where both have it.
    pub title: String,
    /// What happened to it.
    pub what: Difference,
}

/// What happened to an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// Only the newer pack has it.
    Came,
    /// Only the older pack has it.
    Went,
    /// Both have it; these fields differ, by the names that packs use.
    Changed(Vec<&'static str>),
}

/// Holds the elements of one kind in both packs side by side, field by field.
macro_rules! side_by_side {
    ($out:ident, $kind:literal, $old:expr, $new:expr => $($name:literal $($field:ident).+),+) => {{
        let (old, new) = (&$old, &$new);
        for now in new {
            let Some(before) = old.iter().find(|o| o.id == now.id) else {
                $out.push(change($kind, now.id.to_string(), &now.title, Difference::Came));
                continue;
            };
            let pairs = [$(($name, before.$($field).+ == now.$($field).+)),+];
            $out.extend(changed($kind, now.id.to_string(), &now.title, &pairs));
        }
        for before in old.iter().filter(|o| !new.iter().any(|n| n.id == o.id)) {
            $out.push(change($kind, before.id.to_string(), &before.title, Difference::Went));
        }
    }};
}

/// The fields that are not the same.
fn changed(
    kind: &'static str,
    id: String,
    title: &str,
    pairs: &[(&'static str, bool)],
) -> Option<Change> {
    let differ = pairs.iter().filter(|(_, same)| !same);
    let fields: Vec<&'static str> = differ.map(|(name, _)| *name).collect();
    (!fields.is_empty()).then(|| change(kind, id, title, Difference::Changed(fields)))
}

fn change(kind: &'static str, id: String, title: &str, what: Difference) -> Change {
    Change {
        kind,
        id,
        title: title.to_owned(),
        what,
    }
}

/// Every difference from `old` to `new`, in the order of the reference: what came or changed in
/// the order of the newer pack, then what went.
pub fn compare(old: &Pack, new: &Pack) -> Vec<Change> {
    let mut out = Vec::new();
    head(old, new, &mut out);
    words(old, new, &mut out);
    duties(old, new, &mut out);
    rest(old, new, &mut out);
    out
}

fn head(old: &Pack, new: &Pack, out: &mut Vec<Change>) {
    let pairs = [
        ("id", old.id == new.id),
        ("version", old.version == new.version),
        ("kind", old.kind == new.kind),
        ("title", old.title == new.title),
        ("short", old.short == new.short),
        ("uses", old.uses == new.uses),
        ("issuer", old.issuer == new.issuer),
        ("number", old.number == new.number),
        ("issued", old.issued_on == new.issued_on),
        ("effect", old.effect == new.effect),
        ("source", old.source == new.source),
    ];
    out.extend(changed("scheme", new.id.to_string(), &new.title, &pairs));
}

fn words(old: &Pack, new: &Pack, out: &mut Vec<Change>) {
    side_by_side!(out, "clause", old.clauses, new.clauses =>
        "number" number, "title" title, "summary" summary);
    side_by_side!(out, "sector", old.sectors, new.sectors =>
        "title" title, "clause" clauses, "same_as" same_as);
    side_by_side!(out, "committee", old.committees, new.committees =>
        "title" title, "clause" clauses, "sector" sector, "leads" leads);
    side_by_side!(out, "post", old.posts, new.posts => "title" title, "clause" clauses);
    side_by_side!(out, "list", old.lists, new.lists =>
        "title" title, "clause" clauses, "members" members);
    side_by_side!(out, "values", old.values, new.values =>
        "title" title, "clause" clauses, "items" items);
    side_by_side!(out, "act", old.acts, new.acts =>
        "title" title, "unit" unit, "roles" roles, "for_period" for_period, "judged" judged,
        "field" fields);
    side_by_side!(out, "occasion", old.occasions, new.occasions =>
        "title" title, "clause" clauses, "holiday" holiday);
}

fn duties(old: &Pack, new: &Pack, out: &mut Vec<Change>) {
    let part = |pack: &Pack, task: bool| -> Vec<_> {
        pack.duties
            .iter()
            .filter(|d| d.task == task)
            .cloned()
            .collect()
    };
    for (kind, task) in [("duty", false), ("task", true)] {
        let (old, new) = (part(old, task), part(new, task));
        let mut found = Vec::new();
        side_by_side!(found, "duty", old, new =>
            "title" title, "clause" clauses, "owed_by" rule.owed_by, "act" rule.what.acts,
            "submit" rule.what.form, "role" rule.what.roles, "where" rule.what.fields,
            "presided_by" rule.what.presided_by, "through" rule.what.through_body,
            "timing" rule.timing, "at_least" rule.at_least, "option" options,
            "followed" followed, "label" label, "who" who, "when" when, "evidence" evidence);
        out.extend(found.into_iter().map(|change| Change { kind, ..change }));
    }
}

fn rest(old: &Pack, new: &Pack, out: &mut Vec<Change>) {
    side_by_side!(out, "phase", old.phases, new.phases =>
        "title" title, "clause" clauses, "from" from, "to" to, "label" label, "who" who);
    side_by_side!(out, "limit", old.limits, new.limits =>
        "title" title, "clause" clauses, "after" after, "case" case, "step" step,
        "within" within, "label" label, "who" who);
    side_by_side!(out, "form", old.forms, new.forms =>
        "title" title, "clause" clauses, "head" head, "foot" foot, "column" columns, "rows" rows,
        "total" total, "first_period" first_period);
    side_by_side!(out, "rule", old.rules, new.rules =>
        "title" title, "clause" clauses, "over" over, "when" when, "measure" measure);
    side_by_side!(out, "standing", old.standing, new.standing =>
        "title" title, "clause" clauses, "owed_by" owed_by, "act" acts,
        "office_may_time" office_may_time);
    side_by_side!(out, "responsibility", old.responsibilities, new.responsibilities =>
        "title" title, "clause" clauses, "group" group, "elements" elements);
    side_by_side!(out, "target", old.targets, new.targets =>
        "title" title, "clause" clauses, "unit" unit, "value" value, "against" against, "by" by);
    side_by_side!(out, "threshold", old.thresholds, new.thresholds =>
        "title" title, "clause" clauses, "unit" unit);
    side_by_side!(out, "choice", old.choices, new.choices =>
        "title" title, "clause" clauses, "answers" answers, "default" default,
        "governs" governs);
}
