// SPDX-License-Identifier: EUPL-1.2
//! Basic letters for letters that a target does not have, as the search form of DIN 91379 says, with capitals kept.
//!
//! The search form is a rule with a few exceptions: marks go, `ä ö ü` (with whatever further marks) become `ae oe ue`,
//! `å` becomes `aa`, and the letters below have replacements of their own. Checked against all 649 letters and sequences
//! of the standard's list.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::Uncarried;

/// Letters that do not come apart into a basic letter and marks, and signs that people type for others.
#[rustfmt::skip]
const REPLACEMENTS: [(char, &str); 72] = [
    ('ß', "ss"), ('ẞ', "Ss"), ('Æ', "Ae"), ('æ', "ae"), ('Œ', "Oe"), ('œ', "oe"), ('Ø', "Oe"), ('ø', "oe"),
    ('Þ', "Th"), ('þ', "th"), ('Ð', "D"), ('ð', "d"), ('Đ', "D"), ('đ', "d"), ('Ħ', "H"), ('ħ', "h"),
    ('Ĳ', "Ij"), ('ĳ', "ij"), ('ı', "i"), ('ĸ', "k"), ('Ŀ', "L"), ('ŀ', "l"), ('Ł', "L"), ('ł', "l"),
    ('ŉ', "n"), ('Ŋ', "N"), ('ŋ', "n"), ('Ŧ', "T"), ('ŧ', "t"), ('Ƈ', "C"), ('ƈ', "c"), ('Ə', "E"),
    ('ə', "e"), ('Ɨ', "I"), ('ɨ', "i"), ('Ʒ', "Z"), ('ʒ', "z"), ('Ǥ', "G"), ('ǥ', "g"), ('ſ', "s"),
    ('\u{a0}', " "), ('\u{2009}', " "), ('\u{202f}', " "), ('\u{2010}', "-"), ('\u{2011}', "-"), ('–', "-"),
    ('—', "-"), ('−', "-"), ('‘', "'"), ('’', "'"), ('‚', "'"), ('‛', "'"), ('′', "'"), ('ʹ', "'"),
    ('ʻ', "'"), ('ʼ', "'"), ('ʾ', "'"), ('ʿ', "'"), ('“', "\""), ('”', "\""), ('„', "\""), ('‟', "\""),
    ('″', "\""), ('«', "\""), ('»', "\""), ('‹', "'"), ('›', "'"), ('…', "..."), ('€', "EUR"), ('×', "x"),
    ('ª', "a"), ('º', "o"),
];

const DIAERESIS: char = '\u{308}';
const RING: char = '\u{30a}';

/// Appends `text` with everything folded that `keep` does not want. The error tells the first character for which there
/// is no basic letter.
pub(crate) fn fold(text: &str, keep: impl Fn(char) -> bool, out: &mut String) -> Result<(), Uncarried> {
    if text.chars().all(&keep) {
        out.push_str(text);
        return Ok(());
    }
    let characters: Vec<char> = text.nfc().collect();
    let mut position = 0;
    let mut before = None;
    while let Some(&base) = characters.get(position) {
        let rest = characters.get(position + 1..).unwrap_or_default();
        let marks = rest.iter().take_while(|c| is_combining_mark(**c)).count();
        let end = position + 1 + marks;
        let cluster = characters.get(position..end).unwrap_or_default();
        if cluster.iter().all(|c| keep(*c)) {
            out.extend(cluster);
        } else {
            let after = characters.get(end).copied();
            fold_one(cluster, Neighbours { before, after }, &keep, out).ok_or(Uncarried { position })?;
        }
        before = Some(base);
        position = end;
    }
    Ok(())
}

/// The letters around one that becomes two: between capitals both are capitals.
#[derive(Clone, Copy)]
struct Neighbours {
    before: Option<char>,
    after: Option<char>,
}

impl Neighbours {
    fn are_capitals(self) -> bool {
        match self.after.filter(|c| c.is_alphabetic()) {
            Some(after) => after.is_uppercase(),
            None => self.before.is_some_and(char::is_uppercase),
        }
    }
}

fn fold_one(cluster: &[char], around: Neighbours, keep: &impl Fn(char) -> bool, out: &mut String) -> Option<()> {
    let mut parts = cluster.iter().copied().nfd();
    let base = parts.next()?;
    let marks: Vec<char> = parts.collect();
    if is_combining_mark(base) || !marks.iter().all(|c| is_combining_mark(*c)) {
        return None;
    }
    let single = base.to_string();
    let replacement = match base {
        'A' if marks.contains(&DIAERESIS) => "Ae",
        'O' if marks.contains(&DIAERESIS) => "Oe",
        'U' if marks.contains(&DIAERESIS) => "Ue",
        'a' if marks.contains(&DIAERESIS) => "ae",
        'o' if marks.contains(&DIAERESIS) => "oe",
        'u' if marks.contains(&DIAERESIS) => "ue",
        'A' if marks.contains(&RING) => "Aa",
        'a' if marks.contains(&RING) => "aa",
        // The search form, also where the encoding has the letter without its marks: `ǽ` is `ae` and not `æ`.
        _ => match REPLACEMENTS.iter().find(|(letter, _)| *letter == base) {
            Some((_, replacement)) => replacement,
            None if keep(base) => single.as_str(),
            None => return None,
        },
    };
    let capitals = base.is_uppercase() && around.are_capitals();
    let start = out.len();
    for c in replacement.chars() {
        out.push(if capitals { c.to_ascii_uppercase() } else { c });
    }
    let folded = out.get(start..).unwrap_or_default();
    folded.chars().all(keep).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, usize>) {
        let mut out = String::new();
        let folded = fold(text, |c| c.is_ascii(), &mut out).map(|()| out.as_str());
        assert_eq!(folded.map_err(|fault| fault.position), expected);
    }

    #[test]
    fn letters_become_basic_letters() {
        check("Müller", Ok("Mueller"));
        check("MÜLLER", Ok("MUELLER"));
        check("Übel", Ok("Uebel"));
        check("Ü", Ok("Ue"));
        check("GROẞ", Ok("GROSS"));
        check("Ǘ a\u{323}\u{308} C\u{308}", Ok("Ue ae C"));
        check("Åse Ødegård Þór", Ok("Aase Oedegaard Thor"));
        check("Ǿ Ǽ ǯ", Ok("Oe Ae z"));
        check("Straße – „Süd“…", Ok("Strasse - \"Sued\"..."));
        check("Mu\u{308}ller", Ok("Mueller"));
    }

    #[test]
    fn other_scripts_are_refused_where_they_begin() {
        check("ab Αθήνα", Err(3));
        check("ä漢", Err(1));
        check("\u{308}", Err(0));
    }
}
