"""Everything judged again: by a policy that all fall short of, which becomes stricter, and by one that is kept."""

import catalogs
import lab
import weft
from rows import Row

PRODUCTS = 10000

POLICY = """\
kind: Policy
name: tried
enforcement: {}
validations:
  - expression: {}
    message: It should be otherwise
    pointer: /owner
"""


def judge_all(server, enforcement, expression):
    """The server's CPU time for one product, in microseconds."""
    def judged():
        return lab.metric(server.get("/metrics").text, "weft_standing_judged_total") or 0
    before, cpu = judged(), lab.cpu_seconds(server.process.pid)
    server.put("/api/v1/policies/tried", POLICY.format(enforcement, expression))
    weft.wait_for(lambda: judged() - before >= PRODUCTS, "all to be judged again", patience=600)
    return (lab.cpu_seconds(server.process.pid) - cpu) / PRODUCTS * 1e6


def measure(options):
    with catalogs.changeable(PRODUCTS) as folder, lab.quiet_server(folder) as server:
        judge_all(server, "warn", "product.owner == 'nobody'")
        otherwise = [judge_all(server, "deny" if round % 2 == 0 else "warn", "product.owner == 'nobody'")
                     for round in range(options.rounds)]
        judge_all(server, "deny", "product.owner != 'nobody'")
        same = [judge_all(server, "deny", f"product.owner != 'nobody{round}'") for round in range(options.rounds)]
    yield Row(f"one of {PRODUCTS // 1000}k judged again, which stands otherwise", "CPU-us", otherwise)
    yield Row("  which stands as before", "CPU-us", same)
