//! Schedules, triggers and continuous runs.

use super::field::{Block, Choice, Enum, Field, Format, Group, Measure, Status, Ty, Vocabulary, field};

pub static DAY_OF_WEEK: Enum = Enum {
    name: "DayOfWeek",
    members: &["FRIDAY", "MONDAY", "SATURDAY", "SUNDAY", "THURSDAY", "TUESDAY", "WEDNESDAY"],
};

pub static PAUSE_STATUS: Enum = Enum { name: "PauseStatus", members: &["UNPAUSED", "PAUSED"] };

pub static SQL_CONDITION_TRIGGER_MODE: Enum =
    Enum { name: "SqlConditionTriggerMode", members: &["QUERY_RETURNS_ROWS", "RESULT_VALUE_CHANGES"] };

pub static MODEL_TRIGGER_CONFIGURATION_CONDITION: Enum = Enum {
    name: "ModelTriggerConfigurationCondition",
    members: &["MODEL_CREATED", "MODEL_VERSION_READY", "MODEL_ALIAS_SET"],
};

pub static PERIODIC_TRIGGER_CONFIGURATION_TIME_UNIT: Enum =
    Enum { name: "PeriodicTriggerConfigurationTimeUnit", members: &["HOURS", "DAYS", "WEEKS", "MINUTES"] };

pub static CONDITION: Enum = Enum { name: "Condition", members: &["ANY_UPDATED", "ALL_UPDATED"] };

pub static TASK_RETRY_MODE: Enum = Enum { name: "TaskRetryMode", members: &["NEVER", "ON_FAILURE"] };

const QUARTZ_CRON_EXPRESSION: Field =
    field("quartz_cron_expression", Ty::Str, "Quartz expression of 6 or 7 fields, seconds first")
        .vocabulary(Vocabulary::Cron)
        .required();
const TIMEZONE_ID: Field = field("timezone_id", Ty::Str, "Time zone of the schedule, such as Europe/Oslo")
    .vocabulary(Vocabulary::TimeZones)
    .required();

pub static CRON_SCHEDULE: Block = Block {
    name: "CronSchedule",
    doc: "Fire times by a Quartz expression",
    fields: &[
        QUARTZ_CRON_EXPRESSION,
        TIMEZONE_ID,
        field("pause_status", Ty::Enum(&PAUSE_STATUS), "PAUSED stops scheduled runs").default("UNPAUSED"),
        field(
            "sql_condition",
            Ty::Block(&SQL_CONDITION_CONFIGURATION),
            "Query that must agree before a scheduled run starts",
        )
        .status(Status::Preview),
    ],
    groups: &[],
};

pub static CRON_TRIGGER_CONFIGURATION: Block = Block {
    name: "CronTriggerConfiguration",
    doc: "A Quartz schedule, as one of several triggers",
    fields: &[QUARTZ_CRON_EXPRESSION, TIMEZONE_ID],
    groups: &[],
};

pub static SQL_CONDITION_CONFIGURATION: Block = Block {
    name: "SqlConditionConfiguration",
    doc: "A query that decides whether a trigger fires",
    fields: &[
        field("sql_query_id", Ty::Str, "Id of the saved query to check").required().status(Status::Preview),
        field(
            "trigger_mode",
            Ty::Enum(&SQL_CONDITION_TRIGGER_MODE),
            "Fires when the query returns rows, or when its result changes",
        )
        .status(Status::Preview)
        .default("QUERY_RETURNS_ROWS"),
        field("warehouse_id", Ty::Str, "Warehouse that runs the check").required().status(Status::Preview),
    ],
    groups: &[],
};

pub static TRIGGER_SETTINGS: Block = Block {
    name: "TriggerSettings",
    doc: "The event that starts the job",
    fields: &[
        field(
            "file_arrival",
            Ty::Block(&FILE_ARRIVAL_TRIGGER_CONFIGURATION),
            "Starts a run when new files land in a location",
        ),
        field("model", Ty::Block(&MODEL_TRIGGER_CONFIGURATION), "Starts a run when a registered model changes")
            .status(Status::Preview),
        field("pause_status", Ty::Enum(&PAUSE_STATUS), "PAUSED stops the trigger from starting runs")
            .default("UNPAUSED"),
        field("periodic", Ty::Block(&PERIODIC_TRIGGER_CONFIGURATION), "Starts a run at a fixed interval"),
        field(
            "sql_condition",
            Ty::Block(&SQL_CONDITION_CONFIGURATION),
            "Query that must agree before this trigger may fire",
        )
        .status(Status::Preview),
        field("table_update", Ty::Block(&TABLE_UPDATE_TRIGGER_CONFIGURATION), "Starts a run when tables are updated"),
    ],
    groups: &[Group { choice: Choice::ExactlyOne, keys: &["file_arrival", "table_update", "periodic", "model"] }],
};

pub static TRIGGER_CONFIGURATION: Block = Block {
    name: "TriggerConfiguration",
    doc: "One of several triggers",
    fields: &[
        field("continuous", Ty::Block(&CONTINUOUS_TRIGGER_CONFIGURATION), "Keeps exactly one run going at all times"),
        field(
            "file_arrival",
            Ty::Block(&FILE_ARRIVAL_TRIGGER_CONFIGURATION),
            "Starts a run when new files land in a location",
        ),
        field("model", Ty::Block(&MODEL_TRIGGER_CONFIGURATION), "Starts a run when a registered model changes")
            .status(Status::Preview),
        field("pause_status", Ty::Enum(&PAUSE_STATUS), "PAUSED stops this trigger from starting runs")
            .default("UNPAUSED"),
        field("periodic", Ty::Block(&PERIODIC_TRIGGER_CONFIGURATION), "Starts a run at a fixed interval"),
        field(
            "schedule",
            Ty::Block(&CRON_TRIGGER_CONFIGURATION),
            "Starts runs at times given by a Quartz cron expression",
        ),
        field(
            "sql_condition",
            Ty::Block(&SQL_CONDITION_CONFIGURATION),
            "Query that must agree before this trigger starts a run",
        )
        .status(Status::Preview),
        field("table_update", Ty::Block(&TABLE_UPDATE_TRIGGER_CONFIGURATION), "Starts a run when tables are updated"),
    ],
    groups: &[Group {
        choice: Choice::ExactlyOne,
        keys: &["schedule", "file_arrival", "table_update", "periodic", "model", "continuous"],
    }],
};

