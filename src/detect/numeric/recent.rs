//! The last few values of a series, in bounded memory.

use std::collections::VecDeque;

use crate::detect::Unknown;

/// The last `keep` values that are present.
///
/// Gaps are passed over: a baseline of seven is the last seven values there
/// are. The alternative, to lose a window's worth of judgements to one missed
/// poll, would leave a series unwatched just when its source is in trouble.
#[derive(Debug, Clone)]
pub(in crate::detect) struct Recent {
    keep: usize,
    values: VecDeque<f64>,
}

impl Recent {
    /// An empty memory.
    pub fn new(keep: usize) -> Self {
        Self { keep, values: VecDeque::new() }
    }

    /// Remembers a value, and forgets the oldest when there are too many.
    pub fn push(&mut self, value: Option<f64>) {
        self.values.extend(value);
        if self.values.len() > self.keep {
            self.values.pop_front();
        }
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// All of them, oldest first, when there are at least so many.
    pub fn at_least(&self, needed: usize) -> Result<Vec<f64>, Unknown> {
        let have = self.values.len();
        if have < needed { Err(Unknown::Missing { needed, have }) } else { Ok(self.values.iter().copied().collect()) }
    }

    /// The `count` values that end `lag` values ago.
    pub fn window(&self, count: usize, lag: usize) -> Result<Vec<f64>, Unknown> {
        let (needed, have) = (count.saturating_add(lag), self.values.len());
        let first = have.checked_sub(needed).ok_or(Unknown::Missing { needed, have })?;
        Ok(self.values.iter().skip(first).take(count).copied().collect())
    }
}
