// SPDX-License-Identifier: EUPL-1.2
//! The types that every schema has (XML Schema part 2, section 3), and what a text must look like to be one.

use super::moment;

/// A built-in simple type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are those of the standard")]
pub(crate) enum Builtin {
    AnySimple,
    String,
    NormalizedString,
    Token,
    Language,
    Nmtoken,
    Name,
    NcName,
    Id,
    Idref,
    Entity,
    AnyUri,
    QName,
    Notation,
    Boolean,
    Decimal,
    Integer,
    NonPositiveInteger,
    NegativeInteger,
    NonNegativeInteger,
    PositiveInteger,
    Long,
    Int,
    Short,
    Byte,
    UnsignedLong,
    UnsignedInt,
    UnsignedShort,
    UnsignedByte,
    Float,
    Double,
    Duration,
    DateTime,
    Time,
    Date,
    GYearMonth,
    GYear,
    GMonthDay,
    GDay,
    GMonth,
    HexBinary,
    Base64Binary,
}

/// What white space becomes before a text is looked at (section 4.3.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum White {
    Preserve,
    Replace,
    Collapse,
}

use Builtin as B;

/// Names, types.
const TABLE: &[(&str, Builtin)] = &[
    ("anySimpleType", B::AnySimple),
    ("anyAtomicType", B::AnySimple),
    ("string", B::String),
    ("normalizedString", B::NormalizedString),
    ("token", B::Token),
    ("language", B::Language),
    ("NMTOKEN", B::Nmtoken),
    ("Name", B::Name),
    ("NCName", B::NcName),
    ("ID", B::Id),
    ("IDREF", B::Idref),
    ("ENTITY", B::Entity),
    ("anyURI", B::AnyUri),
    ("QName", B::QName),
    ("NOTATION", B::Notation),
    ("boolean", B::Boolean),
    ("decimal", B::Decimal),
    ("integer", B::Integer),
    ("nonPositiveInteger", B::NonPositiveInteger),
    ("negativeInteger", B::NegativeInteger),
    ("nonNegativeInteger", B::NonNegativeInteger),
    ("positiveInteger", B::PositiveInteger),
    ("long", B::Long),
    ("int", B::Int),
    ("short", B::Short),
    ("byte", B::Byte),
    ("unsignedLong", B::UnsignedLong),
    ("unsignedInt", B::UnsignedInt),
    ("unsignedShort", B::UnsignedShort),
    ("unsignedByte", B::UnsignedByte),
    ("float", B::Float),
    ("double", B::Double),
    ("duration", B::Duration),
    ("dateTime", B::DateTime),
    ("time", B::Time),
    ("date", B::Date),
    ("gYearMonth", B::GYearMonth),
    ("gYear", B::GYear),
    ("gMonthDay", B::GMonthDay),
    ("gDay", B::GDay),
    ("gMonth", B::GMonth),
    ("hexBinary", B::HexBinary),
    ("base64Binary", B::Base64Binary),
];

/// The built-in types that are lists (section 3.3), and of what.
const LISTS: &[(&str, Builtin)] = &[("NMTOKENS", B::Nmtoken), ("IDREFS", B::Idref), ("ENTITIES", B::Entity)];

impl Builtin {
    /// All of them.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|(_, made)| *made)
    }

    /// The type of this local name.
    pub(crate) fn named(local: &str) -> Option<Self> {
        TABLE.iter().find(|(name, _)| *name == local).map(|(_, made)| *made)
    }

    /// What the built-in list of this name consists of.
    pub(crate) fn item_of(local: &str) -> Option<Self> {
        LISTS.iter().find(|(name, _)| *name == local).map(|(_, made)| *made)
    }

    /// Its name with the usual prefix.
    pub(crate) fn label(self) -> String {
        let found = TABLE.iter().find(|(_, made)| *made == self);
        format!("xs:{}", found.map_or("anySimpleType", |(name, _)| name))
    }

    /// What white space becomes unless a type derived from it says otherwise.
    pub(crate) fn white(self) -> White {
        match self {
            B::AnySimple | B::String => White::Preserve,
            B::NormalizedString => White::Replace,
            _ => White::Collapse,
        }
    }

    /// Whether it is `decimal` or derived from it.
    pub(crate) fn is_decimal(self) -> bool {
        self == B::Decimal || self.is_integer()
    }

    fn is_integer(self) -> bool {
        self == B::Integer || self.range().is_some()
    }

    /// The smallest and the greatest value of the integers that have a bound.
    fn range(self) -> Option<(Option<&'static str>, Option<&'static str>)> {
        Some(match self {
            B::NonPositiveInteger => (None, Some("0")),
            B::NegativeInteger => (None, Some("-1")),
            B::NonNegativeInteger => (Some("0"), None),
            B::PositiveInteger => (Some("1"), None),
            B::Long => (Some("-9223372036854775808"), Some("9223372036854775807")),
            B::Int => (Some("-2147483648"), Some("2147483647")),
            B::Short => (Some("-32768"), Some("32767")),
            B::Byte => (Some("-128"), Some("127")),
            B::UnsignedLong => (Some("0"), Some("18446744073709551615")),
            B::UnsignedInt => (Some("0"), Some("4294967295")),
            B::UnsignedShort => (Some("0"), Some("65535")),
            B::UnsignedByte => (Some("0"), Some("255")),
            _ => return None,
        })
    }

    /// Whether a text, white space worked off, is one of its values.
    pub(crate) fn accepts(self, text: &str) -> bool {
        match self {
            B::AnySimple | B::String | B::NormalizedString | B::Token | B::AnyUri => true,
            B::Language => is_language(text),
            B::Nmtoken => !text.is_empty() && text.chars().all(in_name),
            B::Name => is_name(text),
            B::NcName | B::Id | B::Idref | B::Entity => is_name(text) && !text.contains(':'),
            B::QName | B::Notation => is_qname(text),
            B::Boolean => matches!(text, "true" | "false" | "1" | "0"),
            B::Float | B::Double => is_float(text),
            B::Duration => moment::is_duration(text),
            B::DateTime | B::Time | B::Date | B::GYearMonth | B::GYear | B::GMonthDay | B::GDay | B::GMonth => {
                moment::Moment::parse(self, text).is_some()
            }
            B::HexBinary => text.len().is_multiple_of(2) && text.bytes().all(|b| b.is_ascii_hexdigit()),
            B::Base64Binary => is_base64(text),
            _ => self.accepts_number(text),
        }
    }

    fn accepts_number(self, text: &str) -> bool {
        let Some(number) = super::number::Number::parse(text) else {
            return false;
        };
        if !self.is_integer() {
            return true;
        }
        let bound = |text: Option<&'static str>| text.and_then(super::number::Number::parse);
        let (least, most) = self.range().unwrap_or_default();
        !text.contains('.')
            && bound(least).is_none_or(|least| number >= least)
            && bound(most).is_none_or(|most| number <= most)
    }
}

fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    let fits = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    fits(first) && first.bytes().all(|b| b.is_ascii_alphabetic()) && parts.all(fits)
}

fn is_qname(text: &str) -> bool {
    let plain = |name: &str| is_name(name) && !name.contains(':');
    match text.split_once(':') {
        Some((prefix, local)) => plain(prefix) && plain(local),
        None => plain(text),
    }
}

/// A name of XML (fifth edition, section 2.3).
fn is_name(text: &str) -> bool {
    text.chars().next().is_some_and(begins_name) && text.chars().all(in_name)
}

fn begins_name(c: char) -> bool {
    matches!(c, ':' | '_' | 'A'..='Z' | 'a'..='z' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}'
        | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}'
        | '\u{10000}'..='\u{EFFFF}')
}

fn in_name(c: char) -> bool {
    begins_name(c) || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

fn is_float(text: &str) -> bool {
    if matches!(text, "INF" | "-INF" | "+INF" | "NaN") {
        return true;
    }
    let (mantissa, exponent) = text.split_once(['e', 'E']).map_or((text, None), |(m, e)| (m, Some(e)));
    let digits = |e: &str| {
        let e = e.strip_prefix(['+', '-']).unwrap_or(e);
        !e.is_empty() && e.bytes().all(|b| b.is_ascii_digit())
    };
    super::number::Number::parse(mantissa).is_some() && exponent.is_none_or(digits)
}

fn is_base64(text: &str) -> bool {
    let mut count = 0_usize;
    let mut padding = 0_usize;
    for byte in text.bytes().filter(|b| *b != b' ') {
        match byte {
            b'=' => padding += 1,
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if padding == 0 => {}
            _ => return false,
        }
        count += 1;
    }
    padding <= 2 && count.is_multiple_of(4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, fits: &[&str], others: &[&str]) {
        let made = Builtin::named(name).unwrap();
        for text in fits {
            assert!(made.accepts(text), "{name} {text}");
        }
        for text in others {
            assert!(!made.accepts(text), "{name} {text}");
        }
    }

    #[test]
    fn texts_of_the_built_in_types() {
        check("string", &["", " a "], &[]);
        check(
            "language",
            &["de", "de-DE", "x-klingon"],
            &["", "d3", "german-languages", "de-"],
        );
        check("NMTOKEN", &["-1", "a:b"], &["", "a b"]);
        check("Name", &["a:b", "_x", "ä1"], &["", "1a", "-a"]);
        check("NCName", &["a-b"], &["a:b", ""]);
        check("QName", &["a", "a:b"], &["a:b:c", ":a", "a:"]);
        check("boolean", &["true", "false", "1", "0"], &["TRUE", "yes", ""]);
        check(
            "decimal",
            &["1", "-1.50", "+.5", "5."],
            &["", ".", "1e3", "1,5", "0x1", "١"],
        );
        check("integer", &["-0", "+12345678901234567890123"], &["1.0", "1.", ""]);
        check("positiveInteger", &["1"], &["0", "-1"]);
        check("nonNegativeInteger", &["0", "-0"], &["-1"]);
        check("nonPositiveInteger", &["0", "-5"], &["1"]);
        check("negativeInteger", &["-1"], &["0"]);
        check("byte", &["-128", "127", "+007"], &["128", "-129"]);
        check("unsignedByte", &["255"], &["256", "-1"]);
        check("long", &["9223372036854775807"], &["9223372036854775808"]);
        check("unsignedLong", &["18446744073709551615"], &["18446744073709551616"]);
        check(
            "double",
            &["1", "-1.5E-3", "INF", "-INF", "NaN"],
            &["", "1e", "inf", "E5"],
        );
        check("hexBinary", &["", "0aFF"], &["0", "0g"]);
        check(
            "base64Binary",
            &["", "QQ==", "QUI=", "QU JD"],
            &["QQ=", "QQ", "Q=Q=", "Q-==", "===="],
        );
        check(
            "duration",
            &["P1Y", "-P1M2DT3H4M5.5S", "PT0S"],
            &["P", "PT", "P1S", "1Y", "P1.5D", "P-1D"],
        );
    }

    #[test]
    fn every_type_is_found_by_its_name() {
        for (name, made) in TABLE.iter().filter(|(name, _)| *name != "anyAtomicType") {
            assert_eq!(made.label(), format!("xs:{name}"));
            assert_eq!(Builtin::named(name), Some(*made));
        }
        assert_eq!(Builtin::item_of("IDREFS"), Some(Builtin::Idref));
        assert_eq!(Builtin::named("dateTimeStamp"), None);
    }
}
