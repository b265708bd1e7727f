//! Recognizes files and texts with credentials, by names and content.

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;

/// Common names of files and folders with credentials.
const NAMES: &[&str] = &[
    ".aws",
    ".azure",
    ".bash_history",
    ".boto",
    ".cargo-credentials",
    ".databricks",
    ".databrickscfg",
    ".docker",
    ".dockercfg",
    ".dockerconfigjson",
    ".envrc",
    ".git-credentials",
    ".gnupg",
    ".htpasswd",
    ".kube",
    ".my.cnf",
    ".mylogin.cnf",
    ".netrc",
    ".npmrc",
    ".passwd-s3fs",
    ".pgpass",
    ".pypirc",
    ".python_history",
    ".s3cfg",
    ".secret",
    ".secrets",
    ".ssh",
    ".terraformrc",
    ".vault-password",
    ".vault-token",
    ".vault_pass",
    ".vault_password",
    ".zsh_history",
    "_netrc",
    "application_default_credentials.json",
    "credentials",
    "credentials.json",
    "credentials.toml",
    "credentials.tfrc.json",
    "id_dsa",
    "id_ecdsa",
    "id_ecdsa_sk",
    "id_ed25519",
    "id_ed25519_sk",
    "id_rsa",
    "kaggle.json",
    "kubeconfig",
    "secrets.json",
    "secrets.toml",
    "secrets.yaml",
    "secrets.yml",
    "service-account.json",
    "service_account.json",
    "serviceaccount.json",
    "terraform.rc",
    "vault_pass.txt",
];
/// Prefixes and suffixes of such names.
const STARTS: &[&str] = &["client_secret", "service-account-", "service_account_"];
const ENDS: &[&str] = &[
    ".agekey",
    ".env",
    ".jks",
    ".kdbx",
    ".key",
    ".keystore",
    ".keytab",
    ".ovpn",
    ".p12",
    ".p8",
    ".pem",
    ".pfx",
    ".ppk",
    ".tfstate",
    ".tfvars",
    ".tfvars.json",
];
/// Suffixes of copies: `id_rsa.bak` is as secret as `id_rsa`.
const COPIES: &[&str] = &["~", ".backup", ".bak", ".copy", ".old", ".orig", ".save", ".swp"];
/// Suffixes of examples of `.env` files.
const EXAMPLES: &[&str] = &[".dist", ".example", ".sample", ".template"];

/// Whether a name is that of a file with credentials.
pub(crate) fn is_secret(name: &str) -> bool {
    let mut name = name.to_ascii_lowercase();
    while let Some(original) = COPIES.iter().find_map(|c| name.strip_suffix(c)).filter(|n| !n.is_empty()) {
        name = original.to_owned();
    }
    let ends = |list: &[&str]| list.iter().any(|e| name.ends_with(e));
    let environment = name.starts_with(".env.") && !ends(EXAMPLES);
    let json = name.ends_with(".json") && STARTS.iter().any(|s| name.starts_with(s));
    environment || json || NAMES.contains(&name.as_str()) || ends(ENDS)
}

/// The prefix of a token, the characters that follow, and a description.
struct SecretPattern {
    start: &'static str,
    /// The minimum number of characters that follow.
    least: usize,
    alphabet: fn(u8) -> bool,
    what: &'static str,
}

const RULES: &[SecretPattern] = &[
    SecretPattern { start: "-----BEGIN PRIVATE KEY-----", least: 0, alphabet: word, what: "a private key" },
    SecretPattern { start: "-----BEGIN ENCRYPTED PRIVATE KEY-----", least: 0, alphabet: word, what: "a private key" },
    SecretPattern { start: "-----BEGIN RSA PRIVATE KEY-----", least: 0, alphabet: word, what: "a private key" },
    SecretPattern { start: "-----BEGIN EC PRIVATE KEY-----", least: 0, alphabet: word, what: "a private key" },
    SecretPattern { start: "-----BEGIN OPENSSH PRIVATE KEY-----", least: 0, alphabet: word, what: "a private key" },
    SecretPattern { start: "-----BEGIN PGP PRIVATE KEY BLOCK-----", least: 0, alphabet: word, what: "a private key" },
    SecretPattern { start: "dapi", least: 32, alphabet: hex, what: "a Databricks token" },
    SecretPattern { start: "dose", least: 32, alphabet: hex, what: "a Databricks OAuth secret" },
    SecretPattern { start: "AKIA", least: 16, alphabet: upper, what: "an AWS access key" },
    SecretPattern { start: "ASIA", least: 16, alphabet: upper, what: "an AWS access key" },
    SecretPattern { start: "AIza", least: 35, alphabet: word, what: "a Google API key" },
    SecretPattern { start: "AccountKey=", least: 80, alphabet: base64, what: "an Azure storage key" },
    SecretPattern { start: "ghp_", least: 36, alphabet: word, what: "a GitHub token" },
    SecretPattern { start: "gho_", least: 36, alphabet: word, what: "a GitHub token" },
    SecretPattern { start: "ghs_", least: 36, alphabet: word, what: "a GitHub token" },
    SecretPattern { start: "github_pat_", least: 60, alphabet: word, what: "a GitHub token" },
    SecretPattern { start: "glpat-", least: 20, alphabet: word, what: "a GitLab token" },
    SecretPattern { start: "xoxb-", least: 20, alphabet: word, what: "a Slack token" },
    SecretPattern { start: "xoxp-", least: 20, alphabet: word, what: "a Slack token" },
    SecretPattern { start: "sk_live_", least: 24, alphabet: word, what: "a Stripe key" },
    SecretPattern { start: "hf_", least: 34, alphabet: letter, what: "a Hugging Face token" },
    SecretPattern { start: "npm_", least: 36, alphabet: word, what: "an npm token" },
    SecretPattern { start: "pypi-AgEIcHlwaS5vcmc", least: 50, alphabet: word, what: "a PyPI token" },
];

