"""Power cuts under a writing daemon: what was not synced is gone."""

import os
import random
import time

from disk import Disk
from stores import works
from world import Daemon, Invariants, demand, house, quantile


def run(program, folder, rounds):
    chance = random.Random(rounds)
    disk = Disk(folder, "256M")
    try:
        web, post, config, store = house(folder, os.path.join(disk.path, "watchfloor.db"))
        invariants = Invariants(web, post)
        recovery = []
        for number in range(rounds):
            daemon = Daemon(program, config, os.path.join(folder, "log"))
            recovery.append(daemon.ready())
            time.sleep(0.05 + chance.random() * 1.0)
            if number % 10 == 0:
                works(web, time.monotonic())
            # A machine without power has no process that sees an answer of its disk.
            daemon.freeze()
            invariants.ends.append(time.monotonic())
            disk.cut()
            daemon.kill()
            disk.back()
            invariants.check(store, is_durable=False)
        web.is_busy = False
        daemon = Daemon(program, config, os.path.join(folder, "log"))
        recovery.append(daemon.ready())
        invariants.drain(store)
        daemon.stop()
        invariants.check(store)
    finally:
        disk.remove()
    figures = invariants.figures
    demand(figures["alerts"], "no alert was opened, so nothing is known of them")
    return (
        f"{rounds} power cuts: {figures['acknowledged']} observations, {figures['decisions']} decisions, {figures['alerts']} alerts, "
        f"{figures['messages']} messages ({figures['taken']} sent), 0 lost, 0 decided twice, "
        f"{figures['repeated']} repeated under their Message-ID; ready again after {quantile(recovery, 0.5):.3f} s "
        f"(p99 {quantile(recovery, 0.99):.3f} s, worst {max(recovery):.3f} s)"
    )
