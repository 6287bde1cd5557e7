/** What files of ours there are, each with a schema. */
export type OwnFileKind = 'marker-sets' | 'palette' | 'dataset' | 'rois' | 'recipe';

/** The scheme under which the extension shows its schemas to VS Code; it is activated when one is asked for. */
export const schemaScheme = 'multiplex-batch-export';

/**
 * The `$schema` of a file of ours. It names neither a folder of this machine nor a version, and asks no server: VS Code
 * gets it from the extension, wherever the file is.
 */
export function schemaReference(kind: OwnFileKind): string {
  return `${schemaScheme}:/${kind}.schema.json`;
}
