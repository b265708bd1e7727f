//! Pipelines by the names that people write: `load`, `load_acme`, `load["acme"]`. A family means all its members.

use crate::diag::list_names;
use crate::model::Pipeline;

/// The pipelines that a name means; none if it is unknown.
pub fn selected<'p>(written: &str, all: &[&'p Pipeline]) -> Vec<&'p Pipeline> {
    let of = |fits: &dyn Fn(&Pipeline) -> bool| all.iter().copied().filter(|p| fits(p)).collect::<Vec<_>>();
    let exact = of(&|p| p.name == written);
    if !exact.is_empty() {
        return exact;
    }
    // Shells may have removed the quotes.
    let indexed = written.strip_suffix(']').and_then(|text| text.split_once('['));
    match indexed {
        Some((family, index)) => {
            let index = index.trim_matches(['"', '\'']);
            of(&|p| p.member_of.as_ref().is_some_and(|(f, i)| f == family && i == index))
        }
        None => of(&|p| p.member_of.as_ref().is_some_and(|(family, _)| family == written)),
    }
}

/// The error for a family where one pipeline is needed; `instead` is an alternative to choosing a member.
pub fn not_one(family: &str, members: &[&Pipeline], instead: &str) -> String {
    let members: Vec<String> = members.iter().map(|p| shown(p)).collect();
    let members = list_names(members.iter().map(String::as_str), 12);
    format!("`{family}` is a family; choose a member{instead}: {members}")
}

/// How a pipeline is written.
fn shown(pipeline: &Pipeline) -> String {
    match &pipeline.member_of {
        Some((family, index)) => format!("{family}[\"{index}\"]"),
        None => pipeline.name.to_string(),
    }
}
