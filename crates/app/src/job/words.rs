//! Jobs in Chinese, for the page and the command line.

use domain::job::{Failure, JobKind, Phase};

use super::Ended;

/// What a job does.
pub const fn kind(kind: JobKind) -> &'static str {
    match kind {
        JobKind::SweepSessions => "清理过期登录",
        JobKind::SweepRequests => "清理过期的提交凭据",
        JobKind::CollectFiles => "清理没有记录引用的附件",
    }
}

/// What is counted of what a job cleared.
pub const fn unit(kind: JobKind) -> &'static str {
    match kind {
        JobKind::SweepSessions | JobKind::SweepRequests => "条",
        JobKind::CollectFiles => "个",
    }
}

/// Where a job stands.
pub const fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Waiting => "等待执行",
        Phase::Running => "正在执行",
        Phase::Done => "已完成",
        Phase::Dead => "已停止",
    }
}

/// How a look at a job ended.
pub const fn ended(ended: Ended) -> &'static str {
    match ended {
        Ended::Done => "已完成",
        Ended::Unfinished => "没有做完，下次接着做",
        Ended::Failed => "没有成功，稍后自动再试",
        Ended::Dead => "多次没有成功，已停止",
        Ended::Lost => "已由另一个节点接手",
    }
}

/// Why a try did not end well, and what to do about it.
pub const fn failure(failure: Failure) -> &'static str {
    match failure {
        Failure::DiskFull => "服务器磁盘已满。请清理磁盘后重新执行。",
        Failure::DiskError => "服务器磁盘读写出错。请检查磁盘后重新执行。",
        Failure::ReadOnly => "数据库只能读、不能写。请检查数据库的写入权限后重新执行。",
        Failure::DatabaseAway => "连接不上数据库。请检查数据库服务后重新执行。",
        Failure::Busy => "数据库太忙。请避开高峰后重新执行。",
        Failure::ClockBehind => "服务器时钟比最近一次记录慢。请校准时钟后重新执行。",
        Failure::Interrupted => "执行中程序多次中断。请查看服务器是否反复重启，再重新执行。",
        Failure::Fault => "程序出错，原因已写入服务器日志。请先查看日志，再重新执行。",
    }
}
