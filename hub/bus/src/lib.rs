//! The only crate that speaks NATS: streams, accounts, group commit, the embedded server.
