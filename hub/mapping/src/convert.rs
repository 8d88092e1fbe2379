// SPDX-License-Identifier: EUPL-1.2
//! The functions of a row, one after the other, over two buffers that are used again.

use std::sync::Arc;

use crate::contents::Kept;
use crate::function::{self, Conversion, Input, Keeps, Made};
use crate::language::table::CodeTable;

/// One function of a row, with its arguments taken in.
#[derive(Debug)]
pub(crate) enum Stage {
    /// A function of the library.
    Call { name: &'static str, conversion: Conversion },
    /// `table(name)`
    Table(Arc<CodeTable>),
}

/// Which way the functions are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Read,
    Write,
}

/// Why a value was refused; never the value itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: &'static str,
    /// A half sentence after "the value …".
    pub(crate) text: String,
    pub(crate) remedy: &'static str,
}

/// What functions ask for beside the value.
pub(crate) trait Asked {
    /// The text of a canonical leaf of the document.
    fn field(&mut self, path: &str) -> Option<String>;
    /// A secret by its name.
    fn secret(&self, name: &str) -> Option<&[u8]>;
    /// The content that a text is the handle of, where the document has it.
    fn content(&self, _handle: &str) -> Option<Kept> {
        None
    }
}

/// Two buffers, the result always in the first.
#[derive(Debug, Default)]
pub(crate) struct Buffers {
    pub(crate) out: String,
    spare: String,
    /// Contents that functions handed out, in the order of the rows.
    pub(crate) kept: Vec<Kept>,
}

impl Buffers {
    /// Applies `stages` to `text`; the result stands in `out`. With no stages `text` itself is copied there.
    pub(crate) fn apply<A: Asked>(
        &mut self,
        stages: &[Stage],
        way: Way,
        text: &str,
        asked: &mut A,
    ) -> Result<Made, Refusal> {
        let mut made = Made::Text;
        let mut first = true;
        let count = stages.len();
        for index in 0..count {
            let index = if way == Way::Read { index } else { count - 1 - index };
            let Some(stage) = stages.get(index) else {
                continue;
            };
            std::mem::swap(&mut self.out, &mut self.spare);
            self.out.clear();
            let input = if first { text } else { self.spare.as_str() };
            made = match stage.keeps() {
                Some((name, keeps)) if way == Way::Read => {
                    let kept = keep(name, keeps, input, asked)?;
                    self.out.push_str(kept.digest.as_str());
                    self.kept.push(kept);
                    Made::Text
                }
                _ => stage.apply(way, input, &mut self.out, asked)?,
            };
            if made == Made::Absent {
                return Ok(made);
            }
            first = false;
        }
        if first {
            self.out.clear();
            self.out.push_str(text);
        }
        Ok(made)
    }
}

impl Stage {
    /// The function's name, `table` for tables.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Call { name, .. } => name,
            Self::Table(_) => "table",
        }
    }

    /// Its name and what it keeps, if it hands a content out.
    pub(crate) fn keeps(&self) -> Option<(&'static str, Keeps)> {
        match self {
            Self::Call { name, conversion } => Some((*name, conversion.keeps?)),
            Self::Table(_) => None,
        }
    }

    fn apply<A: Asked>(&self, way: Way, input: &str, out: &mut String, asked: &mut A) -> Result<Made, Refusal> {
        match self {
            Self::Call { name, conversion } => call(name, conversion, way, input, out, asked),
            Self::Table(table) => {
                let found = match way {
                    Way::Read => table.value(input.trim()),
                    Way::Write => table.code(input),
                };
                let Some(found) = found else {
                    return Err(Refusal {
                        code: "AH-M212",
                        text: format!("is not in the table `{}`", table.name),
                        remedy: "add the code to the table, or correct the document",
                    });
                };
                out.push_str(found);
                Ok(Made::Text)
            }
        }
    }
}

/// The content that a text is the handle of, or stands for.
fn keep<A: Asked>(name: &str, keeps: Keeps, text: &str, asked: &A) -> Result<Kept, Refusal> {
    if let (Keeps::Place, Some(kept)) = (keeps, asked.content(text)) {
        return Ok(kept);
    }
    let bytes = function::content(keeps, text).map_err(|misfit| refused(name, &misfit.0))?;
    Ok(Kept::of(bytes.into(), "", None))
}

fn call<A: Asked>(
    name: &str,
    conversion: &Conversion,
    way: Way,
    text: &str,
    out: &mut String,
    asked: &mut A,
) -> Result<Made, Refusal> {
    let direction = match way {
        Way::Read => &conversion.read,
        Way::Write => match &conversion.write {
            Some(write) => write,
            // Loading refuses a one-way function in a file that writes.
            None => return Err(refused(name, "cannot be written")),
        },
    };
    let plain = conversion.fields.is_empty() && conversion.secret.is_none();
    let made = if plain {
        direction(&Input::of(text), out)
    } else {
        let fields: Vec<Option<String>> = conversion.fields.iter().map(|field| asked.field(field)).collect();
        let fields: Vec<Option<&str>> = fields.iter().map(Option::as_deref).collect();
        let secret = conversion
            .secret
            .as_deref()
            .map(|secret| (secret, asked.secret(secret)));
        if let Some((secret, None)) = secret {
            return Err(Refusal {
                code: "AH-M218",
                text: format!("cannot be converted: the secret `{secret}` is not configured"),
                remedy: "configure the secret for this hub",
            });
        }
        direction(
            &Input {
                text,
                fields: &fields,
                secret: secret.and_then(|(_, bytes)| bytes),
            },
            out,
        )
    };
    made.map_err(|misfit| refused(name, &misfit.0))
}

fn refused(name: &str, why: &str) -> Refusal {
    Refusal {
        code: "AH-M210",
        text: format!("{why} (`{name}`)"),
        remedy: "correct the document at its source, or the row if the rule is wrong",
    }
}
