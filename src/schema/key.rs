//! Constants for the names of fields that code uses, so that a misspelled name does not compile.

/// The name of a field; a test checks that it is in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldKey(&'static str);

impl FieldKey {
    /// The name of a row.
    pub(super) const fn of_row(name: &'static str) -> FieldKey {
        FieldKey(name)
    }

    /// The name in the API and in source.
    pub const fn name(self) -> &'static str {
        self.0
    }
}

impl std::fmt::Display for FieldKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

macro_rules! keys {
    ($($name:ident = $text:literal)*) => {
        $(#[doc = concat!("`", $text, "`.")] pub const $name: FieldKey = FieldKey($text);)*
        #[cfg(test)]
        const ALL: &[FieldKey] = &[$($name),*];
    };
}

keys! {
    ACCELERATOR = "accelerator"
    ACCESS_CONTROL_LIST = "access_control_list"
    ARTIFACT_PATH = "artifact_path"
    AUTOSCALE = "autoscale"
    AUTOTERMINATION_MINUTES = "autotermination_minutes"
    AWS_ATTRIBUTES = "aws_attributes"
    AZURE_ATTRIBUTES = "azure_attributes"
    BASE_ENVIRONMENT = "base_environment"
    CLIENT = "client"
    CLOUD = "cloud"
    CLUSTER_NAME = "cluster_name"
    COMMANDS = "commands"
    COMPUTE = "compute"
    CONCURRENCY = "concurrency"
    CONDITION_TASK = "condition_task"
    CONTINUOUS = "continuous"
    COUNT = "count"
    CUSTOM_TAGS = "custom_tags"
    DATA_SECURITY_MODE = "data_security_mode"
    DEFAULT = "default"
    DEPENDENCIES = "dependencies"
    DEPENDS_ON = "depends_on"
    DESCRIPTION = "description"
    DOCKER_IMAGE = "docker_image"
    DRIVER_INSTANCE_POOL_ID = "driver_instance_pool_id"
    DRIVER_NODE_TYPE_ID = "driver_node_type_id"
    ENVIRONMENTS = "environments"
    ENVIRONMENT_KEY = "environment_key"
    ENVIRONMENT_VERSION = "environment_version"
    EXISTING_CLUSTER_ID = "existing_cluster_id"
    EMAIL_NOTIFICATIONS = "email_notifications"
    FILE = "file"
    FOR_EACH_TASK = "for_each_task"
    GCP_ATTRIBUTES = "gcp_attributes"
    GIT_SOURCE = "git_source"
    GPU = "gpu"
    GROUP_NAME = "group_name"
    HARDWARE_ACCELERATOR = "hardware_accelerator"
    HEALTH = "health"
    HOST = "host"
    INPUTS = "inputs"
    INSTANCE_POOL_ID = "instance_pool_id"
    IS_SINGLE_NODE = "is_single_node"
    JOB_CLUSTERS = "job_clusters"
    JOB_CLUSTER_KEY = "job_cluster_key"
    KIND = "kind"
    LIBRARIES = "libraries"
    MAX_WORKERS = "max_workers"
    METRIC = "metric"
    MIN_WORKERS = "min_workers"
    MODE = "mode"
    NAME = "name"
    NEW_CLUSTER = "new_cluster"
    NODE_TYPE_ID = "node_type_id"
    NOTEBOOK_PATH = "notebook_path"
    NOTEBOOK_TASK = "notebook_task"
    NUM_WORKERS = "num_workers"
    ON_DURATION_WARNING_THRESHOLD_EXCEEDED = "on_duration_warning_threshold_exceeded"
    PACKAGE = "package"
    PARAMETERS = "parameters"
    PERMISSION_LEVEL = "permission_level"
    POLICY_ID = "policy_id"
    PROFILE = "profile"
    PROJECT_ENVIRONMENT = "project_environment"
    PYPI = "pypi"
    QUARTZ_CRON_EXPRESSION = "quartz_cron_expression"
    REPO = "repo"
    REQUIREMENTS = "requirements"
    ROOT_PATH = "root_path"
    RULES = "rules"
    RUNTIME_ENGINE = "runtime_engine"
    RUN_AS = "run_as"
    SCHEDULE = "schedule"
    SERVERLESS_COMPUTE_ID = "serverless_compute_id"
    SINGLE_NODE = "single_node"
    SINGLE_USER_NAME = "single_user_name"
    SOURCE = "source"
    SPARK_CONF = "spark_conf"
    SPARK_VERSION = "spark_version"
    SQL_TASK = "sql_task"
    TABLE_NAMES = "table_names"
    TABLE_UPDATE = "table_update"
    TAGS = "tags"
    TASK = "task"
    TASKS = "tasks"
    TASK_KEY = "task_key"
    TIMEZONE_ID = "timezone_id"
    TRIGGER = "trigger"
    TRIGGERS = "triggers"
    USE_ML_RUNTIME = "use_ml_runtime"
    VARS = "vars"
    WAREHOUSE_ID = "warehouse_id"
    WEBHOOK_NOTIFICATIONS = "webhook_notifications"
    WORKSPACE = "workspace"
}

#[cfg(test)]
mod tests {
    use super::ALL;
    use crate::schema::{PLACES, all_blocks};

    #[test]
    fn every_key_is_in_the_table() {
        let places = PLACES.iter().flat_map(|(_, p)| [p.extra, p.block]);
        let blocks: Vec<_> = all_blocks().into_iter().chain(places).collect();
        for key in ALL {
            assert!(blocks.iter().any(|b| b.field(key.name()).is_some()), "{key} is in no block");
        }
    }
}
