//! Lists of words of officialese, in files that a domain person can read and extend.
//!
//! **Invariant:** a list holds words of the language, never of one notice.

use std::sync::LazyLock;

/// A list of words, read once.
pub(crate) type Words = LazyLock<Vec<&'static str>>;

fn list(text: &'static str) -> Vec<&'static str> {
    lines(text).flat_map(str::split_whitespace).collect()
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
pub(crate) static ACTS: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
    let text = include_str!("words/acts.txt");
    let pairs = lines(text).filter_map(|line| line.split_once(": "));
    pairs
        .flat_map(|(act, words)| words.split_whitespace().map(move |word| (word, act)))
        .collect()
});

#[cfg(test)]
mod tests {
    use domain::pack::LABELS;

    use super::*;

    #[test]
    fn every_kind_of_act_is_a_word_of_packs() {
        assert!(!ACTS.is_empty());
        for (word, act) in ACTS.iter() {
            assert!(LABELS.contains(act), "{word}: {act}");
        }
    }
}
