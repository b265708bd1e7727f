//! Clusters: `new_cluster` and everything below it.

use super::field::{Block, Choice, Enum, Group, Measure, Status, Ty, Vocabulary, field};
use super::key::{self, FieldKey};

pub static DATA_SECURITY_MODE: Enum = Enum {
    name: "DataSecurityMode",
    members: &[
        "NONE",
        "SINGLE_USER",
        "USER_ISOLATION",
        "LEGACY_TABLE_ACL",
        "LEGACY_PASSTHROUGH",
        "LEGACY_SINGLE_USER",
        "LEGACY_SINGLE_USER_STANDARD",
        "DATA_SECURITY_MODE_STANDARD",
        "DATA_SECURITY_MODE_DEDICATED",
        "DATA_SECURITY_MODE_AUTO",
    ],
};

pub static DEPENDENCY_MODE: Enum = Enum {
    name: "DependencyMode",
    members: &["DEPENDENCY_MODE_ENVIRONMENTS", "DEPENDENCY_MODE_CLUSTER_LIBRARIES", "DEPENDENCY_MODE_AUTO"],
};

pub static KIND: Enum = Enum { name: "Kind", members: &["CLASSIC_PREVIEW"] };

pub static RUNTIME_ENGINE: Enum = Enum { name: "RuntimeEngine", members: &["NULL", "STANDARD", "PHOTON"] };

pub static AWS_AVAILABILITY: Enum =
    Enum { name: "AwsAvailability", members: &["SPOT", "ON_DEMAND", "SPOT_WITH_FALLBACK"] };

pub static EBS_VOLUME_TYPE: Enum =
    Enum { name: "EbsVolumeType", members: &["GENERAL_PURPOSE_SSD", "THROUGHPUT_OPTIMIZED_HDD"] };

pub static AZURE_AVAILABILITY: Enum =
    Enum { name: "AzureAvailability", members: &["SPOT_AZURE", "ON_DEMAND_AZURE", "SPOT_WITH_FALLBACK_AZURE"] };

pub static GCP_AVAILABILITY: Enum =
    Enum { name: "GcpAvailability", members: &["PREEMPTIBLE_GCP", "ON_DEMAND_GCP", "PREEMPTIBLE_WITH_FALLBACK_GCP"] };

pub static CONFIDENTIAL_COMPUTE_TYPE: Enum =
    Enum { name: "ConfidentialComputeType", members: &["CONFIDENTIAL_COMPUTE_TYPE_NONE", "SEV_SNP"] };

