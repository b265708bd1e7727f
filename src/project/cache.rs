//! What was read before: an editor asks again after each key, and most of a project is as it was.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::Unit;
use super::tables::ProjectTables;
use crate::diag::Diagnostics;
use crate::package::ParsedModules;
use crate::source::SourceMap;

/// Parsed files, to be taken again as long as their bytes are the same. A file keeps its id.
#[derive(Debug, Default)]
pub struct Cache {
    pub(super) sources: SourceMap,
    pub(super) units: HashMap<PathBuf, Parsed>,
    pub(super) modules: ParsedModules,
    pub(super) tables: HashMap<PathBuf, (Vec<u8>, ProjectTables)>,
}

/// A file that was parsed.
#[derive(Clone, Debug)]
pub(super) struct Parsed {
    pub unit: Arc<Unit>,
    pub diagnostics: Diagnostics,
}

impl Cache {
    /// The parsed file of a path, if these are its bytes.
    pub(super) fn unit(&self, sources: &SourceMap, path: &std::path::Path, bytes: &[u8]) -> Option<&Parsed> {
        let known = self.units.get(path)?;
        (sources.text(known.unit.id).as_bytes() == bytes).then_some(known)
    }
}
