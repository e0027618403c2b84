"""GET of a product over 64 connections, beside bare libmicrohttpd.

Which of its threads takes a connection is luck, theirs and ours: with all 64 on one of them half the machine is idle.
So it is repeated more often than other measures, and the CPU time of an answer, which knows no luck, stands beside.
"""

import lab
import weft
from rows import Row, medians


def measure(options):
    ours, floors = [], []
    with lab.floor_server("floor_http") as (port, floor), lab.quiet_server() as server:
        answer = server.publish(weft.CASE_STUDY)
        if answer.status != 201:
            lab.fail(f"publishing failed: {answer}")
        path = "/api/v1/products/retail.customer_accounts"
        size = len(server.get(path).body)
        for _ in range(options.rounds * 2 + 1):
            floors.append(lab.wrk(port, floor, "/", options.seconds))
            ours.append(lab.wrk(server.port, server.process, path, options.seconds))
    yield Row("GET of a product, 64 connections (floor: bare HTTP)", "requests/s", [result["rate"] for result in ours],
              [result["rate"] for result in floors], goal=0.7,
              more={**medians(ours, "p99_us", "cpu_us"), "answer_bytes": size})
    yield Row("GET of a product, CPU of the server for one (floor: bare HTTP)", "us of CPU",
              [result["cpu_us"] for result in ours], [result["cpu_us"] for result in floors])
