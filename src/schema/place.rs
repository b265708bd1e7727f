//! The blocks of the language: an API type, what the language adds to it, and what it spells in another way.

use super::field::{Block, Choice, Enum, Field, Format, Group, Ty, field};
use super::{CLUSTER_SPEC, ENVIRONMENT, JOB, JOB_RUN_AS, TASK};

/// What may stand in the body of a declaration.
#[derive(Debug)]
pub struct Place {
    /// In words: "a step".
    pub name: &'static str,
    /// The API type whose fields it takes.
    pub block: &'static Block,
    /// Fields of the language's own, and fields that the language moves here.
    pub extra: &'static Block,
    /// Fields that are written in another way, and how.
    pub replaced_by_syntax: &'static [(&'static str, &'static str)],
}

impl Place {
    /// The row of a field that may stand here.
    pub fn field(&self, key: &str) -> Option<&'static Field> {
        if self.replaced_by_syntax.iter().any(|(k, _)| *k == key) {
            return None;
        }
        self.extra.field(key).or_else(|| self.block.field(key))
    }

    /// Every name that may stand here.
    pub fn keys(&self) -> impl Iterator<Item = &'static str> + '_ {
        let spelled = |k: &str| self.replaced_by_syntax.iter().any(|(s, _)| *s == k);
        self.extra.fields.iter().chain(self.block.fields).map(|f| f.key).filter(move |k| !spelled(k))
    }

    /// The fields that exclude `key` here.
    pub fn group_of(&self, key: &str) -> Option<&'static Group> {
        self.extra.group_of(key).or_else(|| self.block.group_of(key))
    }
}

/// Kinds of GPU by name.
pub static ACCELERATOR: Enum = Enum {
    name: "accelerator",
    members: &["T4", "V100", "A10", "L4", "L40S", "A100", "H100", "H200", "B200", "B300", "K80"],
};
/// `development`, `production`.
pub static MODE: Enum = Enum { name: "mode", members: &["development", "production"] };
/// `azure`, `aws`, `gcp`.
pub static CLOUD: Enum = Enum { name: "cloud", members: &["azure", "aws", "gcp"] };

/// GPUs by intent.
pub static GPU: Block = Block {
    name: "gpu",
    doc: "GPUs by kind and number; the node type and runtime are chosen for the target's cloud",
    fields: &[
        field("accelerator", Ty::Enum(&ACCELERATOR), "The kind of GPU").required(),
        field("count", Ty::Int, "How many GPUs each node has").min(1).max(16).default("1"),
    ],
    groups: &[],
};

/// Where a target lives.
pub static WORKSPACE: Block = Block {
    name: "workspace",
    doc: "The workspace of a target",
    fields: &[
        field("host", Ty::Str, "The address of the workspace, with https").format(Format {
            starts_with: &["https://", "http://127.0.0.1", "http://localhost"],
            example: "https://adb-1234567890123456.7.azuredatabricks.net",
            ..Format::ANY
        }),
        field("profile", Ty::Str, "The profile of ~/.databrickscfg to log in with"),
        field("root_path", Ty::Str, "The workspace folder for wheels, files and state").format(Format {
            starts_with: &["/"],
            example: "/Workspace/pipelines/churn",
            ..Format::ANY
        }),
        field("artifact_path", Ty::Str, "Where wheels go, if not under root_path; a volume is allowed")
            .format(Format { starts_with: &["/"], example: "/Volumes/main/default/wheels", ..Format::ANY }),
    ],
    groups: &[],
};

static NOTHING: Block = Block { name: "", doc: "", fields: &[], groups: &[] };

static TARGET_FIELDS: Block = Block {
    name: "target",
    doc: "Where and how to deploy",
    fields: &[
        field("default", Ty::Bool, "Whether this target is taken when none is named"),
        field("workspace", Ty::Block(&WORKSPACE), "The workspace and the folders in it"),
        field("mode", Ty::Enum(&MODE), "development prefixes names and pauses schedules; production checks more"),
        field("cloud", Ty::Enum(&CLOUD), "The cloud, where the host does not tell"),
        field("vars", Ty::Map, "Values of the project's vars"),
    ],
    groups: &[],
};