pub static CLUSTER_SPEC: Block = Block {
    name: "ClusterSpec",
    doc: "A cluster",
    fields: &[
        field("spark_version", Ty::Str, "Databricks Runtime key, such as 15.4.x-scala2.12")
            .vocabulary(Vocabulary::Runtimes),
        field("node_type_id", Ty::Str, "Machine type of the workers, such as i3.xlarge")
            .vocabulary(Vocabulary::NodeTypes),
        field("driver_node_type_id", Ty::Str, "Machine type of the driver; the worker type if left out")
            .vocabulary(Vocabulary::NodeTypes),
        field("num_workers", Ty::Int, "Fixed worker count, driver not counted; 0 means a single-node cluster").min(0),
        field("autoscale", Ty::Block(&AUTO_SCALE), "Worker range to scale within; use this or num_workers, not both"),
        field(
            "apply_policy_default_values",
            Ty::Bool,
            "Fill fields you leave out with the defaults of the cluster policy",
        ),
        field(
            "autotermination_minutes",
            Ty::Int,
            "Idle minutes before termination, 0 to disable; not meant for job clusters",
        )
        .or(0)
        .unit(Measure::Minutes)
        .min(10)
        .max(10000),
        field("aws_attributes", Ty::Block(&AWS_ATTRIBUTES), "Settings for AWS"),
        field("azure_attributes", Ty::Block(&AZURE_ATTRIBUTES), "Settings for Azure"),
        field(
            "cluster_log_conf",
            Ty::Block(&CLUSTER_LOG_CONF),
            "Where driver, executor and init script logs are shipped",
        ),
        field("cluster_name", Ty::Str, "Display name; a job cluster gets its name from the job and run"),
        field("custom_tags", Ty::Map, "Tags put on the cloud resources, on top of the built-in ones").max_items(45),
        field(
            "data_security_mode",
            Ty::Enum(&DATA_SECURITY_MODE),
            "Access mode: who may use the cluster and how users are isolated",
        )
        .default("SINGLE_USER"),
        field(
            "dependency_mode",
            Ty::Enum(&DEPENDENCY_MODE),
            "Take dependencies from environments or from cluster libraries",
        ),
        field("docker_image", Ty::Block(&DOCKER_IMAGE), "Container image to start the nodes from"),
        field("driver_instance_pool_id", Ty::Str, "Pool that supplies the driver; falls back to instance_pool_id"),
        field(
            "driver_node_type_flexibility",
            Ty::Block(&NODE_TYPE_FLEXIBILITY),
            "Substitute machine types allowed for the driver",
        ),
        field("enable_elastic_disk", Ty::Bool, "Grow local storage when workers run short of disk").default("false"),
        field("enable_local_disk_encryption", Ty::Bool, "Encrypt the local disks of the nodes with LUKS"),
        field("gcp_attributes", Ty::Block(&GCP_ATTRIBUTES), "Settings for Google Cloud"),
        field("init_scripts", Ty::BlockList(&INIT_SCRIPT_INFO), "Scripts run on each node at start, in list order"),
        field("instance_pool_id", Ty::Str, "Pool that supplies the nodes; leave out node_type_id with it"),
        field("is_single_node", Ty::Bool, "Run everything on the driver with no workers; requires kind"),
        field("kind", Ty::Enum(&KIND), "Compute flavour; CLASSIC_PREVIEW unlocks is_single_node and use_ml_runtime"),
        field("policy_id", Ty::Str, "Cluster policy that checks and completes this definition"),
        field("remote_disk_throughput", Ty::Int, "Throughput of remote disks; only for GCP hyperdisk-balanced")
            .unit(Measure::MBps),
        field("runtime_engine", Ty::Enum(&RUNTIME_ENGINE), "Query engine: STANDARD, or PHOTON for the vectorised one")
            .default("STANDARD"),
        field("single_user_name", Ty::Str, "User or principal the cluster is dedicated to in SINGLE_USER mode"),
        field("spark_conf", Ty::Map, "Spark properties, key to value; values may refer to secrets").takes_secrets(),
        field("spark_env_vars", Ty::Map, "Environment variables for driver and workers; may refer to secrets")
            .takes_secrets(),
        field("ssh_public_keys", Ty::StrList, "Public keys allowed to log in to the nodes over SSH")
            .unordered()
            .max_items(10),
        field("total_initial_remote_disk_size", Ty::Int, "Combined starting size of the remote disks; GCP only"),
        field("use_ml_runtime", Ty::Bool, "Pick the ML runtime, GPU build included when the node has GPUs"),
        field(
            "worker_node_type_flexibility",
            Ty::Block(&NODE_TYPE_FLEXIBILITY),
            "Substitute machine types allowed for the workers",
        ),
        field("workload_type", Ty::Block(&WORKLOAD_TYPE), "Kinds of client that may run on the cluster"),
    ],
    groups: &[
        Group { choice: Choice::AtMostOne, keys: &["num_workers", "autoscale"] },
        Group { choice: Choice::AtMostOne, keys: &["node_type_id", "instance_pool_id"] },
    ],
};

/// What a single-node cluster requires in addition to `num_workers = 0`: the map, its key and the value.
///
/// Source: the platform's page on single-node compute.
pub static SINGLE_NODE: &[(FieldKey, &str, &str)] = &[
    (key::SPARK_CONF, "spark.databricks.cluster.profile", "singleNode"),
    (key::SPARK_CONF, "spark.master", "local[*]"),
    (key::CUSTOM_TAGS, "ResourceClass", "SingleNode"),
];

pub static AUTO_SCALE: Block = Block {
    name: "AutoScale",
    doc: "The range of workers",
    fields: &[
        field("min_workers", Ty::Int, "Fewest workers when idle, and the count at start").min(0),
        field("max_workers", Ty::Int, "Most workers under load; must be above min_workers").min(0),
    ],
    groups: &[],
};

pub static AWS_ATTRIBUTES: Block = Block {
    name: "AwsAttributes",
    doc: "Settings for AWS",
    fields: &[
        field(
            "availability",
            Ty::Enum(&AWS_AVAILABILITY),
            "Buy the remaining nodes as spot, on demand, or spot with fallback",
        ),
        field("ebs_volume_count", Ty::Int, "EBS volumes attached to each node").min(0).max(10),
        field("ebs_volume_iops", Ty::Int, "Provisioned IOPS of each gp3 volume"),
        field("ebs_volume_size", Ty::Int, "Size of each EBS volume; HDD volumes start at 500")
            .unit(Measure::GiB)
            .min(100)
            .max(4096),
        field("ebs_volume_throughput", Ty::Int, "Provisioned throughput of each gp3 volume"),
        field("ebs_volume_type", Ty::Enum(&EBS_VOLUME_TYPE), "Disk family of the attached EBS volumes"),
        field("first_on_demand", Ty::Int, "How many nodes, driver first, are bought on demand").min(0),
        field("instance_profile_arn", Ty::Str, "IAM instance profile the nodes run as"),
        field("spot_bid_price_percent", Ty::Int, "Highest spot price to pay, relative to the on-demand price")
            .unit(Measure::Percent)
            .max(10000)
            .default("100"),
        field("zone_id", Ty::Str, "Availability zone such as us-west-2a, or auto").default("auto"),
    ],
    groups: &[],
};

