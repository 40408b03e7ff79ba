//! The head of a notice: its number, who issued it, to whom, when, and its title.

use chrono::NaiveDate;

use super::clause::{Part, Role};

/// What stands above and below the clauses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// 发文字号.
    pub number: Option<String>,
    /// Who issued it.
    pub issuer: Option<String>,
    /// Whom it is addressed to.
    pub addressees: Option<String>,
    /// The day of issue.
    pub issued: Option<NaiveDate>,
    /// Its title.
    pub title: Option<String>,
}

/// Longest line that is taken for a title, in characters.
const TITLE_CHARS_MAX: usize = 80;
/// Words that titles end with.
const TITLES: &[&str] = &[
    "通知",
    "方案",
    "办法",
    "意见",
    "规定",
    "细则",
    "要点",
    "计划",
    "制度",
    "机制",
    "清单",
    "分工",
    "通报",
    "公告",
    "通告",
    "决定",
    "纲要",
    "规划",
    "预案",
    "台账",
    "一览表",
    "明细表",
    "汇总表",
    "统计表",
    "安排表",
    "分解表",
    "文件",
    "函",
    "试行）",
    "号",
    "规则",
    "条例",
    "指南",
    "措施",
    "工作",
    "任务书",
    "行动",
    "年）",
    "暂行）",
    "）的",
];

/// Reads the head and gives the paragraphs of it their roles.
pub(super) fn read(parts: &mut [Part]) -> Head {
    let mut head = Head::default();
    let first = parts
        .iter()
        .position(|p| p.numbered && p.role == Role::Body)
        .unwrap_or(parts.len());
    let mut title = String::new();
    // Behind a title the head of an annex begins another one.
    let mut closed = false;
    for (i, part) in parts.iter_mut().enumerate() {
        closed |= part.role == Role::Title && !title.is_empty();
        if part.role != Role::Body || part.numbered {
            continue;
        }
        let text = part.line.text.clone();
        if let Some(day) = whole_date(&text) {
            part.role = Role::Edge;
            // A date behind the clauses is the signature's; the first before them too.
            head.issued = head.issued.or(Some(day));
        } else if is_edge(&text) {
            part.role = Role::Edge;
        } else if head.number.is_none()
            && let Some(number) = number_in(&text)
        {
            head.number = Some(number);
            part.role = Role::Title;
        } else if i < first && head.addressees.is_none() && is_address(&text) {
            head.addressees = Some(text.trim_end_matches('：').to_owned());
            part.role = Role::Address;
        } else if is_title(&text) {
            part.role = Role::Title;
            let letter = text.strip_suffix("文件").filter(|_| i < 4);
            if let Some(issuer) = letter {
                head.issuer = Some(issuer.to_owned());
            } else if i < first && head.addressees.is_none() && title.chars().count() < 120 {
                let kinds = [
                    "通知", "意见", "办法", "方案", "通告", "公告", "清单", "细则", "规定",
                ];
                let done = closed || kinds.iter().any(|w| title.ends_with(w));
                if !done {
                    title.push_str(&text);
                }
            }
        } else if i + 1 < first && is_signature(&text) {
            head.issuer.get_or_insert(text);
        }
    }
    if !title.is_empty() {
        if head.issuer.is_none()
            && let Some((issuer, _)) = title.split_once("关于")
        {
            head.issuer = Some(issuer.to_owned()).filter(|i| !i.is_empty());
        }
        head.title = Some(title);
    }
    head
}

/// 2026年2月13日, alone or with 印发.
fn whole_date(text: &str) -> Option<NaiveDate> {
    let text = text.trim_end_matches("印发").trim_end_matches("发布");
    let text = text
        .rsplit(['印', '于', '室', '会', '府'])
        .next()
        .unwrap_or(text);
    let (year, rest) = text.split_once('年')?;
    let (month, rest) = rest.split_once('月')?;
    let day = rest.strip_suffix('日')?;
    let number =
        |t: &str| -> Option<u32> { t.parse().ok().or_else(|| crate::timing::chinese_value(t)) };
    NaiveDate::from_ymd_opt(
        i32::try_from(number(year)?).ok()?,
        number(month)?,
        number(day)?,
    )
}

/// 泽安委发〔2026〕2号.
fn number_in(text: &str) -> Option<String> {
    let (before, rest) = text.split_once('〔')?;
    let (year, rest) = rest.split_once('〕')?;
    let (digits, tail) = rest.split_once('号')?;
    let plain = year.len() == 4 && year.chars().all(|c| c.is_ascii_digit());
    let n = digits.trim_start_matches('第');
    let numbered = !n.is_empty() && n.chars().all(|c| c.is_ascii_digit());
    let short = before.chars().count() <= 12 && tail.chars().count() <= 20;
    let alone = !before.contains(['，', '（', '《', '。']);
    (plain && numbered && short && alone).then(|| format!("{before}〔{year}〕{n}号"))
}

fn is_address(text: &str) -> bool {
    let bodies = [
        "政府", "单位", "部门", "委", "局", "办", "企业", "公司", "街道", "学校", "镇", "科室",
        "中心",
    ];
    text.ends_with('：') && text.chars().count() <= 120 && bodies.iter().any(|w| text.contains(w))
}

fn is_edge(text: &str) -> bool {
    let words = [
        "抄送",
        "抄报",
        "主送",
        "联系人",
        "联系电话",
        "电子邮箱",
        "邮箱：",
        "填报",
        "填表",
        "审核人",
        "（此件",
        "电话：",
        "传真",
        "报送：",
        "印发日期",
        "签发人",
        "密级",
    ];
    words.iter().any(|w| text.starts_with(w))
        || text.ends_with("印发") && text.chars().count() <= 40
}

fn is_title(text: &str) -> bool {
    let length = text.chars().count();
    let sentence = text.contains(['。', '；', '，']) || text.ends_with('：');
    let timed = ["每", "底前", "日前", "以内"]
        .iter()
        .any(|w| text.contains(w));
    if timed && !text.contains("关于") {
        return false;
    }
    let ends = TITLES.iter().any(|w| text.ends_with(w));
    length <= TITLE_CHARS_MAX && !sentence && (ends || text.starts_with("关于"))
        || length <= TITLE_CHARS_MAX && text.contains("关于") && text.ends_with("通知")
}

fn is_signature(text: &str) -> bool {
    let bodies = [
        "委员会",
        "办公室",
        "政府",
        "局",
        "委",
        "厅",
        "大队",
        "支队",
        "总队",
        "指挥部",
    ];
    text.chars().count() <= 30
        && !text.contains(['，', '。', '：', '；'])
        && bodies.iter().any(|w| text.ends_with(w))
}
