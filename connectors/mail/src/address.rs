// SPDX-License-Identifier: EUPL-1.2
//! Mail addresses as they stand in header fields (RFC 5322, section 3.4), read strictly: what is unclear is none.

/// Whether this is one address and nothing else, fit for an SMTP command.
pub(crate) fn is_plain(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let fits = |c: char| c.is_ascii_graphic() && !"<>()[],;:\\\"@ ".contains(c);
    !local.is_empty() && local.len() <= 64 && local.chars().all(fits) && is_domain(domain)
}

/// Whether this is a domain of letters, digits, `.` and `-`.
pub(crate) fn is_domain(text: &str) -> bool {
    let label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    !text.is_empty() && text.len() <= 253 && text.split('.').all(label)
}

/// The addresses of a header field's value; `None` when anything in it is not clear.
pub(crate) fn all(value: &str) -> Option<Vec<String>> {
    let mut found = Vec::new();
    for entry in entries(value)? {
        let entry = entry.trim();
        if entry.is_empty() {
            continue;
        }
        let address = match entry.split_once('<') {
            Some((_, rest)) => rest.strip_suffix('>')?.trim(),
            None => entry,
        };
        if !is_plain(address) {
            return None;
        }
        found.push(address.to_owned());
    }
    Some(found)
}

/// The value at its commas, without comments, quoted names and the names of groups.
fn entries(value: &str) -> Option<Vec<String>> {
    let (mut entries, mut entry) = (Vec::new(), String::new());
    let (mut comment, mut quoted, mut escaped) = (0_usize, false, false);
    for c in value.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted || comment > 0 => escaped = true,
            '"' if comment == 0 => quoted = !quoted,
            _ if quoted => {}
            '(' => comment += 1,
            ')' => comment = comment.checked_sub(1)?,
            _ if comment > 0 => {}
            ',' | ';' => entries.push(std::mem::take(&mut entry)),
            // What stands before it is the name of a group.
            ':' => entry.clear(),
            _ => entry.push(c),
        }
    }
    entries.push(entry);
    (comment == 0 && !quoted && !escaped).then_some(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, expected: Option<&[&str]>) {
        let found = all(value);
        assert_eq!(
            found
                .as_ref()
                .map(|all| all.iter().map(String::as_str).collect::<Vec<_>>()),
            expected.map(<[&str]>::to_vec),
            "{value}"
        );
    }

    #[test]
    fn addresses_are_found_or_the_field_is_not_clear() {
        check("a@b.example", Some(&["a@b.example"]));
        check(
            "Erika <a@b.example>, c@d.example",
            Some(&["a@b.example", "c@d.example"]),
        );
        check("\"Muster, Erika\" <a@b.example>", Some(&["a@b.example"]));
        check("\"x\\\" <evil@x.example>, \" <a@b.example>", Some(&["a@b.example"]));
        check(
            "Amt: a@b.example (Büro, links), c@d.example;",
            Some(&["a@b.example", "c@d.example"]),
        );
        check("Verteiler:;", Some(&[]));
        for unclear in [
            "a",
            "a@",
            "@b",
            "a@b@c",
            "<a@b.example",
            "a@b.example> RCPT",
            "a b@c.example",
            "\"a",
            "(",
            "a@b_c",
        ] {
            check(unclear, None);
        }
        assert!(!is_plain("a@b.example\r\nDATA"));
    }
}
