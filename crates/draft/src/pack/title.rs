//! What the title of a notice tells: a short name, and how long it is in force.

use chrono::NaiveDate;

/// Longest short name, in characters.
const SHORT_CHARS: usize = 8;

/// A short name: what the programme is called, without its place and without 方案 or 通知.
pub(super) fn short_of(title: &str) -> String {
    let plain: String = title
        .chars()
        .filter(|c| !"《》“”、，".contains(*c))
        .collect();
    let plain = plain.split('（').next().unwrap_or(&plain);
    let kinds = [
        "的通知",
        "实施方案",
        "工作方案",
        "行动方案",
        "方案",
        "实施意见",
        "的意见",
        "实施办法",
        "办法",
        "工作机制",
        "任务分工",
    ];
    let name = kinds
        .iter()
        .fold(plain, |t, kind| t.strip_suffix(kind).unwrap_or(t));
    let name = name.strip_prefix("关于").unwrap_or(name);
    let places = ["开展", "加强", "做好"];
    let name = places
        .iter()
        .fold(name, |t, word| t.strip_prefix(word).unwrap_or(t));
    let place = name
        .char_indices()
        .take(4)
        .find(|(_, c)| "省市县区".contains(*c));
    let name = place.map_or(name, |(at, c)| &name[at + c.len_utf8()..]);
    let name = ["安全生产", "全县", "全市"].iter().fold(name, |t, word| {
        t.strip_prefix(word)
            .filter(|r| r.chars().count() >= 4)
            .unwrap_or(t)
    });
    name.chars().take(SHORT_CHARS).collect()
}

/// The last day of effect that a title names: （2024—2026年）.
pub(super) fn last_day(title: &str) -> Option<NaiveDate> {
    let (_, years) = title.rsplit_once('（')?;
    let (first, last) = years.split_once(['-', '—', '－', '至'])?;
    let year = |text: &str| {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        digits
            .parse::<i32>()
            .ok()
            .filter(|y| (1949..=2100).contains(y))
    };
    year(first).and(NaiveDate::from_ymd_opt(year(last)?, 12, 31))
}
