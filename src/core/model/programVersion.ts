import { version } from '../../../package.json';

/** What a picture says of the program that made it; by it, and not by a clock, readers tell old pictures from new ones. */
export const programVersion = version;
