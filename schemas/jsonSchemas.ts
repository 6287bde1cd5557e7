import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { z } from 'zod';
import { hexColorSchema, namedColorSchema, namedColors } from '../src/core/model/color';
import { datasetSettingsSchema } from '../src/core/model/datasetSettings';
import { markerSetFileSchema } from '../src/core/model/markerSet';
import { paletteFileSchema } from '../src/core/model/paletteFile';
import { recipeFileSchema } from '../src/core/model/recipeFile';
import type { OwnFileKind } from '../src/core/model/schemaReference';
import { ownRoisSchema } from '../src/core/read/rois/ownRois';

type JsonSchema = Record<string, unknown>;

const files: Readonly<Record<OwnFileKind, { readonly schema: z.ZodType; readonly title: string }>> = {
  'marker-sets': { schema: markerSetFileSchema, title: 'Marker sets' },
  palette: { schema: paletteFileSchema, title: 'Palette' },
  dataset: { schema: datasetSettingsSchema, title: 'Dataset settings' },
  rois: { schema: ownRoisSchema, title: 'Regions of interest' },
  recipe: { schema: recipeFileSchema, title: 'Export recipe' },
};

/** Where the schemas and their comments are. */
const sources = ['src/core/model', 'src/core/read/rois'];

/** The JSON schemas of our files by file name, as texts, made of the schemas that the program itself checks with. */
export function jsonSchemas(root: string): Map<string, string> {
  const comments = propertyComments(root);
  const made = Object.entries(files).map(([kind, { schema, title }]): [string, string] => {
    const json = z.toJSONSchema(schema, { io: 'input', target: 'draft-7', unrepresentable: 'any', override: refine });
    describe(json, comments);
    const { $schema, ...rest } = json as JsonSchema;
    return [`${kind}.schema.json`, `${JSON.stringify({ $schema, title, ...rest }, undefined, 2)}\n`];
  });
  return new Map(made);
}

/** What zod cannot say, and what it says that is of no use in an editor. */
function refine({ zodSchema, jsonSchema }: { zodSchema: unknown; jsonSchema: JsonSchema }): void {
  delete jsonSchema['readOnly'];
  if (jsonSchema['maximum'] === Number.MAX_SAFE_INTEGER) delete jsonSchema['maximum'];
  delete jsonSchema['propertyNames'];
  // Editors show a colour with this format, and a picker.
  if (zodSchema === hexColorSchema)
    Object.assign(jsonSchema, { type: 'string', pattern: '^#[0-9a-f]{6}$', format: 'color-hex' });
  if (zodSchema === namedColorSchema) {
    delete jsonSchema['type'];
    jsonSchema['anyOf'] = [
      { enum: Object.keys(namedColors) },
      { type: 'string', pattern: '^#[0-9a-fA-F]{6}$', format: 'color-hex' },
    ];
  }
}

/** Puts the comments beside the properties that they are about. */
function describe(node: unknown, comments: ReadonlyMap<string, ReadonlyMap<string, string>>): void {
  if (typeof node !== 'object' || node === null) return;
  const { properties } = node as { properties?: Record<string, JsonSchema> };
  const found = properties && comments.get(Object.keys(properties).sort().join());
  for (const [key, comment] of found ?? []) properties![key]['description'] ??= comment;
  for (const part of Object.values(node)) describe(part, comments);
}

/**
 * The comments in the source beside the properties of zod objects, by the keys of the object: they are what completion
 * shows, and stand in one place only.
 */
function propertyComments(root: string): Map<string, Map<string, string>> {
  const found = new Map<string, Map<string, string>>();
  const objects = new Map<string, ts.ObjectLiteralExpression>();
  const take = (literal: ts.ObjectLiteralExpression, base: Map<string, string> = new Map()): void => {
    const comments = new Map(base);
    for (const property of literal.properties) {
      if (!property.name || !(ts.isIdentifier(property.name) || ts.isStringLiteral(property.name))) continue;
      comments.set(property.name.text, commentOf(property));
    }
    const key = [...comments.keys()].sort().join();
    const said = new Map([...comments].filter(([, comment]) => comment !== ''));
    found.set(key, new Map([...(found.get(key) ?? []), ...said]));
  };
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const [first] = node.arguments;
      const method = node.expression.name.text;
      if (first && ts.isObjectLiteralExpression(first)) {
        if (method === 'strictObject' || method === 'object') {
          take(first);
          const declaration = ts.findAncestor(node, ts.isVariableDeclaration);
          if (declaration && ts.isIdentifier(declaration.name) && !objects.has(declaration.name.text))
            objects.set(declaration.name.text, first);
        } else if (/^(safeE|e)xtend$/.test(method) && ts.isIdentifier(node.expression.expression)) {
          const base = objects.get(node.expression.expression.text);
          if (base) take(first, new Map(base.properties.map((p) => [p.name!.getText(), commentOf(p)])));
        }
      }
    }
    ts.forEachChild(node, visit);
  };
  // A schema is declared before the one that extends it: `recipe.ts` before `recipeFile.ts`.
  for (const folder of sources) {
    for (const name of readdirSync(path.join(root, folder))
      .filter((file) => file.endsWith('.ts'))
      .sort()) {
      const text = readFileSync(path.join(root, folder, name), 'utf8');
      visit(ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true));
    }
  }
  return found;
}

/** On one line, without the stars. */
function commentOf(node: ts.Node): string {
  const [range] = ts.getJSDocCommentsAndTags(node);
  if (!range || typeof (range as ts.JSDoc).comment !== 'string') return '';
  return ((range as ts.JSDoc).comment as string).replace(/\s+/g, ' ').trim();
}
