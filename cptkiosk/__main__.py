"""Let `python -m cptkiosk` and the `cptkiosk` script run the kiosk."""

import sys

from cptkiosk.cli.main import main as run


def main() -> int:
    """Run the command line and return its exit code."""
    return run()


if __name__ == "__main__":
    sys.exit(main())
