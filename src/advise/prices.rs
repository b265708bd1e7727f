//! Price tables: the built-in one, and those of projects.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::schema::Cloud;

/// The built-in table.
pub const BUILT_IN: &str = include_str!("prices.toml");

/// A table of prices.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// The date of the prices.
    #[serde(deserialize_with = "day")]
    pub as_of: String,
    /// Their currency.
    pub currency: String,
    /// The source of the prices.
    pub source: String,
    /// Prices by cloud.
    #[serde(default)]
    pub cloud: BTreeMap<String, CloudPrice>,
    /// Prices by node type.
    #[serde(default)]
    pub node: BTreeMap<String, NodePrice>,
}

/// The prices of a cloud.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloudPrice {
    /// Price of a DBU of job compute.
    pub jobs: f64,
    /// Factor on DBUs with Photon.
    pub photon: f64,
}

/// The prices of a node type, per hour.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodePrice {
    /// DBUs, without Photon.
    pub dbu: f64,
    /// Price of the machine.
    pub machine: Option<f64>,
}

/// A date, as a string or a TOML date.
fn day<'de, D: serde::Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Day {
        Text(String),
        Date(toml::value::Datetime),
    }
    Ok(match Day::deserialize(from)? {
        Day::Text(text) => text,
        Day::Date(date) => date.to_string(),
    })
}

/// An error in a price table.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PricesError(String);

impl<T: Into<String>> From<T> for PricesError {
    fn from(text: T) -> PricesError {
        PricesError(text.into())
    }
}

impl Prices {
    /// Parses a table.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn parse(text: &str) -> Result<Prices, PricesError> {
        let prices: Prices = toml::from_str(text).map_err(|e| e.to_string())?;
        let wrong = |n: f64| !n.is_finite() || n < 0.0;
        if let Some((name, _)) = prices.cloud.iter().find(|(_, c)| wrong(c.jobs) || wrong(c.photon)) {
            return Err(format!("prices of `{name}` must be a table").into());
        }
        if let Some(name) = prices.cloud.keys().find(|name| Cloud::from_name(name).is_none()) {
            return Err(format!("unknown cloud `{name}`; use `azure`, `aws` or `gcp`").into());
        }
        match prices.node.iter().find(|(_, n)| wrong(n.dbu) || n.machine.is_some_and(wrong)) {
            Some((name, _)) => Err(format!("price of `{name}` must be a number of at least 0").into()),
            None => Ok(prices),
        }
    }
}
