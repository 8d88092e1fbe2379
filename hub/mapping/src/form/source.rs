// SPDX-License-Identifier: EUPL-1.2
//! A web form as a source of the mapping engine.

use hub_message::Rejection;

use super::{FIELDS_MAX, FormFormat};
use crate::encoding::Encoding;
use crate::mime::Fault;
use crate::mime::finder::Finder;
use crate::mime::transfer::hex;
use crate::source::{Listener, Piece, RawSource};

const RESEND: &str = "have the portal send the form as browsers do, with everything but letters and digits escaped";

impl RawSource for FormFormat {
    fn read<L: Listener>(&self, input: &[u8], to: &mut L) -> Result<(), Rejection> {
        self.walk(input, to).map_err(|fault| fault.in_input(input))
    }

    fn paths_at(&self, input: &[u8], offsets: &[usize]) -> Vec<String> {
        Finder::find(offsets, |finder| {
            // Whatever is wrong further on, the paths before it stand.
            let _ = self.walk(input, finder);
        })
    }
}

impl FormFormat {
    fn walk<L: Listener>(&self, input: &[u8], to: &mut L) -> Result<(), Fault> {
        let form = input.trim_ascii_end();
        to.begin(0);
        let mut at = 0;
        let mut fields = 0;
        for pair in form.split(|byte| *byte == b'&') {
            let begins = at;
            at += pair.len() + 1;
            // Nothing between two signs is no field (WHATWG URL, section 5.1).
            if pair.is_empty() {
                continue;
            }
            fields += 1;
            if fields > FIELDS_MAX {
                let text = format!("the form has more than {FIELDS_MAX} fields");
                return Err(Fault::new(begins, "AH-E103", text, "have the portal send it in parts"));
            }
            let equals = pair.iter().position(|byte| *byte == b'=');
            let (name, value) = pair.split_at(equals.unwrap_or(pair.len()));
            let value = value.strip_prefix(b"=").unwrap_or(value);
            self.field((name, begins), (value, begins + pair.len() - value.len()), to)?;
        }
        if fields == 0 {
            return Err(Fault::new(0, "AH-E100", "the form holds no field", RESEND));
        }
        to.end(form.len());
        Ok(())
    }

    fn field<L: Listener>(&self, name: (&[u8], usize), value: (&[u8], usize), to: &mut L) -> Result<(), Fault> {
        let at = value.1;
        let name = self.text(name)?;
        let text = self.text(value)?;
        let symbol = to.names().find(&name);
        if !text.is_empty() && to.enter(symbol, &name, at) {
            to.text(Piece::Made(&text.replace("\r\n", "\n"), at));
            to.leave(at + value.0.len());
        }
        Ok(())
    }

