// SPDX-License-Identifier: EUPL-1.2
//! Where the cursor is in a row: `{short}/cbc:Name[@k = 'x'] | table(t)`.

use std::ops::Range;

/// What the cursor is in. Ranges hold the word that a completion replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum In {
    /// A step of a place, and the place above it.
    Step { above: String, word: Range<usize> },
    /// A short name, without its brackets.
    Short(Range<usize>),
    /// A canonical field, without its `^`.
    Field(Range<usize>),
    /// A fact, without its `$`.
    Fact(Range<usize>),
    /// A function.
    Function(Range<usize>),
    /// An argument of a function.
    Argument { function: String, word: Range<usize> },
    /// A text in quotation marks.
    Literal,
}

/// What the byte at `offset` of a row is in.
pub(super) fn at(row: &str, offset: usize) -> In {
    let before = row.get(..offset).unwrap_or(row);
    let (mut pipe, mut quoted, mut open) = (None, false, Vec::new());
    for (at, c) in before.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            _ if quoted => {}
            '|' if open.is_empty() => pipe = Some(at + 1),
            '[' | '(' | '{' => open.push((at, c)),
            ']' | ')' | '}' => {
                open.pop();
            }
            _ => {}
        }
    }
    // A name of a place may stand in quotation marks, so only before `|` a mark does not begin a literal.
    if quoted && (pipe.is_some() || matches!(open.last(), Some((_, '(' | '[')))) {
        return In::Literal;
    }
    let word = word(row, offset);
    if let Some(start) = pipe {
        return match open.last() {
            Some((bracket, '(')) => In::Argument {
                function: row.get(start..*bracket).unwrap_or_default().trim().to_owned(),
                word,
            },
            _ => In::Function(word),
        };
    }
    match before.get(..word.start).and_then(|before| before.chars().next_back()) {
        Some('^') => return In::Field(word),
        Some('$') => return In::Fact(word),
        _ => {}
    }
    if let Some((_, '{')) = open.last() {
        return In::Short(word);
    }
    step(row, offset, &open)
}

/// Letters, digits and what else names have.
fn word(row: &str, offset: usize) -> Range<usize> {
    let is = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    around(row, offset, is)
}

fn around(row: &str, offset: usize, is: impl Fn(char) -> bool) -> Range<usize> {
    let before = row.get(..offset).unwrap_or_default();
    let behind = row.get(offset..).unwrap_or_default();
    let start = before.trim_end_matches(&is).len();
    let end = offset + behind.len() - behind.trim_start_matches(&is).len();
    start..end
}

fn step(row: &str, offset: usize, open: &[(usize, char)]) -> In {
    let is =
        |c: char| !matches!(c, '/' | '[' | ']' | '|' | '{' | '}' | '(' | ')' | '=' | '!' | '\n') && !c.is_whitespace();
    let word = quoted_name(row, offset).unwrap_or_else(|| around(row, offset, is));
    // Within a predicate places are those of the step that it belongs to.
    let predicate = open.iter().rev().find(|(_, c)| *c == '[').map(|(at, _)| *at);
    let start = predicate.map_or(0, |at| at + 1);
    let own = row.get(start..word.start).unwrap_or_default();
    // A predicate has spaces and `=` of its own; what is left of them parts the places of a condition.
    let own = bare(own);
    let own = own.rsplit([' ', '=']).next().unwrap_or_default();
    let base = predicate.and_then(|at| row.get(..at)).unwrap_or_default();
    In::Step {
        above: join(&[&plain(base), own]),
        word,
    }
}

/// A name in quotation marks that the cursor is in, with them.
fn quoted_name(row: &str, offset: usize) -> Option<Range<usize>> {
    let before = row.get(..offset)?;
    let begun = before.matches('\'').count() % 2 == 1;
    let start = before.rfind('\'').filter(|_| begun)?;
    let end = row.get(offset..)?.find('\'').map_or(offset, |at| offset + at + 1);
    Some(start..end)
}

/// A place without predicates and without what is no place.
pub(super) fn plain(place: &str) -> String {
    bare(place).trim().trim_end_matches('/').to_owned()
}

/// The same with the white space and the `/` at its end.
fn bare(place: &str) -> String {
    let (mut out, mut depth, mut quoted) = (String::new(), 0_usize, false);
    for c in place.chars() {
        match c {
            '\'' => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => {
                depth = depth.saturating_sub(1);
                continue;
            }
            '|' if !quoted && depth == 0 => break,
            _ => {}
        }
        if depth == 0 {
            out.push(c);
        }
    }
    out
}

/// Places below each other as one; a short name begins anew.
pub(super) fn join(places: &[&str]) -> String {
    let mut out = String::new();
    for place in places {
        let place = place.trim().trim_matches('/');
        let place = place.strip_prefix("./").unwrap_or(place);
        if place.is_empty() || place == "." {
            continue;
        }
        if place.starts_with('{') {
            out.clear();
        }
        if !out.is_empty() {
            out.push('/');
        }
        out.push_str(place);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(marked: &str, expected: &str) {
        let offset = marked.find('¦').unwrap();
        let row = marked.replace('¦', "");
        let said = |word: Range<usize>| row.get(word).unwrap();
        let shown = match at(&row, offset) {
            In::Step { above, word } => format!("step {} below {above}", said(word)),
            In::Short(word) => format!("short {}", said(word)),
            In::Field(word) => format!("field {}", said(word)),
            In::Fact(word) => format!("fact {}", said(word)),
            In::Function(word) => format!("function {}", said(word)),
            In::Argument { function, word } => format!("argument {} of {function}", said(word)),
            In::Literal => "literal".to_owned(),
        };
        assert_eq!(shown, expected, "{marked}");
    }

    #[test]
    fn rows_are_taken_apart_at_the_cursor() {
        check("¦", "step  below ");
        check("cac:Pa¦rty", "step cac:Party below ");
        check("cac:Party/¦", "step  below cac:Party");
        check("{seller}/cbc:N¦ame | trim", "step cbc:Name below {seller}");
        check("a/b[c/¦ = 'x']/d", "step  below a/b/c");
        check("a/b[c = 'x']/@d¦", "step @d below a/b");
        check("a[b = 'x¦']", "literal");
        check("a/b = 'x' and c/¦", "step  below c");
        check("{sel¦", "short sel");
        check("^seller.na¦", "field seller.na");
        check("a[b = ^cur¦]", "field cur");
        check("$message.¦", "fact message.");
        check("a | ¦", "function ");
        check("a | trim | up¦", "function up");
        check("a | table(in¦voice-type)", "argument invoice-type of table");
        check("a | replace('x¦', 'y')", "literal");
        check("a | use(¦", "argument  of use");
        check("'Betrag in €¦' | trim", "step 'Betrag in €' below ");
    }
}
