//! Builds reproducible wheels.

use std::path::Path;

use sha2::{Digest, Sha256};

use super::archive::{digests, hex, record, zip};
use super::backend;
use super::entry::{EntryPoint, GROUP, module, module_name};
use super::metadata::{Metadata, for_an_extra, metadata_txt, valid_name};
use super::names::{normalize_name, valid_version};
use super::never::never_below;
use super::project::{PythonProject, WheelBuilder};
use super::pyproject::{ProjectError, error, shown};
use super::select::{Contents, collect, licenses};
use crate::source::DiskFiles;

/// A built wheel.
#[derive(Debug, Clone)]
pub struct Wheel {
    /// The name of the project, as written.
    pub distribution: String,
    /// The version with a hash of the content: `1.4.0+p3f9c2a1b`.
    pub version: String,
    /// `churn-1.4.0+p3f9c2a1b-py3-none-any.whl`.
    pub file_name: String,
    /// Its tags, such as `py3-none-any`.
    pub tags: Vec<String>,
    /// The value of `requires-python`.
    pub requires_python: Option<String>,
    /// The requirements of the project.
    pub requirements: Vec<String>,
    /// The entry points of steps.
    pub entry_points: Vec<EntryPoint>,
    pub files: Vec<WheelFile>,
    /// The zip file.
    pub bytes: Vec<u8>,
    /// What was excluded or changed, for display.
    pub notes: Vec<String>,
}

impl Wheel {
    /// Whether it was built, and is not only a name.
    pub fn is_built(&self) -> bool {
        !self.bytes.is_empty()
    }
}

/// A file of a wheel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WheelFile {
    pub path: String,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
    /// In bytes.
    pub size: usize,
}

/// The content of a wheel, from any builder.
struct Parts {
    metadata: Metadata,
    /// Modules and their data.
    code: Contents,
    /// Files of the `.dist-info` folder, except those that are created last.
    info: Contents,
    /// `METADATA` for a version.
    metadata_txt: Box<dyn Fn(&str) -> String>,
    entry_points: String,
    /// The text of `WHEEL`.
    wheel: String,
    tags: Vec<String>,
    notes: Vec<String>,
}

/// Builds the wheel of the project in `dir`, with entry points for steps.
///
/// # Errors
/// Metadata or files that cannot be read, no modules, or a build backend that fails.
pub fn build(dir: &Path, entry_points: Vec<EntryPoint>) -> Result<Wheel, ProjectError> {
    pack(&PythonProject::read(&DiskFiles, dir)?, entry_points)
}

/// Builds the wheel of a project, with entry points for steps.
///
/// # Errors
/// Files that cannot be read, no modules, or a build backend that fails.
pub fn pack(project: &PythonProject, entry_points: Vec<EntryPoint>) -> Result<Wheel, ProjectError> {
    let parts = match &project.builder {
        WheelBuilder::InProcess => in_process(project)?,
        WheelBuilder::Backend(why) => by_backend(&project.dir, why)?,
    };
    assemble(parts, entry_points)
}

/// Marks the name of a wheel that was not built, between version and tags.
pub const UNBUILT: &str = "+unbuilt-";

/// The placeholder for a wheel that was not built: it has a name, and no content.
pub fn unbuilt(project: &PythonProject, entry_points: Vec<EntryPoint>) -> Wheel {
    let metadata = &project.metadata;
    let written = |text: &str, other: &str| if text.is_empty() { other.to_owned() } else { text.to_owned() };
    let (name, version) = (written(&metadata.name, "package"), written(&metadata.version, "0"));
    Wheel {
        file_name: format!("{}-{version}{UNBUILT}py3-none-any.whl", normalize_name(&name)),
        distribution: name,
        version: format!("{version}+unbuilt"),
        tags: vec!["py3-none-any".to_owned()],
        requires_python: metadata.requires_python.clone(),
        requirements: metadata.dependencies.clone(),
        entry_points,
        files: Vec::new(),
        bytes: Vec::new(),
        notes: vec![
            "its wheel is not built, because this command does not run build backends; the file name is a placeholder"
                .to_owned(),
        ],
    }
}

