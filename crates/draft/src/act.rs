//! What is to be done: the kind of act, by the first telling word after the phrase.

/// Words and their kinds; of two that begin at one place the longer is taken.
const WORDS: &[(&str, &str)] = &[
    ("自查自评", "evaluation"), ("考核评价", "evaluation"), ("述职", "report"), ("专项汇报", "report"), ("汇报", "report"),
    ("检查指导", "inspection"), ("监督检查", "inspection"), ("督导检查", "inspection"), ("督导巡查", "supervision"),
    ("隐患排查", "inspection"), ("全面排查", "inspection"), ("拉网式排查", "inspection"), ("自查自改", "inspection"),
    ("自查自纠", "inspection"), ("检查", "inspection"), ("巡查", "inspection"), ("巡检", "inspection"), ("排查", "inspection"),
    ("抽查", "inspection"), ("自查", "inspection"), ("暗访", "inspection"), ("明查", "inspection"), ("普查", "inspection"),
    ("检测", "inspection"), ("检验", "inspection"), ("调研指导", "inspection"), ("调研", "inspection"), ("巡护", "inspection"),
    ("夜查", "inspection"), ("点检", "inspection"), ("入户安检", "inspection"), ("安检", "inspection"), ("体检", "inspection"),
    ("现场调查", "inspection"), ("核查", "inspection"), ("检修", "inspection"), ("查验", "inspection"), ("维护保养", "inspection"),
    ("走访", "inspection"), ("会诊", "inspection"), ("摸排", "inspection"), ("巡坝", "inspection"), ("巡河", "inspection"), ("巡堤", "inspection"), ("盘点", "inspection"), ("劝导", "inspection"), ("核实", "inspection"), ("清查", "inspection"), ("监测", "inspection"), ("健康检查", "inspection"), ("检定", "inspection"), ("鉴定", "inspection"), ("巡护", "inspection"), ("深入一线", "inspection"), ("深入基层", "inspection"), ("测试", "inspection"),
    ("督查", "supervision"), ("督导", "supervision"), ("督办", "supervision"), ("调度", "supervision"), ("约谈", "supervision"),
    ("会商", "consultation"), ("研判", "consultation"), ("会议", "meeting"), ("例会", "meeting"), ("召开", "meeting"),
    ("专题研究", "meeting"), ("联席会", "meeting"), ("研究", "meeting"), ("议事", "meeting"), ("开会", "meeting"),
    ("听取", "meeting"), ("部署会", "meeting"), ("推进会", "meeting"), ("动员", "meeting"), ("碰头会", "meeting"),
    ("集体学习", "study"), ("专题学习", "study"), ("学习", "study"), ("中心组", "study"), ("培训", "training"), ("轮训", "training"),
    ("授课", "training"), ("安全教育", "training"), ("教育培训", "training"), ("学时", "training"), ("安全课", "training"), ("演练", "drill"), ("拉动", "drill"),
    ("演习", "drill"), ("考试", "exam"), ("抽考", "exam"), ("测验", "exam"), ("应知应会测试", "exam"), ("考核", "evaluation"),
    ("评估", "evaluation"), ("评价", "evaluation"), ("评议", "evaluation"), ("考评", "evaluation"), ("评比", "evaluation"),
    ("打分", "evaluation"), ("评定", "evaluation"), ("验收", "evaluation"), ("复评", "evaluation"), ("测评", "evaluation"),
    ("备案", "filing"), ("报备", "filing"), ("申报", "report"), ("自评", "evaluation"), ("评选", "other"), ("考察", "inspection"), ("约谈", "supervision"), ("归档", "filing"), ("存档", "filing"), ("登记", "filing"), ("报送", "report"), ("上报", "report"),
    ("报告", "report"), ("书面报", "report"), ("报至", "report"), ("报县", "report"), ("报市", "report"), ("报省", "report"), ("报区", "report"),
    ("报镇", "report"), ("报乡", "report"), ("报局", "report"), ("提交", "report"), ("汇总", "report"), ("报表", "report"), ("录入", "report"),
    ("填报", "report"), ("报我", "report"), ("反馈至", "report"), ("发送至", "report"), ("报领导小组", "report"), ("报安委", "report"),
    ("报送至", "report"), ("调查意见", "report"), ("总结报", "report"), ("通报", "notice"), ("提示函", "notice"), ("提醒函", "notice"),
    ("督办函", "notice"), ("通知", "notice"), ("告知", "notice"), ("移送", "notice"), ("移交", "notice"), ("下发", "notice"), ("下达", "notice"),
    ("宣传", "publicity"), ("曝光", "publicity"), ("公布", "publicity"), ("公示", "publicity"), ("公开", "publicity"),
    ("咨询日", "publicity"), ("宣讲", "publicity"), ("警示教育", "training"), ("发布", "publicity"), ("回头看", "review"), ("复盘", "review"),
    ("总结", "review"), ("小结", "review"), ("复查", "review"), ("答复", "reply"), ("回复", "reply"), ("反馈", "reply"),
    ("整改", "rectify"), ("整治", "rectify"), ("销号", "rectify"), ("治理", "rectify"), ("消除", "rectify"), ("清零", "rectify"),
    ("解决", "task"), ("清理", "rectify"), ("拆除", "rectify"), ("攻坚", "rectify"), ("改正", "rectify"), ("修复", "rectify"),
    ("方案", "plan"), ("计划", "plan"), ("预案", "plan"), ("规划", "plan"), ("清单", "list"), ("台账", "list"), ("目录", "list"),
    ("名单", "list"), ("数据库", "list"), ("一张图", "list"), ("建档", "list"), ("档案", "list"), ("保证", "other"), ("预算", "other"), ("经费", "other"), ("授牌", "other"), ("表彰", "other"), ("奖励", "other"),
];

