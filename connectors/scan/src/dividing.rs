// SPDX-License-Identifier: EUPL-1.2
//! How a stack is divided into documents. Pure.

use crate::page::{Origin, Page};
use crate::settings::{Blank, Dividing, Separator};

/// A document of a stack, by places in the list of pages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Part {
    /// The separator page that was dropped: its codes belong to the document that it begins.
    pub heading: Option<usize>,
    pub pages: Vec<usize>,
}

/// The documents of a stack. A file that is one document has one part with all its pages.
pub(crate) fn divide(pages: &[Page], how: &Dividing) -> Vec<Part> {
    let (mut parts, mut part) = (Vec::new(), Part::default());
    for (place, page) in pages.iter().enumerate() {
        if is_separator(page, how) {
            parts.push(std::mem::take(&mut part));
            match how.separator {
                Separator::Drop => part.heading = Some(place),
                Separator::Keep => part.pages.push(place),
            }
        } else if page.origin == Origin::Blank && page.codes.is_empty() && how.blank == Blank::Separate {
            parts.push(std::mem::take(&mut part));
        } else {
            part.pages.push(place);
        }
    }
    parts.push(part);
    parts.retain(|part| !part.pages.is_empty());
    parts
}

fn is_separator(page: &Page, how: &Dividing) -> bool {
    let pattern = how.barcode.as_ref();
    pattern.is_some_and(|pattern| page.codes.iter().any(|code| pattern.fits(&code.text)))
}

#[cfg(test)]
mod tests {
    use amtshub_connector_folder::Pattern;

    use super::*;
    use crate::codes::{Code, Format};

    /// A stack in letters: `S` separator, `_` blank, `K` a page with another code, everything else a page. Parts are their
    /// places, a dropped separator in brackets.
    #[track_caller]
    fn check(stack: &str, separator: Separator, blank: Blank, expected: &str) {
        let page = |(place, letter): (usize, char)| Page {
            number: place as u32 + 1,
            origin: if letter == '_' {
                Origin::Blank
            } else {
                Origin::Recognition
            },
            words: 0,
            certainty: 0.0,
            codes: match letter {
                'S' => vec!["TRENN-1"],
                'K' => vec!["AZ:1"],
                _ => Vec::new(),
            }
            .into_iter()
            .map(|text| Code {
                format: Format::Code128,
                text: text.to_owned(),
            })
            .collect(),
            text: String::new(),
        };
        let pages: Vec<Page> = stack.chars().enumerate().map(page).collect();
        let how = Dividing {
            barcode: Some(Pattern::from("TRENN*".to_owned())),
            separator,
            blank,
        };
        let shown = |part: &Part| {
            let heading = part.heading.map(|place| format!("[{place}]")).unwrap_or_default();
            let pages: Vec<String> = part.pages.iter().map(usize::to_string).collect();
            format!("{heading}{}", pages.join(","))
        };
        let parts: Vec<String> = divide(&pages, &how).iter().map(shown).collect();
        assert_eq!(parts.join(" "), expected, "{stack}");
    }

    #[test]
    fn stacks_are_divided() {
        use {Blank as B, Separator as S};
        check("abc", S::Drop, B::Keep, "0,1,2");
        check("SaSbc", S::Drop, B::Keep, "[0]1 [2]3,4");
        check("SaSbc", S::Keep, B::Keep, "0,1 2,3,4");
        check("aSb", S::Drop, B::Keep, "0 [1]2");
        check("SSa", S::Drop, B::Keep, "[1]2");
        check("aS", S::Drop, B::Keep, "0");
        check("S", S::Drop, B::Keep, "");
        check("a_b", S::Drop, B::Keep, "0,1,2");
        check("a_b", S::Drop, B::Separate, "0 2");
        check("__a__b_", S::Drop, B::Separate, "2 5");
        check("KaSKb", S::Drop, B::Separate, "0,1 [2]3,4");
    }

    #[test]
    fn without_a_pattern_nothing_is_divided() {
        let page = Page {
            number: 1,
            origin: Origin::Blank,
            words: 0,
            certainty: 0.0,
            codes: vec![Code {
                format: Format::Qr,
                text: "TRENN".to_owned(),
            }],
            text: String::new(),
        };
        assert_eq!(divide(&[page.clone(), page], &Dividing::default()).len(), 1);
    }
}
