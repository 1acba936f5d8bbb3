"""`python -m pipelines.ranks`."""

import sys

from pipelines.ranks.cli import main

if __name__ == "__main__":  # the processes that it starts import this file again
    sys.exit(main())
