//! New projects: what each template holds, and what it is called in the end.
//!
//! A template is a project of its own in `templates`, called `starter`: it is checked and run as it lies there.

mod files;

use std::path::PathBuf;

/// What a template is called inside of itself.
const STARTER: &str = "starter";

/// A project to begin with.
#[derive(Clone, Copy, Debug)]
pub struct Template {
    /// Its name.
    pub name: &'static str,
    /// What it shows, in a line.
    pub about: &'static str,
    /// Its files: relative paths with `/`, and their content.
    files: &'static [(&'static str, &'static str)],
}

/// All templates; the first is the one to begin with.
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

/// The template of a name.
pub fn template(name: &str) -> Option<&'static Template> {
    TEMPLATES.iter().find(|t| t.name == name)
}

/// The name of a project as Python, SQL and the platform take it alike: small letters, digits and `_`, a letter first.
///
/// # Errors
/// What is wrong with the name.
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
    /// The files of a project of this name: relative paths, and their content.
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
