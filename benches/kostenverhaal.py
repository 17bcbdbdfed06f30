"""Runs benches/kostenverhaal.rs and writes its part of docs/benchmarks.md."""
import os, subprocess
from document import ROOT, machine, write

load = os.getloadavg()[0]
out = subprocess.run(["cargo", "bench", "--bench", "kostenverhaal"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
write("kostenverhaal", f"""## Kostenverhaal

What owners cost in a draw, models in turns within one run, nine rounds; and a large area exactly (`benches/kostenverhaal.rs`).

{out.strip()}

{machine(load, {})}""")
