"""Backstage's catalog backend beside Weft, with as many entities as products.  See backstage/ and README.md."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

import catalogs
import lab
import weft
from rows import Note, Row, medians

SOURCE = lab.HERE / "backstage"
FOLDER = lab.OUT / "backstage"
INSTALL_SECONDS, INGEST_SECONDS = 600, 600
CATALOG = "/api/catalog/entities"

CONFIGURATION = """\
app: {{title: bench, baseUrl: 'http://127.0.0.1:{port}'}}
organization: {{name: bench}}
backend:
  baseUrl: http://127.0.0.1:{port}
  listen: {{host: 127.0.0.1, port: {port}}}
  database: {{client: better-sqlite3, connection: ':memory:'}}
  auth: {{dangerouslyDisableDefaultAuthPolicy: true}}
catalog:
  rules: [{{allow: [Component]}}]
"""


def install():
    """Why not, or an empty text."""
    if not shutil.which("npm"):
        return "npm is not there"
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = (SOURCE / "package.json").read_text()
    stamp = FOLDER / "installed"
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.copy(SOURCE / "package.json", FOLDER)
        words = ["npm", "install", "--no-audit", "--no-fund", "--omit=dev"]
        try:
            with open(FOLDER / "npm.log", "w", encoding="utf-8") as log:
                done = subprocess.run(words, cwd=FOLDER, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False,
                                      timeout=INSTALL_SECONDS)
        except subprocess.TimeoutExpired:
            return f"npm install took more than {INSTALL_SECONDS} s"
        if done.returncode != 0:
            return f"npm install failed, see {FOLDER}/npm.log"
        stamp.write_text(wanted)
    shutil.copy(SOURCE / "index.js", FOLDER)
    return ""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@contextlib.contextmanager
def backend(port, entities):
    (FOLDER / "app-config.yaml").write_text(CONFIGURATION.format(port=port))
    environment = {**os.environ, "NODE_ENV": "production", "LOG_LEVEL": "warn", "ENTITIES": str(entities)}
    with open(FOLDER / "backstage.log", "w", encoding="utf-8") as log:
        words = ["node", "--no-node-snapshot", "index.js", "--config", "app-config.yaml"]
        process = subprocess.Popen(words, cwd=FOLDER, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def ask(port, path):
    """The answer as JSON; None: not yet."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
            return json.load(answer)
    except (urllib.error.URLError, OSError):
        return None


def wait_for(process, condition):
    """The seconds until it holds; None: it did not within the bound, or Backstage ended."""
    started = time.monotonic()
    while time.monotonic() - started < INGEST_SECONDS and process.poll() is None:
        if condition():
            return time.monotonic() - started
        time.sleep(0.1)
    return None


def has_all(port, entities):
    found = ask(port, f"{CATALOG}/by-query?limit=0")
    return found is not None and found["totalItems"] >= entities


def measure_peer(entities, options):
    """Their figures, or None when it did not come up."""
    port = free_port()
    with backend(port, entities) as process:
        started = wait_for(process, lambda: ask(port, "/.backstage/health/v1/readiness") is not None)
        ingested = wait_for(process, lambda: has_all(port, entities)) if started is not None else None
        if ingested is None:
            return None
        paths = {"get": f"{CATALOG}/by-name/component/default/product-7", "page": f"{CATALOG}/by-query?limit=50",
                 "filtered": f"{CATALOG}/by-query?limit=50&filter=kind=component,spec.owner=bench-team-7"}
        rates = {key: lab.wrk(port, process, path, options.seconds) for key, path in paths.items()}
        return {"start": started, "ingest": entities / (started + ingested), "resident": lab.memory(process.pid),
                **rates}


def measure_ours(entities, options):
    with lab.temporary_folder() as folder:
        with lab.quiet_server(folder / "data") as server:
            ingest = lab.load([server], catalogs.PREFIX, 64, count=entities)["rate"]
        server = lab.quiet_server(folder / "data")
        try:
            started = lab.start_timed(server)
            paths = {"get": f"/api/v1/products/bench.{catalogs.PREFIX}_7", "page": "/api/v1/products?limit=50",
                     "filtered": "/api/v1/products?limit=50&owner=bench-team-7"}
            rates = {key: lab.wrk(server.port, server.process, path, options.seconds) for key, path in paths.items()}
            return {"start": started, "ingest": ingest, "resident": lab.memory(server.process.pid), **rates}
        finally:
            server.close()


def compare(entities, ours, theirs):
    """What Backstage does stands in the column of the floors."""
    title = f"(floor: Backstage, {entities:,} entities)"
    yield Row(f"start to ready {title}", "ms", [ours["start"] * 1000], [theirs["start"] * 1000])
    yield Row(f"taken in {title}", "a second", [ours["ingest"]], [theirs["ingest"]])
    yield Row(f"resident {title}", "MB", [ours["resident"]], [theirs["resident"]])
    lists = (("get", "GET by name", 25), ("page", "page of 50", None), ("filtered", "filtered page", None))
    for key, what, goal in lists:
        yield Row(f"{what} {title}", "requests/s", [ours[key]["rate"]], [theirs[key]["rate"]], goal=goal,
                  more={**medians([ours[key]], "p99_us", "cpu_us"), "floor_p99_us": theirs[key]["p99_us"]})


def measure(options):
    reason = install()
    if reason:
        yield Note(f"beside Backstage: not measured, {reason}")
        return
    for entities in options.entities:
        theirs = measure_peer(entities, options)
        if theirs is None:
            yield Note(f"Backstage with {entities:,} entities was not ready in {INGEST_SECONDS} s: "
                       f"see {FOLDER.relative_to(weft.ROOT)}/backstage.log")
            continue
        yield from compare(entities, measure_ours(entities, options), theirs)
