// SPDX-License-Identifier: EUPL-1.2
//! What the target's answer means for a delivery. Pure.

use hub_message::RefusalClass;
use reqwest::StatusCode;

/// What an answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// The delivery is at the target.
    Done,
    /// The target will never take it.
    Rejected(RefusalClass),
    /// The target does not let us in: a matter of settings.
    Denied,
    /// The settings lead to something that is no target.
    Misconfigured,
    /// Not now, and certainly without effect.
    Later,
    /// Somebody between did not hear from the target: perhaps it took the delivery.
    Unknown,
}

/// Judges an answer by its status.
pub(crate) fn judge(status: StatusCode, conflict_is_done: bool) -> Judgement {
    match status.as_u16() {
        200..=299 => Judgement::Done,
        409 if conflict_is_done => Judgement::Done,
        401 | 403 | 407 | 511 => Judgement::Denied,
        400 | 413 | 415 => Judgement::Rejected(RefusalClass::Format),
        404 | 410 => Judgement::Rejected(RefusalClass::Gone),
        408 | 425 | 429 => Judgement::Later,
        // The method, the path, what may be answered: all of that is set here.
        300..=399 | 405 | 406 | 411 | 414 | 421 | 426 | 431 | 501 | 505 => Judgement::Misconfigured,
        400..=499 => Judgement::Rejected(RefusalClass::Business),
        // A gateway says so when it did not hear from the target: as if the connection had been cut.
        502 | 504 => Judgement::Unknown,
        _ => Judgement::Later,
    }
}

/// A sentence for a delivery that is refused for good. What the target wrote may hold personal data.
pub(crate) fn sentence(class: RefusalClass) -> &'static str {
    match class {
        RefusalClass::Format => "Das Zielsystem kann den Inhalt nicht lesen oder er ist ihm zu groß.",
        RefusalClass::Gone => "Das Zielsystem kennt die Stelle nicht, an die zugestellt wird.",
        RefusalClass::Business => "Das Zielsystem lehnt den Inhalt nach seinen Regeln ab.",
        RefusalClass::Permission => "Das Zielsystem erlaubt die Zustellung nicht.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(expected: Judgement, statuses: &[u16]) {
        for status in statuses {
            let judged = judge(StatusCode::from_u16(*status).unwrap(), false);
            assert_eq!(judged, expected, "{status}");
        }
    }

    #[test]
    fn each_status_has_its_meaning() {
        check(Judgement::Done, &[200, 201, 202, 204]);
        check(Judgement::Rejected(RefusalClass::Format), &[400, 413, 415]);
        check(Judgement::Rejected(RefusalClass::Gone), &[404, 410]);
        check(Judgement::Rejected(RefusalClass::Business), &[402, 409, 412, 422, 451]);
        check(Judgement::Denied, &[401, 403, 407]);
        check(Judgement::Misconfigured, &[301, 302, 304, 307, 308, 405, 501]);
        check(Judgement::Later, &[408, 425, 429, 500, 503, 507, 599]);
        check(Judgement::Unknown, &[502, 504]);
        assert_eq!(judge(StatusCode::CONFLICT, true), Judgement::Done);
    }
}
