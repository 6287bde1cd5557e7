import * as z from 'zod';

/**
 * Values by what strangers call them: a class may be called `__proto__`, which zod's own record leaves out. What comes of it
 * is to be asked by `Object.hasOwn` first, for `constructor` is in every object, and to be made anew by `Object.fromEntries`,
 * for what is assigned to `__proto__` is lost.
 */
export function textRecord<T extends z.ZodType>(
  value: T,
): z.ZodType<Readonly<Record<string, z.output<T>>>, Readonly<Record<string, z.input<T>>>> {
  const checked = z.record(z.string(), value);
  const renamed = z.preprocess((input) => (isObject(input) ? renameKeys(input, hide) : input), checked);
  // What comes of the record are its own keys, whatever they are called meanwhile.
  return renamed.transform((found) => renameKeys(found, show)) as unknown as ReturnType<typeof textRecord<T>>;
}

/** The key that zod leaves out, with any number of our marks before it. */
const hidden = /^\0*__proto__$/;

function hide(key: string): string {
  return hidden.test(key) ? `\0${key}` : key;
}

function show(key: string): string {
  return hidden.test(key) ? key.slice(1) : key;
}

function renameKeys<T>(
  object: Readonly<Record<string, T>>,
  rename: (key: string) => string,
): Readonly<Record<string, T>> {
  if (!Object.keys(object).some((key) => hidden.test(key))) return object;
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [rename(key), value]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
