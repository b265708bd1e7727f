//! What compute costs: a table that says its date, and that a project may have its own of.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::schema::Cloud;

/// The table that comes with pipec, as it is written.
pub const BUILT_IN: &str = include_str!("prices.toml");

/// A table of prices.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// The day that the prices are of.
    #[serde(deserialize_with = "day")]
    pub as_of: String,
    /// Their currency.
    pub currency: String,
    /// Where they are from.
    pub source: String,
    /// What a DBU costs, by the name of the cloud.
    #[serde(default)]
    pub cloud: BTreeMap<String, CloudPrice>,
    /// What a machine takes, by node type.
    #[serde(default)]
    pub node: BTreeMap<String, NodePrice>,
}

/// What a cloud charges.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloudPrice {
    /// One DBU of job compute.
    pub jobs: f64,
    /// How many times as many DBUs a machine takes with Photon.
    pub photon: f64,
}

/// What a machine takes in an hour.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodePrice {
    /// DBUs, without Photon.
    pub dbu: f64,
    /// The price of the machine itself.
    pub machine: Option<f64>,
}

/// A day, as a text or as a date of TOML.
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

/// What is wrong with a table of prices.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PricesError(String);

impl<T: Into<String>> From<T> for PricesError {
    fn from(text: T) -> PricesError {
        PricesError(text.into())
    }
}

impl Prices {
    /// Reads a table.
    ///
    /// # Errors
    /// What is wrong with it, and where.
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
