//! The worked examples of standing, run through the whole heart of the domain: pack, structure,
//! counting, rulings, judgement. The shape of the file is described at its head.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use domain::act::{Act, ActEvent, FieldValue};
use domain::body::AttrValue;
use domain::calendar::{Period, WorkCalendar};
use domain::duty::{Book, DutyLine, Key, Obligation, PackUse};
use domain::extension::Extensions;
use domain::id::{ActId, OccasionId, Owner, RulingId, Slug};
use domain::occasion::Occasion;
use domain::pack::{Choices, Pack, read_all, report};
use domain::ruling::{Decision, Ruling, RulingReason, State as RulingIs, Wanted};
use domain::standing::{CountedOn, Ruled, Standing, Terms, judge};
use domain::structure::Structure;
use domain::weigh::{Bearing, Bearings, Locks, Weight, count_act, weigh};
use toml::{Table, Value};
use uuid::Uuid;

use crate::county::{County, applied, home, parse, person};
use crate::shipped::{COMMITTEES, COMMON, THREE_ACTIONS, files, shipped};

/// The fewest examples that the file must hold, so that none gets lost.
const EXAMPLES_MIN: usize = 71;

#[test]
fn every_worked_example_of_standing_comes_out_as_written() {
    let file: Table = include_str!("../examples/standing.toml").parse().unwrap();
    let stage = Stage::set(&file);
    let examples = tables(&file, "example");
    assert!(
        examples.len() >= EXAMPLES_MIN,
        "{} examples are left",
        examples.len()
    );
    let names: BTreeSet<&str> = examples.iter().map(|e| text(e, "name")).collect();
    assert_eq!(names.len(), examples.len(), "each example has its own name");
    let wrong: Vec<String> = examples
        .iter()
        .filter_map(|e| {
            stage
                .play(e)
                .err()
                .map(|why| format!("{}\n{why}", text(e, "name")))
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "{} disagree:\n\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
}

// --- reading -----------------------------------------------------------------------------------

fn tables<'a>(table: &'a Table, key: &str) -> Vec<&'a Table> {
    let all = table
        .get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    all.map(|v| v.as_table().unwrap()).collect()
}

fn text<'a>(table: &'a Table, key: &str) -> &'a str {
    let found = table.get(key).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("no {key} in {table}"))
}

fn date(value: &Value) -> NaiveDate {
    parse(&value.as_datetime().unwrap().to_string())
}

fn date_of(table: &Table, key: &str) -> Option<NaiveDate> {
    table.get(key).map(date)
}

fn strings(value: &Value) -> Vec<String> {
    let all = value.as_array().unwrap().iter();
    all.map(|v| v.as_str().unwrap().to_owned()).collect()
}

/// Pairs of a table inside a table; none where it is missing.
fn pairs<'a>(table: &'a Table, key: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    table
        .get(key)
        .and_then(Value::as_table)
        .into_iter()
        .flatten()
}

/// The cast of all examples.
fn cast(file: &Table) -> County {
    let mut county = County::default();
    for row in tables(file, "body") {
        let attrs = pairs(row, "attrs").map(|(name, value)| {
            let value = match value {
                Value::Boolean(flag) => AttrValue::Flag(*flag),
                Value::String(one) => AttrValue::Text(one.clone()),
                many => AttrValue::Many(strings(many)),
            };
            (name.clone(), value)
        });
        let body = county.add_body(text(row, "id"), text(row, "kind"), text(row, "level"));
        body.spans[0].attrs = attrs.collect();
        body.closed_on = date_of(row, "closed");
        if let Some(opened) = date_of(row, "opened") {
            body.opened_on = opened;
            body.spans[0].from_on = opened;
        }
    }
    for row in tables(file, "post") {
        let by_office = row
            .get("ex_officio")
            .map(|v| county.post(v.as_str().unwrap()));
        county
            .add_post(text(row, "id"), text(row, "body"), text(row, "kind"))
            .ex_officio = by_office;
    }
    for row in tables(file, "link") {
        let link = county.add_link(text(row, "kind"), text(row, "a"), text(row, "b"));
        link.from_on = date_of(row, "from").unwrap_or(link.from_on);
    }
    county
}

