/**
 * The digits that the name of something begins with that is made now: the time, or what follows the greatest of those
 * before it. Names sort in the order in which things were made, also when a clock goes back or another machine's is behind.
 * @param now as many digits as each of the others has
 */
export function digitsAfter(now: string, before: readonly string[]): string {
  const greatest = before.reduce((most, digits) => (digits > most ? digits : most), '');
  if (now > greatest) return now;
  const next = String(BigInt(greatest) + 1n).padStart(now.length, '0');
  return next.length > now.length ? now : next; // Nothing can follow nines only, which no clock says.
}
