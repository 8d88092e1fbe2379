// SPDX-License-Identifier: EUPL-1.2
//! What the formatter makes of small files; shipped ones are formatted in `tests/it/formatting.rs`.

use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(given: &str, expected: &str) {
    let formatted = format(given, Kind::Mapping);
    assert_eq!(formatted.as_deref(), Ok(expected));
    assert_eq!(
        format(expected, Kind::Mapping).as_deref(),
        Ok(expected),
        "it is not stable"
    );
}

#[test]
fn equals_signs_and_comments_are_aligned_from_blank_line_to_blank_line() {
    check(
        "[fields]\na='x'#1\nlong.name = \"y|date\"   # 2\n# between\nb = 'z' #  3\n\n\nc  = 'q' # 4\n",
        "[fields]\na         = \"x\"  #1\nlong.name = \"y | date\"  # 2\n# between\nb         = \"z\"  #  3\n\nc = \"q\"  # 4\n"
            .replace("\"x\"  #1", "\"x\"         #1")
            .as_str(),
    );
}

#[test]
fn what_is_far_longer_than_the_rest_stands_aside() {
    let long = "a".repeat(41);
    let place = "x".repeat(120);
    check(
        &format!("[fields]\n{long}='x'\nbb='y' # 1\nc='{place}' # 2\n"),
        &format!("[fields]\n{long} = \"x\"\nbb = \"y\"  # 1\nc  = \"{place}\"  # 2\n"),
    );
}

#[test]
fn sections_stand_in_the_order_of_the_grammar() {
    check(
        "#:schema x\n# Speaks of the id.\nid = 'a'\nmapping = 1\n[[test]]\nname = 't'\n[test.expect]\na = 1\n[coverage]\nunmapped = 'report'\n\
         [fragments.f]\na = 'b'\n# Above lists.\n[lists.l]\neach = 'x'\n[lists.l.fields]\nid = 'i'\n[fields]\nn = 'n'\n[lists.m]\neach = 'y'\n\
         [format.ns]\np = 'u'\n# Above the format.\n\n[format]\nkind = 'xml'\n[at]\ns = 'a/b'\n",
        "#:schema x\nmapping = 1\n# Speaks of the id.\nid      = \"a\"\n\n[format.ns]\np = \"u\"\n# Above the format.\n\n[format]\nkind = \"xml\"\n\n\
         [at]\ns = \"a/b\"\n\n# Above lists.\n[lists.l]\neach = \"x\"\n[lists.l.fields]\nid = \"i\"\n\n[fields]\nn = \"n\"\n\n[lists.m]\neach = \"y\"\n\n\
         [fragments.f]\na = \"b\"\n\n[coverage]\nunmapped = \"report\"\n\n[[test]]\nname = \"t\"\n[test.expect]\na = 1\n",
    );
}

#[test]
fn comments_are_kept_wherever_they_stand() {
    check(
        "# 1\n\n# 2\nmapping = 1 # 3\n# 4\n\n# 5\n[tables.t] # 6\n# 7\ninline = { a = 'b' } # 8\n# 9\n[case]\nkeys = [ # 10\n# 11\n{ field='a' }, # 12\n\
         { field = 'b' } # 13\n# 14\n] # 15\n# 16\n\n# 17\n",
        "# 1\n\n# 2\nmapping = 1  # 3\n# 4\n\n# 5\n[tables.t]  # 6\n# 7\ninline = { a = \"b\" }  # 8\n\n# 9\n[case]\nkeys = [  # 10\n  # 11\n  { field = \"a\" },  # 12\n  \
         { field = \"b\" },  # 13\n  # 14\n]  # 15\n# 16\n\n# 17\n",
    );
}

#[test]
fn texts_have_one_kind_of_quotation_marks() {
    check(
        "[[test]]\nname='n'\nread_text = '<a b=\"c\"/>'\nequals_text = \"{\\\"a\\\":1}\"\nabsent=['x',\"it's\",'tab\\t']\n",
        "[[test]]\nname        = \"n\"\nread_text   = '<a b=\"c\"/>'\nequals_text = '{\"a\":1}'\nabsent      = [\"x\", \"it's\", 'tab\\t']\n",
    );
}

#[test]
fn several_lines_stay_several_lines() {
    check(
        "[fields]\nid = [ {path='a'},\n{path='b', when=\"s is  absent\"} ]\nx = '''\n a\n'''\n",
        "[fields]\nid = [\n  { path = \"a\" },\n  { path = \"b\", when = \"s is  absent\" },\n]\nx  = '''\n a\n'''\n",
    );
}

#[test]
fn what_is_no_toml_is_left_alone() {
    assert_eq!(format("a = [1\nb = 2\n", Kind::Mapping), Err(Unformatted::Broken));
}

#[test]
fn configuration_keeps_its_order() {
    let text = "[status]\nlisten='x'\n[site]\nname = 'a|b'\n";
    let expected = "[status]\nlisten = \"x\"\n\n[site]\nname = \"a|b\"\n";
    assert_eq!(format(text, Kind::Configuration).as_deref(), Ok(expected));
}

#[test]
fn mappings_are_known_by_their_name_and_by_what_they_say() {
    assert_eq!(Kind::of("x.map.toml", ""), Kind::Mapping);
    assert_eq!(Kind::of("-", "# x\nmapping = 1\n[format]\n"), Kind::Mapping);
    assert_eq!(Kind::of("-", "[[route]]\nmapping = 'x'\n"), Kind::Configuration);
}

proptest! {
    /// Whatever a file looks like, it comes out stable and with all that it says.
    #[test]
    fn any_file_is_formatted_once(lines in proptest::collection::vec(line(), 0..24)) {
        let text = lines.join("\n");
        for kind in [Kind::Mapping, Kind::Configuration] {
            match format(&text, kind) {
                Ok(formatted) => prop_assert_eq!(format(&formatted, kind), Ok(formatted.clone())),
                Err(fault) => prop_assert_eq!(fault, Unformatted::Broken),
            }
        }
    }
}

/// A line as somebody might write it.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "# ?[a-z ]{0,6}",
        Just("[fields]".to_owned()),
        "\\[(lists|fragments|at|always|format|tables|case)\\.[a-c](\\.(fields|always))?\\]( # x)?",
        "\\[\\[(test|case\\.keys)\\]\\]",
        "[a-c](\\.[a-c]|\\.\"\\*\")? ?= ?('[a-c| =\\[\\]/{}(),]{0,9}'|\"[a-c|]{0,4}\")( # [a-z]{0,5})?",
        "[a-c] = \\[ ?('a'|1)?(, \\{ ?path ?= ?'a\\|b' ?\\})? ?\\](#x)?",
        "[a-c] = \\[\n  # x\n  1, 2 # y\n (3)?\n\\]",
        "[a-c] = \\{ (a = 1)?(, b = \\[\\])? \\}",
        "[a-c] = '''\n? x\n'''",
    ]
}