fn act_of(county: &County, row: &Table, n: usize) -> Act {
    let on = date(&row["on"]);
    let parts = strings(&row["parts"]);
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let mut act = county.act(n, text(row, "kind"), &on.to_string(), &parts);
    act.period = row.get("for").map(|v| parse(v.as_str().unwrap()));
    act.form = row.get("form").map(|v| v.as_str().unwrap().to_owned());
    act.withdrawn = row.get("withdrawn").is_some_and(|v| v.as_bool().unwrap());
    act.events[0].entered_on = date_of(row, "entered").unwrap_or(on);
    let fields = pairs(row, "fields").map(|(name, value)| {
        let one = value.as_str().map(|one| FieldValue::Text(one.to_owned()));
        (
            parse(name),
            one.unwrap_or_else(|| FieldValue::Many(strings(value))),
        )
    });
    act.fields = fields.collect();
    for step in row.get("steps").map(strings).into_iter().flatten() {
        let words: Vec<&str> = step.split(' ').collect();
        act.events.push(ActEvent {
            entered_on: parse(words[0]),
            step: parse(words[1]),
            answer_by: words.get(3).map(|until| parse(until)),
        });
    }
    act
}

fn choices_of(example: &Table, duty: &Slug) -> Choices {
    let option = example
        .get("option")
        .map(|o| (duty.clone(), parse(o.as_str().unwrap())));
    let answers = pairs(example, "answers").map(|(k, v)| (parse(k), parse(v.as_str().unwrap())));
    let days = example.get("lock_after").and_then(Value::as_integer);
    Choices {
        options: option.into_iter().collect(),
        answers: answers.collect(),
        lock_after_days: days.map(|days| u32::try_from(days).unwrap()),
        reason: "为举例".to_owned(),
        ..Choices::default()
    }
}

// --- playing -----------------------------------------------------------------------------------

/// What is the same for all examples.
struct Stage {
    county: County,
    structure: Structure,
    common: Pack,
    packs: BTreeMap<Slug, Pack>,
    calendar: Arc<WorkCalendar>,
}

/// One example, set up.
struct Scene<'a> {
    example: &'a Table,
    pack: Slug,
    duty: Slug,
    owner: Owner,
    period: Period,
    today: NaiveDate,
    acts: Vec<Act>,
    rulings: Vec<Ruling>,
}

impl Stage {
    fn set(file: &Table) -> Self {
        let county = cast(file);
        let common = shipped(COMMON, &[]);
        let packs = [COMMITTEES, THREE_ACTIONS].map(|id| (parse(id), shipped(id, &[&common])));
        Self {
            structure: county.structure(),
            county,
            common,
            packs: packs.into(),
            calendar: Arc::new(WorkCalendar::shipped()),
        }
    }

    /// Plays an example; says what came out otherwise than written.
    fn play(&self, example: &Table) -> Result<(), String> {
        let scene = self.scene(example);
        let book = self.book(&scene);
        let line = book
            .line(&scene.pack, &scene.duty)
            .ok_or("there is no such duty")?;
        let (period, owner) = (scene.period, scene.owner);
        let periods = book.periods(line, period.first_day(), period.last_day());
        let owners = book.owners(line, period, &self.structure, scene.today);
        let owed = periods.contains(&period) && owners.contains(&owner);
        let expected = example["expect"].as_table().unwrap();
        if expected.get("owed").and_then(Value::as_bool) == Some(false) {
            return if owed {
                Err("it is owed".to_owned())
            } else {
                Ok(())
            };
        }
        if !owed {
            return Err(format!(
                "it is not owed; owed are {periods:?} by {owners:?}"
            ));
        }
        let obligation = book
            .obligation(line, owner, period)
            .ok_or("there is no obligation")?;
        let (counted, weights) = self.count(&scene, &book, &obligation)?;
        let ruled = Ruled::of(&scene.rulings);
        let got = judge(&Terms::of(&obligation), &counted, &ruled, scene.today);
        let (want, got) = (wanted(expected), summary(&got));
        if want == got {
            return Ok(());
        }
        Err(format!(
            "  written {want:?}\n  got     {got:?}\n  weighed {weights:?}"
        ))
    }

