//! What a row of the table can say.

use super::key::FieldKey;

/// The type of a field on the wire.
#[derive(Clone, Copy, Debug)]
pub enum Ty {
    /// A text.
    Str,
    /// A whole number.
    Int,
    /// Any number.
    Num,
    /// True or false.
    Bool,
    /// One of a closed set of texts.
    Enum(&'static Enum),
    /// A map from text to text.
    Map,
    /// An object with fields of its own.
    Block(&'static Block),
    /// A list of texts.
    StrList,
    /// A list of objects.
    BlockList(&'static Block),
}

impl Ty {
    /// The name of the type, for messages and tables: that of the language where it has one.
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

    /// The block that a block or a list of blocks is made of.
    pub fn block(self) -> Option<&'static Block> {
        match self {
            Ty::Block(b) | Ty::BlockList(b) => Some(b),
            _ => None,
        }
    }
}

/// A closed set of texts.
#[derive(Debug)]
pub struct Enum {
    /// The name in the API's own types.
    pub name: &'static str,
    /// The members as they go over the wire.
    pub members: &'static [&'static str],
}

/// What the platform does with `{{...}}` in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Eval {
    /// Nothing: the text is taken as it is.
    Constant,
    /// Replaces it by a value at run time.
    Evaluated,
    /// Not known.
    Unknown,
    /// Replaces secret references only.
    Secrets,
}

impl Eval {
    /// In words.
    pub fn describe(self) -> &'static str {
        match self {
            Eval::Constant => "not evaluated",
            Eval::Evaluated => "evaluated at run time",
            Eval::Unknown => "might not be evaluated",
            Eval::Secrets => "secrets only",
        }
    }
}

/// How settled a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Generally available.
    Ga,
    /// Beta.
    Beta,
    /// Private preview.
    Preview,
    /// Still taken, not to be used in new work.
    Deprecated,
}

/// The unit of a number; a duration literal is converted to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// A plain number.
    None,
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Millis,
    /// Minutes.
    Minutes,
    /// Gibibytes.
    GiB,
    /// Hundredths.
    Percent,
    /// Megabytes per second.
    MBps,
}

impl Measure {
    /// The unit in words, empty for none.
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

    /// How many milliseconds one unit is, for units of time.
    pub fn millis(self) -> Option<i64> {
        match self {
            Measure::Seconds => Some(1000),
            Measure::Millis => Some(1),
            Measure::Minutes => Some(60_000),
            _ => None,
        }
    }
}

/// The form of a text, or of each text of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// What it starts with, one of these; empty where that is free.
    pub starts_with: &'static [&'static str],
    /// What it ends with; empty where that is free.
    pub ends_with: &'static str,
    /// The characters that it may have beside ASCII letters and digits; `None` for any.
    pub characters: Option<&'static str>,
    /// A text of this form.
    pub example: &'static str,
}

impl Format {
    /// A form that every text has, to build others from.
    pub(super) const ANY: Format = Format { starts_with: &[], ends_with: "", characters: None, example: "" };

    /// Whether a text has this form.
    pub fn matches(&self, text: &str) -> bool {
        self.start_matches(text) && text.ends_with(self.ends_with) && self.stranger(text).is_none()
    }

    /// The first character that it may not have.
    pub fn stranger(&self, text: &str) -> Option<char> {
        let more = self.characters?;
        text.chars().find(|c| !c.is_ascii_alphanumeric() && !more.contains(*c))
    }

    /// Whether a text starts as it should.
    pub fn start_matches(&self, text: &str) -> bool {
        self.starts_with.is_empty() || self.starts_with.iter().any(|start| text.starts_with(start))
    }
}

/// A set of texts that is known, though not closed: completion offers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vocabulary {
    /// Node types of the clouds.
    NodeTypes,
    /// Keys of Databricks Runtime versions.
    Runtimes,
    /// Versions of the serverless environment.
    EnvironmentVersions,
    /// Names of the IANA time zone database.
    TimeZones,
    /// Quartz cron expressions; the set is a handful of examples.
    Cron,
}

