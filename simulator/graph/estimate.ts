import { isObject } from './params';
import type { GraphAnswer, GraphCall } from './call';
import { parseFields, select } from './fields';
import { badParameter, GraphError } from './graph-error';
import { requireSystemToken } from './permissions';

const USUAL_FIELDS =
  'estimate_delivery_lower_bound,estimate_delivery_upper_bound,estimate_cost_lower_bound,estimate_cost_upper_bound';

/** `GET /act_<A>/message_delivery_estimate`: what a budget buys; both ends of the price are the price that is set. */
export function estimateDelivery(call: GraphCall): GraphAnswer {
  requireSystemToken(call);
  const { page } = call.access;
  const promoted = call.params.object('promoted_object');
  if (isObject(promoted) && promoted['page_id'] !== undefined && promoted['page_id'] !== page.id) {
    throw new GraphError(2300039);
  }
  const price = call.world.settingsOf(page.id).unitPriceMinor;
  const deliveries = Math.min(reachable(call), affordable(call, price));
  const estimate = {
    estimate_delivery_lower_bound: Math.floor(deliveries * 0.9),
    estimate_delivery_upper_bound: deliveries,
    estimate_cost_lower_bound: price,
    estimate_cost_upper_bound: price,
    estimate_cost: price,
    estimate_delivery: deliveries,
  };
  return { data: [select(estimate, parseFields(call.params.text('fields') ?? USUAL_FIELDS))] };
}

function affordable(call: GraphCall, price: number): number {
  const daily = call.params.integer('daily_budget');
  const lifetime = call.params.integer('lifetime_budget');
  if (daily !== undefined && lifetime !== undefined) throw badParameter('Use either daily_budget or lifetime_budget.');
  const days = call.params.integer('lifetime_in_days') ?? 1;
  const budget = lifetime ?? (daily === undefined ? undefined : daily * days);
  return budget === undefined || price === 0 ? Number.MAX_SAFE_INTEGER : Math.floor(budget / price);
}

function reachable(call: GraphCall): number {
  let count = 0;
  for (const person of call.world.people.all()) {
    if (person.pageId === call.access.page.id && person.subscription?.active) count += 1;
  }
  return count;
}
