"""What the scripts of docs/benchmarks.md share: the document in parts, the machine, medians with ranges."""
import os, platform, re, statistics, subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs/benchmarks.md"
HEAD = """# Benchmarks

Written by the scripts below; do not edit. Each part is one run and says on what machine. Times are medians (least–most).
"""
# The parts in their order, and what writes them.
PARTS = {"w": "benches/peers_w.py", "havenkwartier": "benches/peers.py", "kostenverhaal": "benches/kostenverhaal.py"}
COMMANDS = """## Commands

```
just bench-peers          # both parts: the Python peers in .venv, builds, measures, checks, writes
just benchmark-w          # models/benchmark-w anew from benches/peer/w/model.json
cargo bench --bench rule_loop
just bench-kostenverhaal  # owners against none, and a large area
```
"""


def write(part, text):
    """Replaces one part of docs/benchmarks.md and leaves the others as they are."""
    old = DOCUMENT.read_text() if DOCUMENT.exists() else ""
    found = dict(re.findall(r"<!-- part (\w+) -->\n(.*?)<!-- end -->\n", old, re.S))
    found[part] = text.strip() + "\n"
    body = [f"<!-- part {p} -->\n{found.get(p, f'Not measured yet: run `{script}`.{chr(10)}')}<!-- end -->\n" for p, script in PARTS.items()]
    DOCUMENT.write_text("\n".join([HEAD, *body, COMMANDS]))


def spread(values, unit=1.0, digits=1):
    """Median and range: 3.1 (2.9–3.4); of one value that value."""
    v = sorted(x * unit for x in values)
    if len(v) == 1:
        return f"{v[0]:,.{digits}f}"
    return f"{statistics.median(v):,.{digits}f} ({v[0]:,.{digits}f}–{v[-1]:,.{digits}f})"


def cpu_name():
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.processor()


def machine(load_before, packages):
    """One sentence on machine, load and versions. packages: name to version."""
    flags = open("/proc/cpuinfo").read().split("flags", 1)[-1].split("\n", 1)[0].split()
    wide = "AVX-512" if "avx512f" in flags else "AVX2" if "avx2" in flags else "no AVX2"
    memory = next(int(l.split()[1]) for l in open("/proc/meminfo") if l.startswith("MemTotal")) / 2**20
    rustc = subprocess.run(["rustc", "--version"], capture_output=True, text=True).stdout.strip()
    versions = "".join(f", {name} {version}" for name, version in packages.items())
    return (
        f"Machine: {cpu_name()} ({wide}), {os.cpu_count()} cores, {memory:.0f} GiB; load average {load_before:.1f} before the run, {os.getloadavg()[0]:.1f} after it, "
        f"the run itself included.\n{rustc}; Python {platform.python_version()}{versions}."
    )
