// SPDX-License-Identifier: EUPL-1.2
//! Which texts of a mapping hold a place and functions, and how those are spaced.

/// Whether the text of a value is a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Where {
    /// No text in the value is.
    Nowhere,
    /// The value is a row, a list of rows or a row as a table.
    Here,
}

impl Where {
    /// For an entry with this key in the section with these names.
    pub(super) fn of(section: &[&str], key: &[&str]) -> Self {
        let path: Vec<&str> = section.iter().chain(key).copied().collect();
        match path.as_slice() {
            ["fields", ..] => Self::at(key.last()),
            ["at", _] => Self::Here,
            ["lists", _, rest @ ..] => Self::in_list(rest),
            ["fragments", _, "lists", _, rest @ ..] => Self::in_list(rest),
            ["fragments", _, "always", ..] => Self::Nowhere,
            ["fragments", _, ..] => Self::at(key.last()),
            _ => Self::Nowhere,
        }
    }

    fn in_list(rest: &[&str]) -> Self {
        match rest {
            ["each" | "item"] => Self::Here,
            ["each" | "item", side] => Self::at(Some(side)),
            ["fields", .., last] => Self::at(Some(last)),
            ["lists", _, rest @ ..] => Self::in_list(rest),
            _ => Self::Nowhere,
        }
    }

    /// `default` and `required` of a row are no rows; a condition has a grammar of its own.
    fn at(key: Option<&&str>) -> Self {
        match key {
            Some(&"default" | &"required" | &"when") => Self::Nowhere,
            _ => Self::Here,
        }
    }

    /// For an entry of an inline table.
    pub(super) fn below(self, key: &str) -> Self {
        match self {
            Self::Here => Self::at(Some(&key)),
            Self::Nowhere => Self::Nowhere,
        }
    }
}

/// The text of a row with the canonical spaces; `None` when it has them, or when a quotation mark does not end.
pub(super) fn spaced(row: &str) -> Option<String> {
    let mut out = String::with_capacity(row.len() + 8);
    let mut rest = row.trim().chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\'' => {
                out.push('\'');
                loop {
                    let next = rest.next()?;
                    out.push(next);
                    if next == '\'' {
                        break;
                    }
                }
            }
            '|' | '=' => operator(&mut out, &c.to_string()),
            '!' if rest.peek() == Some(&'=') => {
                rest.next();
                operator(&mut out, "!=");
            }
            ',' => {
                out.truncate(out.trim_end().len());
                out.push_str(", ");
            }
            ')' | ']' | '}' | '/' => {
                out.truncate(out.trim_end().len());
                out.push(c);
            }
            // Names are apart by one space (`a is present`); nothing stands apart from what opens or divides.
            c if c.is_whitespace() => {
                if !out.ends_with([' ', '(', '[', '{', '/']) {
                    out.push(' ');
                }
            }
            '(' | '[' | '{' => {
                if c != '{' {
                    out.truncate(out.trim_end().len());
                }
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out.truncate(out.trim_end().len());
    (out != row).then_some(out)
}

fn operator(out: &mut String, sign: &str) {
    out.truncate(out.trim_end().len());
    if !out.is_empty() {
        out.push(' ');
    }
    out.push_str(sign);
    out.push(' ');
}

/// The text of a row without the spaces that [`spaced`] may put in or take away.
pub(super) fn without_spaces(row: &str) -> String {
    let mut quoted = false;
    row.chars()
        .filter(|c| {
            quoted ^= *c == '\'';
            quoted || !c.is_whitespace()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(row: &str, expected: &str) {
        assert_eq!(spaced(row).as_deref().unwrap_or(row), expected);
        assert_eq!(spaced(expected), None, "it is canonical already");
        assert_eq!(without_spaces(row), without_spaces(expected));
    }

    #[test]
    fn rows_have_one_spelling() {
        check("cbc:ID", "cbc:ID");
        check(" cbc:IssueDate|date ", "cbc:IssueDate | date");
        check(
            "a  |  trim|uuid5('urn:x',^case.number)",
            "a | trim | uuid5('urn:x', ^case.number)",
        );
        check("t[ @k='x' ][m/n!='y']/c", "t[@k = 'x'][m/n != 'y']/c");
        check(
            "{seller} / 'Betrag  in |€' | decimal( ',' )",
            "{seller}/'Betrag  in |€' | decimal(',')",
        );
        check("t[a/b  is present]", "t[a/b is present]");
        check(". |use(line)", ". | use(line)");
        check("'it''s | it'|upper", "'it''s | it' | upper");
        check("a | template('{f},{g}')", "a | template('{f},{g}')");
    }

    #[test]
    fn what_does_not_end_is_left_alone() {
        assert_eq!(spaced("a|f('x"), None);
    }

    #[test]
    fn rows_are_where_the_grammar_has_them() {
        let check = |section: &[&str], key: &[&str], expected| {
            assert_eq!(Where::of(section, key), expected, "{section:?} {key:?}");
        };
        check(&["fields"], &["seller", "*"], Where::Here);
        check(&["fields"], &["vat", "read"], Where::Here);
        check(&["fields", "number"], &["default"], Where::Nowhere);
        check(&["lists", "lines"], &["each"], Where::Here);
        check(&["lists", "lines"], &["template"], Where::Nowhere);
        check(&["lists", "lines", "lists", "parts", "fields"], &["id"], Where::Here);
        check(&["lists", "lines", "always"], &["art"], Where::Nowhere);
        check(&["fragments", "party"], &["name"], Where::Here);
        check(&["fragments", "line", "lists", "x", "fields"], &["name"], Where::Here);
        check(&["always"], &["K/art"], Where::Nowhere);
        check(&["test"], &["read"], Where::Nowhere);
        check(&["at"], &["seller"], Where::Here);
        check(&[], &["title"], Where::Nowhere);
    }
}
