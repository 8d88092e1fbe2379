//! The case store: cases, trace, dead letters, receipts.
