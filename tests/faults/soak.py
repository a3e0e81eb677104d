"""Days of many feeds in minutes: what the daemon holds (memory, descriptors, threads, database) has to come to rest.

libfaketime makes all clocks of the daemon run faster, the one that only counts
too. What is measured is of no use while the daemon wants more than it gets, so
its share of the processor is told, and how many of the polls that were due it
made.
"""

import glob
import http.server
import json
import os
import pathlib
import socketserver
import sqlite3
import threading
import time

import world
from disk import Unable
from world import Daemon, Post, demand

EVERY, SPEED = 600, 60
# The short form only shows that it can be done.
FEEDS, FEW = 500, 50
# One poll in so many finds something new; every second of these is an alarm that comes, or one that has gone.
NEW_ONE_IN = 10
GROWTH, SAMPLES = 0.05, 48


class Many:
    """Feeds on as many hosts: JSON, with validators. What they say follows from the feed and the time since the beginning alone."""

    def __init__(self, count):
        self.count = count
        self.start()
        self.requests = 0
        many = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self):
                version, body = many.document(int(self.path.strip("/").split(".")[0]))
                tag = f'"v{version}"'
                is_known = self.headers.get("If-None-Match") == tag
                many.requests += 1
                head = f"HTTP/1.1 {'304 Not Modified' if is_known else '200 OK'}\r\nETag: {tag}\r\n"
                body = b"" if is_known else body
                head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
                self.wfile.write(head.encode() + body)

            def log_message(self, *_):
                pass

        class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
            daemon_threads = True
            request_queue_size = 1024

        self.server = Server(("0.0.0.0", 0), Handler)
        self.server.handle_error = lambda *_: None
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def start(self):
        self.began, self.real = time.time(), time.monotonic()

    def elapsed(self):
        """Simulated seconds since the beginning: not the hour of the day decides what a run sees."""
        return (time.monotonic() - self.real) * SPEED

    def document(self, number):
        step = EVERY * NEW_ONE_IN
        # Not all feeds change in one moment. The first item that is new to the run is an alarm.
        newest = int((self.elapsed() - 60 - number * step / self.count) // step)
        items = []
        for place in [newest - 400, *range(newest - 30, newest + 1)]:
            since = place * step + number * step / self.count
            at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.began + since))
            text = f"alarm at gate {number}" if place % 4 == 0 else f"nothing of note at gate {number}, {place}"
            items.append({"id": f"{number}-{place}", "at": at, "n": place % 17, "text": text, "lat": 49.7, "lon": 37.6})
        return newest, json.dumps(items).encode()


