#!/usr/bin/env python3
"""One door for every command of the product."""

import os
import sys

from runtime.config import exit_if_refused


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "analytics_project.settings")
    from django.core.management import execute_from_command_line

    with exit_if_refused():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
