// SPDX-License-Identifier: EUPL-1.2
//! The functions of the mapping language: `place | trim | date('dd.MM.yyyy')`.
//!
//! A row works in both directions: reading applies the functions from left to right, each with its `read`; writing
//! applies them from right to left, each with its `write`. What may be relied upon is the function's [`Law`].

mod ascii_fold;
mod base64;
mod blob;
mod bool;
mod cents;
mod code_uri;
mod count;
mod date;
mod date_pattern;
mod datetime;
mod decimal;
mod digits;
mod find;
mod first;
mod hash;
mod integer;
mod join;
mod last;
mod left;
mod lower;
mod mask;
mod matches;
mod nfc;
mod nth;
mod pad_left;
mod pad_right;
mod part;
mod partial_date;
mod pseudonym;
pub mod reference;
mod replace;
mod right;
mod round;
mod split;
mod squeeze;
mod strip_prefix;
mod substr;
mod sum;
mod time;
mod trim;
mod truncate;
mod upper;
mod uuid5;
mod zone;

#[cfg(test)]
mod laws;

use std::fmt;

use hub_message::LeafKind;

/// What may be relied upon between the two directions of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Law {
    /// `read` and `write` undo each other on both sides.
    Bijective,
    /// `read(write(c)) = c` for every canonical `c` that `read` can make; the source side may come back in normal form.
    Normalising,
    /// There is no way back; a file that writes may not use it.
    OneWay,
}

/// An argument of a function, as the row spells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument {
    /// `'text'`
    Text(String),
    /// `12`, the digits as written.
    Number(String),
    /// `doc-kind`, a bare name.
    Name(String),
    /// `^case.number`, a canonical field of the same document (without the `^`).
    Field(String),
}

/// What a conversion works on beside its own arguments.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The value.
    pub text: &'a str,
    /// The values of [`Conversion::fields`], in that order; `None` where the document has no such field.
    pub fields: &'a [Option<&'a str>],
    /// The secret of [`Conversion::secret`], where the function asked for one.
    pub secret: Option<&'a [u8]>,
}

impl<'a> Input<'a> {
    /// An input with a value only.
    pub fn of(text: &'a str) -> Self {
        Self {
            text,
            fields: &[],
            secret: None,
        }
    }
}

/// What a conversion made. The value stands in the output buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// A text.
    Text,
    /// A number; the buffer holds a JSON number (RFC 8259, section 6).
    Number,
    /// `true` or `false`.
    Bool,
    /// Nothing: the field is absent. The buffer is not to be looked at.
    Absent,
}

/// Why a value does not fit a function: a half sentence after "the value …". Never the value itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit(pub String);

impl Misfit {
    fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One direction of a function. The output buffer is empty when it is called.
pub type Direction = Box<dyn Fn(&Input<'_>, &mut String) -> Result<Made, Misfit> + Send + Sync>;

/// A function from one value to one value, with its arguments taken in.
pub struct Conversion {
    /// The law with these arguments; it may be weaker than the function's.
    pub law: Law,
    /// The type that reading makes; `None`: the type that came in.
    pub makes: Option<LeafKind>,
    /// Canonical fields whose values the function wants in [`Input::fields`].
    pub fields: Vec<String>,
    /// Name of the secret that the function wants in [`Input::secret`].
    pub secret: Option<String>,
    /// From the source to the canonical document.
    pub read: Direction,
    /// From the canonical document to the target; `None` for a one-way function.
    pub write: Option<Direction>,
    /// Whether it hands a content out beside the value that it makes, and of what; `blob` alone does.
    pub keeps: Option<Keeps>,
}

/// What a content that is handed out is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeps {
    /// The file at the place, in a format that has files (a mail, a multipart form); else Base64.
    Place,
    /// Base64 (RFC 4648, section 4).
    Base64,
    /// The text itself, as UTF-8.
    Text,
}

impl Conversion {
    /// A one-way function.
    fn one_way(read: impl Fn(&Input<'_>, &mut String) -> Result<Made, Misfit> + Send + Sync + 'static) -> Self {
        Self {
            law: Law::OneWay,
            makes: Some(LeafKind::Text),
            fields: Vec::new(),
            secret: None,
            read: Box::new(read),
            write: None,
            keeps: None,
        }
    }

    /// A function that brings text into a form and leaves text in that form alone. It does so in both directions, so
    /// that a target gets the form as well.
    fn form(apply: impl Fn(&str, &mut String) -> Result<(), Misfit> + Clone + Send + Sync + 'static) -> Self {
        let write = apply.clone();
        Self::normalising(
            LeafKind::Text,
            move |input, out| apply(input.text, out).map(|()| Made::Text),
            move |input, out| write(input.text, out).map(|()| Made::Text),
        )
    }

    /// A function with two directions.
    fn normalising(
        makes: LeafKind,
        read: impl Fn(&Input<'_>, &mut String) -> Result<Made, Misfit> + Send + Sync + 'static,
        write: impl Fn(&Input<'_>, &mut String) -> Result<Made, Misfit> + Send + Sync + 'static,
    ) -> Self {
        Self {
            law: Law::Normalising,
            makes: Some(makes),
            fields: Vec::new(),
            secret: None,
            read: Box::new(read),
            write: Some(Box::new(write)),
            keeps: None,
        }
    }
}

impl fmt::Debug for Conversion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Conversion({:?}, {:?})", self.law, self.makes)
    }
}

/// A function with its arguments taken in.
#[derive(Debug)]
pub enum Prepared {
    /// Value by value.
    Each(Conversion),
    /// Chooses one among the repeated matches of the place; the law is [`Pick::law`].
    Pick(Pick),
    /// Makes one value of all matches. One-way; no match at all: [`Fold::none`].
    Fold(Fold),
}

/// Which of the repeated matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pick {
    /// The first.
    First,
    /// The last.
    Last,
    /// The one with this index, from 0.
    Nth(u32),
}

impl Pick {
    /// The law: writing one value makes one occurrence, which is the first and the last.
    pub fn law(self) -> Law {
        match self {
            Self::First | Self::Last => Law::Normalising,
            Self::Nth(_) => Law::OneWay,
        }
    }
}

/// Makes one value of many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fold {
    /// How many matches there are; an integer.
    Count,
    /// Their exact decimal sum; each must be a decimal number.
    Sum,
    /// Their texts with this between them.
    Join(String),
}

