// SPDX-License-Identifier: EUPL-1.2
//! Whether the places of a mapping are places of a mail.

use std::collections::BTreeSet;

use hub_message::finding::closest;

use super::header::Kind;
use super::{ATTRIBUTES, BODIES, MailFormat, STEPS};
use crate::function::Keeps;
use crate::language::place::Name;
use crate::language::scan::Text;
use crate::places::{Does, Used};
use crate::report::Report;
use crate::source::Names;

/// Header fields that people know by name, to find slips of the pen.
const KNOWN: [&str; 36] = [
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Bcc",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Comments",
    "Keywords",
    "Received",
    "Return-Path",
    "Delivered-To",
    "Content-Type",
    "Content-Disposition",
    "Content-Language",
    "Content-ID",
    "MIME-Version",
    "Importance",
    "Priority",
    "X-Priority",
    "Sensitivity",
    "Auto-Submitted",
    "List-ID",
    "List-Unsubscribe",
    "Organization",
    "User-Agent",
    "X-Mailer",
    "X-Original-To",
    "Authentication-Results",
    "Disposition-Notification-To",
    "Thread-Topic",
    "Thread-Index",
];

/// Fields that writing a mail makes itself.
const MADE: [&str; 6] = [
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "content-disposition",
    "content-id",
    "received",
];

/// Whether a mail has places of this name; what is none is a finding.
pub(crate) fn is_step(name: &Name, text: &Text, report: &mut Report) -> bool {
    let span = text.place(&name.range);
    let Some(prefix) = &name.prefix else {
        let known = STEPS.contains(&name.local.as_str());
        if !known {
            let sentence = format!("a mail has no place `{}`", name.local);
            match meant(&name.local) {
                Some(meant) => report.error_help("AH-M137", span, sentence, format!("did you mean `{meant}`?")),
                None => report.error_help(
                    "AH-M137",
                    span,
                    sentence,
                    "header:…, body:text, body:html, part, message",
                ),
            }
        }
        return known;
    };
    match prefix.as_str() {
        "header" => {
            if let Some(near) = header_name(&name.local) {
                let sentence = format!("`{}` is no header field that is known, `{near}` is", name.local);
                report.warning("AH-M137", span, sentence);
            }
            true
        }
        "body" if BODIES.contains(&name.local.as_str()) => true,
        "body" => {
            let sentence = format!("the body of a mail has no form `{}`", name.local);
            report.unknown("AH-M137", span, sentence, &name.local, BODIES);
            false
        }
        other => {
            let span = text.place(&(name.range.start..name.range.start + other.len()));
            let sentence = format!("a mail has no places `{other}:…`");
            report.unknown("AH-M137", span, sentence, other, ["header", "body"]);
            false
        }
    }
}

/// The field that was probably meant; any other name may be a field of somebody's own.
fn header_name(name: &str) -> Option<&'static str> {
    if KNOWN.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        return None;
    }
    let lower: Vec<String> = KNOWN.iter().map(|known| known.to_ascii_lowercase()).collect();
    let near = closest(&name.to_ascii_lowercase(), lower.iter().map(String::as_str))?;
    KNOWN.into_iter().find(|known| known.eq_ignore_ascii_case(near))
}

/// The place that somebody probably meant who wrote its name without `header:` or `body:`.
fn meant(name: &str) -> Option<String> {
    let near = closest(name, STEPS.into_iter().chain(BODIES).chain(KNOWN))?;
    Some(match near {
        step if STEPS.contains(&step) => step.to_owned(),
        body if BODIES.contains(&body) => format!("body:{body}"),
        field => format!("header:{field}"),
    })
}

/// What a place is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    /// The mail.
    Mail,
    /// A mail in the mail.
    Message,
    Header(String),
    Body,
    Part,
}

