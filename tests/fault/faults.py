"""A server whose n-th call of one kind fails, as tests/fault/preload/ makes it: a file that both share says which.

    with faults.Server() as server:
        server.arm("sync", 3)           # from now on the third fsync or fdatasync in the data folder fails
        answer = server.publish(...)
        calls, failures = server.disarm()

The server is build/release/bin/weft unless WEFT_PRESET says otherwise; a build with a sanitizer has no library for it.
"""

import errno
import mmap
import os
import pathlib
import signal
import struct
import sys
import tempfile

os.environ.setdefault("WEFT_PRESET", "release")
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))

import weft  # noqa: E402

LIBRARY = weft.BUILD / "lib" / "fault.so"

# As in preload/control.h.
KINDS = {"write": 1, "sync": 2, "memory": 4, "net": 8, "open": 16, "truncate": 32, "thread": 64, "sql": 128,
         "read": 256}
LAYOUT = struct.Struct("=IiQQQQii4000s")
COUNTS = struct.Struct("=QQ")
COUNTS_AT = 24
SQLITE_IOERR, SQLITE_FULL = 10, 13

# How a process ends for which there is no memory: by abort(), or in a library that does not look (OpenSSL's beginning).
OUT_OF_MEMORY = (-signal.SIGABRT, -signal.SIGSEGV)


class Control:
    """The shared file."""

    def __init__(self, folder):
        descriptor, self.path = tempfile.mkstemp(prefix="fault-", dir=folder)
        os.ftruncate(descriptor, LAYOUT.size)
        self.page = mmap.mmap(descriptor, LAYOUT.size)
        os.close(descriptor)

    def arm(self, kind, nth, error, times=1, short=False, port=0, folder=""):
        """The kind is written last: then counting begins."""
        self.page[:LAYOUT.size] = LAYOUT.pack(0, error, nth, times, 0, 0, short, port, os.fsencode(folder))
        self.page[:4] = struct.pack("=I", KINDS[kind])

    def disarm(self):
        """Calls of the kind since it was armed, and how many of them failed."""
        self.page[:4] = struct.pack("=I", 0)
        return COUNTS.unpack_from(self.page, COUNTS_AT)


class Server(weft.Server):
    """`weft serve` with the library before all others; `keep` also writes the journal of all that it writes."""

    def __init__(self, data=None, arguments=("--log-level", "error"), environment=None, journal=None):
        if not LIBRARY.exists():
            raise FileNotFoundError(f"{LIBRARY}: build it with `cmake --build --preset {weft.PRESET} --target fault`")
        self.control_folder = tempfile.TemporaryDirectory(prefix="weft-fault-")
        self.control = Control(self.control_folder.name)
        super().__init__(data=data, arguments=arguments)
        self.environment.update({"LD_PRELOAD": str(LIBRARY), "FAULT_CONTROL": self.control.path, **(environment or {})})
        if journal:
            self.environment.update({"FAULT_JOURNAL": str(journal), "FAULT_FOLDER": str(self.data)})

    def arm(self, kind, nth, error=errno.EIO, **options):
        """Files are those of the data folder; the rest is meant wherever it happens."""
        in_folder = kind in ("read", "write", "sync", "open", "truncate")
        self.control.arm(kind, nth, error, folder=str(self.data) if in_folder else "", **options)

    def disarm(self):
        return self.control.disarm()

    def close(self):
        try:
            super().close()
        finally:
            self.control_folder.cleanup()
