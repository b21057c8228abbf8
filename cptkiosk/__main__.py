"""Let `python -m cptkiosk` and the `cptkiosk` script run the kiosk."""

import sys


def main() -> int:
    """Run the command line and return its exit code."""
    from cptkiosk.cli.main import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())
