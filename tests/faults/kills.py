"""kill -9 at random moments under load, half of them within 20 ms of the start."""

import os
import random
import time

from stores import works
from world import Daemon, Invariants, demand, house, quantile


def run(program, folder, rounds):
    chance = random.Random(rounds)
    web, post, config, store = house(folder)
    invariants = Invariants(web, post)
    recovery = []
    for number in range(rounds):
        daemon = Daemon(program, config, os.path.join(folder, "log"))
        if number % 2:
            time.sleep(chance.random() * 0.02)
        else:
            recovery.append(daemon.ready())
            time.sleep(0.05 + chance.random() * 1.0)
            # On a slow disk no life may be long enough for a poll to be stored, and kills would end nothing.
            if number % 20 == 0:
                works(web, time.monotonic())
        invariants.ends.append(time.monotonic())
        daemon.kill()
        if os.path.exists(store):
            invariants.check(store)
    web.is_busy = False
    daemon = Daemon(program, config, os.path.join(folder, "log"))
    recovery.append(daemon.ready())
    invariants.drain(store)
    daemon.stop()
    invariants.check(store)
    figures = invariants.figures
    demand(figures["alerts"], "no alert was opened, so nothing is known of them")
    return (
        f"{rounds} kills: {figures['acknowledged']} observations, {figures['decisions']} decisions, {figures['alerts']} alerts, "
        f"{figures['messages']} messages ({figures['taken']} sent), 0 lost, 0 decided twice, "
        f"{figures['repeated']} repeated under their Message-ID; ready again after {quantile(recovery, 0.5):.3f} s "
        f"(p99 {quantile(recovery, 0.99):.3f} s, worst {max(recovery):.3f} s)"
    )
