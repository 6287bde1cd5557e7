/** What is wrong with the table, as the end of a sentence. */
export class DamagedTable extends Error {}
