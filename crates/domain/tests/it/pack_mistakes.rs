//! Every kind of mistake in a pack, with the place that is pointed at and the help that is given.
//!
//! A mistake is written as the file that contains it; ▶ stands right before the place that the
//! checker must name. Each must be the only problem of its file: one slip, one message.

use domain::pack::{PackFile, Problem, Severity, read_all, report};

use crate::pack::{files, words};

/// What must be said about a file.
struct Mistake {
    /// The slip, as a sentence.
    name: &'static str,
    /// The second file of the pack `good`; or its `scheme.toml` when it has an `id` at the top.
    text: &'static str,
    code: &'static str,
    /// Parts of message, `allowed` or `nearest`.
    says: &'static [&'static str],
}

const fn m(
    name: &'static str,
    text: &'static str,
    code: &'static str,
    says: &'static [&'static str],
) -> Mistake {
    Mistake { name, text, code, says }
}

/// A pack with this text beside or instead of its good file; the ▶ is taken out.
fn spoiled(text: &str) -> (Vec<PackFile>, (String, usize, usize)) {
    let at = text.find('▶').expect("▶ marks the place");
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    let text = text.replacen('▶', "", 1);
    let mut files = files("good");
    let head = text.starts_with("id =");
    let path = if head { "scheme.toml" } else { "spoiled.toml" };
    if head {
        files.clear();
    }
    files.push(PackFile { path: path.to_owned(), text });
    (files, (path.to_owned(), line, column))
}

fn problems_of(files: &[PackFile]) -> Vec<Problem> {
    read_all(files, &[&words()]).problems
}

const HEAD: &[Mistake] = &[
    m(
        "the year of the document number stands in square brackets",
        "id = \"x\"\nversion = 1\ntitle = \"甲\"\nshort = \"乙\"\nnumber = ▶\"泽安委发[2026]2号\"\neffect = { from = 2026-01-01 }\n",
        "pack.number-brackets",
        &["六角括号", "是不是想写 泽安委发〔2026〕2号？"],
    ),
    m(
        "the effect ends before it begins",
        "id = \"x\"\nversion = 1\ntitle = \"甲\"\nshort = \"乙\"\neffect = { from = 2026-01-01, to = ▶2025-12-31 }\n",
        "pack.reversed",
        &["2025-12-31 早于首日 2026-01-01"],
    ),
    m(
        "a pack that nobody has is used",
        "id = \"x\"\nversion = 1\ntitle = \"甲\"\nshort = \"乙\"\nuses = [▶\"wrods\"]\neffect = { from = 2026-01-01 }\n",
        "pack.unknown-pack",
        &["没有“wrods”这个制度包", "是不是想写 words？"],
    ),
    m(
        "the short name is long",
        "id = \"x\"\nversion = 1\ntitle = \"甲\"\nshort = ▶\"安全生产责任大落实\"\neffect = { from = 2026-01-01 }\n",
        "pack.too-long",
        &["9 个字，最多 8 个字"],
    ),
    m(
        "the effect is missing",
        "▶id = \"x\"\nversion = 1\ntitle = \"甲\"\nshort = \"乙\"\n",
        "pack.missing",
        &["缺少“effect”"],
    ),
    m(
        "a date stands in quotes",
        "id = \"x\"\nversion = 1\ntitle = \"甲\"\nshort = \"乙\"\nissued = ▶\"2026-01-05\"\neffect = { from = 2026-01-01 }\n",
        "pack.wrong-type",
        &["“issued”要写日期（不加引号），这里是文字", "是不是想写 2026-01-05？"],
    ),
    m(
        "a vocabulary pack has a duty",
        "id = \"x\"\nversion = 1\nkind = \"vocabulary\"\ntitle = \"甲\"\nshort = \"乙\"\n▶[[threshold]]\nid = \"a\"\ntitle = \"丙\"\nclause = []\nunit = \"项\"\n",
        "pack.not-a-word",
        &["词汇包里不能有阈值"],
    ),
    m(
        "the version counts from zero",
        "id = \"x\"\nversion = ▶0\ntitle = \"甲\"\nshort = \"乙\"\neffect = { from = 2026-01-01 }\n",
        "pack.out-of-range",
        &["“version”是 0，超出范围", "可以写：1 到 9999 的整数"],
    ),
];

