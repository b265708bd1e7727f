//! The maximum cost of a run: each cluster at its maximum size, for as long as its steps may take.

use std::collections::BTreeMap;

use super::clusters::PricedCluster;
use super::prices::Prices;
use super::tasks::{Tasks, TimedTask};
use crate::payload::{Payload, Placement, Work};
use crate::schema::{ComputeTables, SERVERLESS_GPUS};

/// The maximum cost of one compute in a run.
#[derive(Clone, Debug, PartialEq)]
pub struct ComputeCost {
    /// The name to show.
    pub name: String,
    /// Its machines, such as `9 x Standard_D8ds_v5`.
    pub machines: String,
    /// Whether it is a cluster, which must start.
    pub is_cluster: bool,
    /// The steps on it.
    pub steps: Vec<String>,
    /// Hours; `None` if unlimited.
    pub hours: Option<f64>,
    /// Hours of all GPUs together.
    pub gpu_hours: Option<f64>,
    /// GPUs of all machines.
    pub gpus: u64,
    /// DBUs; `None` if unknown.
    pub dbu: Option<f64>,
    /// The price of DBUs and machines; `None` if unknown.
    pub price: Option<f64>,
    /// What is missing to compute more.
    pub unknown: Vec<String>,
}

/// The maximum cost of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Cost {
    /// Each compute, in order of first use.
    pub computes: Vec<ComputeCost>,
    /// Steps whose compute is billed separately, by what bills it.
    pub elsewhere: BTreeMap<&'static str, Vec<String>>,
}

impl Cost {
    /// The total price, if known.
    pub fn price(&self) -> Option<f64> {
        self.is_whole().then(|| self.computes.iter().try_fold(0.0, |sum, c| Some(sum + c.price?))).flatten()
    }

    /// The total DBUs, if known.
    pub fn dbu(&self) -> Option<f64> {
        self.is_whole().then(|| self.computes.iter().try_fold(0.0, |sum, c| Some(sum + c.dbu?))).flatten()
    }

    /// The total GPU hours, if known.
    pub fn gpu_hours(&self) -> Option<f64> {
        self.computes.iter().try_fold(0.0, |sum, c| Some(sum + c.gpu_hours?))
    }

    /// Whether nothing is billed separately.
    fn is_whole(&self) -> bool {
        self.elsewhere.keys().all(|what| *what == NOTHING)
    }
}

/// The compute of a condition.
pub const NOTHING: &str = "nothing";

