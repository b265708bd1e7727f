//! What only a workspace knows: compile writes a placeholder, and a deployment fills it.

use smol_str::SmolStr;

/// A value that only a workspace knows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Hole {
    /// The name of the user that deploys.
    UserName,
    /// The name of the user without domain, in lower case, with `_` for other characters.
    UserShortName,
    /// The id of the job of a pipeline.
    JobId(SmolStr),
}

impl Hole {
    /// How it is named in source, in the manifest and in `--ids`.
    pub fn source(&self) -> String {
        match self {
            Hole::UserName => "user.name".to_owned(),
            Hole::UserShortName => "user.short_name".to_owned(),
            Hole::JobId(pipeline) => format!("{pipeline}.job_id"),
        }
    }

    /// The text in compiled output that a deployment replaces.
    pub fn placeholder(&self) -> String {
        format!("<<{}>>", self.source())
    }
}

impl std::fmt::Display for Hole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.placeholder())
    }
}

/// The short name of a user: the part before `@` in lower case, with one `_` for other characters.
/// Source: what the platform's bundles insert for `${workspace.current_user.short_name}`.
pub fn short_name(user: &str) -> String {
    let name = user.split('@').next().unwrap_or(user).to_lowercase();
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    words.join("_")
}

#[cfg(test)]
mod tests {
    use super::short_name;

    #[test]
    fn short_names_are_words() {
        for (user, short) in [
            ("Ann.Lee@example.com", "ann_lee"),
            ("a--b", "a_b"),
            ("_x_@y", "x"),
            ("Job Runner (prod)", "job_runner_prod"),
        ] {
            assert_eq!(short_name(user), short);
        }
    }
}
