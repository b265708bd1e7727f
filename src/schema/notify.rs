//! Notifications, health rules and permissions.

use super::field::{Block, Choice, Enum, Group, Status, Ty, field};

pub static JOBS_HEALTH_METRIC: Enum = Enum {
    name: "JobsHealthMetric",
    members: &[
        "RUN_DURATION_SECONDS",
        "STREAMING_BACKLOG_BYTES",
        "STREAMING_BACKLOG_RECORDS",
        "STREAMING_BACKLOG_SECONDS",
        "STREAMING_BACKLOG_FILES",
    ],
};

pub static JOBS_HEALTH_OPERATOR: Enum = Enum { name: "JobsHealthOperator", members: &["GREATER_THAN"] };

pub static JOB_PERMISSION_LEVEL: Enum =
    Enum { name: "JobPermissionLevel", members: &["CAN_MANAGE", "IS_OWNER", "CAN_MANAGE_RUN", "CAN_VIEW"] };

pub static JOB_EMAIL_NOTIFICATIONS: Block = Block {
    name: "JobEmailNotifications",
    doc: "Mail about the job",
    fields: &[
        field("no_alert_for_skipped_runs", Ty::Bool, "Old switch for skipped runs; set it in notification_settings")
            .status(Status::Deprecated),
        field(
            "on_duration_warning_threshold_exceeded",
            Ty::StrList,
            "Addresses mailed when a run outlasts its duration rule",
        )
        .unordered(),
        field("on_failure", Ty::StrList, "Addresses mailed when a run fails or times out").unordered(),
        field(
            "on_maintenance_complete",
            Ty::StrList,
            "Addresses mailed after platform maintenance of a continuous job",
        )
        .status(Status::Preview),
        field(
            "on_maintenance_start",
            Ty::StrList,
            "Addresses mailed as platform maintenance of a continuous job begins",
        )
        .status(Status::Preview),
        field("on_start", Ty::StrList, "Addresses mailed when a run starts").unordered(),
        field(
            "on_streaming_backlog_exceeded",
            Ty::StrList,
            "Addresses mailed when a stream falls behind its backlog rule",
        )
        .unordered(),
        field("on_success", Ty::StrList, "Addresses mailed when a run succeeds").unordered(),
    ],
    groups: &[],
};

pub static TASK_EMAIL_NOTIFICATIONS: Block = Block {
    name: "TaskEmailNotifications",
    doc: "Mail about one task",
    fields: &[
        field("no_alert_for_skipped_runs", Ty::Bool, "Old switch for skipped runs; set it in notification_settings")
            .status(Status::Deprecated),
        field(
            "on_duration_warning_threshold_exceeded",
            Ty::StrList,
            "Addresses mailed when the task outlasts its duration rule",
        )
        .unordered(),
        field("on_failure", Ty::StrList, "Addresses mailed when the task fails or times out").unordered(),
        field(
            "on_maintenance_complete",
            Ty::StrList,
            "Addresses mailed after platform maintenance of a continuous job",
        )
        .status(Status::Preview),
        field(
            "on_maintenance_start",
            Ty::StrList,
            "Addresses mailed as platform maintenance of a continuous job begins",
        )
        .status(Status::Preview),
        field("on_start", Ty::StrList, "Addresses mailed when the task starts").unordered(),
        field(
            "on_streaming_backlog_exceeded",
            Ty::StrList,
            "Addresses mailed when a stream falls behind its backlog rule",
        )
        .unordered(),
        field("on_success", Ty::StrList, "Addresses mailed when the task succeeds").unordered(),
    ],
    groups: &[],
};

