// SPDX-License-Identifier: EUPL-1.2
//! The servers of the tests: children in folders of their own that end, and whose folders go, when the test process ends.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// How long a server may take to start: the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(180);

/// The engines that have a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Postgres,
    MariaDb,
}

/// A server on a free port.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) engine: Engine,
    pub(crate) port: u16,
    folder: PathBuf,
    /// Ends the server and removes the folder when its input ends, which it does with this process at the latest.
    guard: Option<Child>,
}

/// The one that tests share.
pub(crate) fn shared(engine: Engine) -> &'static Server {
    static POSTGRES: OnceLock<Server> = OnceLock::new();
    static MARIADB: OnceLock<Server> = OnceLock::new();
    match engine {
        Engine::Postgres => POSTGRES.get_or_init(|| Server::start(engine)),
        Engine::MariaDb => MARIADB.get_or_init(|| Server::start(engine)),
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// PostgreSQL's programs stand beside no PATH in Debian.
fn postgres_programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").expect("postgresql is installed");
    let mut versions: Vec<PathBuf> = versions.map(|entry| entry.unwrap().path().join("bin")).collect();
    versions.retain(|bin| bin.join("initdb").exists());
    versions.sort();
    versions.pop().expect("postgresql is installed")
}

/// A command under a user without rights, where this process is root: PostgreSQL refuses root.
fn unprivileged(engine: Engine, program: &Path) -> Vec<String> {
    let program = program.display().to_string();
    if !rustix::process::geteuid().is_root() {
        return vec![program];
    }
    let user = user(engine);
    let words = ["setpriv", "--reuid", user, "--regid", user, "--clear-groups", &program];
    words.map(str::to_owned).to_vec()
}

fn user(engine: Engine) -> &'static str {
    match engine {
        Engine::Postgres => "postgres",
        Engine::MariaDb => "mysql",
    }
}

