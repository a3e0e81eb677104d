"""The world around a daemon under test: feeds that change, a mail server, the daemon itself, and what has to hold.

What the daemon has acknowledged is known from outside. A request whose
If-None-Match names version N of a feed says that version N is stored: the
validator and what was read are one transaction. A message that was taken says
that its decision is stored.
"""

import hashlib
import http.server
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import socketserver
import sqlite3
import subprocess
import tempfile
import threading
import time

FEEDS = 16
PATIENCE = 60.0

# How many times longer than promised a thing may take: 1 in the long form. In the short one it is more, as that runs
# beside other work on small machines and has to say whether something breaks, not how quick the machine is.
slack = 1.0


class Broken(Exception):
    """Something that has to hold does not."""


def demand(holds, sentence):
    if not holds:
        raise Broken(sentence)


class Web:
    """Feeds of JSON items. Each request may find a new item; bursts of alarms come and go."""

    def __init__(self, seed=None):
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.feeds = [{"version": 0, "items": [], "shown": {}, "alarm": False} for _ in range(FEEDS)]
        self.acknowledged = set()
        self.requests = 0
        self.is_busy = True
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.server.daemon_threads = True
        # A client that was killed is the point, and no error.
        self.server.handle_error = lambda *_: None
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, number, seen):
        """The answer to one request: (status, version, body)."""
        with self.lock:
            self.requests += 1
            feed = self.feeds[number]
            found = re.fullmatch(r'"v(\d+)"', seen or "")
            version = int(found.group(1)) if found else 0
            # What a page no longer showed when it was read was never seen: only what it showed is acknowledged.
            self.acknowledged.update((number, name) for name in feed["shown"].get(version, ()))
            if not feed["items"]:
                self.add(feed, number, 20 * 24 * 3600, False)
            if self.is_busy and self.random.random() < 0.7:
                if self.random.random() < 0.15:
                    feed["alarm"] = not feed["alarm"]
                self.add(feed, number, 0, feed["alarm"])
            if version == feed["version"]:
                return 304, version, b""
            # The oldest stays: a feed that reaches back shows that silence is silence.
            shown = feed["items"][:1] + feed["items"][1:][-40:]
            feed["shown"][feed["version"]] = [item["id"] for item in shown]
            return 200, feed["version"], json.dumps(shown).encode()

    def add(self, feed, number, age, is_alarm):
        feed["version"] += 1
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - age))
        text = f"alarm at gate {number}" if is_alarm else "nothing of note"
        name = f"{number}-{feed['version']}"
        feed["items"].append({"id": name, "at": at, "n": feed["version"], "text": text, "lat": 49.7, "lon": 37.6})

    def handler(self):
        web = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                number = int(self.path.strip("/").split(".")[0])
                status, version, body = web.answer(number, self.headers.get("If-None-Match"))
                self.send_response(status)
                self.send_header("ETag", f'"v{version}"')
                self.send_header("Content-Type", "application/json")
                if status == 200:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler


class Post:
    """A mail server that keeps what it takes: (Message-ID, recipient, when, digest of the message)."""

    def __init__(self, seed=None):
        self.random = random.Random(seed)
        self.taken = []
        self.subjects = []
        self.lock = threading.Lock()
        post = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                try:
                    post.serve(self.rfile, self.wfile)
                except OSError:
                    pass  # The client was killed, which is the point.

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def serve(self, read, write):
        write.write(b"220 post\r\n")
        recipient = ""
        for line in read:
            verb = line[:4].upper()
            if verb == b"RCPT":
                recipient = re.search(rb"<(.*)>", line).group(1).decode()
            if verb == b"DATA":
                write.write(b"354 go on\r\n")
                text = b""
                for line in read:
                    if line == b".\r\n":
                        break
                    text += line
                else:
                    return
                time.sleep(self.random.random() * 0.02)
                self.keep(recipient, text)
                time.sleep(self.random.random() * 0.02)
            write.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
            if verb == b"QUIT":
                return

    def keep(self, recipient, text):
        name = re.search(rb"^Message-ID:\s*<([^>]*)>", text, re.M | re.I).group(1).decode()
        subject = re.search(rb"^Subject:\s*(.*)", text, re.M | re.I)
        with self.lock:
            self.taken.append((name, recipient, time.monotonic(), hashlib.sha256(text).hexdigest()))
            self.subjects.append((time.monotonic(), subject.group(1).decode().strip() if subject else ""))

    def ids(self):
        with self.lock:
            return [name for name, *_ in self.taken]