    /// The text that escapes stand for.
    fn text(&self, (raw, at): (&[u8], usize)) -> Result<String, Fault> {
        let mut bytes = Vec::with_capacity(raw.len());
        let mut rest = raw;
        while let Some((&byte, after)) = rest.split_first() {
            let offset = at + raw.len() - rest.len();
            rest = after;
            match byte {
                b'+' => bytes.push(b' '),
                b'%' => {
                    let digits = after.split_at_checked(2);
                    let value = digits.and_then(|(digits, _)| match digits {
                        [high, low] => Some(hex(*high)? * 16 + hex(*low)?),
                        _ => None,
                    });
                    let (Some(value), Some((_, behind))) = (value, digits) else {
                        let text = "`%` without two hexadecimal digits behind it is no escape";
                        return Err(Fault::new(offset, "AH-E101", text, RESEND));
                    };
                    bytes.push(value);
                    rest = behind;
                }
                byte if byte.is_ascii_control() => {
                    let text = "a control character stands in the form without an escape";
                    return Err(Fault::new(offset, "AH-E104", text, RESEND));
                }
                byte => bytes.push(byte),
            }
        }
        let encoding = self.file.encoding;
        // A field has no byte order mark: the same bytes at its beginning are a character (URL Standard, section 5.1).
        let begins_with_mark = encoding == Encoding::Utf8 && bytes.starts_with("\u{feff}".as_bytes());
        let text = encoding.decode(&bytes).map_err(|_| {
            Fault::new(
                at,
                "AH-E102",
                format!("this field is not {}", encoding.name()),
                "see in which encoding the page is that holds the form, and name it in the mapping's [format]",
            )
        })?;
        let mark = if begins_with_mark { "\u{feff}" } else { "" };
        let text = format!("{mark}{text}");
        if text.contains('\0') {
            return Err(Fault::new(
                at,
                "AH-E104",
                "a NUL character stands in this field",
                RESEND,
            ));
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::sample::{load, read, text_of};

    const HEAD: &str = "mapping = 1\nid = 'x'\ntitle = 'x'\ncanonical = 'x/1'\ndirections = ['read', 'write']\n\
         [format]\nkind = 'form'\n";
    const ROWS: &str = "[fields]\nname = 'name'\nnote = \"'address[note]'\"\nday = 'day'\n[lists.tags]\neach = 'tag'\n";
    const SHAPE: &str = "name, note, day:date, tags[]";

    #[track_caller]
    fn check(form: &str, expected: &str) {
        let mapping = load(SHAPE, &format!("{HEAD}{ROWS}"));
        assert_eq!(read(&mapping, form.as_bytes()), expected, "{form}");
    }

    #[test]
    fn forms_are_read() {
        check(
            "name=Erika+M%C3%BCller&tag=a&tag=b%26&x=1\n",
            r#"{"name":"Erika Müller","tags":["a","b&"]}"#,
        );
        check("&&name=a&address%5Bnote%5D=1%0D%0A2&", r#"{"name":"a","note":"1\n2"}"#);
        check("name=M\u{fc}ller=b%3D", r#"{"name":"Müller=b="}"#);
        // What nobody filled in is absent.
        check("name=&day=&tag=&tag=x", r#"{"tags":["x"]}"#);
        check("name&tag", "{}");
    }

    #[test]
    fn broken_forms_are_refused() {
        check("", "AH-E100 1:1");
        check("\n", "AH-E100 1:1");
        check("name=a%2", "AH-E101 1:7");
        check("name=%zz", "AH-E101 1:6");
        check("x=1&name=%FC", "AH-E102 1:10");
        check("name=a\nb", "AH-E104 1:7");
        check("name=%00", "AH-E104 1:6");
        check(&"a=1&".repeat(10_001), "AH-E103 1:40001");
    }

    #[test]
    fn what_a_row_refuses_is_told_with_its_path() {
        check("tag=1&day=x", "AH-M210 1:11 /day");
    }

    #[test]
    fn other_encodings() {
        let rows = format!("{HEAD}encoding = 'windows-1252'\nlossy = 'reject'\n{ROWS}");
        let mapping = load(SHAPE, &rows);
        assert_eq!(read(&mapping, b"name=M%FCller"), r#"{"name":"Müller"}"#);
        assert_eq!(
            text_of(&mapping, r#"{"name":"Müller & S","tags":["a","b"]}"#),
            Ok("name=M%FCller+%26+S&tag=a&tag=b".into())
        );
        assert_eq!(text_of(&mapping, r#"{"name":"Š ł"}"#), Err("AH-C130".into()));
    }

    #[test]
    fn names_and_line_breaks_are_written_as_browsers_do() {
        let mapping = load(SHAPE, &format!("{HEAD}{ROWS}"));
        let written = text_of(&mapping, r#"{"name":"-._*~ä","note":"1\n2\r\n3"}"#);
        assert_eq!(
            written,
            Ok("name=-._*%7E%C3%A4&address%5Bnote%5D=1%0D%0A2%0D%0A3".into())
        );
    }

    proptest! {
        #[test]
        fn what_is_written_reads_the_same(name in "[ -~äß€\n]{1,20}", tags in prop::collection::vec("[ -~ł\n]{1,5}", 1..4)) {
            let mapping = load(SHAPE, &format!("{HEAD}{ROWS}"));
            let document = serde_json::json!({ "name": name, "tags": tags }).to_string();
            let written = text_of(&mapping, &document).unwrap();
            prop_assert_eq!(read(&mapping, written.as_bytes()), document);
        }

        #[test]
        fn no_bytes_make_it_panic(form: Vec<u8>) {
            let mapping = load(SHAPE, &format!("{HEAD}{ROWS}"));
            let _ = read(&mapping, &form);
        }
    }
}
