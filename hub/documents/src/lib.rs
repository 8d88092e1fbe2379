//! Claim check: content-addressed documents over object_store.
