//! The way to log in: the first of the platform's chain for which everything is there.
//!
//! Order and requirements: `credentials_provider.py` of the Apache-2.0 `databricks-sdk`. What needs a browser, a metadata
//! service or a Google account is not offered; neither are user names with passwords, which the platform retired.

use std::fmt;

use super::secret::Secret;
use super::settings::{Environ, Settings, SettingsError};

/// A way to log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// A personal access token.
    Pat,
    /// A client id and its secret, for tokens of the workspace's own OAuth server.
    OAuthM2m,
    /// A token of somebody else's in an environment variable, exchanged for one of the workspace.
    EnvOidc,
    /// The same from a file.
    FileOidc,
    /// The same from GitHub Actions.
    GithubOidc,
    /// An Entra ID service principal with a secret.
    AzureClientSecret,
    /// Whoever is logged in with `az`.
    AzureCli,
    /// The token of an Azure DevOps pipeline, exchanged.
    AzureDevopsOidc,
    /// Whoever is logged in with an installed `databricks`.
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
    /// The name in `auth_type`.
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

    /// What it needs, in words.
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

/// Everything that is needed to ask for tokens.
#[derive(Clone, Debug)]
pub struct Login {
    /// The way.
    pub method: Method,
    pub(super) ask: Ask,
    /// A discovery document other than the usual one.
    pub(super) discovery: Option<String>,
    /// What is asked for.
    pub(super) scope: String,
}

/// What is asked, of whom.
#[derive(Clone, Debug)]
pub(super) enum Ask {
    /// Nobody: here it is.
    Fixed(Secret),
    /// The workspace's OAuth server, as a client.
    Client { id: String, secret: Secret },
    /// The workspace's OAuth server, in exchange for another token.
    Exchange { client: Option<String>, audience: Option<String>, subject: Subject },
    /// Entra ID.
    Entra { authority: String, tenant: Option<String>, id: String, secret: Secret },
    /// A program that prints a token.
    Program { command: Vec<String>, field: &'static str },
}

/// Where the other token comes from.
#[derive(Clone, Debug)]
pub(super) enum Subject {
    /// Here it is.
    Fixed(Secret),
    /// A file, read each time.
    File(String),
    /// An address to ask, with its own token; the answer's field with the token.
    Web { url: String, bearer: Secret, post: bool, field: &'static str },
}

/// The resource of every Azure workspace.
const AZURE_RESOURCE: &str = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d";

/// Chooses the way to log in.
///
/// # Errors
/// Nothing that fits, or a way that is asked for and has not all that it needs.
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
            // Whoever gives half of a pair did not mean to be somebody else.
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
        // Its token opens every Azure workspace of that principal, and is not for others.
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

/// Entra ID's address: that of the cloud of the workspace, unless the environment says another.
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

/// What Entra ID is asked for.
pub(super) fn azure_resource() -> &'static str {
    AZURE_RESOURCE
}
