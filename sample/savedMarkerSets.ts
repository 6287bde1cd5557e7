import type { ChannelName } from './stain';

/** One channel of a marker set; limits are counts, which both FOVs are in. */
interface ChannelSettings {
  readonly channel: ChannelName;
  readonly color: string;
  readonly contrastLimits: readonly [low: number, high: number];
}

const limits: Record<ChannelName, readonly [number, number]> = {
  DNA: [10, 260],
  PanCK: [12, 170],
  CD3: [8, 110],
  CD8: [8, 110],
  CD20: [8, 130],
  CD68: [8, 140],
  SMA: [10, 190],
  Ki67: [8, 130],
};

function show(channel: ChannelName, color: string): ChannelSettings {
  return { channel, color, contrastLimits: limits[channel] };
}

const markerSets = [
  {
    name: 'Tumour and T cells',
    channels: [show('DNA', '#0000ff'), show('PanCK', '#00ff00'), show('CD8', '#ff0000')],
  },
  {
    name: 'Immune',
    channels: [
      show('DNA', '#0000ff'),
      show('CD3', '#ffff00'),
      show('CD8', '#ff0000'),
      show('CD20', '#00ff00'),
      show('CD68', '#ff00ff'),
    ],
  },
  {
    name: 'Stroma and macrophages',
    channels: [show('DNA', '#0000ff'), show('SMA', '#ffa500'), show('CD68', '#00ffff')],
  },
  {
    name: 'Proliferation',
    channels: [show('DNA', '#0000ff'), show('PanCK', '#808080'), show('CD20', '#00ff00'), show('Ki67', '#ff00ff')],
  },
];

/** The text of `.batch-export/marker-sets.json`. */
export function savedMarkerSetsJson(): string {
  return `${JSON.stringify({ version: 1, markerSets }, null, 2)}\n`;
}
