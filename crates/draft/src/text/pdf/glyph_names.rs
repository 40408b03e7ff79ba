//! Names of glyphs in simple fonts, and radicals that stand for whole characters.

/// Names that notices meet beside letters; the rest of the long list is left out on purpose.
const NAMES: &[(&str, char)] = &[
    ("space", ' '),
    ("exclam", '!'),
    ("quotedbl", '"'),
    ("numbersign", '#'),
    ("dollar", '$'),
    ("percent", '%'),
    ("ampersand", '&'),
    ("quotesingle", '\''),
    ("parenleft", '('),
    ("parenright", ')'),
    ("asterisk", '*'),
    ("plus", '+'),
    ("comma", ','),
    ("hyphen", '-'),
    ("minus", '-'),
    ("period", '.'),
    ("slash", '/'),
    ("zero", '0'),
    ("one", '1'),
    ("two", '2'),
    ("three", '3'),
    ("four", '4'),
    ("five", '5'),
    ("six", '6'),
    ("seven", '7'),
    ("eight", '8'),
    ("nine", '9'),
    ("colon", ':'),
    ("semicolon", ';'),
    ("less", '<'),
    ("equal", '='),
    ("greater", '>'),
    ("question", '?'),
    ("at", '@'),
    ("bracketleft", '['),
    ("backslash", '\\'),
    ("bracketright", ']'),
    ("underscore", '_'),
    ("braceleft", '{'),
    ("bar", '|'),
    ("braceright", '}'),
    ("asciitilde", '~'),
    ("quoteleft", '‘'),
    ("quoteright", '’'),
    ("quotedblleft", '“'),
    ("quotedblright", '”'),
    ("endash", '–'),
    ("emdash", '—'),
    ("ellipsis", '…'),
    ("bullet", '•'),
    ("periodcentered", '·'),
    ("degree", '°'),
    ("multiply", '×'),
    ("nbspace", '\u{a0}'),
];

/// The 214 radicals as they stand in Unicode from U+2F00 on, written as characters.
const RADICALS: &str = "\
    一丨丶丿乙亅二亠人儿入八冂冖冫几凵刀力勹匕匚匸十卜卩厂厶又口囗土士夂夊夕大女子宀寸小尢尸屮\
    山巛工己巾干幺广廴廾弋弓彐彡彳心戈戶手支攴文斗斤方无日曰月木欠止歹殳毋比毛氏气水火爪父爻爿\
    片牙牛犬玄玉瓜瓦甘生用田疋疒癶白皮皿目矛矢石示禸禾穴立竹米糸缶网羊羽老而耒耳聿肉臣自至臼舌\
    舛舟艮色艸虍虫血行衣襾見角言谷豆豕豸貝赤走足身車辛辰辵邑酉釆里金長門阜隶隹雨靑非面革韋韭音\
    頁風飛食首香馬骨高髟鬥鬯鬲鬼魚鳥鹵鹿麥麻黃黍黑黹黽鼎鼓鼠鼻齊齒龍龜龠";

/// Simplified forms from the supplement of radicals.
const SIMPLIFIED: &[(char, char)] = &[
    ('⺟', '母'),
    ('⺠', '民'),
    ('⺢', '水'),
    ('⺫', '目'),
    ('⺼', '肉'),
    ('⻁', '虎'),
    ('⻄', '西'),
    ('⻅', '见'),
    ('⻆', '角'),
    ('⻉', '贝'),
    ('⻋', '车'),
    ('⻑', '長'),
    ('⻓', '长'),
    ('⻔', '门'),
    ('⻘', '青'),
    ('⻙', '韦'),
    ('⻚', '页'),
    ('⻛', '风'),
    ('⻜', '飞'),
    ('⻝', '食'),
    ('⻢', '马'),
    ('⻣', '骨'),
    ('⻤', '鬼'),
    ('⻥', '鱼'),
    ('⻦', '鸟'),
    ('⻧', '卤'),
    ('⻨', '麦'),
    ('⻩', '黄'),
    ('⻬', '齐'),
    ('⻮', '齿'),
    ('⻰', '龙'),
    ('⻳', '龟'),
];

/// The character that a glyph's name means.
pub(super) fn char_of(name: &[u8]) -> Option<char> {
    let name = std::str::from_utf8(name).ok()?;
    let plain = name.split('.').next().filter(|n| !n.is_empty())?;
    let mut chars = plain.chars();
    if let (Some(letter), None) = (chars.next(), chars.next()) {
        return Some(letter);
    }
    let number = plain
        .strip_prefix("uni")
        .and_then(|digits| digits.get(..4))
        .or_else(|| plain.strip_prefix('u').filter(|digits| digits.len() >= 4));
    let coded = number.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let told = NAMES.iter().find(|(known, _)| *known == plain);
    told.map(|(_, c)| *c).or_else(|| char::from_u32(coded?))
}

/// The character that is meant: print programs write 一 as the radical ⼀ where both share a glyph.
pub(super) fn meant(c: char) -> char {
    match c {
        '\u{2f00}'..='\u{2fd5}' => {
            let nth = u32::from(c) - 0x2f00;
            let nth = usize::try_from(nth).unwrap_or(usize::MAX);
            RADICALS.chars().nth(nth).unwrap_or(c)
        }
        '\u{2e80}'..='\u{2eff}' => SIMPLIFIED
            .iter()
            .find(|(radical, _)| *radical == c)
            .map_or(c, |(_, whole)| *whole),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_radicals_become_characters() {
        assert_eq!(char_of(b"A"), Some('A'));
        assert_eq!(char_of(b"seven.tnum"), Some('7'));
        assert_eq!(char_of(b"uni4E00"), Some('一'));
        assert_eq!(char_of(b"g123"), None);
        assert_eq!(RADICALS.chars().count(), 214);
        assert_eq!(meant('⼀'), '一');
        assert_eq!(meant('⽇'), '日');
        assert_eq!(meant('⽉'), '月');
        assert_eq!(meant('⻰'), '龙');
    }
}