impl MailFormat {
    /// Reports every place that a mail does not have, or that cannot be read or written so.
    pub(crate) fn check(&self, used: &[Used<'_>], names: &Names, report: &mut Report) {
        let mut written = BTreeSet::new();
        for one in used {
            let sentence = match what(one, names) {
                Ok(what) => {
                    if let (What::Header(name), Does::Writes | Does::Looks) = (&what, one.does) {
                        written.insert(name.clone());
                    }
                    fault(&what, one, names)
                }
                Err(sentence) => Some(sentence),
            };
            if let Some(sentence) = sentence {
                report.error("AH-M137", one.span(), sentence);
            }
        }
        if used.iter().any(|one| matches!(one.does, Does::Writes)) {
            self.check_needed(&written, report);
        }
    }

    fn check_needed(&self, written: &BTreeSet<String>, report: &mut Report) {
        for (name, help) in [
            (
                "From",
                "\"header:From\" = \"Musterstadt <post@musterstadt.example>\" in [always]",
            ),
            ("Date", "\"header:Date\" = \"$message.time\" in [always]"),
            (
                "Message-ID",
                "\"header:Message-ID\" = \"$message.id\" in [always], and `domain` in [format]",
            ),
        ] {
            if !written.contains(&name.to_ascii_lowercase()) {
                let sentence = format!("a mail needs a `{name}`, and no row writes `header:{name}`");
                report.error_help("AH-M139", self.span.clone(), sentence, help);
            }
        }
    }
}

/// What stands at a place.
fn what(used: &Used<'_>, names: &Names) -> Result<What, String> {
    let mut found = What::Mail;
    for step in &used.path.steps {
        let name = names.spelled(step.name);
        if !matches!(found, What::Mail | What::Message) {
            return Err(format!("nothing stands below a {}", called(&found)));
        }
        found = match name.split_once(':') {
            Some(("header", field)) => What::Header(field.to_ascii_lowercase()),
            Some(_) => What::Body,
            None if name == "message" => What::Message,
            None => What::Part,
        };
    }
    Ok(found)
}

fn called(what: &What) -> &'static str {
    match what {
        What::Mail => "mail",
        What::Message => "message",
        What::Header(_) => "header field",
        What::Body => "body",
        What::Part => "part",
    }
}

fn fault(what: &What, used: &Used<'_>, names: &Names) -> Option<String> {
    let mut steps = used.path.steps.iter();
    if matches!(used.does, Does::Writes) && steps.any(|step| names.spelled(step.name) == "message") {
        return Some("a mail in a mail cannot be written".to_owned());
    }
    if let Some(attribute) = used.path.attribute {
        return attribute_fault(what, names.spelled(attribute), used);
    }
    match (what, used.does) {
        (_, Does::Reads(stages)) => {
            let keeps = stages
                .first()
                .and_then(crate::convert::Stage::keeps)
                .map(|(_, keeps)| keeps);
            let takes_file = keeps == Some(Keeps::Place);
            match what {
                What::Mail | What::Message if !takes_file => Some(format!(
                    "a {} has no text of its own: name a place in it, or take it whole by `| blob`",
                    called(what)
                )),
                What::Header(_) if takes_file => {
                    Some("a header field is no file: `| blob('text')` keeps its text".to_owned())
                }
                _ => None,
            }
        }
        (What::Header(name), Does::Writes) if MADE.contains(&name.as_str()) => {
            Some(format!("`header:{name}` is made when a mail is written"))
        }
        (What::Mail, Does::Writes) => Some("a mail has no text of its own: name a place in it".to_owned()),
        _ => None,
    }
}

fn attribute_fault(what: &What, attribute: &str, used: &Used<'_>) -> Option<String> {
    let known: &[&str] = match what {
        What::Header(name) => Kind::of(name).attributes()?,
        What::Part | What::Message => &ATTRIBUTES,
        What::Body => &["type"],
        What::Mail => &[],
    };
    if !known.contains(&attribute) {
        let near = closest(attribute, known.iter().copied());
        let near = near
            .map(|near| format!(": did you mean `@{near}`?"))
            .unwrap_or_default();
        return Some(format!("a {} has no `@{attribute}`{near}", called(what)));
    }
    let read_only = matches!(attribute, "size" | "group") || *what == What::Body;
    (read_only && matches!(used.does, Does::Writes)).then(|| format!("`@{attribute}` cannot be written"))
}
