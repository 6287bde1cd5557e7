import type { SampleArray } from '../model/image';
import type { PreparedLayers } from '../render/prepareLayers';
import type { Scene } from '../render/scene';
import type { PictureSource } from './drawPictures';

/** What was read for one picture, by its windows. */
interface Kept {
  readonly key: string;
  readonly scene: Scene;
  readonly windows: Map<string, PreparedLayers>;
  bytes: number;
  /** Whether the picture was drawn to its end, of windows that are all here. */
  isWhole: boolean;
}

/**
 * Keeps the layers of the picture that was drawn last, so that other contrast limits and colours of channels decode nothing.
 * More than so many bytes of one picture are not kept at all.
 */
export class KeptLayers {
  private last: Kept | undefined;

  constructor(private readonly mostBytes: number) {}

  /** Whether all of a picture is kept. Lets go of any other: memory is wanted for what is read in its place. */
  hasOnly(key: string | undefined): boolean {
    const isKept = this.last !== undefined && this.last.key === key && this.last.isWhole;
    if (!isKept) this.last = undefined;
    return isKept;
  }

  /**
   * A source that reads what is not kept.
   * @param key of all that the layers depend on, but for contrast limits and colours of channels
   * @param source its layers must stay valid when others are read
   * @returns with what is called when the picture was drawn
   */
  over(key: string, source: PictureSource): PictureSource & { readonly ended: () => void } {
    const { contrastLimits } = source.scene;
    // Of one source alone: cells of slides are numbered as they are come upon.
    const kept: Kept = this.hasOnly(key)
      ? this.last!
      : { key, scene: source.scene, windows: new Map(), bytes: 0, isWhole: false };
    this.last = kept;
    return {
      scene: { ...kept.scene, contrastLimits },
      layers: async (window, signal) => {
        const place = JSON.stringify(window);
        const known = kept.windows.get(place);
        if (known) return { ...known, contrastLimits };
        const layers = await source.layers(window, signal);
        kept.bytes += bytesOf(layers);
        if (kept.bytes <= this.mostBytes) kept.windows.set(place, layers);
        else kept.windows.clear();
        return layers;
      },
      ended: () => {
        kept.isWhole = kept.bytes <= this.mostBytes;
      },
    };
  }
}

/** The memory that layers keep from being freed: views count as what they are views of. */
function bytesOf({ planes, overlays, isolate, cut }: PreparedLayers): number {
  const arrays: (SampleArray | undefined)[] = [
    ...planes.map(({ samples }) => samples),
    ...overlays.flatMap(({ labels, marked }) => [labels.labels, marked]),
    ...[isolate?.labels.labels, cut],
  ];
  const buffers = new Set(arrays.flatMap((array) => (array ? [array.buffer] : [])));
  return [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0);
}
