//! `pyproject.toml`: the `[project]` table, as PEP 621 has it.

use std::path::{Path, PathBuf};

use crate::source::Files;

/// Why a project cannot be packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetadataError {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl std::fmt::Display for MetadataError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.message)
    }
}

impl std::error::Error for MetadataError {}

/// An entry-point group with its entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptGroup {
    /// `console_scripts`.
    pub group: String,
    /// Name and object reference.
    pub entries: Vec<(String, String)>,
}

/// What the wheel's `METADATA` is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// As written.
    pub name: String,
    /// As written, without the content hash.
    pub version: String,
    /// One line.
    pub summary: Option<String>,
    /// `>=3.10`.
    pub requires_python: Option<String>,
    /// Requirements in order.
    pub dependencies: Vec<String>,
    /// Extras with their requirements.
    pub extras: Vec<(String, Vec<String>)>,
    /// Author and maintainer lines, ready for `METADATA`: header and value.
    pub people: Vec<(&'static str, String)>,
    /// The SPDX expression.
    pub license: Option<String>,
    /// The licence in words, as older projects write it.
    pub license_text: Option<String>,
    /// Words to find it by.
    pub keywords: Vec<String>,
    /// Trove classifiers.
    pub classifiers: Vec<String>,
    /// Label and address.
    pub urls: Vec<(String, String)>,
    /// Text and its content type.
    pub readme: Option<(String, &'static str)>,
    /// Scripts and other entry points.
    pub scripts: Vec<ScriptGroup>,
}

/// The name in the form that files and indexes use: lower case, runs of `-_.` as one `_`.
pub fn normalize_name(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if matches!(c, '-' | '_' | '.') {
            if !out.ends_with('_') {
                out.push('_');
            }
        } else {
            out.extend(c.to_lowercase());
        }
    }
    out
}

fn error(message: impl Into<String>, help: impl Into<String>) -> MetadataError {
    MetadataError { message: message.into(), help: help.into() }
}

impl Metadata {
    /// Reads `pyproject.toml` of a project.
    ///
    /// # Errors
    /// A missing or unreadable file, no `[project]` table, or a form that needs the project's own build backend.
    pub fn read(files: &dyn Files, dir: &Path) -> Result<Metadata, MetadataError> {
        let path = dir.join("pyproject.toml");
        if !files.is_file(&path) {
            return Err(error(
                format!("there is no `pyproject.toml` in `{}`", shown(dir)),
                "a package is a Python project with a `[project]` table",
            ));
        }
        let bytes = files
            .read(&path)
            .map_err(|e| error(format!("cannot read `{}`: {e}", path.display()), "check its permissions"))?;
        let text = String::from_utf8(bytes)
            .map_err(|_| error(format!("`{}` is not UTF-8", path.display()), "save it as UTF-8"))?;
        let root: toml::Table = text.parse().map_err(|e: toml::de::Error| {
            error(format!("`{}` is not valid TOML: {}", path.display(), e.message()), "correct the file")
        })?;
        let Some(project) = root.get("project").and_then(|p| p.as_table()) else {
            return Err(error(
                format!("`{}` has no `[project]` table", path.display()),
                "add one with `name` and `version`",
            ));
        };
        Reader { files, dir, project }.read()
    }

    /// The `X.Y` of the lowest and highest Python that `requires-python` takes, among `candidates`.
    pub fn takes_python(&self, version: &str) -> bool {
        let Some(spec) = &self.requires_python else { return true };
        let key = |v: &str| -> Vec<u32> { v.split('.').filter_map(|p| p.parse().ok()).collect() };
        let at = key(version);
        spec.split(',').all(|clause| {
            let clause = clause.trim();
            let (op, bound) = clause.split_at(clause.find(|c: char| c.is_ascii_digit()).unwrap_or(clause.len()));
            let wild = bound.ends_with(".*");
            let bound = key(bound.trim_end_matches(".*"));
            // A runtime's `3.11` stands for all its patch releases: only the first two numbers are compared.
            let short: Vec<u32> = bound.iter().copied().take(2).collect();
            match op.trim() {
                ">=" => at >= short,
                ">" => at > short || (bound.len() > 2 && at == short),
                "<" => at < short || (bound.len() > 2 && at == short && bound.get(2) > Some(&0)),
                "<=" => at <= short,
                "==" if wild => at.starts_with(&bound),
                "==" | "===" => at == short,
                "!=" if wild => !at.starts_with(&bound),
                "~=" => at.first() == bound.first() && at >= short && (bound.len() == 2 || at == short),
                _ => true,
            }
        })
    }
}

