//! The tag by which a job is known to be ours.

use crate::package::sha256_hex;

/// The key of the tag.
pub const TAG: &str = "pipec";

/// The value: readable, and the same for the same project, target, folder and pipeline alone.
///
/// Tags of a job go on to its clusters and there to the cloud. Google takes small letters, digits, `-` and `_` alone, and
/// 63 of them at most, so that is what it is made of.
pub fn tag(project: &str, target: &str, root: &str, pipeline: &str) -> String {
    let digest = sha256_hex(format!("{project}\0{target}\0{root}\0{pipeline}").as_bytes());
    let readable: String = format!("{project}-{target}-{pipeline}")
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' })
        .take(46)
        .collect();
    format!("{readable}-{}", digest.get(..16).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::tag;

    #[test]
    fn a_tag_is_one_that_every_cloud_takes() {
        let long = tag("Ünï project", "dev", "/Workspace/Users/a@b.c/x", &"p".repeat(100));
        assert_eq!(long.len(), 63);
        assert!(long.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_'), "{long}");
    }

    #[test]
    fn another_folder_is_another_job() {
        let of = |root: &str| tag("churn", "dev", root, "train");
        assert_ne!(of("/Workspace/Users/ann@example.com/x"), of("/Workspace/Users/bob@example.com/x"));
        assert_ne!(tag("a", "b-c", "/", "d"), tag("a-b", "c", "/", "d"));
    }
}
