"""python -m tests.torture.narrow BYTES crawl news …: run scrapy where no file may be larger than BYTES.

A longer write fails with EFBIG, as it fails with ENOSPC on a full disk; Python ignores SIGXFSZ.
"""

import resource
import sys

from scrapy.cmdline import execute


def main() -> None:
    max_bytes, *command = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(max_bytes), int(max_bytes)))
    execute(["scrapy", *command])


if __name__ == "__main__":
    main()
