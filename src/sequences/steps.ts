import type { JsonObject } from '../../domain/content/json';
import type { Purpose } from '../../domain/delivery/send-facts';
import { durationMs } from '../../domain/shared/duration';
import type { Envelope } from '../security/envelope';

/** Asks the person to opt in and goes on once they did. */
export interface AskStep {
  readonly topicId: string;
  /** `wait` when absent: asks at the first moment the rules allow; `skip` goes on to the next step. */
  readonly whenNotAllowed?: 'wait' | 'skip';
  /** ISO 8601 duration, `P7D` when absent. */
  readonly expiresAfter?: string;
}

/** Sends a message. */
export interface SendStep {
  readonly campaignId?: string;
  readonly content: JsonObject;
  readonly purpose: Purpose;
  readonly lane?: 'auto' | 'window' | 'paid';
  readonly allowPaid?: boolean;
  readonly whenSlotTaken?: 'hold' | 'refuse';
}

/** One step of an automation. */
export type Step = { readonly ask: AskStep } | { readonly send: SendStep };

const ASKED_FOR = 'P7D';

/** How long an `ask` step waits for the person. @returns milliseconds */
export const patienceMs = ({ expiresAfter = ASKED_FOR }: AskStep): number => durationMs(expiresAfter);

/** A step that names a campaign means that campaign: its lane is the paid one unless it says otherwise. */
export const laneOf = ({ lane, campaignId }: SendStep): 'auto' | 'window' | 'paid' =>
  lane ?? (campaignId === undefined ? 'auto' : 'paid');

/** The place of an automation's steps, as sealed bytes are bound to it. */
export const stepsOfAutomation = (automationId: string): string => `automations.steps:${automationId}`;
/** The place of a run's copy. */
export const stepsOfRun = (runId: string): string => `automation_runs.steps:${runId}`;

/** Encrypts steps for their place: they hold message texts. */
export const sealSteps = (envelope: Envelope, steps: readonly Step[], place: string): Buffer =>
  envelope.seal(JSON.stringify(steps), place);

/** Opens what `sealSteps` made. */
export const openSteps = (envelope: Envelope, sealed: Buffer, place: string): readonly Step[] =>
  JSON.parse(envelope.open(sealed, place).toString()) as Step[];
