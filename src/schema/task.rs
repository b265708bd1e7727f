//! Tasks and task types.

use super::cluster::CLUSTER_SPEC;
use super::field::{Block, Choice, Enum, Format, Group, Measure, Status, Ty, field};
use super::library::LIBRARY;
use super::notify::{JOBS_HEALTH_RULES, TASK_EMAIL_NOTIFICATIONS, TASK_NOTIFICATION_SETTINGS, WEBHOOK_NOTIFICATIONS};

pub static RUN_IF: Enum = Enum {
    name: "RunIf",
    members: &["ALL_SUCCESS", "ALL_DONE", "NONE_FAILED", "AT_LEAST_ONE_SUCCESS", "ALL_FAILED", "AT_LEAST_ONE_FAILED"],
};

pub static AI_RUNTIME_TASK_PRIORITY_CLASS: Enum =
    Enum { name: "AiRuntimeTaskPriorityClass", members: &["BEST_EFFORT", "CRITICAL", "NORMAL"] };

pub static COMPUTE_SPEC_ACCELERATOR_TYPE: Enum =
    Enum { name: "ComputeSpecAcceleratorType", members: &["GPU_1xA10", "GPU_1xH100", "GPU_8xB300", "GPU_8xH100"] };

pub static HARDWARE_ACCELERATOR_TYPE: Enum =
    Enum { name: "HardwareAcceleratorType", members: &["GPU_1xA10", "GPU_1xH100", "GPU_8xB300", "GPU_8xH100"] };

pub static CONDITION_TASK_OP: Enum = Enum {
    name: "ConditionTaskOp",
    members: &["EQUAL_TO", "GREATER_THAN", "GREATER_THAN_OR_EQUAL", "LESS_THAN", "LESS_THAN_OR_EQUAL", "NOT_EQUAL"],
};

pub static SUBSCRIPTION_ATTACHMENT_DATA_ATTACHMENT_FILE_FORMAT: Enum = Enum {
    name: "SubscriptionAttachmentDataAttachmentFileFormat",
    members: &["FILE_FORMAT_CSV", "FILE_FORMAT_EXCEL", "FILE_FORMAT_TSV"],
};

pub static SUBSCRIPTION_ATTACHMENT_PAGE_ATTACHMENT_PAGE_SELECTION: Enum = Enum {
    name: "SubscriptionAttachmentPageAttachmentPageSelection",
    members: &["PAGE_SELECTION_ALL", "PAGE_SELECTION_SUBSET"],
};

pub static SOURCE: Enum = Enum { name: "Source", members: &["WORKSPACE", "GIT"] };

pub static AUTHENTICATION_METHOD: Enum = Enum { name: "AuthenticationMethod", members: &["OAUTH", "PAT"] };

pub static STORAGE_MODE: Enum = Enum { name: "StorageMode", members: &["DIRECT_QUERY", "IMPORT", "DUAL"] };

