//! Times of many runs, and the line in which a benchmark says a figure.

use std::io::Write;
use std::time::{Duration, Instant};

use serde_json::json;

/// Milliseconds that the runs of one thing took.
#[derive(Debug, Clone, Default)]
pub struct Times {
    ms: Vec<f64>,
}

impl Times {
    /// Adds a run.
    pub fn add(&mut self, took: Duration) {
        self.ms.push(took.as_secs_f64() * 1e3);
    }

    /// Times a run and adds it.
    pub async fn of<T>(&mut self, run: impl Future<Output = T>) -> T {
        let from = Instant::now();
        let out = run.await;
        self.add(from.elapsed());
        out
    }

    /// Adds the runs of another one.
    pub fn join(&mut self, other: Self) {
        self.ms.extend(other.ms);
    }

    /// The time that so many percent of the runs did not exceed; 0 without runs.
    pub fn percentile(&self, percent: usize) -> f64 {
        let mut sorted = self.ms.clone();
        sorted.sort_by(f64::total_cmp);
        let at = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
        sorted.get(at).copied().unwrap_or_default()
    }
}

/// A figure with what it may be at most and what it is held against.
#[derive(Debug, Clone, Copy)]
pub struct Figure<'a> {
    /// What was measured.
    pub name: &'a str,
    /// How much it was.
    pub value: f64,
    /// In which unit.
    pub unit: &'a str,
    /// At most so much; a figure without it is for information.
    pub target: Option<f64>,
    /// The simplest thing that does the same work, in the same run.
    pub baseline: Option<f64>,
}

impl Figure<'_> {
    /// Prints the line that `cargo xtask bench` reads.
    pub fn say(self) -> std::io::Result<()> {
        let Self {
            name, value, unit, ..
        } = self;
        let line = json!({
            "name": name,
            "value": value,
            "unit": unit,
            "target": self.target,
            "baseline": self.baseline,
        });
        writeln!(std::io::stdout().lock(), "{line}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ninety_five_of_a_hundred_runs_stay_below_their_percentile() {
        let mut times = Times::default();
        for ms in (1..=100).rev() {
            times.add(Duration::from_millis(ms));
        }
        assert!((times.percentile(95) - 95.0).abs() < 1e-9);
        assert!((times.percentile(50) - 50.0).abs() < 1e-9);
        assert!(Times::default().percentile(95).abs() < 1e-9);
    }
}
