//! A Terraform plan as JSON, around a job with arbitrary values.
#![no_main]

mod shared;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut plan = br#"{"format_version":"1.2","planned_values":{"root_module":{"resources":[{"address":"databricks_job.a","type":"databricks_job","name":"a","values":"#.to_vec();
    plan.extend_from_slice(bytes);
    plan.extend_from_slice(b"}]}}}");
    shared::import("plan.json", &plan);
});
