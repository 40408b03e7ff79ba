//! Who owes it: the nearest subject of the sentence, else of a heading, a cell, an addressee.

use crate::outline::{Outline, Part, Role, Table};

/// Ends of words for bodies and persons.
const TAILS: &[&str] = &[
    "部门", "单位", "企业", "公司", "集团", "机构", "中心", "委员会", "安委会", "专委会", "办公室", "专班", "安委办", "专委办",
    "政府", "党委", "党组", "县委", "市委", "省委", "区委", "街道", "乡镇", "社区", "村委会", "居委会", "村（社区）", "园区",
    "开发区", "景区", "领导", "干部", "人员", "负责人", "负责同志", "责任人", "主任", "书记", "县长", "市长", "区长", "镇长",
    "乡长", "局长", "校长", "院长", "园长", "组长", "队长", "班长", "场长", "厂长", "矿长", "经理", "董事长", "总监", "林长",
    "河长", "网格员", "安全员", "管理员", "驾驶员", "护林员", "巡查员", "监护人", "承包人", "业主", "经营者", "使用者",
    "管理者", "产权人", "车间", "班组", "高危行业", "高危行业领域", "其他行业", "其他领域", "高危领域", "学校", "医院", "幼儿园", "中小学", "小学", "中学", "高校", "大学", "养老院", "商场", "工地", "项目部", "大队",
    "支队", "中队", "总队", "县级", "市级", "乡级", "省级", "镇级", "村级", "各级", "各地", "各方", "各校", "各市", "各县",
    "各区", "各乡", "各镇", "各村", "各局", "各站", "各队", "各所", "同志", "职工", "教师", "师生", "员工", "家庭", "船东",
    "工作组", "领导小组", "指挥部", "督导组", "检查组", "专家组", "协会", "银行", "总公司", "分局", "分公司", "厂矿", "矿山",
    "煤矿", "宾馆", "酒店", "加油站", "气站", "客运站", "水库", "电站", "码头", "船舶", "团队", "用户", "成员", "院校",
    "县（市、区）", "市（县、区）", "市、区）", "县、区）", "县（区）", "县（市）", "（街道）", "（镇）", "（场）", "（单位）", "（企业）", "（部门）",
    "（园区）", "（开发区）", "）", "主体", "物业", "厂", "矿", "局", "办", "委", "厅", "处", "科", "所", "站", "队", "组",
    "工程师", "代表人", "法人", "防指", "防办", "防汛办", "旅行社", "村民", "居民", "学生", "志愿者", "分队", "救援队", "运营方", "承租人", "会", "院", "校", "镇", "乡", "村", "县", "市", "区", "省", "州", "盟", "旗", "者", "店", "场", "方", "企", "公安", "消防",
    "应急", "住建", "交警", "渔政", "路政", "监理", "长",
];

/// What may follow a subject.
const FOLLOWS: &[&str] = &[
    "要", "应", "须", "需", "必须", "负责", "牵头", "将", "可", "每", "于", "在", "按", "对", "会同", "联合", "组织", "开展",
    "召开", "制定", "进行", "分别", "至少", "定期", "根据", "围绕", "结合", "聚焦", "及时", "严格", "全面", "认真", "统筹",
    "具体", "建立", "完成", "实现", "向", "把", "由", "以", "从", "深入", "带头", "带队", "主持", "督促", "指导", "推动",
    "加强", "落实", "报送", "上报", "利用", "通过", "收到", "接到", "发现", "决定", "发生", "出现", "存在", "因", "依法", "依", "配合", "听取", "研究", "安排",
    "部署", "参照", "集中", "不少于", "原则上", "均", "都", "也", "自", "即", "共同", "协同", "履行", "实行", "实施", "做好",
    "充分", "切实", "明确", "紧盯", "针对", "设置", "设立", "成立", "编制", "梳理", "汇总", "形成", "提交", "提出", "审核",
    "受理", "核查", "处置", "整改", "排查", "检查", "巡查", "抽查", "自查", "督查", "督导", "巡检", "调度", "通报", "公布",
    "培训", "演练", "考核", "评估", "总结", "报告", "更新", "维护", "配备", "安装", "清理", "清除", "清洗", "检测", "检验",
    "检修", "保养", "学习", "参加", "参与", "推进", "强化", "深化", "健全", "完善", "选派", "选取", "确定", "指定", "逐",
    "全部", "普遍", "主动", "立即", "迅速", "持续", "常态化", "为", "年底", "年内", "当日", "次日", "当月", "今年", "本年",
    "上半年", "下半年", "第一", "日", "周", "月", "季", "半年", "一", "两", "三", "2", "1", "3", "4", "5", "6", "7", "8", "9",
    "十", "同", "与", "并", "填", "登录", "录入", "签订", "公示", "发布", "张贴", "开", "抓", "压实", "细化", "拟", "申报",
    "主要领导每", "主要负责人每", "主动", "复查", "验收", "采取", "运用", "印发", "下发", "接", "报", "查", "做", "给", "拿",
    "启动", "停止", "关闭", "拆除", "备", "储备", "轮流", "安全", "到", "用", "值", "不得", "不", "务必", "请", "再",
    "汛期", "节假日", "平时", "日常", "夜间", "冬季", "夏季", "重大", "非", "执行", "承担", "派", "抄",
];

