/** What a request carries to Meta and its opt-in brings back: the topic's own payload, else its id. */
export const payloadOf = (topic: { readonly id: string; readonly payload: string | null }): string =>
  topic.payload ?? `herald:${topic.id}`;
