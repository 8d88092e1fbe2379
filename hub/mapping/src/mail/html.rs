// SPDX-License-Identifier: EUPL-1.2
//! The text of an HTML body, for mails that have no other: what a person would read, line by line.

use mail_parser::decoders::html::add_html_token;

/// Elements of which nothing is read.
const SILENT: [&str; 7] = ["script", "style", "head", "title", "template", "noscript", "svg"];

/// Elements that begin and end a line.
const BLOCKS: [&str; 28] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "footer",
    "form",
    "header",
    "hr",
    "html",
    "main",
    "nav",
    "ol",
    "pre",
    "section",
    "table",
    "tbody",
    "tfoot",
    "thead",
    "tr",
    "ul",
    "li",
];

/// Elements with an empty line before and behind.
const PARAGRAPHS: [&str; 7] = ["p", "h1", "h2", "h3", "h4", "h5", "h6"];

/// The longest entity, `&CounterClockwiseContourIntegral;`.
const ENTITY_BYTES_MAX: usize = 40;

/// The text of an HTML document. Broken HTML is read as far as it goes, as browsers do.
pub(super) fn text(html: &str) -> String {
    let mut out = Text::default();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let (before, from) = rest.split_at(start);
        out.words(before);
        rest = markup(from, &mut out).unwrap_or_else(|| {
            // A sign that begins no tag is text.
            out.words("<");
            from.strip_prefix('<').unwrap_or_default()
        });
    }
    out.words(rest);
    out.out.trim_matches(['\n', ' ']).to_owned()
}

/// Reads a tag or a comment at the beginning and gives what follows it; nothing when there is none.
fn markup<'t>(from: &'t str, out: &mut Text) -> Option<&'t str> {
    if let Some(comment) = from.strip_prefix("<!--") {
        return Some(comment.split_once("-->").map_or("", |(_, rest)| rest));
    }
    let inside = from.strip_prefix('<')?;
    if inside.starts_with(['!', '?']) {
        return Some(inside.split_once('>').map_or("", |(_, rest)| rest));
    }
    let name = inside.trim_start_matches('/');
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let closing = inside.starts_with('/');
    let length = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
    let (name, attributes) = name.split_at(length);
    let rest = behind_tag(attributes);
    let name = name.to_ascii_lowercase();
    if !closing && SILENT.contains(&name.as_str()) && !out.endless.contains(&name) {
        let behind = behind_element(rest, &name);
        if behind.is_none() {
            // One that has no end here has none further on either.
            out.endless.push(name);
        }
        return Some(behind.unwrap_or(rest));
    }
    out.tag(&name, closing);
    Some(rest)
}

/// What follows a tag. A `>` in a quoted attribute does not end it.
fn behind_tag(attributes: &str) -> &str {
    let mut quote = None;
    for (at, c) in attributes.char_indices() {
        match (quote, c) {
            (None, '>') => return attributes.get(at + 1..).unwrap_or_default(),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    ""
}

/// What follows the end of an element of which nothing is read, if it has one.
fn behind_element<'t>(rest: &'t str, name: &str) -> Option<&'t str> {
    let mut from = rest;
    while let Some(at) = from.find("</") {
        let end = from.get(at + 2..).unwrap_or_default();
        if end
            .get(..name.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(name))
        {
            return Some(behind_tag(end.get(name.len()..).unwrap_or_default()));
        }
        from = end;
    }
    None
}

/// The text so far.
#[derive(Default)]
struct Text {
    out: String,
    /// Whether white space was met that is not written yet.
    space: bool,
    /// Depth of elements in which white space counts.
    kept: usize,
    /// Elements of which nothing would be read, but that never end.
    endless: Vec<String>,
}

impl Text {
    fn tag(&mut self, name: &str, closing: bool) {
        match name {
            "br" => self.line_end(),
            "td" | "th" if closing => self.space = true,
            "li" if !closing => {
                self.lines(1);
                self.out.push_str("- ");
            }
            "pre" | "textarea" => {
                self.kept = if closing {
                    self.kept.saturating_sub(1)
                } else {
                    self.kept + 1
                };
                self.lines(1);
            }
            _ if PARAGRAPHS.contains(&name) => self.lines(2),
            _ if BLOCKS.contains(&name) => self.lines(1),
            _ => {}
        }
    }

