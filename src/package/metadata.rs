//! Metadata of a project, by PEP 621.

use std::str::FromStr;

use super::dynamic::Dynamic;
use super::names::{normalize_name, valid_version};
use super::pyproject::{ProjectError, Pyproject, error, texts_of};

/// A group of entry points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptGroup {
    /// Such as `console_scripts`.
    pub group: String,
    /// Names and object references.
    pub entries: Vec<(String, String)>,
}

/// The content of `METADATA`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// As written.
    pub name: String,
    /// As written, without the content hash.
    pub version: String,
    pub summary: Option<String>,
    /// Such as `>=3.10`.
    pub requires_python: Option<String>,
    pub dependencies: Vec<String>,
    /// Extras with their requirements.
    pub extras: Vec<(String, Vec<String>)>,
    /// Authors and maintainers: header and value.
    pub people: Vec<(&'static str, String)>,
    /// The SPDX expression.
    pub license: Option<String>,
    /// The license text of older projects.
    pub license_text: Option<String>,
    pub keywords: Vec<String>,
    /// Trove classifiers.
    pub classifiers: Vec<String>,
    /// Labels and URLs.
    pub urls: Vec<(String, String)>,
    /// The text, and its content type.
    pub readme: Option<(String, &'static str)>,
    /// Scripts and other entry points.
    pub scripts: Vec<ScriptGroup>,
    /// Globs of license files, relative to the project.
    pub license_files: Vec<String>,
}

impl Metadata {
    /// Whether `requires-python` allows some release of a Python version such as `3.11`.
    pub fn takes_python(&self, minor: &str) -> bool {
        let Some(specifiers) =
            self.requires_python.as_deref().and_then(|r| pep440_rs::VersionSpecifiers::from_str(r).ok())
        else {
            return true;
        };
        // The table does not contain patch releases, so any of them will do.
        (0..40).any(|patch| {
            pep440_rs::Version::from_str(&format!("{minor}.{patch}")).is_ok_and(|v| specifiers.contains(&v))
        })
    }

    /// Reads `[project]`, and dynamic fields from where the backends keep them; [`MetadataProblem::Backend`] if only
    /// the backend knows it.
    pub(super) fn read(p: &Pyproject<'_>, dynamic: &Dynamic<'_>) -> Result<Metadata, MetadataProblem> {
        let Some(project) = p.project() else {
            return Err(MetadataProblem::Backend("it has no `[project]` table".to_owned()));
        };
        MetadataReader { p, project, dynamic }.read()
    }
}

/// Why metadata cannot be read in process.
pub(super) enum MetadataProblem {
    /// Only the backend knows them, for this reason.
    Backend(String),
    /// They are invalid.
    Wrong(ProjectError),
}

impl From<ProjectError> for MetadataProblem {
    fn from(e: ProjectError) -> Self {
        MetadataProblem::Wrong(e)
    }
}

/// Whether a text is a valid name of a distribution.
pub(super) fn valid_name(name: &str) -> bool {
    let alphanumeric = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    plain && alphanumeric(name.chars().next()) && alphanumeric(name.chars().next_back())
}

/// Whether a requirement belongs to an extra.
pub(super) fn for_an_extra(requirement: &str) -> bool {
    let marker = requirement.rsplit_once(';').map_or("", |(_, marker)| marker);
    marker.split_whitespace().collect::<String>().contains("extra==")
}

/// Whether a text has the form of an SPDX expression.
fn is_license_expression(text: &str) -> bool {
    let mut operand = true;
    let mut depth = 0usize;
    for word in text.replace('(', " ( ").replace(')', " ) ").split_whitespace() {
        let operator = ["AND", "OR", "WITH"].iter().any(|o| word.eq_ignore_ascii_case(o));
        let plain = word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '+' | ':'));
        match (word, operand) {
            ("(", true) => depth += 1,
            (")", false) if depth > 0 => depth -= 1,
            (_, false) if operator => operand = true,
            (_, true) if plain && !operator => operand = false,
            _ => return false,
        }
    }
    !operand && depth == 0
}

