"""Static files in the sandbox as in production: hashed names, compressed, for browsers to keep for ever.

They are collected once for each state of their sources, into a folder named after it, which all sandboxes of this
checkout share. gzip only: a newcomer's first start does not wait for Brotli.
"""

import contextlib
import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from sandbox.processes import CannotStart, last_line, spawn

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ROOT / "var" / "static"
TARGET = "PORTAL_STATIC"  # the environment's name for the folder
COLLECT = (sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0")
NO_DATABASE = "postgresql://nobody@127.0.0.1:1/nothing"  # none is asked, but the settings want a name


def folder() -> Path:
    """Where the files lie, or will lie, that belong to the sources as they are now."""
    digest = hashlib.sha256()
    found = [*(ROOT / "static").rglob("*"), *(ROOT / "sandbox" / "static").rglob("*")]
    sources = [path for path in found if path.is_file() and "__pycache__" not in path.parts]
    # The locked requirements stand for the static files that packages bring.
    others = [ROOT / "requirements.txt", ROOT / "kcsc_portal" / "apps.py", *sorted((ROOT / "sandbox").glob("st*.py"))]
    for path in sorted([*sources, *others]):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return FOLDERS / digest.hexdigest()[:16]


class Collecting:
    """Collects in a process of its own while the servers start; `wait` before the web server does.

    Does nothing when the files are there already. Two that collect at once do not disturb each other: each into a
    folder of its own, and the first one's is taken.
    """

    def __init__(self, *, environment: Mapping[str, str], log: Path) -> None:
        self.target, self.log, self.environment = Path(environment[TARGET]), log, environment
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Collecting":
        if not self.target.exists():
            self._begin()
        return self

    def __exit__(self, *_: object) -> None:
        """End it, and leave nothing half done."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
            shutil.rmtree(self.making, ignore_errors=True)

    def _begin(self) -> None:
        self.target.parent.mkdir(parents=True, exist_ok=True)
        self.making = Path(tempfile.mkdtemp(prefix="making-", dir=self.target.parent))
        self.making.chmod(0o755)
        own = {TARGET: str(self.making), "DATABASE_URL": NO_DATABASE}
        self.process = spawn(COLLECT, log=self.log, env={**self.environment, **own}, cwd=ROOT)

    def wait(self) -> None:
        """Raises CannotStart with the last line of what went wrong."""
        if self.process is None:
            return
        failed = self.process.wait()
        if not failed:
            with contextlib.suppress(OSError):  # another sandbox was quicker
                self.making.rename(self.target)
        self.__exit__()
        if failed:
            raise CannotStart(f"the static files cannot be collected: {last_line(self.log)} (see {self.log})")
