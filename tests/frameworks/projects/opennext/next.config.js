export default { serverExternalPackages: ["plaid-edge"] };
