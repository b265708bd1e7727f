//! The job: the body of a create request.

use super::cluster::CLUSTER_SPEC;
use super::field::{Block, Choice, Enum, Format, Group, Measure, Status, Ty, field};
use super::library::JOB_ENVIRONMENT;
use super::notify::{
    JOB_ACCESS_CONTROL_REQUEST, JOB_EMAIL_NOTIFICATIONS, JOB_NOTIFICATION_SETTINGS, JOB_RUN_AS, JOBS_HEALTH_RULES,
    WEBHOOK_NOTIFICATIONS,
};
use super::task::TASK;
use super::trigger::{CONTINUOUS, CRON_SCHEDULE, TRIGGER_CONFIGURATION, TRIGGER_SETTINGS};

/// The maximum number of tasks of a job.
pub const MAX_TASKS: usize = 1000;

pub static JOB_EDIT_MODE: Enum = Enum { name: "JobEditMode", members: &["UI_LOCKED", "EDITABLE"] };

pub static FORMAT: Enum = Enum { name: "Format", members: &["SINGLE_TASK", "MULTI_TASK"] };

pub static PERFORMANCE_TARGET: Enum =
    Enum { name: "PerformanceTarget", members: &["PERFORMANCE_OPTIMIZED", "STANDARD"] };

pub static JOB_DEPLOYMENT_KIND: Enum = Enum { name: "JobDeploymentKind", members: &["BUNDLE", "SYSTEM_MANAGED"] };

pub static GIT_PROVIDER: Enum = Enum {
    name: "GitProvider",
    members: &[
        "gitHub",
        "bitbucketCloud",
        "azureDevOpsServices",
        "gitHubEnterprise",
        "bitbucketServer",
        "gitLab",
        "gitLabEnterpriseEdition",
        "awsCodeCommit",
    ],
};

pub static JOB_SOURCE_DIRTY_STATE: Enum =
    Enum { name: "JobSourceDirtyState", members: &["NOT_SYNCED", "DISCONNECTED"] };

