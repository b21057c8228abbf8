"""A print system of a test's own: lp and lpstat as scripts that write to a folder."""

from pathlib import Path

import pytest

LP = """#!/bin/sh
while [ $# -gt 0 ]; do
  case "$1" in
    -d) printer=$2; shift ;;
    -t) title=$2; shift ;;
    -o) shift ;;
  esac
  shift
done
if ! grep -qx "$printer" {folder}/printers; then
  echo "lp: Error - The printer or class does not exist." >&2
  exit 1
fi
job=$printer-$(( $(ls {folder}/jobs | wc -l) + 1 ))
cat > {folder}/jobs/$job
echo "$title" >> {folder}/titles
[ -e {folder}/stopped ] && echo "$job" >> {folder}/waiting
echo "request id is $job (0 file(s))"
"""

LPSTAT = """#!/bin/sh
case "$1" in
  -e) cat {folder}/printers ;;
  -d) cat {folder}/default ;;
  -W) [ -e {folder}/waiting ] && cat {folder}/waiting ;;
  -p) if [ -e {folder}/stopped ]
      then echo "printer $2 disabled since today -"; echo "	out of paper"
      else echo "printer $2 is idle.  enabled since today"; fi ;;
esac
exit 0
"""


class FakePrinters:
    """What the scripts were asked, and what they answer."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        (folder / "jobs").mkdir(parents=True)
        for name, script in (("lp", LP), ("lpstat", LPSTAT)):
            (folder / name).write_text(script.replace("{folder}", str(folder)))
            (folder / name).chmod(0o755)
        self.set_up()
        # Their own tools are needed behind the two.
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    def set_up(self, *names: str, default: str = "") -> None:
        """Have these printers."""
        (self.folder / "printers").write_text("".join(f"{one}\n" for one in names))
        said = f"system default destination: {default}" if default else "no default"
        (self.folder / "default").write_text(f"{said}\n")

    def stop(self) -> None:
        """Let every job wait from now on."""
        (self.folder / "stopped").touch()

    def printed(self) -> dict[str, bytes]:
        """Return what was sent, by job."""
        return {one.name: one.read_bytes() for one in (self.folder / "jobs").iterdir()}

    def titles(self) -> list[str]:
        """Return what the jobs were called."""
        return (self.folder / "titles").read_text().splitlines()
