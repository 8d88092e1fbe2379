// SPDX-License-Identifier: EUPL-1.2
//! Shows a rejection like a compiler does: code and sentence, place, field, rule, what to do. Never a value.

use std::fmt::Write;

use hub_message::Rejection;

/// The rejection and everything that hangs on it, as text.
pub(crate) fn render(input: &str, rejection: &Rejection) -> String {
    let all = std::iter::once(rejection).chain(&rejection.also);
    all.map(|one| single(input, one)).collect::<Vec<_>>().join("\n")
}

fn single(input: &str, rejection: &Rejection) -> String {
    let mut out = format!("error[{}]: {}\n", rejection.code, rejection.text);
    let place = rejection.place.map(|place| format!(":{place}")).unwrap_or_default();
    let _ = writeln!(out, "  --> {input}{place}");
    for (name, value) in [
        ("path", &rejection.path),
        ("field", &rejection.field),
        ("rule", &rejection.rule),
    ] {
        if let Some(value) = value {
            let _ = writeln!(out, "   = {name}: {value}");
        }
    }
    let _ = writeln!(out, "   = {}", rejection.remedy);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use hub_message::{Code, Place};

    #[test]
    fn all_that_is_known_is_shown() {
        let mut rejection = Rejection::new(Code::new("AH-M210"), "the field is required", "ask the sender")
            .at(Place { line: 3, column: 7 })
            .at_path("Invoice/ID")
            .at_field("number")
            .by_rule("ubl.map.toml:9:1");
        rejection
            .also
            .push(Rejection::new(Code::new("AH-S101"), "too long", "shorten it"));
        assert_eq!(
            render("a.xml", &rejection),
            "error[AH-M210]: the field is required\n  --> a.xml:3:7\n   = path: Invoice/ID\n   = field: number\n   \
             = rule: ubl.map.toml:9:1\n   = ask the sender\n\nerror[AH-S101]: too long\n  --> a.xml\n   = shorten it\n"
        );
    }
}