pub static WEBHOOK_NOTIFICATIONS: Block = Block {
    name: "WebhookNotifications",
    doc: "Notification destinations, by event",
    fields: &[
        field(
            "on_duration_warning_threshold_exceeded",
            Ty::BlockList(&WEBHOOK),
            "Destinations called when a run outlasts its duration rule, at most 3",
        )
        .unordered()
        .max_items(3),
        field("on_failure", Ty::BlockList(&WEBHOOK), "Destinations called on failure, at most 3")
            .unordered()
            .max_items(3),
        field(
            "on_maintenance_complete",
            Ty::BlockList(&WEBHOOK),
            "Destinations called after platform maintenance of a continuous job, at most 3",
        )
        .status(Status::Preview)
        .max_items(3),
        field(
            "on_maintenance_start",
            Ty::BlockList(&WEBHOOK),
            "Destinations called as platform maintenance of a continuous job begins, at most 3",
        )
        .status(Status::Preview)
        .max_items(3),
        field("on_start", Ty::BlockList(&WEBHOOK), "Destinations called when a run starts, at most 3")
            .unordered()
            .max_items(3),
        field(
            "on_streaming_backlog_exceeded",
            Ty::BlockList(&WEBHOOK),
            "Destinations called when a stream falls behind its backlog rule, at most 3",
        )
        .unordered()
        .max_items(3),
        field("on_success", Ty::BlockList(&WEBHOOK), "Destinations called on success, at most 3")
            .unordered()
            .max_items(3),
    ],
    groups: &[],
};

pub static WEBHOOK: Block = Block {
    name: "Webhook",
    doc: "One notification destination",
    fields: &[field("id", Ty::Str, "Id of a notification destination set up by a workspace admin").required()],
    groups: &[],
};

pub static JOB_NOTIFICATION_SETTINGS: Block = Block {
    name: "JobNotificationSettings",
    doc: "When a job's notifications stay quiet",
    fields: &[
        field("no_alert_for_canceled_runs", Ty::Bool, "Sends no failure notice when a run is canceled"),
        field("no_alert_for_skipped_runs", Ty::Bool, "Sends no failure notice when a run is skipped"),
    ],
    groups: &[],
};

pub static TASK_NOTIFICATION_SETTINGS: Block = Block {
    name: "TaskNotificationSettings",
    doc: "When a task's notifications stay quiet",
    fields: &[
        field("alert_on_last_attempt", Ty::Bool, "Stays quiet about retries and reports only the final failure"),
        field("no_alert_for_canceled_runs", Ty::Bool, "Sends no failure notice when the task is canceled"),
        field("no_alert_for_skipped_runs", Ty::Bool, "Sends no failure notice when the task is skipped"),
    ],
    groups: &[],
};

pub static JOBS_HEALTH_RULES: Block = Block {
    name: "JobsHealthRules",
    doc: "Thresholds that raise a warning",
    fields: &[field("rules", Ty::BlockList(&JOBS_HEALTH_RULE), "Conditions watched during a run").keyed_by("metric")],
    groups: &[],
};

pub static JOBS_HEALTH_RULE: Block = Block {
    name: "JobsHealthRule",
    doc: "One threshold",
    fields: &[
        field("metric", Ty::Enum(&JOBS_HEALTH_METRIC), "Measure to watch: run duration or a kind of streaming backlog")
            .required(),
        field(
            "op",
            Ty::Enum(&JOBS_HEALTH_OPERATOR),
            "How the measure is compared with value; only greater-than exists",
        )
        .required(),
        field("value", Ty::Int, "Threshold in the unit of the metric: seconds, bytes, records or files")
            .required()
            .unit_of("metric"),
    ],
    groups: &[],
};

pub static JOB_ACCESS_CONTROL_REQUEST: Block = Block {
    name: "JobAccessControlRequest",
    doc: "One permission on the job",
    fields: &[
        field("group_name", Ty::Str, "Group that receives the permission"),
        field(
            "permission_level",
            Ty::Enum(&JOB_PERMISSION_LEVEL),
            "What is allowed: view, manage runs, manage the job, or own it",
        ),
        field(
            "service_principal_name",
            Ty::Str,
            "Application id of the service principal that receives the permission",
        ),
        field("user_name", Ty::Str, "User that receives the permission"),
    ],
    groups: &[Group { choice: Choice::ExactlyOne, keys: &["user_name", "group_name", "service_principal_name"] }],
};

pub static JOB_RUN_AS: Block = Block {
    name: "JobRunAs",
    doc: "The identity that a job runs under",
    fields: &[
        field("group_name", Ty::Str, "Account group to run as; you need to be a member or hold Assume on it")
            .status(Status::Preview),
        field("service_principal_name", Ty::Str, "Application id of the service principal to run as"),
        field("user_name", Ty::Str, "Email address of the user to run as; only admins may name someone else"),
    ],
    groups: &[Group { choice: Choice::ExactlyOne, keys: &["user_name", "service_principal_name", "group_name"] }],
};
