//! Creates new projects from templates.
//!
//! A template is a project in `templates` with the name `starter`, which is checked and run as it is.

mod files;

use std::path::PathBuf;

/// The name of a template in its own files.
const STARTER: &str = "starter";

/// A template.
#[derive(Clone, Copy, Debug)]
pub struct Template {
    pub name: &'static str,
    /// A one-line description.
    pub about: &'static str,
    /// Its files: relative paths with `/`, and their content.
    files: &'static [(&'static str, &'static str)],
}

/// All templates; the first is the default.
pub const TEMPLATES: &[Template] = &[
    Template { name: "python", about: "Python functions, a branch, a schedule", files: files::PYTHON },
    Template {
        name: "gpu-training",
        about: "Training on a serverless GPU (locally on the CPU)",
        files: files::GPU_TRAINING,
    },
    Template { name: "sql-dbt", about: "SQL files and a dbt project (locally on DuckDB)", files: files::SQL_DBT },
    Template {
        name: "fan-out",
        about: "Parallel steps per region: a step family, a loop, a branch",
        files: files::FAN_OUT,
    },
];

/// Finds a template by name.
pub fn template(name: &str) -> Option<&'static Template> {
    TEMPLATES.iter().find(|t| t.name == name)
}

/// A name that is valid in Python, SQL and the platform: lower-case letters, digits and `_`, starting with a letter.
///
/// # Errors
/// Why the name is invalid.
pub fn project_name(name: &str) -> Result<String, String> {
    let name = name.to_lowercase().replace(['-', ' ', '.'], "_");
    if name.is_empty() || name.len() > 50 {
        return Err("project name must have 1 to 50 characters".to_owned());
    }
    if !name.starts_with(|c: char| c.is_ascii_lowercase())
        || !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    {
        return Err(format!(
            "invalid project name `{name}`: use letters, digits, `_` and `-`, and start with a letter"
        ));
    }
    if files::TAKEN.split_whitespace().any(|word| word == name) {
        return Err(format!("`{name}` is the name of a Python module or keyword; choose another project name"));
    }
    Ok(name)
}

impl Template {
    /// The files of a project with this name: relative paths and content.
    pub fn files(&self, name: &str) -> impl Iterator<Item = (PathBuf, String)> {
        let called = move |text: &str| text.replace(STARTER, name);
        let all = self.files.iter().chain(files::COMMON);
        all.map(move |(path, text)| (called(path).split('/').collect(), called(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_a_template_is_in_its_list() {
        fn walk(dir: &std::path::Path, base: &std::path::Path, out: &mut Vec<String>) {
            for entry in std::fs::read_dir(dir).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                if path.is_dir() && !name.starts_with('.') && name != "__pycache__" {
                    walk(&path, base, out);
                } else if path.is_file() {
                    out.push(path.strip_prefix(base).unwrap().to_string_lossy().replace('\\', "/"));
                }
            }
        }
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/scaffold/templates");
        for template in TEMPLATES {
            let (dir, mut there) = (root.join(template.name), Vec::new());
            walk(&dir, &dir, &mut there);
            there.sort();
            let mut listed: Vec<&str> = template.files.iter().map(|(path, _)| *path).collect();
            listed.sort_unstable();
            assert_eq!(listed, there, "{}", template.name);
        }
    }

    #[test]
    fn names_are_those_that_every_place_takes() {
        assert_eq!(project_name("My-Pipeline"), Ok("my_pipeline".to_owned()));
        for wrong in ["", "1st", "a/b", "für", "class", "site", "_x"] {
            assert!(project_name(wrong).is_err(), "{wrong}");
        }
    }
}
