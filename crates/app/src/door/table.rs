//! The table of operations: every noun's, with its title.

use super::Operation;

/// All operations, noun by noun, in the order of the side bar.
pub fn all() -> impl Iterator<Item = &'static Operation> {
    NOUNS.iter().flat_map(|(_, operations)| *operations)
}

/// The operation of a name.
pub fn find(name: &str) -> Option<&'static Operation> {
    all().find(|operation| operation.name == name)
}

/// The nouns that have operations, with their titles in Chinese.
pub fn nouns() -> impl Iterator<Item = (&'static str, &'static str)> {
    let noun = |operations: &'static [Operation]| operations.first().map(Operation::noun);
    let named = NOUNS
        .iter()
        .map(move |(title, operations)| (noun(operations), *title));
    named.filter_map(|(noun, title)| Some((noun?, title)))
}

/// The operations of every noun, with its title.
const NOUNS: &[(&str, &[Operation])] = &[
    ("履职记录", crate::act::OPERATIONS),
    ("附件", crate::file::OPERATIONS),
    ("工作台", crate::duty::DESK_OPERATIONS),
    ("搜索", crate::search::OPERATIONS),
    ("职责", crate::duty::OPERATIONS),
    ("制度", crate::pack::OPERATIONS),
    ("起草", crate::drafting::OPERATIONS),
    ("裁定申请", crate::ruling::OPERATIONS),
    ("单位", crate::body::OPERATIONS),
    ("岗位", crate::post::OPERATIONS),
    ("重要节点", crate::occasion::OPERATIONS),
    ("人员", crate::person::OPERATIONS),
    ("权限", crate::role::OPERATIONS),
    ("重置审批", crate::reset::OPERATIONS),
    ("接口令牌", crate::token::OPERATIONS),
    ("后台任务", crate::job::OPERATIONS),
    ("审计", crate::audit::OPERATIONS),
];