pub static TASK: Block = Block {
    name: "Task",
    doc: "One step of a job",
    fields: &[
        field("task_key", Ty::Str, "Name other tasks refer to; unique, letters, digits, _ and -, up to 100 characters")
            .required()
            .max_len(100)
            .format(Format { characters: Some("_-"), example: "load_orders", ..Format::ANY }),
        field("description", Ty::Str, "Free text about what the task does").max_len(4096),
        field(
            "depends_on",
            Ty::BlockList(&TASK_DEPENDENCY),
            "Tasks that must finish first, with the wanted outcome of a condition",
        )
        .keyed_by("task_key"),
        field("run_if", Ty::Enum(&RUN_IF), "Which results of the upstream tasks let this one start")
            .default("ALL_SUCCESS"),
        field("disabled", Ty::Bool, "Skips the task in every run while leaving it in the job"),
        field(
            "ai_runtime_task",
            Ty::Block(&AI_RUNTIME_TASK),
            "Runs a GPU workload over one or more serverless AI Runtime nodes",
        ),
        field("alert_task", Ty::Block(&ALERT_TASK), "Evaluates an alert and notifies its subscribers of the result"),
        field(
            "clean_rooms_notebook_task",
            Ty::Block(&CLEAN_ROOMS_NOTEBOOK_TASK),
            "Runs a notebook shared in a clean room",
        ),
        field("compute", Ty::Block(&COMPUTE), "Serverless hardware for this task, such as a GPU"),
        field(
            "condition_task",
            Ty::Block(&CONDITION_TASK),
            "Compares two values so that later tasks can branch; needs no cluster, no retries",
        ),
        field(
            "dashboard_task",
            Ty::Block(&DASHBOARD_TASK),
            "Refreshes an AI/BI dashboard and can mail a snapshot of it",
        ),
        field("dbt_cloud_task", Ty::Block(&DBT_CLOUD_TASK), "Starts a dbt Cloud job; use dbt_platform_task instead")
            .status(Status::Deprecated),
        field("dbt_platform_task", Ty::Block(&DBT_PLATFORM_TASK), "Starts a job on the dbt platform")
            .status(Status::Preview),
        field("dbt_task", Ty::Block(&DBT_TASK), "Runs dbt commands against a SQL warehouse or cluster"),
        field("disable_auto_optimization", Ty::Bool, "Turns off automatic retries and tuning of serverless tasks"),
        field(
            "email_notifications",
            Ty::Block(&TASK_EMAIL_NOTIFICATIONS),
            "Addresses that get mail about this task's runs",
        ),
        field(
            "environment_key",
            Ty::Str,
            "Serverless environment to use; Python script, wheel and dbt tasks need one there",
        ),
        field(
            "environment_variables_key",
            Ty::Str,
            "Picks one entry of the job's environment_variables for a serverless task",
        )
        .status(Status::Preview),
        field("existing_cluster_id", Ty::Str, "Id of a running all-purpose cluster to use for every run"),
        field(
            "for_each_task",
            Ty::Block(&FOR_EACH_TASK),
            "Repeats one inner task for each item of a list; loops cannot be nested",
        ),
        field(
            "gen_ai_compute_task",
            Ty::Block(&GEN_AI_COMPUTE_TASK),
            "Older way to run multi-node GPU training; use ai_runtime_task instead",
        )
        .status(Status::Preview),
        field(
            "health",
            Ty::Block(&JOBS_HEALTH_RULES),
            "Thresholds on this task's duration or backlog that raise a warning",
        ),
        field("job_cluster_key", Ty::Str, "Key of the shared cluster in job_clusters to run on"),
        field(
            "libraries",
            Ty::BlockList(&LIBRARY),
            "Packages to install on the cluster first; not allowed on serverless",
        )
        .unordered()
        .terraform("library"),
        field("max_retries", Ty::Int, "Maximum number of retries after a failure; -1 for unlimited, 0 for none")
            .min(-1),
        field("min_retry_interval_millis", Ty::Int, "Minimum time from the start of a failed attempt to the next one")
            .unit(Measure::Millis)
            .default("0"),
        field("new_cluster", Ty::Block(&CLUSTER_SPEC), "Cluster created for this task only and deleted afterwards"),
        field("notebook_task", Ty::Block(&NOTEBOOK_TASK), "Runs a notebook"),
        field(
            "notification_settings",
            Ty::Block(&TASK_NOTIFICATION_SETTINGS),
            "Switches that silence this task's mail and webhooks in some cases",
        ),
        field("pipeline_task", Ty::Block(&PIPELINE_TASK), "Starts an update of a Lakeflow declarative pipeline"),
        field("power_bi_task", Ty::Block(&POWER_BI_TASK), "Publishes or refreshes a semantic model in Power BI"),
        field(
            "python_operator_task",
            Ty::Block(&PYTHON_OPERATOR_TASK),
            "Calls a Python function or operator class by its dotted name",
        )
        .status(Status::Preview),
        field("python_wheel_task", Ty::Block(&PYTHON_WHEEL_TASK), "Calls an entry point of an installed Python wheel"),
        field("retry_on_timeout", Ty::Bool, "Also retries attempts that timed out").default("false"),
        field("run_job_task", Ty::Block(&RUN_JOB_TASK), "Runs another job and waits for it"),
        field("spark_jar_task", Ty::Block(&SPARK_JAR_TASK), "Runs the main class of a JAR"),
        field("spark_python_task", Ty::Block(&SPARK_PYTHON_TASK), "Runs a Python script file"),
        field(
            "spark_submit_task",
            Ty::Block(&SPARK_SUBMIT_TASK),
            "Runs spark-submit; legacy, use a JAR or Python task instead",
        )
        .status(Status::Deprecated),
        field(
            "sql_task",
            Ty::Block(&SQL_TASK),
            "Runs saved or file SQL, or refreshes an alert or dashboard, on a warehouse",
        ),
        field("timeout_seconds", Ty::Int, "Cancels an attempt that takes longer than this; 0 never cancels")
            .unit(Measure::Seconds)
            .min(0)
            .default("0"),
        field(
            "webhook_notifications",
            Ty::Block(&WEBHOOK_NOTIFICATIONS),
            "Notification destinations called about this task's runs",
        ),
    ],
    groups: &[],
};

