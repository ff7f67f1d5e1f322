"""The command line of the simulation: many seeds, or one that is looked at."""

import sys, time
from tests.simulation.trial import Plan, simulate

t = time.time()
o = simulate(Plan(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 200))
d = time.time() - t
print(o)
print(d, o.events / d)
