//! The library API: loads, checks and builds projects. It takes and returns values; it prints and writes nothing.

mod build;

pub use build::{Backends, BuildError, BuildEvent, BuildOptions, Built};

use std::path::PathBuf;

use crate::check::{Checked, Options, OptionsError, check};
use crate::diag::Diagnostic;
use crate::model::{Program, Valid};
use crate::project::{LoadError, Loaded, Project, load};
use crate::source::{Files, SourceMap};

/// Projects that were loaded and checked.
///
/// ```
/// use pipec::{BuildOptions, MemoryFiles, Options, Session};
///
/// let mut files = MemoryFiles::new();
/// files.insert("main.pipe", "pipeline hello {\n  step greet {\n    notebook \"/Shared/hello\"\n  }\n}\n");
/// let session = Session::open(&["main.pipe".into()], &files, &Options::default())?;
/// assert!(!session.has_errors());
/// for built in session.build(&BuildOptions::default(), &|_| ())? {
///     assert_eq!(built.bundle.jobs[0].body["name"], "hello");
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Session<'f> {
    files: &'f dyn Files,
    loaded: Loaded,
    checked: Checked,
}

/// Why nothing could be checked.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// A path cannot be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The options do not fit any project.
    #[error(transparent)]
    Options(#[from] OptionsError),
}

impl<'f> Session<'f> {
    /// Loads the projects of the paths (files, or directories with a root file), and checks them.
    ///
    /// # Errors
    /// A path that cannot be read, or an unknown target or var in the options. Errors of programs are
    /// [diagnostics](Session::diagnostics).
    pub fn open(paths: &[PathBuf], files: &'f dyn Files, options: &Options) -> Result<Session<'f>, SessionError> {
        let mut session = Session::load(paths, files)?;
        session.check(options)?;
        Ok(session)
    }

    /// Loads the projects of the paths, without checking them.
    ///
    /// # Errors
    /// A path that cannot be read.
    pub fn load(paths: &[PathBuf], files: &'f dyn Files) -> Result<Session<'f>, SessionError> {
        Ok(Session { files, loaded: load(paths, files)?, checked: Checked::default() })
    }

    /// Checks what was loaded, and replaces the result of an earlier check.
    ///
    /// # Errors
    /// An unknown target or var in the options.
    pub fn check(&mut self, options: &Options) -> Result<(), SessionError> {
        self.checked = check(&self.loaded, self.files, options)?;
        Ok(())
    }

    /// All diagnostics, sorted and without duplicates.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.checked.diagnostics
    }

    /// Whether there is an error, so that nothing can be built.
    pub fn has_errors(&self) -> bool {
        self.checked.has_errors()
    }

    /// The files that were read.
    pub fn sources(&self) -> &SourceMap {
        &self.loaded.sources
    }

    pub fn projects(&self) -> &[Project] {
        &self.loaded.projects
    }

    /// Each project with its program; without errors, there is one for each.
    pub fn programs(&self) -> impl Iterator<Item = (&Project, &Valid<Program>)> {
        let pairs = self.loaded.projects.iter().zip(&self.checked.programs);
        pairs.filter_map(|(project, program)| Some((project, program.as_ref()?)))
    }

    /// Builds every program: wheels, and payloads of jobs.
    ///
    /// # Errors
    /// A package that cannot be built, or a local file that cannot be read.
    pub fn build(
        &self,
        options: &BuildOptions<'_>,
        tell: &dyn Fn(BuildEvent<'_>),
    ) -> Result<Vec<Built<'_>>, BuildError> {
        self.programs().map(|(project, program)| self.build_one(project, program, options, tell)).collect()
    }

    /// Builds one program of [`Session::programs`].
    ///
    /// # Errors
    /// Like [`Session::build`].
    pub fn build_one<'s>(
        &'s self,
        project: &'s Project,
        program: &'s Valid<Program>,
        options: &BuildOptions<'_>,
        tell: &dyn Fn(BuildEvent<'_>),
    ) -> Result<Built<'s>, BuildError> {
        build::build(project, program, self.files, options, tell)
    }
}
