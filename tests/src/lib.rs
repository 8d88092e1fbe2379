//! The harness, the integration tests and the benchmark binaries.