    fn scene<'a>(&self, example: &'a Table) -> Scene<'a> {
        let (pack, duty): (Slug, Slug) =
            (parse(text(example, "pack")), parse(text(example, "duty")));
        let today = date(&example["today"]);
        let owner = self.county.owner(text(example, "owner"));
        let period = parse(text(example, "period"));
        let acts: Vec<Act> = tables(example, "act")
            .iter()
            .enumerate()
            .map(|(i, row)| act_of(&self.county, row, i))
            .collect();
        let ruling = |(n, row): (usize, &&Table)| {
            let of_act = row.get("act").and_then(Value::as_integer);
            let decision = Decision::new(person(2), today, "为举例");
            Ruling {
                id: RulingId::new(Uuid::from_u128(n as u128)),
                home: home(),
                key: Key {
                    pack: pack.clone(),
                    duty: duty.clone(),
                    owner,
                    period,
                },
                wanted: match text(row, "kind") {
                    "waiver" => Wanted::Waiver,
                    "extension" => Wanted::Extension {
                        new_due_on: date(&row["until"]),
                    },
                    _ => Wanted::Correction {
                        act: acts[usize::try_from(of_act.unwrap()).unwrap() - 1].id,
                    },
                },
                state: match text(row, "state") {
                    "asked" => RulingIs::Asked,
                    "approved" => RulingIs::Approved(decision),
                    "refused" => RulingIs::Refused(decision),
                    _ => RulingIs::Withdrawn,
                },
                reason: RulingReason::Other,
                text: "为举例".to_owned(),
                asked_by: person(1),
                asked_on: date_of(row, "asked").unwrap_or(today),
                version: 1,
            }
        };
        let rulings = tables(example, "ruling")
            .iter()
            .enumerate()
            .map(ruling)
            .collect();
        Scene {
            example,
            pack,
            duty,
            owner,
            period,
            today,
            acts,
            rulings,
        }
    }

    fn book(&self, scene: &Scene<'_>) -> Book {
        let example = scene.example;
        let change = example.get("change").and_then(Value::as_table);
        let first = self.pack(scene, change, 1);
        let choices = choices_of(example, &scene.duty);
        assert_eq!(choices.check(&first, &[&self.common]), []);
        let from = date_of(example, "applied").or(first.effect.from).unwrap();
        let mut packs = vec![applied(first, from, choices.clone())];
        if let Some(later) = example.get("later").and_then(Value::as_table) {
            let second = self.pack(scene, later["change"].as_table(), 2);
            let from = date(&later["from"]);
            let ended = PackUse {
                to_on: Some(from),
                ..(*packs[0].0).clone()
            };
            packs[0].0 = Arc::new(ended);
            packs.push(applied(second, from, choices));
        }
        if let Some(followed) = date_of(example, "followed_from") {
            for (in_use, _) in &mut packs {
                let since = PackUse {
                    followed_from_on: followed,
                    ..(**in_use).clone()
                };
                *in_use = Arc::new(since);
            }
        }
        let used = BTreeMap::from([(self.common.id.clone(), Arc::new(self.common.clone()))]);
        let occasions = tables(example, "occasion").into_iter().enumerate();
        let opened = occasions.map(|(n, row)| Occasion {
            id: OccasionId::new(Uuid::from_u128(n as u128)),
            home: home(),
            kind: parse(text(row, "kind")),
            title: "节点".to_owned(),
            from_on: date(&row["from"]),
            to_on: date(&row["to"]),
            withdrawn: false,
            version: 1,
        });
        Book::new(packs, &used, self.calendar.clone(), opened.collect())
    }

    /// The shipped pack of an example with what the example replaces in it.
    fn pack(&self, scene: &Scene<'_>, change: Option<&Table>, version: u32) -> Pack {
        if change.is_none() && !scene.example.contains_key("effect") {
            return self.packs[&scene.pack].clone();
        }
        let mut files = files(scene.pack.as_str());
        for file in &mut files {
            let mut table: Table = file.text.parse().unwrap();
            if let Some(Value::Table(effect)) = table.get_mut("effect") {
                let replaced = pairs(scene.example, "effect");
                effect.extend(replaced.map(|(k, v)| (k.clone(), v.clone())));
                table.insert("version".to_owned(), Value::Integer(version.into()));
            }
            for key in ["duty", "task"] {
                let duties = table.get_mut(key).and_then(Value::as_array_mut);
                let duties = duties.into_iter().flatten().filter_map(Value::as_table_mut);
                for duty in duties.filter(|d| text(d, "id") == scene.duty.as_str()) {
                    duty.extend(change.cloned().unwrap_or_default());
                }
            }
            file.text = table.to_string();
        }
        let reading = read_all(&files, &[&self.common]);
        reading
            .pack
            .unwrap_or_else(|| panic!("{}", report(&reading.problems, &files)))
    }

    /// What counts for the obligation of an example; weighing and counting must agree on each act.
    fn count(
        &self,
        scene: &Scene<'_>,
        book: &Book,
        obligation: &Obligation,
    ) -> Result<(Vec<CountedOn>, Vec<Weight>), String> {
        let corrected = scene.corrected();
        let extensions = Extensions::of(&scene.rulings);
        let due_on = extensions.due_on(obligation.due.on);
        let locks = Locks {
            due_on: obligation.due.on,
            locked_on: obligation.duty.locked_on(due_on),
            corrected: &corrected,
            extensions: &extensions,
        };
        let (mut counted, mut weights) = (Vec::new(), Vec::new());
        for act in scene.acts.iter().filter(|a| a.recorded_on() <= scene.today) {
            let (owner, period) = (scene.owner, scene.period);
            let weight = weigh(
                &obligation.duty,
                owner,
                period,
                act,
                &self.structure,
                &locks,
            );
            let mut rows = count_act(book, &self.structure, act, scene);
            rows.retain(|r| {
                (&r.key.pack, &r.key.duty) == (&scene.pack, &scene.duty)
                    && (r.key.owner, r.key.period) == (owner, period)
            });
            let by_counting: Vec<CountedOn> = rows
                .iter()
                .map(|r| CountedOn {
                    on: r.on,
                    provisional: r.provisional,
                })
                .collect();
            let by_weighing: Vec<CountedOn> = match weight {
                Weight::Counts { on, provisional } => vec![CountedOn { on, provisional }],
                Weight::Not(_) | Weight::Unrelated => Vec::new(),
            };
            if by_counting != by_weighing {
                return Err(format!(
                    "  counting says {by_counting:?}, weighing {weight:?}"
                ));
            }
            counted.extend(by_weighing);
            weights.push(weight);
        }
        Ok((counted, weights))
    }
}

