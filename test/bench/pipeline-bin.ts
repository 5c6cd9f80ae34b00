/** The command line of the built package; this module runs from `test/bench/dist/test/bench`. */
export const PIPELINE_BIN = new URL('../../../../../dist/pipelines/cli/bin.js', import.meta.url)

/** The folder of the package. */
export const PACKAGE_FOLDER = new URL('../../../../../', import.meta.url)
