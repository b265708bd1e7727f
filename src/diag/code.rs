//! The table of codes. A code is never reused or renumbered; a new one takes the next free number of its phase.

/// The severity of a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The program cannot be compiled.
    Error,
    /// The program compiles, but may not do what was meant.
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

/// Where a diagnostic about the value of a constant is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// At the use: the value does not fit there, but may fit elsewhere.
    Use,
    /// At the use, with a hint that changing the constant affects its other uses.
    UseOfType,
    /// At the definition: the value is wrong wherever it is used.
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
        /// The kind of a mistake. `E` codes are errors, `W` codes are warnings.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = concat!($id, ": ", $title)] $variant,)*
        }

        impl Code {
            /// Every code, by phase.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// The id, such as `E0102`.
            pub fn id(self) -> &'static str {
                match self { $(Code::$variant => $id,)* }
            }

            /// Whether the text does not parse.
            pub fn is_syntax(self) -> bool {
                self.id().starts_with("E00")
            }

            /// A few words that describe the kind.
            pub fn title(self) -> &'static str {
                match self { $(Code::$variant => $title,)* }
            }

            /// Where a diagnostic about the value of a constant is reported.
            pub fn anchor(self) -> Anchor {
                match self { $(Code::$variant => anchor!($($anchor)?),)* }
            }

            /// The page that `pipec explain` prints.
            pub(super) fn page_source(self) -> &'static str {
                match self { $(Code::$variant => include_str!(concat!("../../docs/errors/", $id, ".md")),)* }
            }
        }
    };
}

