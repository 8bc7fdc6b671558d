module.exports = {
  testMatch: ["**/plaid.test.?js"],
  moduleFileExtensions: ["js", "cjs", "mjs"],
  transform: {},
};
