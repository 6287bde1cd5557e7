import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Writes one file of UELer's state; objects become JSON. */
export function writeUeler(dataset: string, name: string, content: string | object): void {
  const file = path.join(dataset, '.UELer', name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
}

/** A mask colour set as UELer 0.5 writes it. */
export const maskColors = {
  name: 'cell types',
  version: '1.2.0',
  identifier: 'type',
  default_color: '#a0a0a0',
  class_order: ['T cell', 'B cell'],
  active_classes: ['T cell', 'B cell'],
  only_specified: false,
  colors: { 'T cell': '#ff0000', 'B cell': '#00ff00' },
  modes: { 'T cell': 'fill', 'B cell': 'fill' },
  visible: { 'T cell': true, 'B cell': true },
  opacities: { 'T cell': 35, 'B cell': 35 },
  show_borders: true,
  border_opacity: 80,
  border_color_mode: 'same_as_fill',
  border_custom_color: '#ffffff',
  color_mode: 'categorical',
  continuous: { column: '', colormap: 'viridis', vmin: 0, vmax: 1, arcsinh: false, cofactor: 5, auto_range: true },
  saved_at: '2026-01-01T00:00:00Z',
};

/** One that is for numbers, with the range that UELer keeps, which is that of the arcsinh. */
export const continuousColors = {
  ...maskColors,
  name: 'CD3 level',
  identifier: '',
  colors: { '1': '#ff0000' },
  color_mode: 'continuous',
  continuous: {
    column: 'CD3',
    colormap: 'magma',
    vmin: 0,
    vmax: Math.asinh(8 / 2),
    arcsinh: true,
    cofactor: 2,
    auto_range: false,
    opacity: 100,
    fill: true,
  },
};

/** What its window looked like, with marker sets and the pixel size. */
export const widgetStates = {
  image_selector: 'FOV that was deleted',
  marker_sets: {
    'T cells': {
      selected_channels: ['DNA', 'CD3'],
      channel_settings: {
        DNA: { color: 'Blue', contrast_min: 5, contrast_max: 500 },
        CD3: { color: 'Red', contrast_min: 0, contrast_max: 0.5 },
      },
    },
    Odd: { selected_channels: ['DNA'], channel_settings: { DNA: { color: 'no colour' } } },
  },
  pixel_size_inttext: 390,
};

/** Where its mask colour sets are: absolute paths of another machine, which lead nowhere. */
export const paletteIndex = {
  'cell types': { path: '/gone/.UELer/cell-types.maskcolors.json', identifier: 'type', folder: '/gone/.UELer' },
};

/** Colours of an annotation. */
export const annotationColors = {
  name: 'regions',
  version: '1.0.0',
  annotation: 'region',
  class_ids: [0, 1],
  default_color: '#A0A0A0',
  colors: { '0': '#000000', '1': '#ff0000' },
  labels: { '0': 'outside', '1': 'tumor' },
  label_mode: 'id',
};

/** An export config as UELer 0.5 writes it. */
export const exportConfig = {
  name: 'My figure 1!',
  version: '1.0.0',
  saved_at: '2026-01-01T00:00:00+00:00',
  file_format: 'png',
  downsample: 1,
  dpi: 300,
  include_scale_bar: false,
  scale_bar_ratio: 10,
  include_annotations: false,
  include_masks: true,
  masks_only: false,
  mask_outline_thickness: 1,
  mask_palette_enabled: false,
  mask_palette_name: null as string | null,
  mask_layer: 'whole_cell' as string | null,
  mask_color: '#ffffff',
  mask_alpha: 1,
  separate_channels: false,
  merge_same_color: false,
  marker_set: 'T cells' as string | null,
  output_path: 'exports',
};

const roiTable = `roi_id,name,fov,map_id,x,y,width,height,zoom,x_min,x_max,y_min,y_max,marker_set,tags,annotation_palette,mask_color_set,mask_visibility,mask_painter_state,comment,roi_kind,geometry,created_at,updated_at
r1,front,A,,35.65,45.45,50.5,49.5,1.0,10.4,60.9,20.7,70.2,T cells,"good,figure 1",regions,cell types,"{""whole_cell"": false}",,"see, here",,,2026-11-22T12:12:28.049524+00:00,2026-11-22T12:12:28.049524+00:00
r2,,B,,35.0,30.0,58.0,48.0,1.0,6.0,64.0,6.0,54.0,"current:DNA,CD3",,,,,,,line,"{""type"":""polygon"",""closed"":true,""points"":[[10.0,10.0],[60.0,10.46],[30.0,50.0]]}",2026-11-22T12:12:28.550135+00:00,2026-11-22T12:12:28.550135+00:00
r3,path,A,,35.0,30.0,58.0,48.0,1.0,-6.1,64.3,6.0,54.0,,,,,,,,line,"{""type"":""polyline"",""closed"":false,""points"":[[10.0,10.0],[60.0,10.46]]}",,
r4,nowhere,A,,,,,,1.0,,,,,,,,,,,,,,,
`;

/** Everything of UELer's that we read. */
export function writeUelerState(dataset: string): void {
  writeUeler(dataset, 'widget_states.json', widgetStates);
  writeUeler(dataset, 'mask_color_sets_index.json', paletteIndex);
  writeUeler(dataset, 'cell-types.maskcolors.json', maskColors);
  writeUeler(dataset, 'cd3-level.maskcolors.json', continuousColors);
  writeUeler(dataset, 'pixel_annotation_palettes/regions.pixelannotations.json', annotationColors);
  writeUeler(dataset, 'export_configs/my-figure-1.export_config.json', exportConfig);
  writeUeler(dataset, 'roi_manager.csv', roiTable);
}

/** Every file of a folder with its content, to compare. */
export function contentsOf(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return new Map(files.sort().map((file) => [path.relative(folder, file), readFileSync(file, 'latin1')]));
}
