// SPDX-License-Identifier: EUPL-1.2
//! What stands between the tags: text, references, CDATA sections, comments, processing instructions, the declaration.

use super::TEXT_BYTES_MAX;
use super::characters;
use super::declaration;
use super::document::{Phase, Walk};
use super::fault::{Breach, Checked, Fault};
use super::runs;
use crate::source::{Listener, Piece};

impl<L: Listener> Walk<'_, L> {
    /// Text up to markup or a reference.
    pub(super) fn characters(&mut self) -> Checked<()> {
        let from = self.at;
        let rest = self.rest();
        let blank = runs::space(rest);
        let is_blank = matches!(rest.get(blank), None | Some(b'<'));
        let length = if is_blank {
            blank
        } else {
            blank + runs::text(rest.get(blank..).unwrap_or_default())
        };
        self.at = from + length;
        if self.phase != Phase::Inside {
            if is_blank || length == blank {
                return Ok(());
            }
            return Err(outside(from + blank));
        }
        if self.section_ends
            && let Some(offset) = self.slice(from, self.at).find("]]>")
        {
            return Err(Fault::new(Breach::Markup, from + offset, "`]]>` stands in a text"));
        }
        self.tell(from, self.at, is_blank || length == blank)
    }

    /// Tells text that stands between the offsets.
    fn tell(&mut self, from: usize, to: usize, is_blank: bool) -> Checked<()> {
        let Some(open) = self.state.open.last_mut() else {
            return Ok(());
        };
        open.text = open.text.saturating_add((to - from) as u32);
        if open.text as usize > TEXT_BYTES_MAX {
            return Err(Fault::new(Breach::Limit, from, "a text is longer than 10 MiB"));
        }
        // White space behind a child element is layout, and what stands in a nil element is none of its text.
        let is_layout = is_blank && open.has_child && !open.has_text;
        if !open.told || is_layout {
            return Ok(());
        }
        open.has_text = true;
        if self.returns {
            let raw = self.slice(from, to);
            if raw.contains('\r') {
                // Line ends become one line feed (section 2.11).
                let made = raw.replace("\r\n", "\n").replace('\r', "\n");
                self.to.text(Piece::Made(&made, from));
                return Ok(());
            }
        }
        if is_blank {
            self.to.blank(from, to);
        } else {
            self.to.text(Piece::Span(from, to));
        }
        Ok(())
    }

    /// `&amp;`, `&#252;`
    pub(super) fn reference(&mut self) -> Checked<()> {
        let from = self.at;
        if self.phase != Phase::Inside {
            return Err(outside(from));
        }
        let rest = self.rest().get(1..).unwrap_or_default();
        let length = rest.iter().position(|byte| matches!(byte, b';' | b'&' | b'<'));
        let Some(length) = length.filter(|length| rest.get(*length) == Some(&b';')) else {
            return Err(Fault::new(Breach::Syntax, from, "a reference is not closed by `;`"));
        };
        let Some(c) = characters::reference(self.slice(from + 1, from + 1 + length)) else {
            return Err(Fault::new(Breach::Reference, from, "this reference is not known"));
        };
        self.at = from + 1 + length + 1;
        if let Some(open) = self.state.open.last_mut().filter(|open| open.told) {
            open.has_text = true;
            let mut buffer = [0; 4];
            self.to.text(Piece::Made(c.encode_utf8(&mut buffer), from));
        }
        Ok(())
    }

    /// What begins with `<!` or `<?`.
    pub(super) fn markup(&mut self) -> Checked<()> {
        let from = self.at;
        let rest = self.slice(from, self.text.len());
        if rest.starts_with("<!--") {
            return self.comment(from);
        }
        if rest.starts_with("<![CDATA[") {
            return self.cdata(from);
        }
        if rest.starts_with("<?") {
            return self.instruction(from);
        }
        let is_doctype = rest.get(2..9).is_some_and(|word| word.eq_ignore_ascii_case("DOCTYPE"));
        Err(if is_doctype {
            Fault::new(Breach::Doctype, from, "the document has a DOCTYPE")
        } else {
            let sentence = "`<!` begins neither a comment nor a CDATA section";
            Fault::new(Breach::Syntax, from, sentence)
        })
    }

    /// Moves behind `end`, which is looked for from `from` on, and gives where it begins.
    fn pass(&mut self, from: usize, end: &str) -> Option<usize> {
        let at = from + self.slice(from, self.text.len()).find(end)?;
        self.at = at + end.len();
        Some(at)
    }

    fn comment(&mut self, from: usize) -> Checked<()> {
        if self.pass(from + "<!--".len(), "--").is_none() {
            return Err(Fault::new(Breach::Syntax, from, "a comment is not closed"));
        }
        if self.rest().first() != Some(&b'>') {
            return Err(Fault::new(Breach::Markup, from, "`--` stands in a comment"));
        }
        self.at += 1;
        Ok(())
    }

    fn cdata(&mut self, from: usize) -> Checked<()> {
        let start = from + "<![CDATA[".len();
        let Some(end) = self.pass(start, "]]>") else {
            return Err(Fault::new(Breach::Syntax, from, "a CDATA section is not closed"));
        };
        if self.phase != Phase::Inside {
            return Err(outside(start));
        }
        let is_blank = self.slice(start, end).bytes().all(characters::is_space);
        self.tell(start, end, is_blank)
    }

    fn instruction(&mut self, from: usize) -> Checked<()> {
        let start = from + "<?".len();
        let Some(end) = self.pass(start, "?>") else {
            return Err(Fault::new(
                Breach::Syntax,
                from,
                "a processing instruction is not closed",
            ));
        };
        let content = self.slice(start, end);
        let target = content.split([' ', '\t', '\n', '\r']).next().unwrap_or_default();
        if target == "xml" && from == 0 {
            return declaration::check(self.text, from, self.at, &mut self.state.attributes);
        }
        if target.eq_ignore_ascii_case("xml") {
            let sentence = "the XML declaration stands at the beginning only, in small letters";
            return Err(Fault::new(Breach::Declaration, from, sentence));
        }
        if !characters::is_plain_name(target) {
            let sentence = "a processing instruction has no name";
            return Err(Fault::new(Breach::Markup, from, sentence));
        }
        Ok(())
    }
}

fn outside(at: usize) -> Fault {
    Fault::new(Breach::Root, at, "text stands outside of the root element")
}
