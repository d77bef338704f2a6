#!/usr/bin/env python3
"""One door for every command of the product."""

import os
import sys

from runtime.config import ConfigurationError


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "analytics_project.settings")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ConfigurationError as error:
        sys.exit(f"Configuration refused:\n{error}")


if __name__ == "__main__":
    main()
