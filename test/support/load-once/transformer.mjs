/** Replaces a CommonJS file by what Node has loaded of it, outside of jest: once, and not for each test file. */
export default {
  /**
   * @param {string} _source
   * @param {string} file
   */
  process: (_source, file) => ({ code: `module.exports = loadOnce(${JSON.stringify(file)});` }),
};
