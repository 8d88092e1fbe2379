// SPDX-License-Identifier: EUPL-1.2
//! What people send: forms, forms of parts, mails.

use crate::fuzz::making::Maker;

pub(in crate::fuzz) const FORM: Maker = Maker {
    seeds: &[
        "a=Geheim&b=2",
        "a=Ge%C3%A4heim+x&a=&c",
        "name=Geheim&address%5Bnote%5D=x%0D%0Ay",
    ],
    tokens: &[
        b"&",
        b"=",
        b"+",
        b"%",
        b"%C3",
        b"%A4",
        b"%00",
        b"%zz",
        b"%2",
        b";",
        b"\0",
        b"\xff",
        b"\xc3\xa4",
        b"&&&&&&&&&&&&&&&&",
    ],
};

pub(in crate::fuzz) const MULTIPART: Maker = Maker {
    seeds: &[
        "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nGeheim\r\n--b--\r\n",
        "Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\nContent-Disposition: form-data; name=a; \
         filename=\"Geheim.pdf\"\r\nContent-Type: application/pdf\r\n\r\nGeheim\r\n--b--\r\n",
        "--b\nContent-Disposition: form-data; name=\"_charset_\"\n\nutf-8\n--b\nContent-Disposition: form-data; \
         name*=utf-8''%C3%A4\n\nGeheim\n--b--\n",
    ],
    tokens: &[
        b"--b",
        b"--b--",
        b"--",
        b"\r\n",
        b"\n",
        b"\r",
        b"\r\n\r\n",
        b"Content-Disposition: form-data; name=\"x\"",
        b"; filename=\"y\"",
        b"; name*=utf-8''%ff",
        b"Content-Transfer-Encoding: base64",
        b"Content-Type: text/plain; charset=latin1",
        b"\"",
        b"\\",
        b";",
        b":",
        b"\0",
        b"\xff",
        b"\xc3\xa4",
    ],
};

pub(in crate::fuzz) const MAIL: Maker = Maker {
    seeds: &[
        "From: =?utf-8?Q?Geheim?= <a@b.example>\nTo: b@b.example, \"x, y\" <c@d>\nSubject: Geheim\n \
         weiter\nDate: Mon, 1 Jun 2026 10:00:00 +0200\nMessage-ID: <1@x>\n\nGeheim\n",
        "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nGeheim\n--b\nContent-Type: application/pdf\n\
         Content-Disposition: attachment; filename=Geheim.pdf\nContent-Transfer-Encoding: base64\n\nR2VoZWlt\n--b--\n",
        "Content-Type: multipart/alternative; boundary=\"b\"\n\n--b\nContent-Type: text/plain; charset=iso-8859-1\n\
         Content-Transfer-Encoding: quoted-printable\n\nGe=E4heim=\n x\n--b\nContent-Type: text/html\n\n<p>Geheim</p>\n--b--\n",
        "Content-Type: message/rfc822\n\nSubject: innen\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nx\n--c--\n",
        "Content-Type: text/plain; format=flowed; delsp=yes\n\n> Geheim \n> y\n-- \nz\n",
    ],
    tokens: &[
        b"\n",
        b"\r\n",
        b"\n\n",
        b"\n ",
        b"--b\n",
        b"--b--\n",
        b"--c--\n",
        b"Content-Type: multipart/mixed; boundary=b\n\n",
        b"Content-Type: message/rfc822\n\n",
        b"Content-Type: text/html; charset=utf-16\n",
        b"Content-Transfer-Encoding: base64\n",
        b"Content-Transfer-Encoding: x\n",
        b"=?utf-8?B?w6Q=?=",
        b"=?x?Q?=ff?=",
        b"=?utf-8?Q?",
        b"filename*0*=utf-8''a; filename*1=b",
        b"<",
        b">",
        b"\"",
        b"(",
        b",",
        b":",
        b";",
        b"=",
        b"=E4",
        b"<p><b>&auml;<script>x",
        b"\0",
        b"\xff",
        b"\xc3\xa4",
        b"((((((((((((((((",
    ],
};