const WORDS: &[Mistake] = &[
    m(
        "an element does not exist",
        "[[▶dutty]]\nid = \"a\"\n",
        "pack.unknown-key",
        &["没有“dutty”", "是不是想写 duty？"],
    ),
    m(
        "a key of the head stands in another file",
        "▶version = 2\n",
        "pack.unknown-key",
        &["只能写在 scheme.toml"],
    ),
    m(
        "a field does not exist",
        "[[post]]\nid = \"a\"\ntitle = \"甲\"\n▶clauze = \"一/（一）\"\nclause = \"一/（一）\"\n",
        "pack.unknown-key",
        &["岗位（post）没有“clauze”这个字段", "可以写：id、title、clause", "是不是想写 clause？"],
    ),
    m(
        "an element is written with single brackets",
        "▶[post]\nid = \"a\"\ntitle = \"甲\"\nclause = \"一/（一）\"\n",
        "pack.wrong-type",
        &["双方括号", "可以写：[[post]]"],
    ),
    m(
        "a summary is missing",
        "▶[[clause]]\nnumber = \"二\"\ntitle = \"甲\"\n",
        "pack.missing",
        &["条款（clause）缺少“summary”", "可以写：一行文字"],
    ),
    m(
        "a title is longer than a line",
        "[[post]]\nid = \"a\"\nclause = \"一/（一）\"\ntitle = ▶\"甲\\n乙\"\n",
        "pack.not-one-line",
        &["只能写一行"],
    ),
    m(
        "an id comes from a title",
        "[[post]]\nid = ▶\"主任\"\ntitle = \"主任\"\nclause = \"一/（一）\"\n",
        "pack.bad-id",
        &["“主任”不能作 id", "小写字母、数字和连字符"],
    ),
    m(
        "an id is used twice",
        "[[task]]\nid = ▶\"meet\"\ntitle = \"甲\"\nclause = \"一/（一）\"\nowed_by = { body = \"government\" }\nact = \"meeting\"\ndue = 2026-03-31\n",
        "pack.duplicate-id",
        &["“meet”重复", "scheme.toml 第 43 行"],
    ),
    m(
        "a clause number is repeated without an id of its own",
        "[[clause]]\nnumber = ▶\"一/（一）\"\ntitle = \"甲\"\nsummary = \"乙。\"\n",
        "pack.repeated-number",
        &["scheme.toml 第 13 行", "另起 id"],
    ),
    m(
        "a word of a used pack is declared again",
        "[[post]]\nid = ▶\"chair\"\ntitle = \"主任\"\nclause = \"一/（一）\"\n",
        "pack.shadowed",
        &["与制度包 words 的重名"],
    ),
    m(
        "a clause is cited that the clause list lacks",
        "[[post]]\nid = \"a\"\ntitle = \"甲\"\nclause = [\"一/（一）\", ▶\"一/(二\"]\n",
        "pack.unknown-clause",
        &["没有“一/(二”这个条款", "是不是想写 一/（二）？"],
    ),
    m(
        "a committee looks after a sector that does not exist",
        "[[committee]]\nid = \"a\"\ntitle = \"甲\"\nclause = \"一/（一）\"\nsector = ▶\"coil\"\n",
        "pack.unknown-reference",
        &["没有“coil”这个行业领域", "是不是想写 coal？"],
    ),
    m(
        "a responsibility holds something that does not exist",
        "[[responsibility]]\nid = \"a\"\ntitle = \"甲\"\nclause = \"一/（一）\"\nelements = [\"meet\", ▶\"monthley\"]\n",
        "pack.unknown-reference",
        &["是不是想写 monthly？"],
    ),
    m(
        "a choice field does not name its values",
        "[[act]]\nid = \"a\"\ntitle = \"甲\"\nroles = \"hosted\"\n[[act.field]]\nid = \"f\"\ntitle = \"乙\"\nkind = ▶\"choice\"\n",
        "pack.missing",
        &["要用 values 指明取值表"],
    ),
    m(
        "a choice field names values that do not exist",
        "[[act]]\nid = \"a\"\ntitle = \"甲\"\nroles = \"hosted\"\n[[act.field]]\nid = \"f\"\ntitle = \"乙\"\nkind = \"choice\"\nvalues = ▶\"meeting-from\"\n",
        "pack.unknown-reference",
        &["取值表", "是不是想写 meeting-form？"],
    ),
    m(
        "a flag has a smallest value",
        "[[act]]\nid = \"a\"\ntitle = \"甲\"\nroles = \"hosted\"\n[[act.field]]\nid = \"f\"\ntitle = \"乙\"\nkind = \"flag\"\n▶min = 1\n",
        "pack.field-option",
        &["不能有“min”"],
    ),
    m(
        "two values of a list have one id",
        "[[values]]\nid = \"v\"\ntitle = \"甲\"\nitems = [\n  { id = \"a\", title = \"乙\" },\n  { id = ▶\"a\", title = \"丙\" },\n]\n",
        "pack.duplicate-id",
        &["值“a”写了两次", "spoiled.toml 第 5 行"],
    ),
    m(
        "a phase ends before it begins",
        "[[phase]]\nid = \"a\"\ntitle = \"甲\"\nclause = \"一/（一）\"\nfrom = 2026-03-01\nto = ▶2026-02-28\n",
        "pack.reversed",
        &["阶段末日 2026-02-28 早于首日 2026-03-01"],
    ),
    m(
        "a span has an unknown unit",
        "[[limit]]\nid = \"a\"\ntitle = \"甲\"\nclause = \"一/（一）\"\nafter = \"发现隐患\"\ncase = \"hazard\"\nstep = \"rectify\"\nwithin = ▶\"3 months\"\n",
        "pack.bad-span",
        &["不是时限的写法", "3wd（工作日）"],
    ),
    m(
        "a limit binds an unknown kind of case",
        "[[limit]]\nid = \"a\"\ntitle = \"甲\"\nclause = \"一/（一）\"\nafter = \"发现隐患\"\ncase = ▶\"hazzard\"\nstep = \"rectify\"\nwithin = \"3m\"\n",
        "pack.unknown-word",
        &["是不是想写 hazard？", "可以写：hazard、listing"],
    ),
    m(
        "the default answer is none of the answers",
        "[[choice]]\nid = \"a\"\ntitle = \"甲\"\nclause = \"一/（一）\"\nanswers = [{ id = \"yes\", title = \"是\" }, { id = \"no\", title = \"否\" }]\ndefault = ▶\"yess\"\n",
        "pack.unknown-answer",
        &["可以写：yes、no", "是不是想写 yes？"],
    ),
    m(
        "a question about holidays has an answer that the calendar does not know",
        "[[choice]]\nid = \"a\"\ntitle = \"甲\"\nclause = \"一/（一）\"\nanswers = [{ id = \"unchanged\", title = \"不变\" }, { id = ▶\"later\", title = \"顺延\" }]\ngoverns = \"on-holiday\"\n",
        "pack.unknown-answer",
        &["next-working-day"],
    ),
    m(
        "a question has one answer",
        "[[choice]]\nid = \"a\"\ntitle = \"甲\"\nclause = \"一/（一）\"\n▶answers = [{ id = \"yes\", title = \"是\" }]\n",
        "pack.one-option",
        &["只有一种答案"],
    ),
];

