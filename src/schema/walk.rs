//! Traversal of the table: all blocks and enums, and fields by path.

use super::field::{Block, Enum, Field, Ty};
use super::{ACCELERATOR, JOB, PLACES};

/// All blocks that can be reached from the job and the places of the language, without duplicates.
pub fn all_blocks() -> Vec<&'static Block> {
    let mut out: Vec<&'static Block> = Vec::new();
    let mut stack: Vec<&'static Block> = vec![&JOB];
    stack.extend(PLACES.iter().flat_map(|(_, p)| [p.extra, p.block]));
    while let Some(block) = stack.pop() {
        if block.name.is_empty() || out.contains(&block) {
            continue;
        }
        out.push(block);
        stack.extend(block.fields.iter().rev().filter_map(|f| f.ty.block()));
    }
    out
}

/// The enum with a name.
pub fn find_enum(name: &str) -> Option<&'static Enum> {
    if name == ACCELERATOR.name {
        return Some(&ACCELERATOR);
    }
    all_blocks().into_iter().flat_map(|b| b.fields).find_map(|f| match f.ty {
        Ty::Enum(e) if e.name == name => Some(e),
        _ => None,
    })
}

/// The field at a dotted path, such as `tasks.notebook_task.source`; `[]` is ignored.
pub fn field_at(root: &'static Block, path: &str) -> Option<&'static Field> {
    let mut block = root;
    let mut found = None;
    for part in path.split('.') {
        let field = block.field(part.trim_end_matches("[]"))?;
        found = Some(field);
        if let Some(inner) = field.ty.block() {
            block = inner;
        }
    }
    found
}

/// All paths below the job with their fields, with `[]` after lists; the inner task of a loop is not repeated.
pub fn all_paths() -> Vec<(String, &'static Field)> {
    let mut out = Vec::new();
    walk(&JOB, "", &mut out);
    out
}

fn walk(block: &'static Block, prefix: &str, out: &mut Vec<(String, &'static Field)>) {
    for field in block.fields {
        let list = matches!(field.ty, Ty::StrList | Ty::BlockList(_));
        let path = format!("{prefix}{}{}", field.key, if list { "[]" } else { "" });
        out.push((path.clone(), field));
        if let Some(inner) = field.ty.block()
            && !(field.key == "task" && prefix.ends_with("for_each_task."))
        {
            walk(inner, &format!("{path}."), out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sound() {
        for block in all_blocks() {
            let mut keys: Vec<&str> = block.fields.iter().map(|f| f.key).collect();
            keys.sort_unstable();
            assert!(keys.windows(2).all(|w| w[0] != w[1]), "{} has a field twice", block.name);
            assert!(!block.doc.is_empty(), "{} has no description", block.name);
            for f in block.fields {
                assert!(
                    !f.doc.is_empty() && f.doc.len() <= 100,
                    "{}.{} needs one line of description",
                    block.name,
                    f.key
                );
                assert!(f.min.zip(f.max).is_none_or(|(a, b)| a <= b), "{}.{} has an empty range", block.name, f.key);
                if let (Some(d), Ty::Int) = (f.default, f.ty) {
                    let n: i64 = d.parse().unwrap();
                    assert!(
                        f.min.is_none_or(|m| m <= n) && f.max.is_none_or(|m| n <= m),
                        "{}.{}: default out of range",
                        block.name,
                        f.key
                    );
                }
                if let (Some(d), Ty::Enum(e)) = (f.default, f.ty) {
                    assert!(e.members.contains(&d), "{}.{}: default is no member", block.name, f.key);
                }
            }
            for group in block.groups.iter().filter(|_| !["cluster", "step"].contains(&block.name)) {
                assert!(
                    group.keys.iter().all(|k| block.field(k).is_some()),
                    "{}: a group names a field that is not there",
                    block.name
                );
            }
        }
    }

    #[test]
    fn the_job_has_every_top_level_field() {
        assert!(JOB.fields.len() >= 28);
        assert!(field_at(&JOB, "tasks[].notebook_task.base_parameters").is_some());
        assert!(all_paths().len() > 600);
    }
}
