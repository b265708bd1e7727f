//! The table of codes. A code is never reused or renumbered; a new one takes the next free number of its phase.

/// How bad a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The program cannot be compiled.
    Error,
    /// The program compiles; it may not do what was meant.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// Where a message goes that is about the value of a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// To the use of the constant: its value does not fit there, though it may elsewhere.
    Use,
    /// To the use, with the advice not to change the constant without its other uses.
    UseOfType,
    /// To its definition: the value is wrong wherever it is used.
    Definition,
}

macro_rules! anchor {
    () => {
        Anchor::Use
    };
    ($anchor:ident) => {
        Anchor::$anchor
    };
}

macro_rules! codes {
    ($($variant:ident $id:literal $title:literal $(at $anchor:ident)?;)*) => {
        /// What kind of mistake a message is about. `E` codes are errors, `W` codes are warnings.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = concat!($id, ": ", $title)] $variant,)*
        }

        impl Code {
            /// Every code, by phase.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// `E0102`.
            pub fn id(self) -> &'static str {
                match self { $(Code::$variant => $id,)* }
            }

            /// A few words, without reference to a program.
            pub fn title(self) -> &'static str {
                match self { $(Code::$variant => $title,)* }
            }

            /// Where a message of this code goes that is about the value of a constant.
            pub fn anchor(self) -> Anchor {
                match self { $(Code::$variant => anchor!($($anchor)?),)* }
            }

            /// The text of the page that `pipec explain` prints.
            pub(super) fn page_source(self) -> &'static str {
                match self { $(Code::$variant => include_str!(concat!("../../docs/errors/", $id, ".md")),)* }
            }
        }
    };
}

