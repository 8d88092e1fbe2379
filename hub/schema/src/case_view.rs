// SPDX-License-Identifier: EUPL-1.2
//! What a canonical document means for a case: the checked form of `x-case` at the top of a schema.
//!
//! ```json
//! "x-case": {
//!   "type": "invoice", "subject": "Rechnung {number} von {seller.name}",
//!   "entries": [{ "kind": "document", "type": "invoice", "title": "Rechnung {number}", "at": "{issueDate}",
//!                 "direction": "in", "channel": "file", "partner": "{seller.name}", "documents": true }],
//!   "participants": [{ "role": "seller", "name": "{seller.name}", "identifier": "{seller.vatId}" }] }
//! ```

use hub_message::record::{Direction, EntryKind};
use hub_message::{Code, DocumentRef, Entry, Filing, NodeRef, Participant, Sensitive, Shape};
use serde::Deserialize;
use serde_json::Value;

use crate::template::Template;

const CASE: Code = Code::new("AH-S030");

/// What a document of a schema means for a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseView {
    /// Type of the case that it opens when it joins none.
    pub case_type: Template,
    /// Subject of that case.
    pub subject: Template,
    /// Entries of the time line.
    pub entries: Vec<EntryView>,
    /// Who takes part.
    pub participants: Vec<ParticipantView>,
}

/// How entries of the time line are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryView {
    /// Dotted path of a list with one entry for each item; absent: one entry.
    pub each: Option<String>,
    /// Document or communication.
    pub kind: EntryKind,
    /// Type of the entry.
    pub entry_type: Template,
    /// Title; without one there is no entry.
    pub title: Template,
    /// When it was made or sent.
    pub at: Option<Template>,
    /// Which way it went. A value that is none of `in`, `out`, `internal` means `in`.
    pub direction: Template,
    /// Channel.
    pub channel: Template,
    /// The other side.
    pub partner: Option<Template>,
    /// Whether the contents that came with the message belong to this entry.
    pub documents: bool,
}

/// How participants are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParticipantView {
    /// Dotted path of a list with one participant for each item; absent: one participant.
    pub each: Option<String>,
    /// Role.
    pub role: Template,
    /// Name; without one there is no participant.
    pub name: Template,
    /// Identifier.
    pub identifier: Option<Template>,
}

impl CaseView {
    /// The filing of a document that came with these contents.
    pub fn filing(&self, document: NodeRef<'_>, contents: &[DocumentRef]) -> Filing {
        let mut filing = Filing {
            case_type: self
                .case_type
                .render(document, document)
                .unwrap_or_else(|| "general".into()),
            subject: Sensitive::new(self.subject.render(document, document).unwrap_or_default()),
            ..Filing::default()
        };
        for view in &self.entries {
            let made = items(document, view.each.as_deref()).into_iter();
            filing
                .entries
                .extend(made.filter_map(|item| view.entry(document, item, contents)));
        }
        for view in &self.participants {
            let made = items(document, view.each.as_deref()).into_iter();
            filing
                .participants
                .extend(made.filter_map(|item| view.participant(document, item)));
        }
        filing
    }
}

impl EntryView {
    fn entry(&self, top: NodeRef<'_>, item: NodeRef<'_>, contents: &[DocumentRef]) -> Option<Entry> {
        let direction = match self.direction.render(top, item).as_deref() {
            Some("out") => Direction::Out,
            Some("internal") => Direction::Internal,
            _ => Direction::In,
        };
        Some(Entry {
            kind: self.kind,
            entry_type: self.entry_type.render(top, item).unwrap_or_else(|| "other".into()),
            title: Sensitive::new(self.title.render(top, item)?),
            at: self.at.as_ref().and_then(|at| at.render(top, item)),
            direction,
            channel: self.channel.render(top, item).unwrap_or_else(|| "file".into()),
            partner: self
                .partner
                .as_ref()
                .and_then(|p| p.render(top, item))
                .map(Sensitive::new),
            documents: if self.documents { contents.to_vec() } else { Vec::new() },
        })
    }
}

impl ParticipantView {
    fn participant(&self, top: NodeRef<'_>, item: NodeRef<'_>) -> Option<Participant> {
        Some(Participant {
            role: self.role.render(top, item)?,
            name: Sensitive::new(self.name.render(top, item)?),
            identifier: self
                .identifier
                .as_ref()
                .and_then(|i| i.render(top, item))
                .map(Sensitive::new),
        })
    }
}

