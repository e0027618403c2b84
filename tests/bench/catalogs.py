"""Filled catalogs of a given size, kept for later runs.

    build/bench-data/schema-S-D-PRODUCTS      S: the schema's version, D: of what the documents are written by
    build/bench-data/fts-D-PRODUCTS.db        floor_search's

Making one is what everybody does: publishing, over many connections, to a server.  A larger one begins as a copy of the
next smaller one.  It is made under another name, so that one that is there is whole.  Those of other versions are
removed when one is made: a million products are 10 GB.
"""

import contextlib
import hashlib
import re
import shutil

import lab
import weft

DATA = weft.ROOT / "build" / "bench-data"
PREFIX = "fill"
CONNECTIONS = 128


def schema_version():
    names = [path.name for path in (weft.ROOT / "catalog" / "sql").glob("**/*.sql")]
    return max(int(name[:4]) for name in names if re.match(r"\d{4}_", name))


def document_version():
    return hashlib.sha256((lab.HERE / "bench_product.c").read_bytes()).hexdigest()[:8]


def place(products):
    return DATA / f"schema-{schema_version()}-{document_version()}-{products}"


def search_floor(products):
    DATA.mkdir(parents=True, exist_ok=True)
    return DATA / f"fts-{document_version()}-{products}.db"


def next_smaller(products):
    """The largest that is there and not larger; 0: none."""
    pattern = place(0).name.removesuffix("0") + "*"
    sizes = [int(path.name.rsplit("-", 1)[1]) for path in DATA.glob(pattern) if path.name.rsplit("-", 1)[1].isdigit()]
    return max((size for size in sizes if size <= products), default=0)


def copy(source, target):
    """With the file system's help where it has any; on disk when it returns, so that nothing is measured beside it."""
    lab.output("cp", "-a", "--reflink=auto", source, target)
    lab.output("sync", "-f", target)


def forget_outdated():
    current = place(0).name.removesuffix("0")
    for path in DATA.glob("schema-*"):
        if not path.name.startswith(current):
            shutil.rmtree(path, ignore_errors=True)
    for path in DATA.glob("fts-*"):
        if not path.name.startswith(f"fts-{document_version()}-"):
            path.unlink()


def sweep():
    """The servers wrote their logs beside the catalogs."""
    for path in DATA.glob("server-*.log"):
        path.unlink()


def filled(products):
    """The folder of a catalog of so many products: bench.fill_1, bench.fill_2 ...  Do not write to it."""
    path = place(products)
    if path.exists():
        return path
    DATA.mkdir(parents=True, exist_ok=True)
    forget_outdated()
    unfinished = path.with_name(path.name + ".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    there = next_smaller(products)
    if there:
        copy(place(there), unfinished)
    with lab.quiet_server(unfinished) as server:
        lab.load([server], PREFIX, min(CONNECTIONS, products - there), count=products - there, first=there + 1)
    unfinished.rename(path)
    return path


@contextlib.contextmanager
def changeable(products):
    """A copy that may be written to, for a while; beside the original, where there is room."""
    path = place(products).with_name(f"copy-{products}")
    shutil.rmtree(path, ignore_errors=True)
    try:
        copy(filled(products), path)
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        sweep()


def names(products, count, step=7919):
    """So many names spread over all of them, in an order that no cache knows."""
    return [f"bench.{PREFIX}_{number * step % products + 1}" for number in range(min(count, products))]


# As bench_product.c makes them: 4096 words, the first ones frequent.
SYLLABLES = "ba ce di fo gu ha ke li mo nu pa re si to vu ze".split()


def word(number):
    return SYLLABLES[number >> 8 & 15] + SYLLABLES[number >> 4 & 15] + SYLLABLES[number & 15]


QUESTIONS = {
    "rare": [word(number) for number in range(3500, 4096)],                                   # in 1 of 1400 products
    "hot": ["catalog", "generator", "published", "refreshed", "expected", "currency", "account"],  # in every one
    "prefix": [first + second for first in SYLLABLES for second in SYLLABLES],                # of four letters
}
