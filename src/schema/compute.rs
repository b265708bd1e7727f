//! Tables of node types, runtimes and serverless environments, which `pipec.toml` extends.
//!
//! Clouds grow faster than tables: what is unknown here is a warning, never an error.

use smol_str::SmolStr;

/// A cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cloud {
    Azure,
    Aws,
    Gcp,
}

impl Cloud {
    pub const ALL: [Cloud; 3] = [Cloud::Azure, Cloud::Aws, Cloud::Gcp];

    /// The name in source.
    pub fn name(self) -> &'static str {
        match self {
            Cloud::Azure => "azure",
            Cloud::Aws => "aws",
            Cloud::Gcp => "gcp",
        }
    }

    /// The cloud with a name.
    pub fn from_name(name: &str) -> Option<Cloud> {
        Cloud::ALL.into_iter().find(|c| c.name() == name)
    }

    /// The cloud of a workspace, by the domain of its host.
    pub fn of_host(host: &str) -> Option<Cloud> {
        let host = host.trim_start_matches("https://").split(['/', ':', '?']).next().unwrap_or("");
        if host.ends_with(".azuredatabricks.net")
            || host.ends_with(".databricks.azure.cn")
            || host.ends_with(".databricks.azure.us")
        {
            Some(Cloud::Azure)
        } else if host.ends_with(".gcp.databricks.com") {
            Some(Cloud::Gcp)
        } else if host.ends_with(".cloud.databricks.com")
            || host.ends_with(".cloud.databricks.us")
            || host.ends_with(".cloud.databricks.mil")
        {
            Some(Cloud::Aws)
        } else {
            None
        }
    }
}

/// A node type.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeType {
    pub cloud: Cloud,
    /// Such as `Standard_NC24ads_A100_v4`.
    pub id: SmolStr,
    /// Virtual CPUs.
    pub vcpus: u32,
    /// Memory, in GiB.
    pub memory_gib: f32,
    /// The GPU model; empty without GPUs.
    pub gpu: SmolStr,
    /// GPUs per node.
    pub gpu_count: u32,
    /// Memory of one GPU, in GiB.
    pub gpu_memory_gib: u32,
    /// Local disks, in GiB.
    pub local_disk_gib: u32,
    /// Whether its CPUs have the ARM architecture.
    pub arm: bool,
    /// Whether `gpu` may choose it: it has whole GPUs, and can still be started.
    pub selectable: bool,
}

impl NodeType {
    /// Whether it has a GPU.
    pub fn has_gpu(&self) -> bool {
        !self.gpu.is_empty()
    }
}

/// A runtime version.
#[derive(Clone, Debug, PartialEq)]
pub struct Runtime {
    /// `15.4`, or `18` where the platform omits the minor version.
    pub version: SmolStr,
    /// Such as `2.12`.
    pub scala: SmolStr,
    /// Such as `3.11`.
    pub python: SmolStr,
    /// Whether it has long-term support.
    pub lts: bool,
    /// The end of support, as an ISO date; empty if unknown.
    pub end_of_support: SmolStr,
    /// Whether there is a `gpu-ml` variant.
    pub gpu_ml: bool,
}

/// A serverless environment version.
#[derive(Clone, Debug, PartialEq)]
pub struct EnvironmentVersion {
    /// Such as `4`.
    pub version: SmolStr,
    /// Such as `3.12`.
    pub python: SmolStr,
    /// Whether it is available on serverless GPUs.
    pub gpu: bool,
}

/// The tables that compute is checked against.
#[derive(Clone, Debug)]
pub struct ComputeTables {
    nodes: Vec<NodeType>,
    runtimes: Vec<Runtime>,
    environments: Vec<EnvironmentVersion>,
}

impl Default for ComputeTables {
    fn default() -> Self {
        Self::built_in()
    }
}

fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().filter(|l| !l.starts_with('#')).map(|l| l.split('\t').collect())
}

