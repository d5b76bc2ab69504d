"""python -m tests.torture.narrow BYTES crawl news …: scrapy on a disk where no file becomes larger than that.

Writing beyond fails with EFBIG, as it fails with ENOSPC on a disk that is full; Python ignores SIGXFSZ.
"""

import resource
import sys

from scrapy.cmdline import execute


def main() -> None:
    most, *command = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(most), int(most)))
    execute(["scrapy", *command])


if __name__ == "__main__":
    main()
