"""Options of the commands that write files for people and other systems."""

from cptkiosk.cli.parser_parts import Commands, add_command, add_file_options, add_group

REPORTS = (
    "session", "irregularities", "score-letter", "fees", "denial-slip", "evacuation",
    "sign-in",
)  # fmt: skip
"""The keys of `KINDS` in `reports.catalog`, which costs time to import."""


def add_report(commands: Commands) -> None:
    """Add the command `report`."""
    report = add_command(
        commands,
        "report",
        "show, save or print a report as text, HTML or PDF",
        "score-letter 2026-11-23-1 --person 900312 --format pdf --to /media/usb",
        json=True,
    )
    report.add_argument(
        "kind", metavar="REPORT", choices=REPORTS, help=f"one of {', '.join(REPORTS)}"
    )
    report.add_argument(
        "session", metavar="SESSION", nargs="?", default="", help="session ID"
    )
    report.add_argument(
        "--person", metavar="ID", default="", help="participant ID of one candidate"
    )
    report.add_argument(
        "--format",
        choices=("text", "html", "pdf"),
        default="text",
        help="text (default), html, or pdf, which needs the extra 'pdf'",
    )
    report.add_argument(
        "--to",
        metavar="DIR",
        default="",
        help="folder to write to (default: text is shown, other formats go to the"
        " reports folder of the data directory)",
    )
    report.add_argument(
        "--print",
        metavar="PRINTER",
        nargs="?",
        const="",
        help="print it instead; name a printer only if there are several",
    )


def add_export(commands: Commands) -> None:
    """Add the command `export`."""
    export = add_command(
        commands,
        "export",
        "write results or credentials in the form that another system takes, or list"
        " the profiles",
        "--profile results --year 2026-2027 --to /media/usb",
        json=True,
    )
    export.add_argument(
        "--profile",
        metavar="NAME",
        default="",
        help="form of the file (default: list the profiles)",
    )
    export.add_argument(
        "--session", metavar="ID", default="", help="only the results of one session"
    )
    export.add_argument(
        "--year",
        metavar="YEAR",
        default="",
        help="only one school year, such as 2026-2027",
    )
    export.add_argument(
        "--to",
        metavar="DIR",
        default="",
        help="folder to write to (default: the reports folder of the data directory)",
    )


def add_vendor(commands: Commands) -> None:
    """Add what begins with `vendor`."""
    group = add_group(commands, "vendor", "import the vendor's official report")
    read = add_command(
        group,
        "vendor import",
        "compare the vendor's official report with the record; --yes records it",
        "report.xlsx --scores percent --yes",
        json=True,
        records=True,
    )
    read.add_argument(
        "file", metavar="FILE", help="the report: CSV, TSV, TXT, XLSX, XLS or ODS"
    )
    read.add_argument(
        "--scores",
        choices=("raw", "percent"),
        default="",
        help="what the scores are where the report does not say",
    )
    read.add_argument("--yes", action="store_true", help="record what is shown")
    add_file_options(read, "User Code=Test ID")
