/**
 * Forgets the oldest entries of a map, or of a set, that has outgrown its limit. An eighth at once: each look for the oldest
 * one walks past all that were deleted before it.
 */
export function dropOldest<Key>(from: Map<Key, unknown> | Set<Key>, limit: number): void {
  if (from.size <= limit) return;
  const least = limit - (limit >> 3);
  for (const key of from.keys()) {
    if (from.size <= least) return;
    from.delete(key);
  }
}
