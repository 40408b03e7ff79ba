//! What a pack asks for in words, for pages and the command line.

use domain::calendar::words::{chinese_date, cut_off_name, every_name};

use super::show::{DemandSeen, TimingSeen};

/// How often or until when, and how many: 每月不少于1次，当月22日.
pub fn demand(demand: &DemandSeen) -> String {
    let count = format!("不少于{}{}", demand.at_least, demand.unit);
    match demand.when {
        TimingSeen::Recurring { every, n, due } => {
            let due = due.map(|due| format!("，{}", cut_off_name(due, every, n)));
            format!("{}{count}{}", every_name(every, n), due.unwrap_or_default())
        }
        TimingSeen::Once { due_on } => format!("{}前{count}", chinese_date(due_on)),
        TimingSeen::Occasion => format!("每个重要节点{count}"),
    }
}
