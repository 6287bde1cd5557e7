/** The core's public face: what the extension and the command line may use. */
export { countAtBorder } from './plan/borderNotes';
export { checkGallery } from './gallery/checkGallery';
export { estimateJob, type JobEstimate } from './run/estimateJob';
export type { EndedEvent, ExportEvent, ItemEvent, PlannedEvent, ProblemEvent } from './run/exportEvent';
export { plannedEvent, plannedItemEvent } from './run/exportEvent';
export { ExportJob, type ExportOptions, runExport, type StartOptions } from './run/exportJob';
export { listJobs, outputOf, planFileName } from './job/jobFolder';
export { runnerVersion } from './job/jobNotes';
export { parseManifest } from './job/manifestCsv';
export { importUeler, type ImportReport } from './import/importUeler';
export type { ComparedSource } from './again/compareSources';
export { compareGallery, planAgain, planGalleryAgain, planItemAgain } from './again/planAgain';
export { planJob } from './plan/planJob';
export { describePreflight, formatSeconds } from './run/preflight';
export { keepHeapSmall, makerEnvironment, optimiseLate } from './run/makerEnvironment';
export { requireRoom } from './run/requireRoom';
export { type Preview, Previewer } from './make/previewer';
export { resolveContrastLimits } from './plan/resolveContrastLimits';
export { HeartWatch } from './job/heartWatch';
export { JobReader } from './job/jobJournal';
export type { RunLimits } from './run/runLimits';
export { cellTableText } from './model/cellTableText';
export { requireColor } from './model/color';
export type { Dataset, Fov, FovHeader, Problem } from './model/dataset';
export {
  type CellRole,
  cellRoles,
  type CentroidUnit,
  centroidUnits,
  type DatasetPart,
  datasetParts,
} from './model/datasetParts';
export type { Embedded, EmbeddedGallery, EmbeddedRecipe } from './model/embeddedRecipe';
export {
  type ErrorData,
  ExportError,
  type ExportErrorCode,
  exportErrorCodes,
  isExportError,
  messageOf,
  toErrorData,
} from './model/exportError';
export { itemStates, outcomePage, paceOf } from './model/itemOutcome';
export { describeStanding, describeUnknown, describeWritten, isOver, type JobStatus } from './model/jobStatus';
export type { JournalLine } from './model/journalLine';
export type { ItemList } from './model/itemList';
export { jobsFolderName, type Plan } from './model/plan';
export { pixelSizeOriginText, pixelSizeText } from './model/pixelSizeOrigin';
export { pixelSizeWarnings, printText } from './model/pixelSizeWarnings';
export { type CellSelection, isLess, isNothing, type PixelsOrUm } from './model/cellSelection';
export { parseLengthUm, parseLineWidthPx, parsePixelsOrUm, parseSize } from './model/lengthText';
export { isWithin, type NumberRange, numberRanges, rangeText } from './model/numberRanges';
export { parseDecimal, parseWhole } from './model/parseDecimal';
export { type Roi, type RoiAnchor, roiAnchors } from './model/roi';
export { parseTags } from './select/parseTags';
export { roiRegion } from './select/roiRegion';
export type { RoiSelection } from './model/roiSelection';
export {
  galleryFileName,
  type GallerySettings,
  itemOrderKeys,
  mostGalleryCells,
  pageLimitsMm,
  pageSizes,
} from './model/gallery';
export { fieldNamer } from './model/fieldName';
export { areAscending, type Limit, parseLimitText } from './model/limit';
export { defaultFontPt, defaultLegend, inkColors, type LegendSettings, type Place, places } from './model/marks';
export { listLines, listNames } from './model/listNames';
export { itemNouns } from './model/mode';
export { nameTokens, tokenNames } from './model/tokens';
export { colorMapNames } from './model/colorMap';
export { defaultOtherColor, type Palette, paletteColors } from './model/palette';
export {
  type AnnotationLayer,
  type ColorBy,
  defaultMaskLayer,
  describeIssues,
  formats,
  type MaskLayer,
  maxLayers,
  parseRecipe,
  type Recipe,
  type RecipeChannel,
  recipeSchema,
} from './model/recipe';
export { findEmbedded, findEmbeddedIn, requireEmbedded } from './read/embedded/readEmbedded';
export { outputFor, requireOwnOutput } from './read/linksOut';
export { locateDataset, type LocatedDataset } from './read/locateDataset';
export { datasetFolderOf, openDataset, type DatasetOptions } from './read/openDataset';
export { readFovHeader } from './read/readFovHeader';
export { schemaScheme } from './model/schemaReference';
export { recipeFileEnding, toRecipeFile } from './model/recipeFile';
export type { ImportEntry } from './import/importLedger';
export { ownFileText } from './store/ownFile';
export { readPaletteFile } from './store/readSavedPalettes';
export { parseRecipeFile, readRecipeFile } from './store/readRecipeFile';
export { callsOf, visibleText } from './model/visibleText';
export { chooseMarkerSet } from './select/chooseMarkerSet';
export { findSelected } from './select/selectFovs';
export { saveOwnFile } from './write/saveOwnFile';
export { savePicture } from './write/writeFileWhole';