/// Whether `requires-python` allows a Python version such as `3.11.7`.
pub fn python_in(requires_python: &str, version: &str) -> bool {
    let specifiers = pep440_rs::VersionSpecifiers::from_str(requires_python);
    match (specifiers, pep440_rs::Version::from_str(version)) {
        (Ok(specifiers), Ok(version)) => specifiers.contains(&version),
        _ => true,
    }
}

struct MetadataReader<'a> {
    p: &'a Pyproject<'a>,
    project: &'a toml::Table,
    dynamic: &'a Dynamic<'a>,
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

impl MetadataReader<'_> {
    fn read(&self) -> Result<Metadata, MetadataProblem> {
        let name = self.text("name")?.ok_or_else(|| error("`[project]` has no `name`", "add `name`"))?;
        if !valid_name(&name) {
            return Err(error(
                format!("`{name}` is not a valid name for a Python project"),
                "use letters, digits, `-`, `_` and `.`, and start and end with a letter or digit",
            )
            .into());
        }
        if let Some(unknown) = self.project.keys().find(|k| !KNOWN.contains(&k.as_str())) {
            let help = "see the Python packaging guide for the fields of `[project]`";
            return Err(error(format!("unknown field `{unknown}` in `[project]`"), help).into());
        }
        let version = match self.text("version")? {
            Some(version) => version,
            None if self.is_dynamic("version") => self
                .dynamic
                .version()
                .ok_or(MetadataProblem::Backend("its build backend generates its version".to_owned()))?,
            None => {
                let help = "add `version` to `[project]`, or `dynamic = [\"version\"]` if the build backend reads it from the code";
                return Err(error(format!("project `{name}` has no `version`"), help).into());
            }
        };
        let version = valid_version(&version).ok_or_else(|| {
            error(format!("`{version}` is not a valid version"), "use a version such as `1.4.0` or `2.0rc1`")
        })?;
        let requires_python = self.text("requires-python")?;
        if let Some(spec) = &requires_python {
            pep440_rs::VersionSpecifiers::from_str(spec).map_err(|_| {
                error(format!("invalid `requires-python = \"{spec}\"`"), "use a specifier such as `>=3.10,<3.13`")
            })?;
        }
        let mut metadata = Metadata {
            summary: match self.text("description")? {
                None if self.is_dynamic("description") => Some(self.made("description", self.dynamic.description())?),
                written => written,
            }
            .map(|s| s.replace(['\r', '\n'], " ")),
            name,
            version,
            requires_python,
            dependencies: match self.texts("dependencies")? {
                None if self.is_dynamic("dependencies") => self.made("dependencies", self.dynamic.dependencies())?,
                written => written.unwrap_or_default(),
            },
            license: match self.project.get("license") {
                Some(toml::Value::String(expression)) if is_license_expression(expression) => Some(expression.clone()),
                Some(toml::Value::String(other)) => {
                    let help = "use an SPDX expression such as `MIT OR Apache-2.0`";
                    return Err(error(format!("`license = {other:?}` is not a license expression"), help).into());
                }
                Some(toml::Value::Table(_)) | None => None,
                Some(_) => {
                    return Err(
                        error("`license` in `[project]` must be a string", "use a string such as `\"MIT\"`").into()
                    );
                }
            },
            license_text: self
                .project
                .get("license")
                .and_then(|l| l.get("text"))
                .and_then(|t| t.as_str())
                .map(str::to_owned),
            keywords: self.texts("keywords")?.unwrap_or_default(),
            classifiers: self.texts("classifiers")?.unwrap_or_default(),
            ..Metadata::default()
        };
        let table = |key: &str| self.project.get("license-files").and_then(|l| l.get(key)).map(texts_of);
        metadata.license_files = match table("paths").or_else(|| table("globs")) {
            Some(globs) => Some(globs),
            None => self.texts("license-files")?,
        }
        .unwrap_or_else(|| ["LICEN[CS]E*", "COPYING*", "NOTICE*", "AUTHORS*"].map(str::to_owned).to_vec());
        if let Some(file) = self.project.get("license").and_then(|l| l.get("file")).and_then(|f| f.as_str()) {
            metadata.license_files.push(file.to_owned());
        }
        metadata.extras = match self.table("optional-dependencies")? {
            None if self.is_dynamic("optional-dependencies") => {
                self.made("optional-dependencies", self.dynamic.extras())?
            }
            table => table
                .into_iter()
                .flatten()
                .map(|(k, v)| match v.as_array() {
                    Some(list) if list.iter().all(toml::Value::is_str) && valid_name(k) => Ok((k.clone(), texts_of(v))),
                    _ => Err(error(format!("extra `{k}` must be a list of strings"), "quote each entry")),
                })
                .collect::<Result<_, _>>()?,
        };
        for (name, _) in &mut metadata.extras {
            *name = normalize_name(name).replace('_', "-");
        }
        metadata.extras.sort();
        if let Some([(twice, _), _]) = metadata.extras.windows(2).find(|w| matches!(w, [(a, _), (b, _)] if a == b)) {
            return Err(error(
                format!("duplicate extra `{twice}`"),
                "rename one of them; `-` and `_` are the same in names",
            )
            .into());
        }
        for requirement in metadata.dependencies.iter().chain(metadata.extras.iter().flat_map(|(_, list)| list)) {
            if self.p.backend() == "hatchling" && requirement.contains('{') {
                return Err(MetadataProblem::Backend("hatch expands variables in its requirements".to_owned()));
            }
            valid_requirement(requirement)?;
        }
        for key in ["authors", "maintainers"] {
            let people = self.project.get(key);
            if people.is_some_and(|v| !v.as_array().is_some_and(|a| a.iter().all(toml::Value::is_table))) {
                let help = "use `[{ name = \"...\", email = \"...\" }]`";
                return Err(error(format!("`{key}` in `[project]` must be a list of tables"), help).into());
            }
        }
        self.people(&mut metadata);
        if let Some(urls) = self.table("urls")? {
            if let Some((label, _)) = urls.iter().find(|(_, v)| !v.is_str()) {
                return Err(error(format!("URL `{label}` in `[project.urls]` must be a string"), "quote it").into());
            }
            metadata.urls = urls.iter().filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned()))).collect();
        }
        metadata.readme = self.readme()?;
        for (key, group) in [("scripts", "console_scripts"), ("gui-scripts", "gui_scripts")] {
            if let Some(table) = self.table(key)? {
                metadata.scripts.push(group_of(group, table)?);
            }
        }
        for (group, table) in self.table("entry-points")?.into_iter().flatten() {
            let table = table.as_table().ok_or_else(|| {
                error(
                    format!("entry-point group `{group}` must be a table"),
                    "add entries such as `name = \"module:function\"`",
                )
            })?;
            metadata.scripts.push(group_of(group, table)?);
        }
        metadata.scripts.sort_by(|a, b| a.group.cmp(&b.group));
        const MADE: &[&str] = &["version", "description", "dependencies", "optional-dependencies", "readme"];
        let fields = self.texts("dynamic")?.unwrap_or_default();
        if let Some(field) = fields.iter().find(|f| !MADE.contains(&f.as_str())) {
            return Err(MetadataProblem::Backend(format!("its build backend generates `{field}`")));
        }
        Ok(metadata)
    }

    fn is_dynamic(&self, field: &str) -> bool {
        self.project.get("dynamic").map(texts_of).unwrap_or_default().iter().any(|f| f == field)
    }

    fn made<T>(&self, field: &str, value: Option<T>) -> Result<T, MetadataProblem> {
        value.ok_or_else(|| MetadataProblem::Backend(format!("its build backend generates `{field}`")))
    }

    fn people(&self, metadata: &mut Metadata) {
        for (key, name_header, email_header) in
            [("authors", "Author", "Author-email"), ("maintainers", "Maintainer", "Maintainer-email")]
        {
            let list = self.project.get(key).and_then(|v| v.as_array()).map(Vec::as_slice).unwrap_or_default();
            for person in list {
                let part = |k: &str| person.get(k).and_then(|v| v.as_str());
                match (part("name"), part("email")) {
                    (Some(n), Some(e)) if n.contains([',', '"', '<', '>', '@', ':', ';', '\\']) => {
                        let quoted = n.replace('\\', "\\\\").replace('"', "\\\"");
                        metadata.people.push((email_header, format!("\"{quoted}\" <{e}>")))
                    }
                    (Some(n), Some(e)) => metadata.people.push((email_header, format!("{n} <{e}>"))),
                    (Some(n), None) => metadata.people.push((name_header, n.to_owned())),
                    (None, Some(e)) => metadata.people.push((email_header, e.to_owned())),
                    (None, None) => {}
                }
            }
        }
    }

    fn readme(&self) -> Result<Option<(String, &'static str)>, MetadataProblem> {
        if self.is_dynamic("readme") {
            let (file, text) = self.made("readme", self.dynamic.readme())?;
            return Ok(Some((text, content_type(&file))));
        }
        let (file, text) = match self.project.get("readme") {
            None => return Ok(None),
            Some(toml::Value::String(file)) => (Some(file.clone()), None),
            Some(other) if !other.is_table() => {
                return Err(error(
                    "`readme` in `[project]` must be a string or a table",
                    "use `readme = \"README.md\"`",
                )
                .into());
            }
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
                format!("unsupported content type `{given}` of the readme"),
                format!("use {}", KINDS.join(", ")),
            )
            .into());
        }
        if let Some(text) = text {
            return Ok(Some((text, declared.unwrap_or("text/plain"))));
        }
        let Some(file) = file else { return Ok(None) };
        let text = self.p.file(&file).ok_or_else(|| {
            error(
                format!("readme `{file}` not found in the project"),
                "correct `readme` in `[project]`, and use a file inside the project",
            )
        })?;
        Ok(Some((text, declared.unwrap_or(content_type(&file)))))
    }

    fn text(&self, key: &str) -> Result<Option<String>, ProjectError> {
        match self.project.get(key) {
            None => Ok(None),
            Some(toml::Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(error(format!("`{key}` in `[project]` must be a string"), "quote it")),
        }
    }

    fn texts(&self, key: &str) -> Result<Option<Vec<String>>, ProjectError> {
        match self.project.get(key) {
            None => Ok(None),
            Some(toml::Value::Array(list)) if list.iter().all(toml::Value::is_str) => {
                Ok(Some(list.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect()))
            }
            Some(_) => Err(error(format!("`{key}` in `[project]` must be a list of strings"), "quote each entry")),
        }
    }

    fn table(&self, key: &str) -> Result<Option<&toml::Table>, ProjectError> {
        match self.project.get(key) {
            None => Ok(None),
            Some(toml::Value::Table(table)) => Ok(Some(table)),
            Some(_) => Err(error(format!("`{key}` in `[project]` must be a table"), "see the Python packaging guide")),
        }
    }
}

