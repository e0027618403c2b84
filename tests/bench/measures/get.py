"""GET of a product over 64 connections, beside bare libmicrohttpd.

Which of its threads takes a connection is luck, theirs and ours: with all 64 on one of them half the machine is idle.  So
it is repeated more often than other measures.
"""

import statistics

import lab
import weft
from rows import Row


def measure(options):
    results, floors = [], []
    with lab.floor_server("floor_http") as floor, lab.quiet_server() as server:
        answer = server.publish(weft.CASE_STUDY)
        if answer.status != 201:
            lab.fail(f"publishing failed: {answer}")
        path = "/api/v1/products/retail.customer_accounts"
        size = len(server.get(path).body)
        for _ in range(options.rounds * 2 + 1):
            floors.append(lab.wrk(floor, "/", options.seconds)[0])
            results.append(lab.wrk(server.port, path, options.seconds))
    more = {"p99_us": statistics.median(p99 for _, p99 in results) * 1000, "answer_bytes": size}
    yield Row("GET of a product, 64 connections (floor: bare HTTP)", "requests/s", [rate for rate, _ in results],
              floors, goal=0.7, more=more)
