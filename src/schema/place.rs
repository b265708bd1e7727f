//! The blocks of the language: an API type, additional fields, and fields with another syntax.

use super::field::{Block, Choice, Enum, Field, Format, Group, Ty, field};
use super::{CLUSTER_SPEC, ENVIRONMENT, JOB, JOB_RUN_AS, TASK};

/// What is allowed in the body of a declaration.
#[derive(Debug)]
pub struct Place {
    /// A description, such as "a step".
    pub name: &'static str,
    /// The API type of its fields.
    pub block: &'static Block,
    /// Fields of the language, and fields that the language moves here.
    pub extra: &'static Block,
    /// Fields with another syntax, and a description of it.
    pub replaced_by_syntax: &'static [(&'static str, &'static str)],
}

impl Place {
    /// The row of a field that is allowed here.
    pub fn field(&self, key: &str) -> Option<&'static Field> {
        if self.replaced_by_syntax.iter().any(|(k, _)| *k == key) {
            return None;
        }
        self.extra.field(key).or_else(|| self.block.field(key))
    }

    /// All names that are allowed here.
    pub fn keys(&self) -> impl Iterator<Item = &'static str> + '_ {
        let spelled = |k: &str| self.replaced_by_syntax.iter().any(|(s, _)| *s == k);
        self.extra.fields.iter().chain(self.block.fields).map(|f| f.key).filter(move |k| !spelled(k))
    }

    /// The group of mutually exclusive fields that contains `key`.
    pub fn group_of(&self, key: &str) -> Option<&'static Group> {
        self.extra.group_of(key).or_else(|| self.block.group_of(key))
    }
}

/// GPU models.
pub static ACCELERATOR: Enum = Enum {
    name: "accelerator",
    members: &["T4", "V100", "A10", "L4", "L40S", "A100", "H100", "H200", "B200", "B300", "K80"],
};
pub static MODE: Enum = Enum { name: "mode", members: &["development", "production"] };
pub static CLOUD: Enum = Enum { name: "cloud", members: &["azure", "aws", "gcp"] };

/// The block `gpu`.
pub static GPU: Block = Block {
    name: "gpu",
    doc: "GPUs by model and count; pipec chooses the node type and runtime for the cloud of the target",
    fields: &[
        field("accelerator", Ty::Enum(&ACCELERATOR), "GPU model").required(),
        field("count", Ty::Int, "GPUs per node").min(1).max(16).default("1"),
    ],
    groups: &[],
};

/// The block `workspace` of a target.
pub static WORKSPACE: Block = Block {
    name: "workspace",
    doc: "The workspace of a target",
    fields: &[
        field("host", Ty::Str, "URL of the workspace, with https").format(Format {
            starts_with: &["https://", "http://127.0.0.1", "http://localhost"],
            example: "https://adb-1234567890123456.7.azuredatabricks.net",
            ..Format::ANY
        }),
        field("profile", Ty::Str, "Profile of ~/.databrickscfg to log in with"),
        field("root_path", Ty::Str, "Workspace directory for wheels, files and deployment state").format(Format {
            starts_with: &["/"],
            example: "/Workspace/pipelines/churn",
            ..Format::ANY
        }),
        field("artifact_path", Ty::Str, "Directory for wheels, by default in root_path; can be in a volume")
            .format(Format { starts_with: &["/"], example: "/Volumes/main/default/wheels", ..Format::ANY }),
    ],
    groups: &[],
};

static NOTHING: Block = Block { name: "", doc: "", fields: &[], groups: &[] };

static TARGET_FIELDS: Block = Block {
    name: "target",
    doc: "Where and how to deploy",
    fields: &[
        field("default", Ty::Bool, "Use this target by default"),
        field("workspace", Ty::Block(&WORKSPACE), "Workspace and its directories"),
        field(
            "mode",
            Ty::Enum(&MODE),
            "development adds a prefix to names and pauses schedules; production enables more checks",
        ),
        field("cloud", Ty::Enum(&CLOUD), "Cloud, if it cannot be derived from the host"),
        field("vars", Ty::Map, "Values of the vars of the project"),
    ],
    groups: &[],
};