pub static JOB: Block = Block {
    name: "Job",
    doc: "A job",
    fields: &[
        field("name", Ty::Str, "Display name of the job, limited to 4096 bytes of UTF-8").max_len(4096),
        field("description", Ty::Str, "Free text shown on the job page, up to 27,700 characters").max_len(27700),
        field("tags", Ty::Map, "Up to 25 key-value labels, also copied onto the job's clusters").max_items(25),
        field(
            "parameters",
            Ty::BlockList(&JOB_PARAMETER_DEFINITION),
            "Named inputs with defaults that every task of the job can read",
        )
        .keyed_by("name")
        .terraform("parameter")
        .max_len(10000),
        field("schedule", Ty::Block(&CRON_SCHEDULE), "Runs the job at times given by a Quartz cron expression"),
        field(
            "trigger",
            Ty::Block(&TRIGGER_SETTINGS),
            "Starts the job on an event such as new files, table updates or an interval",
        ),
        field(
            "triggers",
            Ty::BlockList(&TRIGGER_CONFIGURATION),
            "Several triggers at once; excludes schedule, trigger and continuous",
        )
        .status(Status::Beta),
        field(
            "continuous",
            Ty::Block(&CONTINUOUS),
            "Keeps exactly one run going at all times; cannot be combined with a schedule",
        ),
        field(
            "access_control_list",
            Ty::BlockList(&JOB_ACCESS_CONTROL_REQUEST),
            "Who may view, run, manage or own the job, applied when it is created",
        ),
        field(
            "budget_policy_id",
            Ty::Str,
            "Id of the policy that decides which budget serverless costs are charged to",
        ),
        field(
            "deployment",
            Ty::Block(&JOB_DEPLOYMENT),
            "Records the outside tool that owns the job, shown as a banner in the UI",
        ),
        field("duration_target", Ty::Str, "Time a cost-optimized run may take: NO_FLEXIBILITY, 4h, 12h, 24h or 72h")
            .status(Status::Preview),
        field(
            "edit_mode",
            Ty::Enum(&JOB_EDIT_MODE),
            "UI_LOCKED makes the job page read-only; EDITABLE lets people change it there",
        ),
        field(
            "email_notifications",
            Ty::Block(&JOB_EMAIL_NOTIFICATIONS),
            "Addresses that get mail about run starts, ends and warnings",
        ),
        field(
            "environment_variables",
            Ty::BlockList(&JOB_ENVIRONMENT_VARIABLES),
            "Named sets of environment variables that tasks pick by key, at most 10",
        )
        .status(Status::Preview)
        .max_items(10),
        field(
            "format",
            Ty::Enum(&FORMAT),
            "Legacy marker of the job layout; the service ignores it and uses MULTI_TASK",
        )
        .default("MULTI_TASK"),
        field(
            "git_source",
            Ty::Block(&GIT_SOURCE),
            "Remote repository and revision that tasks with source GIT read their code from",
        ),
        field(
            "health",
            Ty::Block(&JOBS_HEALTH_RULES),
            "Thresholds on duration or streaming backlog that raise a warning",
        ),
        field("max_concurrent_runs", Ty::Int, "How many runs may be active at once; 0 skips every new run")
            .min(0)
            .max(1000)
            .default("1"),
        field(
            "notification_settings",
            Ty::Block(&JOB_NOTIFICATION_SETTINGS),
            "Switches that silence mail and webhooks for skipped or canceled runs",
        ),
        field("parent_path", Ty::Str, "Workspace folder in which the job appears").status(Status::Preview),
        field(
            "performance_target",
            Ty::Enum(&PERFORMANCE_TARGET),
            "Trades start-up speed against cost on serverless; no effect on GPU tasks",
        ),
        field(
            "queue",
            Ty::Block(&QUEUE_SETTINGS),
            "Whether runs wait in line when a limit is hit instead of being skipped",
        ),
        field(
            "run_as",
            Ty::Block(&JOB_RUN_AS),
            "Identity the job runs under: a single user, group or service principal",
        ),
        field("timeout_seconds", Ty::Int, "Cancels a run that takes longer than this; 0 never cancels")
            .unit(Measure::Seconds)
            .min(0)
            .default("0"),
        field(
            "usage_policy_id",
            Ty::Str,
            "Usage policy that attributes serverless costs; successor of the budget policy",
        )
        .status(Status::Preview),
        field(
            "webhook_notifications",
            Ty::Block(&WEBHOOK_NOTIFICATIONS),
            "Notification destinations called about run starts, ends and warnings",
        ),
        field(
            "job_clusters",
            Ty::BlockList(&JOB_CLUSTER),
            "Clusters that several tasks share; libraries belong on the tasks instead",
        )
        .keyed_by("job_cluster_key")
        .terraform("job_cluster"),
        field(
            "environments",
            Ty::BlockList(&JOB_ENVIRONMENT),
            "Named serverless environments that tasks choose with environment_key",
        )
        .keyed_by("environment_key")
        .terraform("environment")
        .max_items(10),
        field("tasks", Ty::BlockList(&TASK), "The steps of the job, at most 1000")
            .keyed_by("task_key")
            .terraform("task")
            .max_items(MAX_TASKS as u32),
    ],
    groups: &[Group { choice: Choice::AtMostOne, keys: &["schedule", "trigger", "continuous", "triggers"] }],
};

pub static JOB_DEPLOYMENT: Block = Block {
    name: "JobDeployment",
    doc: "The tool that manages the job",
    fields: &[
        field("deployment_id", Ty::Str, "Id of the bundle deployment that owns the job; set by tools"),
        field("kind", Ty::Enum(&JOB_DEPLOYMENT_KIND), "Who manages the job: a bundle, or Databricks itself").required(),
        field("metadata_file_path", Ty::Str, "Workspace file in which the deployment keeps its details"),
        field("version_id", Ty::Str, "Id of the deployment snapshot that produced the job; set by tools"),
    ],
    groups: &[],
};

