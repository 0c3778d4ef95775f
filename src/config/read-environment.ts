import { InvalidValueError } from './parse-value';
import { VARIABLES, type Variable } from './variables';

/** Variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

type Variables = typeof VARIABLES;
type Parsed<V> = V extends { parse: (text: string) => infer Value } ? Value : never;
type ValueOf<V> = V extends { required: true } | { default: string } ? Parsed<V> : Parsed<V> | undefined;

/** The value of every variable, by its name in the table. */
export type Values = { readonly [K in keyof Variables]: ValueOf<Variables[K]> };

/** Names every variable that is wrong, one line each. */
export class InvalidEnvironmentError extends Error {
  /** @param problems - sentences such as `PORT must be a whole number from 0 to 65535` */
  constructor(readonly problems: readonly string[]) {
    super(`The environment is wrong (see .env.example):\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'InvalidEnvironmentError';
  }
}

/**
 * Reads the whole table.
 * @returns the values of those that could be read, and one sentence for each that could not
 */
export function readVariables(environment: Environment): { values: Values; problems: string[] } {
  const problems: string[] = [];
  const entries = Object.entries(VARIABLES).map(([key, variable]) => {
    try {
      return [key, readVariable(variable, environment)];
    } catch (error) {
      if (!(error instanceof InvalidValueError)) throw error;
      problems.push(`${variable.name} ${error.message}`);
      return [key, undefined];
    }
  });
  return { values: Object.fromEntries(entries) as Values, problems };
}

/** @returns the variable's value; undefined when it is absent and may be; an empty text counts as absent */
function readVariable<V extends Variable<unknown>>(variable: V, environment: Environment): ValueOf<V> {
  const text = given(variable, environment) ?? variable.default;
  if (text === undefined && variable.required) throw new InvalidValueError('is missing');
  return (text === undefined ? undefined : variable.parse(text)) as ValueOf<V>;
}

/** @returns the text that was set for the variable, or undefined */
export function given(variable: Variable<unknown>, environment: Environment): string | undefined {
  const text = environment[variable.name]?.trim();
  return text === '' ? undefined : text;
}