/// A duty with these lines added to id, title and clause.
macro_rules! duty {
    ($rest:literal) => {
        concat!("[[duty]]\nid = \"d\"\ntitle = \"甲\"\nclause = \"一/（一）\"\n", $rest)
    };
}

const DUTIES: &[Mistake] = &[
    m(
        "a duty says neither act nor form",
        concat!("▶", duty!("owed_by = { body = \"government\" }\nevery = \"month\"\n")),
        "pack.missing",
        &["缺少“act”：做什么才算"],
    ),
    m(
        "a duty says both act and form",
        duty!("owed_by = { body = \"government\" }\nevery = \"month\"\nact = \"meeting\"\n▶submit = \"monthly\"\n"),
        "pack.act-and-submit",
        &["只能写一个"],
    ),
    m(
        "a form that does not exist must be submitted",
        duty!("owed_by = { body = \"government\" }\nevery = \"month\"\nsubmit = ▶\"montly\"\n"),
        "pack.unknown-reference",
        &["没有“montly”这个报表", "是不是想写 monthly？"],
    ),
    m(
        "a kind of act does not exist",
        duty!("owed_by = { body = \"government\" }\nevery = \"month\"\nact = ▶\"meting\"\n"),
        "pack.unknown-reference",
        &["没有“meting”这个履职类型", "是不是想写 meeting？"],
    ),
    m(
        "an act has no such field",
        duty!("owed_by = { body = \"government\" }\nevery = \"month\"\nact = \"meeting\"\nwhere = { ▶from = [\"plenary\"] }\n"),
        "pack.unknown-field",
        &["meeting没有“from”这个字段", "可以写：form、topic", "是不是想写 form？"],
    ),
    m(
        "a field has no such value",
        duty!("owed_by = { body = \"government\" }\nevery = \"month\"\nact = \"meeting\"\nwhere = { form = [\"plenary\", ▶\"themtic\"] }\n"),
        "pack.unknown-value",
        &["“会议形式”没有“themtic”这个值", "可以写：plenary、thematic", "是不是想写 thematic？"],
    ),
    m(
        "the act knows no such role",
        duty!("owed_by = { body = \"government\" }\nevery = \"month\"\nact = \"study\"\nrole = ▶\"led\"\n"),
        "pack.impossible-role",
        &["学习没有“led”这种身份", "可以写：hosted、took-part"],
    ),
    m(
        "nobody presides over the act",
        duty!("owed_by = { body = \"government\" }\nevery = \"month\"\nact = \"study\"\n▶presided_by = [\"chair\"]\n"),
        "pack.impossible-role",
        &["没有主持或带队的身份"],
    ),
    m(
        "the presiding post does not exist",
        duty!("owed_by = { body = \"government\" }\nevery = \"month\"\nact = \"meeting\"\npresided_by = [▶\"chiar\"]\n"),
        "pack.unknown-reference",
        &["没有“chiar”这个岗位", "是不是想写 chair？"],
    ),
    m(
        "a duty says neither period nor occasion",
        concat!("▶", duty!("owed_by = { body = \"government\" }\nact = \"meeting\"\n")),
        "pack.missing",
        &["缺少“every”：多久一次"],
    ),
    m(
        "a duty says both period and occasion",
        duty!("owed_by = { body = \"government\" }\nact = \"meeting\"\nevery = \"month\"\n▶occasion = \"spring-festival\"\n"),
        "pack.every-and-occasion",
        &["只能写一个"],
    ),
    m(
        "a duty of an occasion has a cut-off",
        duty!("owed_by = { body = \"government\" }\nact = \"meeting\"\noccasion = \"spring-festival\"\n▶due = \"day 22\"\n"),
        "pack.needs-every",
        &["不能有“due”"],
    ),
    m(
        "an occasion does not exist",
        duty!("owed_by = { body = \"government\" }\nact = \"meeting\"\noccasion = [▶\"spring-festval\"]\n"),
        "pack.unknown-reference",
        &["重要节点", "是不是想写 spring-festival？"],
    ),
    m(
        "a week has no twenty-second day",
        duty!("owed_by = { body = \"government\" }\nact = \"meeting\"\nevery = \"week\"\ndue = ▶\"day 22\"\n"),
        "pack.never-met",
        &["“day 22”在“week”的期间里不会有", "day 7"],
    ),
    m(
        "a cut-off is none",
        duty!("owed_by = { body = \"government\" }\nact = \"meeting\"\nevery = \"month\"\ndue = ▶\"22nd\"\n"),
        "pack.bad-cut-off",
        &["“22nd”不是期限的写法", "day 22"],
    ),
    m(
        "a period is none",
        duty!("owed_by = { body = \"government\" }\nact = \"meeting\"\nevery = ▶\"monthly\"\n"),
        "pack.unknown-word",
        &["“every”不能写“monthly”", "half-year", "是不是想写 month？"],
    ),
    m(
        "nothing is owed at all",
        duty!("owed_by = { body = \"government\" }\nact = \"meeting\"\nevery = \"month\"\nat_least = ▶0\n"),
        "pack.out-of-range",
        &["“at_least”是 0", "1 到 1000"],
    ),
    m(
        "more is owed than anybody can do",
        duty!("owed_by = { body = \"government\" }\nact = \"meeting\"\nevery = \"month\"\nat_least = ▶1001\n"),
        "pack.out-of-range",
        &["“at_least”是 1001"],
    ),
    m(
        "a count stands in quotes",
        duty!("owed_by = { body = \"government\" }\nact = \"meeting\"\nevery = \"month\"\nat_least = ▶\"2\"\n"),
        "pack.wrong-type",
        &["“at_least”要写整数，这里是文字", "是不是想写 2？"],
    ),
    m(
        "a selector starts from nowhere",
        duty!("owed_by = ▶{ level = \"town\" }\nact = \"meeting\"\nevery = \"month\"\n"),
        "pack.selector",
        &["没有写从哪些单位里选"],
    ),
    m(
        "a selector starts from two places",
        duty!("owed_by = { body = \"government\", ▶list = \"towns\" }\nact = \"meeting\"\nevery = \"month\"\n"),
        "pack.selector",
        &["body、list 只能写一个"],
    ),
    m(
        "a body is of no kind",
        duty!("owed_by = { body = [▶\"goverment\"] }\nact = \"meeting\"\nevery = \"month\"\n"),
        "pack.unknown-word",
        &["是不是想写 government？"],
    ),
    m(
        "a list does not exist",
        duty!("owed_by = { list = ▶\"town\" }\nact = \"meeting\"\nevery = \"month\"\n"),
        "pack.unknown-reference",
        &["没有“town”这个名单", "是不是想写 towns？"],
    ),
    m(
        "an attribute does not exist",
        duty!("owed_by = { body = \"enterprise\", where = { ▶high_hazzard = true } }\nact = \"meeting\"\nevery = \"month\"\n"),
        "pack.unknown-key",
        &["没有“high_hazzard”这个属性", "是不是想写 high_hazard？"],
    ),
    m(
        "a body's duty is looked for through the body",
        duty!("owed_by = { body = \"government\" }\nact = \"meeting\"\nevery = \"month\"\n▶through = \"body\"\n"),
        "pack.through-without-post",
        &["through 只用于岗位的职责"],
    ),
    m(
        "a duty has one option",
        duty!("owed_by = { body = \"government\" }\nact = \"meeting\"\nevery = \"month\"\n▶[[duty.option]]\nid = \"o\"\ntitle = \"乙\"\nclause = \"一/（二）\"\n"),
        "pack.one-option",
        &["只有一种写法"],
    ),
    m(
        "two options say the same",
        duty!("owed_by = { body = \"government\" }\nact = \"meeting\"\nevery = \"month\"\n[[duty.option]]\nid = \"o\"\ntitle = \"乙\"\nclause = \"一/（一）\"\ndue = \"day 5\"\n▶[[duty.option]]\nid = \"p\"\ntitle = \"丙\"\nclause = \"一/（二）\"\ndue = \"day 5\"\n"),
        "pack.same-option",
        &["与“乙”没有不同"],
    ),
    m(
        "a task is due after the notice ends",
        "[[task]]\nid = \"t\"\ntitle = \"甲\"\nclause = \"一/（一）\"\nowed_by = { body = \"government\" }\nact = \"meeting\"\ndue = ▶2027-03-31\n",
        "pack.outside-effect",
        &["最后期限 2027-03-31 不在施行期内", "2026-01-01 至 2026-12-31"],
    ),
    m(
        "a task recurs",
        "[[task]]\nid = \"t\"\ntitle = \"甲\"\nclause = \"一/（一）\"\nowed_by = { body = \"government\" }\nact = \"meeting\"\n▶every = \"month\"\ndue = 2026-03-31\n",
        "pack.unknown-key",
        &["任务（task）没有“every”这个字段"],
    ),
    m(
        "a duty cites no clause",
        "[[duty]]\nid = \"d\"\ntitle = \"甲\"\nclause = ▶[]\nowed_by = { body = \"government\" }\nact = \"meeting\"\nevery = \"month\"\n",
        "pack.empty",
        &["“clause”不能是空的"],
    ),
];

