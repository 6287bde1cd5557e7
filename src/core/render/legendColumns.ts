import type { Block, BlockMaker, Decoration, LegendName } from './markBlocks';

type Legend = Extract<Decoration, { readonly name: LegendName }>;

/** Whether it has rows, which may stand in columns. */
export function isLegend(decoration: Decoration): decoration is Legend {
  return decoration.name === 'channel-legend' || decoration.name === 'class-legend';
}

/** A legend in two columns, in three, up to one for each row. */
export function* inColumns({ name, rows }: Legend, maker: BlockMaker): Generator<Block> {
  for (let count = 2, last = rows.length; count <= rows.length; count++) {
    const mostRows = Math.ceil(rows.length / count);
    if (mostRows < last) yield maker.legend(name, rows, mostRows);
    last = mostRows;
  }
}
