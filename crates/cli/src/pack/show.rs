//! `bihuan pack show DIR|ID`: the clauses of a pack, each with what it asks for.

use std::path::PathBuf;

use clap::Args;
use domain::calendar::Period;
use domain::calendar::words::{cadence_name, chinese_date, cut_off_name, period_name, span_name};
use domain::id::Slug;
use domain::pack::{DutyDecl, DutyRule, DutyTiming, Pack, report};
use serde_json::{Value, json};

use super::folder::read_given;
use crate::console::Console;
use crate::open::Place;
use crate::outcome::{Exit, Fail, Outcome};
use crate::refusal::said;

/// Shows a pack.
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// A folder, or the id of an imported pack.
    #[arg(value_name = "DIR|ID", help = "制度包文件夹，或已导入制度的编号")]
    pack: String,
    /// Its version, of an imported one.
    #[arg(
        long,
        value_name = "N",
        help = "版本，默认现行或最新的一版（需与 --as 同用）"
    )]
    version: Option<u32>,
    /// On whose behalf, with its duties' standing.
    #[arg(
        long = "as",
        value_name = "LOGIN",
        help = "代谁查看：用户名；--json 的输出同接口，含完成情况"
    )]
    login: Option<String>,
}

impl Show {
    /// Prints the pack.
    pub(crate) async fn run(self, place: &Place, console: Console) -> Outcome {
        if let Some(login) = &self.login {
            return self.run_as(login, place, console).await;
        }
        let path = PathBuf::from(&self.pack);
        let pack = if path.exists() {
            from_folder(path, console)?
        } else {
            super::import::imported(place, &self.pack).await?
        };
        if console.json {
            console.value(&as_json(&pack));
        } else {
            console.data(as_text(&pack).trim_end());
        }
        Ok(Exit::Done)
    }
}

impl Show {
    /// The same of an imported pack, as somebody sees it.
    async fn run_as(&self, login: &str, place: &Place, console: Console) -> Outcome {
        let none = || Fail::usage(format!("编号“{}”不对", self.pack));
        let id: Slug = self.pack.parse().map_err(|_| none())?;
        let ctx = place.looker(login, console).await?;
        let page = app::pack::show(&ctx, &id, self.version).await;
        let page = page.map_err(said)?;
        if console.json {
            super::answered(console, "pack.show", &page)?;
        } else {
            let pack = ctx.app.pack(&id, page.version).await.map_err(said)?;
            console.data(as_text(&pack).trim_end());
        }
        Ok(Exit::Done)
    }
}

fn from_folder(path: PathBuf, console: Console) -> Outcome<Pack> {
    let first = read_given(&[path])?.into_iter().next();
    let given = first.ok_or_else(|| Fail::usage("没有制度包"))?;
    given.pack.ok_or_else(|| {
        console.talk(report(&given.problems, &given.folder.files));
        Fail::refused(
            "pack.broken",
            format!("“{}”有错误", given.folder.path.display()),
        )
        .hint("请先用 bihuan pack check 改好。")
    })
}

/// One thing that a clause asks for.
struct Asked {
    clauses: Vec<String>,
    kind: &'static str,
    id: String,
    title: String,
    when: String,
}

fn asked(pack: &Pack) -> Vec<Asked> {
    let mut out = Vec::new();
    for duty in &pack.duties {
        let kind = if duty.task { "任务" } else { "职责" };
        if !duty.clauses.is_empty() || duty.options.is_empty() {
            out.push(of_rule(duty, kind, &duty.title, &duty.clauses, &duty.rule));
        }
        for option in &duty.options {
            let title = format!("{}（{}）", duty.title, option.title);
            out.push(of_rule(duty, kind, &title, &option.clauses, &option.rule));
        }
    }
    let plain = |kind, id: &str, title: &str, clauses: &[String], when: String| Asked {
        clauses: clauses.to_vec(),
        kind,
        id: id.to_owned(),
        title: title.to_owned(),
        when,
    };
    out.extend(pack.phases.iter().map(|p| {
        let day = |d: Option<_>| d.map_or("未定".to_owned(), chinese_date);
        let when = format!(
            "{}至{}",
            p.from.map_or("印发之日".to_owned(), chinese_date),
            day(p.to)
        );
        plain("阶段", p.id.as_str(), &p.title, &p.clauses, when)
    }));
    out.extend(pack.limits.iter().map(|l| {
        let when = format!("{}后{}", l.after, span_name(l.within));
        plain("时限", l.id.as_str(), &l.title, &l.clauses, when)
    }));
    out.extend(
        pack.standing
            .iter()
            .map(|s| plain("常态", s.id.as_str(), &s.title, &s.clauses, String::new())),
    );
    out.extend(
        pack.forms
            .iter()
            .map(|f| plain("报表", f.id.as_str(), &f.title, &f.clauses, String::new())),
    );
    out.extend(
        pack.rules
            .iter()
            .map(|r| plain("措施", r.id.as_str(), &r.title, &r.clauses, String::new())),
    );
    out
}

