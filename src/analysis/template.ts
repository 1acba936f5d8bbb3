const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
const ADDRESS = /0x[0-9a-f]+/gi;
const DIGITS = /\d+/g;
/** What PyTorch's `emit_nvtx` puts behind an operator's name: which call of it this was. */
const CALL_NUMBER = /, (?:seq|op_id) = -?\d+/g;

/**
 * The template of a range name: every number becomes `#`, so that the instances of a loop share one name:
 * `layer:12` → `layer:#`, `temporal_block_3` → `temporal_block_#`. Addresses and UUIDs count as one number;
 * the call numbers of `aten::add, seq = 12, op_id = 34` are left out.
 */
export function templateOf(name: string): string {
  return name.replace(CALL_NUMBER, '').replace(UUID, '#').replace(ADDRESS, '#').replace(DIGITS, '#');
}
