import { checkRun, formatReport } from './check-run';
import { readArguments, USAGE } from './read-arguments';

/** `npm run checker`: prints the report; exit code 1 on a violation, 2 when it cannot check. */
async function main(words: readonly string[]): Promise<number> {
  const { source, isJson } = readArguments(words);
  if (source === null) {
    console.error(USAGE);
    return 2;
  }
  const report = await checkRun(source);
  console.log(isJson ? JSON.stringify(report, null, 2) : formatReport(report));
  return report.violations.length === 0 ? 0 : 1;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 2;
  },
);
