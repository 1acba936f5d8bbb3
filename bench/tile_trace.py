"""Makes a long trace by repeating a recorded one: times shifted, correlations and range ids fresh.

    python -m bench.tile_trace traces/small-eager.trace OUT --ops 10000000

Needs pyarrow. Names, shapes, devices and graphs stay as they are; everything that has a time is repeated.
"""

from __future__ import annotations

import argparse
import gzip
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

REPEATED = ("ops", "calls", "ranges", "syncs", "events", "overheads")


def read(folder: Path, name: str) -> pa.Table:
    with gzip.open(folder / f"{name}.arrows.gz") as file:
        return pa.ipc.open_stream(file).read_all()


def shifted(table: pa.Table, by: dict[str, int]) -> pa.Table:
    """`table` with a number added to some columns. Ids of 0 mean "none" and stay."""
    for name, amount in by.items():
        if name not in table.column_names:
            continue
        place, column = table.column_names.index(name), table[name]
        moved = pc.add(column.cast(pa.int64()), amount).cast(column.type)
        if name != "startNs":
            moved = pc.if_else(pc.equal(column, pa.scalar(0, column.type)), column, moved)
        table = table.set_column(place, table.schema.field(place), moved)
    return table


def tile(source: Path, target: Path, ops: int) -> int:
    """Writes whole repetitions, at least `ops` ops; returns how many ops there are."""
    tables = {name: read(source, name) for name in REPEATED}
    one = tables["ops"].num_rows
    repetitions = -(-ops // one)
    start = pc.min(tables["ops"]["startNs"]).as_py()
    length = pc.max(pc.add(tables["ops"]["startNs"], tables["ops"]["durationNs"])).as_py() - start
    step = {"startNs": length + 1000,
            "correlation": max(pc.max(tables[name]["correlation"]).as_py() for name in ("ops", "calls")) + 1,
            "id": pc.max(tables["ranges"]["id"]).as_py()}
    step["parent"] = step["id"]
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for file in source.glob("*.arrows.gz"):
        name = file.name.removesuffix(".arrows.gz")
        if name not in REPEATED:
            (target / f"{name}.arrows").write_bytes(gzip.decompress(file.read_bytes()))
            continue
        with pa.OSFile(str(target / f"{name}.arrows"), "wb") as out, \
                pa.ipc.new_stream(out, tables[name].schema) as writer:
            for k in range(repetitions):
                writer.write_table(shifted(tables[name], {key: k * by for key, by in step.items()}))
    return repetitions * one


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--ops", type=int, default=1_000_000)
    arguments = parser.parse_args()
    print(f"{tile(arguments.source, arguments.target, arguments.ops):,} ops in {arguments.target}")


if __name__ == "__main__":
    main()
