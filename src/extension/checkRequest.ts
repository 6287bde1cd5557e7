import * as z from 'zod';
import {
  cellRoles,
  centroidUnits,
  datasetParts,
  describeIssues,
  ExportError,
  itemStates,
  maxLayers,
  recipeSchema,
  roiAnchors,
} from '../core/index';
import { maxDroppedBytes, type Method, type RequestMessage } from '../webview/protocol';

const nothing = z.null();
/** Names of FOVs: a dataset, and so a recipe, may have any number of them. */
const names = z.array(z.string());
const channelNames = names.max(maxLayers, { message: `at most ${maxLayers} channels are possible` });

const isShort = ({ byteLength }: ArrayBuffer): boolean => byteLength <= maxDroppedBytes;

const part = z.strictObject({ part: z.enum(datasetParts.map((each) => each.part)) });

/** What each request may carry. The panel is a web page: nothing that it sends is trusted before it passed here. */
const paramsSchemas: Readonly<Record<Method, z.ZodType>> = {
  ready: nothing,
  ping: nothing,
  chooseDataset: nothing,
  importUeler: nothing,
  choosePart: part,
  resetPart: part,
  describeCells: z.strictObject({
    columns: z.partialRecord(z.enum(cellRoles), z.string()),
    unit: z.enum(centroidUnits).optional(),
    mask: z.string().optional(),
  }),
  describeRois: z.strictObject({ anchor: z.enum(roiAnchors).optional() }),
  describeFov: z.strictObject({ fov: z.string() }),
  autoContrast: z.strictObject({ fovs: names, channels: channelNames }),
  listItems: z.strictObject({ recipe: recipeSchema, offset: z.int().min(0) }),
  stepItem: z.strictObject({ recipe: recipeSchema, from: z.string(), by: z.int() }),
  preview: z.strictObject({ item: z.string(), recipe: recipeSchema, channel: z.int().min(0).optional() }),
  chooseSettings: nothing,
  dropSettings: z.union([
    z.strictObject({ name: z.string().max(1000), bytes: z.instanceof(ArrayBuffer).refine(isShort, 'is too large') }),
    z.strictObject({ uri: z.string().max(10_000) }),
  ]),
  saveSettings: z.strictObject({ recipe: recipeSchema }),
  chooseOutput: nothing,
  start: z.strictObject({ recipe: recipeSchema }),
  cancel: nothing,
  preflight: z.strictObject({ recipe: recipeSchema }),
  resume: nothing,
  showJob: z.strictObject({ id: z.string() }),
  listOutcomes: z.strictObject({ state: z.enum(itemStates).optional(), offset: z.int().min(0) }),
  openFolder: nothing,
  showReport: nothing,
  openGallery: nothing,
};

const envelopeSchema = z.strictObject({
  kind: z.literal('request'),
  id: z.int(),
  datasetId: z.string().optional(),
  method: z.enum(Object.keys(paramsSchemas) as [Method, ...Method[]]),
  params: z.unknown(),
});

/** The id of a message, if it has one, so that also a request that is refused gets its answer. */
export function requestId(message: unknown): number | undefined {
  const result = z.object({ id: z.int() }).safeParse(message);
  return result.success ? result.data.id : undefined;
}

/** Checks a message from the panel; `RecipeInvalid` says what is wrong with its parameters. */
export function checkRequest(message: unknown): RequestMessage {
  const envelope = envelopeSchema.safeParse(message);
  if (!envelope.success) throw new ExportError('Usage', 'The panel sent a message that is not a request.');
  const { id, method, datasetId } = envelope.data;
  const params = paramsSchemas[method].safeParse(envelope.data.params);
  if (!params.success) {
    throw new ExportError('RecipeInvalid', `The settings are not valid: ${describeIssues(params.error)}.`);
  }
  return {
    kind: 'request',
    id,
    method,
    params: params.data as RequestMessage['params'],
    ...(datasetId !== undefined && { datasetId }),
  };
}
