//! The pages of the codes, as `pipec explain` and the docs show them.

use super::Code;

/// The page of a code: Markdown with what it means, a wrong program and a right one.
pub fn page(code: Code) -> &'static str {
    code.page_source()
}
