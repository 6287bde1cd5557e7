/**
 * `work` on every value, at most so many at once; the results in the order of the values. Fails as the first one that
 * failed, and only after those at work have ended: what they use still belongs to them until then.
 */
export async function mapLimited<T, R>(
  values: readonly T[],
  limit: number,
  work: (value: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(values.length);
  const errors: unknown[] = [];
  let next = 0;
  const goOn = async (): Promise<void> => {
    while (next < values.length && errors.length === 0) {
      const index = next++;
      try {
        results[index] = await work(values[index]);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, values.length) }, goOn));
  if (errors.length > 0) throw errors[0];
  return results;
}