pub static AZURE_ATTRIBUTES: Block = Block {
    name: "AzureAttributes",
    doc: "Settings for Azure",
    fields: &[
        field(
            "availability",
            Ty::Enum(&AZURE_AVAILABILITY),
            "Buy the remaining nodes as spot, on demand, or spot with fallback",
        ),
        field("capacity_reservation_group", Ty::Str, "Resource ID of a capacity reservation to draw VMs from"),
        field("first_on_demand", Ty::Int, "How many nodes, driver first, are bought on demand").min(0),
        field(
            "log_analytics_info",
            Ty::Block(&LOG_ANALYTICS_INFO),
            "Azure Log Analytics workspace the nodes report to",
        ),
        field("spot_bid_max_price", Ty::Num, "Highest spot price to pay; -1 means never evict for price").default("-1"),
    ],
    groups: &[],
};

pub static LOG_ANALYTICS_INFO: Block = Block {
    name: "LogAnalyticsInfo",
    doc: "An Azure Log Analytics workspace",
    fields: &[
        field("log_analytics_primary_key", Ty::Str, "Access key of the Log Analytics workspace"),
        field("log_analytics_workspace_id", Ty::Str, "ID of the Log Analytics workspace"),
    ],
    groups: &[],
};

pub static CLUSTER_LOG_CONF: Block = Block {
    name: "ClusterLogConf",
    doc: "Destination of cluster logs; exactly one",
    fields: &[
        field("dbfs", Ty::Block(&DBFS_STORAGE_INFO), "Ship logs to a DBFS folder"),
        field("s3", Ty::Block(&S3_STORAGE_INFO), "Ship logs to an S3 prefix"),
        field("volumes", Ty::Block(&VOLUMES_STORAGE_INFO), "Ship logs to a Unity Catalog volume"),
    ],
    groups: &[Group { choice: Choice::ExactlyOne, keys: &["dbfs", "s3", "volumes"] }],
};

pub static DBFS_STORAGE_INFO: Block = Block {
    name: "DbfsStorageInfo",
    doc: "A DBFS location",
    fields: &[field("destination", Ty::Str, "DBFS location starting with dbfs:/").required()],
    groups: &[],
};

pub static S3_STORAGE_INFO: Block = Block {
    name: "S3StorageInfo",
    doc: "An S3 location",
    fields: &[
        field("canned_acl", Ty::Str, "Ready-made S3 access list for written objects"),
        field("destination", Ty::Str, "S3 location starting with s3://").required(),
        field("enable_encryption", Ty::Bool, "Encrypt written objects on the S3 side").default("false"),
        field("encryption_type", Ty::Str, "Encryption kind, sse-s3 or sse-kms; only with enable_encryption")
            .default("sse-s3"),
        field("endpoint", Ty::Str, "S3 endpoint URL; overrides region when both are set"),
        field("kms_key", Ty::Str, "KMS key used when encryption_type is sse-kms"),
        field("region", Ty::Str, "AWS region of the bucket; set this or endpoint"),
    ],
    groups: &[],
};

pub static VOLUMES_STORAGE_INFO: Block = Block {
    name: "VolumesStorageInfo",
    doc: "A Unity Catalog volume",
    fields: &[field("destination", Ty::Str, "Path inside a volume, starting with /Volumes/").required()],
    groups: &[],
};

pub static DOCKER_IMAGE: Block = Block {
    name: "DockerImage",
    doc: "A container image",
    fields: &[
        field("basic_auth", Ty::Block(&DOCKER_BASIC_AUTH), "Login for a private image registry"),
        field("url", Ty::Str, "Image reference, registry and tag included"),
    ],
    groups: &[],
};

pub static DOCKER_BASIC_AUTH: Block = Block {
    name: "DockerBasicAuth",
    doc: "The login of a container registry",
    fields: &[
        field("password", Ty::Str, "Registry password, preferably a secret reference").takes_secrets(),
        field("username", Ty::Str, "Registry user; can be a secret reference").takes_secrets(),
    ],
    groups: &[],
};

