//! How fast somebody sends or receives, counted only while they are waited for.

/// Bytes that passed, and the time that was spent waiting for the other side.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Flow {
    bytes: u64,
    waited_ms: u64,
    since: Option<u64>,
}

impl Flow {
    /// From now on the other side is waited for.
    pub(super) fn waits(&mut self, now: u64) {
        self.since.get_or_insert(now);
    }

    /// Bytes passed; nobody is waited for until the next are wanted.
    pub(super) fn passed(&mut self, now: u64, bytes: usize) {
        if let Some(since) = self.since.take() {
            self.waited_ms += now.saturating_sub(since);
        }
        self.bytes = self.bytes.saturating_add(bytes as u64);
    }

    /// Whether the other side was waited for longer than what came of it allows.
    pub(super) fn is_late(&self, now: u64, patience_ms: u64, bytes_per_second: u64) -> bool {
        let Some(since) = self.since else {
            return false;
        };
        let waited = self.waited_ms + now.saturating_sub(since);
        let earned = self.bytes.saturating_mul(1_000) / bytes_per_second.max(1);
        waited > patience_ms.saturating_add(earned)
    }
}

#[cfg(test)]
mod tests {
    use super::Flow;

    #[test]
    fn one_byte_a_second_is_late_and_a_slow_telephone_is_not() {
        let (mut drip, mut slow) = (Flow::default(), Flow::default());
        for second in 0..60 {
            let now = second * 1_000;
            assert!(!slow.is_late(now, 15_000, 4_096));
            drip.passed(now, 1);
            drip.waits(now);
            slow.passed(now, 4_096);
            slow.waits(now);
        }
        assert!(drip.is_late(59_000, 15_000, 4_096));
        assert!(!slow.is_late(59_000, 15_000, 4_096));
        assert!(
            slow.is_late(59_000 + 76_000, 15_000, 4_096),
            "what was sent before is used up some time"
        );
    }

    #[test]
    fn whoever_is_not_waited_for_is_never_late() {
        let mut flow = Flow::default();
        flow.waits(0);
        flow.passed(1_000, 10);
        assert!(!flow.is_late(10_000_000, 15_000, 4_096), "we are at work");
        flow.waits(10_000_000);
        assert!(!flow.is_late(10_000_000 + 13_000, 15_000, 4_096));
        assert!(flow.is_late(10_000_000 + 14_100, 15_000, 4_096));
    }
}