def settings(post, store, more=""):
    return (
        f"include = ['w.toml']\ntimezone = 'UTC'\n[store]\npath = '{store}'\n"
        "[http]\nallow_private = true\nper_host_interval = '0s'\ntimeout = '10s'\n"
        "[email]\nfrom = 'watch@example.org'\nto = ['one@example.org', 'two@example.org']\ntransport = 'smtp'\n"
        f"smtp = {{ host = '127.0.0.1', port = {post.port}, tls = 'none' }}\n[log]\nlevel = 'warn'\n{more}"
    )


def watch(web, every="1s"):
    text = "[watch]\ntitle = 'Gates'\n"
    for number in range(FEEDS):
        text += (
            f"[feeds.f{number}]\nurl = 'http://127.0.0.1:{web.port}/{number}.json'\nformat = 'json'\nevery = '{every}'\n"
            "fields = { id = '$.id', published = '$.at', n = '$.n', title = '$.text', lat = '$.lat', lon = '$.lon' }\n"
            f"[indicators.c{number}]\nkind = 'count'\nperiod = 'day'\n[[indicators.c{number}.from]]\nfeed = 'f{number}'\n"
            "value = { field = 'n' }\n"
            f"[indicators.r{number}]\nkind = 'report'\n[[indicators.r{number}.from]]\nfeed = 'f{number}'\n"
            f"match = {{ any = ['alarm'] }}\n"
        )
        for place, window in enumerate(("45s", "90s")):
            text += (
                f"[scenarios.s{number}-{place}]\npath = 'risk'\n[[scenarios.s{number}-{place}.when]]\n"
                f"indicator = 'r{number}'\nmeasure = 'reports'\nwindow = '{window}'\nat_least = 1\n"
            )
    return text