/// The field for requirements in pip's format, as a list or a file.
pub const REQUIREMENTS: &str = "requirements";

static CLUSTER_FIELDS: Block = Block {
    name: "cluster",
    doc: "A job cluster",
    fields: &[
        field("single_node", Ty::Bool, "One node as driver and worker; adds the required Spark configuration and tag"),
        field("gpu", Ty::Block(&GPU), "GPUs by model and count, instead of node_type_id"),
        field("libraries", Ty::BlockList(&super::LIBRARY), "Packages for every task on this cluster").unordered(),
        field(
            REQUIREMENTS,
            Ty::StrList,
            "Requirements for every task on this cluster, in pip's syntax, or file(\"...\")",
        ),
        field("serverless_compute_id", Ty::Str, "Serverless compute with this key").status(super::Status::Preview),
    ],
    groups: &[
        Group { choice: Choice::AtMostOne, keys: &["num_workers", "autoscale", "single_node"] },
        Group { choice: Choice::AtMostOne, keys: &["node_type_id", "instance_pool_id", "gpu"] },
    ],
};

static STEP_FIELDS: Block = Block {
    name: "step",
    doc: "A task",
    fields: &[
        field("gpu", Ty::Block(&GPU), "Serverless GPU, instead of other compute"),
        field(
            REQUIREMENTS,
            Ty::StrList,
            "Requirements for this step on its cluster, in pip's syntax, or file(\"...\")",
        ),
    ],
    groups: &[Group { choice: Choice::AtMostOne, keys: &["gpu", "compute"] }],
};

static ENVIRONMENT_FIELDS: Block = Block {
    name: "environment",
    doc: "A serverless environment",
    fields: &[field(
        REQUIREMENTS,
        Ty::StrList,
        "Requirements in pip's syntax, or file(\"...\"), added to dependencies",
    )],
    groups: &[],
};

/// The body of a `pipeline`.
pub static PIPELINE_PLACE: Place = Place {
    name: "a pipeline",
    block: &JOB,
    extra: &NOTHING,
    replaced_by_syntax: &[
        ("job_clusters", "declare it with `cluster name { ... }`"),
        ("environments", "declare it with `environment name { ... }`"),
        ("parameters", "declare it with `param name: string = \"...\"`"),
        ("tasks", "declare it with `step name { ... }`"),
    ],
};

/// The body of a `target`: its own fields, and job fields that apply to every pipeline.
pub static TARGET_PLACE: Place = Place {
    name: "a target",
    block: &JOB,
    extra: &TARGET_FIELDS,
    replaced_by_syntax: &[
        ("job_clusters", "declare clusters in the file or in a pipeline"),
        ("environments", "declare environments in the file or in a pipeline"),
        ("parameters", "declare parameters in a pipeline"),
        ("tasks", "declare steps in a pipeline"),
        ("name", "set the name in a pipeline"),
    ],
};

/// The body of a `step`.
pub static STEP_PLACE: Place = Place {
    name: "a step",
    block: &TASK,
    extra: &STEP_FIELDS,
    replaced_by_syntax: &[
        ("task_key", "rename the step: its name is the task key"),
        ("depends_on", "add `after name` to the header of the step, or use an output of the other step"),
    ],
};

/// The body of `defaults`, which apply to every step that supports them.
pub static DEFAULTS_PLACE: Place = Place {
    name: "defaults",
    block: &TASK,
    extra: &NOTHING,
    replaced_by_syntax: &[
        ("task_key", "rename the step: its name is the task key"),
        ("depends_on", "add `after name` to the header of a step"),
    ],
};

/// The body of a `cluster`.
pub static CLUSTER_PLACE: Place = Place {
    name: "a cluster",
    block: &CLUSTER_SPEC,
    extra: &CLUSTER_FIELDS,
    replaced_by_syntax: &[("is_pinned", "remove it; job clusters cannot be pinned")],
};

