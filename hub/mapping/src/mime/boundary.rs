// SPDX-License-Identifier: EUPL-1.2
//! Parts between boundary lines (RFC 2046, section 5.1.1).

use std::ops::Range;

use super::block::line;
use super::{is_blank, slice};

/// What stands between the boundary lines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Divided {
    /// The parts, without the line break before the next boundary, which belongs to that.
    pub(crate) parts: Vec<Range<usize>>,
    /// Where what follows the closing boundary line begins; `None` where there is no closing line.
    pub(crate) closed: Option<usize>,
    /// Whether there was any boundary line.
    pub(crate) found: bool,
}

/// Divides `range` at the boundary, up to `max` parts and one more.
pub(crate) fn divide(input: &[u8], range: &Range<usize>, boundary: &[u8], max: usize) -> Divided {
    let mut found = Divided::default();
    let mut at = range.start;
    let mut begins: Option<usize> = None;
    // End of the text of the line before.
    let mut before = range.start;
    while at < range.end {
        let line = line(input, at, range.end);
        if let Some(closing) = is_boundary(slice(input, line.text.clone()), boundary) {
            found.found = true;
            if let Some(begin) = begins {
                found.parts.push(begin..before.max(begin));
            }
            if closing {
                found.closed = Some(line.next);
                return found;
            }
            if found.parts.len() > max {
                return found;
            }
            begins = Some(line.next);
        }
        before = line.text.end;
        at = line.next;
    }
    if let Some(begin) = begins {
        found.parts.push(begin..range.end);
    }
    found
}

/// Whether a line is a boundary line, and then whether it is the closing one.
fn is_boundary(line: &[u8], boundary: &[u8]) -> Option<bool> {
    let rest = line.strip_prefix(b"--")?.strip_prefix(boundary)?;
    let (closing, rest) = match rest.strip_prefix(b"--") {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    rest.iter().all(|byte| is_blank(*byte)).then_some(closing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, parts: &[&str], after: Option<&str>) {
        let found = divide(input.as_bytes(), &(0..input.len()), b"b", 10);
        let shown: Vec<&str> = found.parts.iter().filter_map(|part| input.get(part.clone())).collect();
        assert_eq!(shown, parts, "{input:?}");
        assert_eq!(found.closed.and_then(|at| input.get(at..)), after, "{input:?}");
    }

    #[test]
    fn parts_stand_between_boundary_lines() {
        check("pre\n--b\nx\n--b \t\ny\n\n--b--\nafter", &["x", "y\n"], Some("after"));
        check("--b\r\nx\r\n--b--", &["x"], Some(""));
        check("--b\n--b\n\n--b--\n", &["", ""], Some(""));
        check("--bb\n--b-\n-- b\n", &[], None);
        check("--b\nx\n --b--\n", &["x\n --b--\n"], None);
        check("--b--\nx", &[], Some("x"));
    }

    #[test]
    fn no_more_parts_than_the_limit_and_one_are_kept() {
        let many = "--b\nx\n".repeat(100);
        let found = divide(many.as_bytes(), &(0..many.len()), b"b", 10);
        assert_eq!((found.parts.len(), found.closed), (11, None));
    }
}