/// A form's columns.
macro_rules! form {
    ($rest:literal) => {
        concat!("[[form]]\nid = \"f\"\ntitle = \"甲\"\nclause = \"一/（二）\"\n", $rest)
    };
}

/// A rule over standing with this condition.
macro_rules! rule {
    ($over:literal, $when:literal) => {
        concat!(
            "[[rule]]\nid = \"r\"\ntitle = \"甲\"\nclause = \"一/（一）\"\nmeasure = \"talk\"\nover = \"",
            $over,
            "\"\nwhen = ",
            $when,
            "\n"
        )
    };
}

const FORMS_AND_RULES: &[Mistake] = &[
    m(
        "a column must not exceed one that does not exist",
        form!("[[form.column]]\nid = \"found\"\nhead = [\"发现\"]\nkind = \"count\"\n[[form.column]]\nid = \"done\"\nhead = [\"整改\"]\nkind = \"count\"\nat_most = ▶\"fuond\"\n"),
        "pack.unknown-column",
        &["没有“fuond”这个可以比较的列", "是不是想写 found？"],
    ),
    m(
        "a cell of the head is a column and a group",
        form!("[[form.column]]\nid = \"a\"\nhead = [\"隐患\"]\nkind = \"count\"\n[[form.column]]\nid = \"b\"\nhead = ▶[\"隐患\", \"整改\"]\nkind = \"count\"\n"),
        "pack.form-head",
        &["表头“隐患”既是一列，又是相邻列的上层"],
    ),
    m(
        "a column sums a field that is no number",
        form!("[[form.column]]\nid = \"a\"\nhead = [\"隐患\"]\nkind = \"count\"\nmeasure = { count = \"act\", acts = [\"inspection\"], sum = ▶\"at-night\" }\n"),
        "pack.unknown-field",
        &["没有“at-night”这个数字字段", "可以写：found"],
    ),
    m(
        "a column counts acts of no kind",
        form!("[[form.column]]\nid = \"a\"\nhead = [\"隐患\"]\nkind = \"count\"\nmeasure = ▶{ count = \"act\" }\n"),
        "pack.missing",
        &["要用 acts 写明类型"],
    ),
    m(
        "a rule's condition is not finished",
        rule!("standing", "\"overdue >=▶\""),
        "pack.rule-syntax",
        &["条件没有写完"],
    ),
    m(
        "a rule names an unknown fact",
        rule!("standing", "\"met > 0 && ▶overdew > 3\""),
        "pack.rule-variable",
        &["没有“overdew”这个量", "是不是想写 overdue？"],
    ),
    m(
        "a rule names a fact of another subject",
        rule!("accident", "'deaths > 0 || ▶overdue > 3'"),
        "pack.rule-variable",
        &["over = \"accident\"", "loss_wan"],
    ),
    m(
        "a rule names an unknown threshold",
        rule!("standing", "\"overdue >= thresholds.▶slow_dutys\""),
        "pack.rule-threshold",
        &["没有“slow_dutys”这个阈值", "是不是想写 slow_duties？"],
    ),
    m(
        "a rule answers with a number",
        rule!("standing", "▶\"overdue + 1\""),
        "pack.rule-not-yes-or-no",
        &["条件的结果不是是或否"],
    ),
    m(
        "a rule compares a text with a number",
        rule!("body", "▶\"level > 3\""),
        "pack.rule-fails",
        &["试算不出结果", "level（文字）"],
    ),
    m(
        "a rule loops",
        rule!("standing", "\"[1, 2].all▶(x, x > overdue)\""),
        "pack.rule-loop",
        &["不能用 all、exists"],
    ),
    m(
        "a rule looks at an unknown subject",
        "[[rule]]\nid = \"r\"\ntitle = \"甲\"\nclause = \"一/（一）\"\nmeasure = \"talk\"\nover = ▶\"standings\"\nwhen = \"overdue > 1\"\n",
        "pack.unknown-word",
        &["是不是想写 standing？"],
    ),
];

