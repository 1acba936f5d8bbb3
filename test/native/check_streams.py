"""Reads every stream of a folder with pyarrow, validates it in full, and compares it with its JSON description."""

import json
import pathlib
import sys

import pyarrow as pa


def check(path: pathlib.Path) -> int:
    expected = json.loads(path.with_suffix(".json").read_text())
    with pa.OSFile(str(path)) as source:
        reader = pa.ipc.open_stream(source)
        batches = list(reader)
    assert [batch.num_rows for batch in batches] == expected["batches"], path
    assert [(f.name, str(f.type), f.nullable) for f in reader.schema] == [
        (column["name"], column["type"], False) for column in expected["columns"]
    ], path
    for batch in batches:
        batch.validate(full=True)
    table = pa.Table.from_batches(batches, reader.schema)
    table.validate(full=True)
    for name, column in zip(table.column_names, expected["columns"]):
        parse = {"double": float, "string": str}.get(column["type"], int)
        assert table[name].to_pylist() == [parse(text) for text in column["values"]], (path, name)
    return table.num_rows


if __name__ == "__main__":
    files = sorted(pathlib.Path(sys.argv[1]).glob("*.arrows"))
    print(len(files), sum(check(path) for path in files))
