//! Proofs in Chinese, for the page and the command line.

use super::{FindingCode, NoteCode, Proof, ProofFinding, ProofNote};

/// What a proof came to, in a sentence.
pub fn summary(proof: &Proof) -> String {
    let left_out = if proof.more > 0 {
        format!("，另有{}处未列出", proof.more)
    } else {
        String::new()
    };
    let result = if proof.clean {
        "没有发现改动、缺失或调换".to_owned()
    } else {
        format!("发现{}处问题{left_out}", proof.findings.len())
    };
    format!(
        "核对了{}条审计记录、{}行数据、{}个附件，{result}。",
        proof.links, proof.rows, proof.files
    )
}

/// What could not be proven; empty where all was.
pub const fn unproven(proof: &Proof) -> &'static str {
    if proof.tail_proven {
        ""
    } else {
        "没有库外的链头文件，末尾若被整段截去将无从发现。请在配置中设置链头文件。"
    }
}

/// One finding with its place.
pub fn finding(found: &ProofFinding) -> String {
    let word = code(found.code);
    let key = found.key.as_deref().unwrap_or_default();
    match (found.code, &found.table, found.seq) {
        (FindingCode::HeadUnread, ..) => {
            format!("链头文件有{}行无法读取", found.lines.unwrap_or_default())
        }
        (FindingCode::HeadTwice, _, seq) => {
            format!("{word}：{key} 第{}号", seq.unwrap_or_default())
        }
        (_, None, _) => word.to_owned(),
        (_, Some(table), None) => format!("{word}：{table} {key}"),
        (_, Some(table), Some(seq)) => format!("{word}：{table} {key}（第{seq}号记录）"),
    }
}

/// A kind of finding.
pub const fn code(code: FindingCode) -> &'static str {
    match code {
        FindingCode::AlteredRow => "数据被改动",
        FindingCode::RemovedRow => "数据被删除",
        FindingCode::UnlinkedRow => "数据未经系统写入",
        FindingCode::DerivedRow => "推算数据与审计记录不一致",
        FindingCode::AlteredLink => "审计记录被改动",
        FindingCode::MissingLink => "审计记录缺失",
        FindingCode::MovedLink => "审计记录被调换",
        FindingCode::TimeBack => "审计记录的时间倒退",
        FindingCode::CutTail => "审计记录末尾被截去",
        FindingCode::HeadAhead => "数据库比链头文件旧",
        FindingCode::HeadDiffers => "链头与末条不一致",
        FindingCode::LostFile => "附件文件丢失",
        FindingCode::AlteredFile => "附件文件被改动",
        FindingCode::CountedExtra => "计入情况未经系统写入",
        FindingCode::CountedMissing => "计入情况被删除",
        FindingCode::CountedUnread => "计入情况无法读取",
        FindingCode::PartsAltered => "记录的参与单位索引被改动",
        FindingCode::StrayRow => "所指的记录不存在",
        FindingCode::IndexAltered => "制度条目索引被改动",
        FindingCode::CountedUnchecked => "有数据无法读取，计入情况没有核对",
        FindingCode::IndexUnchecked => "有数据无法读取，制度条目没有核对",
        FindingCode::HeadUnread => "链头文件有无法读取的行",
        FindingCode::HeadTwice => "链头文件对同一条记录有两种说法",
    }
}

/// One note.
pub fn note(note: &ProofNote) -> String {
    let seq = note.seq.unwrap_or_default();
    match note.code {
        NoteCode::HeadBehind => format!(
            "链头文件比数据库少{}条，末尾这几条还没有库外的凭证",
            note.links.unwrap_or_default()
        ),
        NoteCode::ClockSetBack => format!(
            "第{seq}号记录起，时钟由操作员改回（此前快了{}）",
            crate::words::span_ms(note.by_ms.unwrap_or_default())
        ),
        NoteCode::Adopted => {
            format!("第{seq}号记录之前的计入情况，由该次升级按当时的样子纳入，更早的变化不能证明")
        }
        NoteCode::Unadopted => "上次升级没有做完，请执行 bihuan migrate".to_owned(),
        NoteCode::Unrecorded => {
            "数据库现在不能写入，这次核验没有留下审计记录，请抄录核验结果".to_owned()
        }
    }
}
