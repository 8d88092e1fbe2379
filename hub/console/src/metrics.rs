// SPDX-License-Identifier: EUPL-1.2
//! `/metrics` in the Prometheus text format 0.0.4. Labels are names out of the configuration, states and outcomes, never
//! an id, so that the number of series stays small.

use std::fmt::Write;

use crate::status::{Connector, ConnectorState, Health, Status};

/// The text of all metrics.
pub(crate) fn text(status: &Status) -> String {
    let mut page = Page::default();
    whole(&mut page, status);
    messages(&mut page, &status.connectors);
    queues(&mut page, &status.connectors);
    work(&mut page, &status.connectors);
    states(&mut page, &status.connectors);
    nats_and_store(&mut page, status);
    page.0
}

fn whole(page: &mut Page, status: &Status) {
    page.family("amtshub_build_info", "gauge", "Version of the program.");
    page.sample("amtshub_build_info", &[("version", &status.version)], 1);
    page.family("amtshub_start_time_seconds", "gauge", "When the process started.");
    page.sample("amtshub_start_time_seconds", &[], seconds(status.since.millis()));
    page.family("amtshub_health", "gauge", "1 at the health that the whole has.");
    for health in Health::ALL {
        let here = u8::from(health == status.status);
        page.sample("amtshub_health", &[("status", health.as_str())], here);
    }
    if let Some(rules) = &status.rules {
        let name = "amtshub_config_last_reload_success_timestamp_seconds";
        page.family(name, "gauge", "When the rules in force were loaded.");
        page.sample(name, &[], seconds(rules.since.millis()));
    }
}

fn messages(page: &mut Page, connectors: &[Connector]) {
    let name = "amtshub_messages_total";
    page.family(
        name,
        "counter",
        "Messages of today (UTC) by what became of them; begins anew at midnight.",
    );
    for connector in connectors {
        let (today, out) = (&connector.today, &connector.outgoing);
        for (direction, outcome, count) in [
            ("in", "received", today.received),
            ("in", "delivered", today.delivered),
            ("in", "filtered", today.filtered),
            ("in", "discarded", today.discarded),
            ("in", "repeated", today.repeated),
            ("out", "delivered", out.delivered),
            ("out", "rejected", out.rejected),
        ] {
            let labels = [
                ("connector", connector.name.as_str()),
                ("direction", direction),
                ("outcome", outcome),
            ];
            page.sample(name, &labels, count);
        }
    }
    page.gauges(
        "amtshub_messages_waiting",
        "Messages of today under way.",
        connectors,
        |c| Some(c.today.waiting as i64),
    );
    page.gauges(
        "amtshub_messages_in_doubt",
        "Messages of today that may or may not have arrived.",
        connectors,
        |c| Some(c.today.in_doubt as i64),
    );
    page.gauges(
        "amtshub_balance_difference",
        "Received minus accounted for; must be 0.",
        connectors,
        |c| Some(c.balance_difference),
    );
}

fn queues(page: &mut Page, connectors: &[Connector]) {
    page.gauges(
        "amtshub_queue_messages",
        "Deliveries that wait for the connector.",
        connectors,
        |c| Some(c.waiting as i64),
    );
    page.gauges(
        "amtshub_queue_oldest_age_seconds",
        "Age of the oldest of them.",
        connectors,
        |c| c.oldest_seconds.map(|age| age as i64),
    );
    page.gauges("amtshub_deadletters", "Open dead letters.", connectors, |c| {
        Some(c.dead_letters as i64)
    });
    page.gauges(
        "amtshub_deadletter_oldest_age_seconds",
        "Age of the oldest of them.",
        connectors,
        |c| c.dead_letter_oldest_seconds.map(|age| age as i64),
    );
    page.gauges(
        "amtshub_last_success_timestamp_seconds",
        "When the system behind the connector last answered well.",
        connectors,
        |c| c.last_success.map(|at| seconds(at.millis())),
    );
}

