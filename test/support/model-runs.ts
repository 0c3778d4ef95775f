import fc from 'fast-check';

/** The real thing beside a model of it. */
export interface ModelWorld<Model> {
  /** @throws when both do not say the same */
  expectLike(model: Model): Promise<void>;
}

/** One command: what it does to the model and to the real thing; both must come out alike. */
export class ModelStep<Model extends object, World extends ModelWorld<Model>> implements fc.AsyncCommand<Model, World> {
  constructor(
    private readonly name: string,
    private readonly act: (model: Model, world: World) => Promise<void>,
    private readonly isPossible: (model: Readonly<Model>) => boolean = () => true,
  ) {}

  check(model: Readonly<Model>): boolean {
    return this.isPossible(model);
  }

  async run(model: Model, world: World): Promise<void> {
    await this.act(model, world);
    await world.expectLike(model);
  }

  toString(): string {
    return this.name;
  }
}

/** Lives of one world one after the other; several of these live at once, each in a database of its own. */
export interface ModelLane<Model extends object, World> {
  /** A model and a world in which nothing has happened yet. */
  readonly begin: () => Promise<{ readonly model: Model; readonly real: World }>;
  /** What must hold when a life is over. */
  readonly end: () => Promise<void>;
}

/** How long to look. */
export interface ModelLook {
  readonly runs: number;
  readonly mostCommands: number;
  /** Ends the looking, milliseconds; what was looked at by then counts. */
  readonly timeLimitMs?: number;
}

/** Every run of CI: many short lives find what two or three events do to each other. */
export const SHORT_LOOK: ModelLook = { runs: 1_000, mostCommands: 12 };

/** `npm run test:long`: longer lives, as many as the time allows. */
export const LONG_LOOK: ModelLook = { runs: 10_000, mostCommands: 40, timeLimitMs: 30_000 };

/** Longer than any look takes, also on a busy machine: it only ends one that hangs. */
export const LOOK_PATIENCE_MS = 600_000;

/**
 * Lets random commands happen to a model and to the real thing, and says by which seed. The first lane takes the seed
 * as it is, so that the one of a failure can be given again.
 *
 * @param name - `<name>_SEED` looks again, `<name>_RUNS` looks longer
 */
export async function checkModel<Model extends object, World>(
  name: string,
  { runs, mostCommands, timeLimitMs }: ModelLook,
  commands: fc.Arbitrary<fc.AsyncCommand<Model, World>>[],
  lanes: readonly ModelLane<Model, World>[],
): Promise<void> {
  const seed = Number(process.env[`${name}_SEED`] ?? Math.floor(Math.random() * 2 ** 30));
  const wanted = Number(process.env[`${name}_RUNS`] ?? runs);
  process.stdout.write(`${name}_SEED=${seed}, ${wanted} runs in ${lanes.length} lanes\n`);
  const checked = await Promise.all(
    lanes.map((lane, place) =>
      fc.check(
        fc.asyncProperty(fc.commands(commands, { maxCommands: mostCommands, size: 'max' }), async (life) => {
          const begun = await lane.begin();
          await fc.asyncModelRun(() => begun, life);
          await lane.end();
        }),
        {
          numRuns: Math.ceil(wanted / lanes.length),
          seed: seed + place,
          ...(timeLimitMs !== undefined && { interruptAfterTimeLimit: timeLimitMs }),
        },
      ),
    ),
  );
  const failed = checked.find((details) => details.failed);
  if (failed !== undefined) {
    throw new Error(await fc.asyncDefaultReportMessage(failed), { cause: failed.errorInstance });
  }
  process.stdout.write(`${name}: ${checked.reduce((sum, { numRuns }) => sum + numRuns, 0)} runs held\n`);
}
