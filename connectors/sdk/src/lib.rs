//! What every connector shares: Source, Sink, their loops, ledger, health.
