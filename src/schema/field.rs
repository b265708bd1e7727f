//! The rows of the table.

use super::key::FieldKey;

/// The type of a field.
#[derive(Clone, Copy, Debug)]
pub enum Ty {
    Str,
    Int,
    Num,
    Bool,
    /// An enum value.
    Enum(&'static Enum),
    /// A map from string to string.
    Map,
    /// An object.
    Block(&'static Block),
    /// A list of strings.
    StrList,
    /// A list of objects.
    BlockList(&'static Block),
}

impl Ty {
    /// The name of the type, for messages and tables.
    pub fn describe(self) -> String {
        match self {
            Ty::Str => "string".to_owned(),
            Ty::Int => "int".to_owned(),
            Ty::Num => "float".to_owned(),
            Ty::Bool => "bool".to_owned(),
            Ty::Enum(e) => format!("one of {}", e.name),
            Ty::Map => "map<string>".to_owned(),
            Ty::Block(b) => format!("{} block", b.name),
            Ty::StrList => "list<string>".to_owned(),
            Ty::BlockList(b) => format!("list of {} blocks", b.name),
        }
    }

    /// The block of an object or a list of objects.
    pub fn block(self) -> Option<&'static Block> {
        match self {
            Ty::Block(b) | Ty::BlockList(b) => Some(b),
            _ => None,
        }
    }
}

/// An enum of the API.
#[derive(Debug)]
pub struct Enum {
    /// Its name in the API.
    pub name: &'static str,
    /// Its members, as they are sent.
    pub members: &'static [&'static str],
}

/// What the platform does with `{{...}}` in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Eval {
    /// Nothing: the text is passed unchanged.
    Constant,
    /// Replaces references at run time.
    Evaluated,
    /// Unknown.
    Unknown,
    /// Replaces only references to secrets.
    Secrets,
}

impl Eval {
    /// A description.
    pub fn describe(self) -> &'static str {
        match self {
            Eval::Constant => "not evaluated",
            Eval::Evaluated => "evaluated at run time",
            Eval::Unknown => "might not be evaluated",
            Eval::Secrets => "secrets only",
        }
    }
}

/// The maturity of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Generally available.
    Ga,
    /// Beta.
    Beta,
    /// Private preview.
    Preview,
    /// Deprecated.
    Deprecated,
}

/// The unit of a number, to which durations are converted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    None,
    Seconds,
    Millis,
    Minutes,
    GiB,
    Percent,
    MBps,
}

impl Measure {
    /// The name of the unit; empty for a plain number.
    pub fn name(self) -> &'static str {
        match self {
            Measure::None => "",
            Measure::Seconds => "seconds",
            Measure::Millis => "milliseconds",
            Measure::Minutes => "minutes",
            Measure::GiB => "GiB",
            Measure::Percent => "percent",
            Measure::MBps => "MB/s",
        }
    }

    /// Milliseconds per unit, for units of time.
    pub fn millis(self) -> Option<i64> {
        match self {
            Measure::Seconds => Some(1000),
            Measure::Millis => Some(1),
            Measure::Minutes => Some(60_000),
            _ => None,
        }
    }
}

/// The form of a string, or of each string of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// Allowed prefixes; empty for any.
    pub starts_with: &'static [&'static str],
    /// The required suffix; may be empty.
    pub ends_with: &'static str,
    /// Allowed characters in addition to ASCII letters and digits; `None` for any.
    pub characters: Option<&'static str>,
    pub example: &'static str,
}

impl Format {
    /// A form that allows every string, as a base for others.
    pub(super) const ANY: Format = Format { starts_with: &[], ends_with: "", characters: None, example: "" };

    /// Whether a string has this form.
    pub fn matches(&self, text: &str) -> bool {
        self.start_matches(text) && text.ends_with(self.ends_with) && self.stranger(text).is_none()
    }

    /// The first character that is not allowed.
    pub fn stranger(&self, text: &str) -> Option<char> {
        let more = self.characters?;
        text.chars().find(|c| !c.is_ascii_alphanumeric() && !more.contains(*c))
    }

    /// Whether a string has an allowed prefix.
    pub fn start_matches(&self, text: &str) -> bool {
        self.starts_with.is_empty() || self.starts_with.iter().any(|start| text.starts_with(start))
    }
}

/// Known values of a field, which completion offers; others are allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vocabulary {
    /// Node types.
    NodeTypes,
    /// Versions of the Databricks Runtime.
    Runtimes,
    /// Versions of the serverless environment.
    EnvironmentVersions,
    /// Names of the IANA time zone database.
    TimeZones,
    /// Quartz cron expressions, with a few examples.
    Cron,
}

impl Vocabulary {
    /// A description.
    pub fn describe(self) -> &'static str {
        match self {
            Vocabulary::NodeTypes => "node types",
            Vocabulary::Runtimes => "runtime versions",
            Vocabulary::EnvironmentVersions => "environment versions",
            Vocabulary::TimeZones => "IANA time zones",
            Vocabulary::Cron => "Quartz cron expressions",
        }
    }
}

