/** Every state of a campaign. */
export const CAMPAIGN_STATES = [
  'draft',
  'scheduled',
  'populating',
  'active',
  'paused',
  'ended',
  'stopped',
  'failed',
] as const;

/** The state of a campaign. */
export type CampaignState = (typeof CAMPAIGN_STATES)[number];

/** Every reason for a campaign's state. */
export const CAMPAIGN_REASONS = [
  'completed',
  'budget_exhausted',
  'daily_budget_exhausted',
  'schedule_ended',
  'stopped_by_request',
  'paused_by_request',
  'page_restricted',
  'payment',
  'content',
  'account',
  'not_ready',
] as const;

/** Why a campaign is in its state. */
export type CampaignReason = (typeof CAMPAIGN_REASONS)[number];

/** What somebody may ask of a campaign. */
export type CampaignCommand = 'start' | 'pause' | 'resume' | 'stop';

/**
 * What moves a campaign: a command, or the campaign's workflow. `create`: it is made at Meta. `ready`: the first
 * accepted send, or Meta says ACTIVE. `suspend`: Page, payment, content or account. `end`: completed, schedule or a
 * permanent restriction. `fail`: Meta will never take it.
 */
export type CampaignMover = CampaignCommand | 'create' | 'ready' | 'suspend' | 'end' | 'fail';

/** One allowed move of a campaign. */
export interface CampaignTransition {
  readonly from: CampaignState;
  readonly to: CampaignState;
  readonly by: CampaignMover;
}

const UNDER_WAY = ['scheduled', 'populating', 'active'] as const;
const STARTED = [...UNDER_WAY, 'paused'] as const;

function moves(by: CampaignMover, from: readonly CampaignState[], to: CampaignState): CampaignTransition[] {
  return from.map((origin) => ({ from: origin, to, by }));
}

/** The whole table of moves; API and workflow change the row by it and the diagram is drawn from it. */
export const CAMPAIGN_TRANSITIONS: readonly CampaignTransition[] = [
  ...moves('start', ['draft'], 'scheduled'),
  ...moves('create', ['scheduled'], 'populating'),
  ...moves('ready', ['populating'], 'active'),
  ...moves('pause', UNDER_WAY, 'paused'),
  ...moves('suspend', UNDER_WAY, 'paused'),
  ...moves('resume', ['paused'], 'scheduled'),
  ...moves('resume', ['paused'], 'populating'),
  ...moves('resume', ['paused'], 'active'),
  ...moves('stop', STARTED, 'stopped'),
  ...moves('end', STARTED, 'ended'),
  ...moves('fail', STARTED, 'failed'),
];

/**
 * The states from which a mover may bring a campaign to a state, for `WHERE state = ANY(…)`.
 *
 * @param to - the state after
 * @param by - the command or the workflow's move
 */
export function campaignMovesTo(to: CampaignState, by: CampaignMover): CampaignState[] {
  return CAMPAIGN_TRANSITIONS.flatMap((move) => (move.to === to && move.by === by ? [move.from] : []));
}

/**
 * Where `resume` goes: back to the state that the campaign was paused in.
 *
 * @param pausedFrom - the state before the pause; null when nobody wrote it down
 * @returns that state, and `scheduled` where it is unknown: everything after it is found out again
 */
export function stateAfterResume(pausedFrom: CampaignState | null): 'scheduled' | 'populating' | 'active' {
  return UNDER_WAY.find((state) => state === pausedFrom) ?? 'scheduled';
}

/**
 * Whether a campaign takes chosen people.
 *
 * @param state - the campaign's state
 */
export function takesRecipients(state: CampaignState): boolean {
  return STARTED.some((started) => started === state);
}

/**
 * Whether a campaign is under way: its workflow finds out itself what holds it up.
 *
 * @param state - the campaign's state
 */
export function isUnderWay(state: CampaignState): boolean {
  return UNDER_WAY.some((underWay) => underWay === state);
}

/**
 * Whether a campaign is over for good.
 *
 * @param state - the campaign's state
 */
export function isFinal(state: CampaignState): boolean {
  return CAMPAIGN_TRANSITIONS.every((move) => move.from !== state);
}
