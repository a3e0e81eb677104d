"""A store that refuses: its disk is full, out of inodes or read-only, or another program holds a lock on it.

It is told by mail within a minute, past the store; nothing is half decided; the
watchdog is fed; and the daemon works on when the cause is gone, without a restart.
"""

import contextlib
import os
import pathlib
import signal
import sqlite3
import time

import world
from disk import Disk
from world import Daemon, Invariants, demand, house

TOLD_WITHIN, BACK_WITHIN, WATCHDOG = 60.0, 10.0, 25.0


@contextlib.contextmanager
def small_disk(folder, **options):
    disk = Disk(folder, **options)
    try:
        yield disk
    finally:
        disk.remove()


def told(post, start, since):
    """Seconds from a moment until a message whose subject begins so."""
    limit = TOLD_WITHIN * world.slack
    while True:
        with post.lock:
            found = [at for at, subject in post.subjects if at >= since and subject.startswith(start)]
        if found:
            return found[0] - since
        demand(time.monotonic() - since < limit, f"no mail `{start}…` within {limit:.0f} s")
        time.sleep(0.1)


def works(web, since, limit=60.0):
    """Seconds from a moment until something that was found after it has been acknowledged."""
    limit *= world.slack
    with web.lock:
        before = {number: feed["version"] for number, feed in enumerate(web.feeds)}
    while True:
        with web.lock:
            if any(int(name.split("-")[1]) > before[number] for number, name in web.acknowledged):
                return time.monotonic() - since
        demand(time.monotonic() - since < limit, f"nothing new was recorded within {limit:.0f} s")
        time.sleep(0.05)


def outage(daemon, house, break_it, mend_it):
    """Breaks the store, waits for the mail, mends it: (seconds until told, until at work, until told that it is over)."""
    web, post, _, _ = house
    works(web, time.monotonic())
    broken = time.monotonic()
    break_it()
    first = told(post, "Watchfloor cannot record", broken)
    time.sleep(5)
    mended = time.monotonic()
    mend_it()
    back = works(web, mended, BACK_WITHIN)
    over = told(post, "Recovered: ", mended)
    demand(daemon.process.poll() is None, f"ended by itself:\n{daemon.words()}")
    return first, back, over


def closed(daemon, house, invariants):
    web, _, _, store = house
    daemon.calm(WATCHDOG)
    web.is_busy = False
    daemon.stop()
    invariants.check(store)


def full(program, folder, _):
    with small_disk(folder, size="24M") as disk:
        scene = house(folder, os.path.join(disk.path, "watchfloor.db"))
        invariants = Invariants(scene[0], scene[1])
        daemon = Daemon(program, scene[2], os.path.join(folder, "log"), watchdog=WATCHDOG)
        daemon.ready()
        first, back, over = outage(daemon, scene, disk.fill, disk.drain)
        lines = daemon.story().count("ERROR")
        closed(daemon, scene, invariants)
        start = start_on_a_full_disk(program, folder, scene, disk)
    return (
        f"disk full: told after {first:.1f} s, at work {back:.1f} s after there was room, told of it after {over:.1f} s, "
        f"{lines} errors logged, nothing half decided; a start waits and is ready {start:.1f} s after there is room"
    )


def start_on_a_full_disk(program, folder, scene, disk):
    disk.fill()
    daemon = Daemon(program, scene[2], os.path.join(folder, "log"))
    daemon.says("the start waits for it")
    time.sleep(3)
    demand(daemon.process.poll() is None, f"a start on a full disk ends:\n{daemon.words()}")
    disk.drain()
    room = time.monotonic()
    daemon.ready()
    took = time.monotonic() - room
    daemon.stop()
    return took


def use_up(disk, prefix):
    names = []
    with contextlib.suppress(OSError):
        for number in range(1000):
            names.append(pathlib.Path(disk.path, f"{prefix}-{number}"))
            names[-1].touch()
    return names


def inodes(program, folder, _):
    with small_disk(folder, size="24M", inodes=32) as disk:
        scene = house(folder, os.path.join(disk.path, "watchfloor.db"))
        invariants = Invariants(scene[0], scene[1])
        daemon = Daemon(program, scene[2], os.path.join(folder, "log"), watchdog=WATCHDOG)
        daemon.ready()
        works(scene[0], time.monotonic())
        names = use_up(disk, "first")
        running = works(scene[0], time.monotonic(), 20)
        closed(daemon, scene, invariants)
        # A clean stop takes two files away.
        names += use_up(disk, "second")
        daemon = Daemon(program, scene[2], os.path.join(folder, "log"))
        daemon.says("the start waits for it")
        time.sleep(3)
        words = daemon.words()
        demand(daemon.process.poll() is None, f"a start without inodes ends:\n{words}")
        demand(scene[3] in words, f"it does not name the path:\n{words}")
        for name in names:
            name.unlink(missing_ok=True)
        free = time.monotonic()
        daemon.ready()
        start = time.monotonic() - free
        daemon.stop()
        invariants.check(scene[3])
    return (
        f"no inodes: a running daemon works on ({running:.1f} s), a start waits, names path and cause, and is ready "
        f"{start:.1f} s after there are some"
    )


def read_only(program, folder, _):
    with small_disk(folder) as disk:
        scene = house(folder, os.path.join(disk.path, "watchfloor.db"))
        web, post, config, store = scene
        invariants = Invariants(web, post)
        daemon = Daemon(program, config, os.path.join(folder, "log"), watchdog=WATCHDOG)
        daemon.ready()
        works(web, time.monotonic())
        broken = time.monotonic()
        disk.turn_read_only()
        # A message that was on its way is sent again when its mark could not be made.
        invariants.ends.append(time.monotonic())
        first = told(post, "Watchfloor cannot record", broken)
        time.sleep(5)
        daemon.calm(WATCHDOG)
        demand(daemon.process.poll() is None, f"ended by itself:\n{daemon.words()}")
        took = daemon.stop()
        disk.back()
        daemon = Daemon(program, config, os.path.join(folder, "log"))
        daemon.ready()
        mounted = time.monotonic()
        back = works(web, mounted)
        web.is_busy = False
        daemon.stop()
        invariants.check(store)
    return (
        f"read-only disk: told after {first:.1f} s, no crash, watchdog fed, stops in {took:.1f} s; mounted anew and "
        f"started it is at work after {back:.1f} s, nothing lost"
    )


def locked(program, folder, seconds):
    scene = house(folder)
    web, post, config, store = scene
    pathlib.Path(config).write_text(pathlib.Path(config).read_text().replace("level = 'warn'", "level = 'info'"))
    invariants = Invariants(web, post)
    daemon = Daemon(program, config, os.path.join(folder, "log"), watchdog=WATCHDOG)
    daemon.ready()
    works(web, time.monotonic())
    other = sqlite3.connect(store, timeout=60, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    time.sleep(seconds / 2)
    # A reload asks the store, too, and the loop may not wait for it.
    daemon.process.send_signal(signal.SIGHUP)
    time.sleep(seconds / 2)
    demand(daemon.process.poll() is None, f"ended by itself:\n{daemon.words()}")
    other.execute("ROLLBACK")
    other.close()
    back = works(web, time.monotonic(), BACK_WITHIN)
    daemon.says("the new configuration is in force")
    lines = daemon.story().count("ERROR")
    closed(daemon, scene, invariants)
    return (
        f"locked for {seconds} s, reloaded meanwhile: no crash, longest silence to the watchdog {daemon.longest:.1f} s of {WATCHDOG:.0f} s, "
        f"{lines} errors logged, at work {back:.1f} s after it was gone, nothing lost"
    )
