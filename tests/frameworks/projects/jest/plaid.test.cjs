const { tests } = require("./tests.cjs");
const { short } = require("./short.cjs");

tests({ ...require("plaid-edge"), ...require("plaid-edge/sandbox") }, short, jest);