/// The body of an `environment`.
pub static ENVIRONMENT_PLACE: Place =
    Place { name: "an environment", block: &ENVIRONMENT, extra: &ENVIRONMENT_FIELDS, replaced_by_syntax: &[] };

static SQL_FIELDS: Block = Block {
    name: "sql",
    doc: "A call of a SQL file",
    fields: &[field("source", Ty::Enum(&super::SOURCE), "Location of the file: WORKSPACE or GIT")],
    groups: &[],
};

const ARGUMENTS: &str = "put arguments into the parentheses of the call";
const CALLED: &str = "remove it; the call already sets it";

/// The calls of steps.
pub static CALL_PLACES: [&Place; 6] =
    [&PYTHON_CALL_PLACE, &NOTEBOOK_CALL_PLACE, &SCRIPT_CALL_PLACE, &SQL_CALL_PLACE, &DBT_CALL_PLACE, &RUN_CALL_PLACE];

/// The block after `python`.
pub static PYTHON_CALL_PLACE: Place = Place {
    name: "a `python` call",
    block: &super::PYTHON_WHEEL_TASK,
    extra: &NOTHING,
    replaced_by_syntax: &[
        ("package_name", CALLED),
        ("entry_point", CALLED),
        ("parameters", ARGUMENTS),
        ("named_parameters", ARGUMENTS),
    ],
};
/// The block after `notebook`.
pub static NOTEBOOK_CALL_PLACE: Place = Place {
    name: "a `notebook` call",
    block: &super::NOTEBOOK_TASK,
    extra: &NOTHING,
    replaced_by_syntax: &[("notebook_path", CALLED), ("base_parameters", ARGUMENTS)],
};
/// The block after `script`.
pub static SCRIPT_CALL_PLACE: Place = Place {
    name: "a `script` call",
    block: &super::SPARK_PYTHON_TASK,
    extra: &NOTHING,
    replaced_by_syntax: &[("python_file", CALLED), ("parameters", ARGUMENTS)],
};
/// The block after `sql`.
pub static SQL_CALL_PLACE: Place = Place {
    name: "a `sql` call",
    block: &super::SQL_TASK,
    extra: &SQL_FIELDS,
    replaced_by_syntax: &[
        ("file", CALLED),
        ("query", "use `sql_task { query { ... } }` for a saved query"),
        ("dashboard", "use `sql_task { dashboard { ... } }`"),
        ("alert", "use `sql_task { alert { ... } }`"),
        ("parameters", ARGUMENTS),
    ],
};
/// The block after `dbt`.
pub static DBT_CALL_PLACE: Place = Place {
    name: "a `dbt` call",
    block: &super::DBT_TASK,
    extra: &NOTHING,
    replaced_by_syntax: &[("project_directory", CALLED), ("commands", ARGUMENTS)],
};
/// The block after `run`.
pub static RUN_CALL_PLACE: Place = Place {
    name: "a `run` call",
    block: &super::RUN_JOB_TASK,
    extra: &NOTHING,
    replaced_by_syntax: &[("job_id", CALLED), ("job_parameters", ARGUMENTS)],
};

/// Whether a field of a target is merged into every pipeline.
pub fn is_job_field_of_target(key: &str) -> bool {
    TARGET_FIELDS.field(key).is_none() && (JOB.field(key).is_some() || JOB_RUN_AS.field(key).is_some())
}

/// The places of the language with their keywords, for `pipec schema` and completion.
pub static PLACES: &[(&str, &Place)] = &[
    ("pipeline", &PIPELINE_PLACE),
    ("step", &STEP_PLACE),
    ("defaults", &DEFAULTS_PLACE),
    ("cluster", &CLUSTER_PLACE),
    ("environment", &ENVIRONMENT_PLACE),
    ("target", &TARGET_PLACE),
];
