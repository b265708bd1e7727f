//! The files of the templates, in the binary.

/// A path in a project, and what the file holds.
type File = (&'static str, &'static str);

macro_rules! template {
    ($dir:literal, $($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("templates/", $dir, "/", $path)))),*]
    };
}

pub(super) const PYTHON: &[File] = template!(
    "python",
    "README.md",
    "pipeline.pipe",
    "pyproject.toml",
    "src/starter/__init__.py",
    "src/starter/steps.py",
    "tests/test_steps.py",
);

pub(super) const GPU_TRAINING: &[File] = template!(
    "gpu-training",
    "README.md",
    "pipec.toml",
    "pipeline.pipe",
    "pyproject.toml",
    "src/starter/__init__.py",
    "src/starter/data.py",
    "src/starter/model.py",
    "tests/test_data.py",
);

pub(super) const SQL_DBT: &[File] = template!(
    "sql-dbt",
    "README.md",
    "pipec.toml",
    "pipeline.pipe",
    "sql/count_orders.sql",
    "sql/load_orders.sql",
    "tests/test_pipeline.py",
    "transform/dbt_project.yml",
    "transform/models/orders_by_customer.sql",
    "transform/models/schema.yml",
);

pub(super) const FAN_OUT: &[File] = template!(
    "fan-out",
    "README.md",
    "pipeline.pipe",
    "pyproject.toml",
    "src/starter/__init__.py",
    "src/starter/load.py",
    "src/starter/merge.py",
    "tests/test_load.py",
);

/// What every project has. The files have other names here: tools would take them for those of this repository.
pub(super) const COMMON: &[File] = &[
    (".gitignore", include_str!("templates/common/gitignore")),
    (".github/workflows/ci.yml", include_str!("templates/common/ci.yml")),
];

/// Names that no Python module can have, and those that a project must not hide.
pub(super) const KEYWORDS: &[&str] = &[
    "and",
    "as",
    "assert",
    "async",
    "await",
    "break",
    "class",
    "continue",
    "def",
    "del",
    "elif",
    "else",
    "except",
    "false",
    "finally",
    "for",
    "from",
    "global",
    "if",
    "import",
    "in",
    "is",
    "lambda",
    "none",
    "nonlocal",
    "not",
    "or",
    "pass",
    "raise",
    "return",
    "true",
    "try",
    "while",
    "with",
    "yield",
    "test",
    "tests",
    "json",
    "csv",
    "random",
    "typing",
    "pathlib",
    "collections",
    "shutil",
    "numpy",
    "xgboost",
    "pytest",
    "raw",
    "marts",
];
