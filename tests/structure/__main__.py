"""Print the structure of the project: packages, modules, sizes, upward imports, circles."""

import sys
from collections import defaultdict
from statistics import median

from tests.structure.imports import circles, module_circles, modules, upward


def main() -> None:
    found = [module for module in modules() if module.name != "crawler"]
    rooms = defaultdict(list)
    for module in found:
        rooms[module.room].append(module.lines)
    rows = [f"{'package':<12} {'modules':>7} {'lines':>6} {'median':>6} {'largest':>7}"]
    for room, sizes in sorted(rooms.items()):
        rows.append(f"{room:<12} {len(sizes):>7} {sum(sizes):>6} {median(sizes):>6.0f} {max(sizes):>7}")
    sizes = [module.lines for module in found]
    in_crawler = [module for module in found if module.name.startswith("crawler.")]
    rows += [
        "",
        f"modules: {len(found)}, median {median(sizes):.0f} lines, largest {max(sizes)}",
        f"over 300 lines: {sum(size > 300 for size in sizes)}",
        f"1 to 40 lines in crawler/: {sum(0 < module.lines <= 40 for module in in_crawler)}",
        f"flat modules in crawler/: {sum(module.flat for module in in_crawler)}",
    ]
    up, rings, small = upward(found), circles(found), module_circles(found)
    rows += [f"upward imports: {len(up)}", *(f"  {line}" for line in up)]
    rows += [f"circles between packages: {len(rings)}", *(f"  {', '.join(sorted(ring))}" for ring in rings)]
    rows += [f"circles between modules: {len(small)}", *(f"  {', '.join(sorted(ring))}" for ring in small)]
    sys.stdout.write("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
