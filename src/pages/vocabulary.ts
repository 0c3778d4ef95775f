/** Where a Page's people write. */
export const PLATFORMS = ['messenger', 'instagram'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** How an import of a token list stands. */
export const SYNC_STATES = ['running', 'done', 'failed'] as const;
