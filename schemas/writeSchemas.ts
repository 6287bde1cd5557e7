/** `npm run schemas`: writes the JSON schemas of our files, which the extension gives to the editor. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { jsonSchemas } from './jsonSchemas';

for (const [name, text] of jsonSchemas(path.join(__dirname, '..'))) writeFileSync(path.join(__dirname, name), text);
