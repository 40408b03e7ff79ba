//! Links of the chain and proofs of it in words and addresses.

use app::audit::{LinkSeen, Proof, words as proofs};
use app::words;

/// First characters of a hash that a list shows.
const HASH_SHOWN: usize = 12;

/// A link, ready to show.
pub(super) struct Told {
    /// Number.
    pub(super) seq: i64,
    /// When.
    pub(super) at: String,
    /// Who.
    pub(super) by: String,
    /// What.
    pub(super) verb: &'static str,
    /// To what.
    pub(super) subject: String,
    /// The page of the subject, or empty.
    pub(super) path: String,
    /// How many rows changed.
    pub(super) rows: usize,
    /// The first characters of its hash.
    pub(super) hash: String,
}

/// Puts a link into words.
pub(super) fn told(link: &LinkSeen) -> Told {
    let by = match (&link.by, &link.operator) {
        (Some(name), Some(program)) if link.by_program => format!("{name}（{program}）"),
        (Some(name), Some(operator)) => format!("{name}（由{operator}在命令行代办）"),
        (Some(name), None) => name.clone(),
        (None, Some(operator)) => format!("系统（{operator}）"),
        (None, None) => "系统".to_owned(),
    };
    Told {
        seq: link.seq,
        at: words::instant(link.at.ms()),
        by,
        verb: words::verb(&link.verb),
        subject: subject(&link.subject),
        path: path(&link.subject),
        rows: link.rows,
        hash: link.hash.chars().take(HASH_SHOWN).collect(),
    }
}

/// What a link is about; a proof's link says how many things were wrong.
fn subject(subject: &str) -> String {
    match subject.strip_prefix("findings:") {
        Some("0") => "没有发现问题".to_owned(),
        Some(found) => format!("发现{found}处问题"),
        None => subject.to_owned(),
    }
}

/// A proof, ready to show.
pub(super) struct ProofTold {
    /// Nothing is wrong.
    pub(super) clean: bool,
    /// In a sentence.
    pub(super) summary: String,
    /// A line a finding.
    pub(super) findings: Vec<String>,
    /// What should be known.
    pub(super) notes: Vec<String>,
    /// What could not be proven; empty where all was.
    pub(super) unproven: &'static str,
}

/// Puts a proof into words.
pub(super) fn proven(proof: &Proof) -> ProofTold {
    ProofTold {
        clean: proof.clean,
        summary: proofs::summary(proof),
        findings: proof.findings.iter().map(proofs::finding).collect(),
        notes: proof.notes.iter().map(proofs::note).collect(),
        unproven: proofs::unproven(proof),
    }
}

fn path(subject: &str) -> String {
    match subject.split_once('_').map(|(prefix, _)| prefix) {
        Some("act") => format!("/acts/{subject}"),
        Some("body") => format!("/bodies/{subject}"),
        Some("post") => format!("/posts/{subject}"),
        Some("person") => format!("/system/people/{subject}"),
        Some("reset") => format!("/system/resets/{subject}"),
        Some("job") => "/system/jobs".to_owned(),
        Some("ruling") => format!("/rulings/{subject}"),
        Some(_) | None => String::new(),
    }
}