fn content_type(file: &str) -> &'static str {
    match file.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase()).as_deref() {
        Some("rst") => "text/x-rst",
        Some("txt") => "text/plain",
        _ => "text/markdown",
    }
}

fn valid_requirement(text: &str) -> Result<(), ProjectError> {
    match super::pep508::check_requirement(text) {
        Ok(_) => Ok(()),
        Err(why) => {
            Err(error(format!("invalid requirement `{text}`: {why}"), "use a requirement such as `pandas>=2,<3`"))
        }
    }
}

fn group_of(group: &str, table: &toml::Table) -> Result<ScriptGroup, ProjectError> {
    let mut entries = Vec::new();
    for (name, object) in table {
        let Some(object) = object.as_str() else {
            let help = "use `name = \"module:function\"`";
            return Err(error(format!("entry point `{name}` of `{group}` must be a string"), help));
        };
        // Each of them is a line of `entry_points.txt`, so a line break would add another entry point.
        let line = |text: &str| !text.trim().is_empty() && !text.contains(|c: char| c.is_control());
        if !line(name) || !line(object) || name.contains('=') || name.starts_with('[') || !line(group) {
            let shown = name.escape_debug();
            let help = "use `name = \"module:function\"` on a single line";
            return Err(error(
                format!("entry point `{shown}` of `{}` spans several lines", group.escape_debug()),
                help,
            ));
        }
        entries.push((name.clone(), object.to_owned()));
    }
    entries.sort();
    Ok(ScriptGroup { group: group.to_owned(), entries })
}

