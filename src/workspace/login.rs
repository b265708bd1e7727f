//! Chooses how to log in: the first type of the platform's chain with all required settings.
//!
//! Order and requirements: `credentials_provider.py` of the Apache-2.0 `databricks-sdk`. Types that need a browser, a
//! metadata service or a Google account are not supported, and neither are passwords, which the platform has retired.

use std::fmt;

use super::secret::Secret;
use super::settings::{Environ, Settings, SettingsError};

/// An authentication type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// A personal access token.
    Pat,
    /// A client id and secret, for the workspace's OAuth server.
    OAuthM2m,
    /// An OIDC token in an environment variable, exchanged for a workspace token.
    EnvOidc,
    /// The same from a file.
    FileOidc,
    /// The same from GitHub Actions.
    GithubOidc,
    /// An Entra ID service principal with a secret.
    AzureClientSecret,
    /// A login with `az`.
    AzureCli,
    /// The token of an Azure DevOps pipeline, exchanged.
    AzureDevopsOidc,
    /// A login with the Databricks CLI.
    DatabricksCli,
}

const CHAIN: &[Method] = &[
    Method::Pat,
    Method::OAuthM2m,
    Method::EnvOidc,
    Method::FileOidc,
    Method::GithubOidc,
    Method::AzureClientSecret,
    Method::AzureCli,
    Method::AzureDevopsOidc,
    Method::DatabricksCli,
];

