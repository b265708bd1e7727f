//! Caches parsed files: an editor loads again after each key press, and most files are unchanged.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::Unit;
use super::tables::ProjectTables;
use crate::diag::Diagnostics;
use crate::package::ParsedModules;
use crate::source::SourceMap;
use crate::syntax::ast::Value;

/// Parsed files, which are reused while their bytes are the same. A file keeps its id.
#[derive(Debug, Default)]
pub struct Cache {
    pub(super) sources: SourceMap,
    pub(super) units: HashMap<PathBuf, Parsed>,
    pub(super) modules: ParsedModules,
    pub(super) tables: HashMap<PathBuf, (Vec<u8>, ProjectTables)>,
    pub(super) data: HashMap<PathBuf, ParsedData>,
}

/// A data file.
#[derive(Clone, Debug)]
pub(super) struct ParsedData {
    pub bytes: Vec<u8>,
    /// `None` if it has errors.
    pub value: Option<Arc<Value>>,
    pub diagnostics: Diagnostics,
}

/// A parsed file.
#[derive(Clone, Debug)]
pub(super) struct Parsed {
    pub unit: Arc<Unit>,
    pub diagnostics: Diagnostics,
}

impl Cache {
    /// The parsed file of a path, if its bytes are the same.
    pub(super) fn unit(&self, sources: &SourceMap, path: &std::path::Path, bytes: &[u8]) -> Option<&Parsed> {
        let known = self.units.get(path)?;
        (sources.text(known.unit.id).as_bytes() == bytes).then_some(known)
    }
}
