// SPDX-License-Identifier: EUPL-1.2
//! A section of the Markdown files, taken apart.

/// What there is to say about a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// The code as it is printed: `AH-M103`.
    pub code: &'static str,
    /// German.
    pub german: Side,
    /// English.
    pub english: Side,
    /// An example, for both languages, with its fences.
    pub example: Option<&'static str>,
}

/// A page in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Side {
    /// A few words.
    pub title: &'static str,
    /// What the code means.
    pub meaning: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
}

/// The heading of the parts of a page, in their order.
const PARTS: [&str; 4] = ["**Bedeutung** ", "**Was tun** ", "**Meaning** ", "**What to do** "];

/// The pages of a file; a section that is not in the form is left out, which a test finds.
pub(crate) fn pages(text: &'static str) -> impl Iterator<Item = Page> {
    text.split("\n## ").skip(1).filter_map(page)
}

fn page(section: &'static str) -> Option<Page> {
    let (heading, body) = section.split_once('\n')?;
    let mut words = heading.split(" · ");
    let (code, german, english) = (words.next()?, words.next()?, words.next()?);
    if words.next().is_some() {
        return None;
    }
    let (body, example) = match body.split_once("\n```") {
        Some((before, _)) => (before, body.get(before.len() + 1..).map(str::trim_end)),
        None => (body, None),
    };
    let [meaning_german, remedy_german, meaning, remedy] = parts(body)?;
    Some(Page {
        code,
        german: Side {
            title: german,
            meaning: meaning_german,
            remedy: remedy_german,
        },
        english: Side {
            title: english,
            meaning,
            remedy,
        },
        example,
    })
}

/// The texts behind the four headings.
fn parts(body: &'static str) -> Option<[&'static str; 4]> {
    let mut found = [""; 4];
    let mut rest = body.trim();
    for (index, heading) in PARTS.iter().enumerate() {
        rest = rest.strip_prefix(heading)?;
        let end = match PARTS.get(index + 1) {
            Some(next) => rest.find(&format!("\n\n{next}"))?,
            None => rest.len(),
        };
        *found.get_mut(index)? = rest.get(..end)?.trim();
        rest = rest.get(end..)?.trim_start();
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# Area\n\nwords\n\n## AH-M103 · Platz · Place\n\n**Bedeutung** a\nb.\n\n- c\n\n**Was tun** d.\n\n\
                        **Meaning** e.\n\n**What to do** f.\n\n```toml\nx = 1\n```\n\n## AH-M104 · Nur · Half\n\n**Bedeutung** a.\n";

    #[test]
    fn a_section_is_taken_apart() {
        let found: Vec<Page> = pages(FILE).collect();
        let german = Side {
            title: "Platz",
            meaning: "a\nb.\n\n- c",
            remedy: "d.",
        };
        let english = Side {
            title: "Place",
            meaning: "e.",
            remedy: "f.",
        };
        let example = Some("```toml\nx = 1\n```");
        let code = "AH-M103";
        assert_eq!(
            found,
            [Page {
                code,
                german,
                english,
                example
            }]
        );
    }
}