pub static AI_RUNTIME_TASK: Block = Block {
    name: "AiRuntimeTask",
    doc: "A GPU workload on serverless AI Runtime nodes",
    fields: &[
        field("code_source_path", Ty::Str, "Archive or folder with the code, unpacked on each node; set by tools")
            .maybe_evaluated()
            .status(Status::Preview),
        field(
            "deployments",
            Ty::BlockList(&DEPLOYMENT_SPEC),
            "What to run and on which GPUs; exactly one entry for now",
        )
        .min_items(1)
        .required()
        .max_items(1),
        field("docker_image_url", Ty::Str, "Container image as organization/repository:tag, replacing the default one"),
        field("experiment", Ty::Str, "MLflow experiment that collects the runs; created when missing").required(),
        field("mlflow_artifact_location", Ty::Str, "Root folder for logged artifacts, for example in a Volume")
            .status(Status::Preview),
        field("mlflow_experiment_directory", Ty::Str, "Folder under /Workspace in which the experiment is created"),
        field("mlflow_run", Ty::Str, "Name shown for the MLflow run; generated when left out"),
        field(
            "priority_class",
            Ty::Enum(&AI_RUNTIME_TASK_PRIORITY_CLASS),
            "Place in the queue on reserved capacity; refused on on-demand capacity",
        )
        .status(Status::Preview),
        field(
            "unity_catalog_image_path",
            Ty::Str,
            "Container image kept in Unity Catalog, as catalog.schema.image:tag",
        )
        .status(Status::Preview),
    ],
    groups: &[],
};

pub static DEPLOYMENT_SPEC: Block = Block {
    name: "DeploymentSpec",
    doc: "One group of equal AI Runtime nodes and what they run",
    fields: &[
        field("command_path", Ty::Str, "Workspace script started on every node; its exit code decides the result")
            .required()
            .maybe_evaluated(),
        field("compute", Ty::Block(&COMPUTE_SPEC), "Kind and number of GPUs for this deployment").required(),
        field("name", Ty::Str, "Label for logs and the UI, such as worker; better kept distinct"),
    ],
    groups: &[],
};

pub static COMPUTE_SPEC: Block = Block {
    name: "ComputeSpec",
    doc: "The accelerators of an AI Runtime deployment",
    fields: &[
        field(
            "accelerator_count",
            Ty::Int,
            "GPUs over all nodes; a multiple of the number per node in accelerator_type",
        )
        .multiple_of("accelerator_type")
        .required()
        .min(1),
        field(
            "accelerator_type",
            Ty::Enum(&COMPUTE_SPEC_ACCELERATOR_TYPE),
            "GPU model and number per node, as in GPU_8xH100 for eight H100s",
        )
        .required(),
        field("provisioned_capacity_id", Ty::Str, "Id of reserved GPU capacity to use in place of on-demand")
            .status(Status::Preview),
    ],
    groups: &[],
};

pub static ALERT_TASK: Block = Block {
    name: "AlertTask",
    doc: "Evaluates a SQL alert",
    fields: &[
        field("alert_id", Ty::Str, "Id of the alert; give this or workspace_path"),
        field("parameters", Ty::Map, "Values replacing the alert query's stored parameters for this run")
            .evaluated()
            .status(Status::Preview)
            .max_len(10000),
        field(
            "subscribers",
            Ty::BlockList(&ALERT_TASK_SUBSCRIBER),
            "Who is notified of the outcome of the evaluation, at most 100",
        )
        .unordered()
        .max_items(100),
        field("warehouse_id", Ty::Str, "Warehouse that evaluates the alert"),
        field("workspace_path", Ty::Str, "Path of the alert file, starting with /Workspace; give this or alert_id")
            .format(Format {
                starts_with: &["/Workspace"],
                example: "/Workspace/Shared/late_orders.dbalert.json",
                ..Format::ANY
            }),
    ],
    groups: &[Group { choice: Choice::ExactlyOne, keys: &["alert_id", "workspace_path"] }],
};

pub static ALERT_TASK_SUBSCRIBER: Block = Block {
    name: "AlertTaskSubscriber",
    doc: "Who is notified of an alert",
    fields: &[
        field("destination_id", Ty::Str, "Id of a notification destination"),
        field("user_name", Ty::Str, "Email address of a workspace user"),
    ],
    groups: &[Group { choice: Choice::ExactlyOne, keys: &["user_name", "destination_id"] }],
};

