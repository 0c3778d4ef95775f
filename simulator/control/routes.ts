import { jsonAnswer } from '../server/http';
import { ACTION_ROUTES } from './action-routes';
import { APP_ROUTES } from './app-routes';
import type { ControlRoute } from './call';
import { CLOCK_ROUTES } from './clock-routes';
import { FAULT_ROUTES } from './fault-routes';
import { describe } from './openapi';
import { PAGE_ROUTES } from './page-routes';
import { PEOPLE_ROUTES } from './people-routes';
import { RECORD_ROUTES } from './record-routes';
import { SETTINGS_ROUTES } from './settings-routes';
import { STATE_ROUTES } from './state-routes';

const DESCRIBED: readonly ControlRoute[] = [
  ...STATE_ROUTES,
  ...CLOCK_ROUTES,
  ...SETTINGS_ROUTES,
  ...APP_ROUTES,
  ...PAGE_ROUTES,
  ...PEOPLE_ROUTES,
  ...ACTION_ROUTES,
  ...RECORD_ROUTES,
  ...FAULT_ROUTES,
];

/** The whole control API, its description included. */
export const CONTROL_ROUTES: readonly ControlRoute[] = [
  ...DESCRIBED,
  {
    method: 'GET',
    path: '/__sim/openapi.json',
    summary: 'This description',
    status: 200,
    handle: () => jsonAnswer(200, describe(DESCRIBED)),
  },
];