/// The `METADATA` of a wheel with this version and these license files.
pub(super) fn metadata_txt(m: &Metadata, version: &str, licenses: &[String]) -> String {
    let mut out = format!("Metadata-Version: 2.4\nName: {}\nVersion: {version}\n", m.name);
    // A line break would start another header; only the license text may have several lines, which are indented.
    let mut line = |key: &str, value: &str| {
        let value = if key == "License" { value.to_owned() } else { value.replace(['\r', '\n'], " ") };
        out.push_str(&format!("{key}: {value}\n"));
    };
    if let Some(summary) = &m.summary {
        line("Summary", summary);
    }
    for key in ["Author", "Author-email", "Maintainer", "Maintainer-email"] {
        let list: Vec<&str> = m.people.iter().filter(|(k, _)| *k == key).map(|(_, v)| v.as_str()).collect();
        if !list.is_empty() {
            line(key, &list.join(", "));
        }
    }
    if !m.keywords.is_empty() {
        line("Keywords", &m.keywords.join(","));
    }
    if let Some(license) = &m.license {
        line("License-Expression", license);
    } else if let Some(text) = &m.license_text {
        // Continuation lines of a header are indented.
        line("License", &text.trim().replace("\r\n", "\n").replace('\n', "\n        "));
    }
    for path in licenses {
        line("License-File", path);
    }
    for classifier in &m.classifiers {
        line("Classifier", classifier);
    }
    for (label, url) in &m.urls {
        line("Project-URL", &format!("{label}, {url}"));
    }
    if let Some(python) = &m.requires_python {
        line("Requires-Python", python);
    }
    for requirement in &m.dependencies {
        line("Requires-Dist", requirement);
    }
    for (extra, requirements) in &m.extras {
        line("Provides-Extra", extra);
        for requirement in requirements {
            // A URL ends at the space before the semicolon.
            let marker = if requirement.contains(" @ ") { " ;" } else { ";" };
            let with_marker = match requirement.split_once(marker) {
                Some((r, marker)) => format!("{} ; ({}) and extra == '{extra}'", r.trim(), marker.trim()),
                None => format!("{requirement} ; extra == '{extra}'"),
            };
            line("Requires-Dist", &with_marker);
        }
    }
    if let Some((text, kind)) = &m.readme {
        line("Description-Content-Type", kind);
        out.push('\n');
        out.push_str(text);
    }
    out
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
        assert!(takes(">3.11", "3.11"), "3.11.1 is later than 3.11");
        assert!(!takes("!=3.11.*", "3.11"));
        assert!(takes("~=3.9", "3.12"));
        assert!(!takes("~=3.9.1", "3.12"));
    }

    #[test]
    fn names_are_normalized_as_on_the_index() {
        assert_eq!(normalize_name("My-Great..Project_x"), "my_great_project_x");
    }
}