/// How the service identifies the elements of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By position.
    Significant,
    /// By their values; the order does not matter.
    Free,
    /// By this field; the order does not matter.
    KeyedBy(&'static str),
}

/// One field: a row of the table.
#[derive(Debug)]
pub struct Field {
    /// The name in the API and in source.
    pub key: &'static str,
    pub ty: Ty,
    /// A one-line description in our own words.
    pub doc: &'static str,
    /// Whether the service requires it.
    pub required: bool,
    /// What happens to `{{...}}` in it.
    pub eval: Eval,
    pub status: Status,
    /// The unit of a number.
    pub unit: Measure,
    /// Another field of the block whose enum value ends with the unit, such as `RUN_DURATION_SECONDS`.
    pub unit_of: Option<&'static str>,
    /// The minimum.
    pub min: Option<i64>,
    /// The maximum.
    pub max: Option<i64>,
    /// One more allowed number, outside that range.
    pub or: Option<i64>,
    /// Another field whose enum value contains a count, of which the number must be a multiple.
    pub multiple_of: Option<&'static str>,
    /// The maximum length of a string, in bytes of UTF-8.
    pub max_len: Option<u32>,
    /// The form of a string.
    pub format: Option<Format>,
    /// Known values.
    pub vocabulary: Option<Vocabulary>,
    /// The minimum number of entries of a list or map.
    pub min_items: Option<u32>,
    /// The maximum number of entries of a list or map.
    pub max_items: Option<u32>,
    /// How elements of a list are identified.
    pub order: Order,
    /// The name in Terraform's `databricks_job`, if different.
    pub terraform: Option<&'static str>,
    /// The default of the service.
    pub default: Option<&'static str>,
}

/// Creates a row with defaults.
pub(super) const fn field(key: &'static str, ty: Ty, doc: &'static str) -> Field {
    Field {
        key,
        ty,
        doc,
        required: false,
        eval: Eval::Constant,
        status: Status::Ga,
        unit: Measure::None,
        unit_of: None,
        min: None,
        max: None,
        or: None,
        multiple_of: None,
        max_len: None,
        format: None,
        vocabulary: None,
        min_items: None,
        max_items: None,
        order: Order::Significant,
        terraform: None,
        default: None,
    }
}

impl Field {
    /// The name as a [`FieldKey`].
    pub const fn handle(&self) -> FieldKey {
        FieldKey::of_row(self.key)
    }