fn shown(dir: &Path) -> String {
    if dir.as_os_str().is_empty() { ".".to_owned() } else { dir.display().to_string() }
}

struct Reader<'a> {
    files: &'a dyn Files,
    dir: &'a Path,
    project: &'a toml::Table,
}

impl Reader<'_> {
    fn read(&self) -> Result<Metadata, MetadataError> {
        let name = self.text("name").ok_or_else(|| error("`[project]` has no `name`", "add one"))?;
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')) {
            return Err(error(
                format!("`{name}` is no name for a Python project"),
                "use letters, digits, `-`, `_` and `.`",
            ));
        }
        const KNOWN: &[&str] = &[
            "name",
            "version",
            "description",
            "readme",
            "requires-python",
            "license",
            "license-files",
            "authors",
            "maintainers",
            "keywords",
            "classifiers",
            "urls",
            "scripts",
            "gui-scripts",
            "entry-points",
            "dependencies",
            "optional-dependencies",
            "dynamic",
            "import-names",
            "import-namespaces",
        ];
        if let Some(unknown) = self.project.keys().find(|k| !KNOWN.contains(&k.as_str())) {
            return Err(error(
                format!("`[project]` has no field `{unknown}`"),
                "see the Python packaging guide for the fields it has",
            ));
        }
        for key in ["dependencies", "keywords", "classifiers"] {
            let texts = |v: &toml::Value| v.as_array().is_some_and(|a| a.iter().all(toml::Value::is_str));
            if self.project.get(key).is_some_and(|v| !texts(v)) {
                return Err(error(
                    format!("`{key}` of project `{name}` must be a list of texts"),
                    "put each entry in quotes",
                ));
            }
        }
        let dynamic: Vec<&str> = self.list("dynamic").iter().filter_map(|v| v.as_str()).collect();
        if let Some(field) = dynamic.first() {
            return Err(error(
                format!("`{field}` of project `{name}` is dynamic"),
                "pipec reads static metadata; write the value in `[project]`",
            ));
        }
        let version = self
            .text("version")
            .ok_or_else(|| error(format!("project `{name}` has no `version`"), "add one to `[project]`"))?;
        if !is_version(&version) {
            return Err(error(
                format!("`{version}` is no version of a release"),
                "write a version such as `1.4.0`, without a local part",
            ));
        }
        let mut metadata = Metadata {
            name,
            version,
            summary: self.text("description").map(|s| s.replace(['\r', '\n'], " ")),
            requires_python: self.text("requires-python"),
            dependencies: self.texts("dependencies"),
            license: self.text("license"),
            license_text: self
                .project
                .get("license")
                .and_then(|l| l.get("text"))
                .and_then(|t| t.as_str())
                .map(str::to_owned),
            keywords: self.texts("keywords"),
            classifiers: self.texts("classifiers"),
            ..Metadata::default()
        };
        if let Some(extras) = self.table("optional-dependencies") {
            metadata.extras = extras.iter().map(|(k, v)| (normalize_name(k).replace('_', "-"), texts_of(v))).collect();
            metadata.extras.sort();
        }
        for (key, name_header, email_header) in
            [("authors", "Author", "Author-email"), ("maintainers", "Maintainer", "Maintainer-email")]
        {
            for person in self.list(key) {
                let part = |k: &str| person.get(k).and_then(|v| v.as_str());
                match (part("name"), part("email")) {
                    (Some(n), Some(e)) if n.contains(',') => {
                        metadata.people.push((email_header, format!("\"{n}\" <{e}>")))
                    }
                    (Some(n), Some(e)) => metadata.people.push((email_header, format!("{n} <{e}>"))),
                    (Some(n), None) => metadata.people.push((name_header, n.to_owned())),
                    (None, Some(e)) => metadata.people.push((email_header, e.to_owned())),
                    (None, None) => {}
                }
            }
        }
        if let Some(urls) = self.table("urls") {
            metadata.urls = urls.iter().filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned()))).collect();
        }
        metadata.readme = self.readme()?;
        for (key, group) in [("scripts", "console_scripts"), ("gui-scripts", "gui_scripts")] {
            if let Some(table) = self.table(key) {
                metadata.scripts.push(group_of(group, table));
            }
        }
        if let Some(groups) = self.table("entry-points") {
            metadata.scripts.extend(groups.iter().filter_map(|(group, t)| Some(group_of(group, t.as_table()?))));
        }
        metadata.scripts.sort_by(|a, b| a.group.cmp(&b.group));
        Ok(metadata)
    }

    fn readme(&self) -> Result<Option<(String, &'static str)>, MetadataError> {
        let (file, text) = match self.project.get("readme") {
            None => return Ok(None),
            Some(toml::Value::String(file)) => (Some(file.clone()), None),
            Some(table) => (
                table.get("file").and_then(|v| v.as_str()).map(str::to_owned),
                table.get("text").and_then(|v| v.as_str()).map(str::to_owned),
            ),
        };
        const KINDS: [&str; 3] = ["text/markdown", "text/x-rst", "text/plain"];
        let given = self.project.get("readme").and_then(|r| r.get("content-type")).and_then(|v| v.as_str());
        let declared = KINDS.into_iter().find(|k| given.is_some_and(|g| g.split(';').next() == Some(k)));
        if let (Some(given), None) = (given, declared) {
            return Err(error(
                format!("`{given}` is no content type of a readme"),
                format!("use {}", KINDS.join(", ")),
            ));
        }
        if let Some(text) = text {
            return Ok(Some((text, declared.unwrap_or("text/plain"))));
        }
        let Some(file) = file else { return Ok(None) };
        let path: PathBuf = self.dir.join(&file);
        let bytes = self
            .files
            .read(&path)
            .map_err(|_| error(format!("the readme `{file}` is not there"), "correct `readme` in `[project]`"))?;
        let kind = if file.ends_with(".rst") {
            "text/x-rst"
        } else if file.ends_with(".txt") {
            "text/plain"
        } else {
            "text/markdown"
        };
        Ok(Some((String::from_utf8_lossy(&bytes).replace("\r\n", "\n"), declared.unwrap_or(kind))))
    }

    fn text(&self, key: &str) -> Option<String> {
        self.project.get(key)?.as_str().map(str::to_owned)
    }

    fn list(&self, key: &str) -> &[toml::Value] {
        self.project.get(key).and_then(|v| v.as_array()).map(Vec::as_slice).unwrap_or_default()
    }

    fn texts(&self, key: &str) -> Vec<String> {
        self.project.get(key).map(texts_of).unwrap_or_default()
    }

    fn table(&self, key: &str) -> Option<&toml::Table> {
        self.project.get(key)?.as_table()
    }
}

fn texts_of(value: &toml::Value) -> Vec<String> {
    value.as_array().map(|a| a.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect()).unwrap_or_default()
}

fn group_of(group: &str, table: &toml::Table) -> ScriptGroup {
    let mut entries: Vec<(String, String)> =
        table.iter().filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned()))).collect();
    entries.sort();
    ScriptGroup { group: group.to_owned(), entries }
}

/// A public version in its usual spellings; the local part is pipec's.
fn is_version(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '!')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requires_python_is_held_against_a_minor_version() {
        let takes = |spec: &str, v: &str| {
            Metadata { requires_python: Some(spec.to_owned()), ..Metadata::default() }.takes_python(v)
        };
        assert!(takes(">=3.10", "3.11"));
        assert!(!takes(">=3.12", "3.11"));
        assert!(takes(">=3.9,<3.12", "3.11"));
        assert!(!takes(">=3.9,<3.11", "3.11"));
        assert!(takes("==3.11.*", "3.11"));
        assert!(!takes("!=3.11.*", "3.11"));
        assert!(takes("~=3.9", "3.12"));
    }

    #[test]
    fn names_are_normalized_as_on_the_index() {
        assert_eq!(normalize_name("My-Great..Project_x"), "my_great_project_x");
    }
}
