"""What to write into a roster: its columns, and a roster to begin from."""

from typing import Final

from cptkiosk.roster.columns import HEADERS, Field

HOLDS: Final[dict[Field, str]] = {
    Field.ID: "the school's own ID, as text; required",
    Field.FAMILY: "last name, with Jr. or III; required unless there is a full name",
    Field.GIVEN: "first name",
    Field.MIDDLE: "middle name or initial; added to the first name",
    Field.NAME: "full name: Reyes, Ana or Ana Reyes",
    Field.BIRTH: "2007-02-28 or 02/28/2007",
    Field.MODULE: "one assessment; or one column for each, marked x",
    Field.CODE: "the vendor's user code, as text",
    Field.FACTOR: "1.5x, 2x, 150%, untimed or No; blank leaves it unchanged",
    Field.PAID: "Y or N",
    Field.EXPIRES: "last day the code can be used: 2026-12-31",
    Field.STOP: "Yes for stop-clock breaks",
    Field.STATUS: "rows marked withdrawn, inactive or similar are not imported",
    Field.ROLE: "rows of teachers, guardians or similar are not imported",
    Field.ENABLED: "rows with false or No are not imported",
}

SAMPLE: Final = """\
Participant ID,Last Name,First Name,Birth Date,Assessment,User Code,Extended Time,Fee Paid
004512,Reyes,Ana,2007-02-28,Safety,SAMPLE-1,,Y
004513,Cole Jr.,Max,2006-11-30,Quality,SAMPLE-2,1.5x,N
004514,de la Cruz,Ina,2007-05-17,Safety,SAMPLE-3,No,Y
004514,de la Cruz,Ina,2007-05-17,Maintenance,SAMPLE-4,No,Y
"""


def column_guide() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Return each field's word, what it holds, and the headers it is known by, best first."""
    return tuple(
        (field.value, HOLDS[field], tuple(dict.fromkeys(HEADERS[field])))
        for field in Field
    )
