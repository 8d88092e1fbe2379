// SPDX-License-Identifier: EUPL-1.2
//! What is found in mails, however they are cut into pieces.

use super::*;

/// Looks at a mail in pieces of every one of these sizes.
#[track_caller]
fn check(mail: &str, expected: impl Fn(&Seen) -> bool) {
    for size in [1, 7, 4096] {
        let mut scan = Scan::new(64 * 1024);
        for piece in mail.as_bytes().chunks(size) {
            scan.push(piece);
        }
        let seen = scan.finish();
        assert!(expected(&seen), "{size}: {seen:?}");
    }
}

#[test]
fn the_fields_that_decide_are_found_in_the_outermost_header_only() {
    let mail = "Received: a\r\nreceived: b\r\nAuto-Submitted: Auto-Replied\r\nMessage-ID:\r\n <1@x.example>\r\n\
                X-Amtshub-Hops: 3\r\nContent-Type: message/rfc822\r\n\r\nReceived: c\r\nMessage-ID: <2@x.example>\r\n\r\nx";
    check(mail, |seen| {
        seen.received == 2
            && seen.auto_submitted.as_deref() == Some("auto-replied")
            && seen.message_id.as_deref() == Some("1@x.example")
            && seen.hops == Some(3)
            && seen.fault.is_none()
            && !seen.is_report
    });
}

#[test]
fn a_report_names_the_delivery_it_is_about() {
    let mail = "Message-ID: <r@x.example>\r\nContent-Type: multipart/report; report-type=delivery-status;\r\n boundary=\"b;1\"\r\n\r\n\
                --b;1\r\n\r\nSorry\r\n--b;1\r\nContent-Type: message/delivery-status\r\n\r\n\
                Reporting-MTA: dns; x\r\nOriginal-Envelope-Id: d-1\r\n\r\nAction: failed\r\n\
                --b;1\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <o@x.example>\r\nX-Amtshub-Delivery: d-2\r\n\r\n--b;1--\r\n";
    check(mail, |seen| {
        seen.is_report
            && seen.delivery.as_deref() == Some("d-1")
            && seen.about.as_deref() == Some("o@x.example")
            && seen.message_id.as_deref() == Some("r@x.example")
    });
}

#[test]
fn limits_hold() {
    let parts = |count| {
        format!(
            "Content-Type: multipart/mixed; boundary=b\n\n{}--b--\n",
            "--b\n\nx\n".repeat(count)
        )
    };
    check(&parts(200), |seen| seen.fault.is_none());
    check(&parts(201), |seen| seen.fault == Some(Fault::Parts));
    let nested = |depth| "Content-Type: message/rfc822\n\n".repeat(depth) + "\nx";
    check(&nested(8), |seen| seen.fault.is_none());
    check(&nested(9), |seen| seen.fault == Some(Fault::Depth));
    check(&format!("Subject: {}\n\nx", "y".repeat(65 * 1024)), |seen| {
        seen.fault == Some(Fault::Header)
    });
    check(&format!("Subject: x\n\n{}", "y".repeat(65 * 1024)), |seen| {
        seen.fault.is_none()
    });
}

#[test]
fn what_is_no_mail_does_no_harm() {
    for text in [
        "",
        "\n",
        "--\n",
        "Content-Type: multipart/mixed; boundary=\n\n--\n",
        "Content-Type: multipart/mixed; boundary=\"\\",
        "\0\r\r\n",
    ] {
        check(text, |seen| seen.fault.is_none());
    }
}
