//! Properties of the domain that hold for all values, one module a subject.

mod calendar;
mod pack;
mod pack_chaos;
mod pack_choices;
mod pack_edit;
mod pack_lines;
mod pack_mistakes;
mod shipped;
