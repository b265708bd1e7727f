//! A job, a list of jobs or a plan of Terraform as JSON. Reading it ends, messages point into it, and what is written is a program.
#![no_main]

mod shared;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| shared::import("job.json", bytes));
