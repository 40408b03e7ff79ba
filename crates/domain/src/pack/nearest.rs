//! The known word nearest to a mistyped one, by edit distance.

/// The longest word that is compared, in characters; longer ones are no typing mistakes.
const LONGEST: usize = 120;

/// The known word that was probably meant, if one is near enough: at most a third of the word's
/// characters (and always one) may differ, two neighbours that changed places count once.
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = folded(word);
    if wanted.is_empty() || wanted.len() > LONGEST {
        return None;
    }
    let budget = (wanted.len() / 3).max(1);
    known
        .into_iter()
        .filter(|candidate| *candidate != word)
        .filter_map(|candidate| {
            let letters = folded(candidate);
            let gap = letters.len().abs_diff(wanted.len());
            if letters.is_empty() || letters.len() > LONGEST || gap > budget {
                return None;
            }
            let distance = distance(&wanted, &letters);
            (distance <= budget && distance < letters.len()).then_some((distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Lower case, half width, hyphens for underscores, without blanks: what people mix up by hand.
fn folded(word: &str) -> Vec<char> {
    word.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '（' => '(',
            '）' => ')',
            '／' => '/',
            '＃' => '#',
            '_' => '-',
            '０'..='９' => char::from_u32(c as u32 - 0xFF10 + 0x30).unwrap_or(c),
            _ => c.to_ascii_lowercase(),
        })
        .collect()
}

/// Optimal string alignment distance.
fn distance(a: &[char], b: &[char]) -> usize {
    let width = b.len() + 1;
    let mut before: Vec<usize> = vec![0; width];
    let mut last: Vec<usize> = (0..width).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1; width];
        for (j, y) in b.iter().enumerate() {
            let change = last[j] + usize::from(x != y);
            row[j + 1] = change.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                row[j + 1] = row[j + 1].min(before[j - 1] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_word_is_found_by_letters_swaps_and_widths() {
        let known = ["owed_by", "act", "every", "at_least", "due"];
        assert_eq!(nearest("ownd_by", known), Some("owed_by"));
        assert_eq!(nearest("at-least", known), Some("at_least"));
        assert_eq!(nearest("evrey", known), Some("every"));
        assert_eq!(nearest("Due", known), Some("due"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(nearest("", known), None);
        assert_eq!(
            nearest("四/(一)", ["四/（一）", "四/（二）"]),
            Some("四/（一）")
        );
    }
}
