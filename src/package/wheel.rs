//! The wheel: same files in, same bytes out, on every machine.

use std::io::{self, Cursor, Write};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::entry::{EntryPoint, GROUP, module, module_name};
use super::metadata::{Metadata, MetadataError, normalize_name};
use super::modules::Modules;
use crate::source::{DiskFiles, Files};

/// A built wheel.
#[derive(Debug, Clone)]
pub struct Wheel {
    /// The name of the project as written.
    pub distribution: String,
    /// The version with its content hash: `1.4.0+p3f9c2a1b`.
    pub version: String,
    /// `churn-1.4.0+p3f9c2a1b-py3-none-any.whl`.
    pub file_name: String,
    /// What `requires-python` says.
    pub requires_python: Option<String>,
    /// The requirements of the project.
    pub requirements: Vec<String>,
    /// The steps that start in it.
    pub entry_points: Vec<EntryPoint>,
    /// Every file in it.
    pub files: Vec<WheelFile>,
    /// The zip file.
    pub bytes: Vec<u8>,
}

/// A file of a wheel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WheelFile {
    /// Its path in the wheel.
    pub path: String,
    /// SHA-256 in hex.
    pub sha256: String,
    /// Bytes.
    pub size: usize,
}

/// SHA-256 of some bytes, in hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

fn failed(what: impl std::fmt::Display) -> MetadataError {
    MetadataError {
        message: format!("the wheel cannot be built: {what}"),
        help: "check the files of the project".to_owned(),
    }
}

