/** Temp. */
export class Temp {}
