"""The unit under a systemd that really boots, in a throw-away machine over an overlay of this one's own root.

Root and systemd-nspawn are needed. The kernel, the clock and the network are
this machine's, so the world's servers are reached on loopback.
"""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import time

import world
from disk import Unable, call
from world import Invariants, demand, house

ROOT = pathlib.Path(__file__).parent.parent.parent
CGROUPS = pathlib.Path("/sys/fs/cgroup")
STOP_WITHIN, REPLACED_WITHIN = 2.0, 35.0
TARGET = "[Unit]\nRequires=basic.target dbus.service\nAfter=basic.target dbus.service\nAllowIsolate=yes\n"
# On a hybrid host nspawn mounts the controllers read-only; they are this machine's own, so its systemd may use them.
INIT = (
    "for c in cpu cpuacct memory pids devices blkio cpuset freezer; do [ -d /sys/fs/cgroup/$c ] && "
    "mount -o remount,rw,bind /sys/fs/cgroup/$c 2>/dev/null; done; mount -o remount,rw,bind /sys/fs/cgroup 2>/dev/null; "
    "exec /lib/systemd/systemd --unit=faults.target"
)


def name_of(folder):
    return pathlib.Path(folder).name.replace("_", "x")


def groups(name):
    if (CGROUPS / "cgroup.controllers").exists():
        return [CGROUPS / name]
    return [path / name for path in CGROUPS.iterdir() if (path / "cgroup.procs").exists() and not path.is_symlink()]


def sweep(folder, limit=5.0):
    """Takes away the control groups of a machine that has ended, however it did. Its last processes may still be ending."""
    began = time.monotonic()
    while left := [group for group in groups(name_of(folder)) if group.exists()]:
        for group in left:
            for path, _, _ in os.walk(group, topdown=False):
                with contextlib.suppress(OSError):
                    os.rmdir(path)
        if time.monotonic() - began > limit:
            return
        time.sleep(0.05)


class Machine:
    def __init__(self, folder):
        if os.geteuid() != 0:
            raise Unable("booting a machine needs root")
        if not shutil.which("systemd-nspawn"):
            raise Unable("systemd-nspawn (package systemd-container) is not here")
        if not os.access("/lib/systemd/systemd", os.X_OK):
            raise Unable("systemd is not here")
        self.folder = pathlib.Path(folder)
        self.name = name_of(folder)
        self.root, self.process, self.leader = self.folder / "root", None, None
        # An overlay's upper layer cannot lie on an overlay, as in some containers; memory always does.
        self.layers = self.folder / "layers"
        for path in (self.root, self.layers):
            path.mkdir(parents=True)
        call("mount", "-t", "tmpfs", "faults", str(self.layers))
        (self.layers / "upper").mkdir()
        (self.layers / "work").mkdir()
        options = f"lowerdir=/,upperdir={self.layers}/upper,workdir={self.layers}/work"
        call("mount", "-t", "overlay", "faults", "-o", options, str(self.root))
        self.put("/etc/systemd/system/faults.target", TARGET)
        self.put("/etc/machine-id", "")

    def put(self, path, text):
        inside = self.root / path.lstrip("/")
        inside.parent.mkdir(parents=True, exist_ok=True)
        inside.write_text(text)

    def enter_groups(self):
        for group in groups(self.name):
            group.mkdir(exist_ok=True)
            for knob in ("cpuset.mems", "cpuset.cpus"):
                if (group / knob).exists() and "/cpuset/" in str(group):
                    (group / knob).write_text((group.parent / knob).read_text())
            (group / "cgroup.procs").write_text(str(os.getpid()))

    def boot(self, limit=90):
        command = [
            "systemd-nspawn", "--quiet", f"--directory={self.root}", f"--machine={self.name}", "--register=no", "--keep-unit",
            "--link-journal=no", "--resolv-conf=off", "--timezone=off", "--console=pipe", "--system-call-filter=bpf @keyring",
            "/bin/sh", "-c", INIT,
        ]
        console = open(self.folder / "console", "wb")
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=console, stderr=console, start_new_session=True,
            preexec_fn=self.enter_groups,
        )
        began = time.monotonic()
        while time.monotonic() - began < limit:
            if self.process.poll() is not None:
                words = (self.folder / "console").read_text(errors="replace")[-500:]
                raise Unable(f"no machine can be booted here: {words}")
            self.leader = self.leader or self.find_leader()
            if self.leader and self.run("systemctl is-system-running | grep -Eq 'running|degraded'")[0] == 0:
                return time.monotonic() - began
            time.sleep(0.1)
        raise Unable(f"no systemd within {limit} s: {(self.folder / 'console').read_text(errors='replace')[-500:]}")

    def find_leader(self):
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        for child in children.read_text().split() if children.exists() else []:
            if pathlib.Path(f"/proc/{child}/comm").read_text().strip() == "systemd":
                return child
        return None

    def run(self, line):
        """Runs a line of shell inside: (exit code, what it printed)."""
        root = f"/proc/{self.leader}/root"
        command = ["nsenter", "-t", self.leader, *"-m -u -i -n -p -C".split(), f"--root={root}", f"--wd={root}", "--"]
        environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
        done = subprocess.run(
            [*command, "sh", "-c", line], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True,
        )
        return done.returncode, done.stdout

    def must(self, line, code=0):
        """Runs a line that has to end so; gives the seconds it took."""
        began = time.monotonic()
        found, said = self.run(line)
        demand((found == 0) == (code == 0), f"`{line}` ended with {found}: {said[-800:]}")
        return time.monotonic() - began

    def until(self, line, limit):
        """Repeats a line until it ends well; gives the seconds it took."""
        limit *= world.slack
        began = time.monotonic()
        while True:
            code, said = self.run(line)
            if code == 0:
                return time.monotonic() - began
            demand(time.monotonic() - began < limit, f"`{line}` does not come true within {limit} s: {said[-800:]}")
            time.sleep(0.2)

    def remove(self):
        if self.process and self.process.poll() is None:
            os.kill(int(self.leader or self.process.pid), signal.SIGKILL)
            self.process.wait()
        for path in (self.root, self.layers):
            subprocess.run(["umount", "-l", str(path)], capture_output=True)
        sweep(self.folder)


