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

/// The elements of one kind in both packs, with the fields that are held side by side.
macro_rules! side_by_side {
    ($out:ident, $kind:literal, $old:expr, $new:expr,
     $($name:literal = |$e:ident| $value:expr),+ $(,)?) => {{
        let (old, new) = (&$old, &$new);
        for now in new {
            let Some(before) = old.iter().find(|o| o.id == now.id) else {
                $out.push(change($kind, now.id.to_string(), &now.title, Difference::Came));
                continue;
            };
            let mut fields = Vec::new();
            $(
                let same = { let $e = before; $value } == { let $e = now; $value };
                if !same {
                    fields.push($name);
                }
            )+
            if !fields.is_empty() {
                let what = Difference::Changed(fields);
                $out.push(change($kind, now.id.to_string(), &now.title, what));
            }
        }
        for before in old.iter().filter(|o| !new.iter().any(|n| n.id == o.id)) {
            $out.push(change($kind, before.id.to_string(), &before.title, Difference::Went));
        }
    }};
}

fn change(kind: &'static str, id: String, title: &str, what: Difference) -> Change {
    Change { kind, id, title: title.to_owned(), what }
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
    let fields: Vec<&str> = pairs.iter().filter(|(_, same)| !same).map(|(name, _)| *name).collect();
    if !fields.is_empty() {
        let what = Difference::Changed(fields);
        out.push(change("scheme", new.id.to_string(), &new.title, what));
    }
}

fn words(old: &Pack, new: &Pack, out: &mut Vec<Change>) {
    side_by_side!(out, "clause", old.clauses, new.clauses,
        "number" = |e| &e.number, "title" = |e| &e.title, "summary" = |e| &e.summary);
    side_by_side!(out, "sector", old.sectors, new.sectors,
        "title" = |e| &e.title, "clause" = |e| &e.clauses, "same_as" = |e| &e.same_as);
    side_by_side!(out, "committee", old.committees, new.committees,
        "title" = |e| &e.title, "clause" = |e| &e.clauses, "sector" = |e| &e.sector,
        "leads" = |e| &e.leads);
    side_by_side!(out, "post", old.posts, new.posts,
        "title" = |e| &e.title, "clause" = |e| &e.clauses);
    side_by_side!(out, "list", old.lists, new.lists,
        "title" = |e| &e.title, "clause" = |e| &e.clauses, "members" = |e| &e.members);
    side_by_side!(out, "values", old.values, new.values,
        "title" = |e| &e.title, "clause" = |e| &e.clauses, "items" = |e| &e.items);
    side_by_side!(out, "act", old.acts, new.acts,
        "title" = |e| &e.title, "unit" = |e| &e.unit, "roles" = |e| &e.roles,
        "for_period" = |e| e.for_period, "judged" = |e| e.judged, "field" = |e| &e.fields);
    side_by_side!(out, "occasion", old.occasions, new.occasions,
        "title" = |e| &e.title, "clause" = |e| &e.clauses, "holiday" = |e| &e.holiday);
}

fn duties(old: &Pack, new: &Pack, out: &mut Vec<Change>) {
    let part = |pack: &Pack, task: bool| -> Vec<_> {
        pack.duties.iter().filter(|d| d.task == task).cloned().collect()
    };
    for (kind, task) in [("duty", false), ("task", true)] {
        let (old, new) = (part(old, task), part(new, task));
        let mut found = Vec::new();
        side_by_side!(found, "duty", old, new,
            "title" = |e| &e.title,
            "clause" = |e| &e.clauses,
            "owed_by" = |e| &e.rule.owed_by,
            "act" = |e| &e.rule.what.acts,
            "submit" = |e| &e.rule.what.form,
            "role" = |e| &e.rule.what.roles,
            "where" = |e| &e.rule.what.fields,
            "presided_by" = |e| &e.rule.what.presided_by,
            "through" = |e| e.rule.what.through_body,
            "timing" = |e| &e.rule.timing,
            "at_least" = |e| e.rule.at_least,
            "option" = |e| &e.options,
            "followed" = |e| e.followed,
            "label" = |e| &e.label,
            "who" = |e| &e.who,
            "when" = |e| &e.when,
            "evidence" = |e| &e.evidence);
        out.extend(found.into_iter().map(|change| Change { kind, ..change }));
    }
}

fn rest(old: &Pack, new: &Pack, out: &mut Vec<Change>) {
    side_by_side!(out, "phase", old.phases, new.phases,
        "title" = |e| &e.title, "clause" = |e| &e.clauses, "from" = |e| e.from, "to" = |e| e.to,
        "label" = |e| &e.label, "who" = |e| &e.who);
    side_by_side!(out, "limit", old.limits, new.limits,
        "title" = |e| &e.title, "clause" = |e| &e.clauses, "after" = |e| &e.after,
        "case" = |e| &e.case, "step" = |e| &e.step, "within" = |e| &e.within,
        "label" = |e| &e.label, "who" = |e| &e.who);
    side_by_side!(out, "form", old.forms, new.forms,
        "title" = |e| &e.title, "clause" = |e| &e.clauses, "head" = |e| &e.head,
        "foot" = |e| &e.foot, "column" = |e| &e.columns, "rows" = |e| e.rows,
        "total" = |e| e.total, "first_period" = |e| &e.first_period);
    side_by_side!(out, "rule", old.rules, new.rules,
        "title" = |e| &e.title, "clause" = |e| &e.clauses, "over" = |e| &e.over,
        "when" = |e| &e.when, "measure" = |e| &e.measure);
    side_by_side!(out, "standing", old.standing, new.standing,
        "title" = |e| &e.title, "clause" = |e| &e.clauses, "owed_by" = |e| &e.owed_by,
        "act" = |e| &e.acts, "office_may_time" = |e| e.office_may_time);
    side_by_side!(out, "responsibility", old.responsibilities, new.responsibilities,
        "title" = |e| &e.title, "clause" = |e| &e.clauses, "group" = |e| &e.group,
        "elements" = |e| &e.elements);
    side_by_side!(out, "target", old.targets, new.targets,
        "title" = |e| &e.title, "clause" = |e| &e.clauses, "unit" = |e| &e.unit,
        "value" = |e| e.value, "against" = |e| &e.against, "by" = |e| e.by);
    side_by_side!(out, "threshold", old.thresholds, new.thresholds,
        "title" = |e| &e.title, "clause" = |e| &e.clauses, "unit" = |e| &e.unit);
    side_by_side!(out, "choice", old.choices, new.choices,
        "title" = |e| &e.title, "clause" = |e| &e.clauses, "answers" = |e| &e.answers,
        "default" = |e| &e.default, "governs" = |e| e.governs);
}
