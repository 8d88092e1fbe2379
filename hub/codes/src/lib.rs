// SPDX-License-Identifier: EUPL-1.2
//! Every code of Amtshub has a page: what it means for whoever looks after the hub, and what to do about it, German
//! first and then English. The pages are the Markdown files beside this crate's sources, one for each area, and they are
//! built into the program, so that a code can be explained where there is no network and no manual.
//!
//! A page has a fixed form, which the tests of this crate hold:
//!
//! ````text
//! ## AH-M103 · Platz gibt es nicht · No such place
//!
//! **Bedeutung** …
//!
//! **Was tun** …
//!
//! **Meaning** …
//!
//! **What to do** …
//!
//! ```toml
//! an example, where one helps
//! ```
//! ````
//!
//! Whoever makes a new code writes its section into the file of its area, in the order of the numbers. A test of the
//! whole project (`tests/sources.rs` here) demands a page for every code in the sources and a source for every page.
//!
//! Invariant: no input, no output, and no other crate is named here, so that every part of the hub can name this one.

mod areas;
mod page;

pub use areas::{AREAS, Area};
pub use page::{Page, Side};

/// Every page, in the order of the areas and of the numbers.
pub fn all() -> impl Iterator<Item = Page> {
    AREAS.iter().flat_map(|area| page::pages(area.text))
}

/// The page of a code: `AH-M103`, also `M103` and `m103`.
pub fn page(code: &str) -> Option<Page> {
    let code = full(code);
    all().find(|page| page.code == code)
}

/// A code as it is printed: `m103` is `AH-M103`.
pub fn full(code: &str) -> String {
    let code = code.trim().to_uppercase();
    match code.strip_prefix("AH-") {
        Some(_) => code,
        None => format!("AH-{code}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_however_it_is_spelled() {
        for spelled in ["AH-M103", "M103", "m103", "ah-m103", " M103 "] {
            assert_eq!(page(spelled).unwrap().code, "AH-M103", "{spelled}");
        }
        assert_eq!(page("AH-M000"), None);
        assert_eq!(page(""), None);
    }

    #[test]
    fn every_section_is_a_whole_page_of_its_area_and_the_numbers_rise() {
        for area in AREAS {
            let headings = area.text.lines().filter(|line| line.starts_with("## "));
            let pages: Vec<Page> = page::pages(area.text).collect();
            let whole: Vec<&str> = pages.iter().map(|page| page.code).collect();
            let named: Vec<&str> = headings.filter_map(|line| line.split_whitespace().nth(1)).collect();
            assert_eq!(whole, named, "a section of {} is not in the form", area.title);
            assert!(whole.iter().all(|code| area.holds(code)), "{}: {whole:?}", area.title);
            assert!(whole.windows(2).all(|two| two[0] < two[1]), "{}: {whole:?}", area.title);
        }
    }

    #[test]
    fn a_page_says_something_in_both_languages() {
        for page in all() {
            for side in [&page.german, &page.english] {
                assert!(
                    (3..=70).contains(&side.title.chars().count()),
                    "{}: {}",
                    page.code,
                    side.title
                );
                for text in [side.meaning, side.remedy] {
                    assert!(text.chars().count() > 15, "{}: {text}", page.code);
                    assert!(text.ends_with(['.', '`', ')', '?']), "{}: {text}", page.code);
                }
            }
            assert_ne!(page.german.meaning, page.english.meaning, "{}", page.code);
        }
    }
}
