//! A job, a list of jobs or a Terraform plan as JSON: reading it ends, diagnostics point into it, and the result is a
//! program.
#![no_main]

mod shared;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| shared::import("job.json", bytes));