pub static CLEAN_ROOMS_NOTEBOOK_TASK: Block = Block {
    name: "CleanRoomsNotebookTask",
    doc: "A notebook in a clean room",
    fields: &[
        field("clean_room_name", Ty::Str, "Name of the clean room that holds the notebook").required(),
        field("etag", Ty::Str, "Version check that stops the run if the notebook has changed since"),
        field("notebook_base_parameters", Ty::Map, "Named values passed to the clean room notebook").maybe_evaluated(),
        field("notebook_name", Ty::Str, "Name of the shared notebook to run").required(),
    ],
    groups: &[],
};

pub static COMPUTE: Block = Block {
    name: "Compute",
    doc: "Serverless hardware of one task",
    fields: &[field(
        "hardware_accelerator",
        Ty::Enum(&HARDWARE_ACCELERATOR_TYPE),
        "GPU type and count for a serverless task",
    )
    .status(Status::Beta)],
    groups: &[],
};

pub static CONDITION_TASK: Block = Block {
    name: "ConditionTask",
    doc: "A comparison that later tasks branch on",
    fields: &[
        field(
            "op",
            Ty::Enum(&CONDITION_TASK_OP),
            "Comparison to make; equality compares strings, the other operators compare numbers",
        )
        .required(),
        field("left", Ty::Str, "Left side of the comparison; may be a {{...}} reference").required().evaluated(),
        field("right", Ty::Str, "Right side of the comparison; may be a {{...}} reference").required().evaluated(),
    ],
    groups: &[],
};

pub static DASHBOARD_TASK: Block = Block {
    name: "DashboardTask",
    doc: "Refreshes a dashboard",
    fields: &[
        field("dashboard_id", Ty::Str, "Id of the AI/BI dashboard to refresh"),
        field("filters", Ty::Map, "Values for dashboard filters, keyed by each filter's URL identifier")
            .maybe_evaluated()
            .status(Status::Preview),
        field("subscription", Ty::Block(&SUBSCRIPTION), "Who gets a snapshot after the refresh, and how it looks"),
        field("warehouse_id", Ty::Str, "Warehouse for the dashboard's queries; else the dashboard's own"),
    ],
    groups: &[],
};

pub static SUBSCRIPTION: Block = Block {
    name: "Subscription",
    doc: "Who gets a snapshot of a dashboard",
    fields: &[
        field(
            "attachment",
            Ty::Block(&SUBSCRIPTION_ATTACHMENT),
            "Data files and dashboard pages sent along with the snapshot",
        )
        .status(Status::Preview),
        field("custom_subject", Ty::Str, "Subject line of the snapshot mail"),
        field("paused", Ty::Bool, "Stops snapshot mail while still refreshing the dashboard"),
        field(
            "subscribers",
            Ty::BlockList(&SUBSCRIPTION_SUBSCRIBER),
            "People and destinations that get the snapshot, at most 100",
        )
        .unordered()
        .max_items(100),
    ],
    groups: &[],
};

pub static SUBSCRIPTION_SUBSCRIBER: Block = Block {
    name: "SubscriptionSubscriber",
    doc: "One receiver of a dashboard snapshot",
    fields: &[
        field("destination_id", Ty::Str, "Id of a notification destination that gets the snapshot"),
        field("user_name", Ty::Str, "Email address of a user who gets the snapshot"),
    ],
    groups: &[Group { choice: Choice::ExactlyOne, keys: &["user_name", "destination_id"] }],
};

pub static SUBSCRIPTION_ATTACHMENT: Block = Block {
    name: "SubscriptionAttachment",
    doc: "A file attached to a dashboard snapshot",
    fields: &[
        field(
            "data_attachment",
            Ty::Block(&SUBSCRIPTION_ATTACHMENT_DATA_ATTACHMENT),
            "Widget data to attach as tables; none when left out",
        )
        .status(Status::Preview),
        field(
            "page_attachment",
            Ty::Block(&SUBSCRIPTION_ATTACHMENT_PAGE_ATTACHMENT),
            "Pages to put in the PDF; just the first when left out",
        )
        .status(Status::Preview),
    ],
    groups: &[],
};

pub static SUBSCRIPTION_ATTACHMENT_DATA_ATTACHMENT: Block = Block {
    name: "SubscriptionAttachmentDataAttachment",
    doc: "Data attached to a dashboard snapshot",
    fields: &[
        field(
            "file_format",
            Ty::Enum(&SUBSCRIPTION_ATTACHMENT_DATA_ATTACHMENT_FILE_FORMAT),
            "File type of the attached tables: CSV, Excel or TSV",
        )
        .required()
        .status(Status::Preview),
        field("include_applied_filters", Ty::Bool, "Adds a file listing the filter values in force")
            .status(Status::Preview),
        field(
            "widgets",
            Ty::BlockList(&SUBSCRIPTION_ATTACHMENT_DATA_ATTACHMENT_WIDGET),
            "Widgets whose data to attach; name one or more",
        )
        .required()
        .status(Status::Preview),
    ],
    groups: &[],
};

