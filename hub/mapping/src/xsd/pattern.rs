// SPDX-License-Identifier: EUPL-1.2
//! Patterns of schemas (XML Schema part 2, appendix F) as regular expressions of the crate `regex`, which needs linear
//! time whatever the pattern and the text.

use regex::{Regex, RegexBuilder};

/// Bytes that a compiled pattern may take.
const SIZE_MAX: usize = 4 * 1024 * 1024;

const NAME_START: &str = r"_:A-Za-z\u{C0}-\u{D6}\u{D8}-\u{F6}\u{F8}-\u{2FF}\u{370}-\u{37D}\u{37F}-\u{1FFF}\u{200C}-\u{200D}\u{2070}-\u{218F}\u{2C00}-\u{2FEF}\u{3001}-\u{D7FF}\u{F900}-\u{FDCF}\u{FDF0}-\u{FFFD}\u{10000}-\u{EFFFF}";
const NAME_MORE: &str = r"\-.0-9\u{B7}\u{300}-\u{36F}\u{203F}-\u{2040}";

/// Unicode blocks that schemas name, with their first and last character.
const BLOCKS: &[(&str, &str)] = &[
    ("BasicLatin", r"\u{0}-\u{7F}"),
    ("Latin-1Supplement", r"\u{80}-\u{FF}"),
    ("LatinExtended-A", r"\u{100}-\u{17F}"),
    ("LatinExtended-B", r"\u{180}-\u{24F}"),
    ("IPAExtensions", r"\u{250}-\u{2AF}"),
    ("SpacingModifierLetters", r"\u{2B0}-\u{2FF}"),
    ("CombiningDiacriticalMarks", r"\u{300}-\u{36F}"),
    ("Greek", r"\u{370}-\u{3FF}"),
    ("Cyrillic", r"\u{400}-\u{4FF}"),
    ("Hebrew", r"\u{590}-\u{5FF}"),
    ("Arabic", r"\u{600}-\u{6FF}"),
    ("LatinExtendedAdditional", r"\u{1E00}-\u{1EFF}"),
    ("GreekExtended", r"\u{1F00}-\u{1FFF}"),
    ("GeneralPunctuation", r"\u{2000}-\u{206F}"),
    ("SuperscriptsandSubscripts", r"\u{2070}-\u{209F}"),
    ("CurrencySymbols", r"\u{20A0}-\u{20CF}"),
    ("LetterlikeSymbols", r"\u{2100}-\u{214F}"),
    ("NumberForms", r"\u{2150}-\u{218F}"),
    ("Arrows", r"\u{2190}-\u{21FF}"),
    ("MathematicalOperators", r"\u{2200}-\u{22FF}"),
    ("BoxDrawing", r"\u{2500}-\u{257F}"),
];

/// Compiles a pattern; the error says why it cannot be.
pub(super) fn compile(pattern: &str) -> Result<Regex, String> {
    let mut translation = Translation {
        rest: pattern,
        out: String::from(r"\A(?:"),
        classes: 0,
    };
    translation.run()?;
    translation.out.push_str(r")\z");
    RegexBuilder::new(&translation.out)
        .size_limit(SIZE_MAX)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
            _ => "it is no regular expression of XML Schema".to_owned(),
        })
}

struct Translation<'p> {
    rest: &'p str,
    out: String,
    /// How many `[` are open.
    classes: usize,
}

