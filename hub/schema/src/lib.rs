//! The canonical model: load, validate, protection class of every field.
