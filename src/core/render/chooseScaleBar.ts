/**
 * The longest round length, 1, 2 or 5 × 10ⁿ µm, that is not above `maxUm`.
 * Computed from decimal digits, because 2 × 10⁻¹ in binary is not exactly 0.2 and a bar must not be labelled 0.19999.
 */
export function chooseScaleBarUm(maxUm: number): number {
  const exponent = Math.floor(Math.log10(maxUm));
  for (const power of [exponent + 1, exponent, exponent - 1]) {
    for (const digit of [5, 2, 1]) {
      const length = Number(`${digit}e${power}`);
      if (length <= maxUm) return length;
    }
  }
  throw new RangeError(`no bar length is at most ${maxUm} µm`);
}

/** A bar's length as text: nm below 1 µm, mm from 1000 µm. */
export function formatLength(lengthUm: number): string {
  const [value, unit] =
    lengthUm < 1 ? [lengthUm * 1e3, 'nm'] : lengthUm >= 1e3 ? [lengthUm / 1e3, 'mm'] : [lengthUm, 'µm'];
  // Twelve digits: beyond them there is only the noise of binary fractions.
  return `${Number(value.toPrecision(12))} ${unit}`;
}
