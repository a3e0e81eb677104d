"""A small disk of our own that fills up, turns read-only, or loses power. Root and loop devices are needed."""

import contextlib
import fcntl
import os
import struct
import subprocess
import time

from world import Broken

# ext4's shutdown: _IOR('X', 125, __u32), and the flag that leaves the journal unwritten.
SHUTDOWN, NO_FLUSH = 0x8004587D, struct.pack("I", 2)


class Unable(Exception):
    """This machine cannot do it; the sentence says why."""


def call(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        raise Unable(f"{command[0]} is not here") from None
    if done.returncode:
        raise Unable(f"{command[0]}: {(done.stderr or done.stdout).strip()}")


class Disk:
    def __init__(self, folder, size="64M", inodes=None):
        if os.geteuid() != 0:
            raise Unable("a disk of its own needs root")
        self.image, self.path = os.path.join(folder, "disk.img"), os.path.join(folder, "disk")
        os.makedirs(self.path, exist_ok=True)
        call("truncate", "-s", size, self.image)
        call("mkfs.ext4", "-q", "-F", "-m", "0", *(["-N", str(inodes)] if inodes else []), self.image)
        self.mount()

    def mount(self):
        call("mount", "-o", "loop,noatime,errors=remount-ro", self.image, self.path)

    def unmount(self):
        for _ in range(600):
            if subprocess.run(["umount", self.path], capture_output=True).returncode == 0:
                return
            time.sleep(0.05)
        raise Broken(f"{self.path} is still in use")

    def cut(self):
        """What was not synced is gone, and everything fails from now on. Whoever writes has to be frozen before."""
        disk = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.ioctl(disk, SHUTDOWN, NO_FLUSH)
        finally:
            os.close(disk)

    def back(self):
        self.unmount()
        try:
            self.mount()
        except Unable as why:
            raise Broken(f"the disk cannot be mounted again: {why}") from why

    def fill(self):
        for block in (1 << 16, 512):
            with open(os.path.join(self.path, f"filler-{block}"), "wb", buffering=0) as filler:
                try:
                    while filler.write(b"\0" * block):
                        pass
                except OSError:
                    continue
        os.sync()

    def drain(self):
        for name in os.listdir(self.path):
            if name.startswith("filler-"):
                os.remove(os.path.join(self.path, name))
        os.sync()

    def turn_read_only(self):
        """What a failing disk does: ext4 finds an error and gives up writing, whatever is open."""
        source = subprocess.run(["findmnt", "-no", "SOURCE", self.path], capture_output=True, text=True).stdout.strip()
        trigger = f"/sys/fs/ext4/{os.path.basename(source)}/trigger_fs_error"
        try:
            with open(trigger, "w") as file:
                file.write("1")
        except OSError as error:
            raise Unable(f"{trigger}: {error.strerror}") from error

    def remove(self):
        subprocess.run(["umount", "-l", self.path], capture_output=True)
        with contextlib.suppress(FileNotFoundError):
            os.remove(self.image)
