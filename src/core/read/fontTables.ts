/** How long a font file's header is, and each entry of the directory behind it. */
export const fontHeaderBytes = 12;
export const tableRecordBytes = 16;

/** The tables of a TrueType font by their tags, as views of its bytes (OpenType 1.9, "Table Directory"). */
export function fontTables(bytes: Uint8Array): Map<string, Uint8Array> {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tables = new Map<string, Uint8Array>();
  for (let i = 0; i < data.getUint16(4); i++) {
    const record = fontHeaderBytes + i * tableRecordBytes;
    const tag = String.fromCharCode(...bytes.subarray(record, record + 4));
    const [start, length] = [data.getUint32(record + 8), data.getUint32(record + 12)];
    // Plain arrays also of a Buffer, whose own `slice` is no copy.
    tables.set(tag, new Uint8Array(bytes.buffer, bytes.byteOffset + start, length));
  }
  return tables;
}
