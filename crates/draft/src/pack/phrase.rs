//! A phrase that a person picked from the text, found again in it.

use super::element::Place;

/// The place of a phrase in a text, the one nearest to a character, with the sentence around it;
/// blanks do not matter.
pub fn find_phrase(text: &str, phrase: &str, near: usize) -> Option<(Place, String)> {
    let plain: Vec<char> = phrase.chars().filter(|c| !c.is_whitespace()).collect();
    let kept: Vec<(usize, char)> = text
        .chars()
        .enumerate()
        .filter(|(_, c)| !c.is_whitespace())
        .collect();
    let same = |w: &&[(usize, char)]| w.iter().map(|(_, c)| c).eq(plain.iter());
    let found = kept.windows(plain.len().max(1)).filter(same);
    let nearest = found.min_by_key(|w| w.first().map_or(usize::MAX, |(at, _)| at.abs_diff(near)));
    let (first, last) = nearest.and_then(|w| Some((w.first()?.0, w.last()?.0)))?;
    let place = Place {
        at: first,
        chars: last - first + 1,
        quote: plain.iter().collect(),
    };
    let sentence = around(text, &place);
    Some((place, sentence))
}

/// The sentence around a place, at most 120 characters.
fn around(text: &str, place: &Place) -> String {
    let ends = ['。', '；', '\n'];
    let all: Vec<char> = text.chars().collect();
    let from = all[..place.at].iter().rposition(|c| ends.contains(c));
    let from = from.map_or(0, |i| i + 1).max(place.at.saturating_sub(60));
    let rest = all.iter().skip(from).take(120);
    let sentence: String = rest.collect();
    let after = place.at.saturating_sub(from) + place.chars;
    let tail = sentence.chars().skip(after).collect::<String>();
    let end = tail
        .find(ends)
        .map_or(sentence.len(), |i| sentence.len() - tail.len() + i);
    sentence[..end].trim().to_owned()
}