codes! {
    // E00xx: syntax
    NotUnderstood "E0001" "a line is not understood";
    UnclosedString "E0002" "a string is not closed";
    UnclosedBracket "E0003" "a bracket is not closed";
    StrayBracket "E0004" "a closing bracket without its opening one";
    MissingValue "E0005" "a value is missing";
    TooDeep "E0006" "a file is nested too deeply or too large";
    BadText "E0007" "a file is not plain UTF-8 text";
    BadEscape "E0008" "an escape or `${...}` in a string is not understood";
    NeedsBackticks "E0009" "a name needs backticks";
    BadHeader "E0010" "the head of a declaration is not understood";
    UnknownKeyword "E0011" "no such keyword";
    Misplaced "E0012" "a declaration cannot stand here";
    HiddenText "W0050" "a mark that reorders text";

    // E01xx: names and shape
    UnknownName "E0101" "no value of this name" at Definition;
    UnknownField "E0102" "no such field here";
    UnknownStep "E0103" "no step of this name" at Definition;
    UnknownCompute "E0104" "no cluster or environment of this name";
    UnknownVar "E0106" "no `var` of this name";
    UnknownPipeline "E0107" "no pipeline of this name";
    UnknownFunction "E0108" "no such function" at Definition;
    UnknownType "E0109" "no such type";
    GivenTwice "E0110" "a field is given twice";
    DeclaredTwice "E0111" "a name is declared twice";
    Shadowed "E0112" "a name hides one of the file";
    ImportNotFound "E0113" "an imported file cannot be read";
    ImportCycle "E0114" "files import each other in a circle";
    WrongBlock "E0115" "a field stands in the wrong block";
    HasDeclaration "E0116" "a field has a declaration of its own";
    ReachesNothing "E0117" "a default or override reaches nothing";
    ExtendsCycle "E0118" "clusters extend each other in a circle";
    BadKey "E0119" "a name has characters that the platform refuses";
    NoValueForVar "E0120" "a `var` has no value";
    UnknownArgument "E0121" "no such argument";
    ConstantCycle "E0122" "constants refer to each other in a circle";
    Unused "W0150" "a declaration is never used";
    UnusedImport "W0151" "an import is never used";
    Unchecked "W0152" "fields are passed on unchecked";
    UnusedOutput "W0153" "an output is never used";

    // E02xx: values
    WrongType "E0201" "a value has the wrong type" at UseOfType;
    BadMember "E0202" "no such member of an enumeration";
    OutOfRange "E0203" "a number is out of range";
    MissingField "E0204" "a required field is missing";
    Exclusive "E0205" "one thing is set in two ways";
    NotDivisible "E0206" "a duration does not fit the unit of its field";
    TooLong "E0207" "a text is longer than the service takes";
    TooMany "E0208" "there are more entries than the service takes";
    BadFormat "E0209" "a text has the wrong form";
    NoneOf "E0210" "one of several fields is needed";
    BadComparison "E0211" "a comparison that the platform cannot make";
    MissingArgument "E0212" "an argument is missing";
    QuotedMember "W0250" "a member of an enumeration in quotes or in the wrong case";
    Deprecated "W0251" "a field is deprecated";

    // E03xx: the graph
    Cycle "E0301" "steps wait for each other in a circle";
    SelfDependency "E0302" "a step depends on itself";
    NotUpstream "E0303" "a value comes from a step that is not upstream";
    UnknownOutput "E0304" "a step has no such output";
    OutcomeOfStep "E0305" "an outcome of something that is no condition";
    NeverRuns "E0306" "a step can never run";
    DuplicateKey "E0307" "two tasks have one key";
    NoKind "E0308" "a step says nothing to run";
    TwoKinds "E0309" "a step runs two things";
    BadForBody "E0310" "a `for` holds exactly one step and no other `for`";
    HiddenOutput "E0311" "an output of a loop or of a whole family";
    PipelineCycle "E0312" "pipelines run each other in a circle";
    BadItems "E0313" "a loop over something that is no list";
    NotOnThisKind "E0314" "a field that this kind of task does not take";
    EmptyBranch "E0315" "a condition with nothing to run";

    // E04xx: compute
    NoCompute "E0401" "a step has no compute";
    TwoComputes "E0402" "a step has two kinds of compute";
    WrongCompute "E0403" "a kind of task that this compute cannot run";
    LibrariesOnServerless "E0404" "libraries on serverless compute";
    GpuNeedsGpuRuntime "E0405" "GPU nodes with a runtime without GPU support";
    GpuRuntimeWithoutGpu "E0406" "a GPU runtime on nodes without GPU";
    PhotonOnGpu "E0407" "Photon on GPU nodes";
    NoSuchGpu "E0408" "no node type has this GPU";
    AcceleratorCount "E0409" "a number of accelerators that does not fit";
    AccessMode "E0410" "an access mode that does not fit";
    NeedsEnvironment "E0411" "a step on serverless needs an environment";
    MinOverMax "E0412" "an autoscale range that is empty";
    WrongCloud "E0413" "settings of another cloud";
    PythonVersion "E0414" "the runtime's Python does not fit the package";
    UnknownCloud "E0415" "the cloud is not known";
    IncompleteCluster "E0416" "a cluster lacks what it needs to start";
    UnknownNodeType "W0450" "a node type that is not in the table";
    UnknownRuntime "W0451" "a runtime that is not in the table";
    UnknownEnvironment "W0452" "a serverless environment version that is not in the table";
    HalfSingleNode "W0453" "no workers, and not set up as a single node";
    JobClusterField "W0454" "a field that does nothing on a job cluster";

    // E05xx: time
    BadCron "E0501" "a Quartz cron expression is wrong";
    UnixCron "E0502" "a five-field cron expression";
    UnknownTimeZone "E0503" "no such time zone";
    TwoTriggers "E0504" "a job is started in two ways";
    NeverFires "E0505" "a schedule never fires";
    ParamWithoutDefault "E0506" "a scheduled job has a param without default";

    // E06xx: phases and references
    RunTimeInConstant "E0601" "a run-time value where the platform evaluates none";
    UndeclaredParam "E0602" "a job parameter that is not declared";
    InputOutsideLoop "E0603" "`{{input}}` outside a loop";
    SecretHere "E0604" "a secret in a place where it would be readable";
    UnknownFact "E0605" "the platform has no such fact" at Definition;
    BadReference "E0606" "a dynamic reference is malformed";
    PushedDown "E0607" "an argument that a job parameter would replace";
    RunTimeInCompileTime "E0608" "a run-time value where a compile-time one is needed" at Definition;
    MaybeNotEvaluated "W0650" "a run-time value where evaluation is not known";
    SecretAsText "W0651" "a secret reference typed as text in the wrong place";
    LiteralBraces "W0652" "double braces that the platform takes as text" at Definition;
    DifferentDefault "W0653" "a called pipeline has another default for the same parameter";

    // E07xx: files and packages
    FileNotFound "E0701" "a local file is not there";
    BadPackage "E0702" "a package cannot be built";
    NoPackage "E0703" "a Python step without a package";
    ModuleNotFound "E0704" "no such module in the packages";
    WrongFileKind "E0705" "a file of the wrong kind";
    ProductionPath "E0706" "a production target with no safe root path";
    NotebookClash "E0707" "two notebooks that the workspace cannot tell apart";
    FunctionNotFound "E0708" "no such function in the module";
    BadPython "E0709" "a module is not Python";
    OutputNotReturned "E0710" "an output that the function does not return";
    NotCallable "E0711" "a function that a step cannot call";
    BadRequirement "E0712" "a requirement that cannot be met there";
    OutsideProject "E0713" "path outside the project";
    UnreadArgument "W0750" "an argument that the file never reads";
    NotPacked "W0751" "a file that is not in the wheel";
    BadDefault "W0752" "a default of another type";

    // E08xx: what comes from elsewhere
    BadInput "E0801" "an input cannot be read";
    InputTooLarge "E0802" "an input is too large or nested too deeply";
    KeyTwice "E0803" "an input has a key twice";
    NotAJob "E0804" "an input holds no job";
    PartOfIt "W0850" "an input is a part of something";
    KeptAsItIs "W0851" "a part of a job that the language cannot say";
    NotTakenOver "W0852" "a part of an input that is not taken over";
}

impl Code {
    /// The code with this id, in any case.
    pub fn from_id(id: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|c| c.id().eq_ignore_ascii_case(id))
    }

    /// Errors have ids that begin with `E`.
    pub fn severity(self) -> Severity {
        if self.id().starts_with('E') { Severity::Error } else { Severity::Warning }
    }
}
