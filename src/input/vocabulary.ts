/** What a message is for. */
export const PURPOSES = [
  'promotional',
  'event_update',
  'post_purchase',
  'account_update',
  'human_reply',
  'feedback',
  'news',
  'transactional',
] as const;

/** Lanes that a call may ask for. */
export const LANES = ['auto', 'window', 'paid'] as const;

/** Lanes of later versions. */
export const LATER_LANES = ['tag', 'utility', 'news', 'rn'] as const;

/** What becomes of a person whose moment has not come. */
export const WHEN_NOT_NOW = ['hold', 'refuse'] as const;