fn run(words: &[String]) {
    let output = Command::new(&words[0]).args(&words[1..]).output().unwrap();
    assert!(
        output.status.success(),
        "{words:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

impl Server {
    /// Makes an empty one and starts it.
    pub(crate) fn start(engine: Engine) -> Self {
        let folder = tempfile::Builder::new().prefix("sql-").tempdir().unwrap().keep();
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
        let data = folder.join("data");
        std::fs::create_dir(&data).unwrap();
        let mut server = Self {
            engine,
            port: free_port(),
            folder: folder.clone(),
            guard: None,
        };
        server.certify();
        if rustix::process::geteuid().is_root() {
            let owner = format!("{0}:{0}", user(engine));
            run(&["chown".into(), "-R".into(), owner, folder.display().to_string()]);
        }
        match engine {
            Engine::Postgres => {
                let mut words = unprivileged(engine, &postgres_programs().join("initdb"));
                let more = [
                    "-U",
                    "postgres",
                    "-A",
                    "trust",
                    "-E",
                    "UTF8",
                    "--locale=C.UTF-8",
                    "--no-sync",
                    "-D",
                ];
                words.extend(more.map(str::to_owned));
                words.push(data.display().to_string());
                run(&words);
                let entries = "local all all trust\nhost all amtshub 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n";
                std::fs::write(data.join("pg_hba.conf"), entries).unwrap();
            }
            Engine::MariaDb => {
                let mut words = unprivileged(engine, Path::new("mariadb-install-db"));
                words.extend(
                    [
                        "--no-defaults",
                        "--auth-root-authentication-method=normal",
                        "--skip-test-db",
                    ]
                    .map(str::to_owned),
                );
                words.push(format!("--datadir={}", data.display()));
                run(&words);
            }
        }
        server.go_on();
        server
    }

    /// A certificate of an authority of its own, for 127.0.0.1.
    fn certify(&self) {
        let authority_key = rcgen::KeyPair::generate().unwrap();
        let mut wanted = rcgen::CertificateParams::new(Vec::new()).unwrap();
        wanted.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let authority = wanted.self_signed(&authority_key).unwrap();
        let key = rcgen::KeyPair::generate().unwrap();
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let issuer = rcgen::Issuer::new(wanted, &authority_key);
        let certificate = rcgen::CertificateParams::new(names)
            .unwrap()
            .signed_by(&key, &issuer)
            .unwrap();
        std::fs::write(self.folder.join("ca.pem"), authority.pem()).unwrap();
        std::fs::write(self.folder.join("server.pem"), certificate.pem()).unwrap();
        let key_file = self.folder.join("server.key");
        std::fs::write(&key_file, key.serialize_pem()).unwrap();
        std::fs::set_permissions(key_file, std::fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// The authority of its certificate.
    pub(crate) fn authority(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    fn words(&self) -> Vec<String> {
        let (data, folder) = (self.folder.join("data"), self.folder.display());
        let mut words;
        match self.engine {
            Engine::Postgres => {
                words = unprivileged(self.engine, &postgres_programs().join("postgres"));
                words.extend([
                    "-D".to_owned(),
                    data.display().to_string(),
                    "-p".to_owned(),
                    self.port.to_string(),
                ]);
                for setting in [
                    "listen_addresses=127.0.0.1".to_owned(),
                    format!("unix_socket_directories={folder}"),
                    "fsync=off".to_owned(),
                    "max_connections=200".to_owned(),
                    "ssl=on".to_owned(),
                    format!("ssl_cert_file={folder}/server.pem"),
                    format!("ssl_key_file={folder}/server.key"),
                ] {
                    words.extend(["-c".to_owned(), setting]);
                }
            }
            Engine::MariaDb => {
                let program = ["/usr/sbin/mariadbd", "/usr/sbin/mysqld"]
                    .into_iter()
                    .find(|path| Path::new(path).exists());
                words = unprivileged(self.engine, Path::new(program.expect("mariadb-server is installed")));
                words.extend([
                    "--no-defaults".to_owned(),
                    format!("--datadir={}", data.display()),
                    format!("--port={}", self.port),
                    "--bind-address=127.0.0.1".to_owned(),
                    format!("--socket={folder}/socket"),
                    format!("--pid-file={folder}/mariadb.pid"),
                    "--innodb-flush-log-at-trx-commit=0".to_owned(),
                    "--innodb-buffer-pool-size=64M".to_owned(),
                    "--character-set-server=utf8mb4".to_owned(),
                    format!("--ssl-cert={folder}/server.pem"),
                    format!("--ssl-key={folder}/server.key"),
                    format!("--ssl-ca={folder}/ca.pem"),
                ]);
            }
        }
        words
    }

    /// Starts it, for the first time or again.
    pub(crate) fn go_on(&mut self) {
        let script = "folder=\"$1\"; shift; \"$@\" >\"$folder/log\" 2>&1 </dev/null & pid=$!; echo $pid >\"$folder/pid\"; \
                      read -r keep; kill -KILL $pid 2>/dev/null; wait $pid 2>/dev/null; [ \"$keep\" = keep ] || rm -rf \"$folder\"";
        let until = Instant::now() + PATIENCE;
        loop {
            let guard = Command::new("sh")
                .args(["-c", script, "guard"])
                .arg(&self.folder)
                .args(self.words())
                .stdin(Stdio::piped())
                .spawn()
                .unwrap();
            self.guard = Some(guard);
            if self.answers(until) {
                return;
            }
            // What is left of its former life may still hold its memory.
            self.end_guard("keep");
            assert!(Instant::now() < until, "the server does not start: {}", self.log());
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    fn pid(&self) -> Option<Pid> {
        let text = std::fs::read_to_string(self.folder.join("pid")).ok()?;
        Pid::from_raw(text.trim().parse().ok()?)
    }

    /// Whether it takes statements before it ends.
    fn answers(&mut self, until: Instant) -> bool {
        while Instant::now() < until {
            let asked = match self.engine {
                Engine::Postgres => Command::new("psql")
                    .args([
                        "-h",
                        "127.0.0.1",
                        "-U",
                        "postgres",
                        "-p",
                        &self.port.to_string(),
                        "-qc",
                        "select 1",
                    ])
                    .output(),
                Engine::MariaDb => Command::new("mariadb")
                    .args(["--no-defaults", "-u", "root", "-e", "select 1", "-S"])
                    .arg(self.folder.join("socket"))
                    .output(),
            };
            if asked.unwrap().status.success() {
                return true;
            }
            let is_alive = self
                .pid()
                .is_none_or(|pid| Path::new(&format!("/proc/{}", pid.as_raw_nonzero())).exists());
            if !is_alive {
                std::thread::sleep(Duration::from_millis(200));
                return false;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        false
    }

    /// Kills it; its data stay.
    pub(crate) fn kill(&mut self) {
        kill_process(self.pid().unwrap(), Signal::KILL).unwrap();
        self.end_guard("keep");
    }

    fn end_guard(&mut self, word: &str) {
        if let Some(mut guard) = self.guard.take() {
            use std::io::Write;
            let _ = writeln!(guard.stdin.take().unwrap(), "{word}");
            let _ = guard.wait();
        }
    }

    /// Runs statements as its administrator.
    pub(crate) fn administer(&self, statements: &str) {
        let output = match self.engine {
            Engine::Postgres => Command::new("psql")
                .args(["-h", "127.0.0.1", "-U", "postgres", "-p", &self.port.to_string()])
                .args(["-v", "ON_ERROR_STOP=1", "-qc", statements])
                .output(),
            Engine::MariaDb => Command::new("mariadb")
                .args(["--no-defaults", "-u", "root", "-e", statements, "-S"])
                .arg(self.folder.join("socket"))
                .output(),
        };
        let output = output.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end_guard("");
    }
}
