// SPDX-License-Identifier: EUPL-1.2
//! The key fact of the design, on the real nats-server: what an acknowledgement of JetStream means.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use amtshub_powerfs::Options;
use async_nats::jetstream::{self, Context, stream};
use futures_util::{StreamExt as _, stream as streams};

use crate::scratch::Scratch;

/// How long the server may take for anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// Messages that are published and acknowledged before the power fails.
const MESSAGES: u64 = 1000;

/// Bytes of a file that nobody fsyncs.
const CANARY: usize = 5000;

const DEFAULT: &str = "";
const ALWAYS: &str = "sync_interval: always";

/// A nats-server with its store on the disk that loses power; it ends with this value.
struct Server {
    process: Child,
    context: Context,
}

impl Server {
    async fn start(scratch: &Scratch, sync: &str) -> Self {
        let outside = scratch.mounted.at().parent().unwrap();
        let config = outside.join("nats.conf");
        let store = scratch.path("jetstream");
        let text = format!(
            "listen: 127.0.0.1:-1\nports_file_dir: \"{}\"\njetstream {{ store_dir: \"{}\", max_file_store: 1GB\n {sync} }}\n",
            outside.display(),
            store.display()
        );
        std::fs::write(&config, text).unwrap();
        let program = std::env::var_os("AMTSHUB_NATS_SERVER").unwrap_or_else(|| "nats-server".into());
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(outside.join("log"))
            .unwrap();
        let process = Command::new(program)
            .arg("-c")
            .arg(&config)
            .stderr(log)
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let address = address(outside, process.id());
        let client = async_nats::connect(address).await.unwrap();
        let mut context = jetstream::new(client);
        context.set_timeout(PATIENCE);
        Self { process, context }
    }

    fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The address that the server chose; its file is written when it listens.
fn address(folder: &Path, process: u32) -> String {
    let end = Instant::now() + PATIENCE;
    loop {
        let mut files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        let mine = files.find(|file| file.to_string_lossy().ends_with(&format!("_{process}.ports")));
        let text = mine
            .and_then(|file| std::fs::read_to_string(file).ok())
            .unwrap_or_default();
        if let Some(begin) = text.find("nats://") {
            return text[begin..].split('"').next().unwrap().to_owned();
        }
        let log = || std::fs::read_to_string(folder.join("log")).unwrap_or_default();
        assert!(Instant::now() < end, "the server does not listen: {}", log());
        std::thread::yield_now();
    }
}

/// How many of [`MESSAGES`] acknowledged messages a power failure takes.
async fn lost(sync: &str, options: Options) -> u64 {
    let scratch = Scratch::with(options);
    let server = Server::start(&scratch, sync).await;
    let config = stream::Config {
        name: "OUT".to_owned(),
        subjects: vec!["out.>".to_owned()],
        ..stream::Config::default()
    };
    server.context.create_stream(config).await.unwrap();
    let context = &server.context;
    streams::iter(0..MESSAGES)
        .map(|number| async move {
            let body = format!("{number} {}", "x".repeat(500));
            context.publish("out.x", body.into()).await.unwrap().await.unwrap();
        })
        .buffer_unordered(32)
        .collect::<Vec<()>>()
        .await;
    // With `always` the server may have fsynced all it wrote: this shows that the power failed all the same.
    std::fs::write(scratch.path("canary"), [1; CANARY]).unwrap();
    server.kill();
    let dropped = scratch.power_failure();
    let survives = options.survive.is_some();
    assert!(survives || dropped.bytes >= CANARY as u64, "{dropped:?}");

    let server = Server::start(&scratch, sync).await;
    let Ok(mut stream) = server.context.get_stream("OUT").await else {
        // Without fsync not even the stream is there.
        return MESSAGES;
    };
    let found = stream.info().await.unwrap().state.messages;
    for sequence in 1..=found {
        stream.get_raw_message(sequence).await.unwrap();
    }
    MESSAGES - found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_sync_always_nothing_is_lost_that_was_acknowledged() {
    assert_eq!(lost(ALWAYS, Options::default()).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_sync_always_nothing_is_lost_on_a_disk_with_torn_writes() {
    for seed in 0..3 {
        let options = Options { survive: Some(seed) };
        assert_eq!(lost(ALWAYS, options).await, 0, "seed {seed}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_the_default_acknowledged_messages_are_lost() {
    for _ in 0..3 {
        if lost(DEFAULT, Options::default()).await > 0 {
            return;
        }
    }
    panic!("the default lost nothing three times");
}
