"""Makes WACZ 1.1.1: a part of the archive as one file that ReplayWeb.page opens."""

from crawler.wacz.selection import Addresses, Selection
from crawler.wacz.writer import Written, write_wacz

__all__ = ["Addresses", "Selection", "Written", "write_wacz"]
