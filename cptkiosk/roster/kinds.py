"""What a file is that no roster can be read from, whatever its name says."""

import re
from collections.abc import Collection
from typing import Final

from cptkiosk.roster.model import RosterUnreadable

_HEAD: Final = 4096

_AS_WORKBOOK: Final = "open it in Excel and save it as XLSX"
_AS_LIST: Final = "save the list of people as CSV or XLSX"

_BEGINNINGS: Final[tuple[tuple[bytes, str, str], ...]] = (
    (b"%PDF", "a PDF", 'ask for the list as "CSV UTF-8" or XLSX'),
    (b"{\\rtf", "a text document (RTF)", _AS_LIST),
    (b"\x89PNG", "a picture", _AS_LIST),
    (b"\xff\xd8\xff", "a picture", _AS_LIST),
    (b"GIF8", "a picture", _AS_LIST),
    (b"\x1f\x8b", "a compressed file (gzip)", "unpack it first"),
    (b"7z\xbc\xaf", "a compressed file (7z)", "unpack it first"),
    (b"Rar!", "a compressed file (RAR)", "unpack it first"),
    (b"SQLite format 3", "a database", _AS_LIST),
    (b"\x00\x01\x00\x00Standard", "an Access database", _AS_LIST),
    (b"[InternetShortcut]", "a link", "open the link and download the list"),
    (b"MIME-Version:", "a web page (MHTML)", _AS_WORKBOOK),
    (b"ID;PWXL", "a sheet for other programs (SYLK)", _AS_WORKBOOK),
    (b"BEGIN:VCARD", "a list of contacts", _AS_LIST),
)

_MEMBERS: Final[tuple[tuple[str, str, str], ...]] = (
    ("xl/workbook.bin", "a binary workbook (XLSB)", _AS_WORKBOOK),
    ("word/", "a Word document", _AS_LIST),
    ("ppt/", "a PowerPoint file", _AS_LIST),
    ("Index/", "a Numbers or Pages file", "export it as CSV or Excel"),
    ("Index.zip", "a Numbers or Pages file", "export it as CSV or Excel"),
    ("content.xml", "a document without a table", _AS_LIST),
)


def refuse_other_files(data: bytes, name: str) -> None:
    """Refuse what is known to be something else than text with columns.

    Raises:
        RosterUnreadable: saying what the file is, and what to do.
    """
    head = data[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()
    for beginning, what, now in _BEGINNINGS:
        if head.startswith(beginning):
            raise _other_kind_error(name, what, now)
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        head = data[:_HEAD].decode("utf-16", "ignore").encode()
        head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"<"):
        _refuse_markup(head.lower(), name)
    if re.match(rb"[\[{]\s*[\[{\"]", head):
        if b'"doc_id"' in head or b"docs.google" in head or b'"url"' in head:
            raise _other_kind_error(
                name,
                "a link to an online sheet",
                "open the sheet and download it as XLSX or CSV",
            )
        raise _other_kind_error(name, "a data file (JSON)", _AS_LIST)


def _refuse_markup(head: bytes, name: str) -> None:
    if b"office:spreadsheet" in head or b"<workbook" in head:
        raise _other_kind_error(name, "an XML spreadsheet", _AS_WORKBOOK)
    if re.search(rb"<(!doctype html|html|head|body|table|tr|meta|style)\b", head):
        raise _other_kind_error(name, "a web page", _AS_WORKBOOK)
    if head.startswith((b"<?xml", b"<!--")) or b"xmlns" in head:
        raise _other_kind_error(name, "an XML file", _AS_LIST)


def other_archive(paths: Collection[str], name: str) -> RosterUnreadable:
    """Return what a zip without a workbook is refused with."""
    for member, what, now in _MEMBERS:
        if any(path.startswith(member) for path in paths):
            return _other_kind_error(name, what, now)
    return _other_kind_error(
        name, "a zip archive", "unpack it, then choose the file inside"
    )


def _other_kind_error(name: str, what: str, now: str) -> RosterUnreadable:
    return RosterUnreadable(f"{name} is {what}, not a roster: {now}.")
