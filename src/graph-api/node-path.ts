/** `/act_<id>` for an ad account id with or without its prefix. */
export function adAccountNode(adAccountId: string): string {
  return node(adAccountId.startsWith('act_') ? adAccountId : `act_${adAccountId}`);
}

/** `/<id>` for any object of the graph. */
export function node(id: string): string {
  return `/${encodeURIComponent(id)}`;
}