pub static SUBSCRIPTION_ATTACHMENT_DATA_ATTACHMENT_WIDGET: Block = Block {
    name: "SubscriptionAttachmentDataAttachmentWidget",
    doc: "Widget whose data is attached",
    fields: &[
        field("page_id", Ty::Str, "Name of the dashboard page that contains the widget")
            .required()
            .status(Status::Preview)
            .max_len(63),
        field("widget_id", Ty::Str, "Name of the widget within its page layout")
            .required()
            .status(Status::Preview)
            .max_len(63),
    ],
    groups: &[],
};

pub static SUBSCRIPTION_ATTACHMENT_PAGE_ATTACHMENT: Block = Block {
    name: "SubscriptionAttachmentPageAttachment",
    doc: "A page included in a dashboard snapshot",
    fields: &[
        field("page_ids", Ty::StrList, "Names of the dashboard pages wanted when only a subset goes in")
            .status(Status::Preview),
        field(
            "page_selection",
            Ty::Enum(&SUBSCRIPTION_ATTACHMENT_PAGE_ATTACHMENT_PAGE_SELECTION),
            "Whether the PDF holds all pages or those in page_ids",
        )
        .status(Status::Preview),
    ],
    groups: &[],
};

pub static DBT_CLOUD_TASK: Block = Block {
    name: "DbtCloudTask",
    doc: "A dbt Cloud job, under its old name",
    fields: &[
        field("connection_resource_name", Ty::Str, "Unity Catalog connection used to log in to dbt Cloud")
            .status(Status::Preview),
        field("dbt_cloud_job_id", Ty::Int, "Number dbt Cloud gave the job to start").status(Status::Preview),
    ],
    groups: &[],
};

pub static DBT_PLATFORM_TASK: Block = Block {
    name: "DbtPlatformTask",
    doc: "A job on the dbt platform",
    fields: &[
        field("connection_resource_name", Ty::Str, "Unity Catalog connection used to log in to the dbt platform")
            .status(Status::Preview),
        field("dbt_platform_job_id", Ty::Str, "Id of the dbt platform job to start, as a string")
            .status(Status::Preview),
    ],
    groups: &[],
};

pub static DBT_TASK: Block = Block {
    name: "DbtTask",
    doc: "dbt commands on a warehouse",
    fields: &[
        field("catalog", Ty::Str, "Unity Catalog catalog to build in; needs warehouse_id"),
        field("commands", Ty::StrList, "Between 1 and 10 command lines, each starting with dbt")
            .min_items(1)
            .required()
            .evaluated()
            .max_items(10),
        field("profiles_directory", Ty::Str, "Relative folder with profiles.yml; only without warehouse_id"),
        field("project_directory", Ty::Str, "Folder of the dbt project; the repository root by default with Git"),
        field("schema", Ty::Str, "Schema to build in when a warehouse is given").default("default"),
        field("source", Ty::Enum(&SOURCE), "Whether the project comes from the workspace or from git_source"),
        field("warehouse_id", Ty::Str, "Warehouse to run against; dbt connection details are generated for it"),
    ],
    groups: &[],
};

pub static TASK_DEPENDENCY: Block = Block {
    name: "TaskDependency",
    doc: "One task to wait for",
    fields: &[
        field("task_key", Ty::Str, "Key of the upstream task to wait for").required().max_len(100),
        field("outcome", Ty::Str, "Needed result of a condition task, \"true\" or \"false\""),
    ],
    groups: &[],
};

pub static FOR_EACH_TASK: Block = Block {
    name: "ForEachTask",
    doc: "A loop around one task",
    fields: &[
        field("inputs", Ty::Str, "JSON array as a string, or a {{...}} reference to a list, to loop over")
            .required()
            .evaluated()
            .max_len(10000),
        field("concurrency", Ty::Int, "Maximum number of iterations that run concurrently")
            .min(1)
            .max(100)
            .default("1"),
        field("task", Ty::Block(&TASK), "The task repeated for each item, read there as {{input}}").required(),
    ],
    groups: &[],
};

