//! Hot folder in and out.

fn main() {}
