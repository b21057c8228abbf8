"""Tables of what is not yet as it should be: they may only shrink, and must follow."""

from collections.abc import Mapping


def differences(
    found: Mapping[str, int], table: Mapping[str, int], step: int = 10
) -> list[str]:
    """Return where something grew, and where its table says more than there is.

    Args:
        found: what is over its limit, and how much of it there is.
        table: what may be over the limit, and how much, in whole steps.
        step: how finely the table is written, so that a little less is no trouble.
    """
    said = []
    for name in sorted({*found, *table}):
        now, allowed = found.get(name, 0), table.get(name, 0)
        fitting = -(-now // step) * step
        if now and not allowed:
            said.append(f"{name}: {now} is too much")
        elif now > allowed:
            said.append(f"{name}: grew from {allowed} to {now}")
        elif fitting < allowed:
            then = f"say {fitting}" if now else "take it out"
            said.append(f"{name}: no longer {allowed}, {then}")
    return said
