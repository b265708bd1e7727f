//! The types of the language.

use smol_str::SmolStr;

use crate::schema::Enum;

/// The type of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// Unknown; fits everywhere.
    Any,
    /// A string.
    String,
    /// An int.
    Int,
    /// A float; accepts an int, too.
    Float,
    /// `true` or `false`.
    Bool,
    /// `2026-11-22`.
    Date,
    /// `2026-11-22T10:00:00`.
    Datetime,
    /// Any JSON.
    Json,
    /// A path.
    Path,
    /// A path that a Python function receives as a `pathlib.Path`; cannot be written in source.
    PathObject,
    /// `catalog.schema.table`.
    Table,
    /// A list.
    List(Box<Type>),
    /// A map with string keys.
    Map(Box<Type>),
    /// An object with known fields, such as an item of a loop.
    Record(Vec<(SmolStr, Type)>),
    /// An enum of the API.
    Enum(&'static str),
    /// The name of a cluster or environment.
    Compute,
}

impl Type {
    /// The names of types without arguments.
    pub const NAMES: &'static [&'static str] =
        &["string", "int", "float", "bool", "date", "datetime", "json", "path", "table", "list", "map", "compute"];

    /// The type with a name, if it has no arguments.
    pub fn from_name(name: &str) -> Option<Type> {
        Some(match name {
            "string" => Type::String,
            "int" => Type::Int,
            "float" => Type::Float,
            "bool" => Type::Bool,
            "date" => Type::Date,
            "datetime" => Type::Datetime,
            "json" => Type::Json,
            "path" => Type::Path,
            "table" => Type::Table,
            "list" => Type::List(Box::new(Type::Any)),
            "map" => Type::Map(Box::new(Type::Any)),
            "compute" => Type::Compute,
            _ => return None,
        })
    }

    /// The type of an enum of the API.
    pub fn of_enum(e: &'static Enum) -> Type {
        Type::Enum(e.name)
    }

    /// Whether a value of this type can be used where `wanted` is expected: the same type, or `int` for `float`.
    /// Strings with a meaning, such as `path`, `table` and `date`, fit wherever a `string` is expected.
    pub fn fits(&self, wanted: &Type) -> bool {
        match (self, wanted) {
            (Type::Any, _) | (_, Type::Any) | (_, Type::Json) | (Type::Json, _) => true,
            (Type::Int, Type::Float) => true,
            (Type::Path | Type::Table | Type::Date | Type::Datetime | Type::Enum(_), Type::String) => true,
            (Type::List(a), Type::List(b)) | (Type::Map(a), Type::Map(b)) => a.fits(b),
            (Type::Record(fields), Type::Map(b)) => fields.iter().all(|(_, t)| t.fits(b)),
            (a, b) => a == b,
        }
    }

    /// Whether it is sent as a string and cannot be compared as a number.
    pub fn is_text(&self) -> bool {
        matches!(self, Type::String | Type::Path | Type::Table | Type::Date | Type::Datetime | Type::Enum(_))
    }

    /// The smallest type that accepts both.
    pub fn join(self, other: Type) -> Option<Type> {
        if self == other {
            return Some(self);
        }
        if self == Type::Json || other == Type::Json {
            return Some(Type::Json);
        }
        if other.fits(&self) {
            return Some(self);
        }
        if self.fits(&other) {
            return Some(other);
        }
        None
    }
}

impl std::fmt::Display for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Type::Any => f.write_str("any"),
            Type::String => f.write_str("string"),
            Type::Int => f.write_str("int"),
            Type::Float => f.write_str("float"),
            Type::Bool => f.write_str("bool"),
            Type::Date => f.write_str("date"),
            Type::Datetime => f.write_str("datetime"),
            Type::Json => f.write_str("json"),
            Type::Path | Type::PathObject => f.write_str("path"),
            Type::Table => f.write_str("table"),
            Type::List(t) => write!(f, "list<{t}>"),
            Type::Map(t) => write!(f, "map<{t}>"),
            Type::Record(fields) => {
                let parts: Vec<String> = fields.iter().map(|(n, t)| format!("{n}: {t}")).collect();
                write!(f, "{{ {} }}", parts.join(", "))
            }
            Type::Enum(name) => f.write_str(name),
            Type::Compute => f.write_str("compute"),
        }
    }
}
