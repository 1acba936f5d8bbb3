"""`python -m pipelines.ar_video`."""

import sys

from pipelines.ar_video.cli import main

sys.exit(main())
