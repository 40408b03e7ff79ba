//! Browser journeys stand in `tests/it`; this crate has nothing else.