fn in_process(project: &PythonProject) -> Result<Parts, ProjectError> {
    let failed =
        |e: std::io::Error| error(format!("cannot build the wheel: {e}"), "change the project or its exclusions");
    let metadata = project.metadata.clone();
    if project.layout.tops.is_empty() {
        return Err(error(
            format!("project `{}` has no Python package or module", metadata.name),
            "move the code to `src/<package>/`, or to `<package>/` next to `pyproject.toml`",
        ));
    }
    let mut notes = Vec::new();
    let code = collect(&project.dir, &project.layout, &mut notes).map_err(failed)?;
    let licenses = licenses(&project.dir, &metadata.license_files).map_err(failed)?;
    if let Some(glob) = metadata
        .license_files
        .iter()
        .find(|g| !g.contains(['*', '?', '[']) && !licenses.iter().any(|(p, _)| p == g.trim_start_matches("./")))
    {
        return Err(error(format!("license file `{glob}` not found"), "correct `license-files` in `[project]`"));
    }
    let names: Vec<String> = licenses.iter().map(|(path, _)| path.clone()).collect();
    let info = licenses.into_iter().map(|(path, bytes)| (format!("licenses/{path}"), bytes)).collect();
    let generator = env!("CARGO_PKG_VERSION");
    let text = metadata.clone();
    Ok(Parts {
        entry_points: groups_txt(metadata.scripts.iter().map(|g| (g.group.clone(), g.entries.clone())).collect()),
        metadata_txt: Box::new(move |version| metadata_txt(&text, version, &names)),
        wheel: format!("Wheel-Version: 1.0\nGenerator: pipec {generator}\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
        tags: vec!["py3-none-any".to_owned()],
        metadata,
        code,
        info,
        notes,
    })
}

/// The wheel of the backend, to which entry points and a version are added.
fn by_backend(dir: &Path, why: &str) -> Result<Parts, ProjectError> {
    let built = backend::build(dir, why)?;
    let wrong = |what: &str| {
        error(format!("wheel of `{}` is not usable: {what}", shown(dir)), "check the output of its build backend")
    };
    let info = built
        .files
        .iter()
        .find_map(|(path, _)| path.strip_suffix("/METADATA").filter(|f| f.ends_with(".dist-info")))
        .ok_or_else(|| wrong("it has no METADATA file"))?
        .to_owned();
    let mut notes = vec![format!("built by its build backend as `{}`, because {why}", built.file_name)];
    let mut code = Contents::new();
    let mut kept = Contents::new();
    let (mut text, mut entry_points, mut wheel) = (String::new(), String::new(), String::new());
    for (path, bytes) in built.files {
        let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace("\r\n", "\n");
        match path.strip_prefix(&format!("{info}/")) {
            Some("METADATA") => text = lossy(&bytes),
            Some("WHEEL") => wheel = lossy(&bytes),
            Some("entry_points.txt") => entry_points = lossy(&bytes),
            Some("RECORD" | "RECORD.jws" | "RECORD.p7s") => {}
            Some(other) => kept.push((other.to_owned(), bytes)),
            None if path.contains(".data/") => {
                return Err(wrong("it has files in a `.data` directory, which pipec cannot rename"));
            }
            None if never_below(Path::new(&path)) => {
                notes.push(format!("`{path}`, which its build backend included, is not in the wheel"))
            }
            None => code.push((path, bytes)),
        }
    }
    let header = |name: &str| -> Vec<String> {
        let prefix = format!("{name}: ");
        let head = text.split("\n\n").next().unwrap_or_default();
        head.lines().filter_map(|l| l.strip_prefix(&prefix)).map(str::to_owned).collect()
    };
    let one = |name: &str| header(name).into_iter().next();
    let (Some(name), Some(version)) = (one("Name"), one("Version")) else {
        return Err(wrong("its METADATA has no name or version"));
    };
    // They become parts of paths.
    if !valid_name(&name) || valid_version(&version).is_none() {
        return Err(wrong(&format!("`{name}` and `{version}` are not a valid package name and version")));
    }
    let metadata = Metadata {
        name,
        version,
        requires_python: one("Requires-Python"),
        dependencies: header("Requires-Dist").into_iter().filter(|r| !for_an_extra(r)).collect(),
        ..Metadata::default()
    };
    let tags: Vec<String> =
        wheel.lines().filter_map(|l| l.strip_prefix("Tag: ")).map(|t| t.trim().to_owned()).collect();
    let plain = |t: &String| {
        t.split('-').count() == 3
            && t.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
            && !t.contains("..")
    };
    if tags.is_empty() || !tags.iter().all(plain) {
        return Err(wrong("its WHEEL has no valid tags"));
    }
    let was = format!("\nVersion: {}\n", metadata.version);
    Ok(Parts {
        metadata_txt: Box::new(move |version| text.replacen(&was, &format!("\nVersion: {version}\n"), 1)),
        notes,
        metadata,
        code,
        info: kept,
        entry_points,
        wheel,
        tags,
    })
}

fn assemble(parts: Parts, entry_points: Vec<EntryPoint>) -> Result<Wheel, ProjectError> {
    let Parts { metadata, mut code, info: kept, metadata_txt, entry_points: own, wheel, tags, notes } = parts;
    let distribution = normalize_name(&metadata.name);
    let mut scripts = own;
    if !entry_points.is_empty() {
        for entry in &entry_points {
            packed(&code, &entry.module)?;
        }
        let (source, functions) = module(&entry_points);
        let name = module_name(&distribution);
        let own = format!("{name}.py");
        let taken = |path: &String| *path == own || path.starts_with(&format!("{name}/"));
        if let Some((path, _)) = code.iter().find(|(path, _)| taken(path)) {
            return Err(error(
                format!("module `{path}` conflicts with a module that pipec generates"),
                "rename it; names that start with `_pipec_` are reserved",
            ));
        }
        code.push((format!("{name}.py"), source.into_bytes()));
        let list = entry_points.iter().zip(&functions).map(|(e, f)| (e.name.clone(), format!("{name}:{f}"))).collect();
        scripts = merge_groups(&scripts, &groups_txt(vec![(GROUP.to_owned(), list)]));
    }
    code.sort();

    // The version contains a hash of everything except the version itself.
    let mut hash = Sha256::new();
    let mut feed = |path: &str, bytes: &[u8]| {
        hash.update((path.len() as u64).to_le_bytes());
        hash.update(path);
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    code.iter().chain(&kept).for_each(|(path, bytes)| feed(path, bytes));
    feed("entry_points.txt", scripts.as_bytes());
    feed("METADATA", metadata_txt(&metadata.version).as_bytes());
    feed("WHEEL", tags.join(",").as_bytes());
    let digest: String = hash.finalize().iter().take(4).map(|b| format!("{b:02x}")).collect();
    let version = match metadata.version.contains('+') {
        true => format!("{}.p{digest}", metadata.version),
        false => format!("{}+p{digest}", metadata.version),
    };

    let info = format!("{distribution}-{version}.dist-info");
    let mut files = code;
    files.extend(kept.into_iter().map(|(path, bytes)| (format!("{info}/{path}"), bytes)));
    files.push((format!("{info}/METADATA"), metadata_txt(&version).into_bytes()));
    files.push((format!("{info}/WHEEL"), wheel.into_bytes()));
    if !scripts.is_empty() {
        files.push((format!("{info}/entry_points.txt"), scripts.into_bytes()));
    }
    // RECORD and the manifest contain the same hashes.
    let mut digests = digests(&files);
    let record = record(&files, &digests, &info).into_bytes();
    digests.push(Sha256::digest(&record).into());
    files.push((format!("{info}/RECORD"), record));
    let bytes = zip(&files).map_err(|e| error(format!("cannot write the wheel: {e}"), "report this bug of pipec"))?;
    Ok(Wheel {
        file_name: format!("{distribution}-{version}-{}.whl", joined(&tags)),
        distribution: metadata.name,
        version,
        tags,
        requires_python: metadata.requires_python,
        requirements: metadata.dependencies,
        entry_points,
        files: files
            .iter()
            .zip(&digests)
            .map(|((path, b), digest)| WheelFile { path: path.clone(), sha256: hex(digest), size: b.len() })
            .collect(),
        bytes,
        notes,
    })
}

/// Tags as in a file name, with dots between alternatives.
fn joined(tags: &[String]) -> String {
    let mut columns: [Vec<&str>; 3] = Default::default();
    for tag in tags {
        for (column, part) in columns.iter_mut().zip(tag.splitn(3, '-')) {
            if !column.contains(&part) {
                column.push(part);
            }
        }
    }
    columns.map(|c| c.join(".")).join("-")
}

/// Checks that the module of a step is in the wheel.
fn packed(code: &Contents, module: &str) -> Result<(), ProjectError> {
    let path = module.replace('.', "/");
    let found = code.iter().any(|(file, _)| {
        file.strip_prefix(&path).is_some_and(|rest| {
            rest == ".py"
                || rest.starts_with('/')
                || (rest.starts_with('.') && (rest.ends_with(".so") || rest.ends_with(".pyd")))
        })
    });
    if found {
        return Ok(());
    }
    Err(error(
        format!("module `{module}` is not in the wheel"),
        "change the ignore file or the settings of the build backend that exclude it; steps need it",
    ))
}

fn groups_txt(mut groups: Vec<(String, Vec<(String, String)>)>) -> String {
    groups.sort();
    let mut out = String::new();
    for (group, list) in groups {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&format!("[{group}]\n"));
        for (name, object) in list {
            out.push_str(&format!("{name} = {object}\n"));
        }
    }
    out
}

/// Adds a group to the text of `entry_points.txt`, sorted by name.
fn merge_groups(own: &str, more: &str) -> String {
    let mut sections: Vec<&str> = own.split("\n[").chain(more.split("\n[")).filter(|s| !s.trim().is_empty()).collect();
    sections.sort_by_key(|s| s.trim_start_matches('['));
    sections.iter().map(|s| format!("[{}\n", s.trim_start_matches('[').trim_end())).collect::<Vec<_>>().join("\n")
}
