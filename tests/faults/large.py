"""Sources that send too much, or never end: what the daemon holds stays bounded, and each of them has its reason."""

import gzip
import http.server
import os
import pathlib
import socketserver
import sqlite3
import threading
import time

import world
from world import Daemon, Post, demand

MIB = 1 << 20
# What a daemon with nothing large to read holds, one document at its limit of size and what is made of it.
BASE = 28
# For each of at most 64 requests at once: the beginning of a large document that waits for room, and the connection's buffer.
EACH, AT_ONCE = 0.65, 64
# More than any document may have (`max_body` is 16 MiB).
TOO_LARGE, BOMB = 20 * MIB, 200 * MIB
SHAPES = ["plain", "large", "too-large", "bomb", "endless", "cut"]


def rss(size):
    item = "<item><guid>{0}</guid><title>{0} sorties</title><description>{1}</description></item>"
    text = "a column was seen near the river " * 300
    items, length = [], 0
    while length < size:
        items.append(item.format(len(items), text))
        length += len(items[-1])
    return ("<rss version='2.0'><channel><title>t</title>" + "".join(items) + "</channel></rss>").encode()


def json(size):
    text = "a column was seen near the river " * 300
    count = max(1, size // len(text))
    return ("[" + ",".join(f'{{"id": {n}, "n": {n}, "title": "{n} sorties: {text}"}}' for n in range(count)) + "]").encode()


def csv(size):
    text = "a column was seen near the river " * 300
    return ("id,title\n" + "".join(f"{n},{n} sorties: {text}\n" for n in range(max(1, size // len(text))))).encode()


FORMATS = {"rss": rss, "json": json, "csv": csv}


class Senders:
    """One path for each format and shape."""

    def __init__(self):
        bodies = {}
        for name, make in FORMATS.items():
            bodies[name, "plain"] = make(64 * 1024)
            bodies[name, "large"] = make(2 * MIB)
            bodies[name, "too-large"] = make(TOO_LARGE)
            bodies[name, "bomb"] = gzip.compress(b" " * BOMB, 9)

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                _, name, shape, _ = self.path.split("/")
                body = bodies.get((name, shape))
                head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/octet-stream\r\n"
                head += "Content-Encoding: gzip\r\n" if shape == "bomb" else ""
                # What breaks off has announced more; what is too large, nothing.
                announced = len(body) if body and shape != "too-large" else 2 * MIB if shape == "cut" else None
                head += f"Content-Length: {announced}\r\n" if announced else ""
                try:
                    self.wfile.write(head.encode() + b"\r\n")
                    if shape == "endless":
                        while True:
                            self.wfile.write(bodies[name, "plain"])
                    self.wfile.write(body or bodies[name, "large"][:MIB])
                except OSError:
                    pass
                self.close_connection = True

            def log_message(self, *_):
                pass

        class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
            daemon_threads = True
            request_queue_size = 256

        self.server = Server(("0.0.0.0", 0), Handler)
        self.server.handle_error = lambda *_: None
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def house(folder, senders, rounds):
    post = Post()
    store = os.path.join(folder, "store", "watchfloor.db")
    pathlib.Path(folder, "watchfloor.toml").write_text(world.settings(post, store))
    text, feeds = "[watch]\ntitle = 'Senders'\n", []
    for turn in range(rounds):
        for name in FORMATS:
            for shape in SHAPES:
                feed = f"{name}-{shape}-{turn}"
                host = f"127.0.1.{len(feeds) % 250 + 1}"
                text += f"[feeds.{feed}]\nurl = 'http://{host}:{senders.port}/{name}/{shape}/{turn}'\nformat = '{name}'\nevery = '1h'\n"
                text += "fields = { id = '$.id', title = '$.title' }\n" if name == "json" else ""
                text += "fields = { id = 'id', title = 'title' }\n" if name == "csv" else ""
                feeds.append((feed, shape))
    text += "[indicators.n]\nkind = 'count'\n[[indicators.n.from]]\nfeed = 'rss-plain-0'\nvalue = '(\\d+) sorties'\n"
    pathlib.Path(folder, "w.toml").write_text(text)
    return feeds, os.path.join(folder, "watchfloor.toml"), store


def held(pid):
    """KiB of memory of its own."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(status.split("RssAnon:")[1].split()[0])


def run(program, folder, rounds):
    senders = Senders()
    feeds, config, store = house(folder, senders, rounds)
    daemon = Daemon(program, config, os.path.join(folder, "log"))
    daemon.ready()
    began, peak, asked = time.monotonic(), 0, 0
    connection = sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=60)
    while asked < len(feeds):
        demand(daemon.process.poll() is None, f"ended by itself:\n{daemon.words()}")
        demand(time.monotonic() - began < 60 * world.slack, f"only {asked} of {len(feeds)} feeds are done")
        for _ in range(50):
            peak = max(peak, held(daemon.process.pid))
            time.sleep(0.005)
        asked = connection.execute("SELECT count(DISTINCT feed) FROM poll").fetchone()[0]
    took = time.monotonic() - began
    polls = dict(connection.execute("SELECT substr(feed, 3), error FROM poll WHERE error IS NOT NULL"))
    connection.close()
    # Each that sent too much or too little is named with its reason; the others were read.
    blamed = {feed for feed, shape in feeds if shape in ("too-large", "bomb", "endless", "cut")}
    demand(set(polls) == blamed, f"blamed are not the right ones: {sorted(set(polls) ^ blamed)}")
    for feed, shape in feeds:
        demand(shape not in ("too-large", "bomb", "endless") or "max_body" in polls[feed], f"{feed}: {polls.get(feed)}")
    most = BASE + EACH * min(AT_ONCE, len(feeds))
    demand(peak < most * 1024, f"it held {peak / 1024:.0f} MiB of its own, expected are at most {most:.0f}")
    stop = daemon.stop()
    return (
        f"{len(feeds)} sources, {len(blamed)} of which send too much, never end or break off: each is named, done after {took:.1f} s; "
        f"at most {peak / 1024:.0f} MiB of its own (expected {most:.0f}); stopped in {stop:.1f} s"
    )
