//! A project from its files to what goes to a workspace: loaded, checked, built. Values go in, values come out; nothing
//! is printed, and nothing is written.

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
    /// A path that cannot be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Options that no project has.
    #[error(transparent)]
    Options(#[from] OptionsError),
}

impl<'f> Session<'f> {
    /// Loads what the paths name (files, or directories with one root file) and checks it.
    ///
    /// # Errors
    /// A path that cannot be read, or options that name a target or var which is not there. What is wrong with a program
    /// is among the [diagnostics](Session::diagnostics).
    pub fn open(paths: &[PathBuf], files: &'f dyn Files, options: &Options) -> Result<Session<'f>, SessionError> {
        let mut session = Session::load(paths, files)?;
        session.check(options)?;
        Ok(session)
    }

    /// Loads what the paths name, and checks nothing yet.
    ///
    /// # Errors
    /// A path that cannot be read.
    pub fn load(paths: &[PathBuf], files: &'f dyn Files) -> Result<Session<'f>, SessionError> {
        Ok(Session { files, loaded: load(paths, files)?, checked: Checked::default() })
    }

    /// Checks what was loaded; what an earlier check found is forgotten.
    ///
    /// # Errors
    /// Options that name a target or var which is not there.
    pub fn check(&mut self, options: &Options) -> Result<(), SessionError> {
        self.checked = check(&self.loaded, self.files, options)?;
        Ok(())
    }

    /// Everything found, in order and each once.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.checked.diagnostics
    }

    /// Whether there is an error: then there is nothing to build.
    pub fn has_errors(&self) -> bool {
        self.checked.has_errors()
    }

    /// The files that were read.
    pub fn sources(&self) -> &SourceMap {
        &self.loaded.sources
    }

    /// The projects.
    pub fn projects(&self) -> &[Project] {
        &self.loaded.projects
    }

    /// Each project with its program: without errors there is one for each.
    pub fn programs(&self) -> impl Iterator<Item = (&Project, &Valid<Program>)> {
        let pairs = self.loaded.projects.iter().zip(&self.checked.programs);
        pairs.filter_map(|(project, program)| Some((project, program.as_ref()?)))
    }

    /// Builds every program: its wheels, and the payloads of its jobs.
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
    /// Those of [`Session::build`].
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
