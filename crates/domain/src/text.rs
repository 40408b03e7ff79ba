//! Characters that nobody sees: what turns the direction of a line, joins, fills or is nothing.
//!
//! In a name they make two that look alike, or one that reads otherwise than it is stored; so names
//! are refused with them, and texts show them.

use std::borrow::Cow;
use std::fmt;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// A character that is not seen, and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hidden {
    /// Which character of the text it is, from 1.
    pub at: usize,
    /// The character.
    pub character: char,
}

/// As it is written about: `U+202E`.
impl fmt::Display for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "U+{:04X}", u32::from(self.character))
    }
}

/// Whether a character is not seen: controls (line ends too), formats, separators of lines, what
/// is not assigned, and letters and marks that by their definition draw nothing.
///
/// Characters for private use are seen, and old systems write rare family names with them. In the
/// planes of Chinese characters what is not assigned yet may be a name with next year's character.
pub fn is_hidden(c: char) -> bool {
    match c {
        ' '..='~'
        | '\u{3000}'..='\u{3029}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{20000}'..='\u{3fffd}' => false,
        // Combining grapheme joiner, Hangul fillers, Khmer vowels that are not drawn, Mongolian
        // selectors, variation selectors.
        '\u{34f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{ffa0}'
        | '\u{e0000}'..='\u{e0fff}' => true,
        _ => matches!(
            c.general_category(),
            GeneralCategory::Control
                | GeneralCategory::Format
                | GeneralCategory::LineSeparator
                | GeneralCategory::ParagraphSeparator
                | GeneralCategory::Surrogate
                | GeneralCategory::Unassigned
        ),
    }
}

/// The first character of a text that is not seen. A name has none.
pub fn hidden(text: &str) -> Option<Hidden> {
    let mut all = text.chars().enumerate();
    all.find(|(_, c)| is_hidden(*c))
        .map(|(at, character)| Hidden {
            at: at + 1,
            character,
        })
}

/// A text in which everything is seen: `⟦U+202E⟧` stands for what is not. Line ends and tabs stay.
pub fn shown(text: &str) -> Cow<'_, str> {
    let veiled = |c: char| !matches!(c, '\n' | '\r' | '\t') && is_hidden(c);
    if !text.chars().any(veiled) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (at, character) in text.chars().enumerate() {
        if veiled(character) {
            out.push_str(&format!("⟦{}⟧", Hidden { at, character }));
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_turns_joins_fills_or_is_nothing_is_hidden() {
        let ranges = [
            ('\u{0}', '\u{1f}'),
            ('\u{7f}', '\u{9f}'),
            ('\u{ad}', '\u{ad}'),
            ('\u{61c}', '\u{61c}'),
            ('\u{180b}', '\u{180f}'),
            ('\u{200b}', '\u{200f}'),
            ('\u{2028}', '\u{202e}'),
            ('\u{2060}', '\u{206f}'),
            ('\u{fe00}', '\u{fe0f}'),
            ('\u{feff}', '\u{feff}'),
            ('\u{fff9}', '\u{fffb}'),
            ('\u{1d173}', '\u{1d17a}'),
            ('\u{e0001}', '\u{e0001}'),
            ('\u{e0020}', '\u{e007f}'),
            ('\u{e0100}', '\u{e01ef}'),
            ('\u{378}', '\u{379}'),
            ('\u{10ffff}', '\u{10ffff}'),
        ];
        for (from, to) in ranges {
            for c in from..=to {
                assert!(is_hidden(c), "U+{:04X}", u32::from(c));
            }
        }
    }

    #[test]
    fn what_officials_write_is_seen() {
        let seen =
            "张三·阿依古丽 （镇长）“安全”—…《通知》〔2026〕3号、①㈠°℃㎡ é ü 𠮷 𰻞 \u{e000}\u{a0}";
        assert_eq!(hidden(seen), None);
        assert!(matches!(shown(seen), Cow::Borrowed(_)));
        // Assigned next year, perhaps: it may stand in somebody's name already.
        assert!(!is_hidden('\u{3fff0}'));
    }

    #[test]
    fn the_first_hidden_character_is_told_with_its_place() {
        let found = hidden("张\u{200b}三\u{202e}").unwrap();
        assert_eq!((found.at, found.to_string().as_str()), (2, "U+200B"));
    }

    #[test]
    fn a_text_shows_what_is_hidden_and_keeps_its_lines() {
        assert_eq!(
            shown("甲\u{202e}fdp.exe\n乙\t\u{e0041}"),
            "甲⟦U+202E⟧fdp.exe\n乙\t⟦U+E0041⟧"
        );
    }
}