/// Verbs whose object is a state to be reached, not an act of its own.
const TASKS: &[&str] = &[
    "建立", "健全", "完善", "建设", "建成", "打造", "推动", "实现", "细化", "推进", "遏制", "淘汰", "形成常态", "实施", "安装",
    "配备", "改造", "升级", "搬迁", "关闭", "新建", "达标", "创建", "基本形成", "解决", "更新", "更换", "投入", "加固", "启动",
    "形成重大", "增设", "补充", "配齐", "淘汰", "完工", "选取", "办理", "办结",
];

/// How far the telling word may stand, in characters.
const REACH: usize = 90;

/// The kind of act that a phrase asks for.
pub(crate) fn of(text: &str, place: (usize, usize), phase: bool) -> &'static str {
    let end = place.1.min(text.len());
    let from = place.0.min(end);
    let lead = text[from..].len() - text[from..].trim_start_matches(['。', '：', '）', '，']).len();
    let (from, end) = if from == end { (from + lead, end + lead) } else { (from, end) };
    let rest: String = text[from..].chars().take(REACH).collect();
    let clause_end = rest.find(['。', '；']).unwrap_or(rest.len());
    let sentence = &rest[..clause_end];
    let skip = floor(sentence, end - from);
    if let Some(told) = first(&sentence[..skip]) {
        return refined(told, sentence);
    }
    let after = &sentence[skip..];
    if let Some(told) = first(after) {
        let task = TASKS.iter().filter_map(|w| after.find(w)).min();
        let of_object = matches!(told.act, "list" | "plan" | "filing");
        if let Some(task) = task
            && (task < told.at && !of_object || told.at - task.min(told.at) > 60)
        {
            return if phase { told.act } else { task_or(told.act, &after[task..told.at]) };
        }
        return refined(told, after);
    }
    if TASKS.iter().any(|w| after.contains(w)) {
        return "task";
    }
    let before = text[..from].rsplit(['。', '；']).next().unwrap_or_default();
    if let Some(act) = last(before) {
        return act;
    }
    if phase {
        let more: String = text[from..].chars().take(REACH * 3).collect();
        return first(&more).map_or("task", |told| told.act);
    }
    "task"
}