/// The language's own field for requirements in pip's form, as a list or a file.
pub const REQUIREMENTS: &str = "requirements";

static CLUSTER_FIELDS: Block = Block {
    name: "cluster",
    doc: "A job cluster",
    fields: &[
        field("single_node", Ty::Bool, "One node that is driver and worker; fills in the conf and tag it needs"),
        field("gpu", Ty::Block(&GPU), "GPUs by kind and number, in place of node_type_id"),
        field("libraries", Ty::BlockList(&super::LIBRARY), "Packages for every task on this cluster").unordered(),
        field(REQUIREMENTS, Ty::StrList, "Packages in pip's form for every task on this cluster, or file(\"...\")"),
        field("serverless_compute_id", Ty::Str, "Serverless compute behind this key").status(super::Status::Preview),
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
        field("gpu", Ty::Block(&GPU), "A serverless GPU, in place of compute"),
        field(REQUIREMENTS, Ty::StrList, "Packages in pip's form for this step on its cluster, or file(\"...\")"),
    ],
    groups: &[Group { choice: Choice::AtMostOne, keys: &["gpu", "compute"] }],
};

static ENVIRONMENT_FIELDS: Block = Block {
    name: "environment",
    doc: "A serverless environment",
    fields: &[field(REQUIREMENTS, Ty::StrList, "Packages in pip's form, or file(\"...\"), added to dependencies")],
    groups: &[],
};

/// The body of a `pipeline`.
pub static PIPELINE_PLACE: Place = Place {
    name: "a pipeline",
    block: &JOB,
    extra: &NOTHING,
    replaced_by_syntax: &[
        ("job_clusters", "declare it: `cluster name { ... }`"),
        ("environments", "declare it: `environment name { ... }`"),
        ("parameters", "declare it: `param name: string = \"...\"`"),
        ("tasks", "declare it: `step name { ... }`"),
    ],
};

/// The body of a `target`: its own fields, and fields of the job that then hold for every pipeline.
pub static TARGET_PLACE: Place = Place {
    name: "a target",
    block: &JOB,
    extra: &TARGET_FIELDS,
    replaced_by_syntax: &[
        ("job_clusters", "clusters belong to the file or a pipeline"),
        ("environments", "environments belong to the file or a pipeline"),
        ("parameters", "params belong to a pipeline"),
        ("tasks", "steps belong to a pipeline"),
        ("name", "names belong to pipelines"),
    ],
};

/// The body of a `step`.
pub static STEP_PLACE: Place = Place {
    name: "a step",
    block: &TASK,
    extra: &STEP_FIELDS,
    replaced_by_syntax: &[
        ("task_key", "the name of the step is its key"),
        ("depends_on", "write `after name` in the head of the step, or use an output of the other step"),
    ],
};

/// The body of `defaults`, which hold for every step whose kind takes them.
pub static DEFAULTS_PLACE: Place = Place {
    name: "defaults",
    block: &TASK,
    extra: &NOTHING,
    replaced_by_syntax: &[
        ("task_key", "the name of a step is its key"),
        ("depends_on", "write `after name` in the head of a step"),
    ],
};

/// The body of a `cluster`.
pub static CLUSTER_PLACE: Place = Place {
    name: "a cluster",
    block: &CLUSTER_SPEC,
    extra: &CLUSTER_FIELDS,
    replaced_by_syntax: &[("is_pinned", "job clusters cannot be pinned")],
};

/// The body of an `environment`.
pub static ENVIRONMENT_PLACE: Place =
    Place { name: "an environment", block: &ENVIRONMENT, extra: &ENVIRONMENT_FIELDS, replaced_by_syntax: &[] };

static SQL_FIELDS: Block = Block {
    name: "sql",
    doc: "A call of a SQL file",
    fields: &[field("source", Ty::Enum(&super::SOURCE), "Where the file is: WORKSPACE or GIT")],
    groups: &[],
};

const ARGUMENTS: &str = "arguments stand in the parentheses of the call";
const CALLED: &str = "the call says it already";

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
        ("query", "for a saved query write `sql_task { query { ... } }`"),
        ("dashboard", "write `sql_task { dashboard { ... } }`"),
        ("alert", "write `sql_task { alert { ... } }`"),
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

/// Fields of a target that are merged over those of every pipeline.
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
