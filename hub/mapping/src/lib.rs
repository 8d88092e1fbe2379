//! The mapping language and the formats it reads and writes.