const SYNTAX: &[Mistake] = &[
    m(
        "a text has no closing quote",
        "[[post]]\nid = \"a▶\ntitle = \"甲\"\nclause = \"一/（一）\"\n",
        "pack.syntax",
        &["缺少结束的英文引号"],
    ),
    m(
        "a text has Chinese quotes",
        "[[post]]\nid = \"a\"\ntitle = ▶“甲”\nclause = \"一/（一）\"\n",
        "pack.syntax",
        &["英文引号"],
    ),
    m(
        "a list has a Chinese comma",
        "[[post]]\nid = \"a\"\ntitle = \"甲\"\nclause = [\"一/（一）\"▶，\"一/（二）\"]\n",
        "pack.syntax",
        &["是不是想写 英文逗号 ,？"],
    ),
    m(
        "a key is written twice",
        "[[post]]\nid = \"a\"\ntitle = \"甲\"\n▶title = \"乙\"\nclause = \"一/（一）\"\n",
        "pack.syntax",
        &["写了两次"],
    ),
    m(
        "a table's head is not closed",
        "[[post]▶\nid = \"a\"\ntitle = \"甲\"\nclause = \"一/（一）\"\n",
        "pack.syntax",
        &["表头缺少 ]]"],
    ),
    m(
        "a key has no value",
        "[[post]]\nid = \"a\"\ntitle =▶\nclause = \"一/（一）\"\n",
        "pack.syntax",
        &["值"],
    ),
    m(
        "a date has a thirteenth month",
        "[[task]]\nid = \"t\"\ntitle = \"甲\"\nclause = \"一/（一）\"\nowed_by = { body = \"government\" }\nact = \"meeting\"\ndue = ▶2026-13-31\n",
        "pack.syntax",
        &["日期"],
    ),
];

