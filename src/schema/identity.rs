//! How elements of a list are told apart, for readers that know the name of the list alone.
//!
//! Source: the service gives `depends_on` back sorted by key, and the platform's own bundles compare these lists by these
//! keys.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::field::Order;
use super::walk::all_blocks;

/// The order of each list that has a key, or no order, in some block.
static ORDERS: LazyLock<HashMap<&'static str, Order>> = LazyLock::new(|| {
    let fields = all_blocks().into_iter().flat_map(|b| b.fields);
    fields.filter(|f| f.order != Order::Significant).map(|f| (f.key, f.order)).collect()
});

/// The field by which elements of a list are known.
pub fn list_key(list: &str) -> Option<&'static str> {
    match ORDERS.get(list) {
        Some(Order::KeyedBy(key)) => Some(key),
        _ => None,
    }
}

/// Whether the order of a list without keys means nothing.
pub fn is_unordered(list: &str) -> bool {
    ORDERS.get(list) == Some(&Order::Free)
}
