//! Lists of words of officialese, in files that a domain person can read and extend.
//!
//! **Invariant:** a list holds words of the language, never of one notice.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::LazyLock;

/// A list of words, read once.
pub(crate) type Words = LazyLock<List>;

/// Words in the order of their file, and by their first and last characters: each place of a text
/// is asked for them, and a list of hundreds would be walked for each.
pub(crate) struct List {
    all: Vec<&'static str>,
    by_first: HashMap<char, Vec<&'static str>>,
    by_last: HashMap<char, Vec<&'static str>>,
}

impl Deref for List {
    type Target = [&'static str];

    fn deref(&self) -> &Self::Target {
        &self.all
    }
}

impl List {
    fn of(all: Vec<&'static str>) -> Self {
        let mut by_first: HashMap<char, Vec<&'static str>> = HashMap::new();
        let mut by_last: HashMap<char, Vec<&'static str>> = HashMap::new();
        for word in &all {
            if let (Some(first), Some(last)) = (word.chars().next(), word.chars().next_back()) {
                by_first.entry(first).or_default().push(word);
                by_last.entry(last).or_default().push(word);
            }
        }
        Self {
            all,
            by_first,
            by_last,
        }
    }

    /// The first word of the list that a text begins with.
    pub(crate) fn begins(&self, text: &str) -> Option<&'static str> {
        let words = self.by_first.get(&text.chars().next()?)?;
        words.iter().copied().find(|w| text.starts_with(w))
    }

    /// The words of the list that a text ends with.
    pub(crate) fn endings<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'static str> + 'a {
        let last = text.chars().next_back();
        let words = last.and_then(|c| self.by_last.get(&c));
        let words = words.into_iter().flatten().copied();
        words.filter(move |w| text.ends_with(w))
    }

    /// Whether a text ends with one of them.
    pub(crate) fn end(&self, text: &str) -> bool {
        self.endings(text).next().is_some()
    }
}

fn list(text: &'static str) -> List {
    List::of(lines(text).flat_map(str::split_whitespace).collect())
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.starts_with('#'))
}

/// Ends of words for bodies and persons.
pub(crate) static TAILS: Words = LazyLock::new(|| list(include_str!("words/subject-ends.txt")));

/// What may follow a subject.
pub(crate) static FOLLOWS: Words =
    LazyLock::new(|| list(include_str!("words/subject-follows.txt")));

/// Beginnings that make a stretch no subject.
pub(crate) static NO_SUBJECT: Words = LazyLock::new(|| list(include_str!("words/no-subject.txt")));

/// Ends that make a stretch no subject: 挂牌督办, 当场, 出厂.
pub(crate) static NO_SUBJECT_ENDS: Words =
    LazyLock::new(|| list(include_str!("words/no-subject-ends.txt")));

/// Beginnings of subjects that look like the ones above.
pub(crate) static SUBJECTS: Words = LazyLock::new(|| list(include_str!("words/subjects.txt")));

/// Words before a subject that say nothing about it.
pub(crate) static OPENINGS: Words = LazyLock::new(|| list(include_str!("words/openings.txt")));

/// Verbs that make a cadence of a period before them: 日巡查, 周研判.
pub(crate) static CADENCE_VERBS: Words =
    LazyLock::new(|| list(include_str!("words/cadence-verbs.txt")));

/// Verbs whose object is a state to be reached, not an act of its own.
pub(crate) static TASKS: Words = LazyLock::new(|| list(include_str!("words/task-verbs.txt")));

/// What follows a word that names an object, not an act: 排查发现的问题, 整治情况.
pub(crate) static OBJECTS: Words = LazyLock::new(|| list(include_str!("words/object-ends.txt")));

/// Ends of names of bodies: 教育局, 检查组 tell nothing of what is done.
pub(crate) static BODIES: Words = LazyLock::new(|| list(include_str!("words/act-bodies.txt")));

/// Words that begin what is done in a bare period: 2024年，…; 2025年推动…; 3月组织….
pub(crate) static BEGINNINGS: Words =
    LazyLock::new(|| list(include_str!("words/phase-beginnings.txt")));

/// What makes a period an adjective though one of the beginnings follows.
pub(crate) static ADJECTIVES: Words =
    LazyLock::new(|| list(include_str!("words/phase-adjectives.txt")));

/// Words that tell the kind of an act, with their kinds.
pub(crate) static ACTS: LazyLock<Acts> = LazyLock::new(|| {
    let text = include_str!("words/acts.txt");
    let pairs = lines(text).filter_map(|line| line.split_once(": "));
    let all = pairs.flat_map(|(act, words)| words.split_whitespace().map(move |word| (word, act)));
    let mut by_first: HashMap<char, Vec<Telling>> = HashMap::new();
    let mut by_last: HashMap<char, Vec<Telling>> = HashMap::new();
    for (word, act) in all {
        if let (Some(first), Some(last)) = (word.chars().next(), word.chars().next_back()) {
            by_first.entry(first).or_default().push((word, act));
            by_last.entry(last).or_default().push((word, act));
        }
    }
    Acts { by_first, by_last }
});

/// A word and the kind of act that it tells.
pub(crate) type Telling = (&'static str, &'static str);

/// The telling words by their first and last characters.
pub(crate) struct Acts {
    by_first: HashMap<char, Vec<Telling>>,
    by_last: HashMap<char, Vec<Telling>>,
}

impl Acts {
    /// Those that a text begins with.
    pub(crate) fn beginnings<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Telling> + 'a {
        let first = text.chars().next();
        let words = first.and_then(|c| self.by_first.get(&c));
        let words = words.into_iter().flatten().copied();
        words.filter(move |(w, _)| text.starts_with(w))
    }

    /// Those that a text ends with.
    pub(crate) fn endings<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Telling> + 'a {
        let last = text.chars().next_back();
        let words = last.and_then(|c| self.by_last.get(&c));
        let words = words.into_iter().flatten().copied();
        words.filter(move |(w, _)| text.ends_with(w))
    }
}

#[cfg(test)]
mod tests {
    use domain::pack::LABELS;

    use super::*;

    #[test]
    fn every_kind_of_act_is_a_word_of_packs() {
        assert!(!ACTS.by_first.is_empty());
        for (word, act) in ACTS.by_first.values().flatten() {
            assert!(LABELS.contains(act), "{word}: {act}");
        }
    }
}
