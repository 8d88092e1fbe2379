//! The status listener: livez, readyz, status, metrics.