    /// All facts except the description, with labels: type, unit, range and so on.
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        let kind = match self.ty {
            Ty::Enum(e) => e.members.join(" | "),
            other => other.describe(),
        };
        let mut out = vec![("type", kind)];
        if self.unit != Measure::None {
            out.push(("unit", self.unit.name().to_owned()));
        }
        if let Some(key) = self.unit_of {
            out.push(("unit", format!("that of {key}")));
        }
        if let Some(range) = self.range("") {
            out.push(("range", range));
        }
        if let Some(key) = self.multiple_of {
            out.push(("multiple", format!("of the count in {key}")));
        }
        if let Some(n) = self.max_len {
            out.push(("length", format!("at most {n} bytes")));
        }
        if let Some(format) = self.format {
            let mut form = Vec::new();
            if !format.starts_with.is_empty() {
                form.push(format!("starts with {}", format.starts_with.join(" or ")));
            }
            if !format.ends_with.is_empty() {
                form.push(format!("ends with {}", format.ends_with));
            }
            if let Some(more) = format.characters {
                form.push(format!("letters, digits and {more}"));
            }
            out.push(("format", form.join(", ")));
        }
        if let Some(vocabulary) = self.vocabulary {
            out.push(("values", vocabulary.describe().to_owned()));
        }
        if let Some(entries) = self.entries() {
            out.push(("entries", entries));
        }
        match self.order {
            Order::Significant => {}
            Order::Free => out.push(("order", "any".to_owned())),
            Order::KeyedBy(key) => out.push(("order", format!("not significant; elements are matched by {key}"))),
        }
        if let Some(name) = self.terraform {
            out.push(("Terraform", name.to_owned()));
        }
        if let Some(default) = self.default {
            out.push(("default", default.to_owned()));
        }
        out.push(("{{...}}", self.eval.describe().to_owned()));
        out
    }

    /// Whether a number is allowed.
    pub fn allows(&self, number: i64) -> bool {
        let in_range = self.min.is_none_or(|min| number >= min) && self.max.is_none_or(|max| number <= max);
        in_range || self.or == Some(number)
    }

    /// The allowed numbers in words, with `unit`; `None` if all are allowed.
    pub fn range(&self, unit: &str) -> Option<String> {
        let range = match (self.min, self.max) {
            (Some(min), Some(max)) => format!("{min} to {max}{unit}"),
            (Some(min), None) => format!("{min}{unit} or more"),
            (None, Some(max)) => format!("{max}{unit} or less"),
            (None, None) => return None,
        };
        Some(match self.or {
            Some(number) => format!("{number} or {range}"),
            None => range,
        })
    }

    /// The allowed number of entries in words; `None` if any number is allowed.
    pub fn entries(&self) -> Option<String> {
        match (self.min_items, self.max_items) {
            (Some(min), Some(max)) if min == max => Some(format!("exactly {min}")),
            (Some(min), Some(max)) => Some(format!("{min} to {max}")),
            (Some(min), None) => Some(format!("at least {min}")),
            (None, Some(max)) => Some(format!("at most {max}")),
            (None, None) => None,
        }
    }

    /// The name in Terraform's `databricks_job`.
    pub fn terraform_name(&self) -> &'static str {
        self.terraform.unwrap_or(self.key)
    }

    /// Labels such as `required` and `beta`.
    pub fn notes(&self) -> Vec<&'static str> {
        let mut notes = Vec::new();
        if self.required {
            notes.push("required");
        }
        match self.status {
            Status::Beta => notes.push("beta"),
            Status::Preview => notes.push("preview"),
            Status::Deprecated => notes.push("deprecated"),
            Status::Ga => {}
        }
        notes
    }

    pub(super) const fn required(mut self) -> Self {
        self.required = true;
        self
    }
    pub(super) const fn evaluated(mut self) -> Self {
        self.eval = Eval::Evaluated;
        self
    }
    pub(super) const fn maybe_evaluated(mut self) -> Self {
        self.eval = Eval::Unknown;
        self
    }
    pub(super) const fn takes_secrets(mut self) -> Self {
        self.eval = Eval::Secrets;
        self
    }
    pub(super) const fn status(mut self, status: Status) -> Self {
        self.status = status;
        self
    }
    pub(super) const fn unit(mut self, unit: Measure) -> Self {
        self.unit = unit;
        self
    }
    pub(super) const fn min(mut self, min: i64) -> Self {
        self.min = Some(min);
        self
    }
    pub(super) const fn max(mut self, max: i64) -> Self {
        self.max = Some(max);
        self
    }
    pub(super) const fn max_len(mut self, bytes: u32) -> Self {
        self.max_len = Some(bytes);
        self
    }
    pub(super) const fn or(mut self, number: i64) -> Self {
        self.or = Some(number);
        self
    }
    /// The unit is that of another field's enum value.
    pub(super) const fn unit_of(mut self, key: &'static str) -> Self {
        self.unit_of = Some(key);
        self
    }

    pub(super) const fn multiple_of(mut self, key: &'static str) -> Self {
        self.multiple_of = Some(key);
        self
    }
    pub(super) const fn format(mut self, format: Format) -> Self {
        self.format = Some(format);
        self
    }
    pub(super) const fn vocabulary(mut self, vocabulary: Vocabulary) -> Self {
        self.vocabulary = Some(vocabulary);
        self
    }
    pub(super) const fn min_items(mut self, items: u32) -> Self {
        self.min_items = Some(items);
        self
    }
    pub(super) const fn unordered(mut self) -> Self {
        self.order = Order::Free;
        self
    }
    pub(super) const fn keyed_by(mut self, key: &'static str) -> Self {
        self.order = Order::KeyedBy(key);
        self
    }
    pub(super) const fn terraform(mut self, name: &'static str) -> Self {
        self.terraform = Some(name);
        self
    }
    pub(super) const fn max_items(mut self, items: u32) -> Self {
        self.max_items = Some(items);
        self
    }
    pub(super) const fn default(mut self, text: &'static str) -> Self {
        self.default = Some(text);
        self
    }
}

/// How many fields of a group an object may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    AtMostOne,
    ExactlyOne,
}

/// Fields that exclude each other.
#[derive(Debug)]
pub struct Group {
    pub choice: Choice,
    pub keys: &'static [&'static str],
}

/// An object type of the API, or a block of the language.
#[derive(Debug)]
pub struct Block {
    /// Its name in the API, or a phrase for a block of the language.
    pub name: &'static str,
    pub doc: &'static str,
    /// The fields, in the order in which they are emitted.
    pub fields: &'static [Field],
    /// Fields that exclude each other.
    pub groups: &'static [Group],
}

impl Block {
    /// The row of a field that the compiler knows by name.
    pub fn row(&'static self, key: FieldKey) -> Option<&'static Field> {
        self.field(key.name())
    }

    /// The row of a field by name.
    pub fn field(&'static self, key: &str) -> Option<&'static Field> {
        self.fields.iter().find(|f| f.key == key)
    }

    /// The row of a field by its name in Terraform's `databricks_job`.
    pub fn terraform_field(&'static self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|f| f.terraform == Some(name)).or_else(|| self.field(name))
    }

    /// The group of a field.
    pub fn group_of(&'static self, key: &str) -> Option<&'static Group> {
        self.groups.iter().find(|g| g.keys.contains(&key))
    }
}

impl PartialEq for Block {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}
