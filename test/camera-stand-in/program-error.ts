/** An exception of the program: it ends with `ERROR: *** message ***` and exit code 255. */
export class ProgramError extends Error {}
