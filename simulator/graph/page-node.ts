import type { GraphAnswer, GraphCall } from './call';
import { parseFields, select } from './fields';

/** `GET /<PAGE>`: the Page itself. */
export function readPage(call: GraphCall): GraphAnswer {
  const { page } = call.access;
  const fields = parseFields(call.params.text('fields') ?? 'id,name');
  return select(
    {
      id: page.id,
      name: page.name,
      category: 'Shopping & retail',
      link: `https://www.facebook.com/${page.id}`,
      location: { country: page.country },
      business: { id: page.businessId, name: page.name },
    },
    fields,
  );
}

/** `GET /act_<A>`: the ad account that pays for the Page. */
export function readAccount(call: GraphCall): GraphAnswer {
  return select(accountOf(call), parseFields(call.params.text('fields') ?? 'id,account_id'));
}

/** `GET /me/adaccounts`. */
export function listAccounts(call: GraphCall): GraphAnswer {
  return { data: [select(accountOf(call), parseFields(call.params.text('fields') ?? 'id,account_id'))] };
}

/** `GET /me/accounts`: the Pages the token may speak for. */
export function listPages(call: GraphCall): GraphAnswer {
  const { id, name, pageToken } = call.access.page;
  const tasks = ['ADVERTISE', 'ANALYZE', 'CREATE_CONTENT', 'MESSAGING', 'MODERATE', 'MANAGE'];
  const page = { id, name, category: 'Shopping & retail', access_token: pageToken, tasks };
  return { data: [select(page, parseFields(call.params.text('fields') ?? 'id,name,category,access_token,tasks'))] };
}

/** `GET /me`: whoever the token belongs to. */
export function readMe(call: GraphCall): GraphAnswer {
  const { page, kind } = call.access;
  return kind === 'page' ? { id: page.id, name: page.name } : { id: page.businessId, name: 'System user' };
}

function accountOf(call: GraphCall): Record<string, unknown> {
  const { adAccountId, name, currency, timeZone, country, businessId } = call.access.page;
  return {
    id: `act_${adAccountId}`,
    account_id: adAccountId,
    name,
    account_status: 1,
    currency,
    timezone_name: timeZone,
    business_country_code: country,
    business: { id: businessId, name },
  };
}
