// SPDX-License-Identifier: EUPL-1.2
//! Refusals of the strict layer: a code, a sentence, a remedy, a place. Never anything out of the document.

use hub_message::{Code, Place, Rejection};

/// What a document breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Breach {
    Syntax,
    Doctype,
    Root,
    Balance,
    Character,
    DuplicateAttribute,
    Namespace,
    Reference,
    Markup,
    Name,
    Limit,
    Declaration,
    WrongRoot,
    Empty,
}

impl Breach {
    fn code(self) -> &'static str {
        match self {
            Self::Syntax => "AH-X100",
            Self::Doctype => "AH-X101",
            Self::Root => "AH-X102",
            Self::Balance => "AH-X103",
            Self::Character => "AH-X104",
            Self::DuplicateAttribute => "AH-X105",
            Self::Namespace => "AH-X106",
            Self::Reference => "AH-X107",
            Self::Markup => "AH-X108",
            Self::Name => "AH-X109",
            Self::Limit => "AH-X110",
            Self::Declaration => "AH-X112",
            Self::WrongRoot => "AH-X113",
            Self::Empty => "AH-X114",
        }
    }

    fn remedy(self) -> &'static str {
        match self {
            Self::Doctype => "send the document without DOCTYPE",
            Self::Limit => "divide the document, or correct the program that writes it",
            Self::WrongRoot => "send the document under the type that fits it, or choose another mapping",
            Self::Empty => "send the document again; the file was empty",
            Self::Namespace => "let the source declare every prefix with xmlns",
            Self::Reference => "only &lt; &gt; &amp; &apos; &quot; and numeric references can be used",
            Self::Character => "let the source leave characters out that XML 1.0 does not allow",
            _ => "let the source write well-formed XML; the file may have been cut off",
        }
    }
}

/// A refusal at a byte offset of the text. The place is worked out here, once.
pub(super) fn refuse(breach: Breach, text: &str, at: usize, sentence: impl Into<String>) -> Rejection {
    Rejection::new(Code::new(breach.code()), sentence, breach.remedy()).at(Place::of(text.as_bytes(), at))
}

/// The refusal of a document of more than [`super::DOCUMENT_BYTES_MAX`] bytes.
pub(super) fn too_large() -> Rejection {
    Rejection::new(
        Code::new(Breach::Limit.code()),
        "the document is larger than 1 GiB",
        Breach::Limit.remedy(),
    )
    .at(Place { line: 1, column: 1 })
}
