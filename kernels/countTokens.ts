/** Of tokens that stand side by side each is counted in a table of its own: equal ones need not wait for each other. */
const tables = memory.data(3 * 2048);

/** Counts tokens of 0 to 511. */
export function countTokens(tokens: usize, count: i32, counts: usize): void {
  memory.fill(counts, 0, 2048);
  memory.fill(tables, 0, 3 * 2048);
  const end = tokens + ((<usize>count) << 1);
  let at = tokens;
  for (; at + 8 <= end; at += 8) {
    const four = load<u64>(at);
    addOne(counts, four & 0xffff);
    addOne(tables, (four >> 16) & 0xffff);
    addOne(tables + 2048, (four >> 32) & 0xffff);
    addOne(tables + 4096, four >> 48);
  }
  for (; at < end; at += 2) addOne(counts, load<u16>(at));
  for (let i: usize = 0; i < 2048; i += 16) {
    const two = i32x4.add(v128.load(counts + i), v128.load(tables + i));
    const others = i32x4.add(v128.load(tables + 2048 + i), v128.load(tables + 4096 + i));
    v128.store(counts + i, i32x4.add(two, others));
  }
}

function addOne(table: usize, token: u64): void {
  const at = table + ((<usize>token) << 2);
  store<u32>(at, load<u32>(at) + 1);
}