impl ComputeTables {
    /// The built-in tables.
    pub fn built_in() -> Self {
        let at = |row: &[&str], i: usize| SmolStr::from(row.get(i).copied().unwrap_or(""));
        let number = |row: &[&str], i: usize| row.get(i).and_then(|s| s.parse::<u32>().ok()).unwrap_or(0);
        let nodes = rows(include_str!("data/node_types.tsv"))
            .filter_map(|r| {
                let flags = r.get(9).copied().unwrap_or("");
                Some(NodeType {
                    cloud: Cloud::from_name(r.first()?)?,
                    id: at(&r, 1),
                    vcpus: number(&r, 2),
                    memory_gib: r.get(3).and_then(|s| s.parse().ok()).unwrap_or(0.0),
                    gpu: at(&r, 4),
                    gpu_count: number(&r, 5),
                    gpu_memory_gib: number(&r, 6),
                    local_disk_gib: number(&r, 7),
                    arm: r.get(8) == Some(&"1"),
                    selectable: !flags.contains("fraction") && !flags.contains("retired"),
                })
            })
            .collect();
        let runtimes = rows(include_str!("data/runtimes.tsv"))
            .map(|r| Runtime {
                version: at(&r, 0),
                scala: at(&r, 1),
                python: at(&r, 2),
                lts: r.get(3) == Some(&"1"),
                end_of_support: at(&r, 4),
                gpu_ml: r.get(6) == Some(&"1"),
            })
            .collect();
        let environments = rows(include_str!("data/environments.tsv"))
            .map(|r| EnvironmentVersion { version: at(&r, 0), python: at(&r, 1), gpu: r.get(2) == Some(&"1") })
            .collect();
        ComputeTables { nodes, runtimes, environments }
    }

    /// Adds or replaces a node type.
    pub fn add_node(&mut self, node: NodeType) {
        self.nodes.retain(|n| n.id != node.id);
        self.nodes.push(node);
    }

    /// Adds or replaces a runtime version.
    pub fn add_runtime(&mut self, runtime: Runtime) {
        self.runtimes.retain(|r| (&r.version, &r.scala) != (&runtime.version, &runtime.scala));
        self.runtimes.push(runtime);
    }

    /// Adds or replaces an environment version.
    pub fn add_environment(&mut self, version: EnvironmentVersion) {
        self.environments.retain(|e| e.version != version.version);
        self.environments.push(version);
    }

    /// The node type with this id.
    pub fn node(&self, id: &str) -> Option<&NodeType> {
        self.nodes.iter().find(|n| n.id == id)
    }

    pub fn nodes(&self) -> &[NodeType] {
        &self.nodes
    }

    pub fn runtimes(&self) -> &[Runtime] {
        &self.runtimes
    }

    pub fn environments(&self) -> &[EnvironmentVersion] {
        &self.environments
    }

    /// The environment version with a name.
    pub fn environment(&self, version: &str) -> Option<&EnvironmentVersion> {
        self.environments.iter().find(|e| e.version == version)
    }

    /// The runtime of a key such as `15.4.x-scala2.12`.
    pub fn runtime(&self, key: &RuntimeKey) -> Option<&Runtime> {
        self.runtimes.iter().find(|r| r.version == key.version && key.scala.as_ref().is_none_or(|s| *s == r.scala))
    }

    /// The smallest node type of a cloud with `count` GPUs of a model.
    pub fn gpu_node(&self, cloud: Cloud, gpu: &str, count: u32) -> Option<&NodeType> {
        self.nodes
            .iter()
            .filter(|n| n.cloud == cloud && n.gpu == gpu && n.gpu_count == count && n.selectable)
            .min_by(|a, b| (a.vcpus, a.memory_gib as u32, &a.id).cmp(&(b.vcpus, b.memory_gib as u32, &b.id)))
    }
}

/// A parsed `spark_version`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuntimeKey {
    /// Such as `15.4` or `18`.
    pub version: SmolStr,
    /// Such as `2.12`, if the key contains it.
    pub scala: Option<SmolStr>,
    /// `gpu-ml`, `cpu-ml` or `photon`; empty for the plain runtime.
    pub variant: SmolStr,
    /// `.x` or an exact patch, with an optional suffix such as `.x-snapshot`.
    patch: SmolStr,
}

