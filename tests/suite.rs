//! Everything but the cases on disk and the count of parser steps: one executable, so that the library is linked once.

mod advise;
mod architecture;
mod cli;
mod deploy;
mod docs;
mod editors;
mod emit;
mod errors;
mod format;
mod found_offline;
mod graph;
mod hostile;
mod import;
mod local;
mod lsp_soak;
mod new;
mod properties;
mod prose;
mod settings;
mod support;
mod wheels;
