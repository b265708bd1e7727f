//! How elements of a list are identified, if only the name of the list is known.
//!
//! Source: the service returns `depends_on` sorted by key, and the platform's bundles compare these lists by these
//! keys.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::field::Order;
use super::walk::all_blocks;

/// The order of each keyed or unordered list, from any block.
static ORDERS: LazyLock<HashMap<&'static str, Order>> = LazyLock::new(|| {
    let fields = all_blocks().into_iter().flat_map(|b| b.fields);
    fields.filter(|f| f.order != Order::Significant).map(|f| (f.key, f.order)).collect()
});

/// The field that identifies the elements of a list.
pub fn list_key(list: &str) -> Option<&'static str> {
    match ORDERS.get(list) {
        Some(Order::KeyedBy(key)) => Some(key),
        _ => None,
    }
}

/// Whether the order of a list without keys does not matter.
pub fn is_unordered(list: &str) -> bool {
    ORDERS.get(list) == Some(&Order::Free)
}