def run(program, folder, _):
    machine = Machine(folder)
    try:
        return story(machine, program, folder)
    finally:
        machine.remove()


def story(machine, program, folder):
    store = "/var/lib/watchfloor/watchfloor.db"
    web, post, config, _ = house(folder, store)
    invariants = Invariants(web, post)
    for source, path in ((program, "usr/bin/watchfloor"), (ROOT / "systemd/watchfloor.service", "etc/systemd/system/watchfloor.service")):
        (machine.root / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, machine.root / path)
    settings = pathlib.Path(config).read_text().replace("level = 'warn'", "level = 'info'")
    watch = pathlib.Path(folder, "w.toml").read_text()
    machine.put("/etc/watchfloor/watchfloor.toml", settings)
    machine.put("/etc/watchfloor/w.toml", watch)
    booted = machine.boot()
    start = machine.must("systemctl start watchfloor && systemctl is-active watchfloor")
    pid = "systemctl show -P MainPID watchfloor"
    first = machine.run(pid)[1].strip()
    machine.until("systemctl show -P StatusText watchfloor | grep -q feeds", 10)
    machine.put("/etc/watchfloor/w.toml", watch.replace("title = 'Gates'", "title = 'Doors'"))
    machine.must("systemctl reload watchfloor")
    machine.put("/etc/watchfloor/w.toml", watch + "\nwrong = = 1\n")
    machine.must("systemctl reload watchfloor", code=1)
    machine.must("systemctl is-active watchfloor")
    demand(machine.run(pid)[1].strip() == first, "a bad reload started it anew")
    machine.put("/etc/watchfloor/w.toml", watch)
    anew = f"test \"$({pid})\" != {{}} && systemctl is-active watchfloor"
    invariants.ends.append(time.monotonic())
    machine.must("systemctl kill -s KILL watchfloor")
    invariants.ends.append(time.monotonic())
    killed = machine.until(anew.format(first), 60)
    second = machine.run(pid)[1].strip()
    invariants.ends.append(time.monotonic())
    machine.must("systemctl kill -s STOP watchfloor")
    invariants.ends.append(time.monotonic())
    wedged = machine.until(f"test \"$({pid})\" != 0 && " + anew.format(second), 90)
    # The manager's clock does not run slower on a busy machine; what it starts does.
    limit = REPLACED_WITHIN + 2.0 * (world.slack - 1.0)
    demand(wedged < limit, f"a frozen loop was replaced after {wedged:.1f} s, promised are {REPLACED_WITHIN:.0f} s")
    # The journal may be behind.
    machine.until("journalctl -u watchfloor -o export | grep -q ^WATCHFLOOR_", 10)
    machine.until("journalctl -u watchfloor | grep -q 'stays in force\\|expected'", 10)
    stop = machine.must("systemctl stop watchfloor")
    demand(stop < STOP_WITHIN * world.slack, f"it took {stop:.1f} s to stop")
    invariants.check(str(machine.root / "var/lib/private/watchfloor/watchfloor.db"))
    figures = invariants.figures
    return (
        f"booted in {booted:.1f} s: active {start:.1f} s after the start, a good reload taken, a bad one refused, active again "
        f"{killed:.1f} s after KILL and {wedged:.1f} s after its loop was frozen (promised within {REPLACED_WITHIN:.0f} s), stopped in {stop:.2f} s; "
        f"{figures['acknowledged']} observations, {figures['taken']} messages, nothing lost"
    )
