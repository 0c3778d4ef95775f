/** What messages a topic promises; R-06 compares them. */
export const TOPIC_KINDS = ['order_updates', 'recommendations', 'offers', 'arrivals', 'other'] as const;

/** Forms of the picture of an opt-in request (meta-api §5.2). */
export const ASPECT_RATIOS = ['HORIZONTAL', 'SQUARE'] as const;

/** Texts of the button of an opt-in request (meta-api §5.2). */
export const CTA_TEXTS = ['ALLOW', 'GET', 'GET_UPDATES', 'OPT_IN', 'SIGN_UP'] as const;
