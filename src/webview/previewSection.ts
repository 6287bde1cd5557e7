import { element } from './element';
import { HostError, type HostClient } from './hostClient';
import { type FovDetails, type PreviewResult, type Recipe, supersededCode } from './protocol';

/** Waits for the user to stop typing before a picture is asked for. */
const debounceMs = 250;

/** The preview: one FOV, made by the same renderer as the export. */
export class PreviewSection {
  private readonly image = element('img', { hidden: true }) as HTMLImageElement;
  private readonly ring = element('vscode-progress-ring', { 'aria-label': 'Rendering', hidden: true });
  private readonly title = element('h2', { id: 'preview-title' }, ['Preview']);
  private readonly details = element('p', { class: 'details' });
  private readonly facts = element('p', { class: 'facts', 'aria-live': 'polite' });
  private readonly problem = element('p', { class: 'problem', role: 'alert' });
  private timer: number | undefined;
  private describedFov: string | undefined;

  readonly element = element('section', { class: 'preview', 'aria-labelledby': 'preview-title' }, [
    this.title,
    this.details,
    this.problem,
    element('div', { class: 'picture' }, [this.image, this.ring]),
    this.facts,
  ]);

  constructor(private readonly host: HostClient) {}

  /** Shows a FOV with these settings soon; a recipe that is not complete is said and not asked for. */
  show(fov: string, wanted: { recipe: Recipe } | { problem: string }): void {
    this.title.textContent = `Preview: ${fov}`;
    if (fov !== this.describedFov) void this.describe(fov);
    window.clearTimeout(this.timer);
    if ('problem' in wanted) {
      this.say(wanted.problem);
      return;
    }
    this.timer = window.setTimeout(() => void this.render(fov, wanted.recipe), debounceMs);
  }

  private async describe(fov: string): Promise<void> {
    this.describedFov = fov;
    this.details.textContent = '';
    try {
      const details = await this.host.request('describeFov', { fov });
      if (this.describedFov === fov) this.details.textContent = describeFov(details);
    } catch (error) {
      this.details.textContent = error instanceof Error ? error.message : String(error);
    }
  }

  private async render(fov: string, recipe: Recipe): Promise<void> {
    this.ring.hidden = false;
    try {
      this.display(fov, await this.host.request('preview', { fov, recipe }));
      this.ring.hidden = true;
    } catch (error) {
      if (error instanceof HostError && error.code === supersededCode) return;
      this.ring.hidden = true;
      this.say(error instanceof Error ? error.message : String(error));
    }
  }

  private display(fov: string, { png, widthPx, heightPx, downsample, scaleBarUm }: PreviewResult): void {
    const old = this.image.src;
    this.image.src = URL.createObjectURL(new Blob([png], { type: 'image/png' }));
    if (old) URL.revokeObjectURL(old);
    this.image.alt = `FOV ${fov}, ${widthPx} by ${heightPx} pixels`;
    this.image.hidden = false;
    const bar = scaleBarUm === undefined ? 'no scale bar' : `scale bar ${scaleBarUm} µm`;
    const scale = downsample === 1 ? 'full resolution' : `1 of ${downsample} pixels in x and y`;
    this.facts.textContent = `${widthPx} × ${heightPx} px, ${scale}, ${bar}`;
    this.problem.textContent = '';
  }

  private say(problem: string): void {
    this.problem.textContent = problem;
    this.image.hidden = true;
    this.facts.textContent = '';
  }
}

function describeFov({ widthPx, heightPx, sampleTypes, pixelSize, problems }: FovDetails): string {
  const size = pixelSize ? `${pixelSize.um} µm per pixel, ${pixelSize.from}` : 'pixel size unknown';
  return [`${widthPx} × ${heightPx} px, ${sampleTypes.join(' and ')}, ${size}.`, ...problems].join(' ');
}
