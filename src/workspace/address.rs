//! URLs of workspaces.

/// A URL in comparable form: with a scheme, in lower case, without path.
pub(super) fn plain_host(host: &str) -> String {
    let host = host.trim();
    let (scheme, rest) = host.split_once("://").unwrap_or(("https", host));
    let rest = rest.split(['/', '?', '#']).next().unwrap_or_default();
    format!("{}://{}", scheme.to_ascii_lowercase(), rest.to_ascii_lowercase())
}

/// Checks that a URL may be used: encrypted, or on this machine. The error completes a sentence about the URL.
pub(super) fn allowed_address(address: &str) -> Result<(), &'static str> {
    let plain = plain_host(address);
    let Ok(url) = reqwest::Url::parse(&plain) else { return Err("is not a valid URL") };
    if !url.username().is_empty() || url.password().is_some() {
        return Err("contains a user name or a password");
    }
    let Some(name) = url.host_str() else { return Err("is not a valid URL") };
    let local = is_loopback(name);
    if !local && !name.contains('.') {
        return Err("is not a workspace URL");
    }
    match (url.scheme(), local) {
        ("https", _) | ("http", true) => Ok(()),
        ("http", false) => Err("is not encrypted: `http` is only allowed for this machine"),
        _ => Err("is not `https`"),
    }
}

/// Whether a host is this machine.
pub(super) fn is_loopback(name: &str) -> bool {
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}