/// The items of the list at a path, or the document itself.
fn items<'a>(document: NodeRef<'a>, each: Option<&str>) -> Vec<NodeRef<'a>> {
    let Some(path) = each else {
        return vec![document];
    };
    let list = path.split('.').try_fold(document, hub_message::NodeRef::get);
    list.into_iter().flat_map(NodeRef::children).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCase {
    r#type: String,
    subject: String,
    #[serde(default)]
    entries: Vec<RawEntry>,
    #[serde(default)]
    participants: Vec<RawParticipant>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEntry {
    each: Option<String>,
    kind: EntryKind,
    r#type: String,
    title: String,
    at: Option<String>,
    direction: String,
    channel: String,
    partner: Option<String>,
    #[serde(default)]
    documents: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawParticipant {
    each: Option<String>,
    role: String,
    name: String,
    identifier: Option<String>,
}

/// What is wrong with `x-case`: a code, a sentence and, where one is close, the field that was meant.
pub(crate) struct CaseFault {
    pub(crate) code: Code,
    pub(crate) text: String,
    pub(crate) help: Option<String>,
}

/// Checks `x-case` against the shape of its schema.
pub(crate) fn check(raw: &Value, shape: &Shape) -> Result<CaseView, Vec<CaseFault>> {
    let mut reader = Reader {
        shape,
        faults: Vec::new(),
    };
    let view = match serde_json::from_value::<RawCase>(raw.clone()) {
        Ok(raw) => reader.case(raw),
        Err(fault) => {
            reader.fault(format!("`x-case`: {fault}"), None);
            None
        }
    };
    match view {
        Some(view) if reader.faults.is_empty() => Ok(view),
        _ => Err(reader.faults),
    }
}

struct Reader<'a> {
    shape: &'a Shape,
    faults: Vec<CaseFault>,
}

impl Reader<'_> {
    fn fault(&mut self, text: String, help: Option<String>) {
        self.faults.push(CaseFault { code: CASE, text, help });
    }

    fn case(&mut self, raw: RawCase) -> Option<CaseView> {
        let case_type = self.template(&raw.r#type, None);
        let subject = self.template(&raw.subject, None);
        let entries: Vec<_> = raw.entries.into_iter().map(|entry| self.entry(entry)).collect();
        let participants: Vec<_> = raw.participants.into_iter().map(|p| self.participant(p)).collect();
        Some(CaseView {
            case_type: case_type?,
            subject: subject?,
            entries: entries.into_iter().collect::<Option<_>>()?,
            participants: participants.into_iter().collect::<Option<_>>()?,
        })
    }

    fn entry(&mut self, raw: RawEntry) -> Option<EntryView> {
        self.list(raw.each.as_deref());
        let each = raw.each.as_deref();
        let entry_type = self.template(&raw.r#type, each);
        let title = self.template(&raw.title, each);
        let at = self.optional(raw.at.as_deref(), each);
        let direction = self.template(&raw.direction, each);
        let channel = self.template(&raw.channel, each);
        let partner = self.optional(raw.partner.as_deref(), each);
        if let Some(direction) = direction.as_ref().and_then(Template::constant)
            && !["in", "out", "internal"].contains(&direction)
        {
            self.fault(
                format!("`{direction}` is no direction"),
                Some("in, out or internal".into()),
            );
        }
        Some(EntryView {
            kind: raw.kind,
            entry_type: entry_type?,
            title: title?,
            at,
            direction: direction?,
            channel: channel?,
            partner,
            documents: raw.documents,
            each: raw.each,
        })
    }

    fn participant(&mut self, raw: RawParticipant) -> Option<ParticipantView> {
        self.list(raw.each.as_deref());
        let each = raw.each.as_deref();
        let role = self.template(&raw.role, each);
        let name = self.template(&raw.name, each);
        let identifier = self.optional(raw.identifier.as_deref(), each);
        Some(ParticipantView {
            role: role?,
            name: name?,
            identifier,
            each: raw.each,
        })
    }

    fn list(&mut self, each: Option<&str>) {
        let Some(path) = each else { return };
        if !matches!(self.shape.at(path), Some(Shape::List(_))) {
            self.fault(format!("`each`: there is no list `{path}`"), None);
        }
    }

    fn optional(&mut self, text: Option<&str>, each: Option<&str>) -> Option<Template> {
        text.and_then(|text| self.template(text, each))
    }

    fn template(&mut self, text: &str, each: Option<&str>) -> Option<Template> {
        let template = match Template::parse(text) {
            Ok(template) => template,
            Err(fault) => {
                self.fault(format!("`{text}`: {fault}"), None);
                return None;
            }
        };
        for path in template.paths() {
            let base = each
                .filter(|_| !path.from_top)
                .and_then(|each| self.shape.at(each))
                .unwrap_or(self.shape);
            let dotted = path.dotted();
            if leaf_at(base, &dotted) {
                continue;
            }
            let leaves = base.leaves();
            let close = hub_message::finding::closest(&dotted, leaves.iter().map(|(p, _)| p.as_str()));
            let help = close.map(|field| format!("did you mean `{field}`?"));
            self.fault(format!("`{text}`: there is no field `{dotted}`"), help);
        }
        Some(template)
    }
}

/// Whether a path leads to a leaf, or to a list of leaves.
fn leaf_at(shape: &Shape, path: &str) -> bool {
    match shape.at(path) {
        Some(Shape::Leaf(_)) => true,
        Some(Shape::List(item)) => matches!(**item, Shape::Leaf(_)),
        _ => false,
    }
}
