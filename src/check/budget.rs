//! Limits the work of one check: families, defaults, clusters and targets multiply the source.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::model::{Node, NodeKind, Object};

/// The number of targets a project may have. Each of them is a check of its own.
pub(super) const MAX_TARGETS: usize = 250;
/// Values per target, about a hundred bytes each. 100,000 steps are within the limit.
const MAX_VALUES: i64 = 5_000_000;
/// Values of all targets together.
const MAX_VALUES_OF_TARGETS: i64 = 100_000_000;
/// The cost of a step, without the values in it.
pub(super) const STEP: usize = 16;

/// The work that is left. All threads share one budget, so whether it is exceeded does not depend on their order.
#[derive(Debug)]
pub(super) struct Budget {
    target: AtomicI64,
    all: AtomicI64,
}

impl Budget {
    pub fn new() -> Budget {
        Budget { target: AtomicI64::new(MAX_VALUES), all: AtomicI64::new(MAX_VALUES_OF_TARGETS) }
    }

    /// Charges the cost of something before it is done; returns false if the budget is exceeded.
    pub fn charge(&self, values: usize) -> bool {
        let values = i64::try_from(values).unwrap_or(i64::MAX / 4);
        self.all.fetch_sub(values, Ordering::Relaxed);
        let left = self.target.fetch_sub(values, Ordering::Relaxed) - values;
        // Far below zero the sum could wrap around.
        if left < -MAX_VALUES {
            self.target.store(-1, Ordering::Relaxed);
        }
        !self.is_spent()
    }

    /// Whether the budget was exceeded.
    pub fn is_spent(&self) -> bool {
        self.target.load(Ordering::Relaxed) < 0 || self.all.load(Ordering::Relaxed) < 0
    }

    /// Refills the budget for one target, but not that for all targets.
    pub fn next_target(&self) {
        if !self.is_spent() {
            self.target.store(MAX_VALUES, Ordering::Relaxed);
        }
    }
}

/// The number of values in an object.
pub(super) fn size(object: &Object) -> usize {
    let fields: usize = object.fields.iter().map(|f| 1 + f.value.as_ref().map_or(0, size_of)).sum();
    1 + fields + object.unchecked.len()
}

fn size_of(node: &Node) -> usize {
    match &node.kind {
        NodeKind::List(items) => 1 + items.iter().map(size_of).sum::<usize>(),
        NodeKind::Map(entries) => 1 + entries.iter().map(|(_, _, v)| size_of(v)).sum::<usize>(),
        NodeKind::Object(object) => size(object),
        NodeKind::Text(text) => 1 + text.parts.len(),
        _ => 1,
    }
}