pub static GEN_AI_COMPUTE_TASK: Block = Block {
    name: "GenAiComputeTask",
    doc: "Multi-node GPU training, older form",
    fields: &[
        field("command", Ty::Str, "Program that launches the script, such as bash or python").status(Status::Preview),
        field("compute", Ty::Block(&COMPUTE_CONFIG), "GPUs for the training run").status(Status::Preview),
        field("dl_runtime_image", Ty::Str, "Deep learning image the script runs in").required().status(Status::Preview),
        field("mlflow_experiment_name", Ty::Str, "MLflow experiment to log to; created when missing")
            .status(Status::Preview),
        field("source", Ty::Enum(&SOURCE), "Whether the script comes from the workspace or from git_source")
            .status(Status::Preview),
        field(
            "training_script_path",
            Ty::Str,
            "Script to run: absolute in the workspace, relative in Git, or a cloud URI",
        )
        .status(Status::Preview),
        field("yaml_parameters", Ty::Str, "Model settings as a YAML string; overrides the parameters file")
            .maybe_evaluated()
            .status(Status::Preview),
        field("yaml_parameters_file_path", Ty::Str, "YAML file with model settings for the script")
            .maybe_evaluated()
            .status(Status::Preview),
    ],
    groups: &[],
};

pub static COMPUTE_CONFIG: Block = Block {
    name: "ComputeConfig",
    doc: "GPUs of the older training task",
    fields: &[
        field("gpu_node_pool_id", Ty::Str, "Id of the GPU pool to draw nodes from").status(Status::Preview),
        field("gpu_type", Ty::Str, "Model of GPU to use").status(Status::Preview),
        field("num_gpus", Ty::Int, "How many GPUs to use").required().status(Status::Preview),
    ],
    groups: &[],
};

pub static NOTEBOOK_TASK: Block = Block {
    name: "NotebookTask",
    doc: "A notebook",
    fields: &[
        field("notebook_path", Ty::Str, "Absolute workspace path, or a path relative to the repository with Git")
            .required(),
        field("source", Ty::Enum(&SOURCE), "Whether the notebook comes from the workspace or from git_source"),
        field("base_parameters", Ty::Map, "Named values the notebook reads as widgets; at most 1 MB as JSON")
            .evaluated()
            .max_len(1048576),
        field("warehouse_id", Ty::Str, "Serverless or pro warehouse to run a notebook that has only SQL cells"),
    ],
    groups: &[],
};

pub static PIPELINE_TASK: Block = Block {
    name: "PipelineTask",
    doc: "An update of a declarative pipeline",
    fields: &[
        field("full_refresh", Ty::Bool, "Clears and recomputes every table of the pipeline"),
        field("full_refresh_selection", Ty::StrList, "Tables to clear and recompute from scratch"),
        field("parameters", Ty::Map, "Named values for the pipeline run, 10,000 characters in all")
            .maybe_evaluated()
            .max_len(10000),
        field("pipeline_id", Ty::Str, "Id of the pipeline to update").required(),
        field("refresh_flow_selection", Ty::StrList, "Flows to update, added to the other selections"),
        field("refresh_selection", Ty::StrList, "Tables to bring up to date without clearing them"),
        field(
            "reset_checkpoint_selection",
            Ty::StrList,
            "Streaming flows to restart from new checkpoints, keeping their data",
        ),
    ],
    groups: &[],
};

pub static POWER_BI_TASK: Block = Block {
    name: "PowerBiTask",
    doc: "A refresh of a Power BI model",
    fields: &[
        field("connection_resource_name", Ty::Str, "Unity Catalog connection used to log in to Power BI"),
        field("power_bi_model", Ty::Block(&POWER_BI_MODEL), "Semantic model to publish to"),
        field("refresh_after_update", Ty::Bool, "Reloads the model's data once it has been published"),
        field("tables", Ty::BlockList(&POWER_BI_TABLE), "Databricks tables to include in the model"),
        field("warehouse_id", Ty::Str, "Warehouse that Power BI reads its data from"),
    ],
    groups: &[],
};

pub static POWER_BI_MODEL: Block = Block {
    name: "PowerBiModel",
    doc: "The Power BI model to publish",
    fields: &[
        field(
            "authentication_method",
            Ty::Enum(&AUTHENTICATION_METHOD),
            "How Power BI logs in to Databricks: OAuth or a personal token",
        ),
        field("model_name", Ty::Str, "Name of the semantic model in Power BI"),
        field("overwrite_existing", Ty::Bool, "Replaces a model that already has this name"),
        field("storage_mode", Ty::Enum(&STORAGE_MODE), "Default mode for tables: query live, import a copy, or both"),
        field("workspace_name", Ty::Str, "Power BI workspace that holds the model"),
    ],
    groups: &[],
};