    /// At least so many line ends stand before what follows.
    fn lines(&mut self, wanted: usize) {
        self.space = false;
        let text = self.out.trim_end_matches(' ').len();
        self.out.truncate(text);
        let there = self
            .out
            .bytes()
            .rev()
            .take(wanted)
            .take_while(|byte| *byte == b'\n')
            .count();
        if !self.out.is_empty() {
            (there..wanted).for_each(|_| self.out.push('\n'));
        }
    }

    fn line_end(&mut self) {
        self.space = false;
        self.out.push('\n');
    }

    fn words(&mut self, text: &str) {
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if c == '&'
                && let Some(length) = entity(rest)
            {
                let (entity, behind) = rest.split_at(length);
                self.write_space();
                let start = self.out.len();
                add_html_token(&mut self.out, entity.as_bytes(), false);
                // A fixed space is a space in plain text.
                if self.out.get(start..) == Some("\u{a0}") {
                    self.out.truncate(start);
                    self.out.push(' ');
                }
                rest = behind;
                continue;
            }
            match c {
                '\n' if self.kept > 0 => self.line_end(),
                ' ' | '\t' if self.kept > 0 => self.out.push(' '),
                ' ' | '\t' | '\r' | '\n' => self.space = true,
                '\u{a0}' => self.out.push(' '),
                c => {
                    self.write_space();
                    self.out.push(c);
                }
            }
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
    }

    fn write_space(&mut self) {
        if self.space && !self.out.is_empty() && !self.out.ends_with(['\n', ' ']) {
            self.out.push(' ');
        }
        self.space = false;
    }
}

/// The length of the entity at the beginning of a text.
fn entity(text: &str) -> Option<usize> {
    let end = text.bytes().take(ENTITY_BYTES_MAX).position(|byte| byte == b';')?;
    let name = text.get(1..end)?;
    let fits = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'#');
    // A number that is no character stays as it stands.
    let number = name
        .strip_prefix('#')
        .map(|digits| match digits.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => digits.parse(),
        });
    let is_character = |number: u32| number != 0 && char::from_u32(number).is_some();
    let known = number.is_none_or(|number| number.is_ok_and(is_character));
    (fits && known).then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(html: &str, expected: &str) {
        assert_eq!(text(html), expected, "{html}");
    }

    #[test]
    fn what_a_person_reads() {
        check(
            "<p>Guten  Tag,\r\n</p><p class=\"a>b\">Gr&uuml;&szlig;e &amp; &#8364;&nbsp;5</p>",
            "Guten Tag,\n\nGrüße & € 5",
        );
        check("<div>a</div><div>b<br>c<br/><br>d</div>", "a\nb\nc\n\nd");
        check("<ul><li>eins</li>\n<li>zwei</li></ul>danach", "- eins\n- zwei\ndanach");
        check(
            "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>",
            "a b\nc",
        );
        check("a <b>fett</b>er Text", "a fetter Text");
        check("<pre>a\n  b</pre>c", "a\n  b\nc");
    }

    #[test]
    fn nothing_of_scripts_styles_and_comments() {
        check(
            "<html><head><title>t</title><style>p{}</style></head><body>x</body></html>",
            "x",
        );
        check(
            "<STYLE type='text/css'>p > b{}</STYLE>x<script>if (a < b) '</p>'</script>y<!-- <p>z -->",
            "xy",
        );
        check("<!DOCTYPE html><?xml?>x", "x");
    }

    #[test]
    fn broken_html_is_read_as_far_as_it_goes() {
        check("a < b & c; 1<2", "a < b & c; 1<2");
        check("x<style>y", "xy");
        check("x<b", "x");
        check("&unbekannt; &#0; &#xD800;", "&unbekannt; &#0; &#xD800;");
    }

    #[test]
    fn what_never_ends_costs_no_more_than_it_is_long() {
        for piece in ["<style>", "<br><p>", "<!--", "<svg></b>", "&nbsp;<p>", "<a b=\"", "&"] {
            let long = piece.repeat(200_000);
            assert!(text(&long).len() <= long.len(), "{piece}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(html in "([<>&;/!a-z\"'= \u{e4}#x0-9-]|<p>|</div>|<!--|<li>|&nbsp;|<pre>|<style>){0,60}") {
            let _ = text(&html);
        }
    }
}
