// SPDX-License-Identifier: EUPL-1.2
//! A fake specialist system with an HTTP interface, in the checker's own process: it outlives every fault of the town. It
//! heeds the key of a delivery, as an idempotent system does, and fails when it is told to.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::record;

/// How it behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Mode {
    /// It takes what comes.
    Well,
    /// It answers 500 and does nothing.
    Fails,
    /// It cuts the connection and does nothing.
    CutsBefore,
    /// It does what is asked and cuts the connection instead of answering.
    CutsAfter,
    /// It answers after a while.
    Slow,
    /// It does nothing and answers with something that is no HTTP.
    Garbage,
}

/// An effect: what a delivery did here.
#[derive(Debug, Clone)]
pub(super) struct Effect {
    pub(super) case: String,
    pub(super) number: usize,
}

#[derive(Debug, Default)]
struct Ledger {
    effects: Vec<Effect>,
    keys: HashSet<String>,
}

/// The running system.
#[derive(Debug)]
pub(super) struct Service {
    pub(super) address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    mode: AtomicU8,
    /// Requests that were answered, or not, as a mode other than `Well` says.
    struck: AtomicUsize,
    ledger: Mutex<Ledger>,
}

impl Service {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address");
        let shared = Arc::new(Shared {
            mode: AtomicU8::new(Mode::Well as u8),
            struck: AtomicUsize::new(0),
            ledger: Mutex::default(),
        });
        let of_threads = Arc::clone(&shared);
        // Its threads end with the process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&of_threads);
                std::thread::spawn(move || serve(stream, &shared));
            }
        });
        Self { address, shared }
    }

    /// Behaves so from now on; tells how many requests have been struck so far.
    pub(super) fn behave(&self, mode: Mode) -> usize {
        self.shared.mode.store(mode as u8, SeqCst);
        self.struck()
    }

    /// Requests that met a fault.
    pub(super) fn struck(&self) -> usize {
        self.shared.struck.load(SeqCst)
    }

    pub(super) fn effects(&self) -> Vec<Effect> {
        self.shared.ledger.lock().expect("the ledger").effects.clone()
    }

    pub(super) fn count(&self) -> usize {
        self.shared.ledger.lock().expect("the ledger").effects.len()
    }
}

impl Shared {
    fn is(&self, mode: Mode) -> bool {
        let so = self.mode.load(SeqCst) == mode as u8;
        if so && mode != Mode::Well {
            self.struck.fetch_add(1, SeqCst);
        }
        so
    }

    fn take(&self, key: String, body: &str) {
        let mut ledger = self.ledger.lock().expect("the ledger");
        if ledger.keys.insert(key) {
            let (case, number) = record::case_and_number(body);
            ledger.effects.push(Effect { case, number });
        }
    }
}

/// Requests of one connection. Whatever is wrong with one ends the connection.
fn serve(stream: TcpStream, shared: &Shared) {
    let mut reader = BufReader::new(&stream);
    while let Some((key, body)) = request(&mut reader) {
        if shared.is(Mode::CutsBefore) {
            return;
        }
        let answer = if shared.is(Mode::Fails) {
            "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n"
        } else if shared.is(Mode::Garbage) {
            "Guten Tag\r\n\r\n"
        } else {
            if shared.is(Mode::Slow) {
                std::thread::sleep(Duration::from_millis(50));
            }
            shared.take(key, &body);
            if shared.is(Mode::CutsAfter) {
                return;
            }
            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
        };
        if (&stream).write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// The key and the body of the next request.
fn request(reader: &mut impl BufRead) -> Option<(String, String)> {
    let (mut key, mut length) = (None, None);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim();
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':') {
            match name.to_ascii_lowercase().as_str() {
                "idempotency-key" => key = Some(value.trim().to_owned()),
                "content-length" => length = value.trim().parse::<usize>().ok(),
                _ => {}
            }
        }
    }
    let mut body = vec![0; length?];
    reader.read_exact(&mut body).ok()?;
    Some((key?, String::from_utf8(body).ok()?))
}
