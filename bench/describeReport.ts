import { readFileSync, writeFileSync } from 'node:fs';
import { stages } from './measureStages';
import { type BenchReport, median, ratios, type Run, type SideResult, type WorkResult } from './report';

const [begin, end] = ['<!-- figures -->', '<!-- end of figures -->'];

/** Puts a report between the marks of a document, in place of the one that is there. Fails if the marks are missing. */
export function replaceFigures(file: string, report: BenchReport): void {
  const text = readFileSync(file, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`expected ${begin} and, below it, ${end} in ${file}`);
  writeFileSync(file, `${text.slice(0, from)}${begin}\n\n${describeReport(report)}\n${text.slice(to)}`);
}

/** A report in Markdown: where it was found, and tables of all works, of the floors and of the steps. */
export function describeReport({ machine, versions, command, works }: BenchReport): string {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const runs = Math.max(...works.map(({ ours }) => ours.runs.length));
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}; load ${machine.load.toFixed(1)} before the first work.`,
    `${named.join(', ')}. ${runs === 1 ? 'One run' : `Medians of ${runs}`}.`,
    '',
    '```',
    command,
    '```',
    '',
    ...table(workColumns, works),
    ...titled('Blocks of images, each plane for itself:', blockColumns, works),
    ...titled('Floors, CPU seconds of one process for the whole work:', floorColumns, works),
    ...titled('Steps of making an item in one process, CPU ms an item:', stageColumns, works),
  ].join('\n');
}

interface Column {
  readonly title: string;
  /** `undefined`: there is nothing to say. */
  cell(work: WorkResult): string | undefined;
}

const cpu = (run: Run): number => run.cpuSeconds;
const peak = (run: Run): number => run.peakMiB;

const workColumns: readonly Column[] = [
  { title: 'work', cell: ({ name, title }) => `\`${name}\`: ${title}` },
  { title: 'CPU s', cell: ({ ours }) => ofSide(ours, cpu, 2) },
  { title: 'CPU ms an item', cell: ({ ours }) => ofSide(ours, (run) => (run.cpuSeconds / run.items) * 1000, 2) },
  { title: 'wall s', cell: ({ ours }) => ofSide(ours, (run) => run.wallSeconds, 2) },
  { title: 'peak MiB', cell: ({ ours }) => ofSide(ours, peak, 0) },
  { title: 'of the runner', cell: ({ ours }) => ofSide(ours, (run) => run.ownPeakMiB, 0) },
  { title: 'before ÷ ours: CPU', cell: ({ before, ours }) => ofPairs(before, ours, cpu) },
  { title: 'peak', cell: ({ before, ours }) => ofPairs(before, ours, peak) },
  { title: 'loop ÷ ours: CPU', cell: ({ loop, ours }) => ofPairs(loop, ours, cpu) },
  { title: 'peak', cell: ({ loop, ours }) => ofPairs(loop, ours, peak) },
];

const blockColumns: readonly Column[] = [
  { title: 'work', cell: ({ name }) => `\`${name}\`` },
  {
    title: 'decoded ÷ needed',
    cell: ({ blocks }) => blocks && (blocks.decodedPx / blocks.neededPx).toFixed(2),
  },
];

const floorColumns: readonly Column[] = [
  { title: 'work', cell: ({ name }) => `\`${name}\`` },
  ...(['decode', 'encode', 'write'] as const).map((floor) => ({
    title: floor === 'write' ? 'write, flush, rename' : floor,
    cell: ({ floors }: WorkResult) => floors && median(floors.map((run) => run[floor])).toFixed(2),
  })),
  { title: 'the work', cell: ({ floors, ours }) => floors && ofSide(ours, cpu, 2) },
];

const stageColumns: readonly Column[] = [
  { title: 'work', cell: ({ name }) => `\`${name}\`` },
  ...stages.map((stage) => ({
    title: stage,
    cell: ({ stages: made }: WorkResult) => made && ((made.cpuSeconds[stage] / made.items) * 1000).toFixed(2),
  })),
];

function ofSide({ runs, refused }: SideResult, figure: (run: Run) => number, digits: number): string {
  if (refused) return refused.code;
  return runs.length === 0 ? '–' : median(runs.map(figure)).toFixed(digits);
}

function ofPairs(side: SideResult | undefined, ours: SideResult, figure: (run: Run) => number): string | undefined {
  if (!side) return undefined;
  if (side.refused) return side.refused.code;
  return ours.refused ? '–' : ratios(side.runs, ours.runs, figure).median.toFixed(2);
}

function titled(title: string, columns: readonly Column[], works: readonly WorkResult[]): string[] {
  const told = works.filter((work) => columns.slice(1).some((column) => column.cell(work) !== undefined));
  return told.length === 0 ? [] : ['', title, '', ...table(columns, told)];
}

/** Without the columns in which there is nothing. */
function table(columns: readonly Column[], works: readonly WorkResult[]): string[] {
  const shown = columns.filter((column) => works.some((work) => column.cell(work) !== undefined));
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    row(shown.map(({ title }) => title)),
    row(shown.map((_, i) => (i === 0 ? '---' : '---:'))),
    ...works.map((work) => row(shown.map((column) => column.cell(work) ?? ''))),
  ];
}
