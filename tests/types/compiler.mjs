// Compiles projects with one TypeScript, in one process:  fork("compiler.mjs", [its folder]), then a message for each.
//
// Files that have the same text and the same meaning in every project are parsed and bound once. Diagnostics are asked
// for the project's own files and for plaid-edge's, in every project; for endpoints.d.ts, which imports nothing, only
// where `checksAll` is set.

import { createRequire } from "node:module";
import { dirname } from "node:path";

const ts = createRequire(import.meta.url)(`${process.argv[2]}/lib/typescript.js`);
const parsed = new Map();

process.on("message", ({ config, checksAll }) => process.send({ config, ...compile(config, checksAll) }));
process.on("disconnect", () => process.exit());

function compile(config, checksAll) {
  const folder = dirname(config);
  const read = ts.readConfigFile(config, ts.sys.readFile);
  const { options, fileNames, errors } = ts.parseJsonConfigFileContent(read.config, ts.sys, folder);
  const program = ts.createProgram(fileNames, options, sharing(ts.createCompilerHost(options)));
  const isOwn = ({ fileName }) =>
    fileName.startsWith(`${folder}/`) &&
    (!fileName.includes("/node_modules/") || fileName.includes("/node_modules/plaid-edge/"));
  const files = program
    .getSourceFiles()
    .filter((file) => isOwn(file) && (checksAll || !isSame(file.fileName)));
  const diagnostics = [
    ...errors,
    ...program.getOptionsDiagnostics(),
    ...program.getSyntacticDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...files.flatMap((file) => program.getSemanticDiagnostics(file)),
  ];
  const format = {
    getCurrentDirectory: () => folder,
    getCanonicalFileName: (name) => name,
    getNewLine: () => "\n",
  };
  return {
    output: ts.formatDiagnostics(diagnostics, format),
    files: program.getSourceFiles().map(({ fileName }) => fileName),
  };
}

/** Whether a file means the same in every project: the libraries, and Plaid's types. */
const isSame = (name) => name.endsWith(".d.ts") && !/\/plaid-edge\/(?!endpoints\.d\.ts)/.test(name);

function sharing(host) {
  const { getSourceFile } = host;
  host.getSourceFile = (name, how, ...rest) => {
    if (!isSame(name)) return getSourceFile(name, how, ...rest);
    const key = `${name} ${how.languageVersion} ${how.impliedNodeFormat}`;
    if (!parsed.has(key)) parsed.set(key, getSourceFile(name, how, ...rest));
    return parsed.get(key);
  };
  return host;
}
