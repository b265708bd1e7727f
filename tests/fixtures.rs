//! Cases on disk, each as its own test, and tests that are ignored without their data.

mod cases;
mod deploy_crash;
mod examples;
mod lsp;
mod mutations;
mod real_jobs;
mod signatures;
mod support;
mod tree_sitter;
mod variants;

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
        variants::trials(),
    ];
    libtest_mimic::run(&libtest_mimic::Arguments::from_args(), trials.into_iter().flatten().collect()).exit();
}
