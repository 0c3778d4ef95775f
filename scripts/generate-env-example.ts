// node dist/scripts/generate-env-example.js [--check]: writes .env.example from the table of variables, or says that it differs
import { readFileSync, writeFileSync } from 'node:fs';
import { VARIABLES, type Variable } from '../src/config/variables';

const PATH = '.env.example';

const HEADER = `# Every variable that Herald reads. Generated from src/config/variables.ts: change it there.
# Take away the # of a line to set it; docker compose reads a copy of this file named .env.
`;

function describe(variable: Variable<unknown>): string {
  const remarks = [
    ...(variable.required ? ['required'] : []),
    ...(variable.unit === undefined ? [] : [`unit: ${variable.unit}`]),
    ...(variable.secret ? ['production needs a value of its own'] : []),
  ];
  const remark = remarks.length === 0 ? '' : `\n# (${remarks.join('; ')})`;
  return `# ${variable.sentence}${remark}\n#${variable.name}=${variable.default ?? variable.example ?? ''}\n`;
}

function isUpToDate(text: string): boolean {
  try {
    return readFileSync(PATH, 'utf8') === text;
  } catch {
    return false;
  }
}

function main(): void {
  const text = [HEADER, ...Object.values(VARIABLES).map(describe)].join('\n');
  if (!process.argv.includes('--check')) {
    writeFileSync(PATH, text);
  } else if (!isUpToDate(text)) {
    process.stderr.write(
      `${PATH} differs from src/config/variables.ts: run \`node dist/scripts/generate-env-example.js\`.\n`,
    );
    process.exitCode = 1;
  }
}

main();