pub static POWER_BI_TABLE: Block = Block {
    name: "PowerBiTable",
    doc: "A table of a Power BI model",
    fields: &[
        field("catalog", Ty::Str, "Catalog of the source table"),
        field("name", Ty::Str, "Name of the source table"),
        field("schema", Ty::Str, "Schema of the source table"),
        field("storage_mode", Ty::Enum(&STORAGE_MODE), "Mode for this table: query live, import a copy, or both"),
    ],
    groups: &[],
};

pub static PYTHON_OPERATOR_TASK: Block = Block {
    name: "PythonOperatorTask",
    doc: "A Python function or operator called by name",
    fields: &[
        field("main", Ty::Str, "Dotted name of the function or class, such as my_pkg.jobs.load")
            .status(Status::Preview),
        field(
            "parameters",
            Ty::BlockList(&PYTHON_OPERATOR_TASK_PARAMETER),
            "Named values passed to the function, in order",
        )
        .status(Status::Preview),
    ],
    groups: &[],
};

pub static PYTHON_OPERATOR_TASK_PARAMETER: Block = Block {
    name: "PythonOperatorTaskParameter",
    doc: "One argument of a Python operator",
    fields: &[
        field("name", Ty::Str, "Name of the argument").status(Status::Preview),
        field("value", Ty::Str, "String value of the argument").maybe_evaluated().status(Status::Preview),
    ],
    groups: &[],
};

pub static PYTHON_WHEEL_TASK: Block = Block {
    name: "PythonWheelTask",
    doc: "An entry point of a Python wheel",
    fields: &[
        field("package_name", Ty::Str, "Distribution name of the wheel to run").required(),
        field("entry_point", Ty::Str, "Entry point in the package metadata, else a function of the package").required(),
        field("parameters", Ty::StrList, "Command-line arguments in order; excludes named_parameters").evaluated(),
        field("named_parameters", Ty::Map, "Values passed as --key=value; excludes parameters").evaluated(),
    ],
    groups: &[],
};

pub static RUN_JOB_TASK: Block = Block {
    name: "RunJobTask",
    doc: "A run of another job",
    fields: &[
        field("dbt_commands", Ty::StrList, "Legacy dbt commands for the called job; use job_parameters")
            .evaluated()
            .status(Status::Deprecated)
            .max_len(10000),
        field("jar_params", Ty::StrList, "Legacy JAR arguments for the called job; use job_parameters")
            .evaluated()
            .status(Status::Deprecated)
            .max_len(10000),
        field("job_id", Ty::Int, "Number of the job to run").required(),
        field("job_parameters", Ty::Map, "Values for the called job's own parameters").evaluated(),
        field("notebook_params", Ty::Map, "Legacy notebook values for the called job; use job_parameters")
            .evaluated()
            .status(Status::Deprecated)
            .max_len(10000),
        field("pipeline_params", Ty::Block(&PIPELINE_PARAMS), "Refresh choices for pipeline tasks in the called job")
            .maybe_evaluated(),
        field("python_named_params", Ty::Map, "Legacy named wheel arguments for the called job; use job_parameters")
            .evaluated()
            .status(Status::Deprecated)
            .max_len(10000),
        field(
            "python_params",
            Ty::StrList,
            "Legacy Python arguments for the called job, ASCII only; use job_parameters",
        )
        .evaluated()
        .status(Status::Deprecated)
        .max_len(10000),
        field(
            "spark_submit_params",
            Ty::StrList,
            "Legacy spark-submit arguments for the called job; use job_parameters",
        )
        .evaluated()
        .status(Status::Deprecated)
        .max_len(10000),
        field("sql_params", Ty::Map, "Legacy SQL values for the called job; use job_parameters")
            .evaluated()
            .status(Status::Deprecated)
            .max_len(10000),
    ],
    groups: &[],
};

pub static PIPELINE_PARAMS: Block = Block {
    name: "PipelineParams",
    doc: "What a called pipeline refreshes",
    fields: &[
        field("full_refresh", Ty::Bool, "Clears and recomputes every table of the called job's pipelines")
            .maybe_evaluated(),
        field("full_refresh_selection", Ty::StrList, "Tables to clear and recompute from scratch").maybe_evaluated(),
        field("refresh_flow_selection", Ty::StrList, "Flows to update, added to the other selections")
            .maybe_evaluated(),
        field("refresh_selection", Ty::StrList, "Tables to bring up to date without clearing them").maybe_evaluated(),
        field(
            "reset_checkpoint_selection",
            Ty::StrList,
            "Streaming flows to restart from new checkpoints, keeping their data",
        )
        .maybe_evaluated(),
    ],
    groups: &[],
};

