//! Cases on disk, each a test of its own, and tests that are left out where their data is not.

mod cases;
mod deploy_crash;
mod examples;
mod lsp;
mod mutations;
mod real_jobs;
mod signatures;
mod support;
mod tree_sitter;

fn main() {
    let trials = [
        cases::trials(),
        deploy_crash::trials(),
        examples::trials(),
        lsp::trials(),
        mutations::trials(),
        real_jobs::trials(),
        signatures::trials(),
        tree_sitter::trials(),
    ];
    libtest_mimic::run(&libtest_mimic::Arguments::from_args(), trials.into_iter().flatten().collect()).exit();
}
