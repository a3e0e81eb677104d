//! Union–find: which things are one by a chain of links. Pure.

/// Things by their places, each at first by itself.
#[derive(Debug, Clone)]
pub struct Components {
    parents: Vec<usize>,
}

impl Components {
    /// So many things.
    pub fn new(count: usize) -> Self {
        Self { parents: (0..count).collect() }
    }

    /// The thing that stands for all that are one with this: the one with the lowest place.
    pub fn root(&mut self, mut place: usize) -> usize {
        while self.parents[place] != place {
            self.parents[place] = self.parents[self.parents[place]];
            place = self.parents[place];
        }
        place
    }

    /// Whether two are one.
    pub fn are_one(&mut self, a: usize, b: usize) -> bool {
        self.root(a) == self.root(b)
    }

    /// Makes two one; tells whether they were not before.
    pub fn join(&mut self, a: usize, b: usize) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        self.parents[a.max(b)] = a.min(b);
        a != b
    }

    /// The root of each, in order.
    pub fn roots(&mut self) -> Vec<usize> {
        (0..self.parents.len()).map(|place| self.root(place)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_are_one() {
        let mut five = Components::new(5);
        assert!(five.join(3, 4) && five.join(1, 3));
        assert!(!five.join(4, 1), "they were one already");
        assert_eq!(five.roots(), [0, 1, 2, 1, 1]);
    }
}
