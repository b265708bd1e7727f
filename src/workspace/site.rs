//! Which hosts may receive credentials: a workspace names its token server, and a malicious host must not name its
//! own.

use reqwest::Url;

/// Domains of Databricks. Source: the platform's public documentation of workspace URLs.
const DOMAINS: &[&str] = &[
    "azuredatabricks.net",
    "cloud.databricks.us",
    "cloud.databricks.mil",
    "databricks.azure.us",
    "databricks.azure.cn",
    "databricks.com",
];

/// Login servers of clouds.
const LOGIN: &[&str] = &[
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.partner.microsoftonline.cn",
    "login.chinacloudapi.cn",
];

/// Whether credentials for `owner` may be sent to `endpoint`: the same host, one of Databricks, or the login server
/// of a cloud.
pub(super) fn is_trusted(endpoint: &str, owner: &str) -> bool {
    let host = |address: &str| Url::parse(address).ok().and_then(|u| u.host_str().map(str::to_ascii_lowercase));
    let (Some(endpoint), Some(owner)) = (host(endpoint), host(owner)) else { return false };
    let is_databricks =
        |name: &str| DOMAINS.iter().any(|d| name.strip_suffix(d).is_some_and(|before| before.ends_with('.')));
    endpoint == owner || LOGIN.contains(&endpoint.as_str()) || is_databricks(&endpoint)
}

#[cfg(test)]
mod tests {
    use super::is_trusted;

    #[test]
    fn credentials_go_to_the_own_host_and_to_the_clouds() {
        let own = "https://adb-1.1.azuredatabricks.net";
        for endpoint in [
            "https://adb-1.1.azuredatabricks.net/oidc/v1/token",
            "https://accounts.azuredatabricks.net/oidc/accounts/x/v1/token",
            "https://accounts.cloud.databricks.com/oidc/v1/token",
            "https://login.microsoftonline.com/t/oauth2/token",
        ] {
            assert!(is_trusted(endpoint, own), "{endpoint}");
        }
        for endpoint in [
            "https://evil.example/token",
            "https://azuredatabricks.net.evil.example/token",
            "https://evilazuredatabricks.net/token",
            "https://login.microsoftonline.com.evil.example/",
            "nonsense",
        ] {
            assert!(!is_trusted(endpoint, own), "{endpoint}");
        }
        assert!(is_trusted("http://127.0.0.1:9/token", "http://127.0.0.1:8"));
        assert!(is_trusted("https://dbx.example.org/oidc", "https://dbx.example.org"));
    }
}
