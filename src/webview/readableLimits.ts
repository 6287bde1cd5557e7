/** Six digits are enough to read, unless the two limits would become one. */
export function readableLimits(limits: readonly [number, number]): [string, string] {
  const [low, high] = limits.map((limit) => String(Number(limit.toPrecision(6))));
  return low === high ? [String(limits[0]), String(limits[1])] : [low, high];
}
