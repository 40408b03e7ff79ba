//! Where a point comes to lie: six numbers, as the format has them.

/// A change of place, size and direction.
pub(super) type Matrix = [f32; 6];

/// No change.
pub(super) const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// First the one, then the other.
pub(super) fn before(first: Matrix, then: Matrix) -> Matrix {
    let part = |x: usize, y: usize, of: usize| first[x] * then[of] + first[y] * then[of + 2];
    [
        part(0, 1, 0),
        part(0, 1, 1),
        part(2, 3, 0),
        part(2, 3, 1),
        part(4, 5, 0) + then[4],
        part(4, 5, 1) + then[5],
    ]
}

/// Where a point comes to lie.
pub(super) fn apply(by: Matrix, point: (f32, f32)) -> (f32, f32) {
    (
        by[0] * point.0 + by[2] * point.1 + by[4],
        by[1] * point.0 + by[3] * point.1 + by[5],
    )
}

/// How much heights grow.
pub(super) fn scale(matrix: Matrix) -> f32 {
    matrix[2].hypot(matrix[3])
}

/// Which way a line of text runs, in quarters of a turn; none where it slants, as watermarks do.
pub(super) fn direction(matrix: Matrix, size: f32) -> Option<u8> {
    let (x, y) = (matrix[0] * size.signum(), matrix[1] * size.signum());
    if y.abs() < x.abs() * 0.2 {
        Some(if x > 0.0 { 0 } else { 2 })
    } else if x.abs() < y.abs() * 0.2 {
        Some(if y > 0.0 { 1 } else { 3 })
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_follow_each_other() {
        let both = before(
            [2.0, 0.0, 0.0, 2.0, 1.0, 0.0],
            [0.0, 1.0, -1.0, 0.0, 5.0, 7.0],
        );
        assert_eq!(apply(both, (3.0, 4.0)), (-3.0, 14.0));
        assert_eq!(direction(both, 1.0), Some(1));
        assert_eq!(direction([1.0, 1.0, -1.0, 1.0, 0.0, 0.0], 1.0), None);
    }
}
