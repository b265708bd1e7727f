//! References that the platform replaces at run time.

use smol_str::SmolStr;

/// A reference to a run-time value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reference {
    /// A job parameter.
    Param(SmolStr),
    /// A task value of an upstream task.
    Value { task: SmolStr, name: SmolStr },
    /// A fact of an upstream task, such as `result_state` or `output.first_row.n`.
    TaskFact {
        task: SmolStr,
        /// The rest of the path.
        fact: SmolStr,
    },
    /// The item of a loop, or a field of it.
    Input(Option<SmolStr>),
    /// A fact of the job, task or workspace, such as `job.run_id`.
    Fact(SmolStr),
    /// A secret.
    Secret { scope: SmolStr, key: SmolStr },
}

impl Reference {
    /// The task that must have run.
    pub fn task(&self) -> Option<&SmolStr> {
        match self {
            Reference::Value { task, .. } | Reference::TaskFact { task, .. } => Some(task),
            _ => None,
        }
    }
}

/// A name in a reference, in backticks unless it is letters, digits and `_`.
fn name(text: &str) -> String {
    if text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') { text.to_owned() } else { format!("`{text}`") }
}

impl std::fmt::Display for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Reference::Param(p) => write!(f, "{{{{job.parameters.{}}}}}", name(p)),
            Reference::Value { task, name: n } => write!(f, "{{{{tasks.{}.values.{}}}}}", name(task), name(n)),
            Reference::TaskFact { task, fact } => match fact.strip_prefix("output.first_row.") {
                Some(column) => write!(f, "{{{{tasks.{}.output.first_row.{}}}}}", name(task), name(column)),
                None => write!(f, "{{{{tasks.{}.{fact}}}}}", name(task)),
            },
            Reference::Input(None) => f.write_str("{{input}}"),
            Reference::Input(Some(key)) => write!(f, "{{{{input.{}}}}}", name(key)),
            Reference::Fact(path) => write!(f, "{{{{{path}}}}}"),
            Reference::Secret { scope, key } => write!(f, "{{{{secrets/{scope}/{key}}}}}"),
        }
    }
}
