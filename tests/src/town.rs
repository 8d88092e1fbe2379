// SPDX-License-Identifier: EUPL-1.2
//! A town of its own for each test: configuration, data folder, the real `amtshub run` and what it starts.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::process;

/// How long a town may take to do what a test waits for.
const PATIENCE: Duration = Duration::from_secs(180);

/// A town: a configuration, a data folder and, once started, a running hub. Everything ends with this value.
pub struct Town {
    folder: TempDir,
    hub: Option<Child>,
    program: PathBuf,
    arguments: Vec<String>,
}

impl Town {
    /// A town without connectors and routes, with the shipped schemas and mappings.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = crate::root();
        for part in ["config/connectors", "config/routes", "data"] {
            std::fs::create_dir_all(folder.path().join(part)).expect("a folder of the town");
        }
        let town = Self {
            folder,
            hub: None,
            program: program("amtshub"),
            arguments: Vec::new(),
        };
        town.configure(
            "hub.toml",
            &format!(
                "[site]\nname = \"Prüfstadt\"\n[status]\nlisten = \"127.0.0.1:0\"\n[paths]\nschemas = {:?}\nmappings = {:?}\n",
                root.join("schemas"),
                root.join("mappings")
            ),
        );
        town
    }

    /// The same town, run by another program: a sabotaged hub.
    pub fn run_by(mut self, program_name: &str, arguments: &[&str]) -> Self {
        self.program = program(program_name);
        self.arguments = arguments.iter().map(|&a| a.to_owned()).collect();
        self
    }

    /// Writes a file of the configuration.
    pub fn configure(&self, name: &str, text: &str) {
        std::fs::write(self.config().join(name), text).expect("a configuration file");
    }

    /// Writes the file of a connector.
    pub fn connector(&self, name: &str, text: &str) {
        self.configure(&format!("connectors/{name}.toml"), text);
    }

    /// Writes a file of routes.
    pub fn route(&self, name: &str, text: &str) {
        self.configure(&format!("routes/{name}.toml"), text);
    }

    /// The configuration folder.
    pub fn config(&self) -> PathBuf {
        self.folder.path().join("config")
    }

    /// The data folder, against which the folders of connectors are relative.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Starts the hub and waits until it answers and is well.
    pub fn start(&mut self) {
        self.launch();
        self.wait("the hub answers", |town| town.amtshub(["status"]).status.success());
    }

    /// Starts the hub and waits until it answers, be it with a red status.
    pub fn start_red(&mut self) {
        self.launch();
        self.wait("the hub answers", |town| {
            matches!(town.amtshub(["status"]).status.code(), Some(0 | 1))
        });
    }

    fn launch(&mut self) {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.path().join("log"))
            .expect("the log file");
        let child = Command::new(&self.program)
            .args(["run", "--config"])
            .arg(self.config())
            .arg("--data")
            .arg(self.data())
            .args(&self.arguments)
            .env("AMTSHUB_NATS_SERVER", crate::nats_server())
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("the log file"))
            .stderr(log)
            .spawn()
            .unwrap_or_else(|e| {
                panic!(
                    "{} does not start ({e}): build it as tests/run does",
                    self.program.display()
                )
            });
        self.hub = Some(child);
    }

    /// Process id of the hub.
    pub fn hub_pid(&self) -> u32 {
        self.hub.as_ref().expect("a running hub").id()
    }

    /// Process id of a child of the hub whose command line holds `word`.
    pub fn child_pid(&self, word: &str) -> Option<u32> {
        process::children(self.hub_pid())
            .into_iter()
            .map(|(pid, _)| pid)
            .find(|pid| {
                let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
                String::from_utf8_lossy(&line).replace('\0', " ").contains(word)
            })
    }

    /// Ends the hub by SIGKILL, as a crash would.
    pub fn kill_hub(&mut self) {
        if let Some(mut hub) = self.hub.take() {
            let _ = hub.kill();
            let _ = hub.wait();
        }
    }

    /// Ends all processes of the town by SIGKILL, as a power failure would, and waits until they are gone.
    pub fn kill_all(&mut self) {
        let hub = self.hub_pid();
        // Stopped first, so that it starts none in the place of one that has ended.
        process::signal(hub, rustix::process::Signal::STOP);
        let others = process::descendants(hub);
        for &pid in &others {
            process::signal(pid, rustix::process::Signal::KILL);
        }
        self.kill_hub();
        let end = Instant::now() + PATIENCE;
        while others.iter().any(|&pid| process::is_running(pid)) {
            assert!(Instant::now() < end, "a killed process goes on\n{}", self.log());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Asks the hub to end and waits for it.
    pub fn stop(&mut self) -> std::process::ExitStatus {
        let mut hub = self.hub.take().expect("a running hub");
        process::signal(hub.id(), rustix::process::Signal::TERM);
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = hub.try_wait().expect("a child") {
                return status;
            }
            assert!(Instant::now() < end, "the hub did not end\n{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Runs an `amtshub` command on this town's data folder.
    pub fn amtshub<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Output {
        Command::new(program("amtshub"))
            .args(arguments)
            .arg("--data")
            .arg(self.data())
            .stdin(Stdio::null())
            .output()
            .expect("amtshub runs")
    }

    /// The JSON that a listing prints.
    pub fn json<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Value {
        let mut all: Vec<std::ffi::OsString> = arguments.into_iter().map(|a| a.as_ref().to_owned()).collect();
        all.extend(["--output".into(), "json".into()]);
        let output = self.amtshub(all);
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|e| panic!("no JSON ({e}): {}", String::from_utf8_lossy(&output.stderr)))
    }

    /// What `/status` says of a connector.
    pub fn connector_status(&self, name: &str) -> Value {
        let status = self.json(["status"]);
        let rows = status["connectors"].as_array().cloned().unwrap_or_default();
        rows.into_iter().find(|row| row["name"] == name).unwrap_or(Value::Null)
    }

    /// Puts a file into a folder below the data folder, as a careful program does: under a temporary name, then renamed.
    pub fn drop_file(&self, folder: &str, name: &str, content: &[u8]) {
        let folder = self.data().join(folder);
        std::fs::create_dir_all(&folder).expect("a hot folder");
        let unfinished = folder.join(format!("{name}.part"));
        std::fs::write(&unfinished, content).expect("a file");
        std::fs::rename(&unfinished, folder.join(name)).expect("a file");
    }

    /// The same on the disk, file and name, when it returns: a power failure does not take it.
    pub fn drop_file_durably(&self, folder: &str, name: &str, content: &[u8]) {
        let path = self.data().join(folder);
        std::fs::create_dir_all(&path).expect("a hot folder");
        let unfinished = path.join(format!("{name}.part"));
        std::fs::write(&unfinished, content)
            .and_then(|()| std::fs::File::open(&unfinished)?.sync_all())
            .and_then(|()| std::fs::rename(&unfinished, path.join(name)))
            .and_then(|()| std::fs::File::open(&path)?.sync_all())
            .expect("a file");
    }

    /// The finished files of a folder below the data folder, by name.
    pub fn files(&self, folder: &str) -> Vec<PathBuf> {
        files(&self.data().join(folder))
    }

    /// Waits, with a bound, until a condition holds.
    pub fn wait(&self, what: &str, mut condition: impl FnMut(&Self) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !condition(self) {
            if Instant::now() > end {
                panic!(
                    "did not come true in {PATIENCE:?}: {what}\n{}\n{}",
                    self.log(),
                    self.last_words()
                );
            }
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// The hub's log from its beginning.
    pub fn whole_log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// The end of the hub's log.
    pub fn log(&self) -> String {
        let text = self.whole_log();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(60)..].join("\n")
    }

    fn last_words(&self) -> String {
        String::from_utf8_lossy(&self.amtshub(["status"]).stdout).into_owned()
    }
}

impl Default for Town {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        self.kill_hub();
    }
}

/// The finished files of a folder, by name; temporary names and folders left out.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        // The kind comes with the name: no look at each of thousands of files.
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
        .map(|entry| entry.path())
        .collect();
    found.sort();
    found
}

/// A program of this workspace, built beside the running test.
pub fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("the running test");
    let folder = test
        .ancestors()
        .find(|a| a.file_name().is_some_and(|n| n == "debug" || n == "release"));
    let program = folder.expect("a target folder").join(name);
    assert!(
        program.exists(),
        "{} is missing: build it as tests/run does",
        program.display()
    );
    program
}
