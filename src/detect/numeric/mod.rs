//! The mathematics behind the detectors: summaries, tails, regression, and a
//! small source of random numbers. Nothing here knows what a detector is.

pub(super) mod glm;
pub(super) mod random;
pub(super) mod recent;
pub(super) mod summary;
pub(super) mod tails;