/// Beginnings that make a stretch no subject.
const NO_SUBJECT: &[&str] = &[
    "对", "针对", "在", "根据", "按照", "按", "为", "围绕", "结合", "将", "把", "以", "从", "通过", "与", "向", "因", "如",
    "若", "凡", "经", "确保", "力争", "督促", "组织", "指导", "要求", "责令", "推动", "鼓励", "引导", "支持", "加强", "开展",
    "建立", "健全", "完善", "落实", "强化", "深化", "推进", "加快", "严格", "严厉", "全面", "及时", "定期", "认真", "配合",
    "协调", "统筹", "监督", "做好", "制定", "收到", "接到", "明确", "聚焦", "发生", "会同", "报", "自", "使", "让", "被", "提高",
    "充分", "切实", "扎实", "积极", "进一步", "召开", "参加", "完成", "实施", "实行", "坚持", "紧盯", "动员", "发动", "持续",
    "不断", "深入", "集中", "每", "实现", "建设", "有效", "基本", "打造", "消除", "提升", "改善", "安装", "梳理", "至少", "深刻", "依法", "形成", "确定", "印发", "汇总", "审核", "检查", "排查",
    "整治", "巡查", "设置", "做到", "保证", "利用", "采取", "年", "月", "日", "近", "凭", "逐", "着力", "大力", "抓", "需",
    "涉及", "包括", "除", "可", "应", "严", "查", "新建", "协助", "培训", "编制", "依托", "委托", "聘请", "邀请", "选派",
    "未", "不", "主持", "带队", "健", "清", "拆", "改造", "修", "清理", "安全生产例会", "例会", "会议",
];

/// Beginnings of subjects that look like the ones above.
const SUBJECTS: &[&str] = &[
    "经营", "经济", "经开", "应急", "自然资源", "自来水", "对口", "从业", "检查组", "检测", "检验", "培训机构",
    "培训学校", "组织部", "指导站", "指导组", "监督机构", "监督部门", "监督管理", "监督局", "协调组", "协会", "被检查",
    "被督", "被警告", "被约谈", "被检", "被挂牌", "整治办", "整治专班", "清洁", "健康", "改造单位", "修理", "建设单位",
    "建设局", "建设行政", "建设主管", "建设部门", "建设、", "查处", "组织、", "组织人事", "安全生产", "为民", "项目",
    "可燃", "严重", "以工代赈", "不动产", "每个", "每家", "每名", "巡查员", "巡查组", "排查组", "落实单位", "督促单位",
    "重点", "实施单位", "实施主体", "报废", "年产", "自建房",
];

/// Words before a subject that say nothing about it.
const OPENINGS: &[&str] = &[
    "其中", "同时", "并且", "并", "且", "一是", "二是", "三是", "四是", "五是", "六是", "请", "由", "原则上", "必要时",
    "特别是", "此外", "另外", "要求", "凡", "即", "而", "但", "和", "及", "、", "“", "应由", "要由", "须由", "可由", "再由",
    "然后", "今后", "此后", "期间", "各级要", "：", "（",
];

/// Longest subject, in characters.
const SUBJECT_CHARS_MAX: usize = 60;
/// How many sentences back a subject is looked for.
const SENTENCES_BACK: usize = 8;
/// How many paragraphs back.
const PARTS_BACK: usize = 40;
/// Longest stretch of a sentence that is looked at, in bytes.
const SENTENCE_BYTES_MAX: usize = 900;