pub static FILE_ARRIVAL_TRIGGER_CONFIGURATION: Block = Block {
    name: "FileArrivalTriggerConfiguration",
    doc: "New files in a location",
    fields: &[
        field("min_time_between_triggers_seconds", Ty::Int, "Shortest time between two firings; at least 60")
            .unit(Measure::Seconds)
            .min(60),
        field("url", Ty::Str, "Folder of an external location to watch, ending with a slash")
            .format(Format { ends_with: "/", example: "s3://landing/orders/", ..Format::ANY })
            .required(),
        field("wait_after_last_change_seconds", Ty::Int, "Quiet time after the last new file; at least 60")
            .unit(Measure::Seconds)
            .min(60),
    ],
    groups: &[],
};

pub static MODEL_TRIGGER_CONFIGURATION: Block = Block {
    name: "ModelTriggerConfiguration",
    doc: "Changes of a registered model",
    fields: &[
        field("aliases", Ty::StrList, "Model aliases to watch; only with MODEL_ALIAS_SET").status(Status::Preview),
        field("condition", Ty::Enum(&MODEL_TRIGGER_CONFIGURATION_CONDITION), "Model event that starts a run")
            .required()
            .status(Status::Preview),
        field("min_time_between_triggers_seconds", Ty::Int, "Shortest time between two firings; at least 60")
            .status(Status::Preview)
            .unit(Measure::Seconds)
            .min(60),
        field("securable_name", Ty::Str, "Model or schema to watch; empty watches the whole metastore")
            .status(Status::Preview),
        field("wait_after_last_change_seconds", Ty::Int, "Quiet time after the last model change; at least 60")
            .status(Status::Preview)
            .unit(Measure::Seconds)
            .min(60),
    ],
    groups: &[],
};

pub static PERIODIC_TRIGGER_CONFIGURATION: Block = Block {
    name: "PeriodicTriggerConfiguration",
    doc: "A fixed interval",
    fields: &[
        field("interval", Ty::Int, "Number of units between runs").required().min(1),
        field(
            "unit",
            Ty::Enum(&PERIODIC_TRIGGER_CONFIGURATION_TIME_UNIT),
            "Unit of the interval: minutes, hours, days or weeks",
        )
        .required(),
    ],
    groups: &[],
};

pub static TABLE_UPDATE_TRIGGER_CONFIGURATION: Block = Block {
    name: "TableUpdateTriggerConfiguration",
    doc: "Changes of tables",
    fields: &[
        field("condition", Ty::Enum(&CONDITION), "Whether any one table or all of them must be updated"),
        field("min_time_between_triggers_seconds", Ty::Int, "Shortest time between two firings; at least 60")
            .unit(Measure::Seconds)
            .min(60),
        field("table_names", Ty::StrList, "Tables to watch, each as catalog.schema.table").unordered().required(),
        field("wait_after_last_change_seconds", Ty::Int, "Quiet time after the last update; at least 60")
            .unit(Measure::Seconds)
            .min(60),
    ],
    groups: &[],
};

pub static CONTINUOUS: Block = Block {
    name: "Continuous",
    doc: "Keeps one run going all the time",
    fields: &[
        field(
            "maintenance_window",
            Ty::Block(&MAINTENANCE_WINDOW),
            "Weekly hour in which the platform may do its upkeep",
        )
        .status(Status::Preview),
        field("pause_status", Ty::Enum(&PAUSE_STATUS), "PAUSED stops new runs from starting by themselves")
            .default("UNPAUSED"),
        field("task_retry_mode", Ty::Enum(&TASK_RETRY_MODE), "Whether failed tasks are retried inside the run")
            .default("NEVER"),
    ],
    groups: &[],
};

pub static CONTINUOUS_TRIGGER_CONFIGURATION: Block = Block {
    name: "ContinuousTriggerConfiguration",
    doc: "Keeps one run going, as one of several triggers",
    fields: &[
        field(
            "maintenance_window",
            Ty::Block(&MAINTENANCE_WINDOW),
            "Weekly hour in which the platform may do its upkeep",
        )
        .status(Status::Preview),
        field("task_retry_mode", Ty::Enum(&TASK_RETRY_MODE), "Whether failed tasks are retried inside the run")
            .default("NEVER"),
    ],
    groups: &[],
};

pub static MAINTENANCE_WINDOW: Block = Block {
    name: "MaintenanceWindow",
    doc: "When a continuous job may restart for maintenance",
    fields: &[
        field("day_of_week", Ty::Enum(&DAY_OF_WEEK), "Weekday on which upkeep may happen")
            .required()
            .status(Status::Preview),
        field("start_hour", Ty::Int, "Hour from 0 to 23 at which the one-hour window opens")
            .required()
            .status(Status::Preview)
            .min(0)
            .max(23),
        field("timezone_id", Ty::Str, "Time zone of the window, such as Europe/Oslo")
            .vocabulary(Vocabulary::TimeZones)
            .required()
            .status(Status::Preview),
    ],
    groups: &[],
};
