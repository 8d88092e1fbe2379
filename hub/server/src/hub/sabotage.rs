// SPDX-License-Identifier: EUPL-1.2
//! Faults that tests build into the hub on purpose, to prove that they would catch a hub that has them.
//!
//! Only a build with the feature `sabotage` can be told to have one; in every other build the questions below are
//! answered with a constant `false`.

/// A fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "sabotage", derive(clap::ValueEnum))]
#[cfg_attr(
    not(feature = "sabotage"),
    expect(dead_code, reason = "no option makes one in this build")
)]
pub(crate) enum Fault {
    /// Acknowledge before publishing.
    AckFirst,
    /// Become a stream's reader without a reset.
    NoReset,
    /// Give every delivery a new id each time it is planned.
    NoDedup,
    /// Keep documents without fsync.
    NoFsync,
    /// End the process while planning a message that holds [`POISON`]: no fault of the hub's rules, but the event that
    /// the suspect marker is for.
    DieOnPoison,
}

/// What a message must hold for [`Fault::DieOnPoison`].
const POISON: &[u8] = b"amtshub-poison";

/// What this hub does wrong.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sabotage(Option<Fault>);

impl Sabotage {
    /// A hub with this fault.
    #[cfg(feature = "sabotage")]
    pub(crate) fn with(fault: Option<Fault>) -> Self {
        Self(fault)
    }

    /// Ends the process, as a fault in a mapping function would, when the message is poison.
    pub(crate) fn work_on(self, native: &[u8]) {
        if self.has(Fault::DieOnPoison) && native.windows(POISON.len()).any(|part| part == POISON) {
            tracing::error!("sabotage: the process ends while planning");
            std::process::abort();
        }
    }

    /// Whether the hub has this fault.
    pub(crate) fn has(self, fault: Fault) -> bool {
        cfg!(feature = "sabotage") && self.0 == Some(fault)
    }
}
