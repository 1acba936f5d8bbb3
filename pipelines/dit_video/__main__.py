"""`python -m pipelines.dit_video`."""

import sys

from pipelines.dit_video.cli import main

sys.exit(main())
