/** What a person has said about marketing of a Page. */
export const CONSENTS = ['none', 'asked', 'granted', 'revoked'] as const;

/** How a person became known. */
export const SOURCES = ['opt_in', 'ctm', 'contact_list', 'comment', 'reply', 'rn', 'wrote'] as const;
