// SPDX-License-Identifier: EUPL-1.2
//! `format=flowed` (RFC 3676): lines that were broken for sending become whole again.

/// The text with its lines as they were written. `delsp`: the space at the broken end was added too.
pub(super) fn joined(text: &str, delsp: bool) -> String {
    let mut out = String::with_capacity(text.len());
    // Depth of quoting of the line that goes on, if one does.
    let mut open: Option<usize> = None;
    for line in text.split('\n') {
        let content = line.trim_start_matches('>');
        let depth = line.len() - content.len();
        let content = content.strip_prefix(' ').unwrap_or(content);
        let signature = content == "-- ";
        if open != Some(depth) || signature {
            if !out.is_empty() || open.is_some() {
                out.push('\n');
            }
            out.extend(std::iter::repeat_n('>', depth));
            if depth > 0 {
                out.push(' ');
            }
        }
        let flows = content.ends_with(' ') && !signature;
        let content = if flows && delsp {
            content.strip_suffix(' ').unwrap_or(content)
        } else {
            content
        };
        out.push_str(content);
        open = Some(if flows { depth } else { usize::MAX });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, delsp: bool, expected: &str) {
        assert_eq!(joined(text, delsp), expected);
    }

    #[test]
    fn broken_lines_become_whole() {
        check(
            "Guten Tag, \nhier \nbin ich.\n\nGruß",
            false,
            "Guten Tag, hier bin ich.\n\nGruß",
        );
        check("Donau \ndampf", true, "Donaudampf");
        check(
            "> Zitat \n> weiter\n>> tiefer\nAntwort",
            false,
            "> Zitat weiter\n>> tiefer\nAntwort",
        );
        check("Ende \n-- \nName", false, "Ende \n-- \nName");
        check(" From Mars\n  eingerückt", false, "From Mars\n eingerückt");
        check("\na", false, "\na");
    }
}
