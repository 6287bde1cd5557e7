"""Runs a command and prints as JSON what it and all its processes took: wall and CPU seconds, and the peak of their memory together.
measure.py COMMAND …"""
import json
import os
import resource
import subprocess
import sys
import threading
import time


def tree_mib(root):
    parents, memory = {}, {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            fields = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()
            parents[pid], memory[pid] = fields[1], int(fields[21]) * os.sysconf("SC_PAGE_SIZE") / 2**20
        except OSError:
            pass
    total, wanted = 0, [str(root)]
    while wanted:
        pid = wanted.pop()
        total += memory.get(pid, 0)
        wanted += [child for child, parent in parents.items() if parent == pid]
    return total


started = time.monotonic()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
peak = 0.0


def watch():
    global peak
    while process.poll() is None:
        peak = max(peak, tree_mib(process.pid))
        time.sleep(0.02)


watcher = threading.Thread(target=watch)
before = resource.getrusage(resource.RUSAGE_SELF)
watcher.start()
process.wait()
watcher.join()
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({
    "exitCode": process.returncode,
    "wallS": time.monotonic() - started,
    "cpuS": used.ru_utime + used.ru_stime,
    "peakMiB": peak,
}))
