//! `pipec.toml`: additional node types, runtimes and environments, and settings of local runs.

use crate::package::normalize_name;
use crate::schema::{Cloud, ComputeTables, EnvironmentVersion, NodeType, Runtime};

/// The table `[local]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LocalSettings {
    /// Packages to install for steps, in pip's format.
    pub requirements: Vec<String>,
    /// Replacements of packages, by normalized name.
    pub replace: Vec<(String, String)>,
    /// Whether DuckDB replaces SQL warehouses.
    pub duckdb: bool,
}

/// Why a `pipec.toml` is invalid.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TablesError(String);

impl<T: Into<String>> From<T> for TablesError {
    fn from(text: T) -> TablesError {
        TablesError(text.into())
    }
}

/// The content of a `pipec.toml`.
pub(super) type ProjectTables = (std::sync::Arc<ComputeTables>, std::sync::Arc<LocalSettings>);

/// Adds the rows of a `pipec.toml` to the tables; returns its local settings.
///
/// # Errors
/// Invalid TOML, or an entry with an unknown or missing field, as a message.
pub(super) fn extend(tables: &mut ComputeTables, text: &str) -> Result<LocalSettings, TablesError> {
    let mut settings = LocalSettings::default();
    let root: toml::Table = text.parse().map_err(|e: toml::de::Error| e.to_string())?;
    for (key, value) in &root {
        if key == "local" {
            settings = local(value.as_table().ok_or("`local` must be a table: `[local]`")?)?;
            continue;
        }
        if !matches!(key.as_str(), "node_type" | "runtime" | "environment") {
            return Err(format!(
                "unknown key `{key}`; use `[[node_type]]`, `[[runtime]]`, `[[environment]]` or `[local]`"
            )
            .into());
        }
        let entries = value.as_array().ok_or_else(|| format!("`{key}` must be a list of tables: `[[{key}]]`"))?;
        for entry in entries {
            let row = Row { key, table: entry.as_table().ok_or_else(|| format!("`{key}` must be a list of tables"))? };
            match key.as_str() {
                "node_type" => tables.add_node(row.node_type()?),
                "runtime" => tables.add_runtime(row.runtime()?),
                "environment" => tables.add_environment(row.environment()?),
                _ => {
                    return Err(format!("unknown key `{key}`; use `node_type`, `runtime` or `environment`").into());
                }
            }
        }
    }
    Ok(settings)
}

fn local(table: &toml::Table) -> Result<LocalSettings, TablesError> {
    let mut out = LocalSettings::default();
    for (key, value) in table {
        match (key.as_str(), value) {
            ("warehouse", toml::Value::String(name)) if name == "duckdb" => out.duckdb = true,
            ("warehouse", _) => return Err("`warehouse` in `[local]` must be \"duckdb\"".into()),
            ("requirements", toml::Value::Array(list)) => {
                for entry in list {
                    let text = entry.as_str().ok_or("`requirements` in `[local]` must be a list of strings")?;
                    out.requirements.push(text.to_owned());
                }
            }
            ("replace", toml::Value::Table(table)) => {
                for (name, by) in table {
                    let by = by
                        .as_str()
                        .ok_or("values of `replace` in `[local]` must be strings, such as package = \"other==1.0\"")?;
                    out.replace.push((normalize_name(name), by.to_owned()));
                }
            }
            ("replace", _) => return Err("`replace` must be a table: `[local.replace]`".into()),
            ("requirements", _) => return Err("`requirements` in `[local]` must be a list of strings".into()),
            _ => {
                return Err(
                    format!("unknown key `{key}` in `[local]`; use `requirements`, `replace` or `warehouse`").into()
                );
            }
        }
    }
    Ok(out)
}

struct Row<'a> {
    key: &'a str,
    table: &'a toml::Table,
}

impl Row<'_> {
    fn only(&self, known: &[&str]) -> Result<(), TablesError> {
        match self.table.keys().find(|k| !known.contains(&k.as_str())) {
            Some(k) => Err(format!(
                "unknown key `{k}` in `[[{}]]`; use {}",
                self.key,
                crate::diag::list_names(known.iter().copied(), 20)
            )
            .into()),
            None => Ok(()),
        }
    }

    fn text(&self, key: &str) -> Result<&str, TablesError> {
        self.table
            .get(key)
            .and_then(|v| v.as_str())
            .ok_or_else(|| format!("`[[{}]]` requires `{key}`, a string", self.key).into())
    }

    fn number(&self, key: &str) -> Result<Option<u32>, TablesError> {
        match self.table.get(key) {
            None => Ok(None),
            Some(v) => v
                .as_integer()
                .and_then(|n| u32::try_from(n).ok())
                .map(Some)
                .ok_or_else(|| format!("`{key}` must be an int").into()),
        }
    }

    fn flag(&self, key: &str, absent: bool) -> Result<bool, TablesError> {
        match self.table.get(key) {
            None => Ok(absent),
            Some(v) => v.as_bool().ok_or_else(|| format!("`{key}` must be `true` or `false`").into()),
        }
    }

    fn maybe_text(&self, key: &str) -> Result<&str, TablesError> {
        match self.table.get(key) {
            None => Ok(""),
            Some(v) => v.as_str().ok_or_else(|| format!("`{key}` must be a string").into()),
        }
    }

    fn node_type(&self) -> Result<NodeType, TablesError> {
        self.only(&[
            "id",
            "cloud",
            "vcpus",
            "memory_gib",
            "gpu",
            "gpu_count",
            "gpu_memory_gib",
            "local_disk_gib",
            "arm",
        ])?;
        let cloud = self.text("cloud")?;
        let gpu = self.maybe_text("gpu")?;
        Ok(NodeType {
            id: self.text("id")?.into(),
            cloud: Cloud::from_name(cloud)
                .ok_or_else(|| format!("unknown cloud `{cloud}`; use `azure`, `aws` or `gcp`"))?,
            vcpus: self.number("vcpus")?.unwrap_or(0),
            memory_gib: self.number("memory_gib")?.unwrap_or(0) as f32,
            gpu: gpu.into(),
            gpu_count: self.number("gpu_count")?.unwrap_or(u32::from(!gpu.is_empty())),
            gpu_memory_gib: self.number("gpu_memory_gib")?.unwrap_or(0),
            local_disk_gib: self.number("local_disk_gib")?.unwrap_or(0),
            arm: self.flag("arm", false)?,
            selectable: true,
        })
    }

    fn runtime(&self) -> Result<Runtime, TablesError> {
        self.only(&["version", "scala", "python", "lts", "end_of_support", "gpu_ml"])?;
        Ok(Runtime {
            version: self.text("version")?.into(),
            scala: self.text("scala")?.into(),
            python: self.text("python")?.into(),
            lts: self.flag("lts", false)?,
            end_of_support: self.maybe_text("end_of_support")?.into(),
            gpu_ml: self.flag("gpu_ml", true)?,
        })
    }

    fn environment(&self) -> Result<EnvironmentVersion, TablesError> {
        self.only(&["version", "python", "gpu"])?;
        Ok(EnvironmentVersion {
            version: self.text("version")?.into(),
            python: self.text("python")?.into(),
            gpu: self.flag("gpu", false)?,
        })
    }
}
