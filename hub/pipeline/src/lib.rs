//! What shall happen to a message: two pure functions over the rules, read and plan.
