//! Environment variables of steps: what programs need to run, and what the user passes.
//!
//! Everything else is withheld. A step is code of the project and its dependencies, and the environment of a
//! developer or of CI contains tokens that it must not see.

use super::error::LocalError;
use std::ffi::{OsStr, OsString};

/// Variables that are passed, by name.
const NAMES: &[&str] = &[
    // User and system.
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "PWD",
    "LANG",
    "LANGUAGE",
    "TZ",
    "TERM",
    "TMPDIR",
    "TMP",
    "TEMP",
    // Windows.
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "WINDIR",
    "COMSPEC",
    "PATHEXT",
    "USERPROFILE",
    "USERNAME",
    "APPDATA",
    "LOCALAPPDATA",
    "PROGRAMDATA",
    "PROGRAMFILES",
    "PROGRAMFILES(X86)",
    "PROGRAMW6432",
    "ALLUSERSPROFILE",
    "HOMEDRIVE",
    "HOMEPATH",
    "COMPUTERNAME",
    "PROCESSOR_ARCHITECTURE",
    "NUMBER_OF_PROCESSORS",
    // Shared libraries.
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "DYLD_FALLBACK_LIBRARY_PATH",
    // Network.
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    // Java and Spark.
    "JAVA_HOME",
    "SPARK_HOME",
    "HADOOP_HOME",
    "HADOOP_CONF_DIR",
    "SPARK_CONF_DIR",
    "PYSPARK_PYTHON",
    // Python, time zones, models and GPUs.
    "PYTHONUTF8",
    "TZDIR",
    "HF_HOME",
    "HIP_VISIBLE_DEVICES",
    "ROCR_VISIBLE_DEVICES",
];
/// Variables that are passed, by prefix.
const PREFIXES: &[&str] =
    &["LC_", "XDG_", "CUDA_", "NVIDIA_", "NCCL_", "OMP_", "MKL_", "OPENBLAS_", "NUMEXPR_", "PIPEC_SECRET_"];

/// A variable of the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PassedVariable {
    /// `NAME`: the value of pipec's environment.
    Pass(String),
    /// `NAME=VALUE`.
    Set(String, String),
}

impl PassedVariable {
    /// Parses `NAME` or `NAME=VALUE`.
    ///
    /// # Errors
    /// Text without a name, as a message.
    pub fn parse(text: &str) -> Result<PassedVariable, LocalError> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        if name.is_empty() || name.contains(char::is_whitespace) || text.contains('\0') {
            return Err(format!("`--env {text}` is not NAME or NAME=VALUE").into());
        }
        Ok(match value {
            Some(value) => PassedVariable::Set(name.to_owned(), value.to_owned()),
            None => PassedVariable::Pass(name.to_owned()),
        })
    }
}

/// The variables of `all` for steps, and those of the command line.
pub fn for_steps(
    all: impl IntoIterator<Item = (OsString, OsString)>,
    asked: &[PassedVariable],
) -> Vec<(OsString, OsString)> {
    // Windows ignores the case of names.
    let folded = |name: &str| if cfg!(windows) { name.to_ascii_uppercase() } else { name.to_owned() };
    let wanted = |name: &OsStr| {
        let name = folded(&name.to_string_lossy());
        NAMES.contains(&name.as_str())
            || PREFIXES.iter().any(|p| name.starts_with(p))
            || asked.iter().any(|a| matches!(a, PassedVariable::Pass(n) if folded(n) == name))
    };
    let mut out: Vec<(OsString, OsString)> = all.into_iter().filter(|(name, _)| wanted(name)).collect();
    for a in asked {
        if let PassedVariable::Set(name, value) = a {
            out.push((name.into(), value.into()));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_pass_only_when_asked_for() {
        let all = [
            "PATH",
            "DATABRICKS_TOKEN",
            "AWS_SECRET_ACCESS_KEY",
            "GITHUB_TOKEN",
            "LC_ALL",
            "PIPEC_SECRET_A_B",
            "ARM_CLIENT_SECRET",
        ];
        let all: Vec<(OsString, OsString)> = all.iter().map(|n| ((*n).into(), "x".into())).collect();
        let names = |asked: &[PassedVariable]| -> Vec<String> {
            for_steps(all.clone(), asked).into_iter().map(|(n, _)| n.into_string().unwrap()).collect()
        };
        assert_eq!(names(&[]), ["PATH", "LC_ALL", "PIPEC_SECRET_A_B"]);
        let asked = [PassedVariable::parse("DATABRICKS_TOKEN"), PassedVariable::parse("MORE=a=b")].map(Result::unwrap);
        assert_eq!(names(&asked), ["PATH", "DATABRICKS_TOKEN", "LC_ALL", "PIPEC_SECRET_A_B", "MORE"]);
        assert_eq!(asked[1], PassedVariable::Set("MORE".to_owned(), "a=b".to_owned()));
        assert!(PassedVariable::parse("=x").is_err() && PassedVariable::parse("").is_err());
    }
}
