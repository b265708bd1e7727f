; Made from editors/tree-sitter-pipe/queries: `UPDATE=1 cargo test --test suite editors::`.

; Highlighting. The lists of words are generated; the rest is written manually.

(comment) @comment
((comment) @comment.block.documentation
  (#match? @comment.block.documentation "^##"))

; generated: words
[
  "import" "package" "let" "var" "target" "pipeline" "param" "cluster"
  "environment" "step" "output" "if" "else" "when" "for" "python"
  "notebook" "script" "sql" "dbt" "run" "extends" "on" "after"
  "is" "in" "by" "parallel"
] @keyword
; end

; ---- names ----

(package name: (_) @namespace)
(let name: (_) @constant)
(var name: (_) @constant)
(param name: (_) @variable.parameter)
(output name: (_) @variable.other.member)
(target name: (_) @label)
(pipeline name: (_) @type)
(cluster name: (_) @type)
(environment name: (_) @type)
(step name: (_) @function)
(if name: (_) @function)
(for name: (_) @function)
(for variable: (_) @variable)
(family variable: (_) @variable)

(extends (_) @type)
(on (identifier) @type)
(on (function name: (_) @function.builtin))
(dependency step: (_) @function)
(dependency outcome: (_) @constant.builtin)

(entry key: (identifier) @variable.other.member)
(entry key: (quoted_identifier) @variable.other.member)
(entry key: (string) @variable.other.member)

(python module: (module) @namespace)
(python function: (_) @function)
(run pipeline: (_) @type)
(argument name: (_) @variable.parameter)
(function name: (_) @function.builtin)

(reference . (identifier) @variable)
(reference . (quoted_identifier) @variable)
(reference (_) "." (identifier) @variable.other.member)
(path (identifier) @variable)

; generated: members
((type (identifier) @type.builtin)
  (#any-of? @type.builtin
    "string" "int" "float" "bool" "date" "datetime" "json" "path"
    "table" "list" "map" "compute"))
((reference . (identifier) @constant)
  (#any-of? @constant
    "A10" "A100" "ALL_DONE" "ALL_FAILED" "ALL_SUCCESS" "ALL_UPDATED" "ANY_UPDATED" "AT_LEAST_ONE_FAILED"
    "AT_LEAST_ONE_SUCCESS" "B200" "B300" "BEST_EFFORT" "BUNDLE" "CAN_MANAGE" "CAN_MANAGE_RUN" "CAN_VIEW"
    "CLASSIC_PREVIEW" "CONFIDENTIAL_COMPUTE_TYPE_NONE" "CRITICAL" "DATA_SECURITY_MODE_AUTO" "DATA_SECURITY_MODE_DEDICATED" "DATA_SECURITY_MODE_STANDARD" "DAYS" "DEPENDENCY_MODE_AUTO"
    "DEPENDENCY_MODE_CLUSTER_LIBRARIES" "DEPENDENCY_MODE_ENVIRONMENTS" "DIRECT_QUERY" "DISCONNECTED" "DUAL" "EDITABLE" "EQUAL_TO" "FILE_FORMAT_CSV"
    "FILE_FORMAT_EXCEL" "FILE_FORMAT_TSV" "FRIDAY" "GENERAL_PURPOSE_SSD" "GIT" "GPU_1xA10" "GPU_1xH100" "GPU_8xB300"
    "GPU_8xH100" "GREATER_THAN" "GREATER_THAN_OR_EQUAL" "H100" "H200" "HOURS" "IMPORT" "IS_OWNER"
    "K80" "L4" "L40S" "LEGACY_PASSTHROUGH" "LEGACY_SINGLE_USER" "LEGACY_SINGLE_USER_STANDARD" "LEGACY_TABLE_ACL" "LESS_THAN"
    "LESS_THAN_OR_EQUAL" "MINUTES" "MODEL_ALIAS_SET" "MODEL_CREATED" "MODEL_VERSION_READY" "MONDAY" "MULTI_TASK" "NEVER"
    "NONE" "NONE_FAILED" "NORMAL" "NOT_EQUAL" "NOT_SYNCED" "NULL" "OAUTH" "ON_DEMAND"
    "ON_DEMAND_AZURE" "ON_DEMAND_GCP" "ON_FAILURE" "PAGE_SELECTION_ALL" "PAGE_SELECTION_SUBSET" "PAT" "PAUSED" "PERFORMANCE_OPTIMIZED"
    "PHOTON" "PREEMPTIBLE_GCP" "PREEMPTIBLE_WITH_FALLBACK_GCP" "QUERY_RETURNS_ROWS" "RESULT_VALUE_CHANGES" "RUN_DURATION_SECONDS" "SATURDAY" "SEV_SNP"
    "SINGLE_TASK" "SINGLE_USER" "SPOT" "SPOT_AZURE" "SPOT_WITH_FALLBACK" "SPOT_WITH_FALLBACK_AZURE" "STANDARD" "STREAMING_BACKLOG_BYTES"
    "STREAMING_BACKLOG_FILES" "STREAMING_BACKLOG_RECORDS" "STREAMING_BACKLOG_SECONDS" "SUNDAY" "SYSTEM_MANAGED" "T4" "THROUGHPUT_OPTIMIZED_HDD" "THURSDAY"
    "TUESDAY" "UI_LOCKED" "UNPAUSED" "USER_ISOLATION" "V100" "WEDNESDAY" "WEEKS" "WORKSPACE"
    "aws" "awsCodeCommit" "azure" "azureDevOpsServices" "bitbucketCloud" "bitbucketServer" "development" "gcp"
    "gitHub" "gitHubEnterprise" "gitLab" "gitLabEnterpriseEdition" "production"))
; end

; ---- values ----

(constant) @constant.builtin
((constant) @constant.builtin.boolean
  (#any-of? @constant.builtin.boolean "true" "false"))
(number) @constant.numeric
(duration) @constant.numeric
(string) @string
(text_block) @string
(escape) @constant.character.escape
(interpolation
  "${" @punctuation.special
  "}" @punctuation.special)

(operator) @operator
["=" ".."] @operator
["{" "}" "(" ")" "[" "]"] @punctuation.bracket
["," "." ":"] @punctuation.delimiter