fn of_rule(
    duty: &DutyDecl,
    kind: &'static str,
    title: &str,
    clauses: &[String],
    rule: &DutyRule,
) -> Asked {
    Asked {
        clauses: clauses.to_vec(),
        kind,
        id: duty.id.to_string(),
        title: title.to_owned(),
        when: when(rule),
    }
}

fn when(rule: &DutyRule) -> String {
    let count = if rule.at_least > 1 {
        format!("{}次", rule.at_least)
    } else {
        String::new()
    };
    match &rule.timing {
        DutyTiming::Recurring { cadence, due, .. } => {
            let due = due
                .map(|d| format!("，{}", cut_off_name(d, cadence.every(), cadence.n())))
                .unwrap_or_default();
            format!("{}{count}{due}", cadence_name(*cadence))
        }
        DutyTiming::Once { from, due } => match from {
            Some(from) => format!("{}{count}", period_name(Period::span(*from, *due))),
            None => format!("{}前{count}", chinese_date(*due)),
        },
        DutyTiming::Occasion { .. } => "重要节点".to_owned(),
    }
}

fn as_text(pack: &Pack) -> String {
    let mut out = format!(
        "{}（{}）第{}版\n{}\n",
        pack.title, pack.short, pack.version, pack.id
    );
    let issue = [
        pack.issuer.clone(),
        pack.number.clone(),
        pack.issued_on.map(chinese_date),
    ];
    let issue: Vec<String> = issue.into_iter().flatten().collect();
    if !issue.is_empty() {
        out.push_str(&format!("{}\n", issue.join(" ")));
    }
    let all = asked(pack);
    for clause in &pack.clauses {
        let depth = clause.number.matches('/').count();
        let indent = "  ".repeat(depth);
        out.push_str(&format!(
            "{indent}{} {}：{}\n",
            clause.number, clause.title, clause.summary
        ));
        for item in all.iter().filter(|a| a.clauses.contains(&clause.id)) {
            let when = if item.when.is_empty() {
                String::new()
            } else {
                format!("，{}", item.when)
            };
            out.push_str(&format!(
                "{indent}  · {} {}（{}）{when}\n",
                item.kind, item.title, item.id
            ));
        }
    }
    out
}

fn as_json(pack: &Pack) -> Value {
    let item = |a: &Asked| {
        json!({
            "kind": a.kind, "id": a.id, "title": a.title, "clauses": a.clauses, "when": a.when,
        })
    };
    json!({ "pack": {
        "id": pack.id.as_str(),
        "version": pack.version,
        "title": pack.title,
        "short": pack.short,
        "issuer": pack.issuer,
        "number": pack.number,
        "issued_on": pack.issued_on,
        "clauses": pack.clauses.iter().map(|c| json!({
            "number": c.number, "title": c.title, "summary": c.summary,
        })).collect::<Vec<_>>(),
        "asked": asked(pack).iter().map(item).collect::<Vec<_>>(),
        "choices": pack.choices.iter().map(|c| json!({
            "id": c.id.as_str(),
            "title": c.title,
            "answers": c.answers.iter().map(|(id, t)| json!({ "id": id.as_str(), "title": t }))
                .collect::<Vec<_>>(),
            "default": c.default.as_str(),
        })).collect::<Vec<_>>(),
    }})
}
