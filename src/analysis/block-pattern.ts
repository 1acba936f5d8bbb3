/** Temporal blocks as the pipelines name them (`temporal_block_3`, `temporal_block:3`). */
export const DEFAULT_BLOCK_PATTERN = 'temporal_block:#';