def house(folder, many):
    post = Post()
    store = os.path.join(folder, "store", "watchfloor.db")
    names = [f"w{number}.toml" for number in range(many.count // 50)]
    settings = world.settings(post, store).replace("['w.toml']", repr(names)).replace("timeout = '10s'", "timeout = '30m'")
    pathlib.Path(folder, "watchfloor.toml").write_text(settings)
    for place, name in enumerate(names):
        text = f"[watch]\ntitle = 'Gates {place}'\n"
        for number in range(place * 50, place * 50 + 50):
            text += (
                f"[feeds.f{number}]\nurl = 'http://127.1.{number // 250}.{number % 250 + 1}:{many.port}/{number}.json'\n"
                f"format = 'json'\nevery = '{EVERY}s'\n"
                "fields = { id = '$.id', published = '$.at', n = '$.n', title = '$.text', lat = '$.lat', lon = '$.lon' }\n"
                f"[indicators.c{number}]\nkind = 'count'\nperiod = 'day'\n[[indicators.c{number}.from]]\nfeed = 'f{number}'\n"
                f"value = {{ field = 'n' }}\n[indicators.r{number}]\nkind = 'report'\n[[indicators.r{number}.from]]\n"
                f"feed = 'f{number}'\nmatch = {{ any = ['alarm'] }}\n"
            )
            if number % 10 == 0:
                text += (
                    f"[scenarios.s{number}]\npath = 'risk'\n[[scenarios.s{number}.when]]\nindicator = 'r{number}'\n"
                    f"measure = 'reports'\nwindow = '3h'\nat_least = 1\n"
                )
        pathlib.Path(folder, name).write_text(text)
    return post, os.path.join(folder, "watchfloor.toml"), store


def fast():
    libraries = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
    if not libraries:
        raise Unable("libfaketime is not here")
    return [
        "env", f"LD_PRELOAD={libraries[0]}", f"FAKETIME=+0 x{SPEED}", "DONT_FAKE_MONOTONIC=0", "FAKETIME_DONT_FAKE_MONOTONIC=0",
        "NO_FAKE_STAT=1",
    ]


def sample(pid, store):
    """What the daemon holds: KiB of memory of its own and all, descriptors, threads, KiB on disk, seconds of processor."""
    status = dict(line.split(":", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines())
    kib = {name: int(status[name].split()[0]) for name in ("RssAnon", "VmRSS")}
    spent = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return {
        **kib, "fds": len(os.listdir(f"/proc/{pid}/fd")), "threads": int(status["Threads"]),
        "db": os.path.getsize(store) // 1024, "wal": os.path.getsize(store + "-wal") // 1024,
        "cpu": (int(spent[11]) + int(spent[12])) / os.sysconf("SC_CLK_TCK"),
    }


def rows(store):
    connection = sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=60)
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    counts = {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}
    connection.close()
    return counts


def run(program, folder, hours):
    prefix = fast()
    many = Many(FEEDS if hours >= 24 else FEW)
    post, config, store = house(folder, many)
    log = open(os.path.join(folder, "samples"), "w", encoding="utf-8")
    began = time.monotonic()
    many.start()
    daemon = Daemon(program, config, os.path.join(folder, "log"), prefix)
    daemon.ready()
    pid, samples = daemon.process.pid, []
    for number in range(SAMPLES):
        # The first sample is after as much time as the others.
        wait = began + (number + 1) * hours * 3600 / SPEED / SAMPLES - time.monotonic()
        time.sleep(max(0.0, wait))
        demand(daemon.process.poll() is None, f"ended by itself:\n{daemon.words()}")
        samples.append(sample(pid, store))
        counted = rows(store) if number % 4 == 3 else {}
        line = {"hours": (number + 1) * hours / SAMPLES, **samples[-1], "requests": many.requests, "rows": counted}
        print(json.dumps(line), file=log, flush=True)
    elapsed = time.monotonic() - began
    asked, mails = many.requests, len(post.taken)
    stop = daemon.stop()
    return verdict(samples, (many.count, hours), (elapsed, asked, mails, stop), rows(store))


def verdict(samples, size, measured, counted):
    feeds, hours = size
    elapsed, asked, mails, stop = measured
    due = feeds * (hours * 3600 / EVERY)
    share = samples[-1]["cpu"] / elapsed
    # What is filled once (buffers, caches, pages of the program) is filled after a quarter.
    settled = samples[SAMPLES // 4:]
    half = len(settled) // 2
    middle = [sum(one["RssAnon"] for one in part) / len(part) for part in (settled[:half], settled[half:])]
    growth = middle[1] / middle[0] - 1
    demand(asked > due * (0.9 if world.slack == 1.0 else 0.3), f"it asked {asked} of {due:.0f} times: the machine is too busy to tell")
    demand(max(one["fds"] for one in settled) < 64 + 20 + 20, f"descriptors grow: {[one['fds'] for one in settled]}")
    demand(mails, "no message came, so nothing is known of them")
    demand(growth < GROWTH * world.slack, f"memory grows by {growth:.1%}: {[one['RssAnon'] for one in samples]} KiB")
    first, last = samples[0], samples[-1]
    return (
        f"{hours} h of {feeds} feeds in {elapsed:.0f} s at {share:.2f} of a core: {asked} polls of {due:.0f}, {mails} messages; memory "
        f"{first['RssAnon'] / 1024:.1f} MiB at first, {middle[0] / 1024:.1f} then, {middle[1] / 1024:.1f} at last ({growth:+.1%}; "
        f"with the program's own pages {last['VmRSS'] / 1024:.1f}); {first['fds']} to {last['fds']} descriptors, {last['threads']} threads; "
        f"database {last['db'] / 1024:.1f} MiB; stopped in {stop:.1f} s; rows {counted}"
    )