/// The parts of variants in keys of runtimes.
const VARIANTS: &[&str] = &["photon", "ml", "cpu", "gpu", "esr", "aarch64", "hls", "conda"];

impl RuntimeKey {
    /// Parses a key; `None` for an unknown form.
    pub fn parse(key: &str) -> Option<RuntimeKey> {
        let (head, rest) = key.split_once('-')?;
        let (version, patch) = match head.rsplit_once('.') {
            Some((v, p)) if p == "x" || !p.is_empty() && p.chars().all(|c| c.is_ascii_digit()) && v.contains('.') => {
                (v, format!(".{p}"))
            }
            _ => return None,
        };
        if version.is_empty() || !version.chars().all(|c| c.is_ascii_digit() || c == '.') {
            return None;
        }
        let (variant, scala) = match rest.rsplit_once("scala") {
            Some((v, s)) => (v.trim_end_matches('-'), Some(SmolStr::from(s))),
            None => (rest, None),
        };
        if !variant.is_empty() && !variant.split('-').all(|part| VARIANTS.contains(&part)) {
            return None;
        }
        Some(RuntimeKey { version: version.into(), scala, variant: variant.into(), patch: patch.into() })
    }

    /// Whether it is a GPU runtime.
    pub fn is_gpu(&self) -> bool {
        self.variant.contains("gpu")
    }

    /// Whether Photon is part of the key.
    pub fn is_photon(&self) -> bool {
        self.variant.contains("photon")
    }

    /// The key of the GPU ML variant of the same version.
    pub fn gpu_ml(&self) -> String {
        let scala = self.scala.as_ref().map(|s| format!("-scala{s}")).unwrap_or_default();
        format!("{}{}-gpu-ml{scala}", self.version, self.patch)
    }
}

/// The accelerators of serverless compute: model, number per node, and member of `HardwareAcceleratorType`.
pub const SERVERLESS_GPUS: &[(&str, u32, &str)] =
    &[("A10", 1, "GPU_1xA10"), ("H100", 1, "GPU_1xH100"), ("H100", 8, "GPU_8xH100"), ("B300", 8, "GPU_8xB300")];

/// The number of accelerators per node for a member of `HardwareAcceleratorType`; one for an unknown member.
pub fn serverless_gpus(member: &str) -> u32 {
    SERVERLESS_GPUS.iter().find(|(_, _, m)| *m == member).map_or(1, |(_, count, _)| *count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_read_whole() {
        let tables = ComputeTables::built_in();
        assert!(tables.nodes().len() > 900);
        assert!(tables.runtimes().len() > 50);
        assert!(tables.nodes().iter().all(|n| n.vcpus > 0 && n.memory_gib > 0.0), "a row does not parse");
        assert!(tables.environment("4").is_some());
    }

    #[test]
    fn a_gpu_is_found_on_every_cloud_that_has_it() {
        let tables = ComputeTables::built_in();
        let id = |cloud, gpu, n| tables.gpu_node(cloud, gpu, n).map(|n| n.id.as_str());
        assert_eq!(id(Cloud::Azure, "A100", 1), Some("Standard_NC24ads_A100_v4"));
        assert_eq!(id(Cloud::Aws, "A10", 4), Some("g5.12xlarge"));
        assert_eq!(id(Cloud::Gcp, "A100", 8), Some("a2-highgpu-8g"));
        assert_eq!(id(Cloud::Gcp, "A10", 1), None);
    }

    #[test]
    fn a_runtime_key_comes_apart() {
        let key = RuntimeKey::parse("15.4.x-scala2.12").unwrap();
        assert_eq!((key.version.as_str(), key.scala.as_deref(), key.is_gpu()), ("15.4", Some("2.12"), false));
        assert_eq!(key.gpu_ml(), "15.4.x-gpu-ml-scala2.12");
        let key = RuntimeKey::parse("18.x-gpu-ml-scala2.13").unwrap();
        assert_eq!((key.version.as_str(), key.is_gpu()), ("18", true));
        assert!(RuntimeKey::parse("latest").is_none());
    }
}
