// SPDX-License-Identifier: EUPL-1.2
//! A format that carries one text.

use anyhow::{Context, bail};
use hub_mapping::{Beside, Facts, Mapping, Worker};
use hub_message::shape::{Leaf, Member};
use hub_message::{LeafKind, Protection, Rejection, Shape, Tree, TreeBuilder};

/// What became of a text on its way there and back.
pub(super) enum Outcome {
    Same,
    /// Refused, with the position that is told, from 0.
    Refused {
        code: String,
        position: Option<usize>,
    },
    Other(Option<String>),
}

impl Outcome {
    pub(super) fn is_refused(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }
}

/// A mapping of one field.
pub(super) struct Carrier {
    mapping: Mapping,
    fixed: bool,
    mail: bool,
    single_byte: bool,
}

impl Carrier {
    pub(super) fn load(format: &str, row: &str) -> anyhow::Result<Self> {
        let text = format!(
            "mapping = 1\nid = 'letters'\ntitle = 'letters'\ncanonical = 'letters/1'\ndirections = ['read', 'write']\n\
             [format]\n{format}\n[fields]\n{row}\n"
        );
        let loaded = Mapping::load("letters.map.toml", &text, &shape(), Beside::NOTHING);
        let Some(mapping) = loaded.mapping else {
            let shown: Vec<String> = loaded.findings.iter().map(|f| f.render(Some(&text))).collect();
            bail!("{}", shown.join("\n"));
        };
        let fixed = format.contains("'fixed'");
        Ok(Self {
            mapping,
            fixed,
            mail: format.contains("'mail'"),
            single_byte: fixed && format.contains("encoding"),
        })
    }

    /// Whether a text of nothing but white space is none.
    pub(super) fn drops_blanks(&self) -> bool {
        self.fixed || self.mail
    }

    /// Whether letters with separate marks are composed when they are written.
    pub(super) fn composes(&self) -> bool {
        self.single_byte
    }

    /// Writes the text and reads it again.
    pub(super) fn there_and_back(&self, text: &str) -> anyhow::Result<Outcome> {
        let mut builder = TreeBuilder::default();
        builder.open_map(None);
        builder.text(Some("text"), text);
        builder.close();
        let document = builder.finish();
        let root = document.root().context("an empty document")?;
        let mut worker = Worker::default();
        let written = match self.mapping.write(root, &Facts::default(), &mut worker) {
            Ok(written) => written,
            Err(rejection) => return Ok(refused(&rejection)),
        };
        let read = self.mapping.read(&written, &mut worker);
        let back = match &read {
            Ok(documents) => documents
                .first()
                .and_then(Tree::root)
                .and_then(|root| root.get("text")?.text()),
            // A blank column alone makes an empty file, which holds no record.
            Err(rejection) if self.fixed && rejection.code.as_str() == "AH-C100" => None,
            Err(rejection) => bail!("what was written is refused: {rejection}"),
        };
        Ok(if back == Some(text) {
            Outcome::Same
        } else {
            Outcome::Other(back.map(str::to_owned))
        })
    }
}

/// The position stands in the sentence: `character 3 of the value …`.
fn refused(rejection: &Rejection) -> Outcome {
    let position = rejection.text.strip_prefix("character ").and_then(|rest| {
        let number: usize = rest.split(' ').next()?.parse().ok()?;
        number.checked_sub(1)
    });
    Outcome::Refused {
        code: rejection.code.as_str().to_owned(),
        position,
    }
}

fn shape() -> Shape {
    let leaf = Leaf {
        kind: LeafKind::Text,
        protection: Protection::Open,
        allowed: None,
        title: String::new(),
        description: String::new(),
    };
    Shape::Map(vec![Member {
        name: "text".to_owned(),
        required: false,
        shape: Shape::Leaf(leaf),
    }])
}
