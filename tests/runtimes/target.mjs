/**
 * A runtime that the suite runs in. `run` is given a folder of its own, in which the tarball is installed, and gives
 * the suite's result, with the version of the runtime if the target has none.
 *
 * @typedef {object} Target
 * @property {string} runtime its name, as users call it
 * @property {string} how what is special: "import", a compatibility date
 * @property {string} [version]
 * @property {(folder: string) => Promise<{ passed: number, failed: number, failures: { name: string, message: string }[], version?: string, ran?: string }>} run
 */

/** Thrown where a runtime can't be had on this machine. */
export class Skipped extends Error {}
