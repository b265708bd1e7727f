//! Libraries and serverless environments.

use super::field::{Block, Choice, Format, Group, Status, Ty, Vocabulary, field};

pub static LIBRARY: Block = Block {
    name: "Library",
    doc: "A package installed on a cluster; exactly one kind",
    fields: &[
        field("cran", Ty::Block(&RCRAN_LIBRARY), "R package fetched from a CRAN repository"),
        field("egg", Ty::Str, "Path of a Python egg; dropped since runtime 14, build a wheel instead")
            .status(Status::Deprecated),
        field("jar", Ty::Str, "Path of a JAR in the workspace, a volume or S3"),
        field("maven", Ty::Block(&MAVEN_LIBRARY), "JVM artifact resolved from a Maven repository"),
        field("pypi", Ty::Block(&PYTHON_PYPI_LIBRARY), "Python package pulled from PyPI or another index"),
        field("requirements", Ty::Str, "Path of a requirements.txt in the workspace or a volume"),
        field("whl", Ty::Str, "Path of a Python wheel in the workspace, a volume or S3"),
    ],
    groups: &[Group {
        choice: Choice::ExactlyOne,
        keys: &["pypi", "whl", "maven", "jar", "cran", "requirements", "egg"],
    }],
};

pub static RCRAN_LIBRARY: Block = Block {
    name: "RCranLibrary",
    doc: "An R package",
    fields: &[
        field("package", Ty::Str, "Package name as listed on CRAN").required(),
        field("repo", Ty::Str, "Mirror or repository URL to use instead of the default CRAN one"),
    ],
    groups: &[],
};

pub static MAVEN_LIBRARY: Block = Block {
    name: "MavenLibrary",
    doc: "A JVM package",
    fields: &[
        field("coordinates", Ty::Str, "Artifact as group:artifact:version").required(),
        field("exclusions", Ty::StrList, "Transitive artifacts to leave out, as group:artifact (wildcards work)"),
        field("repo", Ty::Str, "Repository URL; without it Maven Central and Spark Packages are tried"),
    ],
    groups: &[],
};

pub static PYTHON_PYPI_LIBRARY: Block = Block {
    name: "PythonPyPiLibrary",
    doc: "A Python package from an index",
    fields: &[
        field("package", Ty::Str, "Package name, optionally pinned like name==1.2.3").required(),
        field("repo", Ty::Str, "Index URL to use instead of pip's default"),
    ],
    groups: &[],
};

pub static ENVIRONMENT: Block = Block {
    name: "Environment",
    doc: "A serverless environment: version and packages",
    fields: &[
        field("environment_version", Ty::Str, "Serverless image version, a whole number as text such as \"4\"")
            .vocabulary(Vocabulary::EnvironmentVersions),
        field("client", Ty::Str, "Old name of environment_version")
            .vocabulary(Vocabulary::EnvironmentVersions)
            .status(Status::Deprecated),
        field("dependencies", Ty::StrList, "Python requirements, one pip requirements line per entry"),
        field("base_environment", Ty::Str, "Env file or base environment to build on; replaces environment_version"),
        field("java_dependencies", Ty::StrList, "JAR paths to load, for instance from a volume"),
        field("project_environment", Ty::Str, "Path of a pyproject.toml that defines the environment"),
    ],
    groups: &[],
};

pub static JOB_ENVIRONMENT: Block = Block {
    name: "JobEnvironment",
    doc: "A serverless environment under a key",
    fields: &[
        field("environment_key", Ty::Str, "Name tasks use to pick this environment; unique in the job")
            .required()
            .max_len(100)
            .format(Format { characters: Some("_-"), example: "py312", ..Format::ANY }),
        field("spec", Ty::Block(&ENVIRONMENT), "Packages and version of the serverless environment"),
    ],
    groups: &[],
};