/// Builds the wheel of the project in `dir`, with the steps that start in it.
///
/// # Errors
/// Metadata that cannot be read, files that cannot be read, or no module at all.
pub fn build(dir: &Path, entry_points: Vec<EntryPoint>) -> Result<Wheel, MetadataError> {
    let metadata = Metadata::read(&DiskFiles, dir)?;
    let modules = Modules::find(&DiskFiles, dir, &metadata.name);
    let root = modules.root();
    if root.tops.is_empty() {
        return Err(MetadataError {
            message: format!("project `{}` has no Python package or module", metadata.name),
            help: "put the code into `src/<package>/`, or into `<package>/` beside `pyproject.toml`".to_owned(),
        });
    }
    let distribution = normalize_name(&metadata.name);
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for top in &root.tops {
        collect(&root.dir, top, &mut files).map_err(failed)?;
    }
    let steps = if entry_points.is_empty() { None } else { Some(module(&entry_points)) };
    if let Some((source, _)) = &steps {
        files.push((format!("{}.py", module_name(&distribution)), source.clone().into_bytes()));
    }
    files.sort();
    for entry in &entry_points {
        let path = entry.module.replace('.', "/");
        let packed = |p: &str| files.iter().any(|(f, _)| f == p);
        let namespace = files.iter().any(|(f, _)| f.starts_with(&format!("{path}/")));
        if !packed(&format!("{path}.py")) && !packed(&format!("{path}/__init__.py")) && !namespace {
            return Err(MetadataError {
                message: format!("the module `{}` would be missing from the wheel", entry.module),
                help: "an ignore file leaves it out; steps need it, so change the ignore file".to_owned(),
            });
        }
    }
    let licenses = licenses(dir).map_err(failed)?;
    let scripts = entry_points_txt(&metadata, &distribution, &entry_points, steps.as_ref().map(|(_, f)| f.as_slice()));

    // The version tells the content: everything that goes in, but for the version itself.
    let mut hash = Sha256::new();
    let mut feed = |path: &str, bytes: &[u8]| {
        hash.update((path.len() as u64).to_le_bytes());
        hash.update(path);
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    files.iter().chain(&licenses).for_each(|(path, bytes)| feed(path, bytes));
    feed("entry_points.txt", scripts.as_bytes());
    feed("METADATA", metadata_txt(&metadata, &metadata.version, &licenses).as_bytes());
    let digest: String = hash.finalize().iter().take(4).map(|b| format!("{b:02x}")).collect();
    let version = format!("{}+p{digest}", metadata.version);

    let info = format!("{distribution}-{version}.dist-info");
    for (path, bytes) in &licenses {
        files.push((format!("{info}/licenses/{path}"), bytes.clone()));
    }
    files.push((format!("{info}/METADATA"), metadata_txt(&metadata, &version, &licenses).into_bytes()));
    let generator = env!("CARGO_PKG_VERSION");
    files.push((
        format!("{info}/WHEEL"),
        format!("Wheel-Version: 1.0\nGenerator: pipec {generator}\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            .into_bytes(),
    ));
    if !scripts.is_empty() {
        files.push((format!("{info}/entry_points.txt"), scripts.into_bytes()));
    }
    let record = record(&files, &info);
    files.push((format!("{info}/RECORD"), record.into_bytes()));
    let bytes = zip(&files).map_err(failed)?;
    Ok(Wheel {
        file_name: format!("{distribution}-{version}-py3-none-any.whl"),
        distribution: metadata.name,
        version,
        requires_python: metadata.requires_python,
        requirements: metadata.dependencies,
        entry_points,
        files: files
            .iter()
            .map(|(path, b)| WheelFile { path: path.clone(), sha256: sha256_hex(b), size: b.len() })
            .collect(),
        bytes,
    })
}

/// Whether a file never belongs in a wheel, whatever `.gitignore` says: caches, secrets, editors' leavings.
fn excluded(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower == "__pycache__"
        || lower == "node_modules"
        || lower.starts_with(".env")
        || lower.starts_with("id_rsa")
        || [".pyc", ".pyo", ".pem", ".key", ".p12", ".pfx", ".swp", "~", ".egg-info", ".dist-info"]
            .iter()
            .any(|s| lower.ends_with(s))
}

fn collect(root: &Path, top: &Path, out: &mut Vec<(String, Vec<u8>)>) -> io::Result<()> {
    let walk = ignore::WalkBuilder::new(top)
        // What git leaves out stays out, by the rules of the repository itself; nothing above it and no other tool's rules.
        .standard_filters(false)
        .hidden(true)
        .git_ignore(true)
        .parents(true)
        .require_git(true)
        .follow_links(false)
        .filter_entry(|e| !excluded(&e.file_name().to_string_lossy()) && !e.path().join("pyvenv.cfg").exists())
        .build();
    for entry in walk {
        let entry = entry.map_err(io::Error::other)?;
        // A link is neither file nor directory here: what it points at may lie outside the project.
        if !entry.file_type().is_some_and(|t| t.is_file()) {
            continue;
        }
        let path = entry.path();
        let relative = path.strip_prefix(root).map_err(io::Error::other)?;
        let parts: Option<Vec<&str>> = relative.iter().map(|p| p.to_str()).collect();
        let Some(parts) = parts else {
            return Err(io::Error::other(format!("`{}` has a name that is no UTF-8", path.display())));
        };
        out.push((parts.join("/"), plain_lines(std::fs::read(path)?)));
    }
    Ok(())
}

/// Text has `\n` line ends: a checkout with other settings gives the same bytes.
pub fn plain_lines(bytes: Vec<u8>) -> Vec<u8> {
    if !bytes.windows(2).any(|w| w == b"\r\n") || bytes.contains(&0) {
        return bytes;
    }
    match String::from_utf8(bytes) {
        Ok(text) => text.replace("\r\n", "\n").into_bytes(),
        Err(e) => e.into_bytes(),
    }
}

fn licenses(dir: &Path) -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut out: Vec<(String, Vec<u8>)> = Vec::new();
    let mut paths: Vec<PathBuf> = DiskFiles.list(dir)?;
    paths.retain(|p| p.symlink_metadata().is_ok_and(|m| m.is_file()));
    for path in paths {
        let Some(name) = path.file_name().and_then(|n| n.to_str()) else { continue };
        let upper = name.to_ascii_uppercase();
        if ["LICENSE", "LICENCE", "COPYING", "NOTICE", "AUTHORS"].iter().any(|p| upper.starts_with(p)) {
            out.push((name.to_owned(), plain_lines(std::fs::read(&path)?)));
        }
    }
    Ok(out)
}

fn metadata_txt(m: &Metadata, version: &str, licenses: &[(String, Vec<u8>)]) -> String {
    let mut out = format!("Metadata-Version: 2.4\nName: {}\nVersion: {version}\n", m.name);
    let mut line = |key: &str, value: &str| out.push_str(&format!("{key}: {value}\n"));
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
        // Header lines after the first are set in.
        line("License", &text.trim().replace("\r\n", "\n").replace('\n', "\n        "));
    }
    for (path, _) in licenses {
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
            // A URL ends at the blank before the semicolon.
            let with_marker = match requirement.split_once(';') {
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

fn entry_points_txt(m: &Metadata, distribution: &str, entries: &[EntryPoint], functions: Option<&[String]>) -> String {
    let mut out = String::new();
    let mut groups: Vec<(&str, Vec<(String, String)>)> =
        m.scripts.iter().map(|g| (g.group.as_str(), g.entries.clone())).collect();
    if let Some(functions) = functions {
        let module = module_name(distribution);
        let list = entries.iter().zip(functions).map(|(e, f)| (e.name.clone(), format!("{module}:{f}"))).collect();
        groups.push((GROUP, list));
    }
    groups.sort();
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

fn record(files: &[(String, Vec<u8>)], info: &str) -> String {
    let quote = |path: &str| {
        if path.contains([',', '"']) { format!("\"{}\"", path.replace('"', "\"\"")) } else { path.to_owned() }
    };
    let mut out = String::new();
    for (path, bytes) in files {
        out.push_str(&format!(
            "{},sha256={},{}\n",
            quote(path),
            URL_SAFE_NO_PAD.encode(Sha256::digest(bytes)),
            bytes.len()
        ));
    }
    out.push_str(&format!("{}/RECORD,,\n", quote(info)));
    out
}

fn zip(files: &[(String, Vec<u8>)]) -> zip::result::ZipResult<Vec<u8>> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o644);
    for (path, bytes) in files {
        writer.start_file(path.as_str(), options)?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}