impl Translation<'_> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = self.rest.get(c.len_utf8()..)?;
        Some(c)
    }

    fn run(&mut self) -> Result<(), String> {
        while let Some(c) = self.next() {
            match c {
                '\\' => self.escape()?,
                '[' if self.classes == 0 => {
                    self.classes = 1;
                    self.out.push('[');
                    if self.rest.starts_with('^') {
                        self.next();
                        self.out.push('^');
                    }
                }
                '-' if self.classes > 0 && self.rest.starts_with('[') => {
                    // Subtraction of a class.
                    self.next();
                    self.classes += 1;
                    self.out.push_str("--[");
                    if self.rest.starts_with('^') {
                        self.next();
                        self.out.push('^');
                    }
                }
                ']' if self.classes > 0 => {
                    self.classes -= 1;
                    self.out.push(']');
                }
                '[' | '^' | '&' | '~' if self.classes > 0 => self.literal(c),
                '-' if self.classes > 0 && (self.rest.starts_with(']') || self.out.ends_with(['[', '^'])) => {
                    self.literal(c);
                }
                '^' | '$' => self.literal(c),
                '.' if self.classes == 0 => self.out.push_str(r"[^\n\r]"),
                '(' if self.classes == 0 => self.out.push_str("(?:"),
                c => self.out.push(c),
            }
        }
        if self.classes > 0 {
            return Err("a `[` is not closed".to_owned());
        }
        Ok(())
    }

    fn literal(&mut self, c: char) {
        self.out.push('\\');
        self.out.push(c);
    }

    /// What stands behind a backslash.
    fn escape(&mut self) -> Result<(), String> {
        let c = self.next().ok_or("it ends in a backslash")?;
        let inside = self.classes > 0;
        let class = |positive: bool, content: &str| match (positive, inside) {
            (true, true) => content.to_owned(),
            (true, false) => format!("[{content}]"),
            (false, _) => format!("[^{content}]"),
        };
        let made = match c {
            'i' | 'I' => class(c == 'i', NAME_START),
            'c' | 'C' => class(c == 'c', &format!("{NAME_START}{NAME_MORE}")),
            's' | 'S' => class(c == 's', r" \t\n\r"),
            'd' | 'D' => format!("\\{c}"),
            'w' | 'W' => class(c == 'W', r"\p{P}\p{Z}\p{C}"),
            'p' | 'P' => self.property(c)?,
            'n' | 'r' | 't' => format!("\\{c}"),
            c if c.is_ascii_punctuation() && !matches!(c, '<' | '>') => format!("\\{c}"),
            c if c.is_ascii_alphanumeric() => return Err(format!("`\\{c}` has no meaning")),
            c => c.to_string(),
        };
        self.out.push_str(&made);
        Ok(())
    }

    /// `{L}` or `{IsBasicLatin}`.
    fn property(&mut self, letter: char) -> Result<String, String> {
        let (name, rest) = self
            .rest
            .strip_prefix('{')
            .and_then(|rest| rest.split_once('}'))
            .ok_or("a `\\p` names nothing")?;
        self.rest = rest;
        let Some(block) = name.strip_prefix("Is") else {
            return Ok(format!("\\{letter}{{{name}}}"));
        };
        let (_, range) = BLOCKS
            .iter()
            .find(|(known, _)| *known == block)
            .ok_or_else(|| format!("the block `{block}` is not known here"))?;
        Ok(match letter {
            'p' => format!("[{range}]"),
            _ => format!("[^{range}]"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, fits: &[&str], others: &[&str]) {
        let regex = compile(pattern).unwrap_or_else(|why| panic!("{pattern}: {why}"));
        for text in fits {
            assert!(regex.is_match(text), "{pattern} {text}");
        }
        for text in others {
            assert!(!regex.is_match(text), "{pattern} {text}");
        }
    }

    #[test]
    fn patterns_cover_the_whole_text() {
        check("[0-9]{5}", &["01067"], &["1067", "010670", "x01067"]);
        check("a|b", &["a", "b"], &["ab", "xa"]);
        check("a$|^b", &["a$", "^b"], &["a", "b"]);
        check("a.c", &["abc", "aäc"], &["a\nc", "a\rc"]);
        check("(ab)+", &["abab"], &["aba"]);
    }

    #[test]
    fn classes() {
        check("[a-z-[aeiou]]+", &["xyz"], &["a", "xa"]);
        check("[^a-c-[b]]", &["d", "b"], &[]);
        check("[-a]", &["-", "a"], &["b"]);
        check("[a-]", &["-", "a"], &["b"]);
        check("[0-9|A-F]", &["|", "7"], &["a"]);
        check("[&&~]", &["&", "~"], &["a"]);
        check("[^^]", &["a"], &["^"]);
        check(r"[\i-[:]][\c-[:]]*", &["a-1", "_"], &["1a", "a:b", ""]);
        check(r"\w\W", &["a,", "1 "], &["ab", ",,"]);
        check(r"\d\D", &["1a"], &["11"]);
        check(r"\s\S", &[" a"], &["aa", "\u{a0}a"]);
        check(r"\p{L}+", &["aäß"], &["a1"]);
        check(r"\p{IsBasicLatin}\P{IsBasicLatin}", &["aä"], &["aa"]);
        check(r"[\p{Lu}\p{Nd}]", &["A", "1"], &["a"]);
        check(r"\-\.\{\}\(\)\[\]\|\?\*\+\\\^", &[r"-.{}()[]|?*+\^"], &[]);
    }

    #[test]
    fn what_is_no_pattern() {
        let refused = |pattern: &str| compile(pattern).unwrap_err();
        assert_eq!(refused("[a"), "a `[` is not closed");
        assert_eq!(refused("a\\"), "it ends in a backslash");
        assert_eq!(refused("\\y"), "`\\y` has no meaning");
        assert_eq!(refused("\\p{IsKlingon}"), "the block `Klingon` is not known here");
        assert_eq!(refused("(a"), "it is no regular expression of XML Schema");
        assert_eq!(refused("((a{500}){500}){50}"), "it is too large");
    }
}
