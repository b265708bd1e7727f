" Vim syntax file
" Language: pipe, the language of pipec
" The lists between the marks are generated: `UPDATE=1 cargo test --test editors`.

if exists('b:current_syntax')
  finish
endif
let s:cpo_save = &cpo
set cpo&vim

syn case match
syn iskeyword @,48-57,_

" generated: words
syn match pipeDeclaration /\%(^\|[{,}]\)\s*\zs\%(import\|package\|let\|var\|target\|pipeline\|param\|cluster\|environment\|step\|output\|if\|when\|for\)\>\ze\s\+[^ ={]/
syn match pipeDeclaration /\%(^\|}\)\s*\zselse\ze\s*{/
syn match pipeCall /\%(^\|[{,}]\)\s*\zs\%(python\|notebook\|script\|sql\|dbt\|run\)\>\ze\s\+[^ ={]/
syn keyword pipeHead extends on after is in by parallel
syn keyword pipeConstant true false none serverless existing
syn keyword pipeType string int float bool date datetime json path
syn keyword pipeType table list map compute
syn keyword pipeMember A10 A100 ALL_DONE ALL_FAILED ALL_SUCCESS ALL_UPDATED ANY_UPDATED AT_LEAST_ONE_FAILED
syn keyword pipeMember AT_LEAST_ONE_SUCCESS B200 B300 BEST_EFFORT BUNDLE CAN_MANAGE CAN_MANAGE_RUN CAN_VIEW
syn keyword pipeMember CLASSIC_PREVIEW CONFIDENTIAL_COMPUTE_TYPE_NONE CRITICAL DATA_SECURITY_MODE_AUTO DATA_SECURITY_MODE_DEDICATED DATA_SECURITY_MODE_STANDARD DAYS DEPENDENCY_MODE_AUTO
syn keyword pipeMember DEPENDENCY_MODE_CLUSTER_LIBRARIES DEPENDENCY_MODE_ENVIRONMENTS DIRECT_QUERY DISCONNECTED DUAL EDITABLE EQUAL_TO FILE_FORMAT_CSV
syn keyword pipeMember FILE_FORMAT_EXCEL FILE_FORMAT_TSV FRIDAY GENERAL_PURPOSE_SSD GIT GPU_1xA10 GPU_1xH100 GPU_8xB300
syn keyword pipeMember GPU_8xH100 GREATER_THAN GREATER_THAN_OR_EQUAL H100 H200 HOURS IMPORT IS_OWNER
syn keyword pipeMember K80 L4 L40S LEGACY_PASSTHROUGH LEGACY_SINGLE_USER LEGACY_SINGLE_USER_STANDARD LEGACY_TABLE_ACL LESS_THAN
syn keyword pipeMember LESS_THAN_OR_EQUAL MINUTES MODEL_ALIAS_SET MODEL_CREATED MODEL_VERSION_READY MONDAY MULTI_TASK NEVER
syn keyword pipeMember NONE NONE_FAILED NORMAL NOT_EQUAL NOT_SYNCED NULL OAUTH ON_DEMAND
syn keyword pipeMember ON_DEMAND_AZURE ON_DEMAND_GCP ON_FAILURE PAGE_SELECTION_ALL PAGE_SELECTION_SUBSET PAT PAUSED PERFORMANCE_OPTIMIZED
syn keyword pipeMember PHOTON PREEMPTIBLE_GCP PREEMPTIBLE_WITH_FALLBACK_GCP QUERY_RETURNS_ROWS RESULT_VALUE_CHANGES RUN_DURATION_SECONDS SATURDAY SEV_SNP
syn keyword pipeMember SINGLE_TASK SINGLE_USER SPOT SPOT_AZURE SPOT_WITH_FALLBACK SPOT_WITH_FALLBACK_AZURE STANDARD STREAMING_BACKLOG_BYTES
syn keyword pipeMember STREAMING_BACKLOG_FILES STREAMING_BACKLOG_RECORDS STREAMING_BACKLOG_SECONDS SUNDAY SYSTEM_MANAGED T4 THROUGHPUT_OPTIMIZED_HDD THURSDAY
syn keyword pipeMember TUESDAY UI_LOCKED UNPAUSED USER_ISOLATION V100 WEDNESDAY WEEKS WORKSPACE
syn keyword pipeMember aws awsCodeCommit azure azureDevOpsServices bitbucketCloud bitbucketServer development gcp
syn keyword pipeMember gitHub gitHubEnterprise gitLab gitLabEnterpriseEdition production
syn keyword pipeField contained abfss accelerator accelerator_count accelerator_type access_control_list ai_runtime_task alert alert_id
syn keyword pipeField contained alert_on_last_attempt alert_task aliases alternate_node_type_ids apply_policy_default_values artifact_path attachment authentication_method
syn keyword pipeField contained autoscale autotermination_minutes availability aws_attributes aws_context_id azure_attributes base_environment base_parameters
syn keyword pipeField contained basic_auth boot_disk_size budget_policy_id canned_acl capacity_reservation_group catalog clean_room_name clean_rooms_notebook_task
syn keyword pipeField contained client clients cloud cluster_log_conf cluster_name code_source_path command command_path
syn keyword pipeField contained commands compute concurrency condition condition_task confidential_compute_type connection_resource_name continuous
syn keyword pipeField contained coordinates count cran custom_subject custom_tags dashboard dashboard_id dashboard_task
syn keyword pipeField contained data_attachment data_security_mode day_of_week dbfs dbt_cloud_job_id dbt_cloud_task dbt_commands dbt_platform_job_id
syn keyword pipeField contained dbt_platform_task dbt_task default defaults dependencies dependency_mode depends_on deployment
syn keyword pipeField contained deployment_id deployments description destination destination_id dirty_state disable_auto_optimization disabled
syn keyword pipeField contained dl_runtime_image docker_image docker_image_url driver_instance_pool_id driver_node_type_flexibility driver_node_type_id duration_target ebs_volume_count
syn keyword pipeField contained ebs_volume_iops ebs_volume_size ebs_volume_throughput ebs_volume_type edit_mode egg email_notifications enable_elastic_disk
syn keyword pipeField contained enable_encryption enable_local_disk_encryption enabled encryption_type endpoint entry_point environment_key environment_variables
syn keyword pipeField contained environment_variables_key environment_version environments etag exclusions existing_cluster_id experiment file
syn keyword pipeField contained file_arrival file_format files filters first_on_demand for_each_task format full_refresh
syn keyword pipeField contained full_refresh_selection gcp_attributes gcs gen_ai_compute_task git_branch git_commit git_provider git_source
syn keyword pipeField contained git_tag git_url google_service_account gpu gpu_node_pool_id gpu_type group_name hardware_accelerator
syn keyword pipeField contained health host id import_from_git_branch include_applied_filters init_scripts inputs instance_pool_id
syn keyword pipeField contained instance_profile_arn interval is_single_node jar jar_params jar_uri java_dependencies job_cluster_key
syn keyword pipeField contained job_clusters job_config_path job_id job_parameters job_source jobs kind kms_key
syn keyword pipeField contained left libraries local_ssd_count log_analytics_info log_analytics_primary_key log_analytics_workspace_id main main_class_name
syn keyword pipeField contained maintenance_window maven max_concurrent_runs max_retries max_workers metadata_file_path metric min_retry_interval_millis
syn keyword pipeField contained min_time_between_triggers_seconds min_workers mlflow_artifact_location mlflow_experiment_directory mlflow_experiment_name mlflow_run mode model
syn keyword pipeField contained model_name name named_parameters new_cluster no_alert_for_canceled_runs no_alert_for_skipped_runs node_type_id notebook_base_parameters
syn keyword pipeField contained notebook_name notebook_params notebook_path notebook_task notebooks notification_settings num_gpus num_workers
syn keyword pipeField contained on_duration_warning_threshold_exceeded on_failure on_maintenance_complete on_maintenance_start on_start on_streaming_backlog_exceeded on_success op
syn keyword pipeField contained outcome overwrite_existing package package_name page_attachment page_id page_ids page_selection
syn keyword pipeField contained parameters parent_path password path patterns pause_status pause_subscriptions paused
syn keyword pipeField contained performance_target periodic permission_level pipeline_id pipeline_params pipeline_task policy_id power_bi_model
syn keyword pipeField contained power_bi_task priority_class profile profiles_directory project_directory project_environment provisioned_capacity_id pypi
syn keyword pipeField contained python_file python_named_params python_operator_task python_params python_wheel_task quartz_cron_expression query query_id
syn keyword pipeField contained queue refresh_after_update refresh_flow_selection refresh_selection region remote_disk_throughput repo requirements
syn keyword pipeField contained reset_checkpoint_selection retry_on_timeout right root_path rules run_as run_as_repl run_if
syn keyword pipeField contained run_job_task runtime_engine s3 schedule schema securable_name serverless_compute_id service_principal_name
syn keyword pipeField contained single_node single_user_name source spark_conf spark_env_vars spark_jar_task spark_python_task spark_submit_params
syn keyword pipeField contained spark_submit_task spark_version sparse_checkout spec spot_bid_max_price spot_bid_price_percent sql_condition sql_params
syn keyword pipeField contained sql_query_id sql_task ssh_public_keys start_hour storage_mode subscribers subscription subscriptions
syn keyword pipeField contained table_names table_update tables tags task task_key task_retry_mode tasks
syn keyword pipeField contained timeout_seconds timezone_id total_initial_remote_disk_size training_script_path trigger trigger_mode triggers unchecked
syn keyword pipeField contained unit unity_catalog_image_path url usage_policy_id use_ml_runtime use_preemptible_executors user_name username
syn keyword pipeField contained value variables vars version_id volumes wait_after_last_change_seconds warehouse_id webhook_notifications
syn keyword pipeField contained whl widget_id widgets worker_node_type_flexibility workload_type workspace workspace_name workspace_path
syn keyword pipeField contained yaml_parameters yaml_parameters_file_path zone_id
" end

" A word is a keyword only where an entry begins; elsewhere it may be a name.
syn match pipeFunction /\%(^\|[{,}]\)\s*\%(step\|if\|for\|pipeline\|target\|cluster\|environment\)\s\+\zs\%(\h\w*\|`[^`]*`\)/
syn match pipeBound /\%(^\|[{,}]\)\s*\%(let\|var\|param\|output\|package\)\s\+\zs\%(\h\w*\|`[^`]*`\)/
syn match pipeModule /\<python\s\+\zs\h[0-9A-Za-z_.]*:\h\w*/
syn match pipeKey /\%(^\|[{,(]\)\s*\zs\%(\h\w*\|`[^`]*`\)\ze\s*\%(=\_[^=]\|{\)/ contains=pipeField

syn match pipeNumber /\<-\?\d\+\%(\.\d\+\)\?\%([eE][+-]\?\d\+\)\?\>/
syn match pipeNumber /\<\d\+[smhd]\>/
syn match pipeOperator /==\|!=\|<=\|>=\|\.\.\|[<>=]/

syn region pipeString start=/"/ skip=/\\./ end=/"\|$/ contains=pipeEscape,pipeInterpolation,pipeDynamic
syn region pipeString start=/"""/ skip=/\\./ end=/"""/ contains=pipeEscape,pipeInterpolation,pipeDynamic
syn match pipeEscape /\\\%(u{\x\{1,6}}\|.\)/ contained
syn match pipeInterpolation /\${[^}]*}/ contained
syn match pipeDynamic /{{[^{}]*}}/ contained

syn match pipeComment /#.*/ contains=pipeTodo,@Spell
syn match pipeDoc /##.*/ contains=pipeTodo,@Spell
syn keyword pipeTodo TODO FIXME XXX contained

syn region pipeFold start=/{/ end=/}/ transparent fold

hi def link pipeDeclaration Keyword
hi def link pipeCall Keyword
hi def link pipeHead Keyword
hi def link pipeConstant Constant
hi def link pipeType Type
hi def link pipeMember Constant
hi def link pipeField Identifier
hi def link pipeKey Identifier
hi def link pipeFunction Function
hi def link pipeBound Identifier
hi def link pipeModule Function
hi def link pipeNumber Number
hi def link pipeOperator Operator
hi def link pipeString String
hi def link pipeEscape SpecialChar
hi def link pipeInterpolation PreProc
hi def link pipeDynamic PreProc
hi def link pipeComment Comment
hi def link pipeDoc SpecialComment
hi def link pipeTodo Todo

let b:current_syntax = 'pipe'
let &cpo = s:cpo_save
unlet s:cpo_save