impl Scene<'_> {
    fn corrected(&self) -> BTreeSet<ActId> {
        let acts = self.acts.iter().map(|a| a.id);
        acts.filter(|a| self.rulings.iter().any(|r| r.corrects(*a)))
            .collect()
    }

    fn is_mine(&self, line: &DutyLine) -> bool {
        (&line.pack, &line.id) == (&self.pack, &self.duty)
    }
}

impl Bearings for Scene<'_> {
    fn bearing(&self, line: &DutyLine, owner: Owner, period: Period, act: ActId) -> Bearing {
        if !self.is_mine(line) || (owner, period) != (self.owner, self.period) {
            return Bearing::default();
        }
        Bearing {
            corrected: self.corrected().contains(&act),
            extensions: Extensions::of(&self.rulings),
        }
    }

    fn extended(&self, line: &DutyLine) -> Vec<Period> {
        let is_extended = !Extensions::of(&self.rulings).is_empty();
        if self.is_mine(line) && is_extended {
            vec![self.period]
        } else {
            Vec::new()
        }
    }
}

/// A standing in the words of the examples.
#[derive(Debug, PartialEq)]
struct Summary {
    state: String,
    have: i64,
    need: i64,
    due: NaiveDate,
    days: i64,
    provisional: bool,
    late_before_extension: i64,
}

fn wanted(expected: &Table) -> Summary {
    let number = |key: &str| expected.get(key).map_or(0, |v| v.as_integer().unwrap());
    Summary {
        state: text(expected, "state").to_owned(),
        have: number("have"),
        need: number("need"),
        due: date(&expected["due"]),
        days: number("days"),
        provisional: expected
            .get("provisional")
            .is_some_and(|v| v.as_bool().unwrap()),
        late_before_extension: number("late_before_extension"),
    }
}

fn summary(standing: &Standing) -> Summary {
    Summary {
        state: standing.state.code().to_owned(),
        have: i64::from(standing.have),
        need: i64::from(standing.need),
        due: standing.due_on,
        days: standing.days,
        provisional: standing.provisional,
        late_before_extension: standing.late_before_extension,
    }
}