impl Fold {
    /// The law of folds.
    pub const LAW: Law = Law::OneWay;

    /// The type of the result.
    pub fn makes(&self) -> LeafKind {
        match self {
            Self::Count => LeafKind::Integer,
            Self::Sum => LeafKind::Number,
            Self::Join(_) => LeafKind::Text,
        }
    }

    /// The result over these values; absent for no value, but `count` then says 0.
    pub fn over<'a>(&self, values: impl IntoIterator<Item = &'a str>, out: &mut String) -> Result<Made, Misfit> {
        match self {
            Self::Count => Ok(count::count(values, out)),
            Self::Sum => sum::sum(values, out),
            Self::Join(between) => Ok(join::join(between, values, out)),
        }
    }
}

/// An example for the documentation; a test runs each.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// The arguments as a row spells them, without brackets: `'dd.MM.yyyy'`.
    pub arguments: &'static [&'static str],
    /// What stands in the source; several matches are divided by `|`.
    pub source: &'static str,
    /// What the canonical field then holds; empty for absent.
    pub canonical: &'static str,
}

/// A function of the language.
#[derive(Debug)]
pub struct Function {
    /// Its name in a row.
    pub name: &'static str,
    /// Its arguments, for documentation: `'pattern'?, 'zone'?`.
    pub arguments: &'static str,
    /// The best law that it can have.
    pub law: Law,
    /// What it does, in English.
    pub english: &'static str,
    /// What it does, in German.
    pub german: &'static str,
    /// An example.
    pub example: Example,
    /// Takes the arguments in. The error is a sentence for a finding at the function.
    pub prepare: fn(&[Argument]) -> Result<Prepared, String>,
}

/// Every function, in the order of the documentation.
pub const FUNCTIONS: &[Function] = &[
    trim::TRIM,
    squeeze::SQUEEZE,
    upper::UPPER,
    lower::LOWER,
    replace::REPLACE,
    strip_prefix::STRIP_PREFIX,
    pad_left::PAD_LEFT,
    pad_right::PAD_RIGHT,
    left::LEFT,
    right::RIGHT,
    substr::SUBSTR,
    truncate::TRUNCATE,
    split::SPLIT,
    join::JOIN,
    matches::MATCHES,
    find::FIND,
    ascii_fold::ASCII_FOLD,
    nfc::NFC,
    decimal::DECIMAL,
    integer::INTEGER,
    cents::CENTS,
    bool::BOOL,
    round::ROUND,
    date::DATE,
    datetime::DATETIME,
    time::TIME,
    partial_date::PARTIAL_DATE,
    part::PART,
    code_uri::CODE_URI,
    first::FIRST,
    last::LAST,
    nth::NTH,
    count::COUNT,
    sum::SUM,
    uuid5::UUID5,
    pseudonym::PSEUDONYM,
    mask::MASK,
    hash::HASH,
    base64::BASE64,
    blob::BLOB,
];

/// The content that a text stands for, by what [`Conversion::keeps`] says.
pub(crate) fn content(keeps: Keeps, text: &str) -> Result<Vec<u8>, Misfit> {
    blob::bytes(keeps, text)
}

/// The function of this name.
pub fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

fn no_arguments(arguments: &[Argument]) -> Result<(), String> {
    match arguments {
        [] => Ok(()),
        _ => Err("it takes no argument".to_owned()),
    }
}

fn whole(digits: &str, what: &str) -> Result<u32, String> {
    digits
        .parse()
        .ok()
        .filter(|n| *n <= 10_000)
        .ok_or_else(|| format!("{what} must be a whole number from 0 to 10000"))
}

/// One argument that is a whole number of characters.
fn one_length(arguments: &[Argument]) -> Result<usize, String> {
    match arguments {
        [Argument::Number(digits)] => whole(digits, "the length").map(|n| n as usize),
        _ => Err("it takes one argument, a number of characters".to_owned()),
    }
}

fn one_text<'a>(arguments: &'a [Argument], what: &str) -> Result<&'a str, String> {
    match arguments {
        [Argument::Text(text)] => Ok(text),
        _ => Err(format!("it takes one argument, {what} in quotation marks")),
    }
}