/// A subject, and how it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Who {
    /// The text's own words; empty where there are none.
    pub(crate) text: String,
    /// Whether the sentence itself names it.
    pub(crate) own: bool,
}

impl Who {
    fn own(text: String) -> Self {
        Self { text, own: true }
    }

    fn other(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            own: false,
        }
    }
}

/// The subject of a phrase in a paragraph.
pub(crate) fn of_part(outline: &Outline, index: usize, place: (usize, usize), phase: bool) -> Who {
    let part = &outline.parts[index];
    let text = part.text();
    if let Some(found) = in_text(text, place) {
        return Who::own(found);
    }
    let in_heading = part.heading().is_some_and(|h| place.0 <= h.len());
    if in_heading {
        let head = part.heading().map_or(0, str::len);
        if let Some(found) = after_heading(outline, index, head) {
            return Who::own(found);
        }
        if phase {
            return Who::other("");
        }
    }
    if let Some(found) = part.heading().and_then(of_heading) {
        return Who::other(&found);
    }
    if phase {
        return Who::other("");
    }
    // A note under a form speaks to those who fill it in.
    let note = part.path.iter().any(|l| l.contains('注') || l.contains("说明"));
    if note && outline.parts.iter().any(|p| p.line.text.starts_with("填报单位")) {
        return Who::other("填报单位");
    }
    if let Some(found) = above(outline, index) {
        return Who::other(&found);
    }
    // A letter asks those it is addressed to.
    let asked = part.path.is_empty() || text.contains('请') || text.contains("务必");
    let addressees = outline.head.addressees.as_deref().filter(|_| asked);
    Who::other(addressees.unwrap_or_default())
}

/// Whether a text is nothing but a subject.
pub(crate) fn is_subject(text: &str) -> bool {
    subject(text, true).is_some_and(|s| text.ends_with(&s))
}

/// The subject of a phrase in a cell: the cell's own, else the row's responsible unit.
pub(crate) fn of_cell(table: &Table, row: usize, text: &str, place: (usize, usize)) -> Who {
    if let Some(found) = in_text(text, place) {
        return Who::own(found);
    }
    let words: [&[&str]; 4] = [
        &["责任单位", "责任部门", "责任主体", "牵头单位", "牵头部门", "实施单位", "落实单位", "承办单位"],
        &["单位", "部门", "主体"],
        &["牵头", "责任人", "负责人", "责任"],
        &["对象"],
    ];
    let found = words
        .iter()
        .find_map(|words| table.column(words))
        .map(|column| table.carried(row, column));
    Who::other(found.unwrap_or_default())
}

