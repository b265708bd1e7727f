//! Resolved annotations: the types of parameters and return values, as far as they matter to a pipeline.

use crate::python::{ClassKind, Literal};
use crate::source::Span;

/// What a record is at run time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordKind {
    /// A dict.
    TypedDict,
    /// A named tuple, or an object with fields.
    Object,
}

/// A Python type.
#[derive(Clone, Debug, PartialEq)]
pub enum PyType {
    /// Unknown, or any.
    Any,
    /// `None`.
    None,
    /// `str`.
    Str,
    /// `int`.
    Int,
    /// `float`.
    Float,
    /// `bool`.
    Bool,
    /// `datetime.date`.
    Date,
    /// `datetime.datetime`.
    Datetime,
    /// `pathlib.Path`.
    Path,
    /// A list or another sequence.
    List(Box<PyType>),
    /// A mapping with string keys.
    Dict(Box<PyType>),
    /// A tuple.
    Tuple,
    /// One of these constants.
    Literal(Vec<Literal>),
    /// One of these types.
    Union(Vec<PyType>),
    /// A `TypedDict`, `NamedTuple` or dataclass.
    Record {
        kind: RecordKind,
        name: String,
        /// Its fields; `None` if some may be unknown.
        fields: Option<Vec<(String, PyType, Span)>>,
        /// Other names of its objects: properties, methods, attributes.
        others: Vec<String>,
    },
    /// A type whose values cannot be passed between steps, such as a data frame or a session, with its name.
    Foreign(String),
}

impl PyType {
    /// The type with an absolute path, without arguments.
    pub(super) fn known(absolute: &str) -> PyType {
        let list = || PyType::List(Box::new(PyType::Any));
        let dict = || PyType::Dict(Box::new(PyType::Any));
        match absolute {
            "str" | "typing.Text" | "typing.AnyStr" | "typing.LiteralString" => PyType::Str,
            "int" => PyType::Int,
            "float" => PyType::Float,
            "bool" => PyType::Bool,
            "list"
            | "typing.List"
            | "typing.Sequence"
            | "typing.Iterable"
            | "typing.Collection"
            | "typing.MutableSequence"
            | "collections.abc.Sequence"
            | "collections.abc.Iterable"
            | "collections.abc.Collection"
            | "collections.abc.MutableSequence" => list(),
            "dict"
            | "typing.Dict"
            | "typing.Mapping"
            | "typing.MutableMapping"
            | "collections.abc.Mapping"
            | "collections.abc.MutableMapping" => dict(),
            "tuple" | "typing.Tuple" => PyType::Tuple,
            "datetime.date" => PyType::Date,
            "datetime.datetime" => PyType::Datetime,
            "pathlib.Path" | "pathlib.PurePath" | "pathlib.PosixPath" => PyType::Path,
            "bytes" | "bytearray" | "set" | "frozenset" | "complex" | "typing.Set" | "typing.FrozenSet"
            | "decimal.Decimal" | "datetime.timedelta" | "datetime.time" => {
                PyType::Foreign(absolute.rsplit('.').next().unwrap_or(absolute).to_owned())
            }
            "pandas.DataFrame"
            | "pandas.Series"
            | "numpy.ndarray"
            | "polars.DataFrame"
            | "polars.LazyFrame"
            | "pyspark.sql.DataFrame"
            | "pyspark.sql.SparkSession"
            | "pyspark.sql.dataframe.DataFrame"
            | "pyarrow.Table"
            | "torch.Tensor"
            | "torch.nn.Module"
            | "pandas.core.frame.DataFrame"
            | "pyspark.sql.session.SparkSession" => PyType::Foreign(absolute.to_owned()),
            "typing.NoReturn" | "typing.Never" | "types.NoneType" => PyType::None,
            _ => PyType::Any,
        }
    }

    pub(super) fn record_kind(kind: ClassKind) -> Option<RecordKind> {
        match kind {
            ClassKind::TypedDict => Some(RecordKind::TypedDict),
            ClassKind::NamedTuple | ClassKind::Dataclass => Some(RecordKind::Object),
            ClassKind::Other => None,
        }
    }

    /// The members of a union; a single type is its only member.
    pub fn members(&self) -> Vec<&PyType> {
        match self {
            PyType::Union(list) => list.iter().flat_map(PyType::members).collect(),
            one => vec![one],
        }
    }

    /// The type of a constant.
    pub fn of(literal: &Literal) -> PyType {
        match literal {
            Literal::Str(_) => PyType::Str,
            Literal::Int(_) => PyType::Int,
            Literal::Float => PyType::Float,
            Literal::Bool(_) => PyType::Bool,
            Literal::None => PyType::None,
        }
    }
}

impl std::fmt::Display for PyType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            PyType::Any => f.write_str("Any"),
            PyType::None => f.write_str("None"),
            PyType::Str => f.write_str("str"),
            PyType::Int => f.write_str("int"),
            PyType::Float => f.write_str("float"),
            PyType::Bool => f.write_str("bool"),
            PyType::Date => f.write_str("date"),
            PyType::Datetime => f.write_str("datetime"),
            PyType::Path => f.write_str("Path"),
            PyType::List(t) if **t == PyType::Any => f.write_str("list"),
            PyType::List(t) => write!(f, "list[{t}]"),
            PyType::Dict(t) if **t == PyType::Any => f.write_str("dict"),
            PyType::Dict(t) => write!(f, "dict[str, {t}]"),
            PyType::Tuple => f.write_str("tuple"),
            PyType::Literal(list) => {
                let parts: Vec<String> = list.iter().map(ToString::to_string).collect();
                write!(f, "Literal[{}]", parts.join(", "))
            }
            PyType::Union(list) => {
                let parts: Vec<String> = list.iter().map(ToString::to_string).collect();
                f.write_str(&parts.join(" | "))
            }
            PyType::Record { name, .. } | PyType::Foreign(name) => f.write_str(name),
        }
    }
}