pub static NODE_TYPE_FLEXIBILITY: Block = Block {
    name: "NodeTypeFlexibility",
    doc: "Alternative node types",
    fields: &[
        field("alternate_node_type_ids", Ty::StrList, "Machine types to try when the first choice has no capacity"),
        field("aws_context_id", Ty::Str, "Context ID passed to AWS when it creates the EC2 fleet"),
    ],
    groups: &[],
};

pub static GCP_ATTRIBUTES: Block = Block {
    name: "GcpAttributes",
    doc: "Settings for Google Cloud",
    fields: &[
        field(
            "availability",
            Ty::Enum(&GCP_AVAILABILITY),
            "Buy workers as preemptible, on demand, or preemptible with fallback",
        ),
        field("boot_disk_size", Ty::Int, "Size of each node's boot disk").min(0),
        field(
            "confidential_compute_type",
            Ty::Enum(&CONFIDENTIAL_COMPUTE_TYPE),
            "Confidential VM technology; SEV_SNP needs N2D machines",
        )
        .status(Status::Preview),
        field("first_on_demand", Ty::Int, "How many nodes, driver first, are bought on demand").min(0),
        field("google_service_account", Ty::Str, "Service account the nodes act as towards Google Cloud"),
        field("local_ssd_count", Ty::Int, "Local SSDs per node, 375 GB each").min(0),
        field("use_preemptible_executors", Ty::Bool, "Old switch for preemptible workers; use availability")
            .status(Status::Deprecated)
            .default("false"),
        field("zone_id", Ty::Str, "Zone name, AUTO to let Databricks choose, or HA to spread nodes").default("HA"),
    ],
    groups: &[],
};

pub static INIT_SCRIPT_INFO: Block = Block {
    name: "InitScriptInfo",
    doc: "Script that runs when a node starts; exactly one location",
    fields: &[
        field("abfss", Ty::Block(&ADLSGEN2_INFO), "Script in Azure Data Lake Storage Gen2"),
        field("dbfs", Ty::Block(&DBFS_STORAGE_INFO), "Script on DBFS; move it to the workspace or a volume")
            .status(Status::Deprecated),
        field("file", Ty::Block(&LOCAL_FILE_INFO), "Script already present on the node, as in a container image"),
        field("gcs", Ty::Block(&GCS_STORAGE_INFO), "Script in Google Cloud Storage"),
        field("s3", Ty::Block(&S3_STORAGE_INFO), "Script in S3; set region or endpoint too"),
        field("volumes", Ty::Block(&VOLUMES_STORAGE_INFO), "Script in a Unity Catalog volume"),
        field("workspace", Ty::Block(&WORKSPACE_STORAGE_INFO), "Script in a workspace file"),
    ],
    groups: &[Group {
        choice: Choice::ExactlyOne,
        keys: &["workspace", "volumes", "s3", "gcs", "abfss", "dbfs", "file"],
    }],
};

pub static ADLSGEN2_INFO: Block = Block {
    name: "Adlsgen2Info",
    doc: "An Azure storage location",
    fields: &[field("destination", Ty::Str, "ADLS location starting with abfss://").required()],
    groups: &[],
};

pub static LOCAL_FILE_INFO: Block = Block {
    name: "LocalFileInfo",
    doc: "A file on the node",
    fields: &[field("destination", Ty::Str, "Path on the node starting with file:/").required()],
    groups: &[],
};

pub static GCS_STORAGE_INFO: Block = Block {
    name: "GcsStorageInfo",
    doc: "A Google Cloud Storage location",
    fields: &[field("destination", Ty::Str, "Google Cloud Storage location starting with gs://").required()],
    groups: &[],
};

pub static WORKSPACE_STORAGE_INFO: Block = Block {
    name: "WorkspaceStorageInfo",
    doc: "A workspace file",
    fields: &[field("destination", Ty::Str, "Path of the script in the workspace").required()],
    groups: &[],
};

pub static WORKLOAD_TYPE: Block = Block {
    name: "WorkloadType",
    doc: "Which clients may use the cluster",
    fields: &[field("clients", Ty::Block(&CLIENTS_TYPES), "Switches for notebooks and jobs").required()],
    groups: &[],
};

pub static CLIENTS_TYPES: Block = Block {
    name: "ClientsTypes",
    doc: "The kinds of client",
    fields: &[
        field("jobs", Ty::Bool, "Let jobs run on the cluster"),
        field("notebooks", Ty::Bool, "Let notebooks attach to the cluster"),
    ],
    groups: &[],
};
