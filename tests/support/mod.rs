//! Loopback servers and a program under test.

#![allow(clippy::unwrap_used, clippy::expect_used, dead_code, reason = "shared by tests, each of which uses a part")]

pub mod house;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Nothing that is waited for takes longer.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The program.
pub fn watchfloor(config: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_watchfloor")).arg("--config").arg(config).args(arguments).output().unwrap()
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The JSON lines a command prints.
pub fn lines(config: &Path, arguments: &[&str]) -> Vec<serde_json::Value> {
    let mut all = arguments.to_vec();
    all.push("--json");
    let output = watchfloor(config, &all);
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The daemon, killed when dropped.
pub struct Daemon(pub Child);

impl Daemon {
    pub fn start(config: &Path) -> Self {
        Self::start_with(config, None)
    }

    /// Under a service manager whose socket this is.
    pub fn start_with(config: &Path, socket: Option<&Path>) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_watchfloor"))
            .envs(socket.map(|socket| ("NOTIFY_SOCKET", socket)))
            .arg("--config")
            .arg(config)
            .arg("run")
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self(child)
    }

    /// With a runtime directory, as systemd gives one.
    pub fn start_in(config: &Path, runtime: &Path) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_watchfloor"))
            .env("RUNTIME_DIRECTORY", runtime)
            .arg("--config")
            .arg(config)
            .arg("run")
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self(child)
    }

    /// SIGKILL, and waited for.
    pub fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Any signal by its name.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").arg(format!("-{name}")).arg(self.0.id().to_string()).status().unwrap();
        assert!(status.success());
    }

    /// SIGTERM; gives its exit code.
    pub fn terminate(&mut self) -> Option<i32> {
        self.signal("TERM");
        self.0.wait().unwrap().code()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A web server whose one answer can be changed.
pub struct Web {
    pub port: u16,
    answer: Arc<Mutex<(u16, String)>>,
    pub requests: Receiver<String>,
}

impl Web {
    pub fn start(status: u16, body: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let answer = Arc::new(Mutex::new((status, body.to_owned())));
        let (seen, requests) = channel();
        let served = Arc::clone(&answer);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (served, seen) = (Arc::clone(&served), seen.clone());
                std::thread::spawn(move || serve(stream, &served, &seen));
            }
        });
        Self { port, answer, requests }
    }

    pub fn change(&self, status: u16, body: &str) {
        *self.answer.lock().unwrap() = (status, body.to_owned());
    }
}

fn serve(stream: TcpStream, answer: &Mutex<(u16, String)>, seen: &Sender<String>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut stream = stream;
    loop {
        let mut head = String::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if line == "\r\n" {
                break;
            }
            head.push_str(&line);
        }
        let _ = seen.send(head);
        let (status, body) = answer.lock().unwrap().clone();
        let text = format!(
            "HTTP/1.1 {status} X\r\nContent-Type: application/xml\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        if stream.write_all(text.as_bytes()).is_err() {
            return;
        }
    }
}

/// A mail server that keeps what it takes, and can be made to fall silent after the recipient.
pub struct Post {
    pub port: u16,
    pub silent: Arc<AtomicBool>,
    /// Each message taken.
    pub taken: Receiver<String>,
    /// One for each recipient named while it was silent.
    pub stalled: Receiver<()>,
}

impl Post {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let silent = Arc::new(AtomicBool::new(false));
        let (give, taken) = channel();
        let (stall, stalled) = channel();
        let is_silent = Arc::clone(&silent);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (give, stall, is_silent) = (give.clone(), stall.clone(), Arc::clone(&is_silent));
                std::thread::spawn(move || take(stream, &give, &stall, &is_silent));
            }
        });
        Self { port, silent, taken, stalled }
    }

    /// The next message, read by a strict parser's eyes later.
    pub fn next(&self) -> String {
        self.taken.recv_timeout(PATIENCE).expect("a message")
    }
}

fn take(stream: TcpStream, give: &Sender<String>, stall: &Sender<()>, is_silent: &AtomicBool) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut stream = stream;
    let _ = stream.write_all(b"220 post ESMTP\r\n");
    let mut line = String::new();
    while {
        line.clear();
        reader.read_line(&mut line).unwrap_or(0) > 0
    } {
        let verb = line.trim_end().to_uppercase();
        let reply: &[u8] = if verb.starts_with("RCPT") && is_silent.load(Ordering::SeqCst) {
            let _ = stall.send(());
            // Holds the connection until the other side is gone.
            let _ = reader.read_to_end(&mut Vec::new());
            return;
        } else if verb == "DATA" {
            let _ = stream.write_all(b"354 go on\r\n");
            let _ = give.send(message(&mut reader));
            b"250 taken\r\n"
        } else if verb == "QUIT" {
            let _ = stream.write_all(b"221 bye\r\n");
            return;
        } else {
            b"250 ok\r\n"
        };
        if stream.write_all(reply).is_err() {
            return;
        }
    }
}

fn message(reader: &mut impl BufRead) -> String {
    let mut message = String::new();
    let mut line = String::new();
    while {
        line.clear();
        reader.read_line(&mut line).unwrap_or(0) > 0
    } && line != ".\r\n"
    {
        message.push_str(line.strip_prefix('.').filter(|rest| rest.starts_with('.')).unwrap_or(&line));
    }
    message
}

/// A folder with a configuration in it.
pub fn configuration(folder: &Path, settings: &str, watch: &str) -> PathBuf {
    std::fs::create_dir_all(folder.join("watches")).unwrap();
    std::fs::write(folder.join("watches/w.toml"), watch).unwrap();
    let path = folder.join("watchfloor.toml");
    std::fs::write(&path, settings).unwrap();
    path
}

/// The captured documents, where they are at hand.
pub fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    if !path.exists() {
        println!("skipped {name}: ../shared is not here");
        return None;
    }
    Some(path)
}
