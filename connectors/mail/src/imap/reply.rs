// SPDX-License-Identifier: EUPL-1.2
//! One reply of an IMAP server.

use bytes::Bytes;

/// A reply: its lines, with short literals in them.
#[derive(Debug)]
pub(crate) struct Reply(String);

impl Reply {
    /// Of what came over the line.
    pub(crate) fn new(text: &[u8]) -> Self {
        Self(String::from_utf8_lossy(text).into_owned())
    }

    /// What stands behind the tag, when it is this one.
    pub(crate) fn tagged(&self, tag: &str) -> Option<&str> {
        self.0.strip_prefix(tag)?.strip_prefix(' ')
    }

    /// Whether the server asks to go on.
    pub(crate) fn is_continuation(&self) -> bool {
        self.0.starts_with('+')
    }

    /// Whether the server says goodbye.
    pub(crate) fn is_farewell(&self) -> bool {
        self.0.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("* BYE"))
    }

    /// What stands behind this word of an untagged reply.
    pub(crate) fn after(&self, word: &str) -> Option<&str> {
        let rest = self.0.strip_prefix("* ")?;
        let start = rest.get(..word.len())?;
        start
            .eq_ignore_ascii_case(word)
            .then(|| rest.get(word.len()..).unwrap_or_default().trim())
    }

    /// Whether it is an untagged reply of this name behind a number.
    pub(crate) fn is(&self, name: &str) -> bool {
        let mut words = self.0.split(' ');
        words.next() == Some("*")
            && words.next().is_some_and(|number| number.parse::<u32>().is_ok())
            && words.next().is_some_and(|word| word.eq_ignore_ascii_case(name))
    }

    /// The value of a code in brackets: `* OK [UIDVALIDITY 7] …`.
    pub(crate) fn code(&self, name: &str) -> Option<&str> {
        let (_, rest) = self.0.split_once(&format!("[{name} "))?;
        rest.split_once(']').map(|(value, _)| value)
    }

    /// The value of an item of a `FETCH`.
    pub(crate) fn item(&self, name: &str) -> Option<&str> {
        if !self.is("FETCH") {
            return None;
        }
        let (_, list) = self.0.split_once('(')?;
        let mut words = list.split([' ', '(', ')']);
        words.find(|word| word.eq_ignore_ascii_case(name))?;
        words.next()
    }

    /// A mail that came as a quoted string and not as a literal: a server may do so with a short one.
    pub(crate) fn quoted_body(&self) -> Option<Bytes> {
        if !self.is("FETCH") {
            return None;
        }
        let (_, rest) = self.0.split_once("BODY[] \"")?;
        let (mut text, mut escaped) = (String::new(), false);
        for c in rest.chars() {
            match c {
                '\\' if !escaped => escaped = true,
                '"' if !escaped => break,
                c => {
                    escaped = false;
                    text.push(c);
                }
            }
        }
        Some(Bytes::from(text))
    }
}

/// The length of a literal that is announced at the end of a line.
pub(crate) fn literal(line: &[u8]) -> Option<u64> {
    let line = line.strip_suffix(b"}")?;
    let at = line.iter().rposition(|byte| *byte == b'{')?;
    std::str::from_utf8(line.get(at + 1..)?).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_are_taken_apart() {
        let fetch = Reply::new(b"* 12 FETCH (FLAGS (\\Seen) UID 7 RFC822.SIZE 4711)");
        assert_eq!(
            (fetch.item("UID"), fetch.item("RFC822.SIZE")),
            (Some("7"), Some("4711"))
        );
        assert_eq!(Reply::new(b"* SEARCH 1 2").after("SEARCH"), Some("1 2"));
        assert_eq!(Reply::new(b"* OK [UIDVALIDITY 7] x").code("UIDVALIDITY"), Some("7"));
        assert!(Reply::new(b"* 3 EXISTS").is("EXISTS") && Reply::new(b"* BYE x").is_farewell());
        let short = Reply::new(b"* 1 FETCH (UID 1 BODY[] \"a\\\"b\")");
        assert_eq!(short.quoted_body().unwrap(), "a\"b");
        assert_eq!(literal(b"* 1 FETCH (BODY[] {42}"), Some(42));
        assert_eq!(literal(b"* OK {x}"), None);
    }
}
