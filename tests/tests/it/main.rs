// SPDX-License-Identifier: EUPL-1.2
//! One binary for all integration tests: the real hub, the real nats-server, the real connectors.

mod architecture;
mod bad_input;
mod connectors;
mod contents;
mod damage;
mod disk;
mod hostile_values;
mod kill;
mod lookups;
mod main_line;
mod mutants;
mod power;
mod quota;
mod reload;
mod reload_load;
mod sabotage;
mod schemas;
mod start;
mod suspect;
mod threats;
mod tidy;