fn hex(b: u8) -> bool {
    b.is_ascii_digit() || matches!(b, b'a'..=b'f')
}
fn upper(b: u8) -> bool {
    b.is_ascii_digit() || b.is_ascii_uppercase()
}
fn letter(b: u8) -> bool {
    b.is_ascii_alphabetic()
}
fn word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')
}
fn base64(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=')
}

/// Text that marks a line as harmless: placeholders of documentation, and a comment.
const ALLOWED: &[&str] = &["EXAMPLE", "example", "not a secret", "xxxxxxxx", "XXXXXXXX", "00000000", "<", "..."];

/// How far around a match its line is searched for such text, in bytes.
const AROUND: usize = 200;

/// The first text in a file that looks like a credential: its description and line, from 1.
pub(super) fn secret_in(bytes: &[u8]) -> Option<(&'static str, usize)> {
    static STARTS: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    // A constant list of strings is a valid automaton.
    let starts = STARTS.get_or_init(|| AhoCorasick::new(RULES.iter().map(|r| r.start)).ok()).as_ref()?;
    for found in starts.find_iter(bytes) {
        let Some(rule) = RULES.get(found.pattern().as_usize()) else { continue };
        let inside = bytes.get(..found.start()).and_then(<[u8]>::last).is_some_and(|b| word(*b));
        let rest = bytes.get(found.end()..).unwrap_or_default();
        if inside && rule.least > 0
            || !rest.iter().take(rule.least).all(|b| (rule.alphabet)(*b))
            || rest.len() < rule.least
        {
            continue;
        }
        let before = bytes.get(..found.start()).unwrap_or_default();
        // The line, or the part of a long line around the match.
        let from = found.start().saturating_sub(AROUND);
        let near = bytes.get(from..found.start()).unwrap_or_default();
        let start = near.iter().rposition(|b| *b == b'\n').map_or(from, |i| from + i + 1);
        let near = rest.get(..AROUND.min(rest.len())).unwrap_or_default();
        let end = found.end() + near.iter().position(|b| *b == b'\n').unwrap_or(near.len());
        let line = String::from_utf8_lossy(bytes.get(start..end).unwrap_or_default());
        if !ALLOWED.iter().any(|a| line.contains(a)) {
            return Some((rule.what, before.iter().filter(|b| **b == b'\n').count() + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each of them looks like a token, and the line marks it as harmless; a line of a megabyte must not take longer
    /// than many lines.
    #[test]
    fn a_long_line_is_read_once() {
        let one = format!("dapi{}< ", "0123456789abcdef".repeat(2));
        assert_eq!(secret_in(one.repeat(30_000).as_bytes()), None);
    }

    #[test]
    fn files_with_credentials_are_told_by_their_names() {
        for name in [
            ".env",
            ".env.prod",
            "prod.env",
            ".envrc",
            "a.tfvars",
            "a.auto.tfvars.json",
            "terraform.tfstate",
            "terraform.tfstate.backup",
            "service-account.json",
            "service-account-prod.json",
            "kubeconfig",
            "kaggle.json",
            "application_default_credentials.json",
            ".dockerconfigjson",
            "secrets.toml",
            "AuthKey_1.p8",
            ".s3cfg",
            ".boto",
            ".vault_pass",
            "id_rsa.bak",
            "id_rsa.old~",
            "server.key.orig",
            "KEY.PEM",
            "client_secret_1.json",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in
            [".env.example", "environment.py", "secrets.py", "key.py", "config.json", "tokens.csv", "monkey", "env"]
        {
            assert!(!is_secret(name), "{name}");
        }
    }

    #[test]
    fn contents_that_look_like_keys_are_found() {
        let token = format!("x = 1\nTOKEN = \"dapi{}\"\n", "0123456789abcdef".repeat(2));
        assert_eq!(secret_in(token.as_bytes()), Some(("a Databricks token", 2)));
        assert_eq!(secret_in(b"-----BEGIN RSA PRIVATE KEY-----\nMII"), Some(("a private key", 1)));
        assert_eq!(secret_in(b"key = 'AKIAZZZZZZZZZZZZZZZZ'"), Some(("an AWS access key", 1)));
        for fine in ["AKIAIOSFODNN7EXAMPLE", "dapi is a prefix", "ghp_<your token>", "sadapi0123"] {
            assert_eq!(secret_in(fine.as_bytes()), None, "{fine}");
        }
        let remark = token.replace("\"\n", "\"  # not a secret\n");
        assert_eq!(secret_in(remark.as_bytes()), None);
    }
}
