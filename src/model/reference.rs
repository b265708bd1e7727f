//! References that the platform replaces at run time.

use smol_str::SmolStr;

/// What stands for a value that is known only at run time.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reference {
    /// A job parameter.
    Param(SmolStr),
    /// A task value that an upstream task has set.
    Value {
        /// The key of the task.
        task: SmolStr,
        /// The key of the value.
        name: SmolStr,
    },
    /// A fact about an upstream task: `result_state`, `output.first_row.n`.
    TaskFact {
        /// The key of the task.
        task: SmolStr,
        /// The rest of the path.
        fact: SmolStr,
    },
    /// The item of a loop, or a field of it.
    Input(Option<SmolStr>),
    /// A fact about the job, task or workspace: `job.run_id`.
    Fact(SmolStr),
    /// A secret.
    Secret {
        /// The scope.
        scope: SmolStr,
        /// The key in it.
        key: SmolStr,
    },
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

/// A name in a reference: in backticks where it is more than letters, digits and `_`.
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
