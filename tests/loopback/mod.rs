//! A loopback HTTP server that answers with bytes of the test's choosing, well-formed or not.

#![allow(dead_code, reason = "shared by tests, each of which uses a part")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the server does with one request.
#[derive(Clone)]
pub enum Reply {
    /// Sends the bytes and closes.
    Bytes(Vec<u8>),
    /// Thinks for so long first. Requests in thought at once are counted.
    Thought(Duration, Vec<u8>),
    /// Sends the first bytes and then one byte of zero after every pause, for ever.
    Drip(Vec<u8>, Duration),
    /// Sends the first bytes and then zeros as fast as they are taken, for ever.
    Endless(Vec<u8>),
    /// Says nothing.
    Silence,
}

/// A running server; it ends with the test's runtime.
pub struct Server {
    pub port: u16,
    seen: Arc<Seen>,
}

/// What a server has seen.
#[derive(Default)]
struct Seen {
    requests: Mutex<Vec<String>>,
    thinking: AtomicUsize,
    most_thinking: AtomicUsize,
}

impl Server {
    /// Serves what `reply` makes of each request: its head, and its body where it has one.
    pub async fn start(reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Seen::default());
        let (shared, reply) = (Arc::clone(&seen), Arc::new(reply));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&shared), Arc::clone(&reply)));
            }
        });
        Self { port, seen }
    }

    /// Serves the same bytes to everybody.
    pub async fn fixed(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self::start(move |_| Reply::Bytes(bytes.clone())).await
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// The requests so far, header names in lower case as the client sends them.
    pub fn requests(&self) -> Vec<String> {
        self.seen.requests.lock().unwrap().clone()
    }

    /// How many requests were in thought at once, at most.
    pub fn most_thinking(&self) -> usize {
        self.seen.most_thinking.load(Ordering::SeqCst)
    }
}

async fn serve<F: Fn(&str) -> Reply>(mut stream: TcpStream, seen: Arc<Seen>, reply: Arc<F>) {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    while !request.windows(4).any(|window| window == b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(count) => request.extend_from_slice(&buffer[..count]),
        }
    }
    let whole = body_end(&request);
    while request.len() < whole {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(count) => request.extend_from_slice(&buffer[..count]),
        }
    }
    let request = String::from_utf8_lossy(&request).into_owned();
    seen.requests.lock().unwrap().push(request.clone());
    match reply(&request) {
        Reply::Bytes(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Reply::Thought(time, bytes) => {
            seen.most_thinking.fetch_max(seen.thinking.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::time::sleep(time).await;
            seen.thinking.fetch_sub(1, Ordering::SeqCst);
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Reply::Drip(head, pause) => {
            let _ = stream.write_all(&head).await;
            while stream.write_all(&[0]).await.is_ok() {
                tokio::time::sleep(pause).await;
            }
        }
        Reply::Endless(head) => {
            let _ = stream.write_all(&head).await;
            while stream.write_all(&[0; 65_536]).await.is_ok() {}
        }
        Reply::Silence => {
            let _ = stream.read(&mut buffer).await;
        }
    }
}

/// Where a request ends whose head is there: with the body that the head announces.
fn body_end(request: &[u8]) -> usize {
    let head = request.windows(4).position(|window| window == b"\r\n\r\n").map_or(request.len(), |at| at + 4);
    let text = String::from_utf8_lossy(&request[..head]).to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    head + length.unwrap_or(0)
}

/// An answer with a status line, headers and a body of known length.
pub fn answer(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut bytes = head(status, headers);
    bytes.truncate(bytes.len() - 2);
    bytes.extend_from_slice(format!("content-length: {}\r\n\r\n", body.len()).as_bytes());
    bytes.extend_from_slice(body);
    bytes
}

/// An answer's head alone: its body ends with the connection.
pub fn head(status: u16, headers: &[(&str, &str)]) -> Vec<u8> {
    let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!("HTTP/1.1 {status} X\r\nconnection: close\r\n{lines}\r\n").into_bytes()
}

/// A gzip file (RFC 1952) of one stored block.
pub fn gzip(body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    bytes.extend(stored(body));
    bytes.extend(crc32(body).to_le_bytes());
    bytes.extend(u32::try_from(body.len()).unwrap().to_le_bytes());
    bytes
}

/// A zlib stream (RFC 1950), which HTTP calls "deflate".
pub fn zlib(body: &[u8]) -> Vec<u8> {
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in body {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    let mut bytes = vec![0x78, 0x01];
    bytes.extend(stored(body));
    bytes.extend((b << 16 | a).to_be_bytes());
    bytes
}

/// A brotli stream (RFC 7932) of one uncompressed meta-block.
pub fn brotli(body: &[u8]) -> Vec<u8> {
    let head = u32::try_from(body.len() - 1).unwrap() << 4 | 1 << 20;
    let mut bytes = head.to_le_bytes()[..3].to_vec();
    bytes.extend_from_slice(body);
    bytes.push(3);
    bytes
}

/// A gzip file that grows by a factor of 158: one zero, and then "the last byte 258 times more" again and again.
pub fn gzip_bomb(repeats: usize) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.low_first(0b011, 3);
    bits.high_first(0x30, 8);
    for _ in 0..repeats {
        bits.high_first(0b1100_0101, 8);
        bits.high_first(0, 5);
    }
    bits.high_first(0, 7);
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    bytes.extend(bits.bytes);
    bytes
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    used: u8,
}

impl Bits {
    fn push(&mut self, bit: bool) {
        if self.used == 0 {
            self.bytes.push(0);
        }
        *self.bytes.last_mut().unwrap() |= u8::from(bit) << self.used;
        self.used = (self.used + 1) % 8;
    }

    fn low_first(&mut self, value: u32, count: u32) {
        (0..count).for_each(|bit| self.push(value >> bit & 1 == 1));
    }

    fn high_first(&mut self, value: u32, count: u32) {
        (0..count).rev().for_each(|bit| self.push(value >> bit & 1 == 1));
    }
}

fn stored(body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).unwrap();
    let mut bytes = vec![1];
    bytes.extend(length.to_le_bytes());
    bytes.extend((!length).to_le_bytes());
    bytes.extend_from_slice(body);
    bytes
}

fn crc32(body: &[u8]) -> u32 {
    !body.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}
