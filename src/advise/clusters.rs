//! The clusters of a payload: machine types and maximum sizes.

use serde_json::Value;

use crate::schema::{Cloud, ComputeTables};

/// A cluster of a payload.
#[derive(Clone, Debug)]
pub(super) struct PricedCluster<'j> {
    /// The name to show.
    pub name: String,
    /// The node type of its workers; `None` if a pool determines it.
    pub worker: Option<&'j str>,
    /// The node type of its driver.
    pub driver: Option<&'j str>,
    /// The maximum number of workers.
    pub workers: u64,
    /// Whether it is a job cluster, and not the cluster of one task.
    pub shared: bool,
    /// What determines size or price and is not in the payload.
    pub chosen: Vec<&'static str>,
    /// Whether it uses Photon.
    pub photon: bool,
}

impl<'j> PricedCluster<'j> {
    /// Reads `new_cluster`.
    pub fn of(name: String, spec: &'j Value, shared: bool) -> PricedCluster<'j> {
        let text = |key: &str| spec.get(key).and_then(Value::as_str);
        let worker = text("node_type_id");
        let most = spec.pointer("/autoscale/max_workers").or_else(|| spec.get("num_workers"));
        let pooled = spec.get("driver_instance_pool_id").is_some();
        let driver = text("driver_node_type_id").or(worker.filter(|_| !pooled));
        let flexible = ["worker_node_type_flexibility", "driver_node_type_flexibility"];
        let mut chosen = Vec::new();
        if flexible.iter().any(|key| spec.get(*key).is_some()) {
            chosen.push("its node type is chosen from several when it starts");
        }
        if most.is_none() && spec.get("policy_id").is_some() {
            chosen.push("its policy chooses its size");
        }
        PricedCluster {
            name,
            shared,
            worker,
            driver,
            chosen,
            workers: most.and_then(Value::as_u64).unwrap_or(0),
            photon: text("runtime_engine") == Some("PHOTON")
                || text("spark_version").is_some_and(|v| v.contains("photon")),
        }
    }

    /// Its machines: each node type with the maximum number.
    pub fn machines(&self) -> Vec<(Option<&'j str>, u64)> {
        if self.workers == 0 {
            return vec![(self.driver, 1)];
        }
        if self.driver == self.worker {
            return vec![(self.worker, self.workers + 1)];
        }
        vec![(self.driver, 1), (self.worker, self.workers)]
    }

    /// The GPUs of all machines.
    pub fn gpus(&self, tables: &ComputeTables) -> u64 {
        let of = |id: &str| tables.node(id).map_or(0, |n| u64::from(n.gpu_count));
        self.machines().iter().map(|(id, n)| id.map_or(0, of) * n).sum()
    }

    /// The cloud of the machines.
    pub fn cloud(&self, tables: &ComputeTables) -> Option<Cloud> {
        self.worker.or(self.driver).and_then(|id| tables.node(id)).map(|n| n.cloud)
    }
}
