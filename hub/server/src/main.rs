//! The hub: configuration, run, supervise, command line.

fn main() {}
