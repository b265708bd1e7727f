//! Versions of serverless environments.

use super::PipelineFacts;
use crate::check::messages;
use crate::diag::Diagnostics;
use crate::schema::{FieldKey, key};

/// Fields that set the version of an environment.
const VERSIONS: [FieldKey; 4] =
    [key::ENVIRONMENT_VERSION, key::CLIENT, key::BASE_ENVIRONMENT, key::PROJECT_ENVIRONMENT];

/// Checks that each environment has a known version.
pub fn check(facts: &PipelineFacts, out: &mut Diagnostics) {
    let tables = facts.tables();
    for environment in &facts.pipeline.pipeline.environments {
        let spec = &environment.spec;
        if !spec.is_part() && !VERSIONS.iter().any(|k| spec.has(*k)) {
            let newest = tables.environments().iter().filter_map(|e| e.version.parse::<u32>().ok()).max();
            out.push(messages::environment_without_version(&environment.key, environment.span, newest.unwrap_or(4)));
        }
        for key in [key::ENVIRONMENT_VERSION, key::CLIENT] {
            if let Some(node) = spec.get(key)
                && let Some(version) = node.as_str()
                && tables.environment(version).is_none()
            {
                let known = tables.environments().iter().map(|e| e.version.as_str()).collect();
                out.push(messages::unknown_environment(node.span, version, known));
            }
        }
    }
}