pub static GIT_SOURCE: Block = Block {
    name: "GitSource",
    doc: "The repository that code is read from",
    fields: &[
        field("git_branch", Ty::Str, "Branch to check out; excludes git_tag and git_commit").terraform("branch"),
        field("git_commit", Ty::Str, "Commit to check out; excludes git_branch and git_tag").terraform("commit"),
        field(
            "git_provider",
            Ty::Enum(&GIT_PROVIDER),
            "Service that hosts the repository; letter case does not matter",
        )
        .terraform("provider")
        .required(),
        field("git_tag", Ty::Str, "Tag to check out; excludes git_branch and git_commit").terraform("tag"),
        field("git_url", Ty::Str, "Address of the repository to clone").terraform("url").required(),
        field("job_source", Ty::Block(&JOB_SOURCE), "Link to the job's own definition file in the repository"),
        field("sparse_checkout", Ty::Block(&SPARSE_CHECKOUT), "Limits the clone to some folders"),
    ],
    groups: &[Group { choice: Choice::ExactlyOne, keys: &["git_branch", "git_tag", "git_commit"] }],
};

pub static SPARSE_CHECKOUT: Block = Block {
    name: "SparseCheckout",
    doc: "The part of a repository that is fetched",
    fields: &[field("patterns", Ty::StrList, "Folder patterns to check out")],
    groups: &[],
};

pub static JOB_SOURCE: Block = Block {
    name: "JobSource",
    doc: "Where a job definition itself comes from",
    fields: &[
        field(
            "dirty_state",
            Ty::Enum(&JOB_SOURCE_DIRTY_STATE),
            "How the job has drifted from its definition file in Git",
        )
        .status(Status::Preview),
        field("import_from_git_branch", Ty::Str, "Branch the job definition was read from")
            .required()
            .status(Status::Preview),
        field("job_config_path", Ty::Str, "Path of the YAML file that defines the job")
            .required()
            .status(Status::Preview),
    ],
    groups: &[],
};

pub static JOB_CLUSTER: Block = Block {
    name: "JobCluster",
    doc: "A cluster shared by tasks, under a key",
    fields: &[
        field("job_cluster_key", Ty::Str, "Name tasks use to pick this cluster; unique in the job")
            .required()
            .max_len(100)
            .format(Format { characters: Some("_-"), example: "small", ..Format::ANY }),
        field("new_cluster", Ty::Block(&CLUSTER_SPEC), "Settings of the shared cluster"),
        field("serverless_compute_id", Ty::Str, "Id of a serverless compute to bind to; one job cluster may set it")
            .status(Status::Preview),
    ],
    groups: &[],
};

pub static JOB_PARAMETER_DEFINITION: Block = Block {
    name: "JobParameterDefinition",
    doc: "One parameter of the job",
    fields: &[
        field("name", Ty::Str, "Parameter name made of letters, digits, underscore, hyphen and dot")
            .required()
            .format(Format { characters: Some("_-."), example: "day", ..Format::ANY }),
        field("default", Ty::Str, "Value used when a run gives none; may be a {{...}} reference")
            .required()
            .evaluated()
            .max_len(4096),
    ],
    groups: &[],
};

pub static QUEUE_SETTINGS: Block = Block {
    name: "QueueSettings",
    doc: "Whether runs wait in line",
    fields: &[field("enabled", Ty::Bool, "Lets runs wait in line when a limit is reached").required()],
    groups: &[],
};

pub static JOB_ENVIRONMENT_VARIABLES: Block = Block {
    name: "JobEnvironmentVariables",
    doc: "A named set of environment variables",
    fields: &[
        field("environment_variables_key", Ty::Str, "Name tasks use to pick this set; unique in the job")
            .required()
            .status(Status::Preview),
        field("spec", Ty::Block(&JOB_ENVIRONMENT_VARIABLES_SPEC), "The variables and .env files of this set")
            .status(Status::Preview),
    ],
    groups: &[],
};

pub static JOB_ENVIRONMENT_VARIABLES_SPEC: Block = Block {
    name: "JobEnvironmentVariablesSpec",
    doc: "The variables of a named set",
    fields: &[
        field("files", Ty::StrList, "Up to 5 .env files in /Workspace or /Volumes, read when the task runs")
            .status(Status::Preview)
            .max_items(5),
        field("variables", Ty::Map, "Up to 20 variables; they win over the same names in files")
            .status(Status::Preview)
            .max_items(20),
    ],
    groups: &[],
};
