// SPDX-License-Identifier: EUPL-1.2
//! What conditions mean, and what is none.

use super::*;
use proptest::prelude::*;

#[track_caller]
fn check(text: &str, expected: bool) {
    let condition = over_fields(text).unwrap();
    let holds = condition.holds(&mut |field: &String| match field.as_str() {
        "net" => Some("10.00"),
        "kind" => Some(" a "),
        "empty" => Some(""),
        _ => None,
    });
    assert_eq!(holds, expected, "{text}");
}

#[test]
fn conditions_of_the_grammar() {
    check("net = 10", true);
    check("net = '10'", false);
    check("net > 9.999 and net < 10.01", true);
    check("net >= 10 and net <= 10", true);
    check("kind = 'a'", true);
    check("kind in ('x', 'a')", true);
    check("not kind in ('x')", true);
    check("nothing is absent and kind is present", true);
    check("nothing != 'x'", true);
    check("nothing = '' or empty = ''", true);
    check("net > -1 and (kind = 'x' or kind = 'a')", true);
    check("kind = 'x' or kind = 'y' and net = 10", false);
}

#[test]
fn faults_point_at_the_character() {
    let fault = |text: &str| over_fields(text).unwrap_err().range;
    assert_eq!(fault("net = "), 6..6);
    assert_eq!(fault("net = äh"), 6..8);
    assert_eq!(fault("net ~ 1"), 4..5);
    assert_eq!(fault("net = 1 2"), 8..9);
    assert_eq!(fault("net is blue"), 7..8);
}

proptest! {
    #[test]
    fn numbers_compare_like_scaled_integers(a in -99_999i64..99_999, b in -99_999i64..99_999, zeros in 0usize..3) {
        let show = |n: i64| format!("{}{}.{:02}{}", if n < 0 { "-" } else { "" }, n.abs() / 100, n.abs() % 100, "0".repeat(zeros));
        prop_assert_eq!(compare_numbers(&show(a), &show(b)), Some(a.cmp(&b)));
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,40}") {
        let _ = over_fields(&text);
    }
}
