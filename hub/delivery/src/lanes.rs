// SPDX-License-Identifier: EUPL-1.2
//! Lanes: deliveries with the same order key one after the other, all others beside each other.
//!
//! A pure state machine. A lane is *busy* from the moment its first delivery is started until it is finished; whatever
//! comes for it meanwhile waits behind, in the order of arrival, so a failing delivery holds its own lane and no other.

use std::collections::{HashMap, VecDeque};

/// The lanes of one connector. `T` is whatever stands in line.
#[derive(Debug)]
pub struct Lanes<T> {
    /// Busy lanes and who waits behind.
    busy: HashMap<String, VecDeque<T>>,
}

impl<T> Default for Lanes<T> {
    fn default() -> Self {
        Self { busy: HashMap::new() }
    }
}

impl<T> Lanes<T> {
    /// Brings `item` to its lane. It comes back when the lane is free: then it is to be started now.
    pub fn enter(&mut self, lane: &str, item: T) -> Option<T> {
        if let Some(line) = self.busy.get_mut(lane) {
            line.push_back(item);
            return None;
        }
        self.busy.insert(lane.to_owned(), VecDeque::new());
        Some(item)
    }

    /// The started delivery of this lane is settled. The next one in line comes back and is to be started now.
    pub fn leave(&mut self, lane: &str) -> Option<T> {
        let next = self.busy.get_mut(lane)?.pop_front();
        if next.is_none() {
            self.busy.remove(lane);
        }
        next
    }

    /// Takes out everything that waits, in no particular order of lanes; busy lanes stay busy until they are left.
    pub fn clear(&mut self) -> Vec<T> {
        self.busy.values_mut().flat_map(std::mem::take).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count<T>(lanes: &Lanes<T>) -> (usize, usize) {
        (lanes.busy.len(), lanes.busy.values().map(VecDeque::len).sum())
    }

    #[test]
    fn one_lane_is_in_order_and_others_go_on() {
        let mut lanes = Lanes::default();
        assert_eq!(lanes.enter("a", 1), Some(1));
        assert_eq!(lanes.enter("a", 2), None);
        assert_eq!(lanes.enter("a", 3), None);
        assert_eq!(lanes.enter("b", 4), Some(4));
        assert_eq!(count(&lanes), (2, 2));
        assert_eq!(lanes.leave("b"), None);
        assert_eq!(lanes.enter("b", 5), Some(5));
        assert_eq!(lanes.leave("a"), Some(2));
        assert_eq!(lanes.leave("a"), Some(3));
        assert_eq!(lanes.leave("a"), None);
        assert_eq!(lanes.leave("b"), None);
        assert_eq!(count(&lanes), (0, 0));
    }

    #[test]
    fn clearing_leaves_what_is_started() {
        let mut lanes = Lanes::default();
        for n in 0..4 {
            lanes.enter("a", n);
        }
        assert_eq!(lanes.clear(), [1, 2, 3]);
        assert_eq!(count(&lanes), (1, 0));
        assert_eq!(lanes.leave("a"), None);
        assert_eq!(count(&lanes), (0, 0));
    }

    #[test]
    fn any_schedule_keeps_the_order_of_every_lane() {
        // A small seeded generator instead of a clock: 200 schedules of 400 steps.
        for seed in 1..200_u64 {
            let mut random = seed;
            let mut lanes = Lanes::default();
            let mut started: HashMap<u64, u64> = HashMap::new();
            let mut last: HashMap<u64, u64> = HashMap::new();
            for number in 0..400 {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let lane = (random >> 33) % 5;
                let next = if (random >> 40) % 2 == 0 {
                    lanes.enter(&lane.to_string(), number)
                } else if started.remove(&lane).is_some() {
                    lanes.leave(&lane.to_string())
                } else {
                    continue;
                };
                if let Some(next) = next {
                    assert!(started.insert(lane, next).is_none(), "two at once in lane {lane}");
                    assert!(last.insert(lane, next).is_none_or(|before| before < next));
                }
                assert_eq!(count(&lanes).0, started.len());
            }
        }
    }
}
