//! The past through the same steps as the present, in simulated time.
//!
//! [`simulation`] lets happenings come to pass in a store in memory;
//! [`history`] takes them from a store's vintages. What a replay decided is
//! [`replayed`], and [`score`] holds it against known dates. [`series`] judges
//! one series by one limit, [`trial`] runs scenario tests. Nothing here is sent, and no live store is touched.

pub mod history;
pub mod replayed;
pub mod score;
pub mod series;
pub mod simulation;
pub mod trial;