/// What connectors say of their own work: counters that begin anew with their process.
fn work(page: &mut Page, connectors: &[Connector]) {
    let name = "amtshub_connector_work_total";
    page.family(
        name,
        "counter",
        "What the connector's process has done since it started.",
    );
    for connector in connectors {
        let work = &connector.work;
        for (outcome, count) in [
            ("emitted", work.emitted),
            ("refused", work.refused),
            ("settled", work.settled),
            ("repeated", work.repeated),
            ("answered", work.answered),
        ] {
            page.sample(
                name,
                &[("connector", connector.name.as_str()), ("outcome", outcome)],
                count,
            );
        }
    }
    page.gauges(
        "amtshub_connector_in_flight",
        "Records and deliveries that the connector holds.",
        connectors,
        |c| Some(i64::from(c.work.in_flight)),
    );
}

fn states(page: &mut Page, connectors: &[Connector]) {
    let name = "amtshub_connector_state";
    page.family(name, "gauge", "1 at the state that the connector has.");
    for connector in connectors {
        for state in ConnectorState::ALL {
            let labels = [("connector", connector.name.as_str()), ("state", state.as_str())];
            page.sample(name, &labels, u8::from(state == connector.state));
        }
    }
}

fn nats_and_store(page: &mut Page, status: &Status) {
    let (nats, store) = (&status.nats, &status.store);
    for (name, help, value) in [
        ("amtshub_nats_connected", "1 when connected.", i64::from(nats.connected)),
        (
            "amtshub_nats_sync_always",
            "1 when the server syncs every write.",
            i64::from(nats.sync_always),
        ),
        (
            "amtshub_store_writable",
            "1 when the case store can be written.",
            i64::from(store.writable),
        ),
        ("amtshub_store_bytes", "Size of the case store.", store.bytes as i64),
        (
            "amtshub_store_waiting_messages",
            "Records and receipts not yet written.",
            store.waiting as i64,
        ),
        ("amtshub_cases", "Cases.", store.cases as i64),
        (
            "amtshub_disk_reserve_bytes",
            "Bytes that stay free on the disks: with less, nothing new is taken.",
            status.disk.reserve_bytes as i64,
        ),
    ] {
        page.family(name, "gauge", help);
        page.sample(name, &[], value);
    }
    if let Some(free) = status.disk.free_bytes {
        page.family(
            "amtshub_disk_free_bytes",
            "gauge",
            "Free bytes of the disk that has the least.",
        );
        page.sample("amtshub_disk_free_bytes", &[], free);
    }
    page.family("amtshub_stream_messages", "gauge", "Messages in the stream.");
    for stream in &nats.streams {
        page.sample("amtshub_stream_messages", &[("stream", &stream.name)], stream.messages);
    }
    page.family("amtshub_stream_bytes", "gauge", "Bytes in the stream.");
    for stream in &nats.streams {
        page.sample("amtshub_stream_bytes", &[("stream", &stream.name)], stream.bytes);
    }
}

fn seconds(millis: i64) -> i64 {
    millis.div_euclid(1000)
}

/// The page being written. Writing to a `String` cannot fail.
#[derive(Default)]
struct Page(String);

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Into<i128>) {
        self.0.push_str(name);
        for (position, (label, text)) in labels.iter().enumerate() {
            self.0.push(if position == 0 { '{' } else { ',' });
            let _ = write!(self.0, "{label}=\"{}\"", escape(text));
        }
        if !labels.is_empty() {
            self.0.push('}');
        }
        let _ = writeln!(self.0, " {}", value.into());
    }

    /// One gauge for every connector that has a value.
    fn gauges(&mut self, name: &str, help: &str, of: &[Connector], value: impl Fn(&Connector) -> Option<i64>) {
        self.family(name, "gauge", help);
        for connector in of {
            if let Some(value) = value(connector) {
                self.sample(name, &[("connector", connector.name.as_str())], value);
            }
        }
    }
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
