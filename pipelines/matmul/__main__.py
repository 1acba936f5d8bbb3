"""`python -m pipelines.matmul`."""

import sys

from pipelines.matmul.cli import main

sys.exit(main())
