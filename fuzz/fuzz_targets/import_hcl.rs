//! A Terraform configuration: reading it ends, diagnostics point into it, and the result is a program.
#![no_main]

mod shared;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| shared::import("main.tf", bytes));