/// The act of a phase by its heading: 集中攻坚阶段, 总结评估阶段.
pub(crate) fn of_phase(heading: &str) -> Option<&'static str> {
    let words = [
        ("评估", "evaluation"), ("考核", "evaluation"), ("验收", "evaluation"), ("总结", "review"), ("回头看", "review"),
        ("自查", "inspection"), ("排查", "inspection"), ("检查", "inspection"), ("摸排", "inspection"), ("摸底", "inspection"),
        ("督导", "supervision"), ("督查", "supervision"), ("攻坚", "rectify"), ("整治", "rectify"), ("整改", "rectify"),
        ("治理", "rectify"), ("宣传", "publicity"), ("培训", "training"), ("演练", "drill"),
    ];
    words.iter().find(|(w, _)| heading.contains(w)).map(|(_, act)| *act)
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// 落实整改 is to rectify, 建立检查机制 is a task.
fn task_or(act: &'static str, between: &str) -> &'static str {
    let direct = between.chars().count() <= 2 && (between.starts_with("落实") || between.starts_with("实施"));
    if direct || act == "report" && !between.contains("机制") && between.chars().count() > 24 {
        act
    } else {
        "task"
    }
}

/// What the words around the telling word make of it: 治理方案 is a plan, …备案 a filing.
fn refined(told: Told, text: &str) -> &'static str {
    let near: String = text[told.at..].chars().take(30).collect();
    let clause = near.split('，').next().unwrap_or_default();
    let next = &text[told.at + told.len..];
    let followed = |words: &[&str]| words.iter().any(|w| next.starts_with(w));
    let act = match told.act {
        "plan" if followed(&["演练", "演习", "推演"]) => "drill",
        "inspection" | "rectify" | "training" | "drill" | "evaluation" | "publicity" | "study"
            if followed(&["方案", "计划", "工作方案", "工作计划"]) =>
        {
            "plan"
        }
        "inspection" | "rectify" | "training" if followed(&["清单", "台账", "目录"]) => "list",
        "inspection" | "rectify" | "evaluation" | "supervision" | "training" | "report"
            if followed(&["机制", "制度", "体系", "标准"]) =>
        {
            "task"
        }
        "meeting" if near.starts_with("研究制定") => "plan",
        "meeting" if near.starts_with("召开") && near.contains("会商") => "consultation",
        "inspection" if names(&near, &["检查计划", "检查方案", "执法计划"]) => "plan",
        other => other,
    };
    match act {
        "report" | "plan" | "list" if clause.contains("备案") => "filing",
        "plan" | "list" if says_report(clause) => "report",
        "inspection" | "review" | "evaluation" | "rectify" | "training" | "task"
            if says_report(clause) && has_report(clause) =>
        {
            "report"
        }
        other => other,
    }
}

/// Whether one of the words stands at the beginning.
fn names(near: &str, words: &[&str]) -> bool {
    let head: String = near.chars().take(8).collect();
    words.iter().any(|w| head.contains(w))
}

fn says_report(clause: &str) -> bool {
    ["报送", "上报", "报县", "报市", "报区", "报省", "报至", "提交", "报我", "报镇", "报安委"]
        .iter()
        .any(|w| clause.contains(w))
}

fn has_report(clause: &str) -> bool {
    ["情况", "报告", "总结", "进展", "表", "台账", "清单"].iter().any(|w| clause.contains(w))
}

/// A telling word: where it stands, how long it is, what it tells.
#[derive(Clone, Copy)]
struct Told {
    at: usize,
    len: usize,
    act: &'static str,
}

/// Ends of names of bodies: 教育局, 检查组 tell nothing of what is done.
const BODIES: &[&str] = &["局", "部门", "组", "机构", "委", "厅", "员", "站", "办公室", "中心", "单位", "人员", "对象", "大队"];

/// What follows a word that names an object, not an act: 排查发现的问题, 整治情况.
const OBJECTS: &[&str] = &[
    "发现", "出的", "的", "情况", "整治情况", "整改情况", "结果", "中", "任务", "过程", "范围", "要求", "频次", "质量",
    "成效", "力度", "工作情况", "时间", "经费", "人员",
];

/// The first telling word that is no object; else the first.
fn first(text: &str) -> Option<Told> {
    let plain = |next: &str| OBJECTS.iter().all(|o| !next.starts_with(o));
    first_where(text, plain).or_else(|| first_where(text, |_| true))
}

fn first_where(text: &str, fits: impl Fn(&str) -> bool) -> Option<Told> {
    WORDS
        .iter()
        .filter_map(|(word, act)| {
            let mut from = 0;
            loop {
                let at = from + text[from..].find(word)?;
                let next = at + word.len();
                let body = BODIES.iter().any(|b| text[next..].starts_with(b));
                if !body && fits(&text[next..]) {
                    return Some((at, std::cmp::Reverse(word.len()), *act));
                }
                from = next;
            }
        })
        .min()
        .map(|(at, len, act)| Told {
            at,
            len: len.0,
            act,
        })
}

/// The last telling word.
fn last(text: &str) -> Option<&'static str> {
    WORDS
        .iter()
        .filter_map(|(word, act)| text.rfind(word).map(|at| (at + word.len(), word.len(), *act)))
        .max()
        .map(|(_, _, act)| act)
}
