/** Replaces a CommonJS file by what Node has loaded of it, outside of jest: once, and not for each test file. */
export default {
  process: (_source, file) => ({ code: `module.exports = loadOnce(${JSON.stringify(file)});` }),
};