pub static SPARK_JAR_TASK: Block = Block {
    name: "SparkJarTask",
    doc: "The main class of a JAR",
    fields: &[
        field("jar_uri", Ty::Str, "Old location of the JAR; use libraries or java_dependencies instead")
            .status(Status::Deprecated),
        field("main_class_name", Ty::Str, "Class with the main method, package included, found in a library JAR"),
        field("parameters", Ty::StrList, "Arguments passed to the main method").evaluated(),
        field("run_as_repl", Ty::Bool, "Old switch for how the JAR runs; false is no longer accepted")
            .status(Status::Deprecated),
    ],
    groups: &[],
};

pub static SPARK_PYTHON_TASK: Block = Block {
    name: "SparkPythonTask",
    doc: "A Python script",
    fields: &[
        field("python_file", Ty::Str, "Script: absolute workspace path, cloud URI, or relative path with Git")
            .required(),
        field("source", Ty::Enum(&SOURCE), "Whether the script comes from the workspace or cloud, or from git_source")
            .default("WORKSPACE"),
        field("parameters", Ty::StrList, "Command-line arguments for the script").evaluated(),
    ],
    groups: &[],
};

pub static SPARK_SUBMIT_TASK: Block = Block {
    name: "SparkSubmitTask",
    doc: "A spark-submit command line",
    fields: &[field("parameters", Ty::StrList, "Arguments for spark-submit, including the class or script").evaluated()],
    groups: &[],
};

pub static SQL_TASK: Block = Block {
    name: "SqlTask",
    doc: "SQL on a warehouse",
    fields: &[
        field("warehouse_id", Ty::Str, "Warehouse that runs the SQL; serverless or pro is best").required(),
        field("alert", Ty::Block(&SQL_TASK_ALERT), "Legacy SQL alert to evaluate"),
        field("dashboard", Ty::Block(&SQL_TASK_DASHBOARD), "Legacy SQL dashboard to refresh"),
        field("file", Ty::Block(&SQL_TASK_FILE), "SQL file to run"),
        field("parameters", Ty::Map, "Named values for the query or file; alerts take none").evaluated(),
        field("query", Ty::Block(&SQL_TASK_QUERY), "Saved query to run"),
    ],
    groups: &[Group { choice: Choice::ExactlyOne, keys: &["file", "query", "dashboard", "alert"] }],
};

pub static SQL_TASK_ALERT: Block = Block {
    name: "SqlTaskAlert",
    doc: "A legacy SQL alert to evaluate",
    fields: &[
        field("alert_id", Ty::Str, "Id of the alert to evaluate").required(),
        field("pause_subscriptions", Ty::Bool, "Evaluates the alert without notifying its subscribers"),
        field("subscriptions", Ty::BlockList(&SQL_TASK_SUBSCRIPTION), "Who is notified of the alert").unordered(),
    ],
    groups: &[],
};

pub static SQL_TASK_SUBSCRIPTION: Block = Block {
    name: "SqlTaskSubscription",
    doc: "Who is notified of a SQL result",
    fields: &[
        field("destination_id", Ty::Str, "Id of a notification destination; give this or user_name"),
        field("user_name", Ty::Str, "Email address of a user; give this or destination_id"),
    ],
    groups: &[Group { choice: Choice::ExactlyOne, keys: &["user_name", "destination_id"] }],
};

pub static SQL_TASK_DASHBOARD: Block = Block {
    name: "SqlTaskDashboard",
    doc: "A legacy SQL dashboard to refresh",
    fields: &[
        field("custom_subject", Ty::Str, "Subject line of the dashboard mail"),
        field("dashboard_id", Ty::Str, "Id of the legacy dashboard to refresh").required(),
        field("pause_subscriptions", Ty::Bool, "Skips the snapshot and the mail"),
        field("subscriptions", Ty::BlockList(&SQL_TASK_SUBSCRIPTION), "Who gets the dashboard snapshot").unordered(),
    ],
    groups: &[],
};

pub static SQL_TASK_FILE: Block = Block {
    name: "SqlTaskFile",
    doc: "A file of SQL statements",
    fields: &[
        field("path", Ty::Str, "SQL file: absolute in the workspace, relative in a repository").required(),
        field("source", Ty::Enum(&SOURCE), "Whether the file comes from the workspace or from git_source"),
    ],
    groups: &[],
};

pub static SQL_TASK_QUERY: Block = Block {
    name: "SqlTaskQuery",
    doc: "A saved query",
    fields: &[field("query_id", Ty::Str, "Id of the saved query to run").required()],
    groups: &[],
};