class Daemon:
    """One run of the program, under a service manager's socket, so that ready is known."""

    def __init__(self, program, config, log, prefix=(), watchdog=None):
        self.folder = tempfile.mkdtemp(prefix="faults-")
        path = os.path.join(self.folder, "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        self.log = open(log, "ab")
        self.logged_from = self.log.tell()
        self.log_path = log
        self.began = time.monotonic()
        self.longest, self.fed = 0.0, None
        environment = {**os.environ, "NOTIFY_SOCKET": path}
        if watchdog:
            environment["WATCHDOG_USEC"] = str(int(watchdog * 1e6))
        self.process = subprocess.Popen(
            [*prefix, program, "--config", config, "run"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, env=environment,
        )

    def ready(self):
        """Waits until it says READY=1; gives the seconds since its start."""
        limit = PATIENCE * slack
        while True:
            left = self.began + limit - time.monotonic()
            demand(left > 0, f"not ready within {limit} s:\n{self.words()}")
            self.socket.settimeout(min(left, 0.25))
            try:
                if b"READY=1" in self.socket.recv(4096):
                    took = time.monotonic() - self.began
                    threading.Thread(target=self.listen, daemon=True).start()
                    return took
            except TimeoutError:
                demand(self.process.poll() is None, f"ended by itself ({self.process.poll()}):\n{self.words()}")

    def listen(self):
        """Measures the longest time in which the watchdog was not fed."""
        self.fed = time.monotonic()
        self.socket.settimeout(None)
        while True:
            try:
                notice = self.socket.recv(4096)
            except OSError:
                return
            if b"WATCHDOG=1" in notice:
                self.longest = max(self.longest, time.monotonic() - self.fed)
                self.fed = time.monotonic()

    def calm(self, limit):
        """The watchdog was always fed in time."""
        self.longest = max(self.longest, time.monotonic() - self.fed)
        demand(self.longest < limit, f"the watchdog was not fed for {self.longest:.0f} s")

    def words(self):
        """The end of what it has logged."""
        return self.story()[-4000:]

    def story(self):
        return pathlib.Path(self.log_path).read_bytes()[self.logged_from:].decode(errors="replace")

    def says(self, words):
        """Waits until it has logged the words."""
        began = time.monotonic()
        while words not in self.story():
            demand(time.monotonic() - began < PATIENCE, f"it never says `{words}`:\n{self.words()}")
            demand(self.process.poll() is None, f"ended by itself ({self.process.poll()}):\n{self.words()}")
            time.sleep(0.1)

    def freeze(self):
        """SIGSTOP, and waits until no thread runs: one that waits for its disk stops before it sees the answer."""
        self.process.send_signal(signal.SIGSTOP)
        tasks = pathlib.Path(f"/proc/{self.process.pid}/task")
        while any((task / "stat").read_text().rpartition(")")[2].split()[0] not in "TDZ" for task in tasks.iterdir()):
            time.sleep(0.001)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.end()

    def stop(self):
        """SIGTERM; gives the seconds it took. The exit code has to be 0."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=30 * slack)
        except subprocess.TimeoutExpired:
            raise Broken(f"SIGTERM did not end it within {30 * slack:.0f} s:\n{self.words()}") from None
        took = time.monotonic() - began
        code = self.process.returncode
        words = self.words()
        self.end()
        demand(code == 0, f"SIGTERM ended it with {code}:\n{words}")
        return took

    def end(self):
        self.process.wait()
        self.socket.close()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def picture(store):
    """A connection to a copy of the store's files: looking at the store itself would mend it."""
    folder = tempfile.mkdtemp(prefix="faults-")
    for suffix in ("", "-wal"):
        if os.path.exists(store + suffix):
            shutil.copyfile(store + suffix, os.path.join(folder, "copy.db" + suffix))
    connection = sqlite3.connect(os.path.join(folder, "copy.db"))
    return connection, folder


class Invariants:
    """What was acknowledged so far, and what has to hold of the store whenever the daemon is down."""

    def __init__(self, web, post):
        self.web, self.post = web, post
        self.ends = []
        self.figures = {"checks": 0, "observations": 0, "decisions": 0, "messages": 0, "repeated": 0}
        self.seen = (set(), set())

    def check(self, store, is_durable=True):
        """`is_durable`: what an earlier check saw in the store has to be there, too (true of kills, not of power cuts)."""
        connection, folder = picture(store)
        try:
            self.look(connection, is_durable)
        finally:
            connection.close()
            shutil.rmtree(folder, ignore_errors=True)

    def look(self, db, is_durable):
        answer = db.execute("PRAGMA integrity_check").fetchone()[0]
        demand(answer == "ok", f"integrity_check says {answer}")
        demand(not db.execute("PRAGMA foreign_key_check").fetchall(), "foreign_key_check finds rows")
        items = set(db.execute("SELECT feed, id FROM item"))
        counted = set(db.execute("SELECT feed, item_id FROM observation WHERE indicator LIKE 'w/c%'"))
        with self.web.lock:
            acknowledged = {(f"w/f{number}", name) for number, name in self.web.acknowledged}
        demand(acknowledged <= items, f"items lost: {sorted(acknowledged - items)[:5]}")
        demand(acknowledged <= counted, f"observations lost: {sorted(acknowledged - counted)[:5]}")
        twice = db.execute(
            "SELECT indicator, key, item_id FROM observation GROUP BY indicator, key, item_id, item_revision HAVING count(*) > 1"
        ).fetchall()
        demand(not twice, f"observations made twice: {twice[:3]}")
        decisions = db.execute("SELECT id, scenario, alert, from_phase, to_phase FROM transition ORDER BY id").fetchall()
        phases = {}
        for _, scenario, _, came, went in decisions:
            demand(phases.get(scenario, "inactive") == came, f"{scenario} was {phases.get(scenario)} and came from {came}")
            phases[scenario] = went
        alerts = db.execute("SELECT id FROM alert").fetchall()
        opened = db.execute("SELECT scenario, opened FROM alert GROUP BY scenario, opened HAVING count(*) > 1").fetchall()
        demand(not opened, f"alerts opened twice: {opened[:3]}")
        both = db.execute("SELECT scenario FROM alert WHERE resolved IS NULL GROUP BY scenario HAVING count(*) > 1").fetchall()
        demand(not both, f"two alerts are open at once: {both[:3]}")
        messages = {row[0]: row for row in db.execute("SELECT message_id, state, kind, recipient, alert FROM notification")}
        # What is told of a store that refuses cannot be in it.
        taken = {name for name in self.post.ids() if not name.startswith("store_broken.")}
        demand(taken <= set(messages), f"messages whose decision is lost: {sorted(taken - set(messages))[:3]}")
        triggered = db.execute(
            "SELECT alert, recipient FROM notification WHERE kind = 'triggered' GROUP BY alert, recipient HAVING count(*) > 1"
        ).fetchall()
        demand(not triggered, f"told twice of one alert: {triggered[:3]}")
        unsent = [name for name, row in messages.items() if row[1] == "sent" and name not in taken]
        demand(not unsent, f"marked as sent, but never taken: {unsent[:3]}")
        rows = ({row[0] for row in decisions}, set(messages))
        if is_durable:
            demand(self.seen[0] <= rows[0] and self.seen[1] <= rows[1], "decisions or messages vanished between two checks")
            self.seen = rows
        self.repeats()
        self.figures.update(
            checks=self.figures["checks"] + 1, observations=len(counted), decisions=len(decisions), alerts=len(alerts), messages=len(messages),
            acknowledged=len(acknowledged), taken=len(taken),
        )

    def repeats(self):
        """A message comes again only when the daemon was ended within moments of the first time, and unchanged."""
        first, repeated = {}, 0
        for name, recipient, at, digest in list(self.post.taken):
            if name not in first:
                first[name] = (recipient, at, digest)
                continue
            repeated += 1
            earlier = first[name]
            demand(earlier[0] == recipient, f"{name} went to two recipients")
            near = [end for end in self.ends if -0.5 * slack <= end - earlier[1] <= 2.0 * slack]
            demand(near, f"{name} came again although nothing ended the daemon at its first time")
            first[name] = (recipient, at, digest)
        self.figures["repeated"] = repeated

    def drain(self, store, limit=600.0):
        """The daemon runs and the feeds are quiet: everything that was decided until now arrives."""
        began, until = time.monotonic(), int(time.time() * 1000)
        while True:
            connection = sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=60)
            messages = connection.execute("SELECT id, message_id, created, folded_into FROM notification").fetchall()
            connection.close()
            taken = set(self.post.ids())
            arrived = {number for number, name, *_ in messages if name in taken}
            # What happened to one scenario within a minute is told by one message.
            left = [
                name for number, name, created, folded in messages
                if created <= until and number not in arrived and folded not in arrived
            ]
            if not left:
                break
            demand(time.monotonic() - began < limit, f"{len(left)} messages have not arrived after {limit:.0f} s: {left[:3]}")
            time.sleep(0.5)


def house(folder, store=None, every="1s", more="", seed=None):
    """A configuration over fresh servers: (web, post, path of the configuration, path of the store)."""
    web, post = Web(seed), Post(seed)
    store = store or os.path.join(folder, "store", "watchfloor.db")
    config = os.path.join(folder, "watchfloor.toml")
    pathlib.Path(config).write_text(settings(post, store, more))
    pathlib.Path(folder, "w.toml").write_text(watch(web, every))
    return web, post, config, store


def quantile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