#[test]
fn every_mistake_is_one_problem_at_its_place_with_help() {
    let tables = [HEAD, WORDS, DUTIES, FORMS_AND_RULES, SYNTAX];
    assert!(tables.iter().map(|t| t.len()).sum::<usize>() >= 80);
    let mut wrong = String::new();
    for mistake in tables.into_iter().flatten() {
        let (files, place) = spoiled(mistake.text);
        let problems = problems_of(&files);
        let said: Vec<String> =
            problems.iter().map(|p| format!("{} {} {}", p.code, p.message, p.hint())).collect();
        let right = problems.len() == 1
            && problems[0].code == mistake.code
            && (problems[0].file.clone(), problems[0].line, problems[0].column) == place
            && mistake.says.iter().all(|part| said[0].contains(part));
        if !right {
            wrong.push_str(&format!(
                "\n## {}\nwanted {} {place:?} {:?}\n{}",
                mistake.name,
                mistake.code,
                mistake.says,
                report(&problems, &files)
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn only_oddities_are_warnings() {
    for mistake in [HEAD, WORDS, DUTIES, FORMS_AND_RULES, SYNTAX].into_iter().flatten() {
        let (files, _) = spoiled(mistake.text);
        let odd = ["pack.number-brackets", "pack.repeated-number"].contains(&mistake.code);
        let reading = read_all(&files, &[&words()]);
        assert_eq!(reading.pack.is_some(), odd, "{}", mistake.name);
        let severity = if odd { Severity::Warning } else { Severity::Error };
        assert!(reading.problems.iter().all(|p| p.severity == severity), "{}", mistake.name);
    }
}

/// One file with a mistake in each of its elements and several in one duty.
const SPOILED: &str = r#"[[clause]]
number = "二"
title = "空"

[[post]]
id = "Chief"
title = "负责人"
clause = "二"

[[phase]]
id = "begin"
title = "开始"
clause = "三"
from = 2026-05-01
to = 2026-04-01

[[duty]]
id = "weekly"
title = "周例会"
clause = "二"
ownd_by = { body = "government" }
owed_by = { body = "governmint" }
act = "meeting"
where = { form = ["plenery"] }
every = "week"
due = "day 22"
at_least = 0

[[rule]]
id = "slow"
title = "慢"
clause = "二"
over = "standing"
when = "overdue > thresholds.slow"
measure = "talking"
"#;

#[test]
fn eleven_mistakes_in_one_file_are_said_in_one_run() {
    let mut files = files("good");
    files.push(PackFile { path: "spoiled.toml".to_owned(), text: SPOILED.to_owned() });
    let problems = problems_of(&files);
    let said: Vec<(usize, usize, &str)> =
        problems.iter().map(|p| (p.line, p.column, p.code)).collect();
    assert_eq!(
        said,
        [
            (1, 1, "pack.missing"),
            (6, 6, "pack.bad-id"),
            (13, 10, "pack.unknown-clause"),
            (15, 6, "pack.reversed"),
            (21, 1, "pack.unknown-key"),
            (22, 20, "pack.unknown-word"),
            (24, 19, "pack.unknown-value"),
            (26, 7, "pack.never-met"),
            (27, 12, "pack.out-of-range"),
            (34, 30, "pack.rule-threshold"),
            (35, 11, "pack.unknown-word"),
        ],
        "{}",
        report(&problems, &files)
    );
}

#[test]
fn several_mistakes_of_syntax_are_said_at_most_one_a_line() {
    let text = "[[post]]\nid = a b c\ntitle = “甲”\nclause = [\"一/（一）\" \"一/（二）\"]\n";
    let mut files = files("good");
    files.push(PackFile { path: "broken.toml".to_owned(), text: text.to_owned() });
    let problems = problems_of(&files);
    let lines: Vec<usize> = problems.iter().map(|p| p.line).collect();
    assert_eq!(lines, [2, 3, 4], "{}", report(&problems, &files));
    assert!(problems.iter().all(|p| p.code == "pack.syntax"));
}

#[test]
fn a_picture_shows_the_line_what_is_allowed_and_what_was_meant() {
    let (files, _) = spoiled(
        "[[post]]\nid = \"a\"\ntitle = \"主任\" # 职务\nclause = [\"一/（一）\", ▶\"一/(二\"]\n",
    );
    insta::assert_snapshot!(report(&problems_of(&files), &files), @r#"
    pack.unknown-clause

      × 没有“一/(二”这个条款
       ╭─[spoiled.toml:4:20]
     3 │ title = "主任" # 职务
     4 │ clause = ["一/（一）", "一/(二"]
       ·                        ────┬───
       ·                            ╰── 这里
       ╰────
      help: 是不是想写 一/（二）？ 可以写：[[clause]] 里已有的编号或 id

    1 处错误。
    "#);
}

#[test]
fn a_collision_shows_both_places() {
    let (files, _) = spoiled(
        "[[values]]\nid = \"v\"\ntitle = \"甲\"\nitems = [\n  { id = \"a\", title = \"乙\" },\n  { id = ▶\"a\", title = \"丙\" },\n]\n",
    );
    insta::assert_snapshot!(report(&problems_of(&files), &files), @r#"
    pack.duplicate-id

      × 值“a”写了两次（另一处在 spoiled.toml 第 5 行）
       ╭─[spoiled.toml:6:10]
     4 │ items = [
     5 │   { id = "a", title = "乙" },
       ·          ─┬─
       ·           ╰── 已经在这里
     6 │   { id = "a", title = "丙" },
       ·          ─┬─
       ·           ╰── 这里
     7 │ ]
       ╰────

    1 处错误。
    "#);
}

#[test]
fn a_warning_says_how_to_write_it() {
    let (files, _) = spoiled(
        "id = \"x\"\nversion = 1\ntitle = \"甲\"\nshort = \"乙\"\nnumber = ▶\"泽安委发[2026]2号\"\neffect = { from = 2026-01-01 }\n",
    );
    insta::assert_snapshot!(report(&problems_of(&files), &files), @r#"
    pack.number-brackets

      ⚠ 发文字号的年份要用六角括号〔〕
       ╭─[scheme.toml:5:10]
     4 │ short = "乙"
     5 │ number = "泽安委发[2026]2号"
       ·          ─────────┬─────────
       ·                   ╰── 这里
     6 │ effect = { from = 2026-01-01 }
       ╰────
      help: 是不是想写 泽安委发〔2026〕2号？ 可以写：〔2026〕这样的写法

    没有错误，1 处提醒。
    "#);
}
