import { csvLine } from './csvLine';

type Point = readonly [x: number, y: number];

interface SavedRoi {
  readonly id: string;
  readonly name: string;
  readonly fov: string;
  /** Either a view, which is a box, or a shape, whose box follows from its points. Pixels, x right, y down. */
  readonly view?: { readonly xMin: number; readonly yMin: number; readonly xMax: number; readonly yMax: number };
  readonly shape?: { readonly type: 'polygon' | 'polyline'; readonly points: readonly Point[] };
  readonly fovSize: Point;
  readonly markerSet: string;
  readonly tags: string;
  readonly maskVisibility: Record<string, boolean>;
  readonly comment: string;
  readonly savedAt: string;
}

const core = { fov: 'Tumor_core', fovSize: [512, 512] } as const;
const margin = { fov: 'Tumor_margin', fovSize: [640, 448] } as const;

/** Drawn by hand along the outline of the tumour that seed 1 makes. */
const invasiveFront: readonly Point[] = [
  [243, 22],
  [300, 34],
  [307, 62.5],
  [288, 96],
  [276, 186.25],
  [240, 190],
  [190, 178],
  [170, 186],
  [178, 214],
  [216, 240],
  [196, 268.5],
  [195, 312],
  [212, 350.75],
  [229, 362],
  [231.5, 386],
  [253, 401],
  [259, 432],
];

const rois: readonly SavedRoi[] = [
  {
    ...core,
    id: '5b0c3f6e-6f0e-4d0a-9a3e-0c1f5d2a7b01',
    name: 'Arteriole',
    view: { xMin: 258.5, yMin: 126.25, xMax: 418.5, yMax: 266.25 },
    markerSet: 'Stroma and macrophages',
    tags: 'figure1,good',
    maskVisibility: { nuclear: false, whole_cell: true },
    comment: 'Smooth muscle around a lumen',
    savedAt: '2026-01-15T09:30:00.000000+00:00',
  },
  {
    ...core,
    id: '5b0c3f6e-6f0e-4d0a-9a3e-0c1f5d2a7b02',
    name: 'Tissue edge',
    // The view was panned over the border of the image, as UELer allows.
    view: { xMin: -21.4, yMin: 371.7, xMax: 170.6, yMax: 523.7 },
    markerSet: 'Tumour and T cells',
    tags: 'background',
    maskVisibility: { nuclear: false, whole_cell: false },
    comment: '',
    savedAt: '2026-01-15T09:34:00.000000+00:00',
  },
  {
    ...margin,
    id: '5b0c3f6e-6f0e-4d0a-9a3e-0c1f5d2a7b03',
    name: 'Invasive margin',
    view: { xMin: 150, yMin: 140, xMax: 350, yMax: 300 },
    markerSet: 'Tumour and T cells',
    tags: 'figure1,good,infiltrated',
    maskVisibility: { nuclear: false, whole_cell: true },
    comment: 'T cells at the invasive margin',
    savedAt: '2026-01-15T09:41:00.000000+00:00',
  },
  {
    ...margin,
    id: '5b0c3f6e-6f0e-4d0a-9a3e-0c1f5d2a7b04',
    name: 'Germinal centre',
    shape: { type: 'polygon', points: polygonAround(492, 270, 62, 54, 14) },
    markerSet: 'Immune',
    tags: 'figure1',
    maskVisibility: { nuclear: true, whole_cell: false },
    comment: 'B cells, many of them in cycle',
    savedAt: '2026-01-15T09:47:00.000000+00:00',
  },
  {
    ...margin,
    id: '5b0c3f6e-6f0e-4d0a-9a3e-0c1f5d2a7b05',
    name: 'Invasive front',
    shape: { type: 'polyline', points: invasiveFront },
    markerSet: 'Tumour and T cells',
    tags: 'measure,needs review',
    maskVisibility: { nuclear: false, whole_cell: true },
    comment: '',
    savedAt: '2026-01-15T09:52:00.000000+00:00',
  },
];

// prettier-ignore
const columns = [
  'roi_id', 'name', 'fov', 'map_id', 'x', 'y', 'width', 'height', 'zoom', 'x_min', 'x_max', 'y_min', 'y_max',
  'marker_set', 'tags', 'annotation_palette', 'mask_color_set', 'mask_visibility', 'mask_painter_state', 'comment',
  'roi_kind', 'geometry', 'created_at', 'updated_at',
];

/** The text of `.UELer/roi_manager.csv` as UELer 0.5 saves it: all columns, in its order. */
export function savedRoisCsv(): string {
  return [columns, ...rois.map(roiValues)].map(csvLine).join('');
}

function roiValues(roi: SavedRoi): readonly string[] {
  const { xMin, yMin, xMax, yMax } = roi.view ?? shapeBox(roi.shape?.points ?? [], roi.fovSize);
  const float = (value: number) => (Number.isInteger(value) ? value.toFixed(1) : String(Number(value.toFixed(4))));
  const geometry = roi.shape && {
    type: roi.shape.type,
    closed: roi.shape.type === 'polygon',
    points: roi.shape.points,
  };
  // As Python's json.dumps spaces it.
  const visibility = JSON.stringify(roi.maskVisibility).replaceAll(':', ': ').replaceAll(',', ', ');
  return [
    roi.id,
    roi.name,
    roi.fov,
    '', // map_id
    float((xMin + xMax) / 2),
    float((yMin + yMax) / 2),
    float(xMax - xMin),
    float(yMax - yMin),
    '1.0', // zoom
    float(xMin),
    float(xMax),
    float(yMin),
    float(yMax),
    roi.markerSet,
    roi.tags,
    '', // annotation_palette
    '', // mask_color_set
    visibility,
    '', // mask_painter_state
    roi.comment,
    roi.shape ? 'line' : '', // roi_kind
    geometry ? JSON.stringify(geometry) : '',
    roi.savedAt,
    roi.savedAt,
  ];
}

/** As UELer boxes a shape: its points and 4 px around them, within the image. */
function shapeBox(points: readonly Point[], [widthPx, heightPx]: Point) {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  return {
    xMin: Math.max(0, Math.min(...xs) - 4),
    yMin: Math.max(0, Math.min(...ys) - 4),
    xMax: Math.min(widthPx, Math.max(...xs) + 4),
    yMax: Math.min(heightPx, Math.max(...ys) + 4),
  };
}

/** A hand-drawn oval, to two decimals. */
function polygonAround(x: number, y: number, halfWidthPx: number, halfHeightPx: number, count: number): Point[] {
  return Array.from({ length: count }, (_, i) => {
    const turn = (2 * Math.PI * i) / count;
    const wobble = 1 + 0.06 * Math.sin(3 * turn) + 0.04 * Math.cos(5 * turn);
    const to2 = (value: number) => Math.round(value * 100) / 100;
    return [to2(x + halfWidthPx * wobble * Math.cos(turn)), to2(y + halfHeightPx * wobble * Math.sin(turn))] as const;
  });
}
