//! The tag that identifies the jobs of pipec.

use crate::package::sha256_hex;

/// The key of the tag.
pub const TAG: &str = "pipec";

/// The value: readable, and unique for project, target, folder and pipeline.
///
/// Tags of a job are copied to its clusters, and from there to the cloud. Google Cloud allows only lower-case
/// letters, digits, `-` and `_`, and at most 63 of them.
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

/// Length of a nonce in a tag.
const NONCE: usize = 8;

/// The value for one creation: the tag and a nonce. With the nonce, the creation recognizes its job even if it was
/// requested more than once. A copy of an older job has another nonce, or none.
pub fn created(tag: &str, nonce: &str) -> String {
    let (readable, digest) = tag.rsplit_once('-').unwrap_or(("", tag));
    let nonce = nonce.get(..NONCE).unwrap_or(nonce);
    let room = 63usize.saturating_sub(digest.len() + nonce.len() + 2);
    format!("{}-{digest}-{nonce}", readable.get(..room).unwrap_or(readable))
}

/// Whether a value is `tag`, with or without a nonce.
pub fn is_tagged(value: &str, tag: &str) -> bool {
    value == tag || nonce_of(value, tag).is_some()
}

/// The nonce in a value, if it is `tag` with one.
pub fn nonce_of<'v>(value: &'v str, tag: &str) -> Option<&'v str> {
    let (_, nonce) = value.rsplit_once('-')?;
    (nonce.len() == NONCE && created(tag, nonce) == value).then_some(nonce)
}

#[cfg(test)]
mod tests {
    use super::{created, is_tagged, nonce_of, tag};

    #[test]
    fn a_nonce_is_found_again_and_belongs_to_one_tag() {
        for pipeline in ["train", &"p".repeat(100)] {
            let (own, other) = (tag("churn", "dev", "/", pipeline), tag("churn", "prod", "/", pipeline));
            let value = created(&own, "0123456789abcdef");
            assert!(value.len() <= 63 && is_tagged(&value, &own) && is_tagged(&own, &own), "{value}");
            assert_eq!((nonce_of(&value, &own), nonce_of(&own, &own)), (Some("01234567"), None));
            assert!(!is_tagged(&value, &other) && nonce_of(&value, &other).is_none());
        }
    }

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
