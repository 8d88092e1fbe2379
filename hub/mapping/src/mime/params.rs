// SPDX-License-Identifier: EUPL-1.2
//! `Content-Type` and `Content-Disposition`: a word and its parameters (RFC 2045, section 5.1; RFC 2231).

use mail_parser::HeaderValue;
use mail_parser::parsers::MessageStream;

use super::charset::Bad;
use super::words;

/// A value with parameters, all decoded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Params {
    /// In small letters: `text/plain`, `attachment`.
    pub(crate) value: String,
    /// Names in small letters.
    params: Vec<(String, String)>,
}

impl Params {
    /// A value without parameters.
    pub(crate) fn of(value: &str) -> Self {
        Self {
            value: value.to_owned(),
            params: Vec::new(),
        }
    }

    /// The same value with the parameters of another one.
    pub(crate) fn with(self, other: Self) -> Self {
        Self {
            value: self.value,
            params: other.params,
        }
    }

    /// Parses a raw value.
    pub(crate) fn parse(raw: &[u8]) -> Result<Self, Bad> {
        let mut text = words::structured(raw)?;
        let replaced = text.contains(char::REPLACEMENT_CHARACTER);
        text.push('\n');
        let HeaderValue::ContentType(parsed) = MessageStream::new(text.as_bytes()).parse_content_type() else {
            return Ok(Self::default());
        };
        let kind = parsed.ctype().to_ascii_lowercase();
        let value = match parsed.subtype() {
            Some(subtype) => format!("{kind}/{}", subtype.to_ascii_lowercase()),
            None => kind,
        };
        let params = parsed.attributes().unwrap_or_default().iter();
        // A language of a value says nothing that anybody asks for.
        let params = params.filter(|param| !param.name.ends_with("-language"));
        let params: Vec<(String, String)> = params
            .map(|param| {
                (
                    param.name.to_ascii_lowercase(),
                    param.value.replace(['\r', '\n', '\0'], " "),
                )
            })
            .collect();
        let damaged = |(_, value): &(String, String)| value.contains(char::REPLACEMENT_CHARACTER);
        if !replaced && params.iter().any(damaged) {
            return Err(Bad::Malformed);
        }
        Ok(Self { value, params })
    }

    /// A parameter.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.params.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// All parameters.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.params.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(raw: &str, value: &str, params: &[(&str, &str)]) {
        let found = Params::parse(raw.as_bytes()).unwrap();
        assert_eq!(
            (found.value.as_str(), found.iter().collect::<Vec<_>>()),
            (value, params.to_vec()),
            "{raw}"
        );
    }

    #[test]
    fn values_with_parameters() {
        check(" Text/Plain; Charset=\"utf-8\"", "text/plain", &[("charset", "utf-8")]);
        check(
            "text/plain;\r\n charset=us-ascii (a comment)",
            "text/plain",
            &[("charset", "us-ascii")],
        );
        check(
            "attachment; filename=\"a \\\"b\\\".pdf\"",
            "attachment",
            &[("filename", "a \"b\".pdf")],
        );
        check("attachment", "attachment", &[]);
        check("", "", &[]);
    }

    #[test]
    fn file_names_in_all_the_ways_that_programs_write_them() {
        check(
            "attachment; filename*=UTF-8''Gr%C3%BC%C3%9Fe.pdf",
            "attachment",
            &[("filename", "Grüße.pdf")],
        );
        check(
            "attachment; filename*0*=iso-8859-1'de'Gr%FC;\r\n filename*1=sse.pdf",
            "attachment",
            &[("filename", "Grüsse.pdf")],
        );
        check(
            "attachment; filename=\"=?utf-8?Q?Gr=C3=BC=C3=9Fe?= =?utf-8?Q?.pdf?=\"",
            "attachment",
            &[("filename", "Grüße.pdf")],
        );
        check(
            "attachment; filename=Grüße.pdf",
            "attachment",
            &[("filename", "Grüße.pdf")],
        );
    }

    #[test]
    fn what_cannot_be_decoded_is_refused() {
        assert_eq!(Params::parse(b"a; filename*=utf-8''%FC.pdf"), Err(Bad::Malformed));
        assert_eq!(Params::parse(b"a; filename=\"=?x-klingon?Q?a?=\""), Err(Bad::Unknown));
    }
}
