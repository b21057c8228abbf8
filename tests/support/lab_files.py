"""Every file that no command can write; run as a user of a lab."""

import sys
from pathlib import Path

from cptkiosk.cli.open_record import keep_traceback
from cptkiosk.host.clock import SystemClock
from cptkiosk.host.data_directory import Paths
from cptkiosk.ledger.signing import Signer
from cptkiosk.reports.formats import Format, write_report
from cptkiosk.reports.statement import make_statement
from support.center import open_desk


def main(folder: Path) -> None:
    """Make the key, a report, and a log with a fault in it."""
    paths = Paths(folder)
    Signer(paths.key)
    desk = open_desk(folder, SystemClock(), "lab")
    write_report(make_statement(desk, "P1"), Format.TEXT, paths.reports)
    desk.ledger.close()
    assert keep_traceback(RuntimeError("a fault"), paths) == paths.log


if __name__ == "__main__":
    main(Path(sys.argv[1]))
