"""Files of definitions as a center writes them."""


def module_file(
    id: str = "robotics",  # noqa: A002  # it is called that in the file
    *,
    position: int = 6,
    items: int = 70,
    alias: str = "",
    replaces: bool = False,
) -> str:
    """Return a module's file, whose names come from its id."""
    return f"""
id = "{id}"
name = "{id.title()} Assessment"
short = "{id.title()[:10]}"
position = {position}
edition = "2026"
core = false
items = {items}
minutes = 60
cut_percent = 70
courses = []
aliases = ["{alias or id[:3]}"]
source = "our own"
as_of = "2026-11"
replaces = {str(replaces).lower()}
"""


ROBOTICS = module_file()
