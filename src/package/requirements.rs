//! Parses requirements files.

use super::pep508::{RequirementSource, check_requirement, is_exact};

/// One line of a requirements file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequirementLine {
    /// A package from an index, with optional versions, extras and marker.
    Package(String),
    /// A package from a URL: `name @ https://...`.
    Address(String),
    /// `--index-url`.
    Index(String),
    /// `--extra-index-url`.
    ExtraIndex(String),
    /// A requirement with `--hash` values.
    Hashed(String),
    /// `-r`: another file.
    File(String),
    /// Another option of pip, by name.
    Option(String),
    /// Invalid, with the reason.
    Wrong(String),
}

/// Parses a line without its comment.
pub fn requirement(line: &str) -> RequirementLine {
    let line = line.trim();
    if let Some(option) = line.strip_prefix('-') {
        let (name, value) = line.split_once(['=', ' ', '\t']).unwrap_or((line, ""));
        let value = value.trim().to_owned();
        return match name {
            "-i" | "--index-url" | "--pypi-url" if !value.is_empty() => RequirementLine::Index(value),
            "--extra-index-url" if !value.is_empty() => RequirementLine::ExtraIndex(value),
            "-r" | "--requirement" if !value.is_empty() => RequirementLine::File(value),
            _ => match option.strip_prefix('r').filter(|_| !option.starts_with("-r")) {
                Some(file) if !file.is_empty() && !option.starts_with("require") => {
                    RequirementLine::File(file.to_owned())
                }
                _ => RequirementLine::Option(name.to_owned()),
            },
        };
    }
    if let Some((requirement, _)) = line.split_once(" --hash") {
        return match self::requirement(requirement) {
            wrong @ RequirementLine::Wrong(_) => wrong,
            _ => RequirementLine::Hashed(line.to_owned()),
        };
    }
    if line.contains("://") && !line.contains('@') || line.starts_with("git+") || line.starts_with(['.', '/']) {
        return RequirementLine::Address(line.to_owned());
    }
    match check_requirement(line) {
        Ok(RequirementSource::Address) => RequirementLine::Address(line.to_owned()),
        Ok(RequirementSource::Index) => RequirementLine::Package(line.to_owned()),
        Err(why) => RequirementLine::Wrong(why.to_string()),
    }
}

/// Whether a line always selects the same: one version of a package, or a file. `None` for an option or an invalid
/// line.
pub fn is_pinned(line: &str) -> Option<bool> {
    match requirement(line.split(" #").next().unwrap_or(line)) {
        RequirementLine::Package(text) => Some(is_exact(&text)),
        RequirementLine::Address(_) | RequirementLine::Hashed(_) => Some(true),
        _ => None,
    }
}

/// Whether a file has the name of a requirements file, so that messages may show its lines.
pub fn is_requirements_file(path: &std::path::Path) -> bool {
    let secret = path.file_name().is_some_and(|n| super::secrets::is_secret(&n.to_string_lossy()));
    let named = |name: &str| ["requirements", "constraints"].iter().any(|n| name.to_ascii_lowercase().starts_with(n));
    let kind = |e: &std::ffi::OsStr| ["txt", "in", "lock", "pip"].iter().any(|k| e.eq_ignore_ascii_case(k));
    !secret && (path.extension().is_some_and(kind) || path.file_stem().is_some_and(|s| named(&s.to_string_lossy())))
}

/// The lines of a requirements file with their numbers, from 1; without comments, with continued lines joined.
pub fn lines(text: &str) -> Vec<(usize, String)> {
    let mut out = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (i, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = if line.trim_start().starts_with('#') { "" } else { line };
        let line = line.split(" #").next().unwrap_or(line);
        let (number, mut joined) = open.take().unwrap_or((i + 1, String::new()));
        match line.strip_suffix('\\') {
            Some(part) => {
                joined.push_str(part);
                open = Some((number, joined));
            }
            None => {
                joined.push_str(line);
                if !joined.trim().is_empty() {
                    out.push((number, joined.trim().to_owned()));
                }
            }
        }
    }
    out.extend(open.filter(|(_, t)| !t.trim().is_empty()).map(|(n, t)| (n, t.trim().to_owned())));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requirements_file_is_read_as_pip_reads_it() {
        let text =
            "# what it needs\npandas >= 2 \\\n  , <3   # data\n\n-r more.txt\n--index-url https://example.org/simple\n";
        let found: Vec<(usize, RequirementLine)> =
            lines(text).into_iter().map(|(n, line)| (n, requirement(&line))).collect();
        assert_eq!(
            found,
            [
                (2, RequirementLine::Package("pandas >= 2   , <3".to_owned())),
                (5, RequirementLine::File("more.txt".to_owned())),
                (6, RequirementLine::Index("https://example.org/simple".to_owned())),
            ]
        );
        assert!(matches!(requirement("panda s==2"), RequirementLine::Wrong(_)));
        assert!(matches!(requirement("-e ."), RequirementLine::Option(o) if o == "-e"));
        assert!(matches!(requirement("x @ https://example.org/x.whl"), RequirementLine::Address(_)));
        assert!(matches!(requirement("git+https://example.org/x"), RequirementLine::Address(_)));
        assert!(matches!(requirement("x==1 --hash=sha256:00"), RequirementLine::Hashed(_)));
        assert!(matches!(requirement("x[a,b]==1.*; python_version < '3.11'"), RequirementLine::Package(_)));
    }

    #[test]
    fn what_is_pinned() {
        for (line, pinned) in [
            ("numpy==2.1.0", Some(true)),
            ("numpy ==2.1.0 ; python_version < '3.13'  # why", Some(true)),
            ("numpy==2.*", Some(false)),
            ("numpy>=2,<3", Some(false)),
            ("numpy", Some(false)),
            ("x @ https://example.org/x.whl", Some(true)),
            ("/Volumes/main/default/wheels/x.whl", Some(true)),
            ("--index-url https://example.org", None),
            ("", None),
        ] {
            assert_eq!(is_pinned(line), pinned, "{line}");
        }
    }
}
