"""``python -m finish FOLDER``, with ``tools`` on the path, finishes the site in a folder."""

import sys
from pathlib import Path

from . import finish

if __name__ == "__main__":
    finish(Path(sys.argv[1]))