/// The subject of a phrase in its own text: its sentence, then those before it.
pub(crate) fn in_text(text: &str, place: (usize, usize)) -> Option<String> {
    let ends = ['。', '！', '？'];
    let start = text[..place.0].rfind(ends).map_or(0, |i| i + 3);
    let start = start.max(floor(text, place.0.saturating_sub(SENTENCE_BYTES_MAX)));
    let stop = text[place.0..].find(ends).map_or(text.len(), |i| place.0 + i);
    let stop = stop.min(floor(text, place.0 + SENTENCE_BYTES_MAX)).max(place.1.min(text.len()));
    if let Some(found) = in_sentence(&text[start..stop], place.0 - start, place.1.min(stop) - start) {
        return Some(found);
    }
    let mut before = text[..start].trim_end_matches(ends);
    for _ in 0..SENTENCES_BACK {
        if before.is_empty() {
            return None;
        }
        let from = before.rfind(ends).map_or(0, |i| i + 3);
        let from = from.max(floor(before, before.len().saturating_sub(SENTENCE_BYTES_MAX)));
        let sentence = &before[from..];
        let found = clauses(sentence).into_iter().find_map(|(a, b)| subject(&sentence[a..b], false));
        if found.is_some() {
            return found;
        }
        before = before[..from].trim_end_matches(ends);
    }
    None
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Where the clauses of a sentence lie; brackets hold theirs together.
fn clauses(sentence: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let (mut from, mut depth) = (0, 0i32);
    for (i, c) in sentence.char_indices() {
        match c {
            '（' => depth += 1,
            '）' => depth = (depth - 1).max(0),
            '，' | '；' | '：' if depth == 0 => {
                found.push((from, i));
                from = i + c.len_utf8();
            }
            _ => {}
        }
    }
    found.push((from, sentence.len()));
    found
}

fn in_sentence(sentence: &str, start: usize, end: usize) -> Option<String> {
    // Inside brackets the bracket's own words come first (高危行业每半年一次).
    if let Some(open) = sentence[..start].rfind('（')
        && !sentence[open..start].contains('）')
        && let Some(found) = before_phrase(&sentence[open + 3..start])
    {
        return Some(found);
    }
    let all = clauses(sentence);
    let own = all.iter().rposition(|(from, _)| *from <= start)?;
    let (from, to) = all[own];
    if let Some(found) = before_phrase(&sentence[from..start]) {
        return Some(found);
    }
    let opens = sentence[from..start].chars().count() <= 6;
    if opens && end <= to {
        if let Some(found) = subject(&sentence[end..to], false) {
            return Some(found);
        }
        if let Some(&(a, b)) = all.get(own + 1)
            && sentence[end..to].chars().count() <= 1
            && let Some(found) = subject(&sentence[a..b], true)
        {
            return Some(found);
        }
    }
    all[..own]
        .iter()
        .rev()
        .find_map(|(a, b)| subject(&sentence[*a..*b], false))
}

/// The subject in the part of the clause before the phrase.
fn before_phrase(text: &str) -> Option<String> {
    // 主要负责人每季度、分管负责人每月: the second of a pair.
    let pair = text
        .rfind('每')
        .and_then(|i| text[i..].find('、').map(|n| i + n + 3));
    if let Some(found) = pair.and_then(|from| subject(&text[from..], true)) {
        return Some(found);
    }
    subject(text, true).or_else(|| {
        // …，由县安委办每季度: the words right before the phrase.
        let from = ["由", "要求", "督促", "，", "：", "、", "“", "按照", "其中"]
            .iter()
            .filter_map(|w| text.rfind(w).map(|i| i + w.len()))
            .max()
            .unwrap_or(0);
        subject(&text[from..], true).filter(|s| s.chars().count() >= 2)
    })
}

/// The subject that a clause opens with; `to_end`: the clause's end is the phrase.
fn subject(clause: &str, to_end: bool) -> Option<String> {
    let mut text = clause;
    while let Some(rest) = OPENINGS.iter().find_map(|w| text.strip_prefix(w)) {
        text = rest;
    }
    let known = SUBJECTS.iter().any(|w| text.starts_with(w));
    if !known && NO_SUBJECT.iter().any(|w| text.starts_with(w)) || text.starts_with(|c: char| c.is_ascii_digit())
    {
        return None;
    }
    let mut end = 0;
    for (n, (i, c)) in text.char_indices().enumerate() {
        if n > SUBJECT_CHARS_MAX {
            return None;
        }
        end = i + c.len_utf8();
        let (before, after) = (&text[..end], &text[end..]);
        if n == 0 || c == '）' && !before.contains('（') {
            continue;
        }
        let open = before.matches('（').count() > before.matches('）').count();
        let ends = !open && TAILS.iter().any(|t| before.ends_with(t));
        let follows = FOLLOWS.iter().any(|f| after.starts_with(f)) || after.is_empty() && to_end;
        let goes_on = ["办公室", "主要", "分管", "法定", "主管", "安全总监", "项目经理", "从业", "主要负责", "负责人", "负责同志", "会办", "会成员", "成员单位", "日常", "场所", "安全生产委员会", "安全委员会", "安全监管部门", "安全管理", "安全专业", "安全负责", "安全监"]
            .iter()
            .any(|w| after.starts_with(w));
        // 水库巡查员: a person's name of office goes on.
        let office: String = after.chars().take(3).collect();
        let goes_on = goes_on || office.ends_with(['员', '组']) && office.chars().count() == 3;
        if ends && follows && !goes_on && is_body(before) {
            return Some(before.to_owned());
        }
    }
    let _ = end;
    None
}

/// Whether the words may be a body or a person: no verb governs them.
fn is_body(text: &str) -> bool {
    let odd = [
        "督促", "情况", "要求", "会议", "隐患排查", "整改", "进行", "检查", "例会", "报送至", "上报至",
        "议定", "区域", "发现", "安全生产形势", "现场", "通过", "建立", "落实", "处置", "时候", "开展", "收到", "接到",
        "每", "本表", "前报", "日前", "实现", "改善", "建设完善", "提升", "研讨会", "部署会", "推进会", "调度会", "联席会",
    ];
    let n = text.chars().count();
    let words = ["社会", "机会", "大会", "年会", "企业主", "班会", "法会", "总会上", "工地会"];
    (2..=SUBJECT_CHARS_MAX).contains(&n)
        && !words.iter().any(|w| text.ends_with(w))
        && !odd.iter().any(|w| text.contains(w))
        && !text.contains(['“', '”', '《', '。', '%'])
}

/// The subject that a heading names: 主任职责, 落实主要领导干部职责, 县级督导巡查.
pub(crate) fn of_heading(heading: &str) -> Option<String> {
    let leads = ["落实", "压实", "强化", "明确", "严格", "加强", "夯实", "履行", "督促", "规范", "压紧压实"];
    let mut text = heading;
    while let Some(rest) = leads.iter().find_map(|w| text.strip_prefix(w)) {
        text = rest;
    }
    let ends = [
        "职责", "责任", "工作职责", "主体责任", "履职", "义务", "自查", "督查", "督导", "检查", "抓", "层面", "方面",
        "监管责任", "大落实", "带队", "领导责任", "工作要求", "工作任务", "巡查", "属地责任", "（", "安全职责",
    ];
    for (i, c) in text.char_indices() {
        let end = i + c.len_utf8();
        let (before, after) = (&text[..end], &text[end..]);
        if before.chars().count() < 2 {
            continue;
        }
        let tail = TAILS.iter().any(|t| before.ends_with(t));
        if tail && ends.iter().any(|w| after.starts_with(w)) && is_body(before) && !before.contains(['、', '和']) {
            return Some(before.to_owned());
        }
        if tail && after.is_empty() && is_body(before) && TAILS.iter().any(|t| t.len() > 3 && before.ends_with(t)) {
            return Some(before.to_owned());
        }
    }
    None
}

/// The first subject behind a heading, in its paragraph or the next of its clause.
fn after_heading(outline: &Outline, index: usize, head: usize) -> Option<String> {
    let part = &outline.parts[index];
    let rest = &part.text()[head.min(part.text().len())..];
    if let Some(found) = first_subject(rest) {
        return Some(found);
    }
    let next = outline.parts.get(index + 1)?;
    (next.path == part.path && !next.numbered && next.role == Role::Body)
        .then(|| first_subject(next.text()))
        .flatten()
}

/// The subject that opens one of the first sentences.
fn first_subject(text: &str) -> Option<String> {
    let text = &text[..floor(text, SENTENCE_BYTES_MAX)];
    text.split(['。', '；'])
        .take(3)
        .find_map(|s| clauses(s).into_iter().take(4).find_map(|(a, b)| subject(&s[a..b], false)))
}

/// What the clauses above name: their headings, their first words, their other parts.
fn above(outline: &Outline, index: usize) -> Option<String> {
    let part = &outline.parts[index];
    let parts = || outline.parts[..index].iter().rev().take(PARTS_BACK);
    let is_above = |p: &&Part| p.path.len() <= part.path.len() && part.path.starts_with(&p.path);
    let own = |p: &Part| p.heading().and_then(of_heading).or_else(|| first_subject(p.text()));
    let over = parts()
        .filter(|p| p.role == Role::Body && !p.path.is_empty())
        .filter(is_above)
        .find_map(own);
    over.or_else(|| {
        let up = part.path.len().saturating_sub(1);
        parts()
            .filter(|p| p.role == Role::Body && up > 0 && p.path.len() >= up)
            .take_while(|p| p.path[..up] == part.path[..up])
            .find_map(|p| first_subject(p.text()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_subject_is_taken() {
        let of = |text: &str, phrase: &str| {
            let at = text.find(phrase).expect("the phrase is there");
            in_text(text, (at, at + phrase.len()))
        };
        let some = |t: &str| Some(t.to_owned());
        assert_eq!(of("县安委会每月至少召开1次会议", "每月"), some("县安委会"));
        assert_eq!(
            of("各乡镇督促企业每季度开展一次自查", "每季度"),
            some("各乡镇")
        );
        assert_eq!(
            of("2024年底前，市级有关部门全面细化要求", "2024年底前"),
            some("市级有关部门")
        );
        assert_eq!(of("按照集团公司季查、厂矿月查的要求", "季查"), some("集团公司"));
        assert_eq!(of("按照集团公司季查、厂矿月查的要求", "月查"), some("厂矿"));
    }
}
