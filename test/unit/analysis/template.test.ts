import { expect, it } from 'vitest';
import { templateOf } from '../../../src/analysis/template.js';

it.each([
  ['layer:12', 'layer:#'],
  ['temporal_block_3', 'temporal_block_#'],
  ['at 0x7f00 of 123e4567-e89b-12d3-a456-426614174000', 'at # of #'],
  ['aten::add, seq = 12, op_id = 991065', 'aten::add'],
  ['FSDP::pre_forward (blocks.3), op_id = 5', 'FSDP::pre_forward (blocks.#)'],
  ['aten::mm, seq = -1, sizes = [[2, 3]]', 'aten::mm, sizes = [[#, #]]'],
])('%s → %s', (name, template) => {
  expect(templateOf(name)).toBe(template);
});
