//! Properties of the domain that hold for all values, one module a subject.

mod calendar;
mod pack;
mod pack_mistakes;
mod shipped;
