/** Bounds on what a header may hold. Far above every published model, far below what would hurt. */
export const HEADER_LIMITS = {
  /** Everything before the weights. The largest vocabularies in use take about 12 MiB. */
  headerBytes: 128 * 2 ** 20,
  entries: 65_536,
  tensors: 65_536,
  /** As the format has it. */
  keyBytes: 65_535,
  /** llama.cpp keeps names in 64 bytes, the last of which is the end mark. */
  tensorNameBytes: 63,
  dimensions: 4,
  stringBytes: 16 * 2 ** 20,
  chatTemplateBytes: 512 * 1024,
  alignment: 2 ** 20,
  /** How much is asked of the disk at once. */
  pieceBytes: 256 * 1024,
} as const;
