// SPDX-License-Identifier: EUPL-1.2
//! *Did you mean* as a change that the editor makes.

use std::collections::HashMap;
use std::ops::Range;

use hub_message::Finding;
use lsp_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, Diagnostic, NumberOrString, TextEdit, Uri, WorkspaceEdit,
};

use super::text::Encoding;
use super::workspace::Open;

/// The changes that are offered for a range of a file.
pub(super) fn actions(
    open: &Open,
    uri: &Uri,
    range: lsp_types::Range,
    shown: &[Diagnostic],
    encoding: Encoding,
) -> Vec<CodeActionOrCommand> {
    let asked = encoding.offset(&open.text, range.start)..encoding.offset(&open.text, range.end);
    let mut found = Vec::new();
    for finding in &open.findings {
        let touches = finding.span.start <= asked.end && asked.start <= finding.span.end;
        let Some((span, word)) = touches.then(|| change(finding, &open.text)).flatten() else {
            continue;
        };
        let at = encoding.range(&open.text, &finding.span);
        let code = Some(NumberOrString::String(finding.code.as_str().to_owned()));
        let edit = TextEdit::new(encoding.range(&open.text, &span), word.clone());
        found.push(CodeActionOrCommand::CodeAction(CodeAction {
            title: format!("Change to `{word}`"),
            kind: Some(CodeActionKind::QUICKFIX),
            diagnostics: Some(
                shown
                    .iter()
                    .filter(|d| d.range == at && d.code == code)
                    .cloned()
                    .collect(),
            ),
            edit: Some(WorkspaceEdit::new(edits(uri, edit))),
            is_preferred: Some(true),
            ..CodeAction::default()
        }));
    }
    found
}

#[expect(clippy::mutable_key_type, reason = "the protocol's own type")]
fn edits(uri: &Uri, edit: TextEdit) -> HashMap<Uri, Vec<TextEdit>> {
    HashMap::from([(uri.clone(), vec![edit])])
}

/// The characters to replace, and what by.
fn change(finding: &Finding, text: &str) -> Option<(Range<usize>, String)> {
    let meant = finding
        .help
        .as_deref()?
        .strip_prefix("did you mean `")?
        .strip_suffix("`?")?;
    let said = text.get(finding.span.clone())?;
    let mut words: Vec<&str> = finding.text.split('`').skip(1).step_by(2).collect();
    // Of a path findings name all, and often point at the last name only; so of a prefixed name.
    let last: Vec<&str> = words.iter().filter_map(|word| word.rsplit('.').next()).collect();
    words.extend(last);
    let mut best: Option<(usize, &str)> = None;
    for word in words.into_iter().filter(|word| !word.is_empty()) {
        // The longest word that stands there is what was given.
        if let Some(at) = said.find(word)
            && best.is_none_or(|(_, other)| other.len() < word.len())
        {
            best = Some((at, word));
        }
    }
    let (at, word) = best?;
    // `did you mean` keeps out what stands before a name: `$`, `^`, a prefix.
    let kept = match word.rsplit_once(':') {
        Some((prefix, _)) if !meant.contains(':') => prefix.len() + 1,
        _ => word
            .chars()
            .take_while(|c| matches!(c, '$' | '^') && !meant.starts_with(*c))
            .map(char::len_utf8)
            .sum(),
    };
    // A path that was named as a whole and for which only a last name is meant keeps what stands before that.
    let kept = match word.rfind('.') {
        Some(dot) if !meant.contains('.') => kept.max(dot + 1),
        _ => kept,
    };
    let start = finding.span.start + at + kept;
    Some((start..finding.span.start + at + word.len(), meant.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hub_message::Code;

    /// `text` with «» around the span.
    #[track_caller]
    fn check(text: &str, sentence: &str, meant: &str, expected: &str) {
        let start = text.find('«').unwrap();
        let end = text.find('»').unwrap() - '«'.len_utf8();
        let mut plain = text.replace(['«', '»'], "");
        let finding =
            Finding::error(Code::new("AH-M102"), "x", start..end, sentence).help(format!("did you mean `{meant}`?"));
        if let Some((span, word)) = change(&finding, &plain) {
            plain.replace_range(span, &word);
        }
        assert_eq!(plain, expected);
    }

    #[test]
    fn exactly_what_was_wrong_is_replaced() {
        check(
            "ä = 'x | «dat»'",
            "there is no function `dat`",
            "date",
            "ä = 'x | date'",
        );
        check(
            "«nmae» = 1",
            "the schema x/1 has no field `seller.nmae`",
            "name",
            "name = 1",
        );
        check(
            "when = '«nett is present»'",
            "the schema x/1 has no field `nett`",
            "net",
            "when = 'net is present'",
        );
        check(
            "a = '«$mesage.id»'",
            "the hub gives no fact `$mesage.id`",
            "message.id",
            "a = '$message.id'",
        );
        check(
            "a = '«^nubmer»'",
            "the schema x/1 has no field `nubmer`",
            "number",
            "a = '^number'",
        );
        check(
            "root = «'o:Orders'»",
            "the order schema has no root element `o:Orders`",
            "Order",
            "root = 'o:Order'",
        );
        check("kind = «\"xlm\"»", "there is no format `xlm`", "xml", "kind = \"xml\"");
        check(
            "field = '«seller.nmae | trim»'",
            "no field `seller.nmae`",
            "name",
            "field = 'seller.name | trim'",
        );
    }

    #[test]
    fn what_was_wrong_must_stand_there() {
        check("a = '«b»'", "there is no table `t`", "u", "a = 'b'");
    }
}
