/** What a run of generated input is repeated by. */
export interface FuzzSettings {
  readonly seed: number;
  /** Requests for each call of the API. */
  readonly runs: number;
}

/** `FUZZ_SEED` and `FUZZ_RUNS` of the environment, else a new seed and the runs of the spec; both are printed. */
export function fuzzSettings({ runs }: Pick<FuzzSettings, 'runs'>): FuzzSettings {
  const settings = {
    seed: Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31)),
    runs: Number(process.env['FUZZ_RUNS'] ?? runs),
  };
  process.stdout.write(`FUZZ_SEED=${settings.seed} FUZZ_RUNS=${settings.runs}\n`);
  return settings;
}
