//! Chance that repeats: every throw is named, so that a change in one place shifts no other.

/// Throws for one name.
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    /// The dice of a name, the same every time (FNV-1a seeds splitmix64).
    pub(super) fn of(name: &str) -> Self {
        let seed = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below a bound; 0 for the bound 0.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % bound).unwrap_or(0)
    }

    /// A number of a closed range.
    pub(super) fn between(&mut self, low: u32, high: u32) -> u32 {
        let width = u64::from(high.saturating_sub(low)) + 1;
        low + u32::try_from(self.next() % width).unwrap_or(0)
    }

    /// Yes in so many of a hundred cases.
    pub(super) fn percent(&mut self, yes: u32) -> bool {
        self.between(1, 100) <= yes
    }

    /// One of several; `None` of none.
    pub(super) fn pick<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        all.get(self.below(all.len()))
    }

    /// So many different ones, in the order of the list.
    pub(super) fn some<'a, T>(&mut self, all: &'a [T], count: usize) -> Vec<&'a T> {
        let mut left = count.min(all.len());
        let mut out = Vec::with_capacity(left);
        for (at, one) in all.iter().enumerate() {
            if left > 0 && self.below(all.len() - at) < left {
                out.push(one);
                left -= 1;
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::Dice;

    #[test]
    fn the_same_name_throws_the_same() {
        let throws = |name| {
            (0..5)
                .map(|_| 0)
                .scan(Dice::of(name), |d, _: i32| Some(d.below(100)))
                .collect::<Vec<_>>()
        };
        assert_eq!(throws("a"), throws("a"));
        assert_ne!(throws("a"), throws("b"));
    }

    #[test]
    fn some_gives_so_many_different_ones() {
        let all: Vec<u32> = (0..10).collect();
        for seed in ["x", "y", "z"] {
            let found = Dice::of(seed).some(&all, 4);
            assert_eq!(found.len(), 4);
            assert!(found.windows(2).all(|w| w[0] < w[1]));
        }
        assert_eq!(Dice::of("x").some(&all, 99).len(), 10);
    }
}
