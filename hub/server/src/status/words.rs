// SPDX-License-Identifier: EUPL-1.2
//! German words for times and numbers.

/// A span of time for people, in the two largest units that matter.
pub(super) fn span(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} Min.", seconds / 60),
        3600..86_400 => format!("{} Std. {} Min.", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{} Tagen {} Std.", seconds / 86_400, seconds % 86_400 / 3600),
    }
}

/// A number of bytes, rounded down.
pub(super) fn bytes(count: u64) -> String {
    match count {
        0..1_048_576 => format!("{} KiB", count >> 10),
        1_048_576..10_737_418_240 => format!("{} MiB", count >> 20),
        _ => format!("{} GiB", count >> 30),
    }
}

/// How many messages wait.
pub(super) fn waiting(count: u64) -> String {
    match count {
        0 => "keine Nachricht wartet".to_owned(),
        1 => "1 Nachricht wartet".to_owned(),
        _ => format!("{count} Nachrichten warten"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_said_in_a_unit_that_fits() {
        let said = [2047, 300 << 20, 9 << 30, 70 << 30].map(bytes);
        assert_eq!(said, ["1 KiB", "300 MiB", "9216 MiB", "70 GiB"]);
    }

    #[test]
    fn spans_are_said_in_two_units() {
        let said = [59, 125, 8060, 180_000].map(span);
        assert_eq!(said, ["59 s", "2 Min.", "2 Std. 14 Min.", "2 Tagen 2 Std."]);
    }
}
