//! What is checked out in a Git repository.

use std::path::Path;

/// What is checked out in a Git repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilesHead {
    /// `None` if no branch is checked out.
    pub branch: Option<String>,
    /// The hash of the commit in hexadecimal; `None` before the first one.
    pub commit: Option<String>,
    /// The URL of the remote `origin`, without user and password.
    pub origin: Option<String>,
}

/// Reads the repository of a directory, without running Git.
///
/// # Errors
/// The reason why the repository cannot be read, as text.
pub(super) fn read(dir: &Path) -> Result<FilesHead, String> {
    if !dir.ancestors().any(|a| a.join(".git").exists()) {
        return Err("the project is not in a Git repository".to_owned());
    }
    let unreadable = |e: &dyn std::fmt::Display| format!("the Git repository cannot be read: {e}");
    let repository = gix::discover(dir).map_err(|e| unreadable(&e))?;
    let branch = repository.head_name().map_err(|e| unreadable(&e))?.map(|name| name.shorten().to_string());
    let commit = repository.head_id().ok().map(|id| id.to_string());
    let origin = repository.find_remote("origin").ok();
    let url = origin.as_ref().and_then(|remote| remote.url(gix::remote::Direction::Fetch)).cloned();
    let origin = url.map(|mut url| {
        // Credentials in the URL must not get into compiled output.
        let is_web = matches!(url.scheme, gix::url::Scheme::Http | gix::url::Scheme::Https);
        url.set_password(None);
        if is_web {
            url.set_user(None);
        }
        url.to_bstring().to_string()
    });
    Ok(FilesHead { branch, commit, origin })
}