impl Method {
    /// The value of `auth_type`.
    pub fn name(self) -> &'static str {
        match self {
            Method::Pat => "pat",
            Method::OAuthM2m => "oauth-m2m",
            Method::EnvOidc => "env-oidc",
            Method::FileOidc => "file-oidc",
            Method::GithubOidc => "github-oidc",
            Method::AzureClientSecret => "azure-client-secret",
            Method::AzureCli => "azure-cli",
            Method::AzureDevopsOidc => "azure-devops-oidc",
            Method::DatabricksCli => "databricks-cli",
        }
    }

    /// A description of what it requires.
    fn needs(self) -> &'static str {
        match self {
            Method::Pat => "`token`",
            Method::OAuthM2m => "`client_id` and `client_secret`",
            Method::EnvOidc => "DATABRICKS_OIDC_TOKEN, or the variable set by `oidc_token_env`",
            Method::FileOidc => "`oidc_token_filepath`",
            Method::GithubOidc => "`client_id`, and a GitHub workflow with `permissions: id-token: write`",
            Method::AzureClientSecret => "`azure_client_id`, `azure_client_secret` and `azure_tenant_id`",
            Method::AzureCli => "an Azure workspace and `az`",
            Method::AzureDevopsOidc => "`client_id`, and an Azure DevOps step with SYSTEM_ACCESSTOKEN",
            Method::DatabricksCli => "`databricks`",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Everything required to request tokens.
#[derive(Clone, Debug)]
pub struct Login {
    /// The authentication type.
    pub method: Method,
    pub(super) ask: Ask,
    /// The URL of a custom discovery document.
    pub(super) discovery: Option<String>,
    /// The OAuth scope.
    pub(super) scope: String,
}

/// How to get a token.
#[derive(Clone, Debug)]
pub(super) enum Ask {
    /// A fixed token.
    Fixed(Secret),
    /// From the workspace's OAuth server, with client credentials.
    Client { id: String, secret: Secret },
    /// From the workspace's OAuth server, in exchange for another token.
    Exchange { client: Option<String>, audience: Option<String>, subject: Subject },
    /// From Entra ID.
    Entra { authority: String, tenant: Option<String>, id: String, secret: Secret },
    /// From a program that prints it.
    Program { command: Vec<String>, field: &'static str },
}

/// The source of the token to exchange.
#[derive(Clone, Debug)]
pub(super) enum Subject {
    /// A fixed token.
    Fixed(Secret),
    /// A file, read each time.
    File(String),
    /// A URL to request it from, with a bearer token; the field of the response that contains it.
    Web { url: String, bearer: Secret, post: bool, field: &'static str },
}

/// The resource of all Azure workspaces.
const AZURE_RESOURCE: &str = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d";

/// Chooses how to log in.
///
/// # Errors
/// No suitable type, or one that was requested and lacks settings.
pub fn choose(settings: &Settings, around: &Environ, installed: &dyn Fn(&str) -> bool) -> Result<Login, SettingsError> {
    let wanted = settings.get("auth_type");
    if let Some(name) = wanted
        && !CHAIN.iter().any(|m| m.name() == name)
    {
        return Err(SettingsError {
            message: format!("unsupported authentication type `{name}`"),
            help: format!("use {}", CHAIN.iter().map(|m| m.name()).collect::<Vec<_>>().join(", ")),
        });
    }
    for method in CHAIN.iter().copied().filter(|m| wanted.is_none_or(|w| w == m.name())) {
        if let Some(ask) = ask(method, settings, around, installed) {
            // Half of a pair is a mistake, so do not log in as somebody else.
            let half = [("client_id", "client_secret"), ("azure_client_id", "azure_client_secret")]
                .into_iter()
                .find(|(id, secret)| settings.get(id).is_some() && settings.get(secret).is_none());
            if let (Method::DatabricksCli | Method::AzureCli, Some((id, secret)), None) = (method, half, wanted) {
                return Err(SettingsError {
                    message: format!("`{id}` is set without `{secret}`"),
                    help: format!("set both or neither; without them, pipec would log in with `{method}`"),
                });
            }
            let scope = settings.get("scopes").unwrap_or("all-apis").replace(',', " ");
            return Ok(Login { method, ask, discovery: settings.get("discovery_url").map(str::to_owned), scope });
        }
    }
    if let Some(method) = CHAIN.iter().find(|m| wanted == Some(m.name())) {
        return Err(SettingsError {
            message: format!("incomplete credentials for `{method}`"),
            help: format!("set {}", method.needs()),
        });
    }
    let half = match (settings.get("client_id"), settings.get("username")) {
        (Some(_), _) => "`client_id` is set without `client_secret`; ",
        (_, Some(_)) => "user names with passwords are no longer supported; ",
        _ => "",
    };
    Err(SettingsError {
        message: format!("no credentials for {}", settings.host()),
        help: format!(
            "{half}set DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET (or DATABRICKS_TOKEN), create a profile, or log in with `databricks auth login`"
        ),
    })
}

fn ask(method: Method, settings: &Settings, around: &Environ, installed: &dyn Fn(&str) -> bool) -> Option<Ask> {
    let text = |name: &str| settings.get(name).map(str::to_owned);
    let exchange = |subject| Ask::Exchange { client: text("client_id"), audience: text("token_audience"), subject };
    let azure = is_azure(&settings.host());
    Some(match method {
        Method::Pat => Ask::Fixed(settings.secret("token")?),
        Method::OAuthM2m => Ask::Client { id: text("client_id")?, secret: settings.secret("client_secret")? },
        Method::EnvOidc => {
            let name = settings.get("oidc_token_env").unwrap_or("DATABRICKS_OIDC_TOKEN");
            exchange(Subject::Fixed(Secret::new(around.var(name)?)))
        }
        Method::FileOidc => exchange(Subject::File(text("oidc_token_filepath")?)),
        Method::GithubOidc => {
            settings.get("client_id")?;
            exchange(Subject::Web {
                url: around.var("ACTIONS_ID_TOKEN_REQUEST_URL")?.to_owned(),
                bearer: Secret::new(around.var("ACTIONS_ID_TOKEN_REQUEST_TOKEN")?),
                post: false,
                field: "value",
            })
        }
        // This token is valid for all Azure workspaces of the principal, and must not be sent to others.
        Method::AzureClientSecret if !azure && settings.get("auth_type").is_none() => return None,
        Method::AzureClientSecret => Ask::Entra {
            authority: authority(settings, around),
            tenant: text("azure_tenant_id"),
            id: text("azure_client_id")?,
            secret: settings.secret("azure_client_secret")?,
        },
        Method::AzureCli => {
            if !azure || !installed("az") {
                return None;
            }
            let command = ["az", "account", "get-access-token", "--resource", AZURE_RESOURCE, "--output", "json"];
            Ask::Program { command: command.map(str::to_owned).to_vec(), field: "accessToken" }
        }
        Method::AzureDevopsOidc => {
            settings.get("client_id")?;
            let of = |name: &str| around.var(name);
            let url = format!(
                "{}/{}/_apis/distributedtask/hubs/{}/plans/{}/jobs/{}/oidctoken?api-version=7.2-preview.1",
                of("SYSTEM_TEAMFOUNDATIONCOLLECTIONURI")?.trim_end_matches('/'),
                of("SYSTEM_TEAMPROJECTID")?,
                of("SYSTEM_HOSTTYPE")?,
                of("SYSTEM_PLANID")?,
                of("SYSTEM_JOBID")?
            );
            exchange(Subject::Web {
                url,
                bearer: Secret::new(of("SYSTEM_ACCESSTOKEN")?),
                post: true,
                field: "oidcToken",
            })
        }
        Method::DatabricksCli => {
            let program = text("databricks_cli_path").unwrap_or_else(|| "databricks".to_owned());
            if !installed(&program) {
                return None;
            }
            let mut command = vec![program, "auth".to_owned(), "token".to_owned()];
            match &settings.profile {
                Some(profile) => command.extend(["--profile".to_owned(), profile.clone()]),
                None => command.extend(["--host".to_owned(), settings.host()]),
            }
            Ask::Program { command, field: "access_token" }
        }
    })
}

fn is_azure(host: &str) -> bool {
    [".azuredatabricks.net", ".databricks.azure.us", ".databricks.azure.cn"].iter().any(|end| host.ends_with(end))
}

/// The URL of Entra ID for the cloud of the workspace, unless the environment sets another.
fn authority(settings: &Settings, around: &Environ) -> String {
    let named = match settings.get("azure_environment").map(str::to_ascii_lowercase).as_deref() {
        Some("usgovernment") => Some("https://login.microsoftonline.us"),
        Some("china") => Some("https://login.chinacloudapi.cn"),
        Some("public") => Some("https://login.microsoftonline.com"),
        _ => None,
    };
    let host = settings.host();
    let by_host = || {
        if host.ends_with(".azure.us") {
            "https://login.microsoftonline.us"
        } else if host.ends_with(".azure.cn") {
            "https://login.chinacloudapi.cn"
        } else {
            "https://login.microsoftonline.com"
        }
    };
    let found = named.or(around.var("AZURE_AUTHORITY_HOST")).unwrap_or_else(by_host);
    found.trim_end_matches('/').to_owned()
}

/// The resource to request a token for from Entra ID.
pub(super) fn azure_resource() -> &'static str {
    AZURE_RESOURCE
}