/// Computes the maximum cost of a run.
pub fn cost(job: Payload<'_>, tasks: &Tasks<'_>, tables: &ComputeTables, prices: &Prices) -> Cost {
    let mut found: Vec<(PricedCluster<'_>, Vec<usize>)> = Vec::new();
    let mut serverless: BTreeMap<(&'static str, u64), Vec<&TimedTask<'_>>> = BTreeMap::new();
    let mut elsewhere: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    for (at, task) in tasks.list.iter().enumerate() {
        let place = place(job, task);
        if !matches!(place, Billed::Elsewhere(_)) && task.work.on_warehouse() {
            // dbt runs in one place, and its SQL in another.
            elsewhere.entry(WAREHOUSE).or_default().push(task.key.to_owned());
        }
        match place {
            Billed::Cluster(cluster) => match found.iter_mut().find(|(c, _)| c.name == cluster.name) {
                Some((_, steps)) => steps.push(at),
                None => found.push((cluster, vec![at])),
            },
            Billed::ServerlessGpu(kind, gpus) => serverless.entry((kind, gpus)).or_default().push(task),
            Billed::Elsewhere(what) => elsewhere.entry(what).or_default().push(task.key.to_owned()),
        }
    }
    let mut computes: Vec<ComputeCost> =
        found.iter().map(|(cluster, steps)| of_cluster(cluster, steps, tasks, tables, prices)).collect();
    for ((kind, gpus), steps) in serverless {
        let hours = steps.iter().try_fold(0.0, |sum, t| Some(sum + tasks.together(t)?));
        let mut unknown = vec!["the DBU consumption of serverless GPUs is not part of a job".to_owned()];
        if hours.is_none() {
            unknown.extend(steps.iter().find_map(|t| t.unbounded).map(str::to_owned));
        }
        computes.push(ComputeCost {
            name: format!("serverless {kind}"),
            machines: format!("{gpus} GPU"),
            is_cluster: false,
            steps: steps.iter().map(|t| t.key.to_owned()).collect(),
            hours,
            gpu_hours: hours.map(|h| h * gpus as f64),
            gpus,
            dbu: None,
            price: None,
            unknown,
        });
    }
    Cost { computes, elsewhere }
}

/// The compute for SQL.
const WAREHOUSE: &str = "a SQL warehouse";

/// The compute that bills for a task.
enum Billed<'j> {
    Cluster(PricedCluster<'j>),
    /// The accelerator, and the number of GPUs.
    ServerlessGpu(&'static str, u64),
    Elsewhere(&'static str),
}

fn place<'j>(job: Payload<'j>, task: &TimedTask<'j>) -> Billed<'j> {
    let (work, placement) = (task.work, task.work.placement());
    match placement {
        Some(Placement::NewCluster(spec)) => {
            return Billed::Cluster(PricedCluster::of(format!("cluster of {}", task.key), spec, false));
        }
        Some(Placement::JobCluster(key)) => {
            if let Some(spec) = job.cluster(key) {
                return Billed::Cluster(PricedCluster::of(format!("cluster {key}"), spec, true));
            }
        }
        _ => {}
    }
    if let Some(kind) = work.accelerator() {
        let known = SERVERLESS_GPUS.iter().find(|(_, _, member)| *member == kind);
        return known.map_or(Billed::ServerlessGpu("GPU_1x", 1), |(_, count, member)| {
            Billed::ServerlessGpu(member, u64::from(*count))
        });
    }
    Billed::Elsewhere(match work.work() {
        Work::Condition { .. } => NOTHING,
        _ if matches!(placement, Some(Placement::Existing(_))) => "an existing cluster",
        Work::Sql { .. } => WAREHOUSE,
        _ if work.on_warehouse() => WAREHOUSE,
        Work::Other("run_job_task") => "a job of its own",
        Work::Other("pipeline_task") => "a pipeline of the workspace",
        _ => "serverless compute",
    })
}

fn of_cluster(
    cluster: &PricedCluster<'_>,
    steps: &[usize],
    tasks: &Tasks<'_>,
    tables: &ComputeTables,
    prices: &Prices,
) -> ComputeCost {
    let on: Vec<&TimedTask<'_>> = steps.iter().filter_map(|i| tasks.list.get(*i)).collect();
    // A cluster of one task exists per item; a job cluster exists from its first step to its last.
    let hours = match (cluster.shared, on.as_slice()) {
        (false, [task]) => tasks.together(task),
        _ => tasks.span(steps),
    };
    let mut unknown = Vec::new();
    let mut dbu = Some(0.0);
    let mut machines_price = Some(0.0);
    for (id, count) in cluster.machines() {
        let Some(id) = id else {
            unknown.push("the node type of its pool is not part of a job".to_owned());
            (dbu, machines_price) = (None, None);
            continue;
        };
        match prices.node.get(id) {
            Some(node) => {
                dbu = dbu.map(|sum| sum + node.dbu * count as f64);
                machines_price = machines_price.zip(node.machine).map(|(sum, price)| sum + price * count as f64);
                if node.machine.is_none() {
                    unknown.push(format!("the price table has no price for the machine `{id}`"));
                }
            }
            None => {
                unknown.push(format!("the price table does not contain `{id}`"));
                (dbu, machines_price) = (None, None);
            }
        }
    }
    if !cluster.chosen.is_empty() {
        unknown.extend(cluster.chosen.iter().map(|why| (*why).to_owned()));
        (dbu, machines_price) = (None, None);
    }
    let cloud = cluster.cloud(tables).and_then(|c| prices.cloud.get(c.name()));
    if cloud.is_none() && dbu.is_some() {
        let id = cluster.worker.or(cluster.driver).unwrap_or_default();
        unknown.push(match tables.node(id) {
            Some(_) => "the price table does not contain its cloud".to_owned(),
            None => format!("the cloud of `{id}` is unknown; add a `[[node_type]]` to `pipec.toml`"),
        });
    }
    let factor = if cluster.photon { cloud.map(|c| c.photon) } else { Some(1.0) };
    let dbu = dbu.zip(factor).zip(hours).map(|((per_hour, factor), hours)| per_hour * factor * hours);
    let price = dbu.zip(cloud).map(|(dbu, cloud)| dbu * cloud.jobs);
    let price = price.zip(machines_price).zip(hours).map(|((price, machines), hours)| price + machines * hours);
    if hours.is_none() {
        unknown.extend(
            on.iter().find_map(|t| t.unbounded).or(Some("a step that it waits for has no timeout")).map(str::to_owned),
        );
    }
    let words: Vec<String> =
        cluster.machines().iter().map(|(id, n)| format!("{n} x {}", id.unwrap_or("a machine of a pool"))).collect();
    let gpus = cluster.gpus(tables);
    ComputeCost {
        name: cluster.name.clone(),
        machines: words.join(" + "),
        is_cluster: true,
        steps: on.iter().map(|t| t.key.to_owned()).collect(),
        hours,
        gpu_hours: if gpus == 0 { Some(0.0) } else { hours.map(|h| h * gpus as f64) },
        gpus,
        dbu,
        price,
        unknown,
    }
}