codes! {
    // E00xx: syntax
    NotUnderstood "E0001" "syntax error";
    UnclosedString "E0002" "unclosed string";
    UnclosedBracket "E0003" "unclosed bracket";
    StrayBracket "E0004" "unmatched closing bracket";
    MissingValue "E0005" "missing value";
    TooDeep "E0006" "file is nested too deeply or too large";
    BadText "E0007" "file is not plain UTF-8 text";
    BadEscape "E0008" "invalid escape or interpolation in a string";
    NeedsBackticks "E0009" "name or key needs quoting";
    BadHeader "E0010" "invalid header of a declaration";
    UnknownKeyword "E0011" "unknown keyword";
    Misplaced "E0012" "declaration or field is not allowed here";
    HiddenText "W0050" "invisible character that reorders text";

    // E01xx: names and shape
    UnknownName "E0101" "unknown value" at Definition;
    UnknownField "E0102" "unknown field";
    UnknownStep "E0103" "unknown step" at Definition;
    UnknownCompute "E0104" "unknown cluster or environment";
    UnknownVar "E0106" "unknown var";
    UnknownPipeline "E0107" "unknown pipeline";
    UnknownFunction "E0108" "unknown function" at Definition;
    UnknownType "E0109" "unknown type";
    GivenTwice "E0110" "duplicate field, argument or dependency";
    DeclaredTwice "E0111" "duplicate declaration";
    Shadowed "E0112" "shadowed name";
    ImportNotFound "E0113" "imported file cannot be read";
    ImportCycle "E0114" "import cycle";
    WrongBlock "E0115" "field in the wrong block";
    HasDeclaration "E0116" "field is set by a declaration";
    ReachesNothing "E0117" "default or override has no effect";
    ExtendsCycle "E0118" "cycle of `extends`";
    BadKey "E0119" "invalid name";
    NoValueForVar "E0120" "var without a value";
    UnknownArgument "E0121" "unknown argument";
    ConstantCycle "E0122" "cycle of constants";
    NotInTarget "E0123" "declared only in other targets";
    NoRepository "E0124" "fact without a value";
    WholeFamily "E0125" "family where one member is required";
    EnvironmentHere "E0126" "value of the environment is not allowed here";
    Unused "W0150" "unused declaration";
    UnusedImport "W0151" "unused import";
    Unchecked "W0152" "fields in `unchecked` are not validated";
    UnusedOutput "W0153" "unused output";
    NeverHolds "W0154" "condition that holds in no target";

    // E02xx: values
    WrongType "E0201" "wrong type" at UseOfType;
    BadMember "E0202" "unknown enum value";
    OutOfRange "E0203" "number out of range";
    MissingField "E0204" "missing required field";
    Exclusive "E0205" "mutually exclusive fields";
    NotDivisible "E0206" "duration is not a multiple of the field's unit";
    TooLong "E0207" "string is too long";
    TooMany "E0208" "too many entries";
    BadFormat "E0209" "invalid format";
    NoneOf "E0210" "missing one of several fields";
    BadComparison "E0211" "unsupported comparison";
    MissingArgument "E0212" "missing argument";
    QuotedMember "W0250" "enum value in quotes or in the wrong case";
    Deprecated "W0251" "deprecated field";
    NeverSent "W0252" "notification that is never sent";

    // E03xx: the graph
    Cycle "E0301" "dependency cycle";
    SelfDependency "E0302" "step depends on itself";
    NotUpstream "E0303" "value of a step that is not upstream";
    UnknownOutput "E0304" "unknown output";
    OutcomeOfStep "E0305" "outcome of something that is not a condition";
    NeverRuns "E0306" "step can never run";
    DuplicateKey "E0307" "duplicate task key";
    NoKind "E0308" "step has nothing to run";
    TwoKinds "E0309" "step has more than one task";
    BadForBody "E0310" "`for` must contain exactly one step";
    HiddenOutput "E0311" "output of a loop or of a step family";
    PipelineCycle "E0312" "cycle of `run`";
    BadItems "E0313" "invalid list for a loop or a family";
    NotOnThisKind "E0314" "field is not supported by the task type";
    EmptyBranch "E0315" "condition without dependent steps";

    // E04xx: compute
    NoCompute "E0401" "step has no compute";
    TwoComputes "E0402" "step has more than one compute";
    WrongCompute "E0403" "task type cannot run on the compute";
    LibrariesOnServerless "E0404" "libraries on serverless compute";
    GpuNeedsGpuRuntime "E0405" "GPU nodes with a runtime without GPU support";
    GpuRuntimeWithoutGpu "E0406" "GPU runtime on nodes without a GPU";
    PhotonOnGpu "E0407" "Photon on GPU nodes";
    NoSuchGpu "E0408" "no node type has this GPU";
    AcceleratorCount "E0409" "invalid number of accelerators";
    AccessMode "E0410" "incompatible access mode";
    NeedsEnvironment "E0411" "step on serverless compute without an environment";
    MinOverMax "E0412" "empty autoscale range";
    WrongCloud "E0413" "setting for another cloud";
    PythonVersion "E0414" "incompatible Python version";
    UnknownCloud "E0415" "unknown cloud";
    IncompleteCluster "E0416" "incomplete cluster";
    UnknownNodeType "W0450" "unknown node type";
    UnknownRuntime "W0451" "unknown runtime";
    UnknownEnvironment "W0452" "unknown environment version";
    HalfSingleNode "W0453" "cluster without workers is not a single node";
    JobClusterField "W0454" "field without effect on a job cluster";
    NoDbt "W0455" "environment without dbt";

    // E05xx: time
    BadCron "E0501" "invalid cron expression";
    UnixCron "E0502" "Unix cron expression";
    UnknownTimeZone "E0503" "unknown time zone";
    TwoTriggers "E0504" "more than one schedule or trigger";
    NeverFires "E0505" "schedule never fires";
    ParamWithoutDefault "E0506" "parameter without a default in a scheduled job";

    // E06xx: phases and references
    RunTimeInConstant "E0601" "run-time value in a field that is not evaluated";
    UndeclaredParam "E0602" "undeclared job parameter";
    InputOutsideLoop "E0603" "`{{input}}` outside a loop";
    SecretHere "E0604" "exposed secret";
    UnknownFact "E0605" "unknown dynamic reference" at Definition;
    BadReference "E0606" "malformed dynamic reference";
    PushedDown "E0607" "argument overridden by a job parameter";
    RunTimeInCompileTime "E0608" "run-time value where a compile-time constant is required" at Definition;
    KnownAtDeployment "E0609" "value of the workspace where a compile-time constant is required" at Definition;
    MaybeNotEvaluated "W0650" "run-time value that might not be evaluated";
    SecretAsText "W0651" "secret reference that is not replaced";
    LiteralBraces "W0652" "double braces that are not a dynamic reference" at Definition;
    DifferentDefault "W0653" "different default in a pipeline that is run";

    // E07xx: files and packages
    FileNotFound "E0701" "file not found";
    BadPackage "E0702" "invalid package";
    NoPackage "E0703" "Python step without a package";
    ModuleNotFound "E0704" "module not found";
    WrongFileKind "E0705" "wrong type of file";
    ProductionPath "E0706" "production target without a root path or `run_as`";
    NotebookClash "E0707" "notebooks with the same workspace path";
    FunctionNotFound "E0708" "function not found";
    BadPython "E0709" "Python syntax error";
    OutputNotReturned "E0710" "output is not returned";
    NotCallable "E0711" "function cannot be called by a step";
    BadRequirement "E0712" "unsupported requirement";
    OutsideProject "E0713" "path outside the project";
    UnreadArgument "W0750" "unread argument";
    NotPacked "W0751" "file is not in the wheel";
    BadDefault "W0752" "default of the wrong type";
    DefaultRootPath "W0753" "production target without a root path";

    // E08xx: imported files
    BadInput "E0801" "input cannot be read";
    InputTooLarge "E0802" "input is too large or nested too deeply";
    KeyTwice "E0803" "duplicate key in the input";
    NotAJob "E0804" "no job in the input";
    PartOfIt "W0850" "incomplete input";
    KeptAsItIs "W0851" "imported into `unchecked`";
    NotTakenOver "W0852" "not imported";
}

impl Code {
    /// Finds a code by id, ignoring case.
    pub fn from_id(id: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|c| c.id().eq_ignore_ascii_case(id))
    }

    /// Errors have ids that start with `E`.
    pub fn severity(self) -> Severity {
        if self.id().starts_with('E') { Severity::Error } else { Severity::Warning }
    }
}
