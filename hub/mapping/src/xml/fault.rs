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

/// A breach at a byte offset of the text. It is small, so that what is well formed carries nothing heavy along.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fault {
    breach: Breach,
    at: usize,
    sentence: &'static str,
}

/// What a check gives.
pub(super) type Checked<T> = Result<T, Fault>;

impl Fault {
    pub(super) fn new(breach: Breach, at: usize, sentence: &'static str) -> Self {
        Self { breach, at, sentence }
    }

    /// The same fault, told as another breach.
    pub(super) fn told_as(self, breach: Breach) -> Self {
        Self { breach, ..self }
    }

    /// The rejection. Line and column are worked out here, once. `root` is the element that the mapping reads.
    pub(super) fn in_text(self, text: &str, root: &str) -> Rejection {
        let sentence = match self.breach {
            Breach::WrongRoot => format!("the root element is not `{root}`, which this mapping reads"),
            _ => self.sentence.to_owned(),
        };
        Rejection::new(Code::new(self.breach.code()), sentence, self.breach.remedy())
            .at(Place::of(text.as_bytes(), self.at))
    }
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