impl Vocabulary {
    /// In words.
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

/// How the service tells the elements of a list apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By their position.
    Significant,
    /// By nothing but themselves: the order means nothing.
    Free,
    /// By this field of each; the order means nothing.
    KeyedBy(&'static str),
}

/// One field: one row of the table.
#[derive(Debug)]
pub struct Field {
    /// The name on the wire and in source.
    pub key: &'static str,
    /// Its type.
    pub ty: Ty,
    /// One line of our own about it.
    pub doc: &'static str,
    /// Whether the service refuses an object without it.
    pub required: bool,
    /// What becomes of `{{...}}` in it.
    pub eval: Eval,
    /// How settled it is.
    pub status: Status,
    /// The unit of a number.
    pub unit: Measure,
    /// The lowest number allowed.
    pub min: Option<i64>,
    /// The highest number allowed.
    pub max: Option<i64>,
    /// One more number that is allowed, outside that range.
    pub or: Option<i64>,
    /// Another field of the block that names a member with a count in it: the number is a positive multiple of the count.
    pub multiple_of: Option<&'static str>,
    /// The longest text allowed, in bytes of UTF-8.
    pub max_len: Option<u32>,
    /// The form of the text.
    pub format: Option<Format>,
    /// Texts that are known for it.
    pub vocabulary: Option<Vocabulary>,
    /// The smallest number of entries of a list or map.
    pub min_items: Option<u32>,
    /// The largest number of entries of a list or map.
    pub max_items: Option<u32>,
    /// How elements of a list are told apart.
    pub order: Order,
    /// The name in Terraform's `databricks_job`, where it is another one.
    pub terraform: Option<&'static str>,
    /// What the service takes when the field is absent.
    pub default: Option<&'static str>,
}

/// A row with what every row has.
pub(super) const fn field(key: &'static str, ty: Ty, doc: &'static str) -> Field {
    Field {
        key,
        ty,
        doc,
        required: false,
        eval: Eval::Constant,
        status: Status::Ga,
        unit: Measure::None,
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
    /// The name as a handle.
    pub const fn handle(&self) -> FieldKey {
        FieldKey::of_row(self.key)
    }

    /// What is known of it beside its description, each with the name of what it is: type, unit, range and so on.
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        let kind = match self.ty {
            Ty::Enum(e) => e.members.join(" | "),
            other => other.describe(),
        };
        let mut out = vec![("type", kind)];
        if self.unit != Measure::None {
            out.push(("unit", self.unit.name().to_owned()));
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

    /// Whether a number is in its range, or is the one allowed besides.
    pub fn allows(&self, number: i64) -> bool {
        let in_range = self.min.is_none_or(|min| number >= min) && self.max.is_none_or(|max| number <= max);
        in_range || self.or == Some(number)
    }

    /// The numbers allowed, in words, `unit` after the last of each; `None` if all are.
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

    /// How many entries are allowed, in words; `None` if any number is.
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

    /// Whether it must be there, and how settled it is: `required`, `beta`.
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

/// How many of some fields an object may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// One at the most.
    AtMostOne,
    /// Exactly one.
    ExactlyOne,
}

/// Fields that say one thing in several ways.
#[derive(Debug)]
pub struct Group {
    /// How many of them.
    pub choice: Choice,
    /// Their names.
    pub keys: &'static [&'static str],
}

/// An object type of the API, or a block of the language.
#[derive(Debug)]
pub struct Block {
    /// The name in the API's own types, or a phrase for a block of the language.
    pub name: &'static str,
    /// One line about it.
    pub doc: &'static str,
    /// The fields in the order in which they are written out.
    pub fields: &'static [Field],
    /// Fields that exclude each other.
    pub groups: &'static [Group],
}

impl Block {
    /// The row of a field that the compiler knows by name.
    pub fn row(&'static self, key: FieldKey) -> Option<&'static Field> {
        self.field(key.name())
    }

    /// The row of a field.
    pub fn field(&'static self, key: &str) -> Option<&'static Field> {
        self.fields.iter().find(|f| f.key == key)
    }

    /// The row of a field by its name in Terraform's `databricks_job`.
    pub fn terraform_field(&'static self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|f| f.terraform == Some(name)).or_else(|| self.field(name))
    }

    /// The group that a field belongs to.
    pub fn group_of(&'static self, key: &str) -> Option<&'static Group> {
        self.groups.iter().find(|g| g.keys.contains(&key))
    }
}

impl PartialEq for Block {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}
