// SPDX-License-Identifier: EUPL-1.2
//! `matches('[0-9]{8}')`: the value must be of this form.

use regex::{Regex, RegexBuilder};

use super::{Conversion, Example, Function, Law, Misfit, Prepared, one_text};

/// The largest compiled expression, in bytes. Enough for any code or number; a bomb like `(.{999}){999}` is refused.
const COMPILED_BYTES_MAX: usize = 256 * 1024;

pub(super) const MATCHES: Function = Function {
    name: "matches",
    arguments: "'regular expression'",
    law: Law::Bijective,
    english: "Lets the value through unchanged if all of it is of this form, in both directions; else it is refused.",
    german: "Lässt den Wert unverändert durch, wenn er als Ganzes diese Form hat, in beiden Richtungen; sonst wird er \
             zurückgewiesen.",
    example: Example {
        arguments: &["'[0-9]{8}'"],
        source: "16099001",
        canonical: "16099001",
    },
    prepare: |arguments| {
        let expression = whole_match(one_text(arguments, "a regular expression")?)?;
        let mut conversion = Conversion::form(move |text, out| {
            if !expression.is_match(text) {
                return Err(Misfit::new("does not match the regular expression"));
            }
            out.push_str(text);
            Ok(())
        });
        conversion.law = Law::Bijective;
        Ok(Prepared::Each(conversion))
    },
};

/// An expression that must match the whole of a text.
pub(crate) fn whole_match(expression: &str) -> Result<Regex, String> {
    // Alone first, so that an unbalanced bracket cannot reach outside the group around it.
    compiled(expression)?;
    compiled(&format!("^(?:{expression})$"))
}

pub(super) fn compiled(expression: &str) -> Result<Regex, String> {
    RegexBuilder::new(expression)
        .size_limit(COMPILED_BYTES_MAX)
        .dfa_size_limit(4 * COMPILED_BYTES_MAX)
        .build()
        .map_err(|fault| match fault {
            regex::Error::CompiledTooBig(_) => "the regular expression is too large".to_owned(),
            _ => "the regular expression is not valid".to_owned(),
        })
}

#[cfg(test)]
mod tests {
    use super::super::laws::read;

    #[test]
    fn the_whole_value_must_match() {
        assert!(read("matches", &["'[0-9]{2}'"], "12").is_ok());
        assert!(read("matches", &["'[0-9]{2}'"], "123").is_err());
        assert!(read("matches", &["'[0-9]{2}'"], "12\n").is_err());
        assert!(read("matches", &["'a|bc'"], "ac").is_err());
    }

    /// With an engine that goes back these would never end.
    #[test]
    fn expressions_that_explode_elsewhere_are_matched_in_one_pass() {
        for expression in [
            "(a+)+",
            "([a-zA-Z]+)*",
            "(a|aa)+",
            "(a|a?)+",
            "(.*a){20}",
            "(a*)*",
            "(a*a*)*",
            "(x+x+)+y",
            "^(([a-z])+.)+[A-Z]([a-z])+",
            "(?:a?){30}a{30}",
            "((a+)b?)*",
            "(a|b|ab)*c",
            "([a-z]+.?)+@",
        ] {
            let expression = format!("'{expression}'");
            for text in [
                format!("{}!", "a".repeat(20_000)),
                "ab".repeat(10_000) + "!",
                "x".repeat(20_000) + "\u{e4}",
            ] {
                // Whether it matches is not the question.
                let _ = read("matches", &[&expression], &text);
            }
        }
    }

    #[test]
    fn bad_expressions_do_not_load() {
        for bad in ["'('", "')|('", "'(a{1000}){1000}'"] {
            assert!(
                read("matches", &[bad], "a").unwrap_err().starts_with("prepare:"),
                "{bad}"
            );
        }
    }
}
